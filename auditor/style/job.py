"""The unit of work for style: a picklable batch of programs, for which a worker computes style results.

:class:`StyleJob` follows :class:`auditor.engine.Job`, so that any engine can run it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from auditor.errors import AuditorError
from auditor.records import StyleResult
from auditor.style.messages import ProgramMessage
from auditor.style.process import BETWEEN, LinterProcess, WorkerDied
from auditor.style.rubric import Rubric

BATCHES_PER_PROCESS = 100
"""Batches after which a process is replaced, since linters grow by some 15 MB in a thousand programs."""
IDLE_DEATHS = 3
"""Consecutive processes that may die before they start on a program, e.g. killed from outside."""


class Submission(NamedTuple):
    """One program to score."""

    program: str
    """Its id."""
    solution: str
    prompt: str
    """The prompt that it answers; if empty, every line is the model's."""


@dataclass(frozen=True, slots=True)
class StyleBatch:
    """Programs to score together. Their results do not depend on one another."""

    first: int
    """Index of its first program among all, from 0."""
    programs: tuple[Submission, ...]


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """The results of a batch."""

    first: int
    """The batch's."""
    results: tuple[StyleResult, ...]
    """One per program, in the order of the batch."""


@dataclass(frozen=True, slots=True)
class StyleJob:
    """How to score batches, in any process; picklable."""

    rubric: Rubric
    seconds: float
    """CPU seconds allowed for one linter on one program."""

    @property
    def shared(self) -> tuple[type, ...]:
        """Empty, since programs are small."""
        return ()

    @property
    def environment(self) -> str:
        """The versions of the linters and of Python, on which findings depend."""
        from auditor.style.rubric import tool_versions

        return ", ".join(f"{tool} {version}" for tool, version in sorted(tool_versions(self.rubric).items()))

    def split(self, item: StyleBatch) -> Sequence[StyleBatch]:
        """Halve a batch."""
        middle = len(item.programs) // 2
        if not middle:
            return (item,)
        first, second = item.programs[:middle], item.programs[middle:]
        return StyleBatch(item.first, first), StyleBatch(item.first + middle, second)

    def rest(self, item: StyleBatch, records: Sequence[ScoredBatch]) -> StyleBatch | None:
        """Return the batch unless it has its record, as all its results come together."""
        return None if records else item

    def give_up(self, item: StyleBatch, reason: str) -> Iterator[ScoredBatch]:
        """Return results without scores that say why."""
        from auditor.style.scoring import unparsable
        from auditor.style.source import Unparsable

        results = (unparsable(one.program, self.rubric, Unparsable(reason)) for one in item.programs)
        yield ScoredBatch(item.first, tuple(results))

    @property
    def about(self) -> str:
        """Return the hash in the results."""
        return self.rubric.hash

    def open(self) -> StyleJob:
        """Return itself: workers share nothing but the job."""
        return self

    def worker(self, number: int) -> StyleWorker:  # noqa: ARG002 - all workers are alike
        """Create a worker."""
        return StyleWorker(self)

    def close(self) -> None:
        """Do nothing: nothing is shared."""


class StyleWorker:
    """Scores one batch at a time in its own linter process, which it replaces when the process dies or has grown."""

    def __init__(self, job: StyleJob) -> None:
        """Store the job; the process is started with the first batch."""
        self._job = job
        self._process: LinterProcess | None = None
        self._stopped = False

    def run(self, item: StyleBatch) -> Iterator[ScoredBatch]:
        """Score a batch: one record with a result per program, in order.

        A program that ends the process is linted again without the step that it was on, and the rest becomes a separate
        batch, so that each program is linted at most once more per step, however many end the process. Raises
        :class:`~auditor.errors.AuditorError` if the linters do not work at all.
        """
        yield ScoredBatch(item.first, tuple(self._results(item.programs)))

    def _results(self, programs: Iterable[Submission]) -> list[StyleResult]:
        results: list[StyleResult] = []
        waiting: list[list[ProgramMessage]] = [
            [{"program": one.program, "solution": one.solution, "prompt": one.prompt, "skip": {}} for one in programs]
        ]
        idle_deaths = 0
        while waiting:
            rows = waiting.pop()
            try:
                results += self._run_once(rows)
            except WorkerDied as death:
                if self._stopped:
                    raise
                if (death.program, death.step) == BETWEEN and idle_deaths < IDLE_DEATHS:
                    idle_deaths += 1  # it died before it started on any of these programs
                    waiting.append(rows)
                    continue
                culprit = _culprit(rows, death)
                rows[culprit]["skip"][death.step] = death.why
                waiting += [part for part in (rows[culprit + 1 :], rows[: culprit + 1]) if part]
        return results

    def _run_once(self, rows: list[ProgramMessage]) -> list[StyleResult]:
        if self._process is None:
            self._process = LinterProcess(self._job.rubric, self._job.seconds)
        process = self._process
        if self._stopped:  # checked last: stop() may have been called while the process was starting
            raise WorkerDied(*BETWEEN, "called off")
        try:
            results = process.run(rows)
        except BaseException:
            self._retire()
            raise
        if process.batches >= BATCHES_PER_PROCESS:
            self._retire()
        return results

    def _retire(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def stop(self) -> None:
        """End the current run, from any thread."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process."""
        self._retire()


def _culprit(rows: Sequence[ProgramMessage], death: WorkerDied) -> int:
    """Return the index of the program that ended a process; raise if none of them can be blamed."""
    found = next((place for place, row in enumerate(rows) if row["program"] == death.program), None)
    if found is None or death.step in rows[found]["skip"]:
        raise AuditorError(
            f"the style worker cannot work: {death}", remedy="check the memory and the disk of this machine"
        ) from None
    return found
