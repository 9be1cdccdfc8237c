"""Pages for working through: the verdict, a card a cause with the rows it is about, and whose figures these are."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Fact, Finding, Place, grouped
from ..wording.cells import cells_of, figure_shown, raw_of
from ..wording.findings import limits_of, place_of, remedy_of
from ..wording.numbers import counted, number
from ..wording.report import FindingLine, RuleFindings, SameRemedy, counts_of
from ..wording.said import Said, say
from ..wording.text import capital, clean, sentence
from ..wording.verdict import roots, verdict_parts
from .document import NO_TABLE, Block, Pairs, Paragraph, Section, Step, Table, TableCell, TableRow, number_cell
from .dossier import BLOCKS, Dossier, quotable_words

SHOWN, ROWS = 5, 8  # of findings of one remedy, of rows of the sheet: of more the first, and how many there are
_GROUPS = {"white": "White", "bme": "BME", "unknown": "Unknown", "": "Figure"}
_KEEPERS = ("recruitment", "hr_cases")  # of the people of briefing.yaml those who keep figures; else the analyst


def verdict(of: Dossier) -> Section:
    """What is to be done, each count leading to its findings."""
    of_action = {asked.action: f"findings-{asked.action}" for asked in of.report.findings}
    counts = counts_of(of.assessment, of.rulebook)
    parts = [(of.report.verdict, "")] if of.report.stopped else verdict_parts(counts, bool(of.in_year))
    said = tuple(say(text, (), (), ["file"])._replace(leads=of_action.get(action, "")) for text, action in parts)
    return Section("verdict", "In short", (Paragraph(said, style="verdict"),))


def next_step(of: Dossier) -> Section:
    """What to do when all this is done."""
    text = capital(of.report.next.removeprefix("Next: ").replace("`", '"'))
    return Section("next", "Next", (Paragraph((say(text, (), (), ["file"]),)),))


def card(of: Dossier, group: RuleFindings, annex: bool) -> Section:
    """The findings of one rule: what to do and where, then why, what follows and who says so."""
    cells = f", {group.cells}" if group.cells else ""
    blocks: list[Block] = [Paragraph((say(f"{group.rule}{cells}", (), (), [f"rule {group.rule}"]),), style="quiet")]
    by_remedy = grouped(of.roots(group.rule), lambda finding: (finding.code, remedy_of(finding, of.rulebook)))
    blocks += [_step(of, group, *same) for same in zip(group.parts, by_remedy.values(), strict=True)]
    blocks.append(Pairs(tuple(_behind(of, group)), "Why, and who says so"))
    return Section(f"rule-{group.rule}", group.title, tuple(blocks), 3, annex, group.rule)


def _step(of: Dossier, group: RuleFindings, part: SameRemedy, findings: list[Finding]) -> Step:
    """What asks for the same: the remedy, the findings, and the rows of their cells."""
    prints = [row.id for row in part.rows]
    told, rest = (part.rows[:1], part.rows[1:]) if part.alike and part.cells else (part.rows[:SHOWN], part.rows[SHOWN:])
    found = []
    for row in told:
        where = "" if row.cells in ("", group.cells) else f"{capital(row.cells)}: "  # the card says it once
        found.append(row.said._replace(text=f"{where}{_explained(of, row)}"))
    if rest:
        where = cells_of(address for finding in findings[len(told) :] for address, _ in finding.cells)
        more = f"{len(rest):,} more like {'this' if len(told) == 1 else 'these'}"
        said = f"The same at {where}" if part.alike and len(rest) <= SHOWN else f"{more}, at {where}"
        found.append(say(sentence(said if where else more), prints))
    return Step("What to do:", say(part.remedy, prints), tuple(found), _rows(of, findings))


def _explained(of: Dossier, row: FindingLine) -> str:
    """A finding, with what the organisation says of it where that may be quoted."""
    if not row.own_words:
        return row.said.text
    if not of.quoted:
        return f"{row.said.text} It is explained; --show-values quotes how."
    return f"{row.said.text} The {of.noun} says: {' '.join(quotable_words(of, said) for said in row.own_words)}"


def _behind(of: Dossier, group: RuleFindings) -> Iterator[tuple[str, Said]]:
    rule = of.rulebook.rule(group.rule)
    evidence = [f"rule {group.rule}"]
    yield "Why", say(group.why, (), (), evidence)
    yield "What was checked", say(sentence(rule.title), (), (), evidence)
    for finding in of.roots(group.rule)[:1]:
        if limits := limits_of(finding, of.rulebook):
            yield "Threshold", say(sentence(limits), (), (), evidence)
    yield from (("Known issue", say(sentence(text), (), (), evidence)) for text in rule.known_issues)
    yield from (("What follows", say(text, (), (), evidence)) for text in group.follows)
    yield "Authority", say(sentence(group.authority), (), (), evidence)


# The rows, as they stand in the sheet


def _rows(of: Dossier, findings: list[Finding]) -> Table:
    """The rows of the findings' cells in their blocks, the cells marked; NO_TABLE where none holds a figure."""
    marked = {address: of.print(finding) for finding in findings for address, _ in finding.cells}
    keys = [key for address, key in of.at.items() if address in marked]  # in the order of the file
    blocks = sorted({key.basis for key in keys}, key=BLOCKS.index)
    places = list(dict.fromkeys(key._replace(basis="", ethnicity="") for key in keys))
    across = [(block, group) for block in blocks for group in _GROUPS]
    facts = [{at: of.facts.get(key._replace(basis=at[0], ethnicity=at[1])) for at in across} for key in places]
    columns = [at for at in across if any(row[at] for row in facts)]
    shown = tuple(
        TableRow(
            (_label(of, key), *(_cell(of, row[at], marked) for at in columns)),
            tuple(dict.fromkeys(marked[fact.cell] for fact in row.values() if fact and fact.cell in marked)),
        )
        for key, row in list(zip(places, facts, strict=True))[:ROWS]
    )
    if not shown:
        return NO_TABLE
    more = len(places) - len(shown)
    notes = (say(f"And {counted(more, 'more row')}.", dict.fromkeys(marked.values())),) if more > 0 else ()
    headings = {name: block["heading"] for name, block in of.layout.get("blocks", {}).items() if name != "verified"}
    titles = (": ".join(filter(None, (headings.get(block, ""), _GROUPS[group]))) for block, group in columns)
    file = "sheet" if of.assessment.submission.sheets else "file"
    return Table(f"As it stands in the {file}", ("Row", *titles), shown, notes, (8, *(4 for _ in columns)))


def _label(of: Dossier, key: Place) -> TableCell:
    """The label of a row as the template has it, with its section."""
    row, section = of.row_of(key)
    return TableCell(row.get("label", "").lstrip(" :") or capital(place_of(key, of.rulebook)), section.get("title", ""))


def _cell(of: Dossier, fact: Fact | None, marked: dict[str, str]) -> TableCell:
    """A figure with its cell below where it is in question."""
    if fact is None:
        return number_cell("-")
    address = fact.cell.rpartition("!")[2] if fact.cell in marked else ""
    return number_cell(_stands(of, fact), clean(address))._replace(marked=fact.cell in marked)


def _stands(of: Dossier, fact: Fact) -> str:
    """What stands in a cell: its number, else the text, or that there is none."""
    unit = of.rulebook.items["items"][fact.key.item]["unit"]
    if fact.value is not None:
        return number(fact.value, unit)
    raw = raw_of(fact, of.assessment.submission.date_1904)
    return (raw if of.shown else figure_shown(raw)) or "blank"


# Whose figures these are


def owners(of: Dossier) -> Section | None:
    """Who keeps the figures that are to be corrected or explained, with their cells; no section without any."""
    found: dict[str, dict[str, list[str]]] = {}
    for finding in roots(of.assessment.findings):
        action = of.rulebook.rule(finding.rule).action
        for address, _ in finding.cells if action != "note" else ():
            if address in of.at:
                kept = found.setdefault(_keeper(of, of.at[address]), {"correct": [], "explain": []})
                kept[action].append(address)
    if not found:
        return None
    actions = [action for action in ("correct", "explain") if any(cells[action] for cells in found.values())]
    rows = tuple(
        TableRow(
            (TableCell(who), *(TableCell(cells_of(cells[action]) or "-") for action in actions)),
            other=("rules/briefing.yaml",),
        )
        for who, cells in found.items()
    )
    header = ("Who keeps them", *(f"To {action}" for action in actions))
    table = Table("The cells by who keeps their figures", header, rows, (), (2, *(3 for _ in actions)))
    return Section("owners", "Whom to ask", (table,))


def _keeper(of: Dossier, key: Place) -> str:
    """Who keeps a figure, as far as the rulebook knows: the workbook itself, the survey, or one of its people."""
    row, _ = of.row_of(key)
    if row.get("measure") == "Auto calculated":
        return "Nobody: the workbook calculates them"
    if any(key.item in asked["of"] for asked in of.rulebook.items["questions"].values()):
        return "The staff survey's results"
    briefing = of.rulebook.briefing
    named = briefing["indicators"].get(f"indicator_{of.rulebook.indicator_of.get(key.item)}", {}).get("people", ())
    who = next((name for name in named if name in _KEEPERS), briefing["in_question"]["people"][0])
    return capital(briefing["people"][who])
