"""Figures by slices on the terminal."""

from __future__ import annotations

import re

import pytest

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.cli.slices import slice_tables
from auditor.results import Analysis

TASKS = 40


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """Two models on 40 tasks, half of them hard; one solves no hard task, both have one task of a third difficulty."""
    easy, hard = ([f"T/{index}" for index in range(start, start + 20)] for start in (0, 20))
    levels = dict.fromkeys(easy, "easy") | dict.fromkeys(hard, "hard") | {"T/40": "odd\x1b[2J"}
    falls = [(name, 10, 10, 10 if level == "easy" else 0) for name, level in levels.items()]
    even = [(name, 10, 5, 5) for name in levels]
    counts = [Counts.from_rows("falls", falls), Counts.from_rows("even", even)]
    options = AnalysisOptions(resamples=100, slices=("difficulty", "difficulty=hard", "topic"))
    return analyze(counts, options, tasks={name: [("difficulty", level)] for name, level in levels.items()})


@pytest.mark.parametrize("width", [None, 80, 120])
def test_each_slice_has_its_figures(analysis: Analysis, width: int | None) -> None:
    """A line per model and slice with the slice's own numbers; what has too few tasks is named without figures."""
    text = slice_tables(analysis, width)
    assert "\x1b" not in text
    assert width is None or all(len(line) <= width for line in text.splitlines())
    by_value, _, by_side = text.partition("\n\n")
    head, rest = by_value.split("\n", 1)
    assert head == "tasks by difficulty, in %:"
    columns, rows = rest[: rest.index("falls")], rest[rest.index("falls") :].splitlines()
    wanted = "model, slice tasks single answers that are correct accepted answers that are wrong"
    assert sorted(columns.split()) == sorted(wanted.split())
    cells = [re.sub(r" \(.*?\)", "", row).split() for row in rows[:6]]
    assert cells == [
        ["falls"], ["easy", "20", "100.0", "0.0"], ["hard", "20", "0.0", "100.0"],
        ["even"], ["easy", "20", "50.0", "0.0"], ["hard", "20", "50.0", "0.0"],
    ]  # fmt: skip
    notes = " ".join(rows[6:])
    assert "Fewer than 5 tasks, so without figures: odd⟨U+001B⟩[2J (1)." in notes
    assert "falls: Single answers by difficulty: against the other tasks correct" in notes
    assert "even: Single answers by difficulty: no clear difference" in notes
    assert by_side.startswith("tasks by difficulty=hard, in %:")
    assert by_side.endswith("\n\ntasks by topic: no task has a value for it")


def test_no_slices_print_nothing(analysis: Analysis) -> None:
    plain = analyze([Counts.from_rows("m", [("T/0", 9, 5, 3), ("T/1", 9, 5, 3)])], AnalysisOptions(resamples=0))
    assert slice_tables(plain, 80) == ""
