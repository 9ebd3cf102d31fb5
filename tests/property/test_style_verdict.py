"""One verdict on a difference of style: no printed row has a p value and an interval that contradict each other."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, StyleRow, StyleTable, compare_style, second_verifier
from auditor.records import Label
from auditor.report import index_page, matrices, model_page, style_section
from auditor.report.cells import Cell
from auditor.report.headline import headlines
from auditor.report.markdown import summary
from auditor.report.render import page
from auditor.report.write import shared
from auditor.results import LEAST_TASKS, SIGNIFICANT, CriterionFacts, Difference, ModelReport, ReportDocument
from tests.examples import examples
from tests.unit.report.documents import make_document

CRITERIA = [CriterionFacts(criterion=name, title=f"Criterion {name}", reason="r") for name in "abcd"]
COUNTED = ("pylint:C0103", "ruff:F401")
"""Rules that the rubric of the document counts."""
RULES = [(*key.split(":"), key, "") for key in (*COUNTED, "ruff:Q000")]
PLAIN = AnalysisOptions(resamples=100, fp_costs=(1.0,))


@cache
def a_document() -> ReportDocument:
    return make_document(models=1, tasks=4, samples=4, false_positives=0)


@st.composite
def audits(draw: st.DrawFn, least: int = 8, most: int = 25, confidence: float = 0.95) -> ModelReport:
    """A model whose wrong programs adhere less by a gap that varies from task to task, also around zero."""
    tasks, size = draw(st.integers(least, most)), draw(st.sampled_from([1, 4, 15]))
    gap, spread = draw(st.sampled_from([0.0, -0.15, -0.4])), draw(st.sampled_from([0.0, 0.3]))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    rows = []
    for task in range(tasks):
        shift = gap + spread * rng.choice([-1, 1], len(CRITERIA))
        chance = rng.uniform(0.3, 0.7, len(CRITERIA))
        for label, shares in ((Label.TRUE_POSITIVE, chance), (Label.FALSE_POSITIVE, chance + shift)):
            for place in range(size):
                met = (rng.random(len(CRITERIA)) < shares).tolist()
                fired = frozenset(rule for rule, one in zip(RULES, met, strict=False) if not one)
                adherence = {one.criterion: bool(value) for one, value in zip(CRITERIA, met, strict=True)}
                rows.append(StyleRow("m", f"t{task}", f"{task}{label}{place}", 1, label, float(np.mean(met)),
                                     adherence, fired))  # fmt: skip
    table = StyleTable.of(rows)
    options = replace(PLAIN, confidence=confidence, seed=seed % 7)
    return replace(a_document().models[0], style=compare_style(table, CRITERIA, options),
                   second_verifier=second_verifier(table, options))  # fmt: skip


def differences(model: ModelReport) -> list[Difference]:
    """Every difference of style that a page prints."""
    style = model.style
    assert style is not None
    rows = [*(row.compared for row in style.criteria), style.score.compared, *(row.difference for row in style.rules)]
    return [row for row in rows if row is not None and row.enough]


def span(text: str) -> tuple[float, float]:
    """Read an interval as printed."""
    low, high = re.findall(r"[+−]?\d+(?:\.\d+)?", text.split(";")[0])
    return float(low.replace("−", "-")), float(high.replace("−", "-"))


def check(interval: str, verdict: str, *, bold: bool | None = None) -> None:
    """A row as printed: clear only beside an interval without zero; a p value only where it alone decides."""
    low, high = span(interval)
    assert verdict.split(":")[0] in {"clear", "open"}
    if verdict == "clear":
        assert not low < 0 < high
    if shown := re.search(r"p = ([\d.]+)", verdict + interval):
        assert verdict.startswith("open")
        assert float(shown[1]) >= SIGNIFICANT
        assert not low < 0 < high
    assert "p <" not in verdict + interval
    assert bold is None or bold == (verdict == "clear")


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@examples(20)
@given(st.data())
def test_a_p_value_is_small_only_beside_an_interval_without_zero(confidence: float, data: st.DataObject) -> None:
    """In the document too: where an interval includes zero, p is not below what its confidence leaves."""
    model = data.draw(audits(confidence=confidence))
    for gap in differences(model):
        assert gap.low is not None
        assert gap.high is not None
        assert gap.p_adjusted is not None
        if gap.low <= 0 <= gap.high:
            assert gap.p_adjusted >= 1 - confidence
            assert not gap.side
        assert (gap.side != 0) == (gap.own_side != 0 and gap.p_adjusted < SIGNIFICANT)


@examples(40)
@given(audits())
def test_no_printed_row_contradicts_itself(model: ModelReport) -> None:
    """Charts' figures, tables, matrix and headline give one verdict, by one rule, and p only where it decides."""
    section = style_section.section(model, a_document().provenance.rubric, "95 %")
    assert section is not None
    if section.criteria is not None:
        for row in section.criteria.table.body:
            check(row[2], row[3])
        for name, p in re.findall(r"(Criterion \w) \(p = ([\d.]+)\)", section.criteria.note):
            row = next(row for row in section.criteria.table.body if row[0] == name)
            assert row[3] == f"open: p = {p}"
    if section.rules is not None:
        for cells in section.rules.grid.body:
            check(cells[4].sub, ": ".join(filter(None, (cells[5].text, cells[5].sub))), bold=cells[4].tone == "clear")
    matrix = matrices.style([model], {})
    for cell in matrix.grid.body[0][1:] if matrix else ():
        check_cell(cell)
    shown = headlines(model, "95 %")[-1]
    assert model.style is not None
    gap = model.style.score.compared
    assert ("lower" in shown.says or "higher" in shown.says) == (gap is not None and bool(gap.side))
    assert ("but p = " in shown.says) == (gap is not None and bool(gap.own_side) and not gap.side)


def check_cell(cell: Cell) -> None:
    check(cell.sub, "clear" if "clear" in cell.tone else "open")


@pytest.mark.slow
@examples(25)
@given(audits(2, 2 * LEAST_TASKS))
def test_what_too_few_tasks_cannot_show_is_one_sentence(model: ModelReport) -> None:
    """Below the least number of tasks there is no chart or table of style, and what rejecting does only if clear."""
    document = replace(a_document(), models=(model,))
    assert model.style is not None
    few = model.style.score.tasks < LEAST_TASKS
    section = style_section.section(model, document.provenance.rubric, "95 %")
    assert section is not None
    assert (section.criteria is None) == (section.rules is None) == few == bool(section.not_compared)
    found = model.second_verifier
    assert found is not None
    assert (section.second is not None) == (not few or found.chosen.gains)
    if section.second is not None:
        assert (section.second.figure is not None) == bool(section.second.effects) == found.chosen.gains
        assert ("not shown to raise" in section.second.sentence) == (not found.chosen.gains)
    context = model_page.context(model, document)
    assert (context["adherence"] is None) == few
    columns = [column.label for column in index_page.context(document, {})["models"].columns]  # type: ignore[attr-defined]
    assert any(label.startswith("style") for label in columns) == (not few)


@pytest.mark.parametrize("tasks", [0, 4])
def test_pages_of_few_tasks_name_the_reason_and_draw_nothing(tasks: int) -> None:
    """The page of the model, the index and the summary say how many tasks there are and how many are needed."""
    rows = [
        StyleRow("m", f"t{task}", f"{task}{label}", 1, label, 0.5, {"a": True}, frozenset())
        for task in range(tasks or 4)
        for label in (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)
        if tasks or (label is Label.TRUE_POSITIVE) == (task % 2 == 0)
    ]
    table = StyleTable.of(rows)
    model = replace(a_document().models[0], style=compare_style(table, CRITERIA, PLAIN),
                    second_verifier=second_verifier(table, PLAIN))  # fmt: skip
    document = replace(a_document(), models=(model,), across=replace(a_document().across, style=()))
    text = page("model.html.j2", {**model_page.context(model, document), **shared(document)})
    section = text[text.index('id="style"') : text.index('id="false-positives"')]
    assert "<svg" not in section
    assert "<table" not in section
    number = f"{tasks} tasks have" if tasks else "no task has"
    assert f"Style is not compared, and rejecting programs by their style is not judged: {number} both" in section
    assert "and 10 are needed" in section
    index = page("index.html.j2", {**index_page.context(document, {}), **shared(document)})
    section = index[index.index('id="style"') : index.index('id="methods"')]
    assert "<svg" not in section
    for shown in (section, summary(document)):
        assert "fewer than 10 tasks have both a correct and a wrong accepted program" in shown
