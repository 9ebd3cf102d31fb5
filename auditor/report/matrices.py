"""The matrices of the index: who reaches whom, K* by cost, style gaps; each under its finding."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report import claims as sentences
from auditor.report.cells import Cell, Column, Grid, column_named, named
from auditor.report.reading import (
    attempts_span,
    best_attempts,
    cost_ratios,
    most_attempts,
    points_of,
    points_span,
)  # fmt: skip
from auditor.report.text import MISSING, count
from auditor.results import UNDEFINED, Estimate, ModelAnalysis, Optimum, Reach, ReachPair, ReportDocument


@dataclass(frozen=True, slots=True)
class Titled:
    """A matrix under its finding."""

    finding: str
    grid: Grid
    note: str


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
    caption = (
        "Smallest number of attempts with which the weaker model reaches the stronger one's single-sample accuracy"
    )
    note = (
        "Down: the model that resamples. Across: the model whose single-sample accuracy it has to match. A number is "
        "the fewest attempts that clearly get there; “not within”: it clearly does not in the attempts analysed; "
        "“never”: it clearly does not at any number; “open”: the data cannot say."
    )
    return Titled(sentences.reach(found), Grid("reach-table", caption, columns, body, matrix=True), note)


def _reach_cell(row: ReachPair | None, most: int) -> Cell:
    if row is None:
        return Cell("", tone="none")
    match row.verdict:
        case Reach.REACHES if row.attempts is not None:
            return Cell(count(row.attempts), tone=_tone(row.attempts, most))
        case Reach.NEVER:
            return Cell("never", tone="a1 false")
        case Reach.NOT_WITHIN:
            return Cell(f"not within {count(row.within)}", tone="a1")
        case _:
            return Cell("open", tone="none")


def _tone(attempts: int, most: int) -> str:
    """Tint by the logarithm of the attempts, in five steps."""
    return f"t{1 + round(4 * min(1.0, math.log(max(1, attempts)) / math.log(max(2, most))))}"


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
    columns = [Column("model", number=False), *(Column(f"r = {ratio:g}") for ratio in ratios)]
    caption = "Best number of attempts by model and cost of a false positive"
    note = (
        "K*, the best number of attempts, where a wrong answer costs r times what a right one is worth; below it its "
        f"{level} interval. The stronger the tint, the more attempts. 0: do not sample, every draw loses on average. A "
        "plus sign: the most attempts analysed, so that the best may lie beyond."
    )
    grid = Grid("optimal-table", caption, columns, body, matrix=True)
    return Titled(_optimal_finding(models, ratios[-1]), grid, note)


def _name(model: str, files: Mapping[str, str]) -> Cell:
    return named(model, files.get(model, ""), limit=32)


def _optimal_cell(best: Optimum | None, most: int) -> Cell:
    if best is None:
        return Cell(MISSING, tone="none")
    span = attempts_span(best)
    if not best.attempts:
        return Cell("0", sub=span, tone="a1")
    return Cell(best_attempts(best, most), sub=span, tone=_tone(best.attempts, most))


def _optimal_finding(models: Sequence[ModelAnalysis], worst: float) -> str:
    """Say how many models should not be sampled at the highest cost."""
    found = [best for model in models if (best := model.optimum(worst)) is not None]
    idle = sum(1 for best in found if not best.attempts)
    price = f"If a wrong answer costs {worst:g} right ones"
    if len(models) == 1:
        return f"{price}, the model {'should not be sampled at all' if idle else 'is still worth sampling'}"
    if not idle:
        return f"{price}, every model is still worth at least one attempt"
    if idle == len(found):
        return f"{price}, no model here is worth sampling"
    return f"{price}, {count(idle)} of {count(len(found))} models should not be sampled at all"


def style(models: Sequence[ModelAnalysis], files: Mapping[str, str]) -> Titled | None:
    """Show the within-task style gaps by model and criterion."""
    titles = criteria(models)
    if not titles:
        return None
    gaps = [[_gap(model, key) for key in titles] for model in models]
    names = [_name(model.model, files) for model in models]
    body = [[name, *(_gap_cell(gap) for gap in line)] for name, line in zip(names, gaps, strict=True)]
    total = sum(gap.known for line in gaps for gap in line)
    if not total:
        return None
    below = sum(gap.side < 0 for line in gaps for gap in line)
    columns = [Column("model", number=False), *(Column(title) for title in titles.values())]
    caption = "Within-task style gap, false minus true positives, in percentage points"
    note = (
        "Percentage points of adherence to each criterion of the rubric, false minus true positives, compared within "
        "tasks. In colour or tinted: the interval leaves zero out and p, adjusted after Holm, is below 0.05; where the "
        "tint is warm, false positives adhere less."
    )
    finding = (
        f"False positives clearly adhere less in {count(below)} of {count(total)} comparisons of model and criterion"
    )
    return Titled(finding, Grid("style-table", caption, columns, body, matrix=True), note)


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
    return (row.within_task if row else None) or UNDEFINED


def _gap_cell(gap: Estimate) -> Cell:
    if not gap.side:
        return Cell(points_of(gap), sub=points_span(gap, 0), tone="none")
    tone = "t3" if gap.side > 0 else "a2" if (gap.value or 0) < -0.08 else "a1"
    return Cell(points_of(gap), sub=points_span(gap, 0), tone=f"{tone} clear")
