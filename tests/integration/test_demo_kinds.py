"""The demo's suites separate right from wrong: its hand-written answers come out as what they are called."""

from __future__ import annotations

import pytest

from auditor.benchmark import demo_variants, load_benchmark
from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, SuiteName, program_id
from auditor.verify import Verifier


@pytest.mark.slow
@pytest.mark.parametrize("source", ["demo", "demo-kinds"])
def test_every_answer_is_what_it_is_called(source: str) -> None:
    """References and correct answers pass both suites, false positives base alone, wrong ones not even base."""
    tasks = {task.task_id: task for task in load_benchmark(source).tasks}
    answers = [(task_id, v.solution, v.kind) for task_id in tasks for v in demo_variants(task_id)]
    kind_of = {program_id(task_id, solution): kind for task_id, solution, kind in answers}
    programs = [Program(program_id(task_id, solution), task_id, solution) for task_id, solution, _ in answers]
    found = {}
    with Verifier(tasks, VerifyConfig()) as verifier:
        assert verifier.check_references() == {}
        for verdicts in verifier.verify(programs):
            outcomes = {verdict.suite: verdict.outcome for verdict in verdicts}
            assert Outcome.ERROR not in outcomes.values()
            passed = [outcomes.get(name) is Outcome.PASS for name in SuiteName]
            found[verdicts[0].program] = {(True, True): "correct", (True, False): "false_positive"}.get(
                (passed[0], passed[1]), "wrong"
            )
    assert found == kind_of
