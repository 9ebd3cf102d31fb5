"""The tables of a model's style speak the rubric's words, and list each thing once."""

from __future__ import annotations

import pytest

from auditor.report import model_page, style_tables
from auditor.report.render import page
from auditor.report.write import shared
from auditor.results import ReportDocument
from tests.unit.report.documents import make_document
from tests.unit.report.model_rows import CRITERIA
from tests.unit.report.programs import RULES
from tests.unit.report.typed_documents import COUNTED


@pytest.fixture(scope="module")
def document() -> ReportDocument:
    return make_document(models=1, tasks=12, samples=20, false_positives=2)


def test_a_rule_is_listed_once_with_the_first_criterion_that_counts_it(document: ReportDocument) -> None:
    """In the rubric's order and words; what the rubric does not count is a number, without the measures."""
    found = style_tables.rules(document.models[0], document.provenance.rubric, "95 %")
    assert found is not None
    listed = [(row[0].text, row[1].text.split()[1]) for row in found.grid.body]
    titles = {criterion: title for criterion, title, _ in CRITERIA}
    counted = [rule.split(":")[1] for rule in COUNTED["no_lint_errors"] if rule != "pylint:C0103"]
    assert listed[0] == (titles["naming"], "C0103")
    assert sorted(listed[1:]) == sorted((titles["no_lint_errors"], rule) for rule in counted)
    measured = {name for name, *_ in CRITERIA} - COUNTED.keys()
    rest = [rule for _, rule, name, _ in RULES if rule not in {*counted, "C0103"} and name not in measured]
    assert f"report {len(rest)} rules that the rubric does not count" in found.not_counted


def test_no_rule_is_named_that_the_rubric_does_not_count(document: ReportDocument) -> None:
    """Neither in the section's text nor in its tables."""
    text = page("model.html.j2", {**model_page.context(document.models[0], document), **shared(document)})
    section = text[text.index('id="style"') : text.index('id="false-positives"')]
    counted = {rule.split(":")[1] for rules in COUNTED.values() for rule in rules}
    assert {rule for _, rule, *_ in RULES if f" {rule} " in section} == counted


def test_without_the_rules_of_the_rubric_there_is_no_table(document: ReportDocument) -> None:
    """Nothing is called uncounted where it is not known what counts."""
    assert document.models[0].style is not None
    assert style_tables.rules(document.models[0], None, "95 %") is None
