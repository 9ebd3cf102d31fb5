"""The page of one model: what its template is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auditor.report import sentences
from auditor.report.cases import cases
from auditor.report.cells import Cell, Column, Grid
from auditor.report.charts import forest, resampling, verifier
from auditor.report.charts.frame import Figure, Table
from auditor.report.gates import verdict
from auditor.report.headline import headlines
from auditor.report.model_tables import coverage, task_grid
from auditor.report.reading import (
    Interval,
    Json,
    best_attempts,
    confidence,
    most_attempts,
    part,
    rows,
    samples_per_task,
    tasks_analysed,
)
from auditor.report.text import count, number, percent, plural, signed, visible


def context(model: Json, document: Json, *, before: Json | None = None, after: Json | None = None) -> dict[str, Any]:
    """Gather all that the template of a model's page needs, from the model's entry and the document around it.

    ``before`` and ``after`` are the models whose pages stand beside it: their ``name`` and ``href``.
    """
    level = confidence(document)
    tasks = {str(row["task_id"]): row for row in rows(document, "tasks")}
    return {
        "title": str(model["model"]),
        "before": before,
        "after": after,
        "facts": facts(model, document),
        "simulated": bool(model.get("simulated")),
        "verdict": verdict([gate for gate in rows(document, "gates") if gate.get("model") in (model["model"], None)]),
        "lead": sentences.lead(model, level),
        "headlines": headlines(model, level),
        "resampling": _present(resampling.scaling(model, level)),
        "small": _present(
            verifier.by_attempt(model, level), verifier.base_tests(model, level), resampling.cost_per_correct(model)
        ),
        "utility": _present(resampling.utility(model, level)),
        "optimal": optimal_grid(model, level),
        "style": _present(forest.criteria(model, level), forest.rules(model, level)),
        "adherence": adherence(model, level),
        "second": second(model, level),
        "cases": cases(model, tasks),
        "accepted": any(row["base_passes"] for row in rows(model, "per_task")),
        "tasks": task_grid(model, tasks),
        "coverage": coverage(model),
    }


def _present(*figures: Figure | None) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def facts(model: Json, document: Json) -> str:
    """Say in one line on what the page stands."""
    name = part(document, "provenance", "benchmark").get("name") or "the benchmark"
    samples = plural(model.get("samples", 0), "sample")
    each = samples_per_task(model)
    each += " sample" if each == "1" else " samples"
    return f"{visible(str(name))} · {tasks_analysed([model])} · {each} a task · {samples}"


def optimal_grid(model: Json, level: str) -> Grid | None:
    """Tabulate K* by cost ratio, with its interval, its distribution and the two-type model's answer."""
    best = rows(model, "optimal_attempts")
    theory = {float(row["fp_cost"]): row for row in rows(part(model, "two_type"), "optimal_attempts")}
    columns = [
        Column("cost of a false positive", number=False),
        Column("K*"),
        Column(f"{level} interval"),
        Column("utility at K*"),
        Column("commonest K* when resampled", number=False),
    ]
    if theory:
        columns += [Column("two-type model"), Column("as printed")]
    most = most_attempts(model)
    body = [_optimal_row(row, theory.get(float(row["fp_cost"])), most) for row in best]
    return Grid("optimal", "Best number of attempts by cost ratio", columns, body) if best else None


def _optimal_row(row: Json, theory: Json | None, most: int) -> list[Cell]:
    shares = sorted(rows(row, "distribution"), key=lambda entry: (-entry["share"], entry["attempts"]))[:3]
    shares = [entry for entry in shares if entry["share"] >= 0.005]
    low, high = row.get("low"), row.get("high")
    cells = [
        Cell(f"r = {row['fp_cost']:g}", row["fp_cost"]),
        Cell(best_attempts(row, most), row["attempts"]),
        Cell(f"{count(low)} to {count(high)}" if low is not None else "", low),
        Cell(signed(row["utility"]), row["utility"]),
        Cell(", ".join(f"{count(entry['attempts'])} ({percent(entry['share'], 0)})" for entry in shares)),
    ]
    if theory is not None:
        cells += [Cell(count(theory.get(key)), theory.get(key)) for key in ("attempts", "attempts_printed")]
    return cells


def adherence(model: Json, level: str) -> Table | None:
    """Tabulate the three conditional rates per criterion, and the pooled difference."""
    body = []
    for row in rows(model, "style"):
        given = part(row, "conditional")
        rates = [Interval.of(given.get(key)) for key in ("given_pass", "given_correct", "given_false_positive")]
        pooled = Interval.of(part(row, "pooled").get("difference"))
        title = str(row.get("title") or row["criterion"])
        if any(rate.known for rate in rates):
            body.append([title, *(rate.whole() for rate in rates), pooled.points(), pooled.points_span()])
    head = ("criterion", "if accepted", "if right", "if wrong", "pooled gap, points", f"{level} interval")
    return Table(head, body) if body else None


@dataclass(frozen=True, slots=True)
class Second:
    """Style as a second verifier: the figure, the sentence and what the chosen threshold does."""

    figure: Figure | None
    sentence: str
    effects: Sequence[tuple[str, str]]


def second(model: Json, level: str) -> Second | None:
    """Read the second verifier's result."""
    found = model.get("second_verifier")
    if not found:
        return None
    chosen = part(found, "chosen")
    effects = []
    if chosen.get("threshold") is not None:
        effects.append(("Score demanded", f"at least {number(100 * chosen['threshold'], 0)} of 100"))
    for key, label in (("conditional_accuracy", "Accepted and right"), ("coverage", "Accepted kept")):
        row = part(chosen, key)
        if "after" in row:
            effects.append((label, f"{percent(row.get('before'))} → {percent(row['after'])}"))
    row = part(chosen, "utility")
    if "after" in row:
        effects.append(("Mean utility", f"{signed(row.get('before'), 3)} → {signed(row['after'], 3)}"))
    return Second(verifier.roc(model, level), str(found.get("sentence") or ""), effects)
