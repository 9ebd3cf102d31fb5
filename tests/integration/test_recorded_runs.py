"""Recorded answers in a run: parsed once, all or nothing, with the verdicts that the file carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import InputError
from auditor.pipeline import Run, carry_out, export
from auditor.records import Outcome, SuiteName
from auditor.sampling import readers
from auditor.sampling.readers.rows import Jsonl
from auditor.store import Store

TASK = {
    "task_id": "Own/double", "prompt": "def double(x):\n", "entry_point": "double",
    "reference": "def double(x):\n    return 2 * x\n", "base": {"inputs": [[1]]}, "plus": {"inputs": [[2]]},
}  # fmt: skip
ROW = {"task_id": "Own/double", "solution": TASK["reference"], "base_status": "pass", "plus_status": "fail"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tasks.jsonl").write_text(
        "".join(json.dumps({**TASK, "task_id": t}) + "\n" for t in ("Own/double", "T/2"))
    )
    models = "".join(f'[[model]]\nname = "{name}"\nrecorded = "{name}.jsonl"\n' for name in ("first", "second"))
    (tmp_path / "audit.toml").write_text(f'[benchmark]\nsource = "tasks.jsonl"\n{models}')
    for name in ("first", "second"):
        write(tmp_path, name, [ROW] * 3)
    return tmp_path


def write(place: Path, name: str, rows: list[Any]) -> None:
    (place / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def run(place: Path) -> Run:
    return Run.open(place / "audit.toml", place / "run")


def test_a_file_is_parsed_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a run is taken up again, each row is parsed once, and nothing is stored twice."""
    rows = []
    original = readers.rows.read_row

    def counted(row: dict[str, Any], where: str) -> Any:
        rows.append(where)
        return original(row, where)

    monkeypatch.setattr(readers.rows, "read_row", counted)
    for _ in range(3):
        carry_out(run(place), ["sample"])
    assert len(rows) == 6
    with Store(place / "run" / "audit.db") as store:
        assert sum(1 for _ in store.samples()) == 6


def test_a_bad_row_leaves_nothing(place: Path) -> None:
    """A bad last row of the last file is refused by file and line, without a run folder; once fixed, all is read."""
    write(place, "second", [ROW, {**ROW, "task_id": "Own/other"}])
    with pytest.raises(InputError, match=r"second.jsonl:2: unknown task 'Own/other'"):
        carry_out(run(place), ["sample"])
    assert not (place / "run").exists()
    write(place, "second", [ROW])
    carry_out(run(place), ["sample"])
    with Store(place / "run" / "audit.db") as store:
        assert [sample.model for sample in store.samples()] == ["first"] * 3 + ["second"]
    write(place, "second", [ROW, ROW])
    with pytest.raises(Exception, match="has changed since it was read"):
        carry_out(run(place), ["sample"])


def test_verdicts_of_the_file_are_kept_apart(place: Path) -> None:
    """What the file says of its samples is kept as a third party's and is not a verdict of this run."""
    carry_out(run(place), ["sample"])
    with Store(place / "run" / "audit.db") as store:
        found = list(store.third_party_verdicts())
        assert [(v.model, v.sample_index, v.suite, v.outcome) for v in found[:2]] == [
            ("first", 0, SuiteName.BASE, Outcome.PASS),
            ("first", 0, SuiteName.PLUS, Outcome.FAIL),
        ]
        assert len(found) == 12
        assert list(store.verdicts()) == []
    rows = list(export.rows(place / "run", "third-party"))
    assert rows[0] == {
        "source": "evalplus", "model": "first", "task_id": "Own/double", "sample_index": 0, "suite": "base",
        "outcome": "pass", "detail": "", "failing_input": None,
    }  # fmt: skip


def test_samples_of_tasks_left_out_are_passed_over(place: Path) -> None:
    """A file may hold samples of tasks that [benchmark] tasks leaves out, or that are unfit."""
    text = (place / "audit.toml").read_text()
    (place / "audit.toml").write_text(text.replace('"tasks.jsonl"\n', '"tasks.jsonl"\ntasks = ["T/2"]\n', 1))
    write(place, "second", [ROW, {**ROW, "task_id": 2}])
    write(place, "first", [{**ROW, "task_id": "T/2"}])
    carry_out(run(place), ["sample"])
    with Store(place / "run" / "audit.db") as store:
        assert [(sample.model, sample.task_id) for sample in store.samples()] == [("first", "T/2"), ("second", "T/2")]


def test_a_folder_is_told_apart_by_what_is_in_it(place: Path) -> None:
    """A folder of samples belongs to its run by names and contents, wherever it lies."""
    folder = place / "samples" / "Own_double"
    folder.mkdir(parents=True)
    (folder / "0.py").write_text(str(TASK["reference"]))
    (place / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "m"\nrecorded = "samples"\n'
    )
    carry_out(run(place), ["sample"])
    carry_out(run(place), ["sample"])
    (folder / "1.py").write_text("x = 1\n")
    with pytest.raises(Exception, match="has changed since it was read"):
        carry_out(run(place), ["sample"])


def test_the_registry_is_all_that_knows_a_format(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new format is a class and a line in the registry."""

    class Reversed(Jsonl):
        name = "reversed"

        def read(self, source: Any) -> Any:
            return reversed(list(super().read(source)))

    monkeypatch.setattr(readers, "READERS", (Reversed(), *readers.READERS))
    write(place, "first", [{**ROW, "solution": text} for text in ("a = 1", "b = 2")])
    carry_out(run(place), ["sample"])
    with Store(place / "run" / "audit.db") as store:
        assert [sample.raw for sample in store.samples("first")] == ["b = 2", "a = 1"]
