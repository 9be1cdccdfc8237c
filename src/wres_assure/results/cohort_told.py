"""Many returns in words, without markup: what to ask of whom, who has returned, and each figure beside the others'.

It stands beside the nouns it words, as `difference_told` does: `wording` lies below results and knows no record.

Nothing is ranked. Lines stand by what is to be done, what keeps a return from being read first; within one kind of
thing to do, and in every table, the order is that of names. No line says more of a return than its own page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..figures import in_words
from ..model import ORGANISATIONS, Json, PeerPosition, grouped
from ..wording.indicators import with_limits
from ..wording.numbers import counted, figure
from ..wording.peers import CHANCE, position_in_short
from ..wording.report import COUNTS_AS_NOTHING, HANDLING, NO_JUDGEMENT, return_of
from ..wording.score import CLASSES
from ..wording.text import capital, clean, code_shown, listed, lower_first, name_shown, number_of, sentence
from .record import Cohort, Expected, File

MISSING, REFUSED, STOPPED, UNCLEAR = "missing", "refused", "stopped", "unclear"
SLIPS, CORRECT, EXPLAIN, NOTHING = "slips", "correct", "explain", "nothing"
KINDS = {  # in the order in which they are done
    MISSING: "Nothing has come",
    REFUSED: "Files that were refused",
    STOPPED: "Returns that could not be judged",
    UNCLEAR: "Two versions, and it cannot be told which holds",
    SLIPS: "Figures that look misplaced",
    CORRECT: "Findings to correct",
    EXPLAIN: "Findings to explain",
    NOTHING: "Nothing to ask",
}
_ABOUT = {
    REFUSED: "Nothing of these files was judged. Each says why it was refused, and what would help.",
    STOPPED: "These files could be read, but it could not be told how to judge them.",
    UNCLEAR: "Until it is known which version holds, neither is used in any table or chart below.",
    SLIPS: "Each looks like a slip of the pen, such as two columns exchanged. Only the organisation can say whether it "
    "is one. The tables below say which figures are not used because of it.",
    CORRECT: "These figures cannot stand together, or cannot be read.",
    EXPLAIN: "These figures may well be right. Only the organisation knows why they are as they are.",
    NOTHING: "Nothing to correct and nothing to explain was found among what could be checked; each line says how "
    "much that was.",
}
_ONLY_LEFT = "Which organisations are missing cannot be told: nobody said of whom a return is expected."
_OUTCOMES = {"judged": "judged", "refused": "refused", "skipped": "skipped", "used": "used beside the returns"}
_NOTHING_TOLD = "No reason was told."
_SHOWN = 3  # findings named in a line; all of them stand below it
_NAMED = 12  # organisations named in one sentence
_PATH = 200  # letters of a path that are shown
_NO_ORDER = (
    "Organisations stand in the order of their names. There is no score and no rank here: a place in a list of "
    "organisations that differ in size, services and staff would tell nothing."
)
_NOT_HELD = "the return could not be judged"
_WHICH_HOLDS = "which of its versions holds is not known"


class Step(NamedTuple):
    """One finding as it is asked of its organisation."""

    action: str  # correct | explain
    title: str  # with its cells
    remedies: tuple[str, ...]


class Ask(NamedTuple):
    """One line: what to ask of whom."""

    number: int  # of the line, from 1, in the order of the page
    kind: str
    who: str  # name and code; of a file, its path
    region: str  # "" where it is not told
    type: str  # in words; "" where it is not told
    text: str  # the whole line
    steps: tuple[Step, ...]  # every finding in it
    names: tuple[str, ...]  # of the records it speaks of
    files: tuple[str, ...]  # paths
    of_nobody: bool = False  # a file of which nobody knows whose it is


class Group(NamedTuple):
    """The lines of one kind of thing to do."""

    kind: str
    title: str
    about: str
    asks: tuple[Ask, ...]


class Returned(NamedTuple):
    """An organisation, and what came of it."""

    ask: Ask
    expected: str  # yes | no | not told
    state: str


class Reliability(NamedTuple):
    """How far the figures of one return can be relied on."""

    ask: Ask
    who: str
    level: str
    reasons: str
    checked: str


class Row(NamedTuple):
    """One organisation's figure of an indicator."""

    ask: Ask
    who: str
    shown: str  # the value with its interval, or that there is none
    standing: str
    position: str
    why_not: str  # why it is not used; "" where it is
    entry: Json  # of the record


class Trend(NamedTuple):
    """One organisation's figures of an indicator over the years."""

    ask: Ask
    who: str
    years: tuple[tuple[int, float | None], ...]
    shown: str


class Told(NamedTuple):
    """One indicator over all organisations."""

    id: str
    number: str
    title: str
    unit: str  # ratio | points
    adverse: str  # above | below: which side is worse for BME staff
    summary: str
    limits: str  # how many lie outside, or why no limits are drawn
    rows: tuple[Row, ...]
    trends: tuple[Trend, ...]
    without: str  # for how many no years are shown


class FileLine(NamedTuple):
    """A file and what became of it."""

    path: str
    outcome: str
    reason: str
    whose: str


class CohortTold(NamedTuple):
    """Everything there is to say of many returns, in the order in which it is read."""

    title: str
    mark: str
    counts: str
    lines: tuple[str, ...]
    groups: tuple[Group, ...]
    returned: tuple[Returned, ...]
    order: str
    indicators: tuple[Told, ...]
    reliability: tuple[Reliability, ...]
    files: tuple[FileLine, ...]
    foot: str


def told(cohort: Cohort) -> CohortTold:
    """Everything there is to say of many returns."""
    return _Writer(cohort).all()


class _Writer:
    """What is looked up more than once: records by name, and the line of each."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.year = cohort.year
        self.by_name = {record["name"]: record for record in cohort.records}
        self.unclear = {name for names in cohort.unclear for name in names}
        self.refused = [file for file in cohort.files if file.outcome == "refused"]
        self.holding = [
            record for record in cohort.records
            if record["name"] not in cohort.superseded and record["name"] not in self.unclear
        ]  # fmt: skip
        self.groups = tuple(self._groups())
        self.line_of = {name: ask for group in self.groups for ask in group.asks for name in ask.names}

    def all(self) -> CohortTold:
        """The whole of it."""
        of = f"WRES returns {self.year}" if self.year else "WRES returns"
        return CohortTold(
            title=f"{of}: what to ask of whom",
            mark=HANDLING.format(purpose=NO_JUDGEMENT),
            counts=self.counts(),
            lines=tuple(self._lines()),
            groups=self.groups,
            returned=tuple(sorted(self._returned(), key=lambda row: row.ask.who.casefold())),
            order=f"{_NO_ORDER}{self._absent()}",
            indicators=tuple(self._indicators()),
            reliability=tuple(
                Reliability(
                    self.line_of[record["name"]],
                    _who_of(record),
                    record["reliability"]["level"],
                    " ".join(record["reliability"]["reasons"]),
                    record["checked"],
                )
                for record in sorted(self.holding, key=_order_of)
                if not record["stopped"]
            ),
            files=tuple(self._files()),
            foot=f"{sentence(clean(self.cohort.rulebook))} Folder: {_path(self.cohort.folder) or 'not named'}.",
        )

    # What to ask of whom

    def _groups(self) -> Iterator[Group]:
        number = 0
        for kind, asks in self._asks().items():
            if asks:
                numbered = tuple(ask._replace(number=number + at) for at, ask in enumerate(asks, 1))
                number += len(asks)
                yield Group(kind, KINDS[kind], self._missing_about() if kind == MISSING else _ABOUT[kind], numbered)

    def _asks(self) -> dict[str, list[Ask]]:
        asks: dict[str, list[Ask]] = {kind: [] for kind in KINDS}
        absent = (one for one in self.cohort.expected or () if not one.returns)
        asks[MISSING] = [self._missing(one) for one in sorted(absent, key=lambda one: _order(one.name, one.code))]
        asks[REFUSED] = [_refused(file) for file in sorted(self.refused, key=lambda file: file.path)]
        versions = ([name for name in names if name not in self.cohort.superseded] for names in self.cohort.unclear)
        unclear = [self._unclear(names) for names in versions if names]
        asks[UNCLEAR] = sorted(unclear, key=lambda ask: ask.who.casefold())
        for record in sorted(self.holding, key=_order_of):
            ask = _of_record(record)
            asks[ask.kind].append(ask)
        return asks

    def _missing(self, one: Expected) -> Ask:
        who = _who(one.name, one.code)
        text = f"Ask {who} to send its {return_of(self.year, None) if self.year else 'WRES return'}."
        if held := sorted(_path(record["file"]) for record in self.by_name.values() if _named_after(record, one.code)):
            whose = listed([f"{path} holds that of {_who_of(record)}" for path in held
                            for record in self.by_name.values() if _path(record["file"]) == path])  # fmt: skip
            text += f" A file with its code in its name is that of somebody else: {whose}."
        return Ask(0, MISSING, who, "", "", text, (), (), ())

    def _missing_about(self) -> str:
        told = "A return is expected of these organisations, and none of theirs was found here."
        if not self.refused:
            return told
        count = len(self.refused)
        lies = "the refused file below is" if count == 1 else f"one of the {count:,} refused files below is"
        return f"{told} Look first whether {lies} theirs."

    def _unclear(self, names: Sequence[str]) -> Ask:
        """The line of several versions of one return, of which each is named with what there would be to do."""
        records = [self.by_name[name] for name in names if name in self.by_name]
        files = tuple(_path(self.by_name[name]["file"]) if name in self.by_name else _path(name) for name in names)
        who = _who_of(records[0]) if records else "whoever sent them"
        text = f"Ask {who} which of these {in_words(len(names))} versions of its return holds: {listed(files)}."
        steps = (Step("", _path(record["file"]), (sentence(_verdict(record)),)) for record in records)
        region, kind = _kind_of(records[0]) if records else ("", "")
        return Ask(0, UNCLEAR, who, region, kind, text, tuple(steps), tuple(names), files)

    # Counts

    def _absent(self) -> str:
        """That who has not returned is in no table, so that nobody takes the others for all."""
        size = sum(not one.returns for one in self.cohort.expected or ())
        one = "1 expected organisation is" if size == 1 else f"{size:,} expected organisations are"
        return f" {one} in no chart and no table of figures, since nothing of theirs has come." if size else ""

    def counts(self) -> str:
        """`12 files: 8 judged, 3 refused, 1 skipped; 7 of 8 expected organisations have returned; missing: …`."""
        outcomes = [file.outcome for file in self.cohort.files]
        parts = [f"{outcomes.count(name):,} {words}" for name, words in _OUTCOMES.items() if name in outcomes]
        files = ": ".join(filter(None, (counted(len(outcomes), "file"), ", ".join(parts))))
        if self.cohort.expected is None:
            return f"{files}."
        here = [one for one in self.cohort.expected if one.returns]
        size = len(self.cohort.expected)
        have = "has" if size == 1 else "have"
        came = f"{len(here):,} of {counted(size, 'expected organisation')} {have} returned"
        absent = [_who(one.name, one.code) for one in self.cohort.expected if not one.returns]
        return f"{files}; {came}{f'; missing: {_some(sorted(absent, key=str.casefold))}' if absent else ''}."

    def _lines(self) -> Iterator[str]:
        """What else is to be known before anything is read."""
        yield COUNTS_AS_NOTHING
        if self.cohort.expected is None:
            yield _ONLY_LEFT
        else:
            expected = {name for one in self.cohort.expected for name in one.returns}
            others = [_who_of(record) for record in self.holding if record["name"] not in expected]
            if others:
                was = "A return came" if len(others) == 1 else "Returns came"
                yield f"{was} from {_some(sorted(set(others), key=str.casefold))}, of whom none was expected."
        if self.cohort.superseded:
            size = len(self.cohort.superseded)
            yield (
                f"{counted(size, 'return')} {'was' if size == 1 else 'were'} replaced by a later version, which is "
                f"the one that is used."
            )
        if broken := sum(record["coverage"]["broken"] for record in self.holding):
            yield f"{counted(broken, 'check')} broke down, which is our fault: nobody is to be asked for it."

    # Who has returned

    def _returned(self) -> Iterator[Returned]:
        expected = {name for one in self.cohort.expected or () for name in one.returns}
        for group in self.groups:
            for ask in group.asks:
                if ask.of_nobody:
                    continue
                here = ask.kind == MISSING or not expected.isdisjoint(ask.names)
                yield Returned(ask, "not told" if self.cohort.expected is None else "yes" if here else "no",
                               self._state(ask))  # fmt: skip

    def _state(self, ask: Ask) -> str:
        if ask.kind == MISSING:
            return "Nothing has come"
        if ask.kind == UNCLEAR:
            return f"{capital(in_words(len(ask.names)))} versions have come, and it cannot be told which holds"
        earlier = [old for old, later in self.cohort.superseded.items() if later in ask.names]
        files = [_path(self.by_name[name]["file"]) for name in earlier if name in self.by_name]
        state = "Has come, and could not be judged" if ask.kind == STOPPED else "Has come"
        instead = listed(files) or counted(len(earlier), "earlier version")
        return f"{state}; it holds in place of {instead}" if earlier else state

    def _files(self) -> Iterator[FileLine]:
        for file in sorted(self.cohort.files, key=lambda file: file.path):
            whose = dict.fromkeys(_who_of(self.by_name[name]) for name in file.returns if name in self.by_name)
            outcome, reason = capital(_OUTCOMES.get(file.outcome, clean(file.outcome))), clean(file.reason)
            replaced = [name for name in file.returns if name in self.cohort.superseded]
            if replaced and not reason:
                reason = "A later version holds in its place."
            yield FileLine(_path(file.path), outcome, reason, "; ".join(whose))

    # Each indicator

    def _indicators(self) -> Iterator[Told]:
        entries: dict[str, Json] = {}
        for record in self.cohort.records:
            for entry in record["indicators"]:
                entries.setdefault(entry["id"], entry)
        for id_ in sorted(entries, key=lambda name: (len(name), name)):
            rows = tuple(self._rows(id_))
            trends = tuple(self._trends(id_, entries[id_]["unit"]))
            yield Told(
                id_,
                number_of(id_),
                entries[id_]["title"],
                entries[id_]["unit"],
                entries[id_]["adverse"],
                _summary(rows),
                _limits(rows),
                rows,
                trends,
                _without(len(rows) - len({trend.who for trend in trends})),
            )

    def _rows(self, id_: str) -> Iterator[Row]:
        doubtful = {id(ask): ask for ask in self.line_of.values() if ask.kind == UNCLEAR}
        rows = [Row(ask, ask.who, "not used", "", "", _WHICH_HOLDS, {}) for ask in doubtful.values()]
        for record in self.holding:
            entry = next((entry for entry in record["indicators"] if entry["id"] == id_), None)
            ask, who = self.line_of[record["name"]], _who_of(record)
            if record["stopped"] or entry is None:
                rows.append(Row(ask, who, "not used", "", "", _NOT_HELD, {}))
                continue
            why = "" if entry["usable"] else clean(str(entry["reason"] or "no reason was told"))
            shown = with_limits(entry["value"], entry["lower"], entry["upper"], entry["unit"])
            rows.append(
                Row(ask, who, shown, "" if why else standing_in_words(entry["standing"]),
                    "" if why else position_of(entry), why, entry)
            )  # fmt: skip
        return iter(sorted(rows, key=lambda row: row.who.casefold()))

    def _trends(self, id_: str, unit: str) -> Iterator[Trend]:
        """The years of every organisation that has two usable ones or more."""
        for record in sorted(self.holding, key=_order_of):
            years = sorted(self.cohort.trends.get(record["organisation"]["code"], {}).get(id_, ()))
            if sum(value is not None for _, value in years) > 1 and not record["in_year"]:
                shown = ", ".join(f"{year} {'not used' if v is None else figure(v, unit)}" for year, v in years)
                yield Trend(self.line_of[record["name"]], _who_of(record), tuple(years), shown)


# The lines


def _of_record(record: Json) -> Ask:
    """The line of one return by what comes first, with what else there is."""
    who, (correct, explain, _) = _who_of(record), record["counts"]
    steps = tuple(_steps(record))
    if record["stopped"]:
        why = sentence(clean(record["stopped"]))
        kind, text = STOPPED, f"Ask {who} for a return that can be judged; {_path(record['file'])} could not be. {why}"
        steps = ()
    elif record["slips"]:
        slips = "; ".join(dict.fromkeys(lower_title(slip) for slip in record["slips"]))
        kind, text = SLIPS, f"Ask {who} to check what looks like a slip of the pen: {slips}."
        if correct or explain:
            text += f" In all there {_to_do(correct, explain)}."
    elif correct:
        kind, text = CORRECT, f"Ask {who} to correct {counted(correct, 'finding')}: {_first(steps, 'correct')}."
        if explain:
            text += f" Ask it also to explain {counted(explain, 'finding')}."
    elif explain:
        kind, text = EXPLAIN, f"Ask {who} to explain or correct {counted(explain, 'finding')}: {_first(steps, '')}."
    else:
        kind, text = NOTHING, f"Nothing to ask of {who}. {record['checked']}"
        level = record["reliability"]["level"]  # so that nobody takes what was hardly checked for what is right
        text += f" Reliability of its figures: {level}." if level != "good" else ""
    return Ask(0, kind, who, *_kind_of(record), text, steps, (record["name"],), (_path(record["file"]),))


def _to_do(correct: int, explain: int) -> str:
    """`is 1 finding to correct`, `are 3 findings to correct and 2 to explain`."""
    both = f" and {explain:,} to explain" if correct and explain else ""
    first, action = (correct, "correct") if correct else (explain, "explain")
    return f"{'is' if first == 1 else 'are'} {counted(first, 'finding')} to {action}{both}"


def _steps(record: Json) -> Iterator[Step]:
    for asked in record["asks"]:
        where = f" ({asked['cells']})" if asked["cells"] else ""
        yield Step(asked["action"], f"{asked['title']}{where}", tuple(filter(None, asked["remedies"])))


def _first(steps: Sequence[Step], action: str) -> str:
    """The first findings of an action by title and cells, and how many kinds more there are."""
    titles = [lower_title(step.title) for step in steps if step.action == action or not action]
    more = len(titles) - _SHOWN
    return "; ".join([*titles[:_SHOWN], *([f"and {more:,} more of other kinds"] if more > 0 else [])])


def lower_title(title: str) -> str:
    """A title inside a sentence; a name such as BME or White stays as it is."""
    first = title.split(" ", 1)[0]
    return title if first == "White" or first[1:].isupper() else lower_first(title)


def _refused(file: File) -> Ask:
    path = _path(file.path)
    text = f"Ask whoever sent {path} for a file that can be read. {clean(file.reason) or _NOTHING_TOLD}"
    return Ask(0, REFUSED, path, "", "", text, (), (), (path,), of_nobody=True)


def _verdict(record: Json) -> str:
    if record["stopped"]:
        return f"not judged; {lower_first(clean(record['stopped']))}"
    correct, explain, _ = record["counts"]
    return f"there {_to_do(correct, explain)}" if correct or explain else "nothing to correct and nothing to explain"


# Names


def _who(name: str, code: str) -> str:
    """Name and code; the code alone where no name is told."""
    code = code_shown(clean(code))
    return f"{name_shown(name)} ({code})" if name and code else name_shown(name) if name else code or "nobody named"


def _named_after(record: Json, code: str) -> bool:
    """Whether a return of somebody else lies in a file whose name has this code as a word."""
    words = re.split(r"[^A-Za-z0-9]+", str(record["file"]))
    return code.casefold() in map(str.casefold, words) and record["organisation"]["code"].casefold() != code.casefold()


def _who_of(record: Json) -> str:
    organisation = record["organisation"]
    who = _who(organisation["name"], organisation["code"])
    if who == "nobody named":
        who = f"the organisation of {_path(record['file'])}"
    return f"{who}, figures of {clean(record['in_year'])}" if record["in_year"] else who


def _kind_of(record: Json) -> tuple[str, str]:
    """Region and type, in words."""
    organisation = record["organisation"]
    return clean(organisation["region"] or "")[:60], ORGANISATIONS.get(organisation["type"] or "", "")


def _order(name: str, code: str) -> tuple[str, str]:
    return (name_shown(name) if name else code).casefold(), code


def _order_of(record: Json) -> tuple[str, str, str]:
    organisation = record["organisation"]
    return (*_order(organisation["name"], organisation["code"]), record["name"])


def _path(path: str) -> str:
    shown = clean(path)
    return shown if len(shown) <= _PATH else f"{shown[:_PATH]}…"


def _some(names: Sequence[str]) -> str:
    """All of a few names; of many the first, and how many more."""
    more = len(names) - _NAMED
    return listed(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more:,} more"


# One indicator


def standing_in_words(name: str | None) -> str:
    """`Clearly worse for BME staff`, of a class of the profile."""
    return capital(CLASSES[name][0].removeprefix("is ")) if name in CLASSES else ""


def position_of(entry: Json) -> str:
    """Where a figure lies among comparable organisations, in sentences."""
    peers = entry["peers"]
    return position_in_short(_position(entry["id"], peers)) if peers else "Not held against others."


def _position(id_: str, peers: Json) -> PeerPosition:
    """The position of a record as it was before it was written down, as far as words need it."""
    limits = {name: peers[name] and (peers[name][0], peers[name][1]) for name in ("limits_95", "limits_998")}
    group, reason, direction = (clean(peers[name] or "") for name in ("group", "reason", "direction"))
    return PeerPosition(
        id_, group, peers["size"], peers["median"], limits["limits_95"], limits["limits_998"], peers["position"],
        direction, None, (), (), reason, peers["unit"], peers["value"], peers["precision"] or 0.0,
    )  # fmt: skip


def _summary(rows: Sequence[Row]) -> str:
    """How many figures there are, and what they show, counted; nobody is named."""
    used = [row for row in rows if not row.why_not]
    counts = grouped(used, lambda row: row.entry["standing"])
    parts = [
        f"{len(counts[name]):,} {titles[len(counts[name]) > 1]}" for name, titles in CLASSES.items() if name in counts
    ]
    size = counted(len(rows), "return")
    if not used:
        return f"None of {size} has a figure that can be used; the table says why."
    said = f"Of {size}, {len(used):,} {'has' if len(used) == 1 else 'have'} a figure that can be used: "
    left = len(rows) - len(used)
    rest = f" For the other {left:,} the table says why." if left else ""
    return f"{said}{'; '.join(parts)}.{rest}"


def _limits(rows: Sequence[Row]) -> str:
    """How many lie outside limits and how many would by chance; where none are drawn, why."""
    used = [row.entry["peers"] for row in rows if not row.why_not and row.entry["peers"]]
    drawn = [peers for peers in used if peers["limits_95"]]
    if not drawn:
        reasons = dict.fromkeys(clean(peers["reason"]) for peers in used if peers["reason"])
        why = "; ".join(list(reasons)[:_SHOWN])
        return f"No limits are drawn{f': {why}' if why else ''}."
    outside = sum(peers["position"] in ("outside_95", "outside_998") for peers in drawn)
    return (
        f"{counted(len(drawn), 'organisation')} {'has' if len(drawn) == 1 else 'have'} limits, each drawn among the "
        f"organisations comparable with it and at its own size; {outside:,} {'lies' if outside == 1 else 'lie'} "
        f"outside those of 95 %. {CHANCE['outside_95']} To lie outside is a reason to ask, and no finding."
    )


def _without(size: int) -> str:
    """For how many no years are shown."""
    if not size:
        return ""
    has = "1 return has" if size == 1 else f"{size:,} returns have"
    return f"{has} no usable figure of a second year here, so no years are drawn."
