"""What is made of several returns of a run: joint returns, and what all of a year show together."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..aggregate import Member, aggregates, as_submission, joined, member_of, trend
from ..assess import judged as judged_alone
from ..model import FACT_COLUMNS, Assessment, Organisation, Refused
from ..render.briefing.forms import in_form
from ..results.result import as_json, result, short, table
from ..rulebook import Rulebook
from ..wording.aggregate import member_name
from . import papers, work
from .expected import Listed
from .run import Judged
from .standing import One, that_hold
from .work import put_new

TOGETHER, PORTFOLIO = "together.html", "portfolio.html"
_YEARS = 3  # that a trend is told over: as many as are shown of one return
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


class Joint(NamedTuple):
    """A joint return that is asked for: its name, and the codes of its members."""

    name: str
    codes: tuple[str, ...]


class Asked(NamedTuple):
    """The papers over several returns that are asked for."""

    joints: tuple[Joint, ...] = ()
    together: bool = False
    portfolio: bool = False
    own: str = ""  # the commissioner's own code
    public: bool = False


def joint_of(text: str) -> Joint:
    """`NAME=CODE,CODE` as a joint return; Refused where it is none."""
    name, sign, codes = text.partition("=")
    found = tuple(code.strip().upper() for code in re.split(r"[,; ]+", codes) if code.strip())
    if not sign or not name.strip() or not found:
        raise Refused(
            "joint", f"{text} names no joint return.", 'Write its name and its members: "South CCGs=ZZ1,ZZ2,ZZ3".', ""
        )
    return Joint(name.strip(), found)


def joint_written(judged: Judged, joints: Sequence[Joint], rulebook: Rulebook) -> Iterator[str]:
    """Writes each joint return, as facts CSV, result and paper; their paths below the output.

    Refused where a member has no return of the year that holds, or they cannot be joined.
    """
    by_code = {one.told["organisation"]["code"].casefold(): one for one in holding(judged, judged.year)}
    for joint in joints:
        lacking = [code for code in joint.codes if code.casefold() not in by_code]
        if lacking:
            raise Refused(
                "joint_member",
                f"{joint.name} cannot be made: there is no return {judged.year} that holds of {', '.join(lacking)}.",
                "Give their returns, say which version holds, or leave them out of --joint.",
                "",
            )
        members = [_member(judged, by_code[code.casefold()], rulebook) for code in joint.codes]
        made = joined(joint.name, "", members, rulebook)
        slug = _NOT_IN_NAMES.sub("_", joint.name).strip("_")[:60] or "joint"
        submission = as_submission(made, f"{slug}.csv")
        assessment = judged_alone(submission, rulebook)[0]
        facts = table(FACT_COLUMNS, [[row.values[name] for name in FACT_COLUMNS] for row in made.rows])
        found = as_json([short(result(assessment, rulebook), rulebook)], several=False)
        paper = in_form(papers.joint(made, assessment, rulebook), "html")
        for ending, content in ((".csv", "\ufeff" + facts), (".json", found), (".html", paper)):
            path = f"joint/{slug}{ending}"
            put_new(os.path.join(judged.settings.output, path), _bytes(content))
            yield path


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def together_written(
    judged: Judged, listed: Iterable[Listed] | None, rulebook: Rulebook, folder: str, made: str
) -> Iterator[str]:
    """Writes what the returns of the latest year show together, and over the years; the path below the output."""
    year = judged.year
    if year is None:
        return
    members = [_member(judged, one, rulebook) for one in holding(judged, year)]
    if not members:
        return
    by_year: dict[int, list[Member]] = {year: members}
    for before in range(year - 1, year - _YEARS, -1):
        of = [_member(judged, one, rulebook) for one in holding(judged, before)]
        if not of:
            break
        by_year[before] = of
    absent = _absent(listed, {one.subject.organisation.code.casefold() for one in members})
    trends = trend(dict(sorted(by_year.items())), rulebook) if len(by_year) > 1 else ()
    document = papers.together(folder, year, aggregates(members, rulebook, absent), trends, rulebook, made)
    put_new(os.path.join(judged.settings.output, TOGETHER), _bytes(in_form(document, "html")))
    yield TOGETHER


def portfolio_written(
    judged: Judged, own: str, listed: Iterable[Listed] | None, rulebook: Rulebook, folder: str, made: str
) -> Iterator[str]:
    """Writes the commissioner's portfolio over the returns of the latest year; the path below the output.

    Refused where the own return, by its code, is none of them.
    """
    year = judged.year
    if year is None:
        return
    found = {one.told["organisation"]["code"].casefold(): one for one in holding(judged, year)}
    if own and own.casefold() not in found:
        raise Refused(
            "own_return",
            f"There is no return {year} that holds of {own}.",
            "Put it into the folder, or leave --own out.",
            "",
        )
    every = {one.name: _assessed(judged, one, rulebook) for one in holding(judged, year)}
    ours = every[found[own.casefold()].name] if own else None
    absent = [member_name(whose) for whose in _absent(listed, found)]
    document = papers.portfolio(folder, year, list(every.values()), absent, ours, rulebook, made)
    put_new(os.path.join(judged.settings.output, PORTFOLIO), _bytes(in_form(document, "html")))
    yield PORTFOLIO


def _absent(listed: Iterable[Listed] | None, here: Collection[str]) -> list[Organisation]:
    """The organisations that a return is expected of and whose codes are not among these."""
    return [Organisation(one.code, one.name, "", "") for one in listed or () if one.code.casefold() not in here]


def holding(judged: Judged, year: int | None) -> list[One]:
    """The returns of a year that hold, of the WRES and of 31 March."""
    return [
        one for one in that_hold(judged.ones, judged.standing)
        if one.year == year and one.told["scheme"] == "nhs_wres" and not one.told["in_year"]
    ]  # fmt: skip


def _assessed(judged: Judged, one: One, rulebook: Rulebook) -> Assessment:
    given = work.given_beside(judged.settings, one.part, rulebook)
    return judged_alone(work.submission_of(judged.settings, one.part), rulebook, judged.settings.year, given)[0]


def _member(judged: Judged, one: One, rulebook: Rulebook) -> Member:
    return member_of(_assessed(judged, one, rulebook), rulebook)
