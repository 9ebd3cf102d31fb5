"""The same figures and gates over several runs, paired by task against one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.config import GateConfig
from auditor.errors import UsageError
from auditor.gates.history.changes import other_changes
from auditor.gates.history.figures import model_history
from auditor.gates.history.lines import NamedRun, Versions, model_lines, open_runs, short_names
from auditor.gates.judge import evaluate
from auditor.gates.rules import check_rules, rules_of
from auditor.gates.view import RunView
from auditor.results import (
    GateResult,
    History,
    HistoryRun,
    OtherChange,
)


def history_of(
    paths: Sequence[Path],
    *,
    baseline: Path | None = None,
    models: Mapping[str, Sequence[str]] | None = None,
    rules: Sequence[GateConfig] | None = None,
    confidence: float = 0.95,
) -> History:
    """Compare the runs in folders or baseline files, oldest first; see :func:`history`.

    ``baseline`` is one of the paths, or an additional run before them; by default it is the first path.
    """
    paths = list(paths)
    if baseline is not None and baseline.resolve() not in [path.resolve() for path in paths]:
        paths.insert(0, baseline)
    place = 0 if baseline is None else [path.resolve() for path in paths].index(baseline.resolve())
    return history(open_runs(paths), baseline=place, models=models, rules=rules, confidence=confidence)


def history_with(
    run: RunView,
    folder: Path,
    earlier: Sequence[Path],
    *,
    baseline: Path | None,
    models: Mapping[str, Sequence[str]],
    rules: Sequence[GateConfig],
    confidence: float,
) -> History:
    """Compare the run being reported with earlier ones; it is the last."""
    earlier = list(earlier)
    if baseline is not None and baseline not in earlier:
        earlier.insert(0, baseline)
    names = short_names([*earlier, folder])
    runs = [NamedRun(name, one.view) for name, one in zip(names, open_runs(earlier), strict=False)]
    place = 0 if baseline is None else earlier.index(baseline)
    return history([*runs, NamedRun(names[-1], run)], baseline=place, models=models, rules=rules, confidence=confidence)


def history(
    runs: Sequence[NamedRun],
    *,
    baseline: int = 0,
    models: Mapping[str, Sequence[str]] | None = None,
    rules: Sequence[GateConfig] | None = None,
    confidence: float = 0.95,
) -> History:
    """Compute every figure of every run, its difference from the baseline paired by task, and other changes.

    ``models`` maps the models wanted to their names in other runs; without it, models match by name.
    ``rules`` are judged on every run; by default those of the last one. Raises
    :class:`~auditor.errors.UsageError` if fewer than two runs are given or no two have a common model.
    """
    if len(runs) < 2:
        raise UsageError("a history needs at least two runs", remedy="name another run folder or baseline file")
    lines, alone = model_lines(runs, models or {})
    if not lines:
        names = "; ".join(f"{run.name}: {', '.join(run.view.names)}" for run in runs)
        remedy = "name the versions of one model: --model NEW=OLD"
        raise UsageError(f"the runs have no model in common ({names})", remedy=remedy)
    chosen = rules_of(runs[-1].view.document).rules if rules is None else rules
    check_rules(chosen)
    described = [_described(place, runs, lines, baseline, chosen) for place in range(len(runs))]
    return History(
        confidence=confidence,
        runs=tuple(described),
        models=tuple(model_history(line, runs, baseline, confidence) for line in lines),
        alone=tuple(alone),
    )


def _described(
    place: int, runs: Sequence[NamedRun], lines: Sequence[Versions], baseline: int, rules: Sequence[GateConfig]
) -> HistoryRun:
    run = runs[place].view
    return HistoryRun(
        name=runs[place].name,
        baseline=place == baseline,
        benchmark=run.benchmark.name if run.benchmark else "",
        tasks=run.benchmark.tasks if run.benchmark else 0,
        since_previous=_between(place - 1, place, runs, lines) if place else (),
        since_baseline=_between(baseline, place, runs, lines) if place != baseline else (),
        gates=tuple(_judged(place, runs, lines, baseline, rules)),
    )


def _between(before: int, after: int, runs: Sequence[NamedRun], lines: Sequence[Versions]) -> tuple[OtherChange, ...]:
    pairs = [
        (line.models[before].name, line.models[after].name) for line in lines if {before, after} <= set(line.models)
    ]
    return other_changes(runs[before].view, runs[after].view, pairs)


def _judged(
    place: int, runs: Sequence[NamedRun], lines: Sequence[Versions], baseline: int, rules: Sequence[GateConfig]
) -> Iterator[GateResult]:
    """Judge the rules on one run, using its models' names in the last run."""
    if not rules:
        return
    run, saved = (_renamed(at, runs, lines) for at in (place, baseline))
    one, other = run.benchmark, saved.benchmark
    comparable = one is None or other is None or one.digest == other.digest
    for result in evaluate(rules, run, saved if comparable else None):
        if result.model in run.names or result.members:
            yield result


def _renamed(place: int, runs: Sequence[NamedRun], lines: Sequence[Versions]) -> RunView:
    models = [replace(line.models[place], name=line.name) for line in lines if place in line.models]
    return replace(runs[place].view, models=tuple(sorted(models, key=lambda one: one.name)))
