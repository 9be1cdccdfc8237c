"""Several returns as one: joint returns, and what many organisations show together. Counts are added, never averaged.

What one of them lacks, or has in question, is never taken for zero: of a joint return the sum is then missing, of many
organisations it is said how many gave it. Nothing here judges: a joint return is judged by its rows, as any other.
"""

from .joint import Joined, JointRatio, as_submission, joined
from .many import Aggregate, Together, Trend, aggregates, trend
from .members import Member, member_of

__all__ = [
    "Aggregate", "Joined", "JointRatio", "Member", "Together", "Trend", "aggregates", "as_submission", "joined",
    "member_of", "trend",
]  # fmt: skip
