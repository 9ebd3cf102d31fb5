"""The page that compares the models: what its template is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.report import history_page, matrices, suites_section
from auditor.report.answer import answer
from auditor.report.cells import Cell, Column, Grid, named
from auditor.report.charts import forest
from auditor.report.charts.across import NAMES_ON_A_PHONE, scatter
from auditor.report.charts.frame import Figure
from auditor.report.gate_table import gate_grid
from auditor.report.gates import all_verdicts, over_models, verdict
from auditor.report.paired_table import paired_grid
from auditor.report.reading import (
    OF_TASKS,
    advice_differs,
    allowed,
    best_beside,
    confidence,
    ends_accepted,
    headline_cost,
    most_attempts,
    of_tasks,
    percent_of,
    percent_span,
    points_of,
    samples_of,
    tasks_analysed,
)  # fmt: skip
from auditor.report.sentences import canaries, figures, limits, names, readings
from auditor.report.sentences.differences import judged_span
from auditor.report.sentences.opening import opening, rows
from auditor.report.text import MISSING, brief, plural, visible
from auditor.results import (
    UNDEFINED,
    WORST_FIRST,
    Candidate,
    CountedEstimate,
    Estimate,
    GateResult,
    GateScope,
    ModelAnalysis,
    ModelReport,
    ReportDocument,
)  # fmt: skip


def context(document: ReportDocument, files: Mapping[str, str]) -> dict[str, object]:
    """Gather all that the index needs; ``files`` gives each model's page."""
    level = confidence(document)
    models = document.models
    several = len(models) > 1
    opened = opening(document.choices, document.gates)
    return {
        "title": document.title or "Audit report",
        "facts": facts(document),
        "simulated": bool(models) and all(model.simulated for model in models),
        "headline": opened.headline if models else "",
        "rows": rows(document, opened),
        "scope": limits.scope(GateScope.of(document)),
        "verdict": over_models(document.gates),
        "verdicts": all_verdicts(document.gates),
        "answer": answer(document, files),
        "warnings": [(text, "") for text in (document.provenance.benchmark.caveat,) if text]
        + [
            (text, files.get(model.model, ""))
            for model in models
            if (text := readings.warning(model.model, model.readings))
        ]
        + [(text, "") for model in models if (text := canaries.warning(model.model, model.canaries))],
        "cost": headline_cost(models[0]) if models else None,
        "weighs": figures.weighs(headline_cost(models[0]) or 0.0) if models else "",
        "gates": gate_grid(document, files),
        "notes": _notes(models),
        "models": model_grid(document, files, level),
        "scatter": scatter(document, level),
        "reach": matrices.reach(document, files),
        "optimal": matrices.optimal(models, files, level),
        "style": matrices.style(models, files),
        "of_tasks": OF_TASKS,
        "style_gap": has_style_gap(models),
        "style_rule": matrices.style_rule(level),
        "style_few": matrices.not_compared(models),
        "style_forest": _together(document, level) if several else None,
        "paired": paired_grid(document, level),
        "suites": suites_section.section(document),
        "history": None if document.history is None else history_page.section(document.history),
    }


def _notes(models: Sequence[ModelReport]) -> list[str]:
    """Say of each model what its figures are with no task left out, and which of its tasks are thin."""
    found = []
    for model in models:
        said = [figures.all_tasks(model.all_tasks), figures.thin_tasks(model.thin)]
        found += [f"{brief(model.model)}: {text}" for text in said if text]
    return found


def _together(document: ReportDocument, level: str) -> Figure | None:
    """Draw the style gaps of all models together."""
    note = "All models together: each task counts once for every model that has both kinds of program for it."
    return forest.criteria(document.across.style, level, "style-across", note, left_out=False)


def facts(document: ReportDocument) -> str:
    """Say in one line what was compared."""
    models = document.models
    benchmark = document.provenance.benchmark.name or "the benchmark"
    on = f"{plural(len(models), 'model')} on {visible(benchmark)}"
    return f"{on} · {tasks_analysed(models)} · {samples_of(models)}"


def model_grid(document: ReportDocument, files: Mapping[str, str], level: str) -> Grid:
    """Give each model a row: what the gates say, the attempts to allow, then the figures at one attempt and at those.

    The share of accepted answers that are wrong is also given at the attempts to allow where these differ from the
    attempts within which it is compared.
    """
    models, gates, choice_ = document.models, document.gates, document.choice
    judged = bool(gates)
    at = {one.model: one for one in choice_.advised} if choice_ else {}
    advised = advice_differs(document)
    cost = headline_cost(models[0]) if models else None
    styled = has_style_gap(models)
    numbered = len(models) > NAMES_ON_A_PHONE  # the numbers by which a phone's chart names them
    columns = [
        Column("model", number=False),
        *([Column("no.")] if numbered else []),
        *([Column("gates", number=False)] if judged else []),
        Column(names.ATTEMPTS, whole="The fewest that are enough; best: K*"),
        *([Column(names.WRONG_AT_ADVICE, whole="FDR at these attempts")] if advised else []),
        Column(figures.wrong_within(document), whole="False discovery rate, FDR"),
        Column(names.SINGLE, whole="Single-sample accuracy, pass@1"),
        *([Column(f"{names.STYLE_GAP}, points", whole="Style score of wrong minus correct programs, within tasks")]
          if styled else []),
    ]  # fmt: skip
    body = [
        _model_row(
            model,
            place if numbered else 0,
            files,
            gates,
            cost,
            [_advised(at.get(model.model))] if advised else [],
            styled=styled,
        )
        for place, model in enumerate(models, 1)
    ]
    caption = f"Models with their headline figures and {level} intervals"
    return Grid("models-table", caption, columns, body, sortable=True)


def has_style_gap(models: Sequence[ModelAnalysis]) -> bool:
    """Whether the style scores of any model's wrong and correct programs are compared."""
    return any(model.style and model.style.score.compared for model in models)


def _model_row(
    model: ModelReport, place: int, files: Mapping[str, str], gates: Sequence[GateResult], cost: float | None,
    at_advice: Sequence[Cell], *, styled: bool,
) -> list[Cell]:  # fmt: skip
    name = model.model
    best = model.optimum(cost)
    gap = (model.style.score.compared if model.style else None) or UNDEFINED
    own = verdict([gate for gate in gates if gate.model == name])
    worst = own.gates[0].verdict if own.gates else None
    order = 3 if worst is None else 2 - WORST_FIRST.index(worst)
    return [
        named(name, files.get(name, ""), badge="simulated" if model.simulated else ""),
        *([Cell(str(place), place)] if place else []),
        *([Cell(own.short if worst else MISSING, order, verdict=worst or "")] if gates else []),
        Cell(allowed(best), best.enough if best else None, sub=best_beside(best, most_attempts(model))),
        *at_advice,
        _share(model.false_discovery_rate, ends_accepted(model, model.false_discovery_rate.attempts)),
        _share(model.single_sample_accuracy),
        *([_style_gap(gap)] if styled else []),
    ]


def _style_gap(gap: Estimate) -> Cell:
    """Give a difference of style scores with the tasks that it is over."""
    behind = plural(gap.tasks, "task") if isinstance(gap, CountedEstimate) and gap.known else ""
    return Cell(points_of(gap), gap.value, sub=judged_span(gap), tone="clear" if gap.side else "", behind=behind)


def _advised(candidate: Candidate | None) -> Cell:
    """Give the share of wrong answers at a model's attempts to allow."""
    if candidate is None:
        return _share(UNDEFINED)
    return _share(candidate.accepted_wrong, of_tasks(candidate.accepted))


def _share(share: Estimate, behind: str = "") -> Cell:
    """Give a share with its interval, and the tasks that it rests on if these are not all or nearly all."""
    if share.value is None:
        return Cell(percent_of(share), -1)
    return Cell(percent_of(share), share.value, sub=percent_span(share), behind=behind)
