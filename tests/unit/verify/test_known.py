"""Benchmarks whose references need not run before a program needs what they give."""

from __future__ import annotations

import pytest

from auditor.config import VerifyConfig
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, program_id
from auditor.targets import Target
from auditor.verify import Verifier, known
from auditor.verify.levels import available


@pytest.mark.skipif(available() == "none", reason="confinement is for Linux on x86-64 and aarch64")
def test_a_reference_runs_once_a_program_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """None runs beforehand; a plus suite's not before a program passes base, and one that then fails is named."""
    reference = "def f(x):\n    if x > 9: raise ValueError('late')\n    return x\n"
    task = Task("T/1", "", Target.function("f"), reference, InputSuite(((1,), (2,))), InputSuite(((10,),)))
    monkeypatch.setattr(known, "are_fit", lambda benchmark, _python: benchmark == "ours")
    sources = ["def f(x):\n    return 0\n", reference]
    programs = [Program(program_id("T/1", source), "T/1", source) for source in sources]
    with Verifier({"T/1": task}, VerifyConfig(workers=1), benchmark="ours") as verifier:
        steps: list[int] = []
        assert verifier.check_references(steps.append) == {}
        assert steps == [1]
        found = {v.program: v for verdicts in verifier.verify(programs) for v in verdicts}
    wrong, right = (found[program.program] for program in programs)
    assert (wrong.suite, wrong.outcome) == (SuiteName.BASE, Outcome.FAIL)
    assert (right.suite, right.outcome) == (SuiteName.PLUS, Outcome.ERROR)
    assert "ValueError: late" in right.detail
    with Verifier({"T/1": task}, VerifyConfig(workers=1)) as verifier:
        assert list(verifier.check_references()) == ["T/1"]
