"""Data sets in the hub's layouts, without a hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
import pytest

from auditor.benchmark import load_benchmark
from auditor.errors import AuditorError, EndpointError, InputError
from auditor.records import AssertSuite, InputSuite

ASSERTION = "def assertion(out, exp, atol):\n    assert np.allclose(out, exp) if is_floats(exp) else out == exp\n"
LOOP = "for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion({name}(*inp), exp, 0)\n"


def humaneval_row(test: str, task_id: str = "HumanEval/0") -> dict[str, Any]:
    return {
        "task_id": task_id,
        "prompt": "def inc(x):\n",
        "canonical_solution": "    return x + 1\n",
        "entry_point": "inc",
        "test": test,
    }


BASE = humaneval_row(
    "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 3\n"
)
PLUS = humaneval_row(
    f"import numpy as np\n{ASSERTION}\n\ndef check(candidate):\n    inputs = [[1], [5]]\n    results = [2, 6]\n    "
    + LOOP.format(name="candidate").replace("\n", "\n    ").rstrip()
)
MBPP = {
    "task_id": 7,
    "code": "def inc(x):\n    return x + 1\n",
    "prompt": "Write a function to add one.",
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(inc(1), 2)"],
    "test": f"import numpy as np\n{ASSERTION}inputs = [[1]]\nresults = [2]\n{LOOP.format(name='inc')}",
}


def folder(place: Path, *rows: dict[str, Any]) -> str:
    """Lay rows out as a data set's folder."""
    place.mkdir()
    (place / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(place)


def test_humaneval_plus_takes_its_base_suites_from_humaneval(tmp_path: Path) -> None:
    """Plus literals and base asserts are read as inputs and outputs; the reference is prompt and solution."""
    plus, base = folder(tmp_path / "plus", PLUS), folder(tmp_path / "base", BASE)
    (task,) = load_benchmark(plus, base).tasks
    assert task.base == InputSuite(((1,), (2,)), (2, 3))
    assert task.plus == InputSuite(((1,), (5,)), (2, 6))
    assert task.reference == "def inc(x):\n    return x + 1\n"
    with pytest.raises(InputError, match="has one suite per task"):
        load_benchmark(plus)


def test_a_task_without_base_tests_is_named(tmp_path: Path) -> None:
    """A plus task that the base source lacks is left out by name, and does not become a pass."""
    plus = folder(tmp_path / "plus", PLUS, {**PLUS, "task_id": "HumanEval/1"})
    benchmark = load_benchmark(plus, folder(tmp_path / "base", BASE))
    assert [task.task_id for task in benchmark.tasks] == ["HumanEval/0"]
    assert list(benchmark.unfit) == ["HumanEval/1"]


def test_a_check_of_another_shape_runs_as_a_script(tmp_path: Path) -> None:
    """A ``check`` that cannot be read is kept, with the call that the row leaves to its user."""
    row = humaneval_row("def check(candidate):\n    for i in range(3):\n        assert candidate(i) == i + 1\n")
    (task,) = load_benchmark(folder(tmp_path / "plus", PLUS), folder(tmp_path / "base", row)).tasks
    assert isinstance(task.base, AssertSuite)
    assert task.base.source.endswith("check(candidate)\n")


def test_mbpp_plus_has_both_suites(tmp_path: Path) -> None:
    """Task N is ``Mbpp/N``, the entry point is what the loop calls, imports come before the asserts."""
    (task,) = load_benchmark(folder(tmp_path / "mbpp", MBPP)).tasks
    assert (task.task_id, task.entry_point) == ("Mbpp/7", "inc")
    assert task.base == AssertSuite("import math\nassert math.isclose(inc(1), 2)\n")
    assert task.plus == InputSuite(((1,),), (2,))
    assert MBPP["prompt"] in task.prompt


def test_an_mbpp_task_whose_tests_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Without a readable loop nothing says which function is asked for, so the task is left out by name."""
    odd = {**MBPP, "task_id": 8, "test": "assert inc(1) == 2"}
    benchmark = load_benchmark(folder(tmp_path / "mbpp", MBPP, odd))
    assert list(benchmark.unfit) == ["Mbpp/8"]


def test_an_mbpp_task_without_base_tests_is_named(tmp_path: Path) -> None:
    """An empty test list is no suite that everything passes; the task is left out by name."""
    benchmark = load_benchmark(folder(tmp_path / "mbpp", MBPP, {**MBPP, "task_id": 9, "test_list": []}))
    assert benchmark.unfit == {"Mbpp/9": "it has no base tests"}


@pytest.mark.parametrize(
    "change",
    [
        {"base_input": None},
        {"base_input": 5},
        {"plus_input": [1]},
        {"atol": "much"},
        {"prompt": None},
        {"task_id": "Mbpp/x"},
        {"task_id": 3},
        {"canonical_solution": ...},
    ],
)
def test_a_damaged_evalplus_file_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    """A row of EvalPlus's layout with a value of another kind is refused by line, never half read."""
    row = {"task_id": "Mbpp/2", "prompt": "", "entry_point": "f", "canonical_solution": "def f(x): return x\n"}
    whole = {**row, "base_input": [[[1]]], "plus_input": [[[2]]], "atol": 0, "contract": "", **change}
    path = tmp_path / "MbppPlus.jsonl"
    path.write_text(json.dumps({key: value for key, value in whole.items() if value is not ...}) + "\n")
    with pytest.raises(InputError, match=r"MbppPlus.jsonl:1: "):
        load_benchmark(str(path))


def test_an_empty_object_stands_for_no_plus_inputs(tmp_path: Path) -> None:
    """MbppPlus has a task with ``{}`` for its plus inputs: its plus suite is empty, and the file is read."""
    row = {"task_id": "Mbpp/2", "prompt": "", "entry_point": "f", "canonical_solution": "def f(x): return x\n"}
    path = tmp_path / "MbppPlus.jsonl"
    path.write_text(json.dumps({**row, "base_input": [[[1]]], "plus_input": {}, "atol": 0, "contract": ""}) + "\n")
    (task,) = load_benchmark(str(path)).tasks
    assert (len(task.base), len(task.plus)) == (1, 0)


def test_a_data_set_of_another_layout_is_refused(tmp_path: Path) -> None:
    """Columns that are no known layout are refused by row and key."""
    with pytest.raises(InputError, match="row 0: unknown key 'question'"):
        load_benchmark(folder(tmp_path / "other", {"question": "?", "answer": "!"}))


@pytest.mark.parametrize(
    ("raised", "error", "says"),
    [
        (ConnectionError("Couldn't reach it\nand more"), EndpointError, "the hub cannot be reached"),
        (datasets.exceptions.DatasetNotFoundError("no"), InputError, "not found on the hub"),
        (ValueError("Bad split: test"), InputError, "Bad split"),
    ],
)
def test_trouble_with_the_hub_is_one_line(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, error: type[AuditorError], says: str
) -> None:
    """Whatever keeps the hub's data away comes out as one line that names the data set and a remedy."""

    def load(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(error) as refusal:
        load_benchmark("someone/some-tasks")
    text = str(refusal.value)
    assert says in text
    assert "someone/some-tasks" in text
    assert refusal.value.remedy
    assert "\n" not in text


def test_loading_a_folder_leaves_no_trace(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Reading a local data set writes nothing to the terminal and nothing next to its files."""
    place = folder(tmp_path / "mbpp", MBPP)
    load_benchmark(place)
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in Path(place).iterdir()] == ["test.jsonl"]


@pytest.mark.parametrize("test", ["def check(candidate):\n    pass\n", "def check(solution):\n    assert True\n", "\n"])
def test_a_test_that_never_uses_the_solution_is_unfit(tmp_path: Path, test: str) -> None:
    """Such a test passes for every program that loads, so its task is left out by name."""
    plus = folder(tmp_path / "plus", PLUS, {**humaneval_row(test), "task_id": "HumanEval/1"})
    base = folder(tmp_path / "base", BASE, {**BASE, "task_id": "HumanEval/1"})
    benchmark = load_benchmark(plus, base)
    assert [task.task_id for task in benchmark.tasks] == ["HumanEval/0"]
    assert "never uses the solution" in benchmark.unfit["HumanEval/1"]
    assert benchmark.ids == ("HumanEval/0", "HumanEval/1")
