"""The matrices of the index: who reaches whom, K* by cost, style gaps; each under its finding."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report.cells import Cell, Column, Grid, column_named, named
from auditor.report.reading import (
    OR_MORE,
    allowed,
    best_beside,
    cost_ratios,
    headline_cost,
    most_attempts,
    points_of,
    points_span,
)  # fmt: skip
from auditor.report.sentences import across, figures
from auditor.report.sentences import style as style_words
from auditor.report.sentences.differences import ONLY_INTERVAL, judged_span, rule
from auditor.report.text import MISSING
from auditor.results import UNDEFINED, Estimate, ModelAnalysis, Optimum, Reach, ReachPair, ReportDocument


@dataclass(frozen=True, slots=True)
class Titled:
    """A matrix under its finding."""

    finding: str
    grid: Grid
    note: str = ""


def reach(document: ReportDocument, files: Mapping[str, str]) -> Titled | None:
    """Show who can reach whom by resampling: weaker models down, stronger ones across."""
    found = document.across.reach
    if not found:
        return None
    models = sorted(document.models, key=lambda m: -(m.single_sample_accuracy.value or 0))
    order = {model.model: place for place, model in enumerate(models)}
    cells = {(row.weak, row.strong): row for row in found}
    strong = sorted({name for _, name in cells}, key=lambda name: order.get(name, 0))
    weak = sorted({name for name, _ in cells}, key=lambda name: order.get(name, 0))
    most = max((most_attempts(m) for m in models), default=1)
    body = [[_name(name, files), *(_reach_cell(cells.get((name, other)), most) for other in strong)] for name in weak]
    columns = [Column("weaker model", number=False), *(column_named(name) for name in strong)]
    caption = "Fewest attempts with which the weaker model reaches a single answer of the stronger one"
    note = (
        "Rows: the model that resamples. Columns: the model whose single answers it has to match. A number is the "
        "fewest "
        "attempts whose whole interval gets there. “> 10”: not within 10 attempts; the whole interval stays below, but "
        "larger numbers are not ruled out. “never”: it stays below at any number of attempts, even if every task "
        "without an accepted sample counts as answered correctly. “open”: the data show neither."
    )
    return Titled(
        across.reach(found) + across.unranked(document.across),
        Grid("reach-table", caption, columns, body, matrix=True),
        note,
    )


def _reach_cell(row: ReachPair | None, most: int) -> Cell:
    if row is None:
        return Cell("", tone="none")
    text = across.reach_cell(row)
    match row.verdict:
        case Reach.REACHES:
            return Cell(text, tone=_tone(row.attempts or most, most))
        case Reach.NEVER:
            return Cell(text, tone="a1 false")
        case Reach.NOT_WITHIN:
            return Cell(text, tone="a1")
        case Reach.OPEN:
            return Cell(text, tone="none")


def _tone(attempts: int, most: int) -> str:
    """Tint by the logarithm of the attempts, in five steps."""
    return f"t{1 + round(4 * min(1.0, math.log(max(1, attempts)) / math.log(max(2, most))))}"


MORE = "“Or more”: up to the most attempts analysed; larger numbers may be the best too."
"""Explains :data:`~auditor.report.reading.OR_MORE`; said where that is."""


def optimal(models: Sequence[ModelAnalysis], files: Mapping[str, str], level: str) -> Titled | None:
    """Show K* by model and cost ratio, as a heat map."""
    ratios = cost_ratios(models)
    if not ratios:
        return None
    body = [
        [
            _name(model.model, files),
            *(_optimal_cell(model.optimum(ratio), most_attempts(model)) for ratio in ratios),
        ]
        for model in models
    ]
    columns = [
        Column("model", number=False),
        *(Column(f"cancels {ratio:g}", whole=f"One wrong answer {figures.weighs(ratio)}") for ratio in ratios),
    ]
    caption = "Attempts to allow by model and by how many correct answers one wrong answer cancels out"
    note = (
        "The attempts to allow, by how many correct answers one wrong answer cancels out; below them the best number, "
        f"and the range of numbers that may be the best at {level}. 0: use no model. The costs are those of the "
        "analysis."
    )
    if any(OR_MORE in cell.sub for row in body for cell in row[1:]):
        note += f" {MORE}"
    grid = Grid("optimal-table", caption, columns, body, matrix=True)
    asked = dict.fromkeys([headline_cost(models[0]) or ratios[0], ratios[-1]])
    found = {ratio: [best for model in models if (best := model.optimum(ratio)) is not None] for ratio in asked}
    return Titled(". ".join(figures.gaining(best, ratio) for ratio, best in found.items()), grid, note)


def _name(model: str, files: Mapping[str, str]) -> Cell:
    return named(model, files.get(model, ""), limit=32)


def _optimal_cell(best: Optimum | None, most: int) -> Cell:
    if best is None:
        return Cell(MISSING, tone="none")
    return Cell(allowed(best), sub=best_beside(best, most))


def style(models: Sequence[ModelAnalysis], files: Mapping[str, str]) -> Titled | None:
    """Show the within-task style gaps by model and criterion, in percentage points, where enough tasks are behind them.

    A model or a criterion without any has no row or column.
    """
    rows, titles = style_gaps(models)
    if not rows:
        return None
    body = [[_name(name, files), *(_gap_cell(line[key]) for key in titles)] for name, line in rows.items()]
    columns = [Column("model", number=False), *(Column(title) for title in titles.values())]
    caption = "Style within tasks, wrong minus correct programs, in percentage points"
    finding = style_words.comparisons([gap for line in rows.values() for gap in line.values() if gap.known])
    grid = Grid("style-table", caption, columns, body, matrix=True)
    return Titled(finding, grid)


def style_rule(level: str) -> str:
    """Say what the gaps are and when one is clear."""
    return (
        "How much more often wrong programs meet each criterion of the rubric than correct ones of the same task, in "
        "percentage points. Only accepted programs, and only tasks that have both. "
        f"{rule('in colour or bold', 'criteria', level)} {ONLY_INTERVAL} A warm tint: wrong programs meet it less "
        "often."
    )


def style_gaps(models: Sequence[ModelAnalysis]) -> tuple[dict[str, dict[str, Estimate]], dict[str, str]]:
    """Return model → criterion → gap, and the criteria's titles, without models and criteria that have no gap."""
    titles = criteria(models)
    gaps = {model.model: {key: _gap(model, key) for key in titles} for model in models}
    rows = {name: line for name, line in gaps.items() if any(gap.known for gap in line.values())}
    return rows, {key: title for key, title in titles.items() if any(line[key].known for line in rows.values())}


def not_compared(models: Sequence[ModelAnalysis]) -> str:
    """Name the models of which no criterion is compared, for too few tasks, and the criteria compared of none."""
    rows, titles = style_gaps(models)
    few = [(model.model, model.style.score.tasks) for model in models if model.style and model.model not in rows]
    every = criteria(models)
    tasks: dict[str, int] = {}
    for row in (row for model in models if model.style for row in model.style.criteria):
        tasks[row.criterion] = max(tasks.get(row.criterion, 0), row.tasks)
    left_out = [(title, tasks[key]) for key, title in every.items() if key not in titles] if titles else []
    return " ".join(filter(None, (style_words.criteria_left_out(len(every), left_out), style_words.too_few_of(few))))


def criteria(models: Sequence[ModelAnalysis]) -> dict[str, str]:
    """List the criteria of all models, in order of appearance, with their titles."""
    found: dict[str, str] = {}
    for model in models:
        for row in model.style.criteria if model.style else ():
            found.setdefault(row.criterion, row.title or row.criterion)
    return found


def _gap(model: ModelAnalysis, key: str) -> Estimate:
    criteria = model.style.criteria if model.style else ()
    row = next((row for row in criteria if row.criterion == key), None)
    return (row.compared if row else None) or UNDEFINED


def _gap_cell(gap: Estimate) -> Cell:
    if not gap.side:
        narrow = judged_span(gap, 0).replace("p = ", "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
        return Cell(points_of(gap), sub=narrow, tone="none")
    tone = "t3" if gap.side > 0 else "a2" if (gap.value or 0) < -0.08 else "a1"
    return Cell(points_of(gap), sub=points_span(gap, 0), tone=f"{tone} clear")
