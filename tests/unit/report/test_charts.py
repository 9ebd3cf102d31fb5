"""Charts: placed without collisions, drawn as safe and stable SVG, titled by what the data say."""

from __future__ import annotations

import itertools
import random
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.report.charts import across, forest, resampling, verifier
from auditor.report.charts.frame import Figure, narrow, spread_labels, thin, wide
from auditor.report.charts.labels import Box, place_labels, text_width
from auditor.results import ReportDocument
from tests.unit.report.documents import NAMES, make_document

AREA = Box(0, 0, 660, 440)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.01, 0.09))
def test_labels_on_a_line_keep_their_distance(wanted: list[float], gap: float) -> None:
    """Labels are at least a gap apart, in their order, within the line, and do not move if they fitted."""
    placed = spread_labels(wanted, gap, 0, 1)
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    for first, second in itertools.pairwise(order):
        assert placed[second] - placed[first] >= gap - 1e-9
    assert all(-1e-9 <= at <= 1 + 1e-9 for at in placed)
    room = all(b - a >= gap for a, b in itertools.pairwise(sorted(wanted)))
    if room:
        assert placed == pytest.approx(wanted)


@pytest.mark.parametrize("seed", range(6))
def test_twenty_names_do_not_cover_each_other(seed: int) -> None:
    """Twenty names of points scattered anywhere overlap by less than a fiftieth of their area, on the plot, stably."""
    chance = random.Random(seed)
    points = [(chance.uniform(40, 600), chance.uniform(30, 400)) for _ in NAMES]
    boxes = place_labels(points, NAMES, AREA)
    overlap = sum(a.overlap(b) for a, b in itertools.combinations(boxes, 2))
    assert overlap <= 0.02 * sum((box.right - box.left) * (box.bottom - box.top) for box in boxes)
    assert all(box.outside(AREA) < 1 for box in boxes)
    assert boxes == place_labels(points, NAMES, AREA)


def test_names_of_equal_points_still_come_out() -> None:
    """Models that fall on one point get different places as long as there are any."""
    boxes = place_labels([(300.0, 200.0)] * 6, NAMES[:6], AREA)
    assert len(set(boxes)) == 6


def test_names_of_a_line_of_models_are_legible() -> None:
    """Twenty models along the paper's line get names without any overlap at all."""
    points = [(33 * place + 5.0, 300 - 9.0 * place + 11 * (place % 3)) for place in range(20)]
    boxes = place_labels(points, NAMES, AREA)
    assert sum(a.overlap(b) for a, b in itertools.combinations(boxes, 2)) == 0


def test_a_wide_text_is_wider() -> None:
    """Estimated widths grow with the text, and with its letters."""
    assert text_width("mm") > text_width("ii") > text_width("i")


@pytest.fixture(scope="module")
def document() -> ReportDocument:
    return make_document(models=3, tasks=12, samples=20, false_positives=2)


def figures(document: ReportDocument) -> list[Figure]:
    model, level = document.models[1], "95 %"
    assert model.style is not None
    assert model.second_verifier is not None
    found = [
        resampling.scaling(model, level), resampling.utility(model, level), resampling.cost_per_correct(model),
        verifier.by_attempt(model, level), verifier.base_tests(model, level),
        verifier.roc(model.second_verifier), forest.criteria(model.style.criteria, level),
        across.scatter(document, level),
    ]  # fmt: skip
    return [figure for figure in found if figure is not None]


@pytest.fixture(scope="module")
def drawn(document: ReportDocument) -> list[Figure]:
    return figures(document)


def test_every_chart_is_whole(drawn: list[Figure]) -> None:
    """Each is well-formed SVG with title and description, of named colours only, without scripts, styles or links."""
    assert len(drawn) == 8
    for figure in drawn:
        for svg in filter(None, (figure.svg, figure.svg_narrow)):
            root = ElementTree.fromstring(svg)  # our own drawing
            names = [child.tag.rsplit("}")[-1] for child in root.iter()]
            assert names[:3] == ["svg", "title", "desc"]
            assert {"script", "style", "a", "image", "foreignObject"}.isdisjoint(names)
            assert root[0].text == figure.title
            fills = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
            assert all(fill in ("none", "transparent") or fill.startswith("var(--") for fill in fills), fills
            assert "style=" not in svg
            assert not re.search(r"\d\.\d{3}", re.sub(r">[^<]*<", "><", svg))
        assert figure.table.body
        assert all(len(row) == len(figure.table.head) for row in figure.table.body)


def test_drawing_again_gives_the_same_bytes(document: ReportDocument, drawn: list[Figure]) -> None:
    """A chart depends on nothing but its data: not on what was drawn before it."""
    assert [figure.svg for figure in drawn] == [figure.svg for figure in figures(document)]


def test_a_long_curve_is_thinned_at_its_flat_end(document: ReportDocument) -> None:
    """First and last point stay, and neighbours are nowhere far apart on the logarithmic axis."""
    curve = [{"attempts": k} for k in range(1, 10_001)]
    kept = [int(row["attempts"]) for row in thin(curve)]
    assert (kept[0], kept[-1]) == (1, 10_000)
    assert all(b <= max(a + 1, 1.2 * a) for a, b in itertools.pairwise(kept))
    assert thin(curve[:5]) == curve[:5]


def test_both_sizes_fit_their_columns() -> None:
    """A wide chart is 760 px, a narrow one fits a phone of 380 px with its margins."""
    assert wide().outer[0] == 760
    assert narrow().outer[0] <= 344


def test_charts_say_their_values(drawn: list[Figure]) -> None:
    """Each drawing has points that say their values, within the drawing, and names no value that its table lacks."""
    for figure in drawn:
        for svg in filter(None, (figure.svg, figure.svg_narrow)):
            root = ElementTree.fromstring(svg)
            points = [node for node in root.iter() if node.tag.endswith("circle") and node.get("class") == "pt"]
            assert points, figure.key
            width, height = (float(side) for side in str(root.get("viewBox")).split()[2:])
            assert all(0 <= float(p.get("cx", "-1")) <= width for p in points)
            assert all(0 <= float(p.get("cy", "-1")) <= height for p in points)
            assert all(re.search(r"\d", str(p[0].text)) for p in points)
            assert "@" not in svg


def test_every_line_of_the_scaling_chart_is_named(document: ReportDocument) -> None:
    """Accepted, correct, perfect and the bound have their name at their end, each with its figure."""
    figure = resampling.scaling(document.models[1], "95 %")
    assert figure is not None
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", figure.svg)
    for name in ("accepted", "correct", "perfect verifier", "at most, no limit"):
        assert sum(text.endswith(name) for text in texts) == 1, name


def test_what_one_attempt_cannot_tell_is_not_drawn(document: ReportDocument) -> None:
    """With one sample per task there is no curve, no utility over attempts, no cost curve, nothing by attempt."""
    model = document.models[1]
    one = replace(
        model, curve=model.curve[:1], attempt_buckets=model.attempt_buckets[:1], pass_at_k=model.pass_at_k[:1]
    )
    drawn = (
        resampling.scaling(one, "95 %"), resampling.utility(one, "95 %"), resampling.cost_per_correct(one),
        verifier.by_attempt(one, "95 %"),
    )  # fmt: skip
    assert drawn == (None, None, None, None)
