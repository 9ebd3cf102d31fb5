"""A blessed run: what later runs may not fall behind, as a folder or as one small file for a repository.

The file holds, per model and task, the counts and the style of the accepted samples summed up by label:
all that a comparison paired by task needs, and no code.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from auditor.errors import UsageError
from auditor.gates.programs import ProgramRow
from auditor.gates.view import ModelView, RunView, counts_of
from auditor.records import Label

SCHEMA = "auditor/baseline/1"


def bless(run: RunView, path: Path) -> None:
    """Write the run as a baseline file, the same bytes for the same run."""
    content = {
        "schema": SCHEMA,
        "benchmark": _benchmark(run),
        "rubric": (run.document.get("provenance") or {}).get("rubric"),
        "models": [_blessed(model) for model in run.models],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def open_baseline(path: Path, run: RunView) -> RunView:
    """Read a baseline file or a run's folder, to hold ``run`` against it.

    Style of another rubric is left out, since it means something else. Raises
    :class:`~auditor.errors.UsageError` where it cannot be read or is of other tasks.
    """
    baseline = _from_file(path) if path.is_file() else RunView.open(path)
    ours, theirs = _benchmark(run), _benchmark(baseline)
    if ours and theirs and ours.get("digest") != theirs.get("digest"):
        raise UsageError(
            f"made on other tasks or tests ({theirs.get('name')}, digest {str(theirs.get('digest'))[:12]})",
            where=str(path),
            remedy="save a run on this benchmark with `auditor gate DIR --save-baseline FILE`",
        )
    if _rubric_hash(baseline) != _rubric_hash(run):
        models = tuple(_without_style(model) for model in baseline.models)
        return RunView(baseline.document, models, baseline.where)
    return baseline


def _from_file(path: Path) -> RunView:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot be read: {error}", where=str(path)) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        if isinstance(content, dict) and str(content.get("schema", "")).startswith("auditor/report/"):
            return RunView.open(path)
        raise UsageError(
            "not a baseline", where=str(path), remedy="write one with `auditor gate DIR --save-baseline FILE`"
        )
    try:
        models = tuple(_unblessed(entry) for entry in content["models"])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"a damaged baseline: {error!r}", where=str(path), remedy="save it again") from None
    document = {"provenance": {"benchmark": content.get("benchmark"), "rubric": content.get("rubric")}}
    return RunView(document, models, str(path))


def _benchmark(run: RunView) -> Mapping[str, Any] | None:
    return (run.document.get("provenance") or {}).get("benchmark")


def _rubric_hash(run: RunView) -> str | None:
    return ((run.document.get("provenance") or {}).get("rubric") or {}).get("hash")


def _without_style(model: ModelView) -> ModelView:
    return ModelView(model.name, model.entry, model.counts, None, model.confidence)


def _blessed(model: ModelView) -> dict[str, Any]:
    """Render a model's counts and summed style."""
    counts = model.counts
    rows = zip(counts.task_ids, counts.n, counts.base_passes, counts.correct, strict=True)
    return {
        "model": model.name,
        "cost": {"cost": (model.entry.get("cost") or {}).get("cost")},
        "coverage": {"samples": (model.entry.get("coverage") or {}).get("samples")},
        "per_task": [
            {"task_id": task, "n": int(n), "base_passes": int(base), "correct": int(correct)}
            for task, n, base, correct in rows
        ],
        "style": [_style_row(*item) for item in sorted(_summed(model.programs or ()).items())],
    }


_Key = tuple[str, str, bool, tuple[str, ...]]
"""Task, label, scored, and the criteria that apply: what rows must share to be summed exactly."""


def _summed(rows: Iterable[ProgramRow]) -> dict[_Key, list[ProgramRow]]:
    groups: dict[_Key, list[ProgramRow]] = defaultdict(list)
    for row in rows:
        applicable = tuple(sorted(name for name, met in row.adherence.items() if met is not None))
        if applicable or row.score is not None:
            groups[row.task_id, row.label.value, row.score is not None, applicable].append(row)
    return groups


def _style_row(key: _Key, rows: list[ProgramRow]) -> dict[str, Any]:
    task_id, label, scored, criteria = key
    weight = sum(row.weight for row in rows)

    def mean(values: Iterable[float]) -> float:
        return round(sum(row.weight * value for row, value in zip(rows, values, strict=True)) / weight, 9)

    return {
        "task_id": task_id,
        "label": label,
        "weight": weight,
        "score": mean(row.score or 0.0 for row in rows) if scored else None,
        "adherence": {name: mean(float(row.adherence[name] or 0.0) for row in rows) for name in criteria},
    }


def _unblessed(entry: Mapping[str, Any]) -> ModelView:
    name = str(entry["model"])
    rows = tuple(
        ProgramRow("", str(row["task_id"]), row["weight"], Label(row["label"]), row["score"], row["adherence"], {})
        for row in entry["style"]
    )
    known = {key: entry.get(key) for key in ("cost", "coverage")}
    return ModelView(name, known, counts_of(name, entry["per_task"]), (lambda: rows) if rows else None)
