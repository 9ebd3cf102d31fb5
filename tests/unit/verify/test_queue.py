"""What runs: of programs alike in layout the first, or all of them where comparing costs more than it spares."""

from __future__ import annotations

import pytest

from auditor.engine.dask import BATCH
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.targets import Target, TargetKind
from auditor.verify.batch import Judged
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
