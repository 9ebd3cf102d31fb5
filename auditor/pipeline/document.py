"""The run as one plain document: what report.json holds, what the pages show, what gates read.

Every part is a pure reading of the store and the stored analysis, so that the same run gives the
same document to the byte.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import auditor
from auditor.pipeline.run import Run
from auditor.records import JudgedSample, Label, Outcome, SampleStatus
from auditor.store import Store

SCHEMA = "auditor/report/1"


def document(run: Run, store: Store) -> dict[str, Any]:
    """Assemble the document of an analysed run, gates not yet judged.

    Raises :class:`~auditor.errors.StoreError` where there is no analysis yet.
    """
    analysis = store.meta("analysis")
    sampling = {row["model"]: row for row in _sampling(store)}
    models = []
    for entry in analysis["models"]:
        name = entry["model"]
        judged = list(store.judged(name))
        models.append(
            {
                **entry,
                "coverage": coverage(judged, store.query(_DUPLICATES, (name,))[0]["duplicates"]),
                "cost": {key: sampling[name][key] for key in ("prompt_tokens", "completion_tokens", "cost")},
                "served_models": sampling[name]["served_models"],
                "simulated": _is_simulated(run, store, name),
                "exhibits": exhibits(store, name, set(_analysed(analysis, name))),
            }
        )
    return {
        "schema": SCHEMA,
        "title": run.config.report.title,
        "models": models,
        "across": analysis["across"],
        "gates": [],
        "tasks": _tasks(store, analysis["exclusions"]),
        "provenance": provenance(run, store, analysis),
    }


def _is_simulated(run: Run, store: Store, name: str) -> bool:
    """Tell by what the samples were drawn with; the settings of today may name the model no more."""
    drawn_with = store.meta(f"model:{name}")
    if drawn_with is not None:
        return drawn_with["simulated"] is not None
    return any(model.simulated is not None for model in run.config.model if model.name == name)


def _analysed(analysis: dict[str, Any], name: str) -> list[str]:
    entry = next(entry for entry in analysis["models"] if entry["model"] == name)
    return [row["task_id"] for row in entry["per_task"]]


_DUPLICATES = """
SELECT COALESCE(SUM(copies - 1), 0) AS duplicates FROM (
    SELECT COUNT(*) AS copies FROM sample WHERE model = ? GROUP BY task_id, raw)
"""


def _sampling(store: Store) -> list[dict[str, Any]]:
    rows = store.query(
        "SELECT model, SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens, "
        "SUM(cost) AS cost, JSON_GROUP_ARRAY(DISTINCT served_model) AS served FROM sample GROUP BY model"
    )
    return [{**row, "served_models": sorted(filter(None, json.loads(row.pop("served"))))} for row in rows]


def coverage(judged: Iterable[JudgedSample], duplicates: int) -> dict[str, Any]:
    """Count what came of a model's samples: statuses, outcomes, labels, flaky ones, repeats."""
    statuses = Counter(dict.fromkeys(SampleStatus, 0))
    labels = Counter(dict.fromkeys(Label, 0))
    outcomes = {"base": Counter(dict.fromkeys(Outcome, 0)), "plus": Counter(dict.fromkeys(Outcome, 0))}
    programs: set[str] = set()
    flaky = 0
    for sample in judged:
        statuses[sample.status] += 1
        labels[sample.label] += 1
        flaky += sample.flaky
        if sample.program is not None:
            programs.add(sample.program)
        if sample.base is not None:
            outcomes["base"][sample.base] += 1
        if sample.plus is not None:
            outcomes["plus"][sample.plus] += 1
    return {
        "samples": statuses.total(),
        "labelled": statuses.total() - labels[Label.UNKNOWN],
        "statuses": dict(statuses),
        "labels": dict(labels),
        "outcomes": {suite: dict(counts) for suite, counts in outcomes.items()},
        "flaky": flaky,
        "duplicates": duplicates,
        "distinct_programs": len(programs),
    }


_FALSE_POSITIVES = """
SELECT p.program, p.task_id, p.solution, t.prompt, t.reference, COUNT(*) AS samples, v.outcome AS plus,
       v.failing_index, v.failing_call, v.failing_expected, v.failing_got, v.failing_kind, v.detail
FROM sample s JOIN program p USING (program) JOIN task t ON t.task_id = p.task_id
JOIN verdict b ON b.program = p.program AND b.suite = 'base' AND b.outcome = 'pass'
JOIN verdict v ON v.program = p.program AND v.suite = 'plus' AND v.outcome NOT IN ('pass', 'error')
WHERE s.model = ? GROUP BY p.program ORDER BY t.position, samples DESC, p.program
"""


def exhibits(store: Store, model: str, task_ids: set[str]) -> list[dict[str, Any]]:
    """List a model's distinct false positives: code, reference, first failing test, findings."""
    rubric = store.meta("rubric")
    rubric_hash = rubric["hash"] if rubric else ""
    scores = {row["program"]: row["score"] for row in store.query(_SCORES, (rubric_hash,))}
    found = []
    for row in store.query(_FALSE_POSITIVES, (model,)):
        if row["task_id"] not in task_ids:
            continue
        failing = None
        if row["failing_index"] is not None:
            failing = {key: row[f"failing_{key}"] for key in ("index", "call", "expected", "got", "kind")}
        found.append(
            {
                "program": row["program"],
                "task_id": row["task_id"],
                "samples": row["samples"],
                "solution": row["solution"],
                "reference": row["reference"],
                "prompt_lines": row["prompt"].count("\n") if row["solution"].startswith(row["prompt"]) else 0,
                "base": "pass",
                "plus": row["plus"],
                "detail": row["detail"],
                "failing": failing,
                "score": scores.get(row["program"]),
                "findings": [asdict(finding) for finding in store.findings(row["program"], rubric_hash)],
            }
        )
    return found


_SCORES = "SELECT program, score FROM style WHERE rubric_hash = ?"


def _tasks(store: Store, exclusions: dict[str, Any]) -> list[dict[str, Any]]:
    reasons = {row["task_id"]: row["reason"] for row in exclusions["tasks"]}
    keys = ("task_id", "entry_point", "base_tests", "plus_tests", "unfit")
    return [{**{key: row[key] for key in keys}, "excluded": reasons.get(row["task_id"])} for row in store.tasks()]


def provenance(run: Run, store: Store, analysis: dict[str, Any]) -> dict[str, Any]:
    """Say what the numbers stand on: versions, tasks, settings, seeds, sandbox, what was left out."""
    errors = store.query("SELECT COUNT(*) AS n FROM verdict WHERE outcome = 'error'")[0]["n"]
    return {
        "auditor": auditor.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "tools": store.meta("tools") or {},
        "benchmark": store.meta("benchmark"),
        "config": store.meta("config"),
        "seeds": {"analysis": run.config.analysis.seed},
        "resamples": run.config.analysis.resamples,
        "confidence": run.config.analysis.confidence,
        "sandbox": store.meta("sandbox"),
        "exclusions": analysis["exclusions"],
        "unfit": [{"task_id": row["task_id"], "reason": row["unfit"]} for row in store.tasks() if row["unfit"]],
        "errors": errors,
        "rubric": store.meta("rubric"),
    }
