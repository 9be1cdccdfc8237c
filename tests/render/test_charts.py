"""Charts: what is drawn where, told by shapes and words, and nothing submitted but as text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from wres_assure.briefing.document import Chart, Mark, Panel, Table
from wres_assure.render.briefing import charts
from wres_assure.render.briefing.drawing import scale_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
NONE = Table("", (), ())


def chart(*panels: Panel, kind: str = "gaps") -> Chart:
    return Chart(kind, "c", "A title", "A description", panels, NONE)


def panel(*marks: Mark, unit: str = "ratio", **others: object) -> Panel:
    return Panel("A panel", unit, marks)._replace(**others)  # type: ignore[arg-type]


def drawn(picture: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(charts.svg(picture))


def dots(picture: Chart) -> list[tuple[float, bool]]:
    """Of every dot how far to the right it lies, and whether it is filled."""
    found = []
    for path in drawn(picture).iter(f"{SVG}path"):
        if match := re.match(r"M([\d.]+) [\d.]+a4\.2 ", path.get("d", "")):
            found.append((float(match[1]), path.get("fill") != "#ffffff"))
    return found


def test_a_ratio_and_its_inverse_lie_equally_far_from_parity() -> None:
    (low, _), (one, _), (high, _) = dots(chart(panel(*(Mark(str(v), v) for v in (0.5, 1.0, 2.0)), parity=1.0)))
    assert one - low == pytest.approx(high - one, abs=0.2) and low < one < high


@pytest.mark.parametrize("unit", ["ratio", "points", "share", "count"])
def test_higher_values_lie_further_to_the_right_and_inside(unit: str) -> None:
    values = (0.02, 0.3, 0.55, 0.9)
    places = [x for x, _ in dots(chart(panel(*(Mark(str(v), v) for v in values), unit=unit)))]
    assert places == sorted(places) and places[0] >= 0 and places[-1] <= charts.WIDTH
    assert len(places) == len(values)


def test_a_figure_in_question_is_hollow_and_one_without_a_value_is_not_drawn() -> None:
    picture = chart(
        panel(Mark("a", 1.2), Mark("b", 1.4, 1.1, 1.8, style="doubtful"), Mark("c", None, shown="not given"))
    )
    assert [filled for _, filled in dots(picture)] == [True, False]
    assert "stroke-dasharray" in charts.svg(picture) and "not given" in charts.svg(picture)


@pytest.mark.parametrize(
    ("lower", "upper", "arrows"), [(0.9, 1.5, 0), (None, 1.5, 1), (0.9, None, 1), (0.001, 900.0, 2)]
)
def test_an_interval_that_goes_on_ends_in_an_arrow(lower: float | None, upper: float | None, arrows: int) -> None:
    picture = chart(panel(Mark("a", 1.2, lower, upper)))
    heads = [p for p in drawn(picture).iter(f"{SVG}path") if re.fullmatch(r"M[\d. ]+L[\d. ]+L[\d. ]+Z", p.get("d", ""))]
    assert len(heads) == arrows


def test_title_and_description_name_the_picture_and_every_number_stands_beside_its_mark() -> None:
    picture = chart(panel(Mark("first", 1.2, shown="1.20 (1.00 to 1.40)"), Mark("second", 1.3, shown="1.30")))
    root = drawn(picture)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "c-title c-description"
    assert [root.findtext(f"{SVG}{tag}") for tag in ("title", "desc")] == ["A title", "A description"]
    texts = {element.text: float(element.get("y", "0")) for element in root.iter(f"{SVG}text")}
    assert texts["first"] == texts["1.20 (1.00 to 1.40)"] and texts["second"] == texts["1.30"]


@pytest.mark.parametrize("kind", ["gaps", "board", "bands", "years", "funnel"])
def test_every_kind_is_the_same_twice_and_holds_its_words(kind: str) -> None:
    marks = (Mark("2020", 1.3, 1.1, 1.6, "1.30 (1.10 to 1.60)"), Mark("2021", 0.9, style="pooled", shown="0.90"))
    one = panel(
        *marks, parity=1.0, parity_label="parity", low_label="better", high_label="worse", x_label="more precise",
        dots=((2.0, 1.1), (5.0, 0.8)), precision=3.0,
        curves=(("95%", ((2.0, 0.7, 1.4), (5.0, 0.8, 1.2))), ("99.8%", ((2.0, 0.6, 1.6), (5.0, 0.7, 1.4)))),
    )  # fmt: skip
    for panels in ((one,), (one, one, one, one)):
        written = charts.svg(chart(*panels, kind=kind))
        assert written == charts.svg(chart(*panels, kind=kind))
        said = "".join(ElementTree.fromstring(written).itertext())
        assert all(text in said for text in ("A panel", "2020", "2021", "0.90", "better", "worse"))
        height = float(ElementTree.fromstring(written).get("height", "0"))
        assert all(0 < float(t.get("y", "0")) <= height for t in ElementTree.fromstring(written).iter(f"{SVG}text"))
    assert "95%" in said if kind == "funnel" else True


def test_a_panel_without_marks_is_drawn_all_the_same() -> None:
    for kind in ("gaps", "bands", "years", "funnel", "board"):
        assert charts.svg(chart(panel(), kind=kind)).startswith("<svg")


@pytest.mark.parametrize(("values", "unit", "ends"), [
    ((1.62, 1.34, 1.96), "ratio", (1.0, 2.0)), ((1.0,), "ratio", (0.5, 2.0)),
    ((0.8, 4.1), "ratio", (0.5, 8.0)), ((0.001, 1000.0), "ratio", (0.125, 8.0)),
    ((-0.053, 0.02), "points", (-0.06, 0.02)), ((0.189, 0.5), "share", (0.0, 0.5)), ((0.0, 0.0), "share", (0.0, 0.001)),
])  # fmt: skip
def test_scales_end_on_round_numbers(values: tuple[float, ...], unit: str, ends: tuple[float, float]) -> None:
    scale = scale_of([panel(*(Mark("", value) for value in values), unit=unit)], 0, 100)
    assert (scale.low, scale.high) == pytest.approx(ends)
    assert scale.ticks[0] == scale.low and scale.ticks[-1] == scale.high and len(scale.ticks) <= 8


@pytest.mark.parametrize(("text", "lines"), [
    ("short", ["short"]), ("", []), ("two words", ["two", "words"]), ("half-way", ["half-", "way"]),
    ("Wwwwwwwwwwwwwwwwww", ["Ww…"]),
])  # fmt: skip
def test_words_are_wrapped_at_spaces_and_hyphens(text: str, lines: list[str]) -> None:
    assert wrapped(text, 40, 12) == lines
