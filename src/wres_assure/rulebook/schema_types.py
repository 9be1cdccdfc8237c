"""What the models of a rulebook's files are made of: their strictness, and what several of them share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}[a-z]?$")]
Year = Annotated[str, Field(pattern=r"^20[0-9]{2}$")]  # as a text, as JSON has its keys
Unit = Literal["people", "share", "ratio", "points", "number"]
Number = int | float
OrganisationType = Literal["trust", "independent", "ccg", "icb", "csu", "national_body"]
Block = Literal["verified", "esr", "restated"]
Ethnicity = Literal["white", "bme", "unknown"]
STRICT = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
