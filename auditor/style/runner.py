"""Score many programs: an engine distributes batches to workers; results are in order.

A worker that dies on a program (out of time, memory or stack) has reported which program and step it was on. That step
is skipped for that program, the rest goes to a new worker, and the result names what gave no answer, so that no program
can end or stall a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auditor.engine import Engine
from auditor.engine.local import LocalEngine
from auditor.records import Program, StyleResult
from auditor.style.job import ScoredBatch, StyleBatch, StyleJob, Submission
from auditor.style.rubric import Rubric

BATCH = 40
"""Programs per batch: enough to amortise the start of a linter's process, few enough to keep all workers busy."""
BATCH_CHARACTERS = 200_000
"""Characters per batch, unless one program has more; a worker keeps the syntax trees of a whole batch in memory."""
SECONDS = 20.0
"""CPU seconds allowed for one step on one program; the slowest linter needs some 0.01."""


def score_programs(
    programs: Iterable[Program],
    prompts: Mapping[str, str],
    rubric: Rubric,
    *,
    workers: int = 0,
    seconds: float = SECONDS,
    engine: Engine | None = None,
) -> Iterator[StyleResult]:
    """Score programs under a rubric and yield one result each, in the order given.

    ``prompts`` are by task id; without one, every line is charged to the model. ``engine`` says where the
    work runs, by default on ``workers`` cores of this machine (0: all of them). ``seconds`` bounds the CPU time of
    one linter on one program. Programs are read as they are needed, two batches ahead for each worker.
    """
    early: dict[int, ScoredBatch] = {}
    due = 0
    with (engine or LocalEngine(workers)).start(StyleJob(rubric, seconds)) as session:
        for scored in session.map(batches(programs, prompts)):
            early[scored.first] = scored
            while due in early:
                results = early.pop(due).results
                yield from results
                due += len(results)


def batches(programs: Iterable[Program], prompts: Mapping[str, str]) -> Iterator[StyleBatch]:
    """Group programs into batches of bounded size, each program with the prompt of its task."""
    first = size = 0
    waiting: list[Submission] = []
    for one in programs:
        submission = Submission(one.program, one.solution, prompts.get(one.task_id, ""))
        size += len(submission.solution) + len(submission.prompt)
        if waiting and (size > BATCH_CHARACTERS or len(waiting) == BATCH):
            yield StyleBatch(first, tuple(waiting))
            first, size = first + len(waiting), len(submission.solution) + len(submission.prompt)
            waiting = []
        waiting.append(submission)
    if waiting:
        yield StyleBatch(first, tuple(waiting))
