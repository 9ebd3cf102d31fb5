"""What is recognised by its content, refused by name or line, and read in flat memory; tables; real files."""

from __future__ import annotations

import bz2
import contextlib
import csv
import gzip
import json
import lzma
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.sampling.readers import READERS
from auditor.sampling.readers.documents import items
from auditor.sampling.recorded import RecordedSamples
from tests.recorded_files import (
    ANSWER,
    IDS,
    INSPECT,
    LOG,
    PROGRAM,
    Reading,
    batch_row,
    inspect_sample,
    lcb_problem,
    lm_eval_row,
    put,
    rollout,
    tasks_of,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "parquet", "folder", "folder of two splits"])
def test_tables(tmp_path: Path, kind: str) -> None:
    """CSV, Parquet and a data set's folder have the columns of a JSONL row."""
    rows = [
        {"task_id": "HumanEval/0", "sample_index": 3, "solution": 'x = "a,b"\n' + PROGRAM, "model": "m"},
        {"task_id": "HumanEval/1", "sample_index": 0, "solution": PROGRAM, "model": "m"},
    ]
    path, settings = tmp_path / f"s.{kind}", {}
    if kind == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    elif kind == "parquet":
        import pandas

        pandas.DataFrame(rows).to_parquet(path)
    else:
        path = tmp_path / "set"
        put(path / "test.jsonl", rows)
        if "two" in kind:
            put(path / "train.jsonl", rows)
            with pytest.raises(InputError, match=r"has several splits \((test, train|train, test)\) — choose one"):
                Reading(path)
            settings = {"split": "test"}
    found = Reading(path, **settings)
    assert found.format == ("csv" if kind == "csv" else "hub")
    assert found.keys == [("HumanEval/0", 3), ("HumanEval/1", 0)]
    assert found.solutions == ['x = "a,b"\n' + PROGRAM, PROGRAM]
    assert found.samples[0].served_model == "m"


def test_csv_refusals_name_the_line(tmp_path: Path) -> None:
    """A row with too many cells, a bad index and an unclosed quote are refused by line; empty completions are kept."""
    path = tmp_path / "s.csv"
    for text, words in (
        ("task_id,solution\nHumanEval/0,a\nHumanEval/0,b,c\n", r"s.csv:3: the row's cell count"),
        ("task_id,solution,sample_index\nHumanEval/0,a,x\n", r"s.csv:2: sample_index is 'x'"),
        ('task_id,solution\nHumanEval/0,"a\n', r"s.csv:\d: not CSV"),
        ("task_id;solution\nHumanEval/0;a\n", r"s.csv:1: has no column task_id — .*commas"),
        ("", r"s.csv:1: has no column task_id"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            Reading(path)
    path.write_text("task_id,completion\nHumanEval/0,\n")
    assert Reading(path).samples[0].raw == ""


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_compression_is_told_by_content(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Rows and documents may be compressed, whatever the file is called; a cut one is refused by line."""
    rows = "".join(json.dumps({"task_id": "HumanEval/0", "solution": f"{PROGRAM}# {n}"}) + "\n" for n in range(2000))
    path = tmp_path / "samples"
    path.write_bytes(pack(rows.encode()))
    assert len(Reading(path).samples) == 2000
    path.write_bytes(pack(json.dumps([[PROGRAM], [PROGRAM], [PROGRAM]]).encode()))
    assert Reading(path).format == "bigcode"
    path.write_bytes(pack(rows.encode())[:-20])
    with pytest.raises(InputError, match=r"samples:\d+: the compressed file is cut off or damaged — fetch it again"):
        Reading(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"SQLite format 3\0...", "is an SQLite database — export"),
        (b"\x80\x04\x95abc", "is a pickle, which could run code when read — save it as JSONL"),
        (b"%PDF-1.7", "is a PDF"),
        ("{}".encode("utf-16"), "is UTF-16 text — save the file as UTF-8"),
        (b'{"a": {"b": 1},\n "c": 2}', "the format is not recognised — .*no known JSON document.* bigcode"),
        (b'[{"a": 1}]', "the format is not recognised"),
        (b"\x7fELF\x02\0\0\r\n\0", "is a binary file, not text"),
        (b'task_id\rx,"y\n', "not JSON|not CSV|has no column"),
        (b"", "contains no samples — read as jsonl"),
        (b"\n\n", "contains no samples"),
        (b"\xff\xfe\x00", "UTF-"),
    ],
)
def test_what_is_no_samples_file_is_refused_by_name(tmp_path: Path, content: bytes, words: str) -> None:
    """What no reader takes is named for what it is, with the remedy."""
    path = tmp_path / "given"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as refusal:
        Reading(path)
    assert refusal.value.remedy
    assert refusal.value.where is not None
    assert refusal.value.where.startswith(str(path))


_STARTS = (
    b"", b"[", b"[[", b'[{"output_list": ', b'{"version": 2, "status": "", "eval": {"task": ""}, "samples": [',
    b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"task_id,solution\n",
    b'{"custom_id": "a"}\n', b'{"doc": {}, "resps": []}\n', b'{"response": {}, "reward": 1}\n',
    b'{"eval": {"HumanEval/0": [', b'[{"task_id": 1, "predict": ',
)  # fmt: skip


@given(st.sampled_from(_STARTS), st.binary(max_size=60))
def test_whatever_the_bytes_there_is_one_line(start: bytes, rest: bytes) -> None:
    """Any bytes, also behind the beginning of a known format, are samples or are refused; nothing else is raised."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "given"
        path.write_bytes(start + rest)
        with contextlib.suppress(InputError):
            Reading(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
_DOCUMENTS: tuple[Any, ...] = (
    lm_eval_row("HumanEval/0", ["x"], "none", **{"pass@1": 1.0}),
    batch_row("HumanEval/0#1", ANSWER),
    rollout(0, task_id="HumanEval/0", base_status="pass", plus_status="fail", extracted_model_code="x"),
    {"task_id": "HumanEval/0", "solution": PROGRAM, "passed": True, "result": "passed", "usage": {"prompt_tokens": 1}},
    {**LOG, "samples": INSPECT[:2]},
    [lcb_problem("HumanEval/0", [PROGRAM, "x"], [True, False])],
    {
        "date": "",
        "hash": "",
        "eval": {"HumanEval/0": [{"solution": "x", "base_status": "pass", "plus_status": "fail"}]},
    },
    [{"task_id": "HumanEval/0", "predict": [ANSWER]}],
    [[PROGRAM], [], []],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of everything within a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@given(st.sampled_from(_DOCUMENTS), st.data())
def test_whatever_a_field_holds_there_is_one_line(document: Any, data: st.DataObject) -> None:
    """Any value in the place of any field of any format gives samples or a refusal with place and remedy."""
    document = json.loads(json.dumps(document))
    path = data.draw(st.sampled_from([place for place in places(document) if place]))
    owner = document
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = data.draw(_JSON)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given"
        file.write_text(json.dumps(document) + "\n")
        try:
            Reading(file)
        except InputError as refusal:
            assert refusal.where  # noqa: PT017 - most draws raise nothing


def test_folders_and_missing_files(tmp_path: Path) -> None:
    """A folder of something else and a missing file are refused with what may be meant."""
    (tmp_path / "some").mkdir()
    with pytest.raises(InputError, match="the format is not recognised — no known folder looks like this"):
        Reading(tmp_path / "some")
    with pytest.raises(InputError, match=r'no such file — check the path; .*format = "hub"'):
        Reading(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="no such file"):
        Reading(tmp_path / "none.jsonl", format="bigcode")
    with pytest.raises(InputError, match=r"unknown format 'parquets' — known are .*jsonl"):
        Reading(tmp_path / "some", format="parquets")


def test_a_stated_format_is_taken_at_its_word(tmp_path: Path) -> None:
    """With a stated format nothing is guessed, and what does not fit it is refused in its words."""
    path = put(tmp_path / "s.jsonl", [batch_row("HumanEval/0", ANSWER)])
    with pytest.raises(InputError, match="task_id is missing"):
        Reading(path, format="jsonl")
    assert len({reader.name for reader in READERS}) == len(READERS)


def test_task_ids_of_other_tools(tmp_path: Path) -> None:
    """A number means the one id that ends in it, and slashes, dashes and case may differ; two meanings are none."""
    tasks = tasks_of(("Mbpp/2", "Mbpp/10", "Own/10", "x/y-z", "7"))

    def read(task_id: Any) -> str:
        return Reading(put(tmp_path / "s.jsonl", [{"task_id": task_id, "solution": "x"}]), tasks).samples[0].task_id

    assert [read(task_id) for task_id in (2, "2", "mbpp_2", "X_Y_Z", 7, "Mbpp/10")] == [
        "Mbpp/2", "Mbpp/2", "Mbpp/2", "x/y-z", "7", "Mbpp/10",
    ]  # fmt: skip
    for unknown in (10, "3", -2):
        with pytest.raises(InputError, match="unknown task"):
            read(unknown)


def test_marks_of_joined_files_and_whole_numbers_of_tables(tmp_path: Path) -> None:
    """A byte order mark may begin any row, and a whole number may be written as 3.0."""
    row = json.dumps({"task_id": "HumanEval/0", "solution": PROGRAM, "sample_index": 3.0})
    (tmp_path / "s.jsonl").write_bytes(f"\ufeff{row}\n\ufeff{row.replace('3.0', '4')}\n".encode())
    assert Reading(tmp_path / "s.jsonl").keys == [("HumanEval/0", 3), ("HumanEval/0", 4)]
    path = put(tmp_path / "s.jsonl", [{"task_id": "HumanEval/0", "solution": PROGRAM, "sample_index": 3.5}])
    with pytest.raises(InputError, match=r"sample_index is 3\.5"):
        Reading(path)


def test_rows_of_several_models_are_named(tmp_path: Path) -> None:
    """A file that mixes models is read as one only with a note; recorded_model takes one of them without."""
    rows = [{"task_id": task_id, "solution": PROGRAM, "model": name} for name in "ba" for task_id in IDS]
    path = put(tmp_path / "s.jsonl", rows)
    assert Reading(path).notes == ["rows of several models are read as one (a, b); set recorded_model to select one"]
    assert Reading(path, recorded_model="a").notes == []


def test_odd_separators_do_not_split_a_row(tmp_path: Path) -> None:
    """Only a line feed ends a row, even if a text holds other separators unescaped."""
    odd = "x = 'a\u2028b\x0bc\x85d'\n"
    rows = [{"task_id": "HumanEval/0", "solution": odd + PROGRAM}] * 2
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in rows), encoding="utf-8", newline="")
    assert Reading(path).solutions == [odd + PROGRAM] * 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bigcode", "livecodebench", "inspect"])
def test_memory_is_flat(tmp_path: Path, kind: str) -> None:
    """A document of 32 MB is read in a few, since items are read one by one."""
    block = PROGRAM + "#" * 100_000
    tasks = tasks_of(f"T/{n}" for n in range(160))
    path = tmp_path / "big.json"
    with path.open("w") as file:
        if kind == "inspect":
            file.write(json.dumps({key: LOG[key] for key in ("version", "status", "eval")})[:-1] + ', "samples": ')
        for number, name in enumerate(tasks):
            item: Any = [block, block]
            if kind == "livecodebench":
                item = lcb_problem(name, [block], [True])
            elif kind == "inspect":
                item = inspect_sample(name, 1, block * 2)
            file.write(("[" if number == 0 else ",\n") + json.dumps(item))
        file.write("]}" if kind == "inspect" else "]")
    assert path.stat().st_size > 32e6
    recorded = RecordedSamples(ModelConfig(name="m", recorded=path, extract="raw"), tasks)
    tracemalloc.start()
    count = sum(1 for _ in recorded)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == (320 if kind == "bigcode" else 160)
    assert peak < 8e6


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[1, 2", 1, "cut off"),
        ("[1,\n 2,\n x]", 3, "not JSON"),
        ('{"samples": [1]', 1, "cut off"),
        ("[1 2]", 1, "',' is missing"),
        ("{samples: 1}", 1, "a name in quotes is missing"),
    ],
)
def test_a_broken_document_is_refused_by_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    """Where a document breaks is said by line."""
    path = tmp_path / "d.json"
    path.write_text(text)
    key = "samples" if text.startswith("{") else None
    with path.open("rb") as file, pytest.raises(InputError, match=words) as refusal:
        list(items(file, "d.json", key))
    assert refusal.value.where == f"d.json:{line}"


def test_documents_are_read_as_json_reads_them(tmp_path: Path) -> None:
    """NaN, lone surrogates, numbers at the edge of a block and texts beyond it come out as with json.loads."""
    values = [float("inf"), "\ud83d", "é" * 70_000, 12345678, {"a": [1, {"b": None}]}, -0.5, "\u2028"] * 3
    for prefix in range(65_520, 65_545):
        text = "[" + " " * prefix + json.dumps(values, ensure_ascii=True)[1:]
        path = tmp_path / "d.json"
        path.write_text(text)
        with path.open("rb") as file:
            assert [item for _, item in items(file, "d.json")] == json.loads(text)


@pytest.mark.data
def test_real_livecodebench_outputs(data: Path) -> None:
    """All 880 recorded answers of o1-mini are read with their verdicts: 602 pass, 252 fail, 26 run out of time."""
    path = data / "graders/livecodebench/o1-mini_eval_all.json.gz"
    with gzip.open(path) as file:
        ids = [problem["question_id"] for _, problem in items(file, "")]
    found = Reading(path, tasks_of(ids), extract="raw")
    assert len(found.samples) == 880
    assert Counter(v.outcome for v in found.verdicts) == {"pass": 602, "fail": 252, "timeout": 26}
    assert all(v.failing_input for v in found.verdicts if v.outcome == "fail" and v.detail.startswith("Wrong"))


@pytest.mark.data
def test_real_rollouts(data: Path) -> None:
    """Rollouts of the EvalPlus environment are read with both statuses, code and answer giving the same program."""
    tasks = {task.task_id: task for task in load_benchmark(str(data / "evalplus/HumanEvalPlus.jsonl.gz")).tasks}
    path = data / "graders/rollouts/gym_evalplus_rollouts.jsonl"
    found = Reading(path, tasks)
    assert [sample.task_id for sample in found.samples] == [f"HumanEval/{n}" for n in range(5)]
    assert [v.outcome for v in found.verdicts] == ["pass"] * 10
    assert {sample.status for sample in found.samples} == {"ok"}
    assert "samples for 5 of 164 tasks" in found.notes
    with pytest.raises(InputError, match="does not name a task"):
        Reading(data / "graders/rollouts/gym_codegen_rollouts.jsonl", tasks)
