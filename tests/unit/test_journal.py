"""What a long command keeps, killed at any moment."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auditor.grading.journal import Journal


@given(st.lists(st.text(), min_size=1, max_size=4), st.data())
def test_a_kill_costs_the_last_row_at_most(texts: list[str], data: st.DataObject) -> None:
    """Cut anywhere, a journal yields the rows before the cut, and those that are added afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(path := Path(folder) / "journal")
        for text in texts:
            journal.add({"text": text})
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        journal.add({"text": "after"})
        *before, last = journal.read(lambda row: row["text"])
    assert last == "after"
    assert before == texts[: len(before)]
    assert len(before) >= whole[:cut].count(b"\n")


def test_rows_of_others_are_skipped(tmp_path: Path) -> None:
    """A line that is no row, or that the reader refuses, hides no other."""
    path = tmp_path / "journal"
    path.write_bytes(b'[1]\n{"other": 1}\n\xff\nnull\n{"text": "a"}\n')
    assert list(Journal(path).read(lambda row: row["text"])) == ["a"]


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    """No path, no file; and a journal that ended is gone."""
    journal = Journal(None)
    journal.add({"text": "a"})
    assert list(journal.read(dict)) == []
    kept = Journal(tmp_path / "journal")
    kept.add({})
    kept.end()
    assert not (tmp_path / "journal").exists()
