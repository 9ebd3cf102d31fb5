"""Merging databases: whatever the order and however often, the same rows; differences are kept and named."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import StoreError
from auditor.pipeline.tables import tallies
from auditor.records import Finding, InputSuite, Outcome, Sample, SampleStatus, StyleResult, SuiteName, Task, Verdict
from auditor.store import DisputedVerdict, Store
from auditor.targets import Target, TargetKind
from tests.examples import examples

TASKS = [
    Task(f"T/{n}", "def f():\n", Target(TargetKind.FUNCTION, "f"), "", InputSuite(()), InputSuite(())) for n in range(4)
]


def add(store: Store, task: int, index: int, text: str, outcome: Outcome = Outcome.PASS, *, host: str = "a") -> str:
    """Add a sample with a verdict, a style result and a finding; return its program."""
    sample = Sample("m", f"T/{task}", index, "h", SampleStatus.OK, f"```{text}```", text, "fence")
    assert sample.program
    store.add_samples([sample])
    store.add_verdicts([Verdict(sample.program, SuiteName.BASE, outcome, 1, b"\1", sandbox="seccomp", host=host)])
    finding = Finding("ruff", f"E{task}", "name", "message", 1, 1, in_prompt=False, duplicate=False)
    store.add_style([StyleResult(sample.program, "rubric", True, 0.5, {"a": True}, {"loc": 1.0}, (finding,), 0)])
    return sample.program


def database(path: Path, rows: Iterable[tuple[int, int, str]]) -> Path:
    with Store(path) as store:
        store.add_tasks(TASKS)
        for task, index, text in rows:
            add(store, task, index, text)
    return path


def content(path: Path) -> list[object]:
    """Everything that a run says, without the numbers that its rows have."""
    with Store(path) as store:
        return [
            list(store.samples()), list(store.verdicts()), store.disputed_verdicts(),
            [(one.program, one.rules) for one in store.styled_programs("rubric")],
            [store.findings(one.program, "rubric") for one in store.programs()], tallies(store.columns()),
        ]  # fmt: skip


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 9), st.sampled_from(["x", "y", "z"])), unique_by=lambda r: r[:2]
)


@examples(15)
@given(rows, st.permutations(range(3)), st.lists(st.integers(0, 2), max_size=3))
def test_parts_merge_to_the_whole_in_any_order_and_any_number_of_times(
    given_rows: list[tuple[int, int, str]], order: list[int], again: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = database(folder / "whole.db", given_rows)
        parts = [database(folder / f"{n}.db", [row for row in given_rows if row[0] % 3 == n]) for n in range(3)]
        with Store(folder / "merged.db") as store:
            for n in [*order, *again]:
                store.take_from(parts[n])
        assert content(folder / "merged.db") == content(whole)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_verdicts_that_differ_are_flaky_and_all_kept(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Of a pass and a failure the failure counts, an error of the harness gives way, whichever came first."""
    paths = []
    for n, outcome in enumerate([Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.PASS]):
        paths.append(tmp_path / f"{n}.db")
        with Store(paths[-1]) as store:
            store.add_tasks(TASKS)
            program = add(store, 0, 0, "x", outcome, host=f"host{n}")
    with Store(tmp_path / "merged.db") as store:
        for n in [*order, *order]:
            store.take_from(paths[n])
        (verdict,) = store.verdicts()
        assert (verdict.outcome, verdict.flaky, verdict.host) == (Outcome.FAIL, True, "host1")
        assert {(one.kept, one.other) for one in store.disputed_verdicts()} == {(Outcome.FAIL, Outcome.PASS)}
        assert store.disputed_verdicts()[0] == DisputedVerdict(
            program=program, task_id="T/0", suite=SuiteName.BASE, kept=Outcome.FAIL, other=Outcome.PASS
        )


def test_another_answer_under_one_key_is_counted_and_the_first_stays(tmp_path: Path) -> None:
    first, second = database(tmp_path / "1.db", [(0, 0, "x")]), database(tmp_path / "2.db", [(0, 0, "y"), (1, 0, "y")])
    with Store(first) as store:
        taken = store.take_from(second)
        assert (taken.samples, taken.different_samples) == (1, 1)
        assert [sample.solution for sample in store.samples()] == ["x", "y"]


def test_only_the_tasks_asked_for_are_taken(tmp_path: Path) -> None:
    source = database(tmp_path / "1.db", [(0, 0, "x"), (1, 0, "y"), (2, 0, "z")])
    with Store(tmp_path / "2.db") as store:
        assert store.take_from(source, ["T/1"]).samples == 1
        assert [one.task_id for one in store.samples()] == [one.task_id for one in store.programs()] == ["T/1"]
        assert len(list(store.verdicts())) == 1
        with pytest.raises(StoreError, match="the run itself"):
            store.take_from(tmp_path / "2.db")


def test_a_merge_that_is_cut_short_leaves_nothing_of_it(tmp_path: Path) -> None:
    source = database(tmp_path / "1.db", [(0, 0, "x")])
    with closing(sqlite3.connect(source)) as broken, broken:
        broken.execute("DROP TABLE finding")
    with Store(tmp_path / "2.db") as store:
        with pytest.raises(StoreError):
            store.take_from(source)
        assert not store.has_samples()
        assert store.take_from(database(tmp_path / "3.db", [(0, 0, "x")])).samples == 1  # and the next one works
