"""What authors may write in briefing.yaml, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from .schema_types import STRICT, Identifier, OrganisationType, RuleId


class Strict(BaseModel):
    model_config = STRICT


class Framework(Strict):
    """What a line of enquiry is read against, in force from and until 31 March of a reporting year."""

    title: str
    kind: Literal["inspection", "equality"]
    from_: int = Field(2016, alias="from")
    until: int | None = None
    authority: str


class Enquiry(Strict):
    """What is asked where an indicator is worse for BME staff; words only, no judgement."""

    subject: str
    why: str
    questions: list[str] = Field(min_length=2, max_length=2)
    people: list[Identifier] = Field(min_length=1)
    ask: str  # evidence to ask for
    drill_down: list[str] = []
    against: dict[Identifier, str] = {}  # framework -> where in it
    authority: str


class Governed(Strict):
    """One matter of the governance checklist, answered by questions of the narrative."""

    answers: list[Identifier] = Field(min_length=1)
    title: str
    organisations: list[OrganisationType] | None = None
    only_if: Identifier | None = None  # a question of the narrative: left out where it is answered with no


class Duty(Strict):
    """A duty of the NHS Standard Contract; `rule` is the check that says whether it is met."""

    duty: str
    rule: RuleId | None = None
    answers: list[Identifier]
    ask: str
    authority: str


class Principle(Strict):
    """A principle of due regard; the answers and items that are evidence of it in a return."""

    principle: str
    means: str
    answers: list[Identifier] = []
    items: list[Identifier] = []
    ask: str


class Listed(Strict):
    """An entry of a checklist, with the answers and items that are evidence of it in a return."""

    check: str
    answers: list[Identifier] = []
    items: list[Identifier] = []
    ask: str


class Briefing(Strict):
    frameworks: dict[Identifier, Framework]
    people: dict[Identifier, str]
    indicators: dict[Identifier, Enquiry]
    very_senior_managers: Enquiry
    in_question: Enquiry
    governance: list[Governed]
    duties: list[Duty]
    due_regard: list[Principle]
    checklist: list[Listed]
