"""The tables of a model's style: the linter rules behind the criteria, and rates that are not paired by task."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.cells import Cell, Column, Grid
from auditor.report.charts.frame import Table
from auditor.report.reading import percent_whole, points_of, points_span
from auditor.report.sentences import style
from auditor.report.sentences.differences import rule, verdict, why_open
from auditor.report.text import count, percent
from auditor.results import ModelAnalysis, RubricFacts, RuleGap


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The rules that the rubric counts, by criterion."""

    title: str
    """How many of them differ."""
    grid: Grid
    judged: str
    """When a difference is clear."""
    not_counted: str
    """How many rules fire that the rubric does not count; may be empty."""


def rules(model: ModelAnalysis, rubric: RubricFacts | None, level: str) -> RuleTable | None:
    """Tabulate the rules that fire and count, in the rubric's order and words.

    Each is with the first criterion that counts it. ``None`` where none that counts fires. A
    measure, such as the length of lines, is no rule: it is its criterion.
    """
    found = model.style.rules if model.style else ()
    known = [row for row in found if row.difference.enough]
    if rubric is None:
        return None
    owners = {key: place for place, one in reversed([*enumerate(rubric.criteria)]) for key in one.rules}
    measures = {one.criterion for one in rubric.criteria if not one.rules}
    ordered = sorted(known, key=lambda row: owners.get(_key(row), len(rubric.criteria)))
    counted = [(rubric.criteria[owners[_key(row)]].title, row) for row in ordered if _key(row) in owners]
    rest = sum(_key(row) not in owners and row.name not in measures for row in known)
    if not counted:
        return None
    columns = [
        Column("criterion", number=False), Column("rule", number=False), Column("fires if correct"),
        Column("if wrong"), Column("difference, points"), Column("verdict", number=False),
        Column("programs", whole="Programs on which the rule fires"),
    ]  # fmt: skip
    caption = f"How often linter rules fire on correct and wrong programs of the same task, with {level} intervals"
    grid = Grid("style-rules-table", caption, columns, [_row(title, row) for title, row in counted])
    judged = rule("bold", "rules that fire, counted by the rubric or not", level)
    return RuleTable(style.rules([row for _, row in counted]), grid, judged, style.not_counted(rest))


def _key(row: RuleGap) -> str:
    return f"{row.tool}:{row.rule}"


def _row(title: str, row: RuleGap) -> list[Cell]:
    name = row.rule if row.name in (row.rule, "") else f"{row.rule} {row.name}"
    gap = row.difference
    return [
        Cell(title), Cell(f"{row.tool} {name}"), Cell(percent(row.true_positive)), Cell(percent(row.false_positive)),
        Cell(points_of(gap), sub=points_span(gap), tone="clear" if gap.side else ""),
        Cell(verdict(gap), sub=why_open(gap)), Cell(count(row.programs)),
    ]  # fmt: skip


def adherence(model: ModelAnalysis, level: str) -> Table | None:
    """Tabulate the three conditional rates per criterion, and the pooled difference."""
    body = []
    criteria = model.style.criteria if model.style else ()
    if not any(row.compared for row in criteria):
        return None  # rates of easy and hard tasks mixed would be read as a difference of style
    for row in criteria:
        given, pooled = row.conditional, row.pooled.difference
        rates = (given.given_pass, given.given_correct, given.given_false_positive)
        title = row.title or row.criterion
        if any(rate.known for rate in rates):
            body.append([title, *map(percent_whole, rates), points_of(pooled), points_span(pooled)])
    head = ("criterion", "if accepted", "if correct",
            "if wrong", "pooled difference, points", f"{level} interval")  # fmt: skip
    return Table(head, body) if body else None
