"""What runs, what runs a second time, and what becomes of a program that no worker survives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

import pytest

from auditor.config import VerifyConfig
from auditor.engine.dask import BATCH
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier
from auditor.verify.batch import Batch, Judged, Place, Standing, VerifyJob
from auditor.verify.verifier import BATCH_CHARACTERS, _Queue

TASK = Task("T/1", "", Target(TargetKind.FUNCTION, "f"), "", InputSuite(((1,),)), InputSuite(()))


def programs(*texts: str) -> list[Program]:
    return [Program(program_id("T/1", text), "T/1", text) for text in texts]


@pytest.mark.parametrize(("compare", "run"), [(True, 2), (False, 3)])
def test_every_program_has_a_verdict_whichever_run(compare: bool, run: int) -> None:
    given = programs("def f(x):\n    return x\n", "def f(x): return x  # one\n", "def f(x):\n    return -x\n")
    queue = _Queue({"T/1": TASK}, {}, 8, compare=compare)
    (batch,) = queue.batches(given)
    assert len(batch.programs) == run
    found = []
    for standing in batch.programs:
        verdict = Verdict(standing.program.program, SuiteName.BASE, Outcome.PASS, 1, b"\1")
        found += [one.program for (one,) in queue.take(Judged(standing.ticket, (verdict,)))]
    assert sorted(found) == sorted(program.program for program in given)


def test_a_batch_is_bounded_in_programs_and_characters() -> None:
    small = programs(*(f"def f(x):\n    return {n}\n" for n in range(BATCH * 2 + 1)))
    queue = _Queue({"T/1": TASK}, {}, BATCH, compare=False)
    assert [len(batch.programs) for batch in queue.batches(small)] == [BATCH, BATCH, 1]
    large = programs(*(f"x = {n}\n" + "#" * (BATCH_CHARACTERS // 3) for n in range(8)))
    assert [len(batch.programs) for batch in queue.batches(large)] == [3, 3, 2]


@dataclass
class Slow:
    """Engine and session in one, on which each program is out of time when it runs for the first time."""

    batch_size: int = BATCH
    width: int = 2
    runs: list[tuple[bool, Standing]] = field(default_factory=list)
    """Every program that ran, and whether that was alone."""

    @property
    def sites(self) -> list[Place]:
        return [Place(SandboxLevel.NONE, "node", "e", "3.11.0", {})]

    def start(self, job: object) -> Self:
        del job
        return self

    def map(self, items: Iterable[Batch], *, alone: bool = False) -> Iterator[Judged]:
        for standing in (one for item in items for one in item.programs):
            self.runs.append((alone, standing))
            if standing.stopped is None:
                yield Judged(standing.ticket, (), SuiteName.BASE, b"\2")
            else:
                outcome = Outcome.TIMEOUT if "while" in standing.program.solution else Outcome.PASS
                yield Judged(standing.ticket, (Verdict(standing.program.program, SuiteName.BASE, outcome, 1, b""),))

    def close(self) -> None:
        """Nothing is held."""


def test_a_program_out_of_time_runs_again_alone_when_all_others_are_done() -> None:
    """Whatever the engine: the driver sends it again, with what the first run showed, and the second run decides."""
    given = programs("def f(x):\n    return x\n", "def f(x):\n    while x:\n        pass\n")
    engine = Slow()
    with Verifier({"T/1": TASK}, VerifyConfig(), engine=engine) as verifier:  # type: ignore[arg-type]
        found = {one.program: one.outcome for (one,) in verifier.verify(given)}
    assert [(alone, standing.stopped, standing.results) for alone, standing in engine.runs] == [
        (False, None, b""), (False, None, b""), (True, SuiteName.BASE, b"\2"), (True, SuiteName.BASE, b"\2")
    ]  # fmt: skip
    assert found == {given[0].program: Outcome.PASS, given[1].program: Outcome.TIMEOUT}


def test_a_program_that_no_worker_survives_is_a_harness_error_by_name() -> None:
    """Halving finds it, and its verdict says why; the others stay to be judged."""
    job = VerifyJob(VerifyConfig(), (SandboxLevel.NONE,), None)
    given = programs(*(f"def f(x):\n    return {n}\n" for n in range(5)))
    batch = Batch(TASK, tuple(Standing(n, one) for n, one in enumerate(given)))
    poison, parts, judged = given[3].program, [batch], list[str]()
    while parts:
        part = parts.pop()
        names = [standing.program.program for standing in part.programs]
        if poison not in names:
            judged += names
        elif len(halves := job.split(part)) > 1:
            parts += halves
        else:
            (record,) = job.give_up(part, "it ended three workers")
    assert isinstance(record, Judged)
    (verdict,) = record.verdicts
    assert (verdict.program, verdict.outcome, verdict.detail) == (poison, Outcome.ERROR, "it ended three workers")
    assert sorted([*judged, poison]) == sorted(one.program for one in given)
    left = job.rest(batch, [Judged(n, ()) for n in range(4)])
    assert left is not None
    assert [standing.ticket for standing in left.programs] == [4]
    assert job.rest(batch, [Judged(n, ()) for n in range(5)]) is None
