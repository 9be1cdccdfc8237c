"""The nouns of the programme: cell, submission, fact, finding, assessment.

All are plain tuples. NamedTuple rather than dataclass, because importing dataclasses
costs a sixth of the whole start-up of `check`. Annotations are evaluated here, not kept
as text as elsewhere: NamedTuple compiles each that is text, two hundred of them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

_Item = TypeVar("_Item")
_Group = TypeVar("_Group")

PASSED, FAILED, UNVERIFIABLE = "passed", "failed", "unverifiable"
NOT_APPLICABLE, BROKEN = "not_applicable", "broken"
OUTCOMES = (PASSED, FAILED, UNVERIFIABLE, NOT_APPLICABLE, BROKEN)
ACTIONS = ("correct", "explain", "note")
HOW_GIVEN = ("structure", "types")  # families on how figures are given: one that fails is in question for all others
# Codes of what is blank, and of the same where a note says why.
EXPLAINED = {"blank": "blank_explained", "section_empty": "section_explained", "esr_empty": "esr_explained"}
SURVEY_ONCE_A_YEAR = "the survey is held once a year"  # why figures within the year tell no change of it
OURS = ("derived", "change", "last_year")  # bases of facts made of other facts, and made again
ORGANISATIONS = {
    "trust": "NHS trusts",
    "independent": "independent providers",
    "ccg": "CCGs",
    "icb": "ICBs",
    "csu": "CSUs",
    "national_body": "national bodies",
}
# The columns of a facts CSV, one row a figure.
FACT_COLUMNS = (
    "organisation_code",
    "organisation_name",
    "organisation_type",
    "region",
    "reporting_year",
    "item",
    "basis",
    "staff_group",
    "pay_band",
    "ethnicity",
    "value",
    "scheme",
    "note",
)
DIMENSIONS = ("basis", "staff_group", "pay_band", "ethnicity")


class Refused(Exception):
    """An input that is not judged at all, said in the user's words.

    `code` names the reason for tests and machines; `place` is a file, part, sheet or line.
    """

    def __init__(self, code: str, message: str, remedy: str, place: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.place = code, message, remedy, place


class Unwritable(Exception):
    """An output that cannot or must not be written, with what to do, in the user's words."""


def column_letters(column: int) -> str:
    """The letters of a column counted from 1: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Cell(NamedTuple):
    """One cell as the file stores it; nothing is rounded, trimmed or guessed."""

    sheet: str  # as it is called here: see Sheet
    row: int  # from 1
    column: int  # from 1
    kind: str  # number | text | boolean | error | blank | uncalculated (a formula without saved value)
    raw: str  # the characters stored: the saved value of a formula, "#REF!" of an error, "1" of TRUE
    value: float | str | bool | None  # None for blank, error and uncalculated
    formula: str | None  # without the leading "="; "" where a shared formula's text stands elsewhere
    format: str  # general | percent | date
    hidden: bool  # its row or its column is hidden (a hidden sheet stands in Sheet.state)

    @property
    def address(self) -> str:
        """`WRES!L41`."""
        return f"{self.sheet}!{column_letters(self.column)}{self.row}"


class Sheet(NamedTuple):
    """A worksheet: its cells by (row, column), both from 1.

    `name` is what it is called wherever it is spoken of. Somebody may name a sheet after a person; so it is the typed
    name, its `title`, only where that is a template's own or Excel's, and else its place: "tab 2", "hidden sheet 1".
    """

    name: str
    title: str
    state: str  # visible | hidden | veryHidden
    cells: dict[tuple[int, int], Cell]
    merges: tuple[tuple[int, int, int, int], ...]  # first row, first column, last row, last column
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


class Note(NamedTuple):
    """Something the reader saw that a rule must speak of, by code (see `raised_by: read`)."""

    code: str
    place: str
    detail: str


class Comment(NamedTuple):
    """What somebody wrote on a cell, beside what stands in it: a comment, or what was replied to one."""

    sheet: str
    cell: str  # L41
    text: str


class Row(NamedTuple):
    """One row of a facts CSV: its line in the file and its values by column name."""

    line: int | str  # of a wide table also the column
    values: dict[str, str]


class Submission(NamedTuple):
    """A file as read, before anything is understood of it."""

    file: str  # base name
    sha256: str
    sheets: tuple[Sheet, ...]  # of a workbook; empty for a table
    rows: tuple[Row, ...]  # of a facts CSV; empty for a workbook
    notes: tuple[Note, ...]
    date_1904: bool = False
    rulebook: str = ""  # of a result of an earlier run: the hash of the rulebook that made it
    comments: tuple[Comment, ...] = ()  # on cells of a workbook


class Place(NamedTuple):
    """What a figure is of, and where a rule is judged: one place in the collection. An empty dimension is a printed
    total, or does not matter to the rule; "*", and "all" of ethnicities, name a whole that is made of its parts.
    """

    item: str = ""
    basis: str = "verified"
    staff_group: str = ""
    pay_band: str = ""
    ethnicity: str = ""

    def under(self, basis: str) -> "Place":
        """The same figure under another basis."""
        return Place(self[0], basis, self[2], self[3], self[4])

    def as_dict(self) -> dict[str, str | None]:
        """Its five parts by name, None for an empty one, as they stand in JSON."""
        return {name: value or None for name, value in zip(self._fields, self, strict=True)}


WHOLE = Place(basis="")  # the whole return


class Fact(NamedTuple):
    """One number with its key, origin and cell.

    `value` is None where there is none to be had; `problem` then names the code of the reason
    (or is None for a blank). `step` is one unit of the last printed decimal, 0.0 for exact counts
    and calculated cells; printed rates are compared through the interval it allows.
    """

    key: Place
    value: float | None
    raw: str = ""
    cell: str = ""
    problem: str | None = None
    step: float = 0.0
    note: str = ""
    counts: tuple[tuple[str, str], ...] = ()  # of a figure of ours that counts cells: these, with their texts


class Shown(NamedTuple):
    """A value of a finding: the number, what its decimals allow, and the text and cell it came from."""

    value: float
    low: float
    high: float
    raw: str = ""
    cell: str = ""


class Raised(NamedTuple):
    """Something a rule with `raised_by` speaks of: its code, where, and in which cells."""

    code: str
    place: Place = WHOLE
    cells: tuple[tuple[str, str], ...] = ()
    detail: str = ""


class Finding(NamedTuple):
    """What one rule found in one place. Its text is made when it is shown."""

    rule: str
    outcome: str
    place: Place
    values: Mapping[str, Shown] = {}  # by the rule's own short names
    cells: tuple[tuple[str, str], ...] = ()  # (address, raw text)
    code: str = ""  # of a raised finding: which of the rule's codes
    detail: str = ""
    cause: str = ""  # unverifiable, not applicable, broken: why, in words
    caused_by: str = ""  # the rule whose finding is the cause
    clause: Any = None  # of a failed assertion: the part that decided, as a tree
    explanation: str = ""  # the submitter's own: the notes beside the figures it speaks of


class Explanation(NamedTuple):
    """What an organisation says of one finding beside its notes; it counts while the figures are as they were."""

    finding: str  # fingerprint
    organisation: str
    year: int
    figures: tuple[tuple[str, str], ...]  # as `figures_of` has them
    says: str
    where: str  # file and line


class Action(NamedTuple):
    """One row of an action plan, as it stands in the file."""

    where: str  # "row 5"
    cells: Mapping[str, str]  # column -> address: plan.xlsx!C5
    texts: Mapping[str, str]  # column -> what stands there, blanks left out
    indicators: tuple[str, ...]  # ids, in order; empty where it names none
    start: int  # a day as its digits, 20211001; 0 where none can be read
    due: int
    status: str  # planned | under_way | done | stopped | none (a reason why there is no action); "" where not told

    def text(self, column: str) -> str:
        """What stands in a column; "" where nothing does."""
        return self.texts.get(column, "")

    def cell(self, column: str) -> str:
        """The address of a column; of one that the plan does not have, that of the action."""
        return self.cells.get(column, self.cells["action"])


class Plan(NamedTuple):
    """The action plan beside a return, and last year's where it is given."""

    file: str
    actions: tuple[Action, ...]
    last_file: str = ""
    last: tuple[Action, ...] = ()


class Organisation(NamedTuple):
    """Who submits."""

    code: str
    name: str
    type: str  # "" where it cannot be told
    region: str


class Return(NamedTuple):
    """A submission understood: whose, of which year, in which scheme."""

    organisation: Organisation
    year: int | None
    scheme: str
    layout: str  # the id of the layout it was read by; "" for a facts CSV
    stopped: str = ""  # why the gate stopped it; "" where it did not
    from_table: bool = False  # read from a facts CSV, which has no rows and columns of a template
    has_notes: bool = True  # the file has a column for notes
    has_plan: bool = False  # an action plan is given with it
    in_year: str = ""  # of what day within the year, in words: "30 September 2021"; "" of the annual return


class Conformed(NamedTuple):
    """A return with its figures, and what rules with `raised_by: read` and `raised_by: conform` speak of."""

    subject: Return
    facts: tuple[Fact, ...]
    raised: tuple[Raised, ...]


class Indicator(NamedTuple):
    """One indicator of one return; `value` is None with the `reason` in words.

    Shares and limits are 0 to 1, percentage points -1 to 1 inside. `source` says what the value
    rests on: counts, printed rates, or the printed value itself.
    """

    id: str
    title: str
    unit: str  # ratio | points
    value: float | None
    lower: float | None
    upper: float | None
    p: float | None  # two-sided, of parity
    groups: Mapping[str, float]
    gap: float | None  # absolute, in points
    source: str
    reason: str | None
    notes: tuple[str, ...] = ()  # small numbers, unknown ethnicity, complete counts: in words
    rests_on: tuple[Place, ...] = ()
    usable: bool = False
    doubt: str | None = None  # why it is not usable
    figures: Mapping[str, float] = {}
    few: float | None = None  # how many events it rests on, where they are fewer than anything is concluded from

    @property
    def parity(self) -> float:
        """What it is without any difference: a ratio of 1, a gap of 0."""
        return 1.0 if self.unit == "ratio" else 0.0

    @property
    def interval_holds_parity(self) -> bool:
        """Whether the interval, where there is one, reaches from one side of parity to the other."""
        return (self.lower is None or self.lower <= self.parity) and (self.upper is None or self.upper >= self.parity)

    def told(self, level: float = 0.05) -> bool | None:
        """Whether it can be told from parity: by its test, without one by its interval; None where there is neither.

        None of few events too.
        """
        if self.few is not None:
            return None
        if self.p is not None:
            return self.p < level and self._as_tested()
        if self.lower is None and self.upper is None:
            return None
        return not self.interval_holds_parity

    def _as_tested(self) -> bool:
        """Whether what is tested leans as the figure does: the bands of indicator 1 do without medical staff."""
        names = ("senior_bme", "senior_white", "below_bme", "below_white")
        if self.value is None or not all(name in self.figures for name in names):
            return True
        top, of_top, below, of_below = (self.figures[name] for name in names)
        return (top * of_below - below * of_top > 0) == (self.value > 0)


class Earlier(NamedTuple):
    """An earlier year of the same organisation: a return of its own, or the last-year block of this one."""

    year: int
    source: str  # return | restated
    file: str
    facts: tuple[Fact, ...]  # under the basis `verified`, as that year reported them
    indicators: tuple[Indicator, ...]


class Change(NamedTuple):
    """How an indicator differs from last year's, and whether chance alone could do it.

    `kind` is one of large_distinguishable, large_chance, small_distinguishable, expected, not_tested.
    """

    id: str  # of the indicator
    year: int  # the earlier one
    source: str  # return | restated
    before: float | None
    after: float | None
    size: float | None  # log of the ratio of ratios, or difference in points (-1 to 1); above 0: worse for BME staff
    kind: str
    p: float | None
    adjusted: float | None  # Benjamini-Hochberg over the nine indicators
    reason: str  # in words: why it was not tested; "" where it was
    notes: tuple[str, ...] = ()  # smallest change that could have been seen, people of a complete count, the average
    large: bool = False  # by the year's parameters, whether or not it could be tested
    groups: Mapping[str, float] = {}
    at_top: bool = False  # adjusted p small enough for "clearly worse" or "clearly better" at the top of a briefing


class Pooled(NamedTuple):
    """Several years of one indicator taken together, where one year has too few events."""

    id: str
    years: tuple[int, ...]
    value: float | None
    lower: float | None
    upper: float | None
    events: float
    p: float | None = None
    enough: bool = True  # whether so many events are enough to conclude from

    def as_one(self) -> Indicator:
        """The years as one indicator, to be read and worded as any other."""
        return Indicator(
            self.id, "", "ratio", self.value, self.lower, self.upper, self.p, {}, None, "pooled", None, usable=True
        )


class Published(NamedTuple):
    """A published value of the return's own year: pooled over all organisations, never a median of them."""

    label: str  # "NHS trusts in England, 2021: relative likelihood"
    value: float
    source: str
    measure: str = "value"  # value, a group of the indicator, or other
    unit: str = "ratio"  # ratio | share | people
    status: str = "secondary"  # confirmed | secondary | recalled | calculated
    sources: int = 1  # that give it


class PeerPosition(NamedTuple):
    """Where an indicator lies among comparable organisations."""

    id: str
    group: str  # in words, with how it was widened
    size: int  # comparable organisations with a usable figure
    median: float | None
    limits_95: tuple[float, float] | None  # at this organisation's own size; none under 10
    limits_998: tuple[float, float] | None  # none under 20
    position: str  # inside | outside_95 | outside_998 | not_drawn
    direction: str  # adverse | favourable | "" inside
    shrunken: float | None
    dots: tuple[tuple[float, float], ...]  # of every peer, unnamed: 1 / standard error (0 unknown) and value
    published: tuple[Published, ...]  # drawn as pooled values, never as a median
    reason: str = ""  # why no position: "" where there is one
    unit: str = "ratio"  # of value, median, limits, shrunken and dots: ratio | points | share | people
    value: float | None = None  # the organisation's own figure, as reported
    precision: float = 0.0  # its own; 0 where it is not known
    weighed: int = 0  # peers whose figure came with its counts: those that limits rest on
    notes: tuple[str, ...] = ()
    curve: tuple[tuple[float, ...], ...] = ()  # precision, and there the 95% limits, then the 99.8% ones if drawn
    level: "PeerPosition | None" = None  # of survey indicators: BME staff's percentage, a second and separate picture


class Slip(NamedTuple):
    """A likely slip of the pen, with the value that would repair it and what speaks for it."""

    code: str
    title: str  # in words: "White and BME swapped"
    indicators: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]  # (address, raw text)
    repaired: tuple[tuple[str, str], ...]  # (what, value it would be), in words
    witnesses: tuple[str, ...]  # in words
    place: Place = WHOLE  # of the first figure it names; empty where its own rule tells it
    alone: bool = False  # one repair, with which every sum that failed would hold and which last year speaks for too


class Compared(NamedTuple):
    """What a return looks like beside last year's and beside comparable organisations. Nothing here judges."""

    earlier: tuple[Earlier, ...] = ()  # the latest first
    changes: Mapping[str, Change] = {}
    pooled: Mapping[str, Pooled] = {}
    peers: Mapping[str, PeerPosition] = {}
    slips: tuple[Slip, ...] = ()


class Term(NamedTuple):
    """One indicator's part in the gap index."""

    id: str
    domain: str
    g: float  # natural log of a ratio, 0 at parity, above 0 adverse to BME staff
    variance: float | None  # None where it has none to be had
    weight: float  # within the whole; all weights add up to 1
    steps: tuple[str, ...]  # from counts to g, in words and numbers
    odds: float | None = None  # g with odds in place of rates
    counts: tuple[tuple[str, float, tuple[str, ...]], ...] = ()  # what it was worked out from: title, number, cells
    moves: tuple[tuple[str, float], ...] = ()  # one person more or fewer in a count, and by how much g changes


class Score(NamedTuple):
    """The profile and the gap index. Experimental: no method for a WRES composite score has been published."""

    profile: Mapping[str, tuple[str, ...]]  # class of methods.md -> indicators in it; they add up to nine
    gap_index: float | None
    lower: float | None
    upper: float | None
    domains: Mapping[str, float]
    terms: tuple[Term, ...]
    leave_one_out: Mapping[str, float]  # by indicator left out
    alternatives: Mapping[str, float]  # equal_weights, odds_ratios
    notes: tuple[str, ...]
    withheld: str  # why there is no index; "" where there is one
    standing: Mapping[str, str] = {}  # the class of each indicator, though the rulebook has no profile to show


class Assessment(NamedTuple):
    """All that was established about one return."""

    submission: Submission
    subject: Return
    facts: tuple[Fact, ...]
    indicators: tuple[Indicator, ...]
    findings: tuple[Finding, ...]  # every outcome but passed
    coverage: Mapping[str, int]  # checks, and how many had each outcome
    apart: Mapping[str, int]  # the same, of rules that ask for something to be removed
    families: Mapping[str, Mapping[str, int]]
    reliability: tuple[str, tuple[str, ...]]
    compared: Compared
    score: Score
    plan: Plan | None = None  # None where none is given


class PublicCount(NamedTuple):
    """One count as it is published, and all it can be by that alone."""

    place: Place  # its pay band is a cluster of disclosure.yaml; "*" of the whole workforce
    shown: str  # a number; "*": few; "[c]": withheld so that another cannot be worked out; "": it was not given
    low: int
    high: int | None  # None: nothing published bounds it

    @property
    def printed(self) -> bool:
        """Whether a number is published."""
        return self.shown not in ("*", "[c]", "")


class PublicIndicator(NamedTuple):
    """One indicator as it is published, all of it as text: what is not text cannot leak."""

    id: str
    title: str
    unit: str  # ratio | points
    white: str  # "" where nothing is published
    bme: str
    value: str
    between: str  # what it can be before rounding: "1.41 to 1.59"; "" where it is exact
    shows: str  # in a word or two
    why: str  # why nothing is published; "" where something is


class Release(NamedTuple):
    """What is published of one return, and nothing else of it: every public output is made from this alone.

    So returns that differ only in what is withheld give the same bytes.
    """

    organisation: Organisation
    year: int | None
    in_year: str  # of what day within the year; "" of the annual return
    level: str  # national | protected
    board: str  # withheld | as_published
    people_hidden: int  # counts of people in post up to this are withheld
    counts: tuple[PublicCount, ...]
    indicators: tuple[PublicIndicator, ...]
    rulebook: str  # its hash


def fingerprint(finding: Finding, code: str) -> str:
    """What survives a moved table, a re-upload and a new year: rule, organisation and place."""
    from hashlib import sha256

    return sha256("\x1f".join((finding.rule, code, *finding.place)).encode()).hexdigest()[:16]


def as_figure(value: float | str | None) -> str:
    """A figure as text, alike whether it was computed or read from a file: ten significant digits."""
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"


def grouped(items: Iterable[_Item], key: Callable[[_Item], _Group]) -> dict[_Group, list[_Item]]:
    """Items by what they have in common; groups, and the items of each, in the order in which they come."""
    groups: dict[_Group, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


Json = dict[str, Any]
