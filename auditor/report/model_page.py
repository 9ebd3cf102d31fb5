"""The page of one model: what its template is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auditor.report.cases import cases
from auditor.report.cells import Cell, Column, Grid
from auditor.report.charts import forest, resampling, verifier
from auditor.report.charts.frame import Figure, Table
from auditor.report.gates import verdict
from auditor.report.headline import headlines
from auditor.report.model_tables import coverage, task_grid
from auditor.report.reading import Interval, Json, confidence, part, rows, samples_per_task
from auditor.report.text import count, number, percent, plural, signed, visible


def context(model: Json, document: Json) -> dict[str, Any]:
    """Gather all that the template of a model's page needs, from the model's entry and the document around it."""
    level = confidence(document)
    tasks = {str(row["task_id"]): row for row in rows(document, "tasks")}
    return {
        "title": str(model["model"]),
        "facts": facts(model, document),
        "simulated": bool(model.get("simulated")),
        "verdict": verdict([gate for gate in rows(document, "gates") if gate.get("model") in (model["model"], None)]),
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
        "tasks": task_grid(model, tasks),
        "coverage": coverage(model),
    }


def _present(*figures: Figure | None) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def facts(model: Json, document: Json) -> str:
    """Say in one line on what the page stands."""
    name = part(document, "provenance", "benchmark").get("name") or "the benchmark"
    tasks, samples = plural(model.get("tasks", 0), "task"), plural(model.get("samples", 0), "sample")
    return f"{visible(str(name))} · {tasks} analysed · {samples_per_task(model)} samples a task · {samples}"


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
        Column("two-type model"),
        Column("two-type, as printed"),
    ]
    body = [_optimal_row(row, theory.get(float(row["fp_cost"]), {})) for row in best]
    return Grid("optimal", "Best number of attempts by cost ratio", columns, body) if best else None


def _optimal_row(row: Json, theory: Json) -> list[Cell]:
    shares = sorted(rows(row, "distribution"), key=lambda entry: (-entry["share"], entry["attempts"]))[:3]
    low, high = row.get("low"), row.get("high")
    return [
        Cell(f"r = {row['fp_cost']:g}", row["fp_cost"]),
        Cell(count(row["attempts"]), row["attempts"]),
        Cell(f"{count(low)} to {count(high)}" if low is not None else "", low),
        Cell(signed(row["utility"]), row["utility"]),
        Cell(", ".join(f"{count(entry['attempts'])} ({percent(entry['share'], 0)})" for entry in shares)),
        Cell(count(theory.get("attempts")), theory.get("attempts")),
        Cell(count(theory.get("attempts_printed")), theory.get("attempts_printed")),
    ]


def adherence(model: Json, level: str) -> Table | None:
    """Tabulate the three conditional rates per criterion, and the pooled difference."""
    body = []
    for row in rows(model, "style"):
        given = part(row, "conditional")
        rates = [Interval.of(given.get(key)) for key in ("given_pass", "given_correct", "given_false_positive")]
        pooled = Interval.of(part(row, "pooled").get("difference"))
        title = str(row.get("title") or row["criterion"])
        body.append([title, *(rate.whole() for rate in rates), pooled.points(), pooled.points_span()])
    head = ("criterion", "given accepted", "given correct", "given false", "pooled gap, points", f"{level} interval")
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
