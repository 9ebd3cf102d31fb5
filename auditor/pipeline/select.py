"""Compare selection rules on a run: observe its accepted programs and store the result with the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.grading.behaviour import Behaviour, behaviours, observable
from auditor.grading.written_tests import WrittenTest, read_written_tests
from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.run import Run
from auditor.records import Label
from auditor.results import Analysis, ModelAnalysis, Selection, Selections
from auditor.store import Store, StyledProgram
from auditor.verify.observe import Observer

INPUTS, TESTS = 100, 200
"""Largest number of new inputs per task, and of distinct written tests per task."""


@dataclass(frozen=True, slots=True)
class SelectOptions:
    """Options of the comparison of selection rules."""

    inputs: int = INPUTS
    """New inputs per task."""
    tests: Path | None = None
    """JSONL file of written tests."""
    most_tests: int = TESTS
    """Distinct written tests per task, the most frequent ones."""
    subsets: int = 200
    """Random subsets per task and number of draws."""


def selection_of(store: Store, entry: ModelAnalysis) -> Selection | None:
    """Return a model's stored comparison; ``None`` if there is none or it was made from other samples."""
    kept = store.meta.selections
    found = {} if kept is None else {one.model: one for one in kept.models}
    one = found.get(entry.model)
    return one if one is not None and one.samples == entry.samples else None


def select(run: Run, store: Store, options: SelectOptions) -> Selections:
    """Observe the accepted programs, compare the rules for each model of the analysis, and store the result.

    Raises :class:`~auditor.errors.UsageError` without an analysis.
    """
    analysis = analysis_of(store)
    rubric = store.meta.rubric
    accepted = {
        entry.model: list(store.accepted_programs(entry.model, rubric.hash if rubric else None))
        for entry in analysis.models
    }
    written = {} if options.tests is None else read_written_tests(options.tests, run.tasks, most=options.most_tests)
    wanted = {row.task_id for entry in analysis.models for row in entry.per_task if row.base_passes}
    ids: dict[str, dict[str, None]] = defaultdict(dict)
    for rows in accepted.values():
        for row in rows:
            if row.task_id in wanted:
                ids[row.task_id].setdefault(row.program)
    lengths, seen = _observed(run, store, ids, written, options)
    advance = run.progress.stage("comparing rules", len(analysis.models))
    models = []
    for entry in analysis.models:
        found = _compared(entry, analysis, accepted[entry.model], lengths, seen, written, options)
        models += [] if found is None else [found]
        advance(1)
    result = Selections(models=tuple(models))
    with store.transaction():
        store.meta.selections = result
    return result


def _observed(
    run: Run, store: Store, ids: Mapping[str, Mapping[str, None]], written: Mapping[str, Sequence[WrittenTest]],
    options: SelectOptions,
) -> tuple[dict[str, int], dict[str, Behaviour]]:  # fmt: skip
    """Run the programs of each task; return the length of each and, if it could be observed, its behaviour."""
    lengths: dict[str, int] = {}
    seen: dict[str, Behaviour] = {}
    advance = run.progress.stage("observing programs", sum(map(len, ids.values())))
    with Observer(run.config.verify) as observer:
        for task_id, names in ids.items():
            sources = {one.program: one.solution for one in store.programs(list(names))}
            lengths |= {name: len(source) for name, source in sources.items()}
            task = run.tasks.get(task_id)
            if task is not None and observable(task):
                tests = written.get(task_id, ())
                seen |= behaviours(
                    task, sources, observer, inputs=options.inputs, tests=tests, seed=run.config.analysis.seed
                )
            advance(len(names))
    return lengths, seen


def draws_up_to(most: int) -> list[int]:
    """List 1, 2, 5, 10, 20, 50 … below ``most``, and ``most`` itself."""
    rounds = [lead * 10**power for power in range(len(str(most))) for lead in (1, 2, 5)]
    return [*(number for number in rounds if number < most), most]


def _compared(
    entry: ModelAnalysis, analysis: Analysis, rows: Sequence[StyledProgram], lengths: Mapping[str, int],
    seen: Mapping[str, Behaviour], written: Mapping[str, Sequence[WrittenTest]], options: SelectOptions,
) -> Selection | None:  # fmt: skip
    """Compare the rules on one model; ``None`` if it has no accepted program."""
    import numpy as np

    from auditor.analysis.selection import AcceptedProgram, TaskPool, compare_rules

    by_task: dict[str, list[StyledProgram]] = defaultdict(list)
    for row in rows:
        by_task[row.task_id].append(row)
    most = entry.curve[-1].attempts if entry.curve else 1
    per_task = [row for row in entry.per_task if row.n >= most]
    if not any(row.base_passes for row in per_task):
        return None
    pools = [
        TaskPool(
            task.task_id, task.n,
            tuple(
                AcceptedProgram(
                    right=one.label is Label.TRUE_POSITIVE, samples=one.samples, length=lengths[one.program],
                    answers=seen[one.program].answers if one.program in seen else (),
                    tests=seen[one.program].passed if one.program in seen else frozenset(), score=one.score,
                )
                for one in by_task[task.task_id]
            ),
            tuple(test.times for test in written.get(task.task_id, ())),
        )
        for task in per_task
    ]  # fmt: skip
    names = {name: place for place, name in enumerate(dict.fromkeys(row.family or row.task_id for row in per_task))}
    clusters = np.array([names[row.family or row.task_id] for row in per_task]) if len(names) < len(per_task) else None
    return compare_rules(
        entry.model, pools, draws_up_to(most), analysis.options, samples=entry.samples, subsets=options.subsets,
        clusters=clusters,
    )  # fmt: skip
