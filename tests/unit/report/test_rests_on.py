"""A figure that rests on part of the tasks or criteria says so, with the same words on the page and in Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.report import matrices
from auditor.report.charts import forest
from auditor.report.index_page import model_grid
from auditor.report.markdown import summary
from auditor.report.reading import OF_TASKS
from auditor.results import CriterionGap, Estimate, ReportDocument
from tests.unit.report.documents import make_document

STYLED = make_document(models=2, tasks=24, samples=4, false_positives=2)


def few(document: ReportDocument, accepted: float) -> ReportDocument:
    """The document as if so many tasks ended with an accepted answer, at every number of attempts."""
    models = tuple(
        replace(model, curve=tuple(replace(point, accepted=Estimate(accepted)) for point in model.curve))
        for model in document.models
    )
    choices = tuple(
        replace(choice, candidates=tuple(replace(one, accepted=accepted) for one in choice.candidates))
        for choice in document.choices
    )
    return replace(document, models=models, choices=choices)


@pytest.mark.parametrize(("accepted", "said"), [(0.22, True), (0.95, False)])
def test_shares_of_accepted_answers_say_how_many_tasks_they_are_of(accepted: float, said: bool) -> None:
    """Page and Markdown have the same words beside each share, and explain them where they are."""
    document = few(STYLED, accepted)
    beside = [cell.behind for row in model_grid(document, {}, "95 %").body for cell in row if cell.behind]
    assert ("22 of 100 tasks" in beside) == said
    text = summary(document).split("## Models")[1].split("##")[0]
    cells = [cell for line in text.splitlines() if line.startswith("| ") for cell in line.split("|")]
    assert sum("22 of 100 tasks" in cell for cell in cells) == beside.count("22 of 100 tasks")
    assert (OF_TASKS in text) == said


def without(row: CriterionGap, tasks: int) -> CriterionGap:
    """The criterion as if only so many tasks had both kinds of program."""
    return replace(row, within_task=None, tasks=tasks)


def test_a_criterion_that_is_left_out_is_named_with_the_reason() -> None:
    """Under the table of the index, in Markdown and under a model's chart, also if no task has both kinds."""
    models = []
    for model, tasks in zip(STYLED.models, (0, 3), strict=True):
        assert model.style is not None
        first, *others = model.style.criteria
        assert any(row.compared for row in others)
        models.append(replace(model, style=replace(model.style, criteria=(without(first, tasks), *others))))
    title, total = first.title or first.criterion, len(others) + 1
    told = matrices.not_compared(models)
    assert f"Left out of {total} criteria" in told
    assert f"{title} (3)" in told
    assert told.count(title) == 1
    assert title in summary(replace(STYLED, models=tuple(models))).split("## Style")[1].replace("\\", "")
    assert models[0].style is not None
    drawn = forest.criteria(models[0].style.criteria, "95 %")
    assert drawn is not None
    assert f"{title} (0)" in drawn.note
    assert "Left out" not in matrices.not_compared(STYLED.models)
