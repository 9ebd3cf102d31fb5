"""The page that compares the models: what its template is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from auditor.report import history_page, matrices, suites_section
from auditor.report.answer import answer
from auditor.report.cells import Cell, Column, Grid, named
from auditor.report.charts import forest
from auditor.report.charts.across import NAMES_ON_A_PHONE, scatter
from auditor.report.charts.frame import Figure
from auditor.report.gates import all_verdicts, over_models, verdict
from auditor.report.gates import limits as allowed_by
from auditor.report.reading import (
    FEW,
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
    points_span,
    samples_of,
    tasks_analysed,
)  # fmt: skip
from auditor.report.sentences import canaries, figures, limits, names, readings
from auditor.report.sentences.opening import opening, stand
from auditor.report.sentences.undecided import judged_span, why_open
from auditor.report.text import MISSING, brief, count, number, plural, visible
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
    PairedDifference,
    ReportDocument,
    Severity,
    Unit,
    deciding,
)  # fmt: skip

PAIRED_OPEN = 30
"""Paired differences that are shown without a box that scrolls."""
PAIRED_SHOWN = 60
"""Paired differences in the page; the clear and large ones come first, all are in report.json."""


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
        "stand": stand(document, opened),
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
    return forest.criteria(document.across.style, level, "style-across", note)


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
    known = share.value is not None
    return Cell(percent_of(share), share.value if known else -1, sub=percent_span(share), behind=behind * known)


def gate_grid(document: ReportDocument, files: Mapping[str, str]) -> Grid | None:
    """Put models down, rules across, and a mark with its figure in each cell."""
    found = {(gate.model, gate.rule): gate for gate in document.gates}
    if not found:
        return None
    models = {model.model: model for model in document.models}
    first = {gate.rule: gate for gate in reversed(document.gates)}
    names = list(dict.fromkeys(rule for _, rule in found))
    first = {name: first[name] for name in names}
    place = {model.model: number_ for number_, model in enumerate(document.models)}
    owners = sorted(dict.fromkeys(owner for owner, _ in found), key=lambda owner: place.get(owner, len(place)))
    warns = {gate.rule for gate in document.gates if gate.severity is Severity.WARNING}
    body = [
        [
            named(owner or "over all models", files.get(owner, "")),
            *(_gate_cell(found.get((owner, name)), models.get(owner or "")) for name in names),
        ]
        for owner in owners
    ]
    columns = [Column("model", number=False), *(_gate_column(gate, warns) for gate in first.values())]
    return Grid("gates-table", "Gates: verdict by model and rule", columns, body)


def _gate_column(gate: GateResult, warns: Collection[str]) -> Column:
    """Head the column of a rule: what it asks in plain words, the rule itself on pointing."""
    label = f"{gate.asked}, {allowed_by(gate)}" if gate.asked and gate.rule.startswith(gate.metric) else gate.rule
    rule = gate.rule.replace("<= ", "≤\N{NO-BREAK SPACE}").replace(">= ", "≥\N{NO-BREAK SPACE}")
    label += " (warns only)" if gate.rule in warns else ""
    return Column(label, number=False, whole=rule)


_OF_ACCEPTED = ("conditional_accuracy", "false_discovery_rate")
"""Metrics that are shares of the tasks that end with an accepted answer within K attempts."""


def _gate_cell(gate: GateResult | None, model: ModelReport | None) -> Cell:
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
    behind = _gate_behind(gate, model) if model else ""
    return Cell(text, sub=f"deciding {span}" if figure.bounded else "", verdict=gate.verdict, behind=behind)


def _gate_behind(gate: GateResult, model: ModelReport) -> str:
    """Say how many tasks a share of accepted answers is of; a rule on a slice has tasks of its own."""
    attempts = gate.parameters.get("attempts")
    if gate.metric not in _OF_ACCEPTED or "slice" in gate.parameters or not isinstance(attempts, int):
        return ""
    return ends_accepted(model, attempts)


def _plain(value: float | None) -> str:
    """Write a number of any metric: whole ones as they are, others to three decimals."""
    whole = value is not None and (float(value).is_integer() or abs(value) >= 1000)
    return number(value, 0 if whole else 3)


_METRICS = {
    "single_sample_accuracy": names.SINGLE,
    "conditional_accuracy": names.CORRECT,
    "false_discovery_rate": names.WRONG,
    "false_discovery_rate_micro": f"{names.WRONG}, samples pooled",
    "false_positive_rate": names.WRONG_ACCEPTED,
    "shared_precision": f"{names.CORRECT}, same tasks",
}
"""What the pages call the metrics that models are compared by."""


def paired_grid(document: ReportDocument, level: str) -> Grid | None:
    """List paired differences, those that are clear first; each is the stronger model's figure minus the weaker's."""
    accuracy = {model.model: model.single_sample_accuracy.value or 0.0 for model in document.models}
    models = {model.model: model for model in document.models}
    found = [_Pair.of(row, accuracy, models) for row in document.across.paired if row.difference.known]
    ordered = sorted(found, key=lambda row: (not row.clear, -abs(row.difference.value or 0)))[:PAIRED_SHOWN]
    columns = [
        Column("models", number=False),
        Column("figure", number=False),
        Column("difference, points"),
        Column("deciding interval"),
        Column("verdict", number=False),
    ]
    body = [
        [
            Cell(row.models),
            Cell(row.figure, behind=row.behind),
            Cell(points_of(row.difference), row.difference.value, sub=points_span(row.difference),
                 tone="clear" if row.clear else ""),
            Cell(points_span(row.decides) if row.decides else MISSING, row.decides.low if row.decides else -2.0),
            Cell("clear" if row.clear else "open", sub=row.why),
        ]
        for row in ordered
    ]  # fmt: skip
    caption = f"Paired differences between models over the same tasks, with {level} intervals"
    return Grid("paired-table", caption, columns, body, sortable=True, tall=len(body) > PAIRED_OPEN) if body else None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A paired difference, turned so that the model whose single answers are correct more often comes first."""

    figure: str
    models: str
    difference: Estimate
    decides: Estimate | None
    clear: bool
    why: str
    """Why the difference is open although its own interval excludes zero, or nothing."""
    behind: str
    """What is behind the figure, if not all tasks: wrong answers, or tasks with an accepted answer."""

    @classmethod
    def of(cls, row: PairedDifference, accuracy: Mapping[str, float], models: Mapping[str, ModelReport]) -> _Pair:
        a, b = row.a, row.b
        difference: Estimate = row.difference
        decides = deciding(row.difference, row.strict) if row.strict else None
        if accuracy.get(a, 0.0) < accuracy.get(b, 0.0):
            a, b, difference = b, a, difference.negative()
            decides = decides.negative() if decides else None
        figure = _METRICS.get(row.metric, row.metric.replace("_", " "))
        return cls(
            figure,
            f"{brief(a, 32)} minus {brief(b, 32)}",
            difference,
            decides,
            bool(row.side),
            _why_open(row, decides),
            _behind(row, models[a], models[b]) if a in models and b in models else "",
        )


def _behind(row: PairedDifference, a: ModelReport, b: ModelReport) -> str:
    """Say how many wrong answers, or tasks with an accepted one, of each model a difference rests on."""
    if row.metric == "false_positive_rate":
        wrong = [count(sum(task.n - task.correct for task in model.per_task)) for model in (a, b)]
        return f"of {wrong[0]} and {wrong[1]} wrong answers"
    if row.metric == "shared_precision":
        accepted = [{task.task_id for task in model.per_task if task.base_passes} for model in (a, b)]
        both, of = len(accepted[0] & accepted[1]), max(a.tasks, b.tasks)
        return f"{count(both)} of {plural(of, 'task')}" if both < FEW * of else ""
    if row.metric in _OF_ACCEPTED and row.attempts is not None:
        ends = [ends_accepted(model, row.attempts) or "nearly all" for model in (a, b)]
        return f"{ends[0].removesuffix(' of 100 tasks')} and {ends[1]}" if any(" of " in one for one in ends) else ""
    return ""


def _why_open(row: PairedDifference, decides: Estimate | None) -> str:
    """Say what leaves a difference open whose own interval excludes zero."""
    if row.side or not row.difference.own_side:
        return ""
    if decides is not None and not decides.side:
        return "deciding interval includes zero"
    return why_open(row.difference)
