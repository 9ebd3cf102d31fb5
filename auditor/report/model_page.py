"""The page of one model: what its template is given."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.report import style_section, style_tables
from auditor.report.cells import Cell, Column, Grid
from auditor.report.charts import difficulty, resampling, selection, slices, verifier
from auditor.report.charts.frame import Figure, Table
from auditor.report.gates import verdict
from auditor.report.headline import headlines
from auditor.report.matrices import MORE
from auditor.report.model_examples import OPEN, examples
from auditor.report.model_tables import reading_gap, sample_outcomes, task_grid
from auditor.report.reading import (
    OR_MORE,
    attempts_span,
    best_attempts,
    confidence,
    most_attempts,
    net_gain,
    net_gain_span,
    samples_per_task,
    tasks_analysed,
)  # fmt: skip
from auditor.report.sentences import canaries, curves, figures, names, published, readings
from auditor.report.sentences import suites as suite_words
from auditor.report.text import MISSING, count, plural, visible
from auditor.results import (
    Estimate,
    ModelAnalysis,
    ModelReport,
    ReportDocument,
)


def context(
    model: ModelReport,
    document: ReportDocument,
    *,
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Gather all that the template of a model's page needs, from the model's entry and the document around it.

    ``before`` and ``after`` are the models whose pages come before and after: their ``name`` and ``href``.
    """
    level = confidence(document)
    advised = None if document.choice is None else document.choice.candidate(model.model)
    tasks = {row.task_id: row for row in document.tasks}
    return {
        "title": model.model,
        "before": before,
        "after": after,
        "facts": facts(model, document),
        "simulated": model.simulated,
        "verdict": verdict([gate for gate in document.gates if gate.model == model.model]),
        "caveat": document.provenance.benchmark.caveat,
        "lead": figures.lead(model, level, advised, judged=_judged(model, document)),
        "headlines": headlines(model, level, advised),
        "resampling": _present(resampling.scaling(model, level)),
        "one_sample": figures.ONE_SAMPLE if figures.one_sample(model) else "",
        "notes": list(
            filter(
                None,
                (
                    figures.all_tasks(model.all_tasks),
                    figures.thin_tasks(model.thin),
                    figures.accuracy_bounds(model.accuracy_bounds, document.options.unanswered),
                    curves.saturation(model.saturation),
                    suite_words.error(model.suite_error, document.second_suite),
                    canaries.finding(model.canaries),
                ),
            )
        ),
        "small": _present(
            verifier.by_attempt(model, level),
            verifier.base_tests(model, level),
            resampling.cost_per_correct(model, document.options.currency),
        ),
        "utility": _present(resampling.utility(model, level)),
        "optimal": (best := optimal_grid(model, level)),
        "optimal_checks": optimal_checks(model),
        "optimal_more": MORE if best and any(OR_MORE in cell.text for row in best.body for cell in row) else "",
        "selection": _present(
            selection.against_ceiling(model.selection, level), selection.over_draws(model.selection, level)
        ),
        "slices": slices.charts(model, level),
        "slices_told": slices.told(model),
        "published": _published(model),
        "published_about": published.ABOUT,
        "kinds": _present(difficulty.histogram(model)),
        "two_type": _present(difficulty.belief(model)),
        "style": style_section.section(model, document.provenance.rubric, level),
        "rubric": document.provenance.rubric,
        "adherence": style_tables.adherence(model, level),
        "examples": examples(model, tasks),
        "examples_open": OPEN,
        "accepted": any(row.base_passes for row in model.per_task),
        "tasks": task_grid(model, tasks),
        "outcomes": sample_outcomes(model, document.options.currency),
        "readings": reading_gap(model),
        "reading_warning": readings.warning(model.model, model.readings),
    }


def _judged(model: ModelReport, document: ReportDocument) -> bool:
    """Whether a gate judges the model within the attempts that models are compared at."""
    within = model.false_discovery_rate.attempts
    return any(
        model.model in (gate.members or (gate.model,)) and gate.parameters.get("attempts") == within
        for gate in document.gates
    )


def _present(*figures: Figure | None) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def _published(model: ModelReport) -> Table | None:
    """Tabulate the figures asked for in the published way beside ours."""
    rows = published.beside(model)
    return Table(("figure", "as published", "ours"), [list(row) for row in rows]) if rows else None


def facts(model: ModelReport, document: ReportDocument) -> str:
    """Summarise in one line the data behind the page."""
    name = document.provenance.benchmark.name or "the benchmark"
    samples = plural(model.samples, "sample")
    each = samples_per_task(model)
    each += " sample" if each == "1" else " samples"
    return f"{visible(name)} · {tasks_analysed([model])} · {each} per task · {samples}"


def optimal_grid(model: ModelAnalysis, level: str) -> Grid | None:
    """Tabulate the best attempts by what one wrong answer cancels out, with the numbers that may be best too.

    With one sample per task only one attempt is known of, so no number is called the best. No attempt gains exactly 0.
    """
    most, once = most_attempts(model), figures.one_sample(model)
    at = {(point.attempts, cost): gain for point in model.curve for cost, gain in point.utility.items()}
    best_columns = [
        Column("best", whole="K*: the number of attempts with the best net gain"),
        Column(f"may be the best, at {level}", whole="Numbers not shown to be worse than the best"),
    ]
    columns = [
        Column("one wrong answer", number=False, whole="Correct answers that one wrong answer cancels out: r"),
        Column("attempts to allow", whole="The fewest attempts with a net gain at most 1 per 100 tasks below the best"),
        *([] if once else best_columns),
        Column(f"{names.NET_GAIN}, per 100 tasks", whole="100 times the mean utility at the attempts to allow"),
    ]
    body = [
        [
            Cell(f"cancels {row.fp_cost:g}", row.fp_cost),
            Cell(count(row.enough), row.enough, sub="may be 0" if once and row.enough and row.low == 0 else ""),
            *([] if once else [Cell(best_attempts(row, most), row.attempts), Cell(attempts_span(row), row.low)]),
            Cell(net_gain(gain.value), gain.value, sub=net_gain_span(gain)),
        ]
        for row in model.optimal_attempts
        for gain in [at.get((row.enough, row.fp_cost), row.utility) if row.enough else Estimate(0.0)]
    ]
    caption = "Attempts to allow by what one wrong answer cancels out"
    return Grid("optimal", caption, columns, body, slim=True) if body else None


def optimal_checks(model: ModelAnalysis) -> Table | None:
    """Tabulate two checks of K*: the utility on tasks that it was not chosen on, and the two-type model's answer.

    With one sample per task there is no number to choose, so nothing to check.
    """
    best = model.optimal_attempts
    if not best or figures.one_sample(model):
        return None
    theory = {row.fp_cost: row for row in model.two_type.optimal_attempts}
    head = ["one wrong answer", f"{names.NET_GAIN}, per 100 tasks at K*", "chosen on other tasks"]
    body = [
        [f"cancels {row.fp_cost:g}", net_gain(row.utility.value), net_gain(row.utility_cross_fitted)] for row in best
    ]
    if theory:
        head += ["K* of the two-type model", "by its printed formula"]
        for row, cells in zip(best, body, strict=True):
            found = theory.get(row.fp_cost)
            known = () if found is None else (found.attempts, found.attempts_printed)
            cells.extend(map(count, known) if known else [MISSING, MISSING])
    return Table(head, body)
