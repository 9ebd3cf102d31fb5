"""Written tests: which claims are read from texts and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.errors import InputError
from auditor.grading.written_tests import claims_in, counted, read_written_tests


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("assert f(1, [2]) == {'a': 3}", [((1, [2]), {"a": 3})]),
        ("assert f(1) == 2, 'message'\nassert f(2) is True", [((1,), 2), ((2,), True)]),
        ("    f(-1) == 2\nassert \n    f(3) == 4 # end\nassert f(", [((-1,), 2), ((3,), 4)]),
        ("assert not f('assert')", []),
        ("assert not f('x')\nassert f('y')", [(("x",), False), (("y",), True)]),
        ("assert f(x) == 1\nassert g(1) == 1\nassert f(1) == y\nassert f(a=1) == 1\nassert f(1) < 2", []),
        ("assert f(1) == 2\ndef other():\n    pass", [((1,), 2)]),
    ],
)  # fmt: skip
def test_claims_are_calls_on_literals(text: str, claims: list[object]) -> None:
    assert list(claims_in(text, "f")) == claims


def test_equal_claims_are_counted_and_five_of_a_text_are_taken() -> None:
    many = "\n".join(f"assert f({number}) == 0" for number in range(9))
    found = counted([many, "assert f( 3 ) == 0", "assert f(3) == 1"], "f")
    assert len(found) == 6
    assert (found[0].arguments, found[0].times) == ((3,), 2)


def test_a_file_names_tasks_by_id_or_by_prompt(tmp_path: Path) -> None:
    tasks = {task.task_id: task for task in load_benchmark("demo").tasks}
    first, second, *_ = tasks.values()
    rows = [
        {"task_id": first.task_id, "tests": [f"assert {first.target.name}(1) == 2"]},
        {
            "prompt": f"{second.prompt[:60]}\n    pass\n\n# check it",
            "samples": [f"assert {second.target.name}(1) == 2"],
        },
        {"task_id": "elsewhere", "tests": ["assert f(1) == 2"]},
    ]
    path = tmp_path / "tests.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = read_written_tests(path, tasks, most=10)
    assert {task_id: len(tests) for task_id, tests in found.items()} == {first.task_id: 1, second.task_id: 1}
    path.write_text(json.dumps(rows[2]) + "\n")
    with pytest.raises(InputError, match="no test of a task"):
        read_written_tests(path, tasks, most=10)
