"""Programs near their memory limit, and more workers than the machine has memory for."""

from __future__ import annotations

import pytest

from auditor.config import VerifyConfig
from auditor.records import InputSuite, Outcome, Program, Task, Verdict, program_id
from auditor.targets import Target
from auditor.verify import Verifier, memory

REFERENCE = "def size(n):\n    return n\n"
HOLDS = "def size(n):\n    held = b'x' * (n << 20)\n    return len(held) >> 20\n"
SUITE = InputSuite(((1,), (262,)))
TASK = Task("T/size", "", Target.function("size"), REFERENCE, SUITE, SUITE)


def judge(*sources: str, workers: int = 1) -> list[Verdict]:
    programs = [Program(program_id(TASK.task_id, source), TASK.task_id, source) for source in sources]
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=workers, memory_mb=320)) as verifier:
        assert verifier.check_references() == {}
        return [verdicts[0] for verdicts in verifier.verify(programs)]


def test_a_pass_near_the_memory_limit_is_flaky() -> None:
    """It says how close it was; one that needs half of it does not, and one that needs more fails."""
    found = judge(HOLDS, HOLDS.replace("n << 20", "n << 19").replace(">> 20", ">> 19"), HOLDS.replace("20", "21"))
    assert sorted((one.outcome, one.flaky) for one in found) == [
        (Outcome.MEMORY, False), (Outcome.PASS, False), (Outcome.PASS, True),
    ]  # fmt: skip
    assert "of its memory limit" in next(one.detail for one in found if one.flaky)


def test_programs_wait_where_there_is_no_memory_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """With memory for one of them, four workers come to the same verdicts."""
    monkeypatch.setattr(memory, "free_memory", lambda: 1)
    found = judge(*(REFERENCE + f"x = {number}\n" for number in range(8)), REFERENCE.replace("n\n", "-n\n"), workers=4)
    assert sorted(verdict.outcome for verdict in found) == [Outcome.FAIL, *[Outcome.PASS] * 8]
