"""The table of gates on the index: models down, rules across."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from auditor.report.cells import Cell, Column, Grid, named
from auditor.report.gates import limits
from auditor.report.reading import OF_ACCEPTED, ends_accepted, percent_of, percent_span, points_of, points_span
from auditor.report.text import MISSING, number
from auditor.results import GateResult, ModelReport, ReportDocument, Severity, Unit


def gate_grid(document: ReportDocument, files: Mapping[str, str]) -> Grid | None:
    """Put models down, rules across, and a mark with its figure in each cell."""
    found = {(gate.model, gate.rule): gate for gate in document.gates}
    if not found:
        return None
    models = {model.model: model for model in document.models}
    first = {gate.rule: gate for gate in reversed(document.gates)}
    rules = list(dict.fromkeys(rule for _, rule in found))
    place = {name: number_ for number_, name in enumerate(models)}
    owners = sorted(dict.fromkeys(owner for owner, _ in found), key=lambda owner: place.get(owner, len(place)))
    warns = {gate.rule for gate in document.gates if gate.severity is Severity.WARNING}
    body = [
        [
            named(owner or "over all models", files.get(owner, "")),
            *(_cell(found.get((owner, rule)), models.get(owner or "")) for rule in rules),
        ]
        for owner in owners
    ]
    columns = [Column("model", number=False), *(_column(first[rule], warns) for rule in rules)]
    return Grid("gates-table", "Gates: verdict by model and rule", columns, body)


def _column(gate: GateResult, warns: Collection[str]) -> Column:
    """Head the column of a rule: what it asks in plain words, the rule itself on pointing."""
    label = f"{gate.asked}, {limits(gate)}" if gate.asked and gate.rule.startswith(gate.metric) else gate.rule
    rule = gate.rule.replace("<= ", "≤\N{NO-BREAK SPACE}").replace(">= ", "≥\N{NO-BREAK SPACE}")
    label += " (warns only)" if gate.rule in warns else ""
    return Column(label, number=False, whole=rule)


def _cell(gate: GateResult | None, model: ModelReport | None) -> Cell:
    """Write a gate's figure with the interval that decides, in the metric's own unit."""
    if gate is None:
        return Cell(MISSING)
    figure = gate.deciding.finite()
    if figure.value is None:
        return Cell("no value", verdict=gate.verdict)
    match gate.unit:
        case Unit.SHARE:
            text, span = percent_of(figure), percent_span(figure)
        case Unit.DIFFERENCE:
            text, span = f"{points_of(figure)} points", points_span(figure)
        case _:
            text, span = _plain(figure.value), f"{_plain(figure.low)} to {_plain(figure.high)}"
    behind = _behind(gate, model) if model else ""
    return Cell(text, sub=f"deciding {span}" if figure.bounded else "", verdict=gate.verdict, behind=behind)


def _behind(gate: GateResult, model: ModelReport) -> str:
    """Say how many tasks a share of accepted answers is of; a rule on a slice has tasks of its own."""
    attempts = gate.parameters.get("attempts")
    if gate.metric not in OF_ACCEPTED or "slice" in gate.parameters or not isinstance(attempts, int):
        return ""
    return ends_accepted(model, attempts)


def _plain(value: float | None) -> str:
    """Write a number of any metric: whole ones as they are, others to three decimals."""
    whole = value is not None and (float(value).is_integer() or abs(value) >= 1000)
    return number(value, 0 if whole else 3)
