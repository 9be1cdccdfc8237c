"""The action plan beside a return: its table to actions, then held against the figures and last year's plan."""

from .beside_figures import against
from .table import PlanRead, action_of, plan_of, raised_of

__all__ = ["PlanRead", "action_of", "against", "plan_of", "raised_of"]
