"""``auditor tasks strengthen`` on programs that read standard input."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.grading.stronger_file import Options, strengthen_file
from auditor.records import Outcome, Program, StdinSuite, program_id
from auditor.verify import Verifier

REFERENCE = "n = int(input())\nvalues = list(map(int, input().split()))\nprint(max(values) - min(values))\n"
OTHER = "import sys\n\nwords = sys.stdin.read().split()[1:]\nprint(max(map(int, words)) - min(map(int, words)))\n"
"""Right, written otherwise."""
WRONG = "input()\nvalues = list(map(int, input().split()))\nprint(values[-1] - values[0])\n"
"""Right if the first value is the smallest and the last the largest, as in every present test."""
REAL = "import os\n\nvalues = list(map(int, os.read(0, 9999).split()[1:]))\nprint(max(values) - min(values))\n"
"""Right, but reads the descriptor itself: it can only be judged with real streams."""


def test_a_program_s_suite_is_strengthened(tmp_path: Path) -> None:
    """A wrong program that the present tests accept is killed; right ones pass; counts in the inputs agree."""
    row = {
        "task_id": "P/spread", "prompt": "Print the largest minus the smallest value.\n", "reference": REFERENCE,
        "correct": [OTHER, REAL],
        "base": {"stdin": ["2\n1 2\n", "4\n1 5 3 9\n"], "stdout": ["1\n", "8\n"]},
        "plus": {"stdin": ["1\n5\n"], "stdout": ["0\n"]},
    }  # fmt: skip
    source, answers = tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl"
    source.write_text(json.dumps(row) + "\n")
    answers.write_text(json.dumps({"task_id": "P/spread", "solution": WRONG}) + "\n")
    config = VerifyConfig(workers=1)
    text, (found,) = strengthen_file(source, config, Options(inputs=40, tests=5), samples=[answers])
    assert not found.skipped
    assert "sample 1" in {name for test in found.tests for name in test.kills}
    for test in found.tests:
        (given,) = test.arguments
        count, values = str(given).splitlines()
        assert int(count) == len(values.split())
    stronger = tmp_path / "stronger.jsonl"
    stronger.write_text(text)
    tasks = {task.task_id: task for task in load_benchmark(stronger).tasks}
    plus = tasks["P/spread"].plus
    assert isinstance(plus, StdinSuite)
    assert plus.stdin[0] == "1\n5\n", "present tests stay"
    with Verifier(tasks, config) as verifier:
        assert verifier.check_references() == {}
        programs = [Program(program_id("P/spread", source), "P/spread", source) for source in (OTHER, WRONG, REAL)]
        judged = {one[0].program: one for one in verifier.verify(programs)}
    outcomes = [[verdict.outcome for verdict in judged[one.program]] for one in programs]
    assert outcomes == [
        [Outcome.PASS, Outcome.PASS], [Outcome.PASS, Outcome.FAIL], [Outcome.PASS, Outcome.PASS]
    ]  # fmt: skip
