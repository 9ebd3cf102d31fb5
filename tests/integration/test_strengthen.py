"""``auditor tasks strengthen``: more plus tests, none of which rejects a right program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.grading.inputs import generate
from auditor.grading.strengthen import Strengthened
from auditor.grading.stronger_file import as_json, as_text, strengthen_file
from auditor.verify import Verifier

CLIP = """\
def clip(x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x
"""
ROWS = [
    {
        "task_id": "Own/clip", "prompt": "def clip(x, low, high):\n", "entry_point": "clip", "reference": CLIP,
        "correct": ["def clip(x, low, high):\n    return max(low, min(x, high))\n"],
        "base": {"inputs": [[5, 0, 10]], "outputs": [5]}, "plus": {"inputs": [[6, 0, 10]], "outputs": [6]},
    },
    {
        "task_id": "Own/stdin", "prompt": "Print it.\n", "reference": "print(input())\n",
        "base": {"stdin": ["1\n"], "stdout": ["1\n"]}, "plus": {"stdin": ["2\n"], "stdout": ["2\n"]},
    },
]  # fmt: skip
CONFIG = VerifyConfig(workers=1)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Strengthened], Path]:
    folder = tmp_path_factory.mktemp("strengthen")
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    text, found = strengthen_file(path, CONFIG, most=80, extra=1)
    stronger = folder / "stronger.jsonl"
    stronger.write_text(text)
    return text, found, stronger


def test_accepted_mutants_are_caught(done: tuple[str, list[Strengthened], Path]) -> None:
    """Suites that never leave the range accept a dropped guard; new inputs outside it do not."""
    _, (clip, program), _ = done
    assert clip.caught >= 2
    assert clip.caught < clip.suspects  # shifted bounds mean the same
    assert sum(not test.kills for test in clip.tests) <= 1
    assert program.skipped
    assert not program.tests


def test_no_right_program_is_rejected(done: tuple[str, list[Strengthened], Path]) -> None:
    """Where low exceeds high the two right programs differ: those inputs are listed, none is a test."""
    _, (clip, _), stronger = done
    assert any(low > high for _, low, high in clip.underspecified)  # type: ignore[operator, misc]
    assert not {test.arguments for test in clip.tests} & set(clip.underspecified)
    tasks = {task.task_id: task for task in load_benchmark(stronger).tasks}
    with Verifier(tasks, CONFIG) as verifier:
        assert verifier.check_references() == {}


def test_rows_keep_all_else(done: tuple[str, list[Strengthened], Path]) -> None:
    """Base and the old plus inputs stay; other kinds of task come out as they were."""
    text, (clip, _), _ = done
    first, second = map(json.loads, text.splitlines())
    assert first["base"] == ROWS[0]["base"]
    assert first["plus"]["inputs"] == [[6, 0, 10], *[list(test.arguments) for test in clip.tests]]
    assert second == ROWS[1]


def test_report_says_what_each_test_kills(done: tuple[str, list[Strengthened], Path]) -> None:
    """Text and JSON name the programs that a test fails."""
    _, found, _ = done
    assert f"{found[0].caught} of {found[0].suspects} accepted mutants" in as_text(found)
    assert "left as it is: a program" in as_text(found)
    first = json.loads(json.dumps(as_json(found)))["tasks"][0]
    assert first["tests"][0]["kills"] == list(found[0].tests[0].kills) != []


def test_inputs_stay_within_what_is_seen_and_repeat() -> None:
    """Without a second right program numbers and lengths stay in their range; the same seed gives the same inputs."""
    from random import Random

    seeds = [([1, 9], "ab", True), ([3, 4, 5], "abcd", False)]
    first = list(generate(seeds, [7, 100], 50, Random(3)))
    assert first == list(generate(seeds, [7, 100], 50, Random(3)))
    assert len({repr(one) for one in first}) == len(first) == 50
    for numbers, text, flag in first:
        assert isinstance(numbers, list)
        assert 2 <= len(numbers) <= 3
        assert all(type(one) is int and 1 <= one <= 9 for one in numbers)
        assert isinstance(text, str)
        assert 2 <= len(text) <= 4
        assert isinstance(flag, bool)
    assert list(generate([], [], 5, Random(0))) == list(generate([()], [], 5, Random(0))) == []
