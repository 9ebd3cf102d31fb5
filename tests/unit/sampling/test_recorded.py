"""Recorded samples: read unchanged, refused by file and line, checked before the first is given."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.records import InputSuite, SampleStatus, Task
from auditor.sampling import read_recorded
from auditor.targets import Target

PROMPT = 'def twice(x):\n    """Double x."""\n'
TASKS = {
    name: Task(name, PROMPT, Target.function("twice"), PROMPT + "    return 2 * x\n", InputSuite(()), InputSuite(()))
    for name in ("A", "B")
}


def write(path: Path, rows: list[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def model(path: Path, **changes: Any) -> ModelConfig:
    return ModelConfig(name="m", recorded=path, **changes)


def read_all(path: Path, **changes: Any) -> None:
    for _ in read_recorded(model(path, **changes), TASKS):
        pass


@pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz"])
def test_rows_count_per_task_in_order(tmp_path: Path, name: str) -> None:
    """Without sample_index rows count per task; equal rows stay separate samples; blank lines do not matter."""
    row = {"task_id": "A", "completion": "    return 2 * x\n"}
    path = write(tmp_path / name, [row, row, "", {**row, "task_id": "B"}, row])
    samples = list(read_recorded(model(path), TASKS))
    assert [(s.task_id, s.sample_index) for s in samples] == [("A", 0), ("A", 1), ("B", 0), ("A", 2)]
    assert len({s.request_hash for s in samples}) == 4
    assert {s.solution for s in samples} == {PROMPT + "    return 2 * x\n"}
    assert [s.request_hash for s in read_recorded(model(path), TASKS)] == [s.request_hash for s in samples]


def test_join_stop_and_raw(tmp_path: Path) -> None:
    """``join`` is put between prompt and completion, ``stop`` cuts, ``raw`` joins without looking."""
    path = write(tmp_path / "s.jsonl", [{"task_id": "A", "completion": "return 2 * x\n#STOP\nreturn 3"}])
    first = next(read_recorded(model(path, join="    ", stop=("#STOP", "#LATER")), TASKS))
    assert first.solution == PROMPT + "    return 2 * x\n"
    assert first.raw.endswith("return 3")
    raw = next(read_recorded(model(path, extract="raw"), TASKS))
    assert raw.solution == PROMPT + "return 2 * x\n#STOP\nreturn 3"
    assert raw.rule == "raw/1"


def test_statuses_usage_and_models(tmp_path: Path) -> None:
    """Truncated and refused rows keep their names, usage is read, rows of other models are skipped."""
    path = write(
        tmp_path / "s.jsonl",
        [
            {"task_id": "A", "completion": "    return 2", "finish_reason": "length", "model": "x"},
            {"task_id": "A", "completion": "", "refusal": "no", "model": "x"},
            {"task_id": "A", "completion": "I would rather not write this one.", "model": "x"},
            {"task_id": "B", "solution": "def twice(x): return x", "model": "x",
             "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
            {"task_id": "nowhere", "completion": "", "model": "y"},
        ],
    )  # fmt: skip
    samples = list(read_recorded(model(path, recorded_model="x", price={"prompt": 1.0, "completion": 2.0}), TASKS))
    expected = [SampleStatus.TRUNCATED, SampleStatus.REFUSED, SampleStatus.EXTRACTION_FAILED, SampleStatus.OK]
    assert [s.status for s in samples] == expected
    assert [s.solution is None for s in samples] == [True, True, True, False]
    assert samples[3].usage.completion_tokens == 4
    assert samples[3].cost == pytest.approx((3 + 8) / 1e6)


GOOD = {"task_id": "A", "completion": "    return 1\n"}


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([GOOD, "{broken"], 2, "not JSON"),
        ([GOOD, "[1, 2]"], 2, "not a JSON object"),
        ([GOOD, "", {"task_id": "C", "completion": ""}], 3, "unknown task 'C'"),
        ([{"task_id": 7, "completion": ""}], 1, "unknown task 7"),
        ([{"task_id": True, "completion": ""}], 1, "task_id"),
        ([{"task_id": "A"}], 1, "exactly one of"),
        ([{**GOOD, "solution": "x"}], 1, "exactly one of"),
        ([{"task_id": "A", "completion": 5}], 1, "exactly one of"),
        ([{**GOOD, "sample_index": -1}], 1, "sample_index"),
        ([{**GOOD, "sample_index": True}], 1, "sample_index"),
        ([{**GOOD, "sample_index": 0}, {**GOOD, "sample_index": 0}], 2, "twice"),
        ([{**GOOD, "sample_index": 0}, GOOD], 2, "but not all"),
    ],
)
def test_a_bad_row_is_refused_by_its_line(tmp_path: Path, rows: list[Any], line: int, words: str) -> None:
    """A bad row anywhere is refused with file, line and remedy."""
    path = write(tmp_path / "s.jsonl", rows)
    with pytest.raises(InputError, match=words) as caught:
        read_all(path)
    assert caught.value.where == f"{path}:{line}"
    assert caught.value.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing, empty, damaged or foreign file is refused in one line."""
    for name, content in (
        ("empty.jsonl", b""),
        ("cut.gz", gzip.compress(b"{}" * 1000)[:-9]),
        ("bytes", b"\xff\xfe\x00"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError):
            read_all(path)
    with pytest.raises(InputError, match="no such file"):
        read_all(tmp_path / "none")
    other = write(tmp_path / "other.jsonl", [{**GOOD, "model": "x"}])
    with pytest.raises(InputError, match="no samples of model 'y'"):
        read_all(other, recorded_model="y")


def test_a_wrong_benchmark_and_a_smaller_one_have_different_remedies(tmp_path: Path) -> None:
    """If no id fits, the benchmark is another; if others fit, the row is of a task that it leaves out."""
    stray = {**GOOD, "task_id": "Z"}
    for rows, remedy in (([stray, GOOD], "ids look like 'A'"), ([GOOD, stray], "remove the rows of such tasks")):
        with pytest.raises(InputError, match=f"unknown task 'Z' — .*{remedy}"):
            read_all(write(tmp_path / "s.jsonl", rows))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_editors_add_is_no_fault_of_a_row(tmp_path: Path, end: str) -> None:
    """A byte order mark, the line ends of Windows and blank lines leave every row as it is."""
    path = tmp_path / "s.jsonl"
    rows = [json.dumps(GOOD), "", json.dumps(GOOD)]
    path.write_bytes(b"\xef\xbb\xbf" + end.join(rows).encode())
    assert [sample.raw for sample in read_recorded(model(path), TASKS)] == [GOOD["completion"]] * 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_is_no_text_is_named(tmp_path: Path, packed: bool) -> None:
    """However large the buffer in which it is read, the line at fault is the one named."""
    lines = [json.dumps(GOOD).encode()] * 40 + ['{"task_id": "é"}'.encode("latin-1")]
    path = tmp_path / "s.jsonl"
    path.write_bytes(gzip.compress(b"\n".join(lines)) if packed else b"\n".join(lines))
    with pytest.raises(InputError, match=r"s.jsonl:41: not UTF-8 text — save"):
        read_all(path)


@pytest.mark.slow
@pytest.mark.data
def test_real_completions_become_programs(data: Path) -> None:
    """Recorded completions become programs that define the entry point; functions cut off in their body stay broken."""
    tasks = {task.task_id: task for task in load_benchmark(str(data / "evalplus/HumanEvalPlus.jsonl.gz")).tasks}
    for name, least in (("llm-humaneval-benchmarks__gpt-4-gpt4-final", 0.99), ("bdytx5__zephyr-7b", 0.96)):
        path = data / "samples" / f"humaneval__{name}.jsonl.gz"
        rules = Counter(s.rule.split("/")[0] for s in read_recorded(model(path), tasks))
        assert 1 - (rules["broken"] + rules["none"] + rules["stub"]) / rules.total() >= least
