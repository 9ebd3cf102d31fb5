"""What a report says of intervals that cover more or less often than they say, and of samples left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.report.markdown import summary
from auditor.report.sentences import curves, figures
from auditor.report.sentences.measured import (
    COVERAGE,
    LEAST,
    LINE,
    MOST,
    SIZES,
    ReportPart,
    cautions,
    line_caution,
    size_like,
)
from auditor.report.sentences.methods import interval_check
from auditor.report.text import percent
from auditor.results import AccuracyBounds, Level, ModelLine, PlusTestPoint, Saturation, Unanswered
from tests.unit.report.documents import make_document

STUDY = Path(__file__).parents[3] / "docs" / "statistics.md"


def studied() -> dict[str, list[float]]:
    """Coverage in % with today's intervals, by figure; tables have a column per size, or two with the one before."""
    cell = r" (?:[\d.]+ \(\d+\)|–) \|"
    rows = re.findall(rf"^\| ([^|]+) \|((?:{cell}){{6}}|(?:{cell}){{3}})$", STUDY.read_text(), re.MULTILINE)
    found = {name: cells.strip("| ").split(" | ") for name, cells in rows}
    today = {name: cells[1::2] if len(cells) == 6 else cells for name, cells in found.items()}
    return {name: [float(cell.split()[0]) for cell in cells] for name, cells in today.items()}


def test_cautions_are_the_rows_of_the_study_outside_of_what_95_percent_should_cover() -> None:
    """Every such row has its caution with the same figures, and no other row has one."""
    outside = {name: held for name, held in studied().items() if any(not LEAST <= one <= MOST for one in held)}
    assert outside
    assert {one.figure: list(one.held) for one in COVERAGE} == outside


def test_the_slope_is_cautioned_as_studied() -> None:
    """The table of wrong verdicts has the coverage probability by number of models at 60 tasks."""
    rows = re.findall(
        r"slope of the line covered, (\d+) models, 60 tasks.*\| ([\d.]+) % \|$", STUDY.read_text(), re.MULTILINE
    )
    assert {int(models): float(held) for models, held in rows} == LINE


@pytest.mark.parametrize(("tasks", "size"), [(1, 30), (42, 30), (80, 164), (164, 164), (300, 400), (5000, 400)])
def test_the_nearest_size_is_by_ratio(tasks: int, size: int) -> None:
    assert size_like(tasks) == size
    place = SIZES.index(size)
    assert [one.held for one in cautions(tasks)] == [
        one.held[place] for one in COVERAGE if not LEAST <= one.held[place] <= MOST
    ]


def test_a_report_names_the_intervals_of_its_size() -> None:
    """Of the parts that it has, with how often they hold; other levels and confidences were not studied."""
    document = make_document(models=2, tasks=24, samples=4, false_positives=0)
    found = interval_check(document)
    assert found is not None
    absent = {ReportPart.SLICES, ReportPart.SELECTION, ReportPart.SUITES, ReportPart.SECOND_SUITE, ReportPart.CANARIES}
    shown = cautions(24, set(ReportPart) - absent)
    assert "30 tasks, the size studied that is nearest to 24" in found.about
    assert f"models, except for the {len(shown)} figures named below." in found.about
    words = {True: "wider than necessary", False: "may be due to chance"}
    assert {(one.words, f"{one.held:.1f} %", words[one.held > MOST]) for one in shown} == {*found.rows}
    wide = sum(one.held > MOST for one in shown)
    assert f"intervals of {wide} figures are wider than necessary" in found.about
    assert "†" not in found.about
    plain = tuple(replace(model, style=None, base_tests=None, extrapolation=None) for model in document.models)
    found = interval_check(replace(document, models=plain, gates=(), choices=()))
    assert found is not None
    assert {words for words, *_ in found.rows} == {one.words for one in cautions(24, {ReportPart.MODEL})}
    options = document.options
    for other in (replace(options, confidence=0.9), replace(options, level=Level.BOTH), replace(options, resamples=0)):
        assert interval_check(replace(document, options=other)) is None


def test_no_interval_of_the_study_is_shown_to_be_too_narrow() -> None:
    """Pages mark no figure: one that covers less than 95 % by more than the study's error would have to be told there.

    The standard error of a mean in the study is 1.1 to 1.5 points; docs/statistics.md has the rows below 93 %.
    """
    low = {one.figure: held for one in COVERAGE for held in one.held if held < LEAST}
    assert all(held >= 95 - 2 * (1.5 if "base tests" in figure else 1.1) for figure, held in low.items()), low
    assert min(LINE.values()) >= LEAST


def test_a_line_over_few_models_is_listed() -> None:
    """The slope's interval is among those that cover more often, where a line was fitted to as few models."""
    document = make_document(models=5, tasks=24, samples=4, false_positives=0)
    line = ModelLine(slope=0.2, slope_low=0.1, slope_high=0.3, intercept=0.7, intercept_low=0.6, intercept_high=0.8,
                     r_squared=0.9, attempts=4, models=5, tasks=24)  # fmt: skip
    row = ("slope of the line over models", "98.0 %", "wider than necessary")
    for models, listed in ((5, True), (17, False)):
        found = interval_check(replace(document, across=replace(document.across, line=replace(line, models=models))))
        assert found is not None
        assert (row in found.rows) is listed
        assert (line_caution(models) is not None) is listed


def test_samples_left_out_by_the_settings_are_told() -> None:
    """The bounds of accuracy say so if the settings leave samples without a program out."""
    bounds = AccuracyBounds(low=0.5, high=0.8, harness_errors=1, unanswered=6, tasks=20)
    assert "leave samples without a program out" not in figures.accuracy_bounds(bounds)
    assert "leave samples without a program out" in figures.accuracy_bounds(bounds, Unanswered.LEAVE_OUT)
    answered = replace(bounds, unanswered=0)
    assert figures.accuracy_bounds(answered, Unanswered.LEAVE_OUT) == figures.accuracy_bounds(answered)


def test_markdown_says_what_twice_the_tests_would_add() -> None:
    """Behind each model's sentence, with the rise that the last two doublings let expect."""
    document = make_document(models=1, tasks=4, samples=4, false_positives=0)
    points = tuple(PlusTestPoint(share=share, tests=8 * share, false_discovery_rate=rate)
                   for share, rate in ((0.25, 0.10), (0.5, 0.14), (1.0, 0.16)))  # fmt: skip
    rising = Saturation(points=points, next_doubling=0.01, tasks=4, least_tests=8)
    text = summary(replace(document, models=(replace(document.models[0], saturation=rising),)))
    assert "Twice the tests would add about 1.0 points" in text
    assert "Twice the tests" not in summary(document)


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_half_the_tests_may_find_as_much(rate: float) -> None:
    """If half the plus tests give the same rate, nothing is said to fall, and the page is written."""
    points = tuple(PlusTestPoint(share=share, tests=10 * share, false_discovery_rate=rate) for share in (0.5, 1.0))
    assert curves.saturation(Saturation(points=points, next_doubling=None, tasks=4, least_tests=8)) == (
        "With half the plus tests, the same share of a task’s accepted samples would count as wrong, "
        f"{percent(rate)}: a mean over the 4 tasks that have at least 8 plus tests, whatever the attempt."
    )
