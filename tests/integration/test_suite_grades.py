"""``auditor tasks check --grade``: what suites are worth, on suites of known worth."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auditor.benchmark import load_benchmark
from auditor.cli.app import app
from auditor.errors import UsageError
from auditor.grading.requirements import Requirement, SuiteMetric
from auditor.grading.suite_tests import FailedTests, figures_of_tests, joined
from auditor.grading.suites import PoolName, specimens
from auditor.mutation.mutate import mutants
from auditor.results import Estimate, Judgement
from auditor.verify.protocol import Job
from auditor.verify.server import Zygote

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
        "wrong": ["def clip(x, low, high):\n    return min(x, high)\n", "def clip(x, low, high):\n    return [x]\n"],
        "base": {"inputs": [[5, 0, 10], [11, 0, 10]]}, "plus": {"inputs": [[-1, 0, 10], [5, 0, 10]]},
    },
    {
        "task_id": "Own/positive", "prompt": "def positive(x):\n", "entry_point": "positive",
        "reference": "def positive(x):\n    return x > 0\n",
        "base": {"inputs": [[1]]}, "plus": {"inputs": [[2]]},
    },
    {
        "task_id": "Own/stdin", "prompt": "Print the sum.\n", "reference": "print(sum(map(int, input().split())))\n",
        "base": {"stdin": ["1 2\n"], "stdout": ["3\n"]}, "plus": {"stdin": ["0 0\n"], "stdout": ["0\n"]},
    },
]  # fmt: skip


def run(path: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["tasks", "check", str(path), "--workers", "1", "--quiet", "--grade", *words])
    return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grades") / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture(scope="module")
def graded(tasks: Path) -> tuple[int, dict[str, Any]]:
    code, out = run(tasks, "--format", "json", "--require", "suite_controls=0")
    return code, json.loads(out)["grade"]


def test_accepted_controls_are_named(graded: tuple[int, dict[str, Any]]) -> None:
    """A suite without a negative case accepts ``return True``; the gate on controls then fails."""
    code, grade = graded
    found = {(row["task_id"], row["about"], row["plus"]) for row in grade["accepted_controls"]}
    assert found == {
        ("Own/positive", "returns True", "pass"),
        ("Own/positive", "echoes its first argument", "fail"),  # 1 == True
    }
    assert (grade["base"]["controls_passed"], grade["plus"]["controls_passed"]) == (2, 1)
    assert code == 3


def test_references_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grade takes what the check of the references has measured: one stage, and no reference runs again."""
    started: list[str] = []
    row, run = ROWS[1], Zygote.run

    def noted(self: Zygote, job: Job, source: str, **more: Any) -> Any:
        started.append(source)
        return run(self, job, source, **more)

    monkeypatch.setattr(Zygote, "run", noted)
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps(row) + "\n")
    ran = []
    for more in ([], ["--grade", "--mutants", "1"]):
        started.clear()
        words = ["tasks", "check", str(path), "--workers", "1", *more]
        stages = CliRunner().invoke(app, words).stderr.splitlines()
        ran.append(started.count(row["reference"]))
        assert stages.count("references: 1") == 1
    assert ran[0] == ran[1] > 0


def test_known_programs_give_the_rates(graded: tuple[int, dict[str, Any]]) -> None:
    """Base rejects one of two wrong programs, base and plus reject both; the right one is accepted."""
    _, grade = graded
    assert grade["base"]["true_negative_rate"]["value"] == 0.5
    assert grade["plus"]["true_negative_rate"]["value"] == 1.0
    assert grade["plus"]["true_positive_rate"]["value"] == 1.0
    assert grade["rejected_right"] == grade["accepted_wrong"] == []


def test_survivors_pass_every_test(graded: tuple[int, dict[str, Any]]) -> None:
    """The bounds of clip mean the same when shifted, that of positive is not tested; base kills less than both."""
    _, grade = graded
    assert {(row["task_id"], row["about"]) for row in grade["survivors"]} == {
        ("Own/clip", "line 2: shift bound"), ("Own/clip", "line 4: shift bound"),
        ("Own/positive", "line 2: shift bound"),
    }  # fmt: skip
    assert grade["base"]["mutation_score"]["value"] < grade["plus"]["mutation_score"]["value"] < 1
    assert grade["errors"] == 0
    assert grade["tasks"] == 3


def test_suites_that_misjudge_known_programs_are_graded(tmp_path: Path) -> None:
    """A suite that rejects a right program and accepts a wrong one is unfit for an audit, and its rates say so."""
    row = {
        "task_id": "Own/pick", "prompt": "def pick(xs):\n", "entry_point": "pick",
        "reference": "def pick(xs):\n    return [max(xs)]\n",
        "correct": ["def pick(xs):\n    return (max(xs),)\n", "def pick(xs):\n    return sorted(xs)[-1:]\n"],
        "wrong": ["def pick(xs):\n    return [xs[0]]\n", "def pick(xs):\n    return [xs[-1]]\n"],
        "base": {"inputs": [[[3, 2]]]}, "plus": {"inputs": [[[5, 4]]]},
    }  # fmt: skip
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps(row) + "\n")
    code, out = run(path, "--format", "json")
    document = json.loads(out)
    grade = document["grade"]
    assert (code, list(document["unfit"])) == (1, ["Own/pick"])
    assert grade["plus"]["true_positive_rate"]["value"] == grade["plus"]["true_negative_rate"]["value"] == 0.5
    assert [row["about"] for row in grade["rejected_right"]] == ["known right, number 1"]
    assert [row["about"] for row in grade["accepted_wrong"]] == ["known wrong, number 1"]


def test_text_fits_80_columns(tasks: Path) -> None:
    """The figures are readable on a narrow terminal, and a missed score of few tasks stays open."""
    code, out = run(tasks, "--task", "Own/positive", "--require", "suite_mutation_score=0.9")
    assert max(map(len, out.splitlines())) <= 80
    assert "controls accepted         2 of 9                    1 of 9" in out
    assert code == 4


def test_specimens_are_the_same_again_and_differ(tasks: Path) -> None:
    """Programs are the same each time, each once; a limit thins mutants out."""
    clip = load_benchmark(tasks).tasks[0]
    first = specimens(clip)
    assert first == specimens(clip)
    assert len({one.program.program for one in first}) == len(first)
    assert sum(one.pool is PoolName.MUTANT for one in specimens(clip, 3)) == 3
    without = replace(clip, reference="")
    assert not any(one.pool is PoolName.MUTANT for one in specimens(without))


def test_every_mutant_parses_and_differs() -> None:
    """A mutant is a program whose tree differs from the reference's and from the others'."""
    found = [ast.unparse(ast.parse(one.source)) for one in mutants(CLIP)]
    assert len(found) > 4
    assert len({*found, ast.unparse(ast.parse(CLIP))}) == len(found) + 1


def test_a_requirement_follows_the_interval() -> None:
    """Above the interval fails, below passes, inside is open; what is no metric is refused."""

    class Plus:
        mutation_score = Estimate(0.8, 0.7, 0.9)
        controls_passed = 1

    class Grade:
        plus = Plus()

    def verdict(text: str) -> Judgement:
        return Requirement.parse(text).verdict(Grade())  # type: ignore[arg-type]

    assert verdict("suite_mutation_score=0.7") is Judgement.PASS
    assert verdict("suite_mutation_score=0.75") is Judgement.INCONCLUSIVE
    assert verdict("suite_mutation_score=0.95") is Judgement.FAIL
    assert (verdict("suite_controls=1"), verdict("suite_controls=0")) == (Judgement.PASS, Judgement.FAIL)
    assert str(Requirement(SuiteMetric.CONTROLS, 0)) == "suite_controls at most 0"
    for bad in ("suite_controls", "suite_mutation_score=2", "speed=1", "suite_controls=-1"):
        with pytest.raises(UsageError, match="--require"):
            Requirement.parse(bad)


@pytest.mark.parametrize("kind", ["function", "program", "class", "unittest"])
def test_every_kind_of_suite_is_counted_test_by_test(kind: str, tmp_path: Path) -> None:
    """Counts of tests add up for each kind, and both suites together kill what the mutation score says."""
    result = CliRunner().invoke(app, ["init", str(tmp_path / "audit.toml"), "--kind", kind])
    assert result.exit_code == 0, result.output
    _, out = run(tmp_path / "tasks.jsonl", "--format", "json")
    grade = json.loads(out)["grade"]
    for suite in ("base", "plus"):
        value = grade[suite]["value"]
        assert 0 <= value["idle"] <= value["tests"]
        assert 0 <= value["sole"] <= value["tests"] - value["idle"]
        assert value["killed"][-1] == pytest.approx(grade[suite]["mutation_score"]["value"])
        assert value["unbounded"] is None or value["killed"][-1] + value["unbounded"] <= 1 + 1e-12


def test_figures_of_tests() -> None:
    """Idle tests, tests that one program alone fails, and the share killed by random choices of them."""
    programs = [
        FailedTests("a", 8, frozenset({0})), FailedTests("a", 8, frozenset({0, 1, 2, 3})),
        FailedTests("b", 8, frozenset()),
    ]  # fmt: skip
    found = figures_of_tests(programs)
    assert (found.tests, found.idle, found.sole) == (16, 12, 3)
    first = (1 / 8 + 4 / 8 + 0) / 3  # one test drawn of eight
    quarter = (2 / 8 + (1 - 6 / 28) + 0) / 3  # two: C(4, 2) / C(8, 2) miss the second
    assert found.killed[:2] == pytest.approx((first, quarter))
    assert found.killed[3] == pytest.approx(2 / 3)
    assert found.unbounded is None  # the last rise is no smaller than the one before
    (wide,) = (FailedTests("a", 8, frozenset({0, 1, 2})),)
    rises = figures_of_tests([wide])
    before, last = rises.killed[2] - rises.killed[1], rises.killed[3] - rises.killed[2]
    assert before > last > 0
    assert rises.unbounded == pytest.approx(min(1 - rises.killed[3], last**2 / (before - last)))
    assert figures_of_tests([]).killed == ()
    both = joined(programs[1], wide)
    assert (both.tests, both.failed) == (16, {0, 1, 2, 3, 8, 9, 10})
    assert figures_of_tests(programs, [both]).killed == figures_of_tests([both]).killed
    assert figures_of_tests([FailedTests("a", 2, frozenset({0, 1}))]).unbounded == 0.0


def test_tasks_without_a_reference_are_not_called_fit(tmp_path: Path) -> None:
    """No program has shown that their tests can be passed: text and JSON say so."""
    tests = json.dumps([{"input": "1\n", "output": "1\n", "testtype": "stdin"}])
    row = {
        "question_id": "p1", "question_content": "Print it.", "starter_code": "", "platform": "x", "difficulty": "easy",
        "contest_date": "", "public_test_cases": tests, "private_test_cases": tests, "metadata": "{}",
    }  # fmt: skip
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    words = ["tasks", "check", str(path), "--workers", "1", "--quiet"]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0
    assert re.search(r"^p1 .*no reference$", told.stdout, re.MULTILINE)
    assert "no program checked the tests: 1" in told.stdout
    (listed,) = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)["tasks"]
    assert listed["has_reference"] is False
