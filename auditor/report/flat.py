"""The document in its former shape, for the readers that do not take the types yet."""

from __future__ import annotations

from typing import Any

from auditor.results import ReportDocument, to_plain

Plain = dict[str, Any]


def flat(document: ReportDocument) -> Plain:
    """Write a document in the shape ``auditor/report/1``."""
    plain: Plain = to_plain(document)
    provenance, options = plain["provenance"], plain.pop("options")
    provenance |= {
        "seeds": {"analysis": options["seed"]}, "resamples": options["resamples"],
        "confidence": options["confidence"], "errors": provenance.pop("harness_errors"),
        "exclusions": {**(gone := plain.pop("exclusions")), "count": len(gone["tasks"])},
        "unfit": [{"task_id": t["task_id"], "reason": t["unfit"]} for t in plain["tasks"] if t["unfit"]],
    }  # fmt: skip
    plain["schema"] = "auditor/report/1"
    references = {task["task_id"]: task.pop("reference") for task in plain["tasks"]}
    plain["across"]["paired"] = [_spread(row, "difference") for row in plain["across"]["paired"]]
    plain["across"]["style"] = [_criterion(row) for row in plain["across"]["style"]]
    for model in plain["models"]:
        _model(model, references)
    return plain


def _model(model: Plain, references: dict[str, str]) -> None:
    for point in model["curve"]:
        for name in ("accepted", "correct", "draws"):
            _split(point, name)
        bands = point["utility"]
        for part, key in (("low", "utility_low"), ("high", "utility_high"), ("value", "utility")):
            point[key] = {cost: band[part] for cost, band in bands.items()}
    for best in model["optimal_attempts"]:
        _split(best, "utility")
    for bucket in model["attempt_buckets"]:
        bucket |= {"from": bucket.pop("first"), "to": bucket.pop("last"), **_bounds(bucket["share_false"])}
        bucket["share_false"] = bucket["share_false"]["value"]
    for point in model["base_tests"] or ():
        point.update(_bounds(point["false_discovery_rate"]))
        point["false_discovery_rate"] = point["false_discovery_rate"]["value"]
    for point in (model["extrapolation"] or {}).get("points", ()):
        _split(point, "accepted")
        point.update(_bounds(point["correct"]))
        point["correct"] = point["correct"]["value"]
    style = model.pop("style") or {"criteria": [], "score": None, "rules": []}
    model["style"] = [_criterion(row) for row in style["criteria"]]
    model["style_score"] = _criterion(style["score"]) if style["score"] else None
    model["style_rules"] = [_spread(row, "difference") for row in style["rules"]]
    verifier = model["second_verifier"]
    for effect in [verifier["chosen"], *verifier["by_cost"]] if verifier else ():
        effect["utility"] = _spread(effect["utility"], "difference")
    model["exhibits"] = [
        {**one, "base": "pass", "reference": references[one["task_id"]]} for one in model.pop("false_positives")
    ]


def _bounds(estimate: Plain) -> Plain:
    return {"low": estimate["low"], "high": estimate["high"]}


def _split(row: Plain, name: str) -> None:
    estimate = row[name]
    row |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}


def _spread(row: Plain, name: str) -> Plain:
    difference = dict(row[name])
    return {**row, **difference, name: difference.pop("value")}


def _criterion(row: Plain) -> Plain:
    within = dict(row["within_task"]) if row["within_task"] else None
    return {**row, "within_task": within and {"difference": within.pop("value"), **within}}
