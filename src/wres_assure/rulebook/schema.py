"""What authors may write, as pydantic models; also published as rules/schema.json for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

# What the models of several files share.
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}[a-z]?$")]
Year = Annotated[str, Field(pattern=r"^20[0-9]{2}$")]  # as a text, as JSON has its keys
Day = Annotated[int, Field(ge=20000101, le=20991231)]  # as its digits
Unit = Literal["people", "share", "ratio", "points", "number"]
Number = int | float
OrganisationType = Literal["trust", "independent", "ccg", "icb", "csu", "national_body"]
Block = Literal["verified", "esr", "restated"]
Ethnicity = Literal["white", "bme", "unknown"]


class Strict(BaseModel):
    """What is not named is refused, and a text is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Reference(Strict):
    document: str
    kind: Literal["authority", "practice", "method", "figures"]
    address: str | None = None
    official: str | None = None  # the document of a year whose layout was held against the official workbook
    sections: dict[str, str]


class Parameter(Strict):
    title: str
    unit: Unit
    values: dict[int, Number]
    each_year: bool = False  # a value holds for its own year alone, and is not carried on
    reference: str | dict[int, str]  # of all values, or of each by its year
    confirmed: bool | dict[int, bool]  # likewise
    note: str | None = None


class Item(Strict):
    title: str
    unit: Unit
    dimensions: list[Literal["staff_group", "pay_band", "ethnicity"]] = []
    ethnicity: list[Ethnicity] = ["white", "bme", "unknown"]
    percent: bool = False  # a plain number in a cell is a percentage, to be divided by 100
    optional: bool = False


class Questions(Strict):
    """The survey's questions behind items, and who says so."""

    authority: str
    of: dict[Identifier, str]


class Items(Strict):
    staff_groups: dict[Identifier, str]
    pay_bands: dict[str, str]
    bands_of: dict[str, list[str]]
    part_of: dict[str, str]
    ethnicity: dict[Ethnicity | Literal["all"], str]
    bases: dict[Identifier, str]
    questions: dict[Year, Questions] = {}  # of the survey, by the collection from which on they were asked
    items: dict[Identifier, Item]


class LayoutRow(Strict):
    row: int
    label: str
    also: list[str] = []
    item: Identifier
    staff_group: str = ""
    pay_band: str = ""
    measure: Literal["Headcount", "Percentage", "Auto calculated"]


class Section(Strict):
    id: Identifier
    title: str
    also: list[str] = []
    indicator: int
    rows: list[LayoutRow]


class LayoutBlock(Strict):
    heading: str
    also: list[str] = []
    sections: list[Identifier] | None = None
    required: bool = True


class Holds(Strict):
    """What a text must hold to be recognised: one of `any` (phrases joined by + all together), nothing of `without`."""

    any: list[str]
    without: list[str] = []


class Contains(Strict):
    """Texts recognised by what they contain, where they are none of those that a layout spells out."""

    never: list[str]  # in no heading of a block or an ethnicity
    ignore: list[str]  # in headings of ethnicities, before they are held against the others
    filler: list[str]  # words of a heading that say nothing of its block
    headings: dict[Literal["esr", "verified", "restated", "current", "respondents"], Holds]
    ethnicity: dict[Ethnicity, Holds]
    notes: Holds
    survey: Holds  # a heading of all rows of the staff survey
    sections: dict[Identifier, Holds]
    rows: dict[str, Holds]


class Official(Strict):
    """The workbook that a layout was drafted from, and who has said on which day that it is the official one."""

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    by: str = ""
    on: str = Field("", pattern=r"^(\d{4}-\d\d-\d\d)?$")


class LayoutDifference(Strict):
    """A year's layout as a short difference from another: the whole one, or an earlier year's difference.

    Its name, title and snapshot date follow from the year.
    """

    extends: str
    year: int
    verified: bool
    official: Official | None = None
    open: list[str] = []  # what nobody has decided yet of the workbook that it was drafted from
    authority: str
    headings: dict[Block, str] = {}  # the block's heading in this year, in place of the other's
    note: str | None = None


class Layout(Strict):
    id: str
    year: int
    verified: bool
    official: Official | None = None
    open: list[str] = []  # what nobody has decided yet of the workbook that it was drafted from
    authority: str
    sheet: str
    title: str
    snapshot_date: str
    cover: dict[
        Literal[
            "organisation_code", "organisation_name", "organisation_type", "region", "reporting_year", "snapshot_date"
        ],
        list[str],
    ]
    blocks: dict[Block, LayoutBlock]
    ethnicity: dict[Ethnicity, list[str]]
    respondents: LayoutBlock
    notes: list[str]
    contains: Contains
    sections: list[Section]


class Question(Strict):
    """A question of the narrative."""

    question: str
    kind: Literal["yes_no", "date", "percent", "text", "bands"]
    authority: str
    framework: str | None = None  # of briefing.yaml: the question is asked while that is in force


class PlanColumn(Strict):
    """A column of the action plan, and by which wordings its heading is known."""

    heading: str
    also: list[str] = []
    help: str


Status = Literal["planned", "under_way", "done", "stopped", "none"]


class ActionPlan(Strict):
    """The action plan beside a return: its columns, and the words of its statuses and of each indicator's measure."""

    authority: str
    sheet: str
    columns: dict[
        Literal[
            "action", "indicator", "cause", "owner", "start", "due", "measure", "target", "sponsor", "heard", "status",
            "result",
        ],
        PlanColumn,
    ]  # fmt: skip
    few: Identifier  # a parameter: of fewer people a target is told in people
    required: list[str] = Field(min_length=1)
    statuses: dict[Status, list[str]]
    measures: dict[Identifier, list[str]]


class Applies(Strict):
    from_: int = Field(2016, alias="from")
    until: int | None = None
    organisations: list[OrganisationType] | None = None
    inputs: list[Literal["workbook", "table"]] | None = None


class CellsOf(Strict):
    units: list[Unit] | None = None
    blocks: list[Block]
    items: list[Identifier] | None = None
    but_not: list[Identifier] = []
    but_not_bands: list[str] = []
    ethnicity: list[Ethnicity] | None = None
    auto: bool = True  # rows that the workbook calculates, too


class Said(Strict):
    """What one code of a raised rule says; its heading where that says more than the rule's."""

    found: str | None = None
    message: str
    remedy: str


class Rule(Strict):
    id: RuleId
    title: str  # what holds where the rule passes
    found: str | None = None  # what was found where it fails: the heading of its findings
    action: Literal["correct", "explain", "note"]
    annual: bool = False  # asked once a year: it stands aside of figures within the year
    authority: str
    status: Literal["proposed", "active", "suspended", "retired"] = "active"
    status_reason: str | None = None  # why it is suspended or retired
    successor: RuleId | None = None
    replaces: list[RuleId] = []
    known_issues: list[str] = []  # told beside every finding of the rule
    since: str = "2021.1"  # the rulebook it came with
    no_sample: str | None = None  # why no sample, generated return or published case makes it fail
    applies: Applies = Field(default_factory=lambda: Applies.model_validate({}))
    cells: CellsOf | None = None
    about: Identifier | None = None  # the item its findings have their place at; no selector follows it
    for_each: dict[Literal["item", "basis", "staff_group", "pay_band", "ethnicity"], list[str]] = {}
    rows: bool = False
    sections: bool = False
    let: dict[Identifier, str | dict[str, str]] = {}  # a selector, or one for each member of a dimension of for_each
    where: dict[Identifier, str] = {}
    when: str | None = None
    when_missing: Literal["zero", "skip"] | None = None
    assert_: str | None = Field(None, alias="assert")
    raised_by: Literal["read", "conform", "compare", "plan"] | None = None
    codes: dict[Identifier, Said] = {}
    asks_removal: bool = False
    slip: str | None = None  # the name of a likely slip; its figures enter no outcome statement until explained
    explains: list[RuleId] = []
    message: str | None = None
    why: str
    remedy: str | None = None
    cases: list[dict[str, Any]] = Field(min_length=2)


class Method(Strict):
    """A function of stats.py and the names it is given."""

    method: Literal[
        "ratio_of_proportions",
        "difference_of_proportions",
        "mid_p",
        "mid_p_of_answers",
        "senior_against_below",
        "board_of_this_size",
    ]
    arguments: list[str]


class Derivation(Strict):
    """One way to have an indicator's value; the first that can be had is taken."""

    source: Literal["counts", "counts and printed shares", "printed rates", "printed value"]
    let: dict[Identifier, str]
    groups: dict[Identifier, str] = {}
    value: str
    interval: Method | None = None
    test: Method | None = None


class Unknown(Strict):
    """People of unknown ethnicity, the events among them where the indicator counts events, and everybody.

    `odds`: how many times lower or higher the odds of the unknown may be than those of the known.
    """

    events: str | None = None
    people: str
    all_people: str
    odds: str | None = None


class WordingFrom(Strict):
    """Where the wording of an indicator was read, and whether that was the document of who asks for it."""

    source: str
    also: list[str] = []  # further sources that give the same
    status: Literal["confirmed", "secondary", "recalled"]


class Indicator(Strict):
    title: str
    wording: str
    wording_from: WordingFrom
    unit: Literal["ratio", "points"]
    groups: dict[Identifier, str]
    over: list[Identifier] = Field(min_length=2, max_length=2)
    adverse: Literal["above", "below"]
    people: str
    event: str
    counted: str = ""  # what an event is called when counted: cases
    authority: str
    complete_count: bool = False
    events: str | None = None
    min_events: str | None = None  # fewer, and nothing is concluded from one year
    rare: bool = False  # few events of many people: changes are tested given the total of events
    unknown: Unknown | None = None
    rests_on: list[str]
    derivations: list[Derivation]


class ReliabilityLevel(Strict):
    """A level, the condition that keeps the figures down to it, and the reason. The lowest that holds is taken."""

    level: Literal["good", "fair", "poor", "not established"]
    when: str
    reason: str


class Instead(Strict):
    """People whose rate takes the place of a group's, where the two lie as far apart as a parameter says."""

    group: str  # what they are, in words
    events: list[str] = Field(min_length=1)  # selectors, added up
    people: list[str] = Field(min_length=1)
    apart: Identifier  # the parameter


class Side(Strict):
    """One side of a ratio of the gap index: a group of the indicator, and the numbers its rate is made of."""

    group: Identifier
    events: Identifier | None = None  # by the names of the indicator's own derivation
    people: Identifier
    at_most: str | None = None  # selector of the most people there can have been, where their number is not given
    instead: Instead | None = None


class GapTerm(Strict):
    """An indicator as a ratio that is 1 at parity and above 1 where it is adverse to BME staff."""

    over: Side
    under: Side
    complete_count: bool = False  # everybody was counted: the doubt is that of a draw from the workforce
    add_half: Literal["at zero", "always"] = "at zero"


class GapDomain(Strict):
    weight: Number = 1
    indicators: dict[Identifier, Number] = Field(min_length=1)


class GapIndex(Strict):
    authority: str
    fewest_indicators: int = Field(ge=1)
    level: float = Field(gt=0, lt=1)
    domains: dict[Identifier, GapDomain] = Field(min_length=1)
    terms: dict[Identifier, GapTerm]


class NoDifference(Strict):
    """How far from parity a figure is no difference, unless it can be told from chance."""

    authority: str
    ratio: float
    points: float


class Profile(Strict):
    level: float = Field(gt=0, lt=1)  # of the interval of each indicator, and of its test
    no_difference: NoDifference


class Scoring(Strict):
    reliability: list[ReliabilityLevel]
    profile: Profile | None = None
    gap_index: GapIndex | None = None


class OfficialGroups(Strict):
    """Kinds of trust as somebody official has them, of one year: group -> region -> codes of organisations."""

    year: int
    authority: str
    status: Literal["confirmed", "secondary", "recalled"]
    groups: dict[str, dict[str, list[str]]]


class PeerGroups(Strict):
    """Who is comparable, by steps that widen, and when limits are drawn. Years and numbers are parameters."""

    authority: str
    steps: list[list[Literal["type", "region", "size"]]] = Field(min_length=1)
    wanted: str
    size_factor: str
    limits_95: str
    limits_998: str
    regions_since: str | None = None  # the first collection with these regions; no published value is of before
    official: OfficialGroups | None = None
    regions: dict[str, list[str]]  # name -> other names and codes of it


class Benchmark(Strict):
    """Published values of one figure, by reporting year: pooled over all organisations, never a median of them."""

    indicator: Identifier
    measure: Identifier  # value, a group of the indicator, or other: no figure of ours is the same
    title: str
    population: str  # England or a region of peers.yaml
    organisations: list[OrganisationType] = Field(min_length=1)
    peer_group: str | None = None  # of one kind of trust alone, by its name in groups.csv
    unit: Literal["ratio", "share", "people"]
    values: dict[int, Number]
    source: str
    also: list[str] = []  # further sources that give the same
    status: Literal["confirmed", "secondary", "recalled", "calculated"]
    note: str | None = None


# briefing.yaml


class Framework(Strict):
    """What a line of enquiry is read against, and the days from and until which it is in force, as digits: 20260331."""

    title: str
    kind: Literal["inspection", "equality", "plan"]
    from_: Day | None = Field(None, alias="from")  # none of a draft: nobody has said that it is in force
    until: Day | None = None
    known_from: Day | None = None  # the first and the last day on which it is known to have been in force,
    known_until: Day | None = None  # where the days on which it began and ended are less sure
    status: Literal["confirmed", "secondary", "recalled", "draft"]
    note: str | None = None
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
    where_none: list[Identifier] = []  # questions that take their place unless they are answered with yes
    title: str
    organisations: list[OrganisationType] | None = None
    only_if: Identifier | None = None  # a question of the narrative: left out where it is answered with no


class Body(Strict):
    """What became of a body, from which day on as its digits, told beside returns of before."""

    text: str
    from_: Day = Field(alias="from")
    status: Literal["confirmed", "secondary", "recalled"]
    authority: str


class Duty(Strict):
    """A duty of the NHS Standard Contract; `rule` is the check that says whether it is met."""

    clause: str  # where it stands, without a number
    numbers: dict[int, str] = {}  # with its number, by reporting year as far as known
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
    too_small: Enquiry | None = None
    governance: list[Governed]
    bodies: list[Body] = []
    duties: list[Duty]
    due_regard: list[Principle]
    checklist: list[Listed]


class Shipped(Strict):
    """A table that lies beside the rules, with the hash it must have."""

    file: str
    title: str
    authority: str
    licence: str
    status: Literal["confirmed", "secondary", "recalled"]
    note: str | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    columns: list[Identifier] = Field(min_length=1)  # after code and year: the item that each becomes
    autumns: list[int] = Field(min_length=1)  # the years of the surveys it holds


class Aim(Strict):
    """What a goal asks for, and by when or where; the day only puts several in their order."""

    when: str
    until: int = Field(ge=20150101, le=20991231)
    share: Number | None = None  # of organisations
    authority: str
    status: Literal["confirmed", "secondary", "recalled"]


class Goal(Strict):
    """A goal that was set: of a share by band, of how many organisations lie in a range, or the organisation's own."""

    title: str
    kind: Literal["bands", "range", "own"]
    since: int  # the first collection after it was set
    says: str
    bands: list[str] = []
    organisations: list[OrganisationType] | None = None
    before: Aim | None = None  # how it stood when it was set
    aims: list[Aim]


PartOfReport = Literal[
    "completeness", "comparisons", "numbers", "self_reporting", "indicators", "narrative", "plan", "shared", "eds"
]


class ReportPart(Strict):
    """A part of the report that an organisation publishes, and where its heading is from."""

    id: PartOfReport
    title: str
    from_: Literal["page", "ours"] = Field(alias="from")
    authority: str


class Outcome(Strict):
    """An outcome of the Equality Delivery System, and the indicators that are evidence for it."""

    outcome: str
    title: str
    indicators: list[Identifier] = Field(min_length=1)
    answer: Identifier  # a question of the narrative
    framework: Identifier


class ReportParts(Strict):
    parts: list[ReportPart] = Field(min_length=1)
    eds: list[Outcome] = []


class Cluster(Strict):
    """Bands of some staff groups that are published as one."""

    id: Identifier
    title: str
    staff_groups: list[Identifier] = Field(min_length=1)
    bands: list[str] = Field(min_length=1)


class Level(Strict):
    """How much is published, and for which organisations it is so unless another is chosen."""

    title: str
    says: str
    authority: str
    organisations: list[OrganisationType]


class Disclosure(Strict):
    """What may be published of small groups of staff."""

    authority: str
    clusters_from: str
    clusters: list[Cluster] = Field(min_length=1)
    levels: dict[Literal["national", "protected"], Level]


class EthnicCode(Strict):
    """What a code of staff records stands for; of an unknown ethnicity, why it is not known."""

    title: str
    group: Ethnicity
    reason: Literal["declined", "never_asked"] | None = None


class Known(Strict):
    """Something the guidance leaves open: what is done, who says so, and how well that is known."""

    title: str
    source: str
    confirmed: bool
    since: int = Field(2016, ge=2016, le=2099)  # the collection from which on it is done
    codes: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = []


class EthnicCodes(Strict):
    """The ethnic codes of staff records."""

    authority: str
    groups: str
    codes: dict[Annotated[str, Field(pattern="^[A-Z]$")], EthnicCode]
    old_until: Day
    old: dict[Annotated[str, Field(pattern="^[0-9]$")], EthnicCode]
    none: dict[str, EthnicCode]
    reasons: dict[Literal["declined", "never_asked", "unreadable"], Known]
    two_characters: dict[Literal["by_first_letter", "but_not"], Known]


class ExtractColumn(Strict):
    """A column of an extract, by which wordings its heading is known, and what its rows hold."""

    heading: str
    also: list[str] = []
    holds: Literal[
        "key", "organisation", "staff_group", "pay_band", "ethnic_code", "any_code", "contract", "date", "yes_no",
        "campaign", "count",
    ]  # fmt: skip
    required: bool = False
    filled: bool = False


class Words(Strict):
    """Words of an extract and what they stand for, and who says so."""

    source: str
    confirmed: bool
    of: dict[Identifier, list[str]]


class Choice(Strict):
    """What the guidance leaves open: what is done from which collection on."""

    title: str
    values: dict[int, Literal["highest", "lowest", "counted", "not_counted"]]
    source: str
    confirmed: bool


class Extracts(Strict):
    """How records of staff are read."""

    authority: str
    counts: dict[Literal["code", "count", "staff_group", "pay_band"], ExtractColumn]
    staff: dict[
        Literal[
            "person", "assignment", "organisation_code", "staff_group", "pay_band", "ethnic_code", "contract", "start",
            "leave", "employed_on", "board", "voting", "executive", "senior_medical_manager",
        ],
        ExtractColumn,
    ]  # fmt: skip
    applicants: dict[
        Literal["application", "ethnic_code", "shortlisted", "appointed", "campaign", "on"], ExtractColumn
    ]
    cases: dict[Literal["person", "ethnic_code", "on"], ExtractColumn]
    training: dict[Literal["person", "ethnic_code", "mandatory", "on"], ExtractColumn]
    words: dict[Literal["staff_group", "staff_group_esr", "contract", "campaign", "yes_no"], Words]
    counted: list[str]
    choices: dict[Literal["several_assignments", "leaving_day", "year_of_events", "people_once"], Choice]
    from_lowest: list[str]
    first_of: list[Identifier]
    executives: Known


class Rulebook(Strict):
    version: str
    title: str


MODELS: dict[str, Any] = {
    "rulebook.yaml": Rulebook,
    "references.yaml": dict[Identifier, Reference],
    "parameters.yaml": dict[Identifier, Parameter],
    "collection/items.yaml": Items,
    "collection/narrative.yaml": dict[Identifier, Question],
    "indicators.yaml": dict[Identifier, Indicator],
    "scoring.yaml": Scoring,
    "briefing.yaml": Briefing,
    "peers.yaml": PeerGroups,
}


OPTIONAL: dict[str, Any] = {
    "data.yaml": dict[Literal["staff_survey"], Shipped],
    "collection/plan.yaml": ActionPlan,
    "report.yaml": ReportParts,
    "disclosure.yaml": Disclosure,
    "collection/ethnicity.yaml": EthnicCodes,
    "collection/extracts.yaml": Extracts,
    "goals.yaml": dict[Literal["model_employer", "disciplinary_gap", "own_target"], Goal],
}


# What judges no return and changes no result: how staff records are read. It is checked with the rest, but is no part
# of the rulebook's hash nor of what is compiled, so that a new heading of an extract is no new rulebook.
OF_RECORDS = ("collection/ethnicity.yaml", "collection/extracts.yaml")


def schema() -> dict[str, Any]:
    """One JSON Schema of every file of a rulebook, by its name in `$defs`: `parameters`, `layout`, `checks`, …"""
    files = {name.rpartition("/")[2].partition(".")[0]: model for name, model in (MODELS | OPTIONAL).items()}
    files |= {"layout": Layout | LayoutDifference, "checks": list[Rule], "benchmarks": list[Benchmark]}
    schemas, definitions = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(model)) for name, model in files.items()]
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files of a WRES rulebook",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in files],
        "$defs": definitions["$defs"] | {name: schemas[name, "validation"] for name in files},
    }


def fields_at(model: Any, steps: tuple[Any, ...]) -> Mapping[str, Any]:
    """The fields of the model that an error's steps lead to."""
    for step in steps[:-1]:
        fields = getattr(model, "model_fields", None)
        if fields is None or not isinstance(step, str):
            arguments = getattr(model, "__args__", ())
            model = arguments[-1] if arguments else model
            continue
        field = fields.get(step) or next((f for f in fields.values() if f.alias == step), None)
        model = field.annotation if field else None
        arguments = [a for a in getattr(model, "__args__", ()) if a is not type(None)]
        if arguments and not hasattr(model, "model_fields"):
            model = arguments[-1]
    return getattr(model, "model_fields", {})
