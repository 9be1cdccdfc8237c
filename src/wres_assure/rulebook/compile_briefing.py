"""What briefing.yaml names must stand in the rest of the rulebook."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..model import Json
from .parser import did_you_mean

Mistake = tuple[tuple[Any, ...], str]


def mistakes(models: dict[str, Any], rules: Container[str]) -> Iterator[Mistake]:
    """Every name of briefing.yaml that nothing bears, by its steps, with a sentence for the author."""
    briefing: Json = models["briefing.yaml"].model_dump()
    references = models["references.yaml"]
    known: dict[str, Any] = {
        "answers": models["collection/narrative.yaml"],
        "items": models["collection/items.yaml"].items,
        "people": briefing["people"],
        "against": briefing["frameworks"],
    }
    named = {"answers": "question of the narrative", "items": "item", "people": "person", "against": "framework"}
    for steps, entry in _entries(briefing):
        for field, names in known.items():
            for name in (*(entry.get(field) or ()), *_condition(field, entry)):
                if name not in names:
                    yield (*steps, field), f"No {named[field]} is called {name!r}.{did_you_mean(name, names)}"
        if "authority" in entry:
            document, _, section = entry["authority"].partition(".")
            if document not in references:
                hint = did_you_mean(document, references)
                yield (*steps, "authority"), f"No reference is called {document!r}.{hint}"
            elif section not in references[document].sections:
                hint = did_you_mean(section, references[document].sections)
                yield (*steps, "authority"), f"{document} lists no section {section!r}.{hint}"
        if entry.get("rule") and entry["rule"] not in rules:
            yield (*steps, "rule"), f"No rule is called {entry['rule']!r}."
    indicators = models["indicators.yaml"]
    for name in briefing["indicators"]:
        if name not in indicators:
            yield ("indicators", name), f"No indicator is called {name!r}.{did_you_mean(name, indicators)}"
    for name in indicators:
        if name not in briefing["indicators"]:
            yield ("indicators",), f"There is no line of enquiry for {name}."
    for kind in ("inspection", "equality"):
        of_kind = [framework for framework in briefing["frameworks"].values() if framework["kind"] == kind]
        if not any(framework["until"] is None for framework in of_kind):
            yield ("frameworks",), f"No framework of the kind {kind} is in force today."


def _condition(field: str, entry: Json) -> tuple[str, ...]:
    return (entry["only_if"],) if field == "answers" and entry.get("only_if") else ()


def _entries(briefing: Json) -> Iterator[tuple[tuple[Any, ...], Json]]:
    for part, content in briefing.items():
        if isinstance(content, list):
            yield from (((part, index), entry) for index, entry in enumerate(content))
        elif "questions" in content:
            yield (part,), content
        elif part != "people":
            yield from (((part, name), entry) for name, entry in content.items())
