"""Readers of LiveCodeBench, LeetCodeDataset, ClassEval, BigCodeBench and contest problems, on the real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.records import Benchmark, Outcome, Program, Task, program_id
from auditor.suites import InputSuite, StdinSuite, Trust, UnittestSuite
from auditor.targets import TargetKind
from auditor.verify import Verifier
from tests.conftest import data_folder

pytestmark = pytest.mark.data


def load(name: str) -> Benchmark:
    folder = data_folder()
    path = Path() if folder is None else folder / "graders" / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the recorded data")
    return load_benchmark(str(path))


def by_kind(benchmark: Benchmark) -> dict[TargetKind, int]:
    kinds = [task.target.kind for task in benchmark.tasks]
    return {kind: kinds.count(kind) for kind in TargetKind if kind in kinds}


def judge(task: Task, source: str) -> list[Outcome]:
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return [verdict.outcome for verdict in found]


def test_livecodebench_record() -> None:
    """Programs and methods, the statement's examples as base, and slices to group by."""
    benchmark = load("livecodebench/o1-mini_eval_all.json.gz")
    assert by_kind(benchmark) == {TargetKind.METHOD: 381, TargetKind.PROGRAM: 497}
    assert set(benchmark.unfit.values()) == {"its statement shows no example that can be read"}
    more = sum(len(task.plus) > len(task.base) for task in benchmark.tasks)
    assert 0 < more < len(benchmark.tasks) / 2
    assert f"for {more} of 878 tasks, the input on which a recorded answer failed" in benchmark.caveat
    called = {task.task_id: task.plus for task in benchmark.tasks}
    plain, changed = called["2828"], called["2730"]
    assert isinstance(plain, InputSuite)
    assert (plain.inputs[-1], plain.outputs and plain.outputs[-1]) == (("acbbc",), "abaab")
    assert isinstance(changed, InputSuite)
    assert ([24, 9], 1) not in changed.inputs  # recorded after the program had changed [12, 9]
    task = next(task for task in benchmark.tasks if task.task_id == "1873_A")
    assert isinstance(task.base, StdinSuite)
    assert task.base.stdout == ("YES\nYES\nYES\nNO\nNO\nYES\n",)
    assert dict(task.slices)["platform"] == "codeforces"
    swap = (
        "for _ in range(int(input())):\n"
        "    print('YES' if sum(a != b for a, b in zip(input(), 'abc')) in (0, 2) else 'NO')\n"
    )
    assert judge(task, swap) == [Outcome.PASS, Outcome.PASS]
    assert judge(task, swap.replace("(0, 2)", "(0, 3)")) == [Outcome.FAIL]


def test_livecodebench_rows(tmp_path: Path) -> None:
    """A row of the benchmark itself: public tests are base, public and packed private ones plus."""
    import base64
    import pickle
    import zlib

    private = base64.b64encode(zlib.compress(pickle.dumps(json.dumps([{"input": "3\n", "output": "6"}])))).decode()
    row = {
        "question_id": "q1", "question_content": "Double.", "starter_code": "", "platform": "atcoder",
        "difficulty": "easy", "contest_date": "2024-08-03T00:00:00", "metadata": "{}",
        "public_test_cases": json.dumps([{"input": "1\n", "output": "2\n", "testtype": "stdin"}]),
        "private_test_cases": private,
    }  # fmt: skip
    method = row | {
        "question_id": "q2", "starter_code": "class Solution:\n    def twice(self, n: int) -> int:\n        ",
        "metadata": '{"func_name": "twice"}',
    }  # fmt: skip
    path = tmp_path / "lcb.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(method)}\n")
    program, other = load_benchmark(str(path)).tasks
    assert isinstance(program.plus, StdinSuite)
    assert program.plus.stdin == ("1\n", "3\n")
    assert dict(program.slices) == {"platform": "atcoder", "difficulty": "easy", "date": "2024-08-03"}
    assert judge(program, "print(2 * int(input()))\n") == [Outcome.PASS, Outcome.PASS]
    assert isinstance(other.plus, InputSuite)
    assert (other.plus.inputs, other.plus.outputs) == (((1,), (3,)), (2, 6))
    assert judge(other, "class Solution:\n    def twice(self, n):\n        return 2 * n\n") == [Outcome.PASS] * 2


@pytest.mark.slow
@pytest.mark.parametrize(("name", "tasks", "unfit"), [("lcd_v0.3.1-test", 226, 2), ("lcd_v0.3.0-test", 373, 13)])
def test_leetcodedataset(name: str, tasks: int, unfit: int) -> None:
    """Examples are base, recorded results plus; arguments go by keyword, and the prelude's ``pow`` hides nothing."""
    benchmark = load(f"leetcodedataset/{name}.jsonl.gz")
    assert len(benchmark.tasks) + len(benchmark.unfit) == tasks + unfit
    assert len(benchmark.unfit) <= unfit
    assert all(isinstance(task.plus, InputSuite) and task.plus.keywords for task in benchmark.tasks)
    for task in benchmark.tasks:
        told = dict(task.slices)
        assert told["difficulty"] in {"Easy", "Medium", "Hard"}
        assert "2023" <= told["date"] < "2026"
    assert sum(len(task.plus) < 8 for task in benchmark.tasks) < 10, "the asserts of 112 tasks are the examples alone"
    task = benchmark.tasks[0]
    assert judge(task, task.reference) == [Outcome.PASS, Outcome.PASS]
    with_pow = task.reference.replace("        def ", "        assert pow(2, 3, 5) == 3\n        def ", 1)
    assert with_pow == task.reference or judge(task, with_pow) == [Outcome.PASS, Outcome.PASS]


def test_classeval() -> None:
    """The class's main test is base, all test classes plus; most run apart from the class."""
    benchmark = load("classeval/ClassEval_data.json.gz")
    assert (len(benchmark.tasks), by_kind(benchmark)) == (100, {TargetKind.CLASS: 100})
    task = benchmark.tasks[0]
    assert isinstance(task.base, UnittestSuite)
    assert isinstance(task.plus, UnittestSuite)
    assert {test.partition(".")[0] for test in task.base.tests} == {"AccessGatewayFilterTest"}
    assert len(task.base.tests) < len(task.plus.tests)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        source = task.reference
        (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    assert [(one.outcome, one.trust) for one in found] == [(Outcome.PASS, Trust.SEPARATE)] * 2


@pytest.mark.slow
def test_bigcodebench() -> None:
    """Functions with unittest suites that run in process; what a task imports is known."""
    benchmark = load("bigcodebench/BigCodeBench.jsonl.gz")
    assert len(benchmark.tasks) == 1140
    plain = [task for task in benchmark.tasks if not task.requires]
    assert len(plain) > 250
    task = plain[1]
    assert judge(task, task.reference) == [Outcome.PASS, Outcome.PASS]
    assert judge(task, f"{task.prompt}    return None\n")[0] is not Outcome.PASS
    # its reference uses ``os`` without an import, and its tests patch what ``subprocess`` holds
    lacking = next(task for task in plain if task.task_id == "BigCodeBench/745")
    assert judge(lacking, lacking.reference) == [Outcome.PASS, Outcome.PASS]


@pytest.mark.parametrize(
    ("name", "tasks"), [("rllm_code_contests.json", 163), ("rllm_codeforces.json", 392), ("code_contests_20.jsonl", 20)]
)
def test_contest_problems(name: str, tasks: int) -> None:
    """Tests of several collections; interactive problems are refused by name."""
    benchmark = load(f"stdin/{name}.gz")
    assert len(benchmark.tasks) == tasks
    assert all(reason.startswith("it is interactive") for reason in benchmark.unfit.values())
    assert all(isinstance(task.plus, StdinSuite) for task in benchmark.tasks)
