"""A saved run that later runs must not fall behind: a run's folder, or one small file for a repository.

The file contains, per model and task, the counts and the style of the accepted samples summed by label: everything that
a comparison paired by task needs, and no code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from auditor.errors import InputError, UsageError
from auditor.gates.programs import ProgramRow
from auditor.gates.view import ModelView, RunView, counts_of
from auditor.records import Label
from auditor.results import BenchmarkFacts, RubricFacts, TaskCounts, from_plain, to_json
from auditor.results.estimate import Document

SCHEMA = "auditor/baseline/2"
_KINDS = (
    "name a run folder, its report.json, an analysis of counts, or a file of `auditor gate DIR --save-baseline FILE`"
)
"""What can be read as a run."""
_REMEDY = "save a run on this benchmark with `auditor gate DIR --save-baseline FILE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStyle(Document):
    """Summed style of the accepted samples of one task that share a label and the applicable criteria."""

    task_id: str
    """The task."""
    label: Label
    """True or false positive."""
    weight: int
    """Samples."""
    score: float | None
    """Mean score; null if there is none."""
    adherence: Mapping[str, float]
    """Criterion → share of the samples that meet it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedModel(Document):
    """One model of a saved run."""

    model: str
    """Its name."""
    price: float | None
    """Cost of one sample; null without prices."""
    draw_cost: float
    """Cost of a draw in the utility."""
    per_task: tuple[TaskCounts, ...]
    """Counts per task."""
    style: tuple[SavedStyle, ...]
    """Style of the accepted samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline(Document):
    """A saved run."""

    schema: Literal["auditor/baseline/2"] = "auditor/baseline/2"
    """Name and version of this format."""
    benchmark: BenchmarkFacts | None
    """The tasks."""
    rubric: RubricFacts | None
    """The rubric of the style."""
    models: tuple[SavedModel, ...]
    """By name."""


def save_baseline(run: RunView, path: Path) -> None:
    """Write the run as a baseline file, the same bytes for the same run."""
    content = Baseline(benchmark=run.benchmark, rubric=run.rubric, models=tuple(map(_saved, run.models)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(content, indent=1) + "\n", encoding="utf-8")


def open_baseline(path: Path, run: RunView) -> RunView:
    """Read a baseline file or a run's folder, to compare ``run`` with it.

    Style under another rubric is left out, since it is not comparable. Raises :class:`~auditor.errors.UsageError` if it
    cannot be read or is of other tasks.
    """
    baseline = open_run(path)
    ours, theirs = run.benchmark, baseline.benchmark
    if ours and theirs and ours.digest != theirs.digest:
        raise UsageError(
            f"made on other tasks or tests ({theirs.name}, digest {theirs.digest[:12]})",
            where=str(path),
            remedy=_REMEDY,
        )
    if _rubric_hash(baseline) != _rubric_hash(run):
        return replace(baseline, models=tuple(replace(model, source=None) for model in baseline.models))
    return baseline


def open_run(path: Path) -> RunView:
    """Read a baseline file, a run's folder, its report.json, or an analysis of counts.

    Raises :class:`~auditor.errors.UsageError` for anything else.
    """
    return _from_file(path) if path.is_file() else RunView.open(path)


def _from_file(path: Path) -> RunView:
    import json

    try:
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path), remedy=_KINDS) from None
    except (ValueError, RecursionError):
        raise UsageError("not a run: the file holds no JSON", where=str(path), remedy=_KINDS) from None
    schema = str(plain.get("schema", "")) if isinstance(plain, dict) else ""
    if schema.startswith(("auditor/report/", "auditor/analysis/")):
        return RunView.open(path)
    if schema != SCHEMA:
        found = f"its schema is {schema[:60]}" if schema else "it has no schema"
        raise UsageError(f"not a run: {found}", where=str(path), remedy=_KINDS)
    try:
        content = from_plain(Baseline, plain, where=str(path), remedy="save it again")
        models = tuple(_view(entry) for entry in content.models)
    except InputError as error:
        raise UsageError(f"a damaged baseline: {error.message}", where=str(path), remedy="save it again") from None
    return RunView(models, str(path), benchmark=content.benchmark, rubric=content.rubric)


def _rubric_hash(run: RunView) -> str | None:
    return run.rubric.hash if run.rubric else None


def _saved(model: ModelView) -> SavedModel:
    counts = model.counts
    rows = zip(counts.task_ids, counts.n, counts.base_passes, counts.correct, strict=True)
    return SavedModel(
        model=model.name,
        price=model.price,
        draw_cost=model.draw_cost,
        per_task=tuple(
            TaskCounts(task_id=task, n=int(n), base_passes=int(base), correct=int(correct))
            for task, n, base, correct in rows
        ),
        style=tuple(_saved_style(*item) for item in sorted(_grouped(model.programs or ()).items())),
    )


_Key = tuple[str, str, bool, tuple[str, ...]]
"""Task, label, scored, and the applicable criteria: what rows must share to be summed exactly."""


def _grouped(rows: Iterable[ProgramRow]) -> dict[_Key, list[ProgramRow]]:
    groups: dict[_Key, list[ProgramRow]] = defaultdict(list)
    for row in rows:
        applicable = tuple(sorted(name for name, met in row.adherence.items() if met is not None))
        if applicable or row.score is not None:
            groups[row.task_id, row.label.value, row.score is not None, applicable].append(row)
    return groups


def _saved_style(key: _Key, rows: list[ProgramRow]) -> SavedStyle:
    task_id, label, scored, criteria = key
    weight = sum(row.weight for row in rows)

    def mean(values: Iterable[float]) -> float:
        return round(sum(row.weight * value for row, value in zip(rows, values, strict=True)) / weight, 9)

    return SavedStyle(
        task_id=task_id,
        label=Label(label),
        weight=weight,
        score=mean(row.score or 0.0 for row in rows) if scored else None,
        adherence={name: mean(float(row.adherence[name] or 0.0) for row in rows) for name in criteria},
    )


def _view(saved: SavedModel) -> ModelView:
    rows = tuple(
        ProgramRow("", row.task_id, row.weight, row.label, row.score, row.adherence, {}) for row in saved.style
    )
    return ModelView(
        saved.model,
        counts_of(saved.model, saved.per_task),
        draw_cost=saved.draw_cost,
        price=saved.price,
        source=(lambda: rows) if rows else None,
    )
