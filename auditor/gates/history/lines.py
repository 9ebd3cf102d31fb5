"""Open runs and find which of their models are versions of one model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import UsageError
from auditor.gates.baseline import open_run
from auditor.gates.view import ModelView, RunView


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run with a name that distinguishes it from the others."""

    name: str
    view: RunView


@dataclass(frozen=True, slots=True)
class Versions:
    """One model over the runs."""

    name: str
    """Its name in the last run that has it."""
    models: Mapping[int, ModelView]
    """Index of the run → the model there."""


def open_runs(paths: Sequence[Path]) -> list[NamedRun]:
    """Open run folders, their report.json, or baseline files; each gets the shortest unique name from its path.

    Raises :class:`~auditor.errors.UsageError` if one cannot be read.
    """
    views = [open_run(path) for path in paths]
    return [NamedRun(name, view) for name, view in zip(short_names(paths), views, strict=True)]


def short_names(paths: Sequence[Path]) -> list[str]:
    """Name paths by their last part, with as many of the preceding parts as needed for unique names."""
    parts = [_parts(path) for path in paths]
    different = set(parts)
    sizes = range(1, max(map(len, parts), default=1) + 1)
    size = next((size for size in sizes if len({one[-size:] for one in different}) == len(different)), 1)
    names = ["/".join(one[-size:]) for one in parts]
    return [f"{name} ({place})" if names.count(name) > 1 else name for place, name in enumerate(names, 1)]


def _parts(path: Path) -> tuple[str, ...]:
    """Split a path; for ``DIR/report/report.json``, the folder."""
    path = path.resolve()
    folder = path.parent.parent if path.name == "report.json" and path.parent.name == "report" else path
    return folder.parts[1:] or (path.name,)


def model_lines(runs: Sequence[NamedRun], wanted: Mapping[str, Sequence[str]]) -> tuple[list[Versions], list[str]]:
    """Match the models of the runs by name, or as given: a model's name → its names in other runs.

    Without ``wanted``, runs of one model each are versions of one model, whatever its names. Returns the lines of
    models that at least two runs have, and the names of those that only one run has. Raises
    :class:`~auditor.errors.UsageError` for a name that no run has, and if a run has two models of one line.
    """
    views = [[model for model in run.view.models if model.samples] for run in runs]
    if not wanted and all(len(models) == 1 for models in views):
        return _split([Versions(views[-1][0].name, {place: models[0] for place, models in enumerate(views)})])
    names = {name: (name,) for models in views for name in sorted(model.name for model in models)}
    aliases = {name: (name, *others) for name, others in wanted.items()} if wanted else names
    lines = []
    for name, known in aliases.items():
        found = {place: _one_of(models, known, runs[place].name) for place, models in enumerate(views)}
        there = {place: model for place, model in found.items() if model is not None}
        if not there:
            there_are = ", ".join(names)
            raise UsageError(f"no run has a model {name!r} with samples", remedy=f"models here: {there_are}")
        lines.append(Versions(name, there))
    return _split(lines)


def _one_of(models: Sequence[ModelView], names: Sequence[str], run: str) -> ModelView | None:
    found = [model for model in models if model.name in names]
    if len(found) > 1:
        both = " and ".join(repr(model.name) for model in found)
        raise UsageError(f"has {both}, which are declared to be one model", where=run, remedy="drop one of the names")
    return found[0] if found else None


def _split(lines: Sequence[Versions]) -> tuple[list[Versions], list[str]]:
    return [line for line in lines if len(line.models) > 1], [line.name for line in lines if len(line.models) == 1]
