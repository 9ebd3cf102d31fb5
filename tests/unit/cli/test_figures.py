"""The table of figures at the end of a run."""

from __future__ import annotations

import re

import pytest

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.cli.figures import figures_table
from auditor.report.reading import OF_TASKS
from auditor.results import Analysis
from auditor.text import one_line
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """Two models on forty tasks; the weak one accepts one wrong sample for each right one."""
    rows = [(f"T/{index}", 10, 10, 10) for index in range(20)] + [(f"T/{index}", 10, 0, 0) for index in range(20, 40)]
    weak = [(name, n, passes, passes // 2) for name, n, passes, _ in rows]
    models = [Counts.from_rows("strong", rows), Counts.from_rows("weak\x1b[2J-" + "x" * 40, weak)]
    return analyze(models, AnalysisOptions(fp_costs=(0, 1, 4), resamples=100))


@pytest.mark.parametrize(("width", "shown"), [(None, 48), (80, 18), (100, 38), (120, 48)])
def test_the_figures_are_those_of_the_analysis(analysis: Analysis, width: int | None, shown: int) -> None:
    """Each model has its line with its own numbers, within the terminal, its name as whole as fits and not raw."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", figures_table(analysis, width, {"strong"}))
    assert width is None or all(len(line) <= width for line in text.splitlines())
    lines = [line.rstrip() for line in text.splitlines()]
    first = next(place for place, line in enumerate(lines) if line.startswith("strong *"))
    head, (strong, weak, note, cost), simulated = lines[:first], lines[first : first + 4], lines[-1]
    told = " ".join(lines)
    assert "are shares of: strong 50 of 100 tasks; weak" in told
    assert OF_TASKS in told
    wanted = "model tasks single answers that are correct accepted answers that are wrong attempts"
    assert sorted(" ".join(head).split()) == sorted(wanted.split()), "headings break between words"
    assert len(head) <= 2
    assert strong.startswith("strong *")
    assert strong.split()[2:4] == ["40", "50.0"]
    assert strong.split()[7] == "0.0"
    assert len(weak.split()[0]) == min(shown, len(one_line(analysis.models[1].model)))
    assert weak.split()[1:3] == ["40", "25.0"]
    assert weak.split()[6] == "50.0"
    assert "95 %" in note
    assert "cancels out one correct answer" in cost
    assert simulated.startswith("* simulated")
    best = analysis.models[0].optimum(1)
    assert best is not None
    assert strong.split()[-1] == str(best.enough)
    assert "\x1b" not in figures_table(analysis, None)
    assert "\x1b" not in figures_table(analysis, 80)
    assert "\x1b[1m" in figures_table(analysis, 80, color=True)
    assert "\x1b[31m" not in figures_table(analysis, 80, color=True), "colours mean verdicts"


def test_the_tutorial_explains_the_columns(analysis: Analysis) -> None:
    """Its table has the headings that the command prints, the model's aside."""
    page = (ROOT / "docs" / "tutorial" / "demo.md").read_text(encoding="utf-8")
    rows = page.split("| column | meaning |\n|---|---|\n")[1].split("\n\n")[0].splitlines()
    head = figures_table(analysis, None).splitlines()[0]
    assert head.split("model", 1)[1].split() == " ".join(row.split("|")[1] for row in rows).split()
