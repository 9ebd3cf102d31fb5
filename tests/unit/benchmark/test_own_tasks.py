"""Own tasks in JSONL: what is accepted, and that what is not is refused by place and remedy."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.benchmark import load_benchmark
from auditor.errors import InputError
from auditor.records import AssertSuite, InputSuite

ROW: dict[str, Any] = {
    "task_id": "Own/double",
    "prompt": "def double(x):\n",
    "entry_point": "double",
    "reference": "def double(x):\n    return 2 * x\n",
    "base": {"inputs": [[1], [2]], "outputs": [2, 4]},
    "plus": {"assert": "assert candidate(-1) == -2"},
}


def write(folder: Path, *rows: Any, name: str = "tasks.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def changed(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in {**ROW, **values}.items() if value is not ...}


def test_a_row_becomes_a_task(tmp_path: Path) -> None:
    """Every key of a row arrives in the task, and values keep their Python types."""
    suite = {
        "inputs": [[{"$tuple": [1, {"$set": [2]}]}]],
        "outputs": [{"$dict": [[1, None]]}],
        "atol": 0.5,
        "oracle": "set",
    }
    benchmark = load_benchmark(str(write(tmp_path, changed(base=suite))))
    (task,) = benchmark.tasks
    assert task.base == InputSuite(((((1, {2}),)),), ({1: None},), atol=0.5, oracle="set")
    assert task.plus == AssertSuite("assert candidate(-1) == -2")
    assert (task.task_id, task.prompt, task.entry_point, task.reference) == tuple(list(ROW.values())[:4])
    assert (benchmark.name, benchmark.unfit) == ("tasks", {})


def test_outputs_may_be_left_to_the_reference(tmp_path: Path) -> None:
    """A suite without outputs, or with null, expects what the reference returns."""
    path = write(tmp_path, changed(base={"inputs": [[1]]}, plus={"inputs": [[1]], "outputs": None}))
    (task,) = load_benchmark(str(path)).tasks
    assert isinstance(task.base, InputSuite)
    assert isinstance(task.plus, InputSuite)
    assert task.base.outputs is task.plus.outputs is None


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    """A gzipped file is read whatever it is called, and blank lines count for the place alone."""
    path = tmp_path / "tasks.jsonl"
    path.write_bytes(gzip.compress(f"\n{json.dumps(ROW)}\n\n".encode()))
    assert len(load_benchmark(str(path))) == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{not json", "not valid JSON"),
        ("[1]", "holds a list, not an object"),
        (changed(reference=...), "lacks 'reference'"),
        (changed(referense="x", reference=...), "unknown key 'referense' — did you mean 'reference'?"),
        (changed(prompt=""), "prompt is an empty text"),
        (changed(prompt=7), "prompt is a number"),
        (changed(task_id=None), "task_id is null"),
        (changed(entry_point="double()"), "'double()' is not a function's name"),
        (changed(entry_point="duble"), "does not define 'duble' — did you mean 'double'?"),
        (changed(reference="    return 2 * x"), "reference, line 1 is not valid Python"),
        (changed(reference="x = '\0'"), "reference"),
        (changed(base=[]), "base is a list, not an object"),
        (changed(base={}), "base.inputs is missing"),
        (changed(base={"inputs": []}), "base.inputs is empty"),
        (changed(base={"inputs": 3}), "base.inputs is a number, not a list"),
        (changed(base={"inputs": [1]}), "base.inputs[0] is a number, not a list of arguments — write [x]"),
        (changed(base={"inputs": [[1]], "outputs": [1, 2]}), "base.outputs has 2 values for 1 input"),
        (changed(base={"inputs": [[1]], "outputs": True}), "base.outputs has true or false for 1 input"),
        (changed(base={"input": [[1]]}), "unknown key 'base.input' — did you mean 'inputs'?"),
        (changed(base={"inputs": [[{"$tupel": []}]]}), "unknown tag '$tupel'"),
        (changed(base={"inputs": [[{"$set": [[1]]}]]}), "$set: unhashable"),
        (changed(plus={"inputs": [[1]], "atol": -1}), "plus.atol is -1"),
        (changed(plus={"inputs": [[1]], "atol": True}), "plus.atol is True"),
        (changed(plus={"inputs": [[1]], "oracle": "sett"}), "plus.oracle is 'sett' — did you mean 'set'?"),
        (changed(plus={"assert": "assert True"}), "plus.assert uses neither `candidate` nor `double`"),
        (changed(plus={"assert": "assert candidate("}), "plus.assert, line 1 is not valid Python"),
        (changed(plus={"assert": "candidate(1)", "inputs": []}), "unknown key 'plus.inputs'"),
        ({"task_id": "T", "solution": "x"}, "holds samples, not tasks"),
    ],
)
def test_a_bad_row_is_refused_by_line(tmp_path: Path, row: Any, says: str) -> None:
    """What is wrong, on which line, and what to do fit into one line."""
    path = write(tmp_path, "", row) if isinstance(row, dict) and "solution" in row else write(tmp_path, ROW, row)
    with pytest.raises(InputError) as refusal:
        load_benchmark(str(path))
    text = str(refusal.value)
    assert says in text
    assert text.startswith(f"{path}:2: ")
    assert refusal.value.remedy
    assert "\n" not in text


def test_duplicates_are_refused(tmp_path: Path) -> None:
    """Two rows of one task id are refused with both places."""
    path = write(tmp_path, ROW, changed(prompt="other"))
    with pytest.raises(InputError, match=r":2: task_id 'Own/double' is already defined in .*:1 "):
        load_benchmark(str(path))


def test_only_the_wanted_tasks(tmp_path: Path) -> None:
    """Tasks are kept by id in the file's order, and an id that is not there is refused with the nearest one."""
    path = str(write(tmp_path, *(changed(task_id=name) for name in ("Own/a", "Own/b", "Own/c"))))
    assert [task.task_id for task in load_benchmark(path, tasks=["Own/c", "Own/a"]).tasks] == ["Own/a", "Own/c"]
    with pytest.raises(InputError, match="has no task 'Own/aa' — did you mean 'Own/a'"):
        load_benchmark(path, tasks=["Own/aa"])


@pytest.mark.parametrize(
    ("source", "says"), [("gone.jsonl", "no such file"), ("no/such/folder/at/all", "no such file"), (".", "data set")]
)
def test_a_source_that_is_not_there(tmp_path: Path, source: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file and an empty folder are named; nothing is looked up on a network."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says):
        load_benchmark(source)


def test_an_empty_file_and_a_truncated_one(tmp_path: Path) -> None:
    """A file without rows and a gzip that ends early are refused, not read as few tasks."""
    with pytest.raises(InputError, match="contains no tasks"):
        load_benchmark(str(write(tmp_path)))
    whole = gzip.compress("".join(json.dumps(changed(task_id=str(i))) + "\n" for i in range(500)).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut.jsonl.gz:\d+: the compressed file is cut off"):
        load_benchmark(str(tmp_path / "cut.jsonl.gz"))


@pytest.mark.parametrize(
    "change",
    [
        {"task_id": "Own/other"},
        {"prompt": "def double(x): # twice\n"},
        {"reference": "def double(x):\n    return x + x\n"},
        {"base": {"inputs": [[1], [2]], "outputs": [2, 4.0]}},
        {"base": {"inputs": [[1], [True]], "outputs": [2, 4]}},
        {"base": {"inputs": [[1], [2]], "outputs": [2, 4], "atol": 0.1}},
        {"base": {"inputs": [[1], [2]], "outputs": [2, 4], "oracle": "set"}},
        {"base": {"inputs": [[1], [2]]}},
        {"plus": {"assert": "assert candidate(-1) == -3"}},
    ],
)
def test_the_digest_covers_all_that_decides(tmp_path: Path, change: dict[str, Any]) -> None:
    """A change of anything that can change a verdict changes the digest; the file's name does not."""
    original = load_benchmark(str(write(tmp_path, ROW)))
    assert load_benchmark(str(write(tmp_path, ROW, name="copy.jsonl"))).digest == original.digest
    assert load_benchmark(str(write(tmp_path, {**ROW, **change}))).digest != original.digest


def test_base_tests_are_not_asked_for_twice(tmp_path: Path) -> None:
    """A base source for tasks that have base suites is refused: one of the two would be ignored."""
    path = str(write(tmp_path, ROW))
    with pytest.raises(InputError, match="has base suites of its own"):
        load_benchmark(path, base=path)


@pytest.mark.parametrize("separator", ["\u2028", "\x0b", "\x0c", "\x85", "\x1e"])
def test_odd_line_separators_within_a_row_do_not_split_it(tmp_path: Path, separator: str) -> None:
    """Only a line feed ends a row; a number as task id is taken as text."""
    row = json.dumps(changed(task_id=7, prompt=f"def double(x):  # a{separator}b\n"), ensure_ascii=False)
    path = tmp_path / "tasks.jsonl"
    path.write_text(f"{row}\n{json.dumps(changed(task_id=8))}\n", encoding="utf-8")
    first, second = load_benchmark(str(path)).tasks
    assert (first.task_id, second.task_id) == ("7", "8")
    assert first.prompt == f"def double(x):  # a{separator}b\n"


def test_evalplus_rows_without_base_tests_are_unfit(tmp_path: Path) -> None:
    """A task whose base suite is empty would accept every program that loads, so it is left out by name."""
    row = {
        "task_id": "HumanEval/900", "prompt": "def f(x):\n", "canonical_solution": "    return x\n", "entry_point": "f",
        "base_input": [], "plus_input": [[1]], "atol": 0,
    }  # fmt: skip
    fit = {**row, "task_id": "HumanEval/901", "base_input": [[1]]}
    benchmark = load_benchmark(str(write(tmp_path, row, fit)))
    assert [task.task_id for task in benchmark.tasks] == ["HumanEval/901"]
    assert "no base tests" in benchmark.unfit["HumanEval/900"]
    with pytest.raises(InputError, match="has no usable task — it has no base tests"):
        load_benchmark(str(write(tmp_path, row)))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line, or lines, of many megabytes in a file of some kilobytes end in a named error."""
    monkeypatch.setattr("auditor.benchmark.unpacked._RATIO_FROM", 1 << 20)
    for name, line in (("line", b" "), ("lines", b"\n")):
        path = tmp_path / f"{name}.jsonl"
        with gzip.open(path, "wb") as file:
            for _ in range(3):
                file.write(line * (1 << 20))
        with pytest.raises(InputError, match=r"s?.jsonl:\d+: unpacks to more than 200 times its size"):
            load_benchmark(path)
