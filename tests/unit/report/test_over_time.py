"""Pages of runs over time and of slices: words follow from typed verdicts, charts hold every value."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.gates import RunView
from auditor.gates.history import NamedRun, history
from auditor.report.charts import history as history_charts
from auditor.report.charts import slices as slice_charts
from auditor.report.history_page import runs_grid, section
from auditor.report.sentences import history as words
from auditor.report.sentences import slices as slice_words
from auditor.results import NARROW, ChangeVerdict, Difference, Estimate, History, SliceFigures, Slicing
from tests.examples import examples
from tests.simulated_counts import Population
from tests.unit.gates.builders import document, entry


def run(name: str, seed: int, *, better: int = 0, temperature: float = 0.8) -> NamedRun:
    """A run of two models of 30 tasks, each task right this many times more."""
    rng = np.random.default_rng(seed)
    rows = [(f"T/{at}", 10, 10, int(min(10, rng.integers(2, 6) + better))) for at in range(30)]
    made = document(entry("one", rows), entry("two", rows))
    config = {"model": [{"name": "one", "temperature": temperature}, {"name": "two", "temperature": temperature}]}
    return NamedRun(name, RunView.of(replace(made, provenance=replace(made.provenance, config=config))))


def three() -> History:
    return history([run("first", 1), run("second", 1), run("third", 1, better=4, temperature=0.2)])


def test_titles_and_leads_say_what_the_verdicts_say() -> None:
    """Equal is called equal, a clear change clear; nothing else claims anything."""
    found = three()
    verdicts = Counter(
        figure.change.verdict
        for model in found.models
        for point in model.points
        if (figure := point.figure("single_sample_accuracy")) is not None and figure.change is not None
    )
    assert verdicts == {ChangeVerdict.EQUAL: 2, ChangeVerdict.BETTER: 2}
    assert (
        words.title(found, "single_sample_accuracy")
        == "Single answers that are correct: clearly better in 2 of 4 comparisons"
    )
    lead = words.lead(found, found.models[0])
    assert lead.startswith("one, third against first: single answers that are correct +")
    assert "clearly better" in lead
    assert "Also changed: setting “temperature” of one from 0.8 to 0.2." in lead
    again = history([run("first", 1), run("second", 1)])
    assert (
        words.title(again, "single_sample_accuracy")
        == "Single answers that are correct: equal to the baseline in 2 comparisons"
    )
    assert "single answers that are correct, equal on every task" in words.lead(again, again.models[0])


@examples(8)
@given(st.integers(0, 99), st.integers(0, 99))
def test_no_claim_without_a_verdict(one: int, other: int) -> None:
    """If no change is clear, no sentence says better, worse or clearly but after "no"."""
    found = history([run("first", one), run("second", other)])
    text = " ".join([words.lead(found, found.models[0]), words.title(found, "single_sample_accuracy")])
    figure = found.models[0].points[1].figure("single_sample_accuracy")
    assert figure is not None
    assert figure.change is not None
    clear = any(
        one.change is not None and one.change.verdict.clear for one in found.models[0].points[1].figures
    ) or any(one.change is not None and one.change.verdict.clear for one in found.models[1].points[1].figures)
    assert bool(re.search(r"clearly (better|worse)", text)) <= clear


def test_a_chart_says_every_value_and_draws_no_line_over_other_tasks() -> None:
    """Each figure and each change is a point that can be stepped to, on a screen and on a phone."""
    found = three()
    chart = history_charts.charts(found, "95 %")[0]
    for svg in (chart.svg, chart.svg_narrow):
        assert svg is not None
        says = re.findall(r"<title>([^<]*)</title></circle>", svg)
        assert len(says) == 2 * (3 + 3), "a value and a change per model and run"
        assert sum("the baseline" in one for one in says) == 2
    assert len(chart.table.body) == 6
    assert "the table of runs says what" in chart.note


def test_the_table_of_runs_marks_what_else_changed() -> None:
    told = [row[3].text for row in runs_grid(three()).body]
    assert told == ["", "nothing", "setting “temperature” of 2 models from 0.8 to 0.2"]
    shown = section(three())
    assert shown["baseline"] == "first"
    assert shown["gates"] is None


def sliced(rule: str, said: dict[str, list[tuple[str, str]]], counts: Counts) -> Slicing:
    options = AnalysisOptions(resamples=100, extrapolate=False, slices=(rule,))
    (found,) = analyze([counts], options, tasks=said).models[0].slices
    return found


def test_slices_are_drawn_with_their_values_and_thin_ones_told() -> None:
    """A point per slice and figure; the thin slice and the task without a value are in the note, once."""
    counts = Population().counts(30, 8, np.random.default_rng(4))
    said = {
        task: [("level", "hard" if at < 12 else "easy" if at < 26 else "odd")]
        for at, task in enumerate(counts.task_ids)
    }
    said[counts.task_ids[-1]] = []
    options = AnalysisOptions(resamples=100, extrapolate=False, slices=("level", "nothing"))
    model = analyze([counts], options, tasks=said).models[0]
    (chart,) = slice_charts.charts(model, "95 %")
    assert chart.note == "Fewer than 5 tasks, so without figures: odd (3). 1 task in none of them."
    for svg in (chart.svg, chart.svg_narrow):
        assert svg is not None
        assert len(re.findall('<circle class="pt"', svg)) == 2 * 2
        assert "odd" not in svg
    assert [row[0] for row in chart.table.body] == ["easy", "hard"]
    assert slice_charts.told(model) == []


def figures(name: str, gap: Difference) -> SliceFigures:
    share = Estimate(0.5, 0.4, 0.6)
    return SliceFigures(
        name=name, tasks=20, samples=200, single_sample_accuracy=share, acceptance=share, conditional_accuracy=share,
        false_discovery_rate=share, accuracy_difference=gap, false_discovery_difference=None,
    )  # fmt: skip


@given(st.floats(-0.5, 0.5), st.floats(0.01, 0.4), st.floats(0, 0.2))
def test_a_window_claims_no_more_than_its_interval(value: float, half: float, p: float) -> None:
    """More often or less often is said exactly when the adjusted difference is clear, on the right side."""
    gap = Difference(value, value - half, value + half, 40, p, p)
    mirrored = Difference(-value, -value - half, -value + half, 40, p, p)
    found = Slicing(by="date>=2024-08", attempts=1, least_tasks=5,
                    slices=(figures("from 2024-08", gap), figures("before 2024-08", mirrored)))  # fmt: skip
    title = slice_words.title(found)
    open_ = "no clear difference" if max(-(gap.low or 0), gap.high or 0) <= NARROW else "not measured well enough"
    said = {1: "more often", -1: "less often", 0: open_}[gap.side]
    assert said in title
    assert ("points" in slice_words.note(found)) == gap.bounded
    many = replace(found, by="difficulty")
    assert (open_ in slice_words.title(many)) == (gap.side == 0)
