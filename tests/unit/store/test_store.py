"""The run on disk: nothing is lost, doubled or changed, whatever the texts hold and whenever it is killed."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import RunMissingError, StoreError
from auditor.pipeline.tables import tallies
from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    InputSuite,
    Label,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Task,
    Usage,
    Verdict,
    program_id,
)
from auditor.store import Store
from auditor.store.packing import packed_answer, storable, unpacked_answer
from auditor.targets import Target, TargetKind
from auditor.third_party import ThirdPartyVerdict


def a_sample(index: int = 0, solution: str | None = "x = 1\n", **changes: object) -> Sample:
    values: dict[str, object] = {
        "model": "m", "task_id": "t", "sample_index": index, "request_hash": "h", "status": SampleStatus.OK,
        "raw": "x = 1\n", "solution": solution, "rule": "raw/1",
    }  # fmt: skip
    return Sample(**{**values, **changes})  # type: ignore[arg-type]


def a_verdict(suite: SuiteName, outcome: Outcome, program: str) -> Verdict:
    return Verdict(
        program,
        suite,
        outcome,
        3,
        b"\1\0\2",
        FailingTest(1, "f(1)", "2", "3", FailureKind.WRONG_VALUE),
        "why",
        True,
        0.5,
        "seccomp",
    )


@given(st.text(st.characters(codec=None), max_size=30), st.one_of(st.none(), st.floats(0, 1e6)))
def test_samples_come_back_as_they_went_in(text: str, latency: float | None) -> None:
    """Every field survives; a lone surrogate, which SQLite cannot hold, becomes its escape."""
    safe = text.encode("utf-8", "backslashreplace").decode()
    sample = a_sample(raw=text, solution=safe, latency=latency, usage=Usage(1, 2, None, 4), refusal=safe)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "audit.db") as store:
        store.add_samples([sample])
        (back,) = store.samples()
    assert back == replace(sample, raw=safe)


@given(st.text(), st.one_of(st.none(), st.text()))
def test_an_answer_is_packed_by_its_program_and_comes_back(text: str, solution: str | None) -> None:
    """And takes next to nothing if it only surrounds its program."""
    raw, program = storable(text), None if solution is None else storable(solution)
    assert unpacked_answer(packed_answer(raw, program), program) == raw
    code = "".join(f"def f{n}(x):\n    return x * {n * n}\n" for n in range(20))
    assert len(packed_answer(f"Here it is:\n```python\n{code}```\n{raw[:9]}", code)) < 100


def test_equal_answers_stay_separate_samples_of_one_program(tmp_path: Path) -> None:
    """n equal completions are n samples and one program, however often they are added."""
    with Store(tmp_path / "audit.db") as store:
        for _ in range(2):
            store.add_samples([a_sample(i) for i in range(5)])
        assert len(list(store.samples())) == 5
        assert [p.program for p in store.programs()] == [program_id("t", "x = 1\n")]


def test_labels_follow_from_the_two_verdicts(tmp_path: Path) -> None:
    """A sample is judged by its program; what has no program, or a harness error, is unknown."""
    cases = {
        Label.TRUE_POSITIVE: (Outcome.PASS, Outcome.PASS),
        Label.FALSE_POSITIVE: (Outcome.PASS, Outcome.TIMEOUT),
        Label.TRUE_NEGATIVE: (Outcome.MEMORY, None),
        Label.FALSE_NEGATIVE: (Outcome.FAIL, Outcome.PASS),
        Label.UNKNOWN: (Outcome.PASS, Outcome.ERROR),
    }
    with Store(tmp_path / "audit.db") as store:
        for index, (label, outcomes) in enumerate(cases.items()):
            sample = a_sample(index, solution=label)
            store.add_samples([sample])
            assert sample.program
            store.add_verdicts(
                a_verdict(suite, outcome, sample.program)
                for suite, outcome in zip(SuiteName, outcomes, strict=True)
                if outcome
            )
        store.add_samples([a_sample(9, solution=None, status=SampleStatus.REFUSED)])
        labels = [judged.label for judged in store.judged("m")]
        assert labels == [*cases, Label.UNKNOWN]


def test_the_view_labels_as_the_record_does(tmp_path: Path) -> None:
    """SQL and ``Label.of`` agree on every pair of outcomes, a suite that was not run included."""
    possible = [None, *Outcome]
    pairs = list(itertools.product(possible, possible))
    with Store(tmp_path / "audit.db") as store:
        for index, outcomes in enumerate(pairs):
            sample = a_sample(index, solution=str(index))
            assert sample.program
            store.add_samples([sample])
            store.add_verdicts(
                a_verdict(suite, outcome, sample.program)
                for suite, outcome in zip(SuiteName, outcomes, strict=True)
                if outcome
            )
        for view in ("labelled_sample", "labelled_program"):
            rows = store._rows(f"SELECT base, plus, label FROM {view}")
            found = {(row["base"], row["plus"]): row["label"] for row in rows}
            assert found == {pair: Label.of(*pair) for pair in pairs}
        counted = Counter(judged.label for judged in store.judged())
        (tally,) = tallies(store.columns())
        assert tally.labelled == len(pairs) - counted[Label.UNKNOWN]
        assert tally.accepted == counted[Label.TRUE_POSITIVE] + counted[Label.FALSE_POSITIVE]
        assert (tally.correct, tally.false_negatives) == (counted[Label.TRUE_POSITIVE], counted[Label.FALSE_NEGATIVE])
        accepted = {row["program"] for row in store._rows("SELECT program FROM accepted_program")}
        wrong = {found.program for found in store.false_positives("m")}
        positive = {Label.TRUE_POSITIVE, Label.FALSE_POSITIVE}
        assert accepted == {j.program for j in store.judged() if j.label in positive}
        assert wrong == set()  # without its task, nothing can be shown of a program
        assert {p.program for p in store.accepted_solutions() if p.label is Label.FALSE_POSITIVE} == {
            j.program for j in store.judged() if j.label is Label.FALSE_POSITIVE
        }


def test_rows_of_programs_that_are_not_there_are_refused(tmp_path: Path) -> None:
    """A verdict or style result never disappears in silence."""
    with Store(tmp_path / "audit.db") as store:
        with pytest.raises(StoreError, match="a verdict names an unknown program"):
            store.add_verdicts([a_verdict(SuiteName.BASE, Outcome.PASS, "p")])
        with pytest.raises(StoreError, match="a style result names an unknown program"):
            store.add_style([StyleResult("p", "rubric", True, 0.5, {}, {}, ())])


def test_verdicts_of_others_and_tasks_come_back(tmp_path: Path) -> None:
    """What someone else recorded, what a task asks for and which tasks are excluded survive."""
    others = [
        ThirdPartyVerdict("evalplus", "m", "t", 3, None, Outcome.FAIL),
        ThirdPartyVerdict("evalplus", "m", "t", 3, SuiteName.PLUS, Outcome.FAIL, "why", "f(\ud83d)"),
    ]
    suite = InputSuite(((1,), (2,)))
    target = Target(TargetKind.METHOD, "Solution().f")
    task = Task("t", "prompt", target, "reference", suite, suite, "family", (("difficulty", "hard"),))
    other = replace(task, task_id="a", target=Target.function("f"), slices=())
    with Store(tmp_path / "audit.db") as store:
        store.add_third_party_verdicts([*others, *others])
        found = list(store.third_party_verdicts())
        assert found == [others[0], replace(others[1], failing_input="f(\\ud83d)")]
        store.add_tasks([task, other])
        store.mark_excluded({"t": "for a reason"})
        store.mark_excluded({"a": "for another"})
        first, second = store.tasks()
        assert (first.task_id, first.target, first.slices) == ("t", target, (("difficulty", "hard"),))
        assert (first.family, first.base_tests, first.excluded) == ("family", 2, None)
        assert (second.entry_point, second.slices, second.excluded) == ("f", (), "for another")


def test_only_what_is_missing_is_verified(tmp_path: Path) -> None:
    """A program is due without base, without plus after a base pass, and after a harness error."""
    due = {
        "nothing": ((), True, True),
        "base failed": ((Outcome.FAIL,), False, True),
        "base passed": ((Outcome.PASS,), True, True),
        "both": ((Outcome.PASS, Outcome.FAIL), False, False),
        "our error": ((Outcome.ERROR,), True, True),
        "our error on plus": ((Outcome.PASS, Outcome.ERROR), True, True),
    }
    with Store(tmp_path / "audit.db") as store:
        for index, (name, (outcomes, _, _)) in enumerate(due.items()):
            sample = a_sample(index, solution=name)
            store.add_samples([sample])
            assert sample.program
            pairs = zip(SuiteName, outcomes, strict=False)
            store.add_verdicts(a_verdict(suite, outcome, sample.program) for suite, outcome in pairs)
        accepted = {p.solution for p in store.programs(store.unverified(all_plus=False))}
        always = {p.solution for p in store.programs(store.unverified(all_plus=True))}
    assert accepted == {name for name, (_, needed, _) in due.items() if needed}
    assert always == {name for name, (_, _, needed) in due.items() if needed}


def test_programs_stream_while_verdicts_are_written(tmp_path: Path) -> None:
    """Every program is streamed once though rows are written between two of them, more than one chunk's worth."""
    with Store(tmp_path / "audit.db") as store:
        store.add_samples(a_sample(i, solution=str(i), task_id=f"t{i % 7}") for i in range(1200))
        seen = []
        for program in store.programs(store.unverified(all_plus=False)):
            store.add_verdicts([a_verdict(SuiteName.BASE, Outcome.FAIL, program.program)])
            seen.append((program.task_id, program.program))
        assert len(set(seen)) == len(seen) == 1200
        assert store.unverified(all_plus=False) == {}
        assert store.outcomes([seen[0][1]]) == {seen[0][1]: {SuiteName.BASE: Outcome.FAIL}}


def test_verdicts_and_style_come_back_as_they_went_in(tmp_path: Path) -> None:
    """Failing test, per-test results, adherence, metrics and findings survive the round trip."""
    finding = Finding("ruff", "E501", "line-too-long", "too long", 3, 80, in_prompt=False, duplicate=True, url="u")
    sample = a_sample()
    assert sample.program
    result = StyleResult(sample.program, "rubric", True, 0.5, {"a": True, "b": None}, {"sloc": 3.0}, (finding,), 2)
    verdict = a_verdict(SuiteName.BASE, Outcome.FAIL, sample.program)
    with Store(tmp_path / "audit.db") as store:
        store.add_samples([sample])
        for _ in range(2):
            store.add_verdicts([verdict])
            store.add_style([result])
        assert list(store.verdicts()) == [verdict]
        assert list(store.style("rubric", findings=True)) == [result]
        assert list(store.style("another rubric")) == []


def test_a_foreign_or_missing_file_is_refused(tmp_path: Path) -> None:
    """What is not our run is named, not overwritten, be it a database of another program."""
    for columns in ("a, b", "key, other"):
        path = tmp_path / f"{columns}.db"
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"CREATE TABLE meta ({columns})")
        before = path.read_bytes()
        with pytest.raises(StoreError, match=r"another program's database \(tables: meta\), not a run — move it away"):
            Store(path)
        assert path.read_bytes() == before
    with pytest.raises(RunMissingError, match="no run here"):
        Store(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"notes, long enough to look like a database" * 200, "holds text, not a run"),
        ("ä".encode() * 4000, "holds text, not a run"),
        (b'{"schema": "auditor/report/2"}', "holds JSON, not a run"),
        (bytes(range(256)) * 40, "holds other data, not a run"),
        (None, "is a folder, not a run"),
        (b"SQLite format 3\0" + bytes(4000), "is a damaged database"),
    ],
)
@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_run_is_said_to_be_what_it_is(
    tmp_path: Path, content: bytes | None, what: str, create: bool
) -> None:
    """Message, file and remedy in one line; the file stays byte for byte, and nothing is laid beside it."""
    path = tmp_path / "audit.db"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises((StoreError, RunMissingError)) as refused:
        Store(path, create=create)
    if create or content is not None:
        assert str(refused.value).startswith(f"{path}: {what}")
        assert " — " in str(refused.value)
    assert content is None or path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["audit.db"]


def test_a_damaged_run_names_its_copy_and_what_may_be_saved(tmp_path: Path) -> None:
    """A run that was cut off is neither changed nor taken for a new one."""
    path = tmp_path / "audit.db"
    with Store(path) as store:
        store.add_samples([a_sample()])
    whole = path.read_bytes()
    path.write_bytes(whole[:8192])
    with pytest.raises(StoreError, match=r"damaged database \(.*malformed\) — replace it with a copy; without one"):
        Store(path)
    (tmp_path / "audit.db.schema-1.bak").write_bytes(b"")
    with pytest.raises(StoreError, match=r"replace it with audit.db.schema-1.bak; without one"):
        Store(path)
    assert path.read_bytes() == whole[:8192]


@pytest.mark.parametrize(("version", "why"), [("99", "newer version"), ('"x"', "no number"), ("[", "no number")])
def test_a_version_that_is_not_known_changes_nothing(tmp_path: Path, version: str, why: str) -> None:
    """The file is refused before a byte of it is written, its header included."""
    path = tmp_path / "audit.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE meta (key, value)")
        other.execute("INSERT INTO meta VALUES ('schema_version', ?)", (version,))
        other.commit()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=why):
        Store(path)
    assert path.read_bytes() == before


def test_a_run_in_a_place_that_cannot_be_written_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share or a colleague's folder will do for export, gate and compare; nothing is laid down there."""
    folder = tmp_path / "run #1?"
    with Store(folder / "audit.db") as store:
        store.add_samples([a_sample()])
    (folder / "audit.db").chmod(0o444)
    folder.chmod(0o555)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write all the same
    try:
        with Store(folder / "audit.db", create=False) as store:
            assert [sample.solution for sample in store.samples()] == ["x = 1\n"]
            assert [path.name for path in folder.iterdir()] == ["audit.db"]
            with pytest.raises(StoreError, match="readonly"):
                store.meta.sandbox = "x"
    finally:
        folder.chmod(0o755)


def test_a_reader_does_not_block_the_writer(tmp_path: Path) -> None:
    """WAL: an open read transaction elsewhere delays nothing and loses nothing."""
    with Store(tmp_path / "audit.db") as store:
        store.add_samples([a_sample(0)])
        reader = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM sample").fetchone() == (1,)
        store.add_samples([a_sample(1)])
        assert len(list(store.samples())) == 2
        reader.close()


def test_a_failed_write_leaves_nothing_half_done(tmp_path: Path) -> None:
    """A batch is written whole or not at all, and the error names the remedy."""
    with Store(tmp_path / "audit.db") as store:
        broken = a_sample(1, latency=object())
        with pytest.raises(StoreError, match="run the same command again"):
            store.add_samples([a_sample(0), broken])
        assert list(store.samples()) == []


def test_killed_in_mid_write_keeps_whole_batches(tmp_path: Path) -> None:
    """After kill -9 the file opens, and holds every committed batch and no part of another."""
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from tests.unit.store.test_store import a_sample
        from auditor.store import Store
        store = Store(Path(sys.argv[1]))
        for batch in range(100000):
            store.add_samples([a_sample(batch * 10 + i) for i in range(10)])
            print(batch, flush=True)
    """)
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "audit.db")], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        assert process.stdout
        told = 0
        for line in process.stdout:
            told = int(line)
            if told >= 30:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.stdout.read()
    with Store(tmp_path / "audit.db", create=False) as store:
        held = len(list(store.samples()))
    assert held % 10 == 0
    assert held >= (told + 1) * 10


def test_program_ids_tell_task_and_text_apart() -> None:
    """No two pairs of task and text share an id, whatever characters they hold."""
    pairs = [("a\0b", "c"), ("a", "b\0c"), ("a", "1:bc"), ("a1", ":bc"), ("1:a", "bc"), ("", "a"), ("a", ""),
             ("a", "\ud83d\ude00"), ("a", "\U0001f600")]  # fmt: skip
    assert len({program_id(task, text) for task, text in pairs}) == len(pairs)
