"""The letter to the organisation that sent a return: what was received, what is asked, and how to answer.

It is read by whoever filled the workbook in, so it tells cells and what to do, repeats no free text, and ranks nobody.
What could be chance is said to be, and a question is no accusation.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import BESIDE
from ..wording.numbers import SHORT_HASH, counted, day
from ..wording.report import COUNTS_AS_NOTHING, SameRemedy, Unjudged, counts_of, return_of
from ..wording.said import Said, say
from ..wording.shows import BETTER_CHANCE, CHANCE
from ..wording.text import lower_first, named
from ..wording.verdict import verdict
from .document import Bullets, Paragraph, Section, Table, TableCell, TableRow, number_cell
from .dossier import Dossier
from .enquiry import enquiries

MOST_ROWS = 8  # of a table: of more the first, and how many there are
_LONGEST = 60  # characters of addresses in a row
_TITLES = {
    "correct": "What we ask you to correct",
    "explain": "What we ask you to explain",
    "plan-correct": "What we ask you to correct in the action plan",
    "plan-explain": "What we ask you to explain in the action plan",
}
_POSSIBLE = {  # what would make a check possible, by what is missing beside the return
    "last year's return": "Send last year's return with it.",
    "comparable organisations": "Nothing is needed from you: the returns of others are.",
    "a narrative": 'Answer the questions that "wres-assure template --narrative" writes.',
    "the published survey": "Send the published survey results with it.",
}


def sections(of: Dossier, answer_by: int | None) -> list[Section | None]:
    """The parts of the letter; `answer_by` is the day by which an answer is asked for, 20260301, None where none is."""
    return [_received(of), *_asked(of), _not_checked(of), _questions(of), _answer(of, answer_by)]


def _received(of: Dossier) -> Section:
    """Thanks, which file of which year it was, and in short what was found."""
    report, subject = of.report, of.assessment.subject
    what = return_of(subject.year, subject.in_year)
    told = [
        "Thank you for this return.",
        f"Received: {report.file}, {what}, SHA-256 {of.assessment.submission.sha256[:SHORT_HASH]}.",
        # It is uploaded by whoever sent it, not by the reader of a letter.
        report.verdict if report.stopped else verdict(counts_of(of.assessment, of.rulebook), in_year=True),
    ]
    checked = [] if report.stopped else [report.checked, COUNTS_AS_NOTHING]
    lead = Paragraph(tuple(say(text, (), of.all, ["file"]) for text in (*told, *checked)), style="lead")
    return Section("received", "What was received", (lead,))


def _asked(of: Dossier) -> Iterator[Section]:
    """A table for each thing that is asked: where, what was found and why it is asked, what to do."""
    found = [(asked.action, asked) for asked in of.report.findings]
    found += [(f"plan-{asked.action}", asked) for asked in of.report.of_plan]
    for name, asked in found:
        if name in _TITLES:
            parts = [(group, part) for group in asked.groups for part in group.parts]
            told = [group.rule for group, _ in parts]  # why is told once of a rule
            rows = tuple(
                _row(part, "" if group.rule in told[:at] else group.why)
                for at, (group, part) in enumerate(parts[:MOST_ROWS])
            )
            left = sum(len(part.rows) for _, part in parts[MOST_ROWS:])
            prints = [row.id for _, part in parts[MOST_ROWS:] for row in part.rows]
            more = f'And {counted(left, "more finding")}; "wres-assure check" lists all.'
            notes = (say(more, prints),) if left else ()
            header = ("Where, and what stands there", "What was found, and why we ask", "What to do")
            table = Table("Each row a finding", header, rows, notes, (3, 6, 4))
            yield Section(f"asked-{name}", _TITLES[name], (table,))


def _row(part: SameRemedy, why: str) -> TableRow:
    """Findings of one remedy; of several the first, and how many more."""
    first, more = part.rows[0], len(part.rows) - 1
    where = part.cells if len(part.cells) <= _LONGEST else f"{first.cells} and {counted(more, 'more place')}"
    holds = ", ".join(dict.fromkeys(row.holds for row in part.rows if row.holds))
    message = f"{first.said.text} {more:,} more like this." if more else first.said.text
    explained = "A note on it was received." if any(row.own_words for row in part.rows) else ""
    return TableRow(
        (
            TableCell(where or "the return as a whole", holds if len(holds) <= _LONGEST else ""),
            TableCell(message, why),
            TableCell(part.remedy, explained),
        ),
        tuple(row.id for row in part.rows),
    )


def _not_checked(of: Dossier) -> Section | None:
    """What could not be checked, and what would make it possible."""
    entries = () if of.report.stopped else of.report.unjudged
    if not entries:
        return None
    left = sum(entry.size for entry in entries[MOST_ROWS:])
    notes = (say(f"And {counted(left, 'more check')} for other reasons.", (), of.all, ["file"]),) if left else ()
    rows = tuple(
        TableRow(
            (TableCell(entry.title), number_cell(f"{entry.size:,}"), TableCell(_possible(of, entry))),
            other=tuple(f"rule {rule}" for rule in entry.rules),
        )
        for entry in entries[:MOST_ROWS]
    )
    table = Table("Why, and what would help", ("Why", "Checks", "What would make it possible"), rows, notes, (6, 1, 6))
    return Section("not-checked", "What could not be checked", (table,))


def _possible(of: Dossier, entry: Unjudged) -> str:
    if beside := BESIDE.get(lower_first(entry.title.rstrip("."))):
        return _POSSIBLE[beside]
    if entry.title.partition(":")[0] in of.rulebook.by_id:  # of the finding that is in the way
        return "Possible once that is corrected or explained."
    return "Possible once that can be filled in or put right."


def _questions(of: Dossier) -> Section | None:
    """What a commissioner asks; what could be chance is named as that, and nothing is asked about it."""
    if of.report.stopped:
        return None
    lines = enquiries(of)
    chance = [
        say(f"{title}: {named(names)}.", (), names)
        for kind, title in ((CHANCE, "Worse, but could be chance"), (BETTER_CHANCE, "Better, but could be chance"))
        if (names := of.read_as(kind))
    ]
    if not lines and not chance:
        return None
    about = ["Questions, not conclusions.", "A difference is no proof of its cause, and nobody is accused."]
    blocks = [Paragraph(tuple(say(text, (), of.all) for text in about if lines), style="quiet")] if lines else []
    for line in lines:
        evidence = (line.figures.findings, line.figures.indicators, ("rules/briefing.yaml",))
        told: list[Said] = list(filter(None, (line.figures, line.place)))
        told += [say(question, *evidence) for question in line.questions]
        blocks.append(Paragraph(tuple(told), f"{line.subject}."))
    blocks += [Paragraph(tuple(chance))] if chance else []
    return Section("questions", "What a commissioner asks", tuple(blocks))


def _answer(of: Dossier, answer_by: int | None) -> Section:
    """How to answer, and by when where a day is set."""
    asked = {asked.action for asked in (*of.report.findings, *of.report.of_plan)}
    file = "workbook" if of.assessment.submission.sheets else "file"
    told = []
    if "correct" in asked:
        told.append(f"Correct these figures in the {file}, and send it again.")
    if "explain" in asked:
        told.append("Where a figure is right, write in the notes beside it why it is so, and send the file again; "
                    'or fill in what "wres-assure explanations" writes, and send that.')  # fmt: skip
    if told:
        told.append("Where a check seems wrong to you, say so in the same way.")
    elif of.report.stopped:
        told.append("Put right what stands above, and send it again.")
    else:
        told.append("Nothing has to be corrected or explained, so nothing has to be sent again.")
    if answer_by and (asked & {"correct", "explain"} or of.report.stopped):
        told.append(f"An answer is asked for by {day(float(answer_by))}.")
    return Section("answer", "How to answer", (Bullets(tuple(say(text, (), (), ["file"]) for text in told)),))
