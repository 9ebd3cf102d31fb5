"""The tables of a run come out whole, flat in memory and harmless in a spreadsheet, in every format."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pyarrow.parquet
import pytest

from auditor.pipeline.export import rows
from auditor.pipeline.tabular import write
from auditor.records import InputSuite, Sample, SampleStatus, Task
from auditor.store import Store
from auditor.targets import Target
from tests.unit.gates.builders import MadeRun, finding

SUITE = InputSuite(((1,),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of two tasks, one of them excluded, with every kind of label and style."""
    made = MadeRun(tmp_path)
    said = {"T/0": (("difficulty", "hard"), ("topic", "graphs"), ("topic", "search")), "T/1": ()}
    made.store.add_tasks(
        Task(name, "", Target.function("f"), "", SUITE, SUITE, slices=slices) for name, slices in said.items()
    )
    made.store.mark_excluded({"T/1": "its tests are wrong"})
    made.add("a", "T/0", "one", times=2, findings=[finding()])
    made.add("a", "T/0", "two", kind="fp", score=0.25)
    made.add("b", "T/1", "one", kind="tn")
    made.add("b", "T/1", "three", kind="tp", flaky=True)
    made.store.close()
    return tmp_path


def written(folder: Path, table: str, form: str) -> bytes:
    file = io.BytesIO()
    write(rows(folder, table), form, file)
    return file.getvalue()


def test_verdicts_say_label_and_exclusion(folder: Path) -> None:
    """One row per sample, with what the analysis makes of it."""
    found = [(row["model"], row["label"], row["flaky"], row["excluded"]) for row in rows(folder, "verdicts")]
    assert found == [
        ("a", "true_positive", False, None), ("a", "true_positive", False, None),
        ("a", "false_positive", False, None), ("b", "true_negative", False, "its tests are wrong"),
        ("b", "true_positive", True, "its tests are wrong"),
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["samples", "verdicts", "style"])
def test_rows_say_what_their_task_says_of_itself(folder: Path, table: str) -> None:
    """Slices are a column of every table; a name with several values has them in one text."""
    found = {row["task_id"]: row["slices"] for row in rows(folder, table)}
    assert found == {"T/0": {"difficulty": "hard", "topic": "graphs; search"}, "T/1": {}}


@pytest.mark.parametrize("table", ["samples", "verdicts", "style"])
def test_every_format_holds_the_same_rows(folder: Path, table: str) -> None:
    """CSV and Parquet have JSONL's rows and columns; nested values are JSON text there."""
    lines = [json.loads(line) for line in written(folder, table, "jsonl").splitlines()]
    assert lines
    sheet = list(csv.DictReader(io.StringIO(written(folder, table, "csv").decode())))
    packed = pyarrow.parquet.read_table(io.BytesIO(written(folder, table, "parquet"))).to_pylist()

    def flat(value: object) -> object:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value

    assert packed == [{key: flat(value) for key, value in row.items()} for row in lines]
    assert sheet == [{key: "" if value is None else str(flat(value)) for key, value in row.items()} for row in lines]


def test_an_empty_column_keeps_its_type_in_parquet(folder: Path) -> None:
    """Tables of two runs can be put together though one of them has no cost and no exclusion."""
    types = {
        field.name: str(field.type)
        for field in pyarrow.parquet.read_schema(io.BytesIO(written(folder, "samples", "parquet")))
    }
    assert (types["cost"], types["prompt_tokens"], types["refusal"]) == ("double", "int64", "string")
    assert (types["readings_differ"], types["sample_index"], types["status"]) == ("bool", "int64", "string")


def test_a_sheet_takes_no_answer_for_a_formula(tmp_path: Path) -> None:
    """A cell that would begin a formula begins with an apostrophe; JSONL keeps the text as it is."""
    texts = ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx", "x=1", "", "'=1"]
    with Store(tmp_path / "audit.db") as store:
        store.add_samples(
            Sample("m", "t", index, "h", SampleStatus.EXTRACTION_FAILED, text, None, "none", cost=-1.0)
            for index, text in enumerate(texts)
        )
    sheet = list(csv.DictReader(io.StringIO(written(tmp_path, "samples", "csv").decode(), newline="")))
    assert [row["raw"] for row in sheet] == [f"'{text}" for text in texts[:6]] + texts[6:]
    assert {row["cost"] for row in sheet} == {"-1.0"}
    assert [json.loads(line)["raw"] for line in written(tmp_path, "samples", "jsonl").splitlines()] == texts


@pytest.mark.slow
@pytest.mark.parametrize(("form", "table"), [("jsonl", "style"), ("csv", "samples"), ("parquet", "samples")])
def test_memory_does_not_grow_with_the_table(tmp_path: Path, form: str, table: str) -> None:
    """Three times the rows take no more memory to export."""

    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            return len(data)  # type: ignore[arg-type]

    peaks = []
    for count in (2_000, 6_000):
        made = MadeRun(tmp_path / str(count))
        with made.store.transaction():
            for number in range(count):
                if table == "style":
                    made.add("a", f"T/{number % 50}", f"p{number}", findings=[finding()])
                else:
                    made.store.add_samples(
                        [Sample("m", "t", number, "h", SampleStatus.OK, "x" * 400, f"{number}", "r")]
                    )
        made.store.close()
        tracemalloc.start()
        write(rows(tmp_path / str(count), table), form, io.BufferedWriter(Nowhere()))  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
