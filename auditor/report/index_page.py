"""The page that compares the models: what its template is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from auditor.report import matrices, sentences
from auditor.report.cells import Cell, Column, Grid, named
from auditor.report.charts import forest
from auditor.report.charts.across import NAMES_ON_A_PHONE, scatter
from auditor.report.charts.frame import Figure
from auditor.report.gates import over_models, verdict
from auditor.report.reading import (
    Interval,
    Json,
    best_attempts,
    confidence,
    headline_cost,
    most_attempts,
    optimum,
    part,
    rows,
    tasks_analysed,
)
from auditor.report.text import MISSING, count, number, plural, visible

PAIRED_SHOWN = 60
"""Paired differences in the page; the clear and large ones come first, all are in report.json."""


def context(document: Json, files: Mapping[str, str]) -> dict[str, Any]:
    """Gather all that the index needs; ``files`` gives each model's page."""
    level = confidence(document)
    models = rows(document, "models")
    several = len(models) > 1
    return {
        "title": str(document.get("title") or "Audit report"),
        "facts": facts(document),
        "simulated": bool(models) and all(model.get("simulated") for model in models),
        "verdict": over_models(rows(document, "gates")),
        "best": sentences.best(models) if several else sentences.lead(models[0], level) if models else "",
        "cost": headline_cost(models[0]) if models else None,
        "gates": gate_grid(document, files),
        "models": model_grid(models, files, level, rows(document, "gates")),
        "scatter": scatter(document, level),
        "reach": matrices.reach(document, files),
        "optimal": matrices.optimal(models, files, level),
        "style": matrices.style(models, files),
        "style_forest": _together(document, level) if several else None,
        "paired": paired_grid(document, level),
    }


def _together(document: Json, level: str) -> Figure | None:
    """Draw the style gaps of all models together."""
    note = "All models together: each task counts once for every model that has both kinds of program on it."
    return forest.criteria(part(document, "across"), level, "style-across", note)


def facts(document: Json) -> str:
    """Say in one line what was compared."""
    models = rows(document, "models")
    benchmark = part(document, "provenance", "benchmark").get("name") or "the benchmark"
    total = sum(int(model.get("samples") or 0) for model in models)
    on = f"{plural(len(models), 'model')} on {visible(str(benchmark))}"
    return f"{on} · {tasks_analysed(models)} · {plural(total, 'sample')}"


def model_grid(models: Sequence[Json], files: Mapping[str, str], level: str, gates: Sequence[Json]) -> Grid:
    """Give each model a row with its headline figures."""
    cost = headline_cost(models[0]) if models else None
    numbered = len(models) > NAMES_ON_A_PHONE  # the numbers by which a phone's chart names them
    columns = [
        Column("model", number=False),
        *([Column("no.")] if numbered else []),
        Column("single-sample accuracy"),
        Column("ceiling of resampling"),
        Column("accepted but wrong"),
        Column(f"K* at r = {cost:g}" if cost is not None else "K*"),
        Column("style if right"),
        Column("style if wrong"),
        Column("gates", number=False),
    ]
    body = [_model_row(model, place if numbered else 0, files, gates, cost) for place, model in enumerate(models, 1)]
    caption = f"Models with their headline figures and {level} intervals"
    return Grid("models-table", caption, columns, body, sortable=True)


def _model_row(
    model: Json, place: int, files: Mapping[str, str], gates: Sequence[Json], cost: float | None
) -> list[Cell]:
    name = str(model["model"])
    best, scores = optimum(model, cost) or {}, part(model, "style_score")
    own = verdict([gate for gate in gates if gate.get("model") == name])
    worst = own.gates[0].verdict if own.gates else ""
    order = {"pass": 0, "inconclusive": 1, "fail": 2}.get(worst, 3)
    span = f"{count(best['low'])} to {count(best['high'])}" if best.get("low") is not None else ""
    return [
        named(name, files.get(name, ""), badge="simulated" if model.get("simulated") else ""),
        *([Cell(str(place), place)] if place else []),
        _share(model.get("single_sample_accuracy")),
        _share(model.get("conditional_accuracy")),
        _share(model.get("false_discovery_rate"), tone="false"),
        Cell(best_attempts(best, most_attempts(model)), best.get("attempts"), sub=span),
        _score(scores.get("true_positive")),
        _score(scores.get("false_positive")),
        Cell(own.headline if worst else MISSING, order, verdict=worst),
    ]


def _share(row: Json | None, *, tone: str = "") -> Cell:
    share = Interval.of(row)
    tone = tone if share.value else ""
    return Cell(share.percent(), -1 if share.value is None else share.value, sub=share.span(), tone=tone)


def _score(row: Json | None) -> Cell:
    """Show a style score as points of 100."""
    score = Interval.of(row)
    shown = MISSING if score.value is None else number(100 * score.value, 0)
    return Cell(shown, -1 if score.value is None else score.value, sub=score.span(0))


def gate_grid(document: Json, files: Mapping[str, str]) -> Grid | None:
    """Put models down, rules across, and a mark with its figure in each cell."""
    found = {(str(gate.get("model") or ""), str(gate["rule"])): gate for gate in rows(document, "gates")}
    if not found:
        return None
    names = list(dict.fromkeys(rule for _, rule in found))
    place = {str(model["model"]): number_ for number_, model in enumerate(rows(document, "models"))}
    owners = sorted(dict.fromkeys(owner for owner, _ in found), key=lambda owner: place.get(owner, len(place)))
    warns = {str(gate["rule"]) for gate in rows(document, "gates") if gate.get("severity") == "warning"}
    body = [
        [
            named(owner or "over all models", files.get(owner, "")),
            *(_gate_cell(found.get((owner, name))) for name in names),
        ]
        for owner in owners
    ]
    columns = [Column("model", number=False), *(_gate_column(name, warns) for name in names)]
    return Grid("gates-table", "Gates: verdict by model and rule", columns, body)


def _gate_column(rule: str, warns: Collection[str]) -> Column:
    """Head the column of a rule."""
    label = rule.replace("<= ", "≤\N{NO-BREAK SPACE}").replace(">= ", "≥\N{NO-BREAK SPACE}")
    return Column(f"{label} (warns only)" if rule in warns else label, number=False)


def _gate_cell(gate: Json | None) -> Cell:
    """Write a gate's figure with its interval, in the metric's own unit."""
    if gate is None:
        return Cell(MISSING)
    if gate.get("value") is None:
        return Cell("no value", verdict=str(gate["verdict"]))
    low, high = gate.get("low"), gate.get("high")
    span = f"{_plain(low)} to {_plain(high)}" if low is not None and high is not None else ""
    return Cell(_plain(gate["value"]), sub=span, verdict=str(gate["verdict"]))


def _plain(value: float) -> str:
    """Write a number of any metric: whole ones as they are, others to three decimals."""
    return number(value, 0 if float(value).is_integer() or abs(value) >= 1000 else 3)


_METRICS = {
    "single_sample_accuracy": "single-sample accuracy",
    "conditional_accuracy": "ceiling of resampling",
    "false_discovery_rate": "accepted but wrong",
    "false_discovery_rate_micro": "accepted but wrong, pooled",
    "false_positive_rate": "accepted among wrong samples",
}
"""What the pages call the metrics that models are compared by."""


def paired_grid(document: Json, level: str) -> Grid | None:
    """List paired differences between models, the clear ones first."""
    found = [row for row in rows(part(document, "across"), "paired") if row.get("difference") is not None]
    ordered = sorted(found, key=lambda row: (not _gap(row).side, -abs(row["difference"])))[:PAIRED_SHOWN]
    columns = [
        Column("model", number=False),
        Column("minus", number=False),
        Column("metric", number=False),
        Column("difference, points"),
        Column(f"{level} interval"),
    ]
    body = [
        [
            named(str(row["a"])),
            named(str(row["b"])),
            Cell(_METRICS.get(str(row["metric"]), str(row["metric"]).replace("_", " "))),
            Cell(_gap(row).points(), row["difference"], tone="clear" if _gap(row).side else ""),
            Cell(_gap(row).points_span(), row.get("low")),
        ]
        for row in ordered
    ]
    caption = "Paired differences between models over the same tasks"
    return Grid("paired-table", caption, columns, body, sortable=True, tall=True) if body else None


def _gap(row: Json) -> Interval:
    return Interval.of_difference(row)
