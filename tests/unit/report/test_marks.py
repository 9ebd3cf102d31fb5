"""Marks stand where an interval covers more or less often than it says, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.report import index_page, marks, model_page
from auditor.report.headline import headlines
from auditor.report.marks import TIGHT, WIDE, Marks
from auditor.report.measured import MOST, SIZES
from auditor.report.render import page
from auditor.report.write import shared
from auditor.results import Level
from tests.unit.report.documents import UNMARKED, make_document
from tests.unit.report.test_cautions import studied

NAMED = {value for name, value in vars(marks).items() if name.isupper() and isinstance(value, str)} - {WIDE, TIGHT}


def test_each_figure_that_can_be_marked_was_studied() -> None:
    """The names of figures are those of the study."""
    assert {*NAMED, *marks.SLICES, *marks.SLICE_DIFFERENCES} <= studied().keys()


@pytest.mark.parametrize("tasks", SIZES)
@pytest.mark.parametrize("figure", sorted(NAMED))
def test_a_mark_is_there_exactly_where_the_study_has_a_caution(figure: str, tasks: int) -> None:
    """Wide and tight have their own mark, and the note explains the mark that is there."""
    found = Marks(tasks)
    caution = found.caution(figure)
    if caution is None:
        assert found.at(figure) == found.note(figure) == ""
        return
    sign = WIDE if caution.held > MOST else TIGHT
    assert found.at(figure).strip("\N{NARROW NO-BREAK SPACE}") == sign
    assert found.note(figure).startswith(sign)
    assert f"contained the true value in {caution.held:.0f}\N{NARROW NO-BREAK SPACE}%" in found.note(figure)
    assert ("hint" in found.note(figure)) is (sign == TIGHT)


def test_nothing_is_marked_that_was_not_studied() -> None:
    """Another confidence, samples resampled too, or no resamples: no mark and no note."""
    document = make_document(models=2, tasks=24, samples=4, false_positives=0)
    assert Marks.of(document, document.models).tasks == 24
    for other in ({"confidence": 0.9}, {"level": Level.BOTH}, {"resamples": 0}):
        options = replace(document.options, **other)  # type: ignore[arg-type]
        assert Marks.of(replace(document, options=options), document.models) == UNMARKED


def test_pages_explain_every_mark_that_they_show() -> None:
    """A page that shows a mark says what follows from it, and no mark is explained that is not shown."""
    document = make_document(models=2, tasks=24, samples=8, false_positives=2)
    common = shared(document)
    for template, context in (
        ("index.html.j2", index_page.context(document, {})),
        ("model.html.j2", model_page.context(document.models[0], document)),
    ):
        text = page(template, {**context, **common})
        assert WIDE in text
        assert f"{WIDE} The interval is wider than necessary" in text
    for plain in headlines(document.models[0], "95 %", UNMARKED):
        assert not {WIDE, TIGHT} & set(plain.label)
