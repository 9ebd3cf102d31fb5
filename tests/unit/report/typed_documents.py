"""Types for the documents of the report's tests."""

from __future__ import annotations

# ruff: noqa: E501 - rows of data read better whole
from dataclasses import replace

from auditor.gates import RunView
from auditor.gates.choose import choices
from auditor.results import ReportDocument, from_plain
from tests.unit.report.model_rows import COSTS, Document

COUNTED = {
    "naming": ["pylint:C0103"],
    "no_lint_errors": ["pylint:C0103", "pylint:W0104", "ruff:B007", "ruff:E225", "ruff:E701"],
}
"""Rules that a criterion counts; one is in both."""


def typed(plain: Document) -> ReportDocument:
    """Give a document its types, with a plausible value if its rows leave one out."""
    references = {row["task_id"]: row["reference"] for model in plain["models"] for row in model["examples"]}
    provenance = plain["provenance"]
    exclusions = provenance["exclusions"]
    document = from_plain(ReportDocument, {
        "schema": "auditor/report/2", "title": plain["title"], "models": [_model(row) for row in plain["models"]],
        "across": _across(plain["across"]), "gates": [{"parameters": {}, **row} for row in plain["gates"]],
        "tasks": [{**row, "reference": references.get(row["task_id"], "")} for row in plain["tasks"]],
        "options": {"fp_costs": COSTS},
        "exclusions": {"rule": exclusions["rule"], "tasks": exclusions["tasks"]},
        "provenance": {**provenance, "harness_errors": provenance["errors"],
                       "rubric": {**provenance["rubric"], "criteria": _criteria(plain["models"])}},
    })  # fmt: skip
    return replace(document, choices=choices(RunView.of(document)))


def _criteria(models: list[Document]) -> list[Document]:
    """The rubric's criteria, with the titles of the first model's rows."""
    rows = models[0]["style"] if models else []
    return [{**{key: row[key] for key in ("criterion", "title", "reason")}, "rules": COUNTED.get(row["criterion"], [])}
            for row in rows]  # fmt: skip


def _figure(row: Document, name: str, low: str, high: str) -> Document:
    return {"value": row[name], "low": row[low], "high": row[high]}


def _rate(row: Document, tasks: int) -> Document:
    bare = {key: row[key] for key in ("value", "low", "high")}
    return {"micro": bare, "tasks": tasks, **row}


def _gap(row: Document | None, tasks: int) -> Document | None:
    if row is None:
        return None
    return {"tasks": tasks, "effect": 0.0, "units": tasks, **row, "value": row["difference"]}


def _model(row: Document) -> Document:
    tasks, most = row["tasks"], len(row["curve"])
    second = row["second_verifier"]
    chosen = second["chosen"]
    gain = chosen["utility"]["after"] - chosen["utility"]["before"]
    effect = {
        "fp_cost": 1.0,
        "threshold": chosen["threshold"],
        "conditional_accuracy": chosen["conditional_accuracy"],
        "coverage": {**chosen["coverage"], "tasks_before": tasks, "tasks_after": tasks},
        "utility": {**chosen["utility"], "difference": {"value": gain, "low": gain - 0.02, "high": gain + 0.02}},
    }
    score = row["style_score"]
    return {
        **row, "acceptance": row["single_sample_accuracy"], "max_attempts": most, "draw_cost": 0.0,
        "samples_per_task": {"least": most, "most": most},
        **{name: _rate(row[name], tasks) for name in ("conditional_accuracy", "false_discovery_rate",
                                                      "false_positive_rate")},
        "curve": [{
            "attempts": point["attempts"], "tasks": tasks, "accepted": _figure(point, "accepted", "accepted_low", "accepted_high"),
            "correct": _figure(point, "correct", "correct_low", "correct_high"), "draws": {"value": point["draws"]},
            "cost_per_accepted": None, "cost_per_correct": point["cost_per_correct"],
            "utility": {cost: {"value": value, "low": point["utility_low"][cost], "high": point["utility_high"][cost]}
                        for cost, value in point["utility"].items()},
        } for point in row["curve"]],
        "optimal_attempts": [{**best, "tasks": tasks, "utility": _figure(best, "utility", "utility_low", "utility_high")}
                             for best in row["optimal_attempts"]],
        "attempt_buckets": [{"first": one["from"], "last": one["to"], "accepted": min(1.0, max(0.0, one["accepted"])),
                             "share_false": _figure(one, "share_false", "low", "high")}
                            for one in row["attempt_buckets"]],
        "two_type": {**row["two_type"], "optimal_attempts": [
            {"unbounded": False, "attempts_for_99_percent": one["attempts"], "utility": 0.1, **one}
            for one in row["two_type"]["optimal_attempts"]]},
        "extrapolation": {**row["extrapolation"], "anchor": most, "resamples": 200, "points": [
            {"attempts": one["attempts"], "accepted": {"value": one["accepted"]},
             "correct": _figure(one, "correct", "low", "high")} for one in row["extrapolation"]["points"]]},
        "base_tests": [{"tests": one["tests"], "false_discovery_rate": _figure(one, "false_discovery_rate", "low", "high"),
                        "micro": None, "accepted": 0.5, "tasks": tasks} for one in row["base_tests"]],
        "style": {"criteria": [_criterion(one) for one in row["style"]],
                  "score": {**score, "within_task": _gap(score["within_task"], 61), "tasks": 61},
                  "rules": [{**one, "difference": _gap(one, one["tasks"])} for one in row["style_rules"]]},
        "second_verifier": {**second, "tasks": 61, "chosen": effect, "by_cost": [effect], "folds": 10},
        "coverage": {**row["coverage"], "labels": {}}, "served_models": [],
        "false_positives": [{"detail": "", **one} for one in row["examples"]],
    }  # fmt: skip


def _criterion(row: Document) -> Document:
    return {**row, "within_task": _gap(row["within_task"], row["tasks"])}


def _across(row: Document) -> Document:
    line = row["line"]
    bounds = {"intercept_low": 0.5, "intercept_high": 0.9, "models": 5, "attempts": 10, "tasks": 10}
    return {
        "attempts": 10, "line": line and {**bounds, **line},
        "reach": [{**one, "gap": {"value": None}, "upper_bound_gap": {"value": None}, "seen_at": one["attempts"],
                   "verdict": "reaches" if one["attempts"] else "not within", "within": 10, "tasks": 10}
                  for one in row["reach"]],
        "paired": [{**one, "difference": {"value": one["difference"], "low": one["low"], "high": one["high"],
                                          "tasks": 10}} for one in row["paired"]],
        "style": [_criterion(one) for one in row["style"]],
    }  # fmt: skip
