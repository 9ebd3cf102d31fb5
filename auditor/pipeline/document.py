"""The run as one plain document: what report.json holds, what the pages show, what gates read.

Every part is a pure reading of the store and the stored analysis, so that the same run gives the
same document to the byte.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import auditor
from auditor.errors import StoreError
from auditor.pipeline.run import Run
from auditor.records import JudgedSample, Label, Outcome, SampleStatus
from auditor.store import Store

SCHEMA = "auditor/report/1"


def document(run: Run, store: Store) -> dict[str, Any]:
    """Assemble the document of an analysed run, gates not yet judged.

    Raises :class:`~auditor.errors.StoreError` where there is no analysis yet.
    """
    analysis = store.meta.analysis
    if analysis is None:
        raise StoreError("holds no analysis", where=str(store.path), remedy="run `auditor analyze` first")
    sampling = {totals.model: totals for totals in store.sampling_totals()}
    models = []
    for entry in analysis["models"]:
        name = entry["model"]
        judged = list(store.judged(name))
        models.append(
            {
                **entry,
                "coverage": coverage(judged, store.duplicates(name)),
                "cost": {
                    "prompt_tokens": sampling[name].prompt_tokens,
                    "completion_tokens": sampling[name].completion_tokens,
                    "cost": sampling[name].cost,
                },
                "served_models": list(sampling[name].served_models),
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
    drawn_with = store.meta.model(name)
    if drawn_with is not None:
        return drawn_with["simulated"] is not None
    return any(model.simulated is not None for model in run.config.model if model.name == name)


def _analysed(analysis: dict[str, Any], name: str) -> list[str]:
    entry = next(entry for entry in analysis["models"] if entry["model"] == name)
    return [row["task_id"] for row in entry["per_task"]]


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


def exhibits(store: Store, model: str, task_ids: set[str]) -> list[dict[str, Any]]:
    """List a model's distinct false positives: code, reference, first failing test, findings."""
    rubric = store.meta.rubric
    rubric_hash = rubric.hash if rubric else ""
    scores = store.style_scores(rubric_hash)
    return [
        {
            "program": wrong.program,
            "task_id": wrong.task_id,
            "samples": wrong.samples,
            "solution": wrong.solution,
            "reference": wrong.reference,
            "prompt_lines": wrong.prompt.count("\n") if wrong.solution.startswith(wrong.prompt) else 0,
            "base": Outcome.PASS,
            "plus": wrong.plus,
            "detail": wrong.detail,
            "failing": asdict(wrong.failing) if wrong.failing else None,
            "score": scores.get(wrong.program),
            "findings": [asdict(finding) for finding in store.findings(wrong.program, rubric_hash)],
        }
        for wrong in store.false_positives(model)
        if wrong.task_id in task_ids
    ]


def _tasks(store: Store, exclusions: dict[str, Any]) -> list[dict[str, Any]]:
    reasons = {row["task_id"]: row["reason"] for row in exclusions["tasks"]}
    return [
        {
            "task_id": task.task_id,
            "entry_point": task.entry_point,
            "base_tests": task.base_tests,
            "plus_tests": task.plus_tests,
            "unfit": task.unfit,
            "excluded": reasons.get(task.task_id),
        }
        for task in store.tasks()
    ]


def provenance(run: Run, store: Store, analysis: dict[str, Any]) -> dict[str, Any]:
    """Say what the numbers stand on: versions, tasks, settings, seeds, sandbox, what was left out."""
    benchmark, rubric = store.meta.benchmark, store.meta.rubric
    return {
        "auditor": auditor.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "tools": store.meta.tools or {},
        "benchmark": asdict(benchmark) if benchmark else None,
        "config": store.meta.config,
        "seeds": {"analysis": run.config.analysis.seed},
        "resamples": run.config.analysis.resamples,
        "confidence": run.config.analysis.confidence,
        "sandbox": store.meta.sandbox,
        "exclusions": analysis["exclusions"],
        "unfit": [{"task_id": task.task_id, "reason": task.unfit} for task in store.tasks() if task.unfit],
        "errors": store.harness_errors(),
        "rubric": {**asdict(rubric), "criteria": list(rubric.criteria)} if rubric else None,
    }
