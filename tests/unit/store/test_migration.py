"""A run that an older version wrote is migrated whole, or stays as it was, whenever the process is killed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from auditor.errors import AuditorError, StoreError
from auditor.pipeline import Run, carry_out
from auditor.pipeline.export import rows
from auditor.pipeline.progress import Advance, Silent
from auditor.records import (
    FailureKind,
    Finding,
    Label,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Usage,
    program_id,
)
from auditor.store import SCHEMA_VERSION, Store
from auditor.store.schema import backup_of

ROOT = Path(__file__).resolve().parents[3]
OLD = (ROOT / "tests" / "unit" / "store" / "schema_1.sql").read_text()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of schema 1, in WAL mode as the first version left it."""
    path = tmp_path / "run" / "audit.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(OLD)
    return path


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def schema_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_everything_in_an_old_run_is_there_afterwards(old: Path) -> None:
    """Samples, verdicts, style and settings of the first version read as they were written."""
    with Store(old) as store:
        samples = list(store.samples())
        assert samples[0] == Sample(
            "a", "T/0", 0, "h0", SampleStatus.OK, "true", "true", "raw/1", "stop", None, "a-1", "fp",
            Usage(1, 2, 3, 4), 0.5, 0.25,
        )  # fmt: skip
        assert [(s.model, s.raw, s.solution) for s in samples[1:]] == [
            ("a", "fenced true", "true"), ("a", "wrong", "wrong"), ("a", "", None), ("b", "another fence", "raises"),
            ("b", "slow", "slow"), ("b", "new", "new"),
        ]  # fmt: skip
        assert samples[3].refusal == "no"
        verdicts = {(v.program, v.suite): v for v in store.verdicts()}
        assert len(verdicts) == 6
        wrong = verdicts["p-wrong", SuiteName.PLUS]
        assert (wrong.outcome, wrong.tests, wrong.flaky, wrong.cpu_seconds) == (Outcome.FAIL, 40, True, 0.2)
        assert wrong.passed == b"\1\0" + b"\2" * 38
        assert verdicts["p-true", SuiteName.PLUS].passed == b"\1" * 40
        assert [verdicts["p-true", suite].sandbox for suite in SuiteName] == ["landlock", "seccomp"]
        kinds = {program: verdict.failing and verdict.failing.kind for (program, _), verdict in verdicts.items()}
        assert kinds == {
            "p-true": None, "p-wrong": FailureKind.WRONG_VALUE, "p-raises": FailureKind.EXCEPTION,
            "p-slow": FailureKind.NO_ANSWER,
        }  # fmt: skip
        findings = (
            Finding("ruff", "E501", "line-too-long", "Line too long", 1, 80, in_prompt=False, url="u"),
            Finding("ruff", "E501", "line-too-long", "Line much too long", 2, 90, in_prompt=True, url="u"),
        )
        expected = StyleResult("p-true", "r1", True, 0.5, {"names": True, "never": None}, {"sloc": 2.0}, findings, 1)
        assert list(store.style("r1", findings=True)) == [expected]
        assert [found.tool for found in store.findings("p-true", "r2")] == ["pylint"]
        assert [(task.task_id, str(task.target.kind), task.target.name) for task in store.tasks()] == [
            ("T/0", "function", "f"), ("T/1", "function", "g"),
        ]  # fmt: skip
        assert [task.unfit for task in store.tasks()] == [None, "does not pass"]
        assert store.meta.benchmark is not None
        assert (store.meta.benchmark.digest, store.meta.sandbox) == ("d", "landlock")
        assert store.meta.model("a") == {"simulated": "weak"}
        assert store.unverified(all_plus=False) == {"p-new": "T/1"}
        labels = [judged.label for judged in store.judged("a")]
        assert labels == [Label.TRUE_POSITIVE, Label.TRUE_POSITIVE, Label.FALSE_POSITIVE, Label.UNKNOWN]


def test_a_migrated_database_has_the_schema_of_a_new_one(old: Path, tmp_path: Path) -> None:
    """There is one schema, however a database came to it; opening again changes nothing."""
    Store(old).close()
    Store(tmp_path / "new.db").close()
    assert schema_of(old) == schema_of(tmp_path / "new.db")
    before = dump(old)
    with Store(old) as store:
        assert store.backup is None
    assert dump(old) == before


def test_the_old_database_is_kept_beside_the_new_one(old: Path) -> None:
    """The backup is the database as it was."""
    before = dump(old)
    with Store(old) as store:
        assert store.backup == backup_of(old, 1)
    assert dump(backup_of(old, 1)) == before


def test_no_room_is_left_where_the_old_tables_were(old: Path) -> None:
    """The file holds the new form alone; what the old one took is given back."""
    Store(old).close()
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_a_newer_database_is_refused_untouched(old: Path) -> None:
    """The remedy is a newer auditor; nothing is written, and no backup is made."""
    with closing(sqlite3.connect(old)) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (json.dumps(SCHEMA_VERSION + 1),))
    before = dump(old)
    for create in (True, False):
        with pytest.raises(StoreError, match=r"newer version of auditor .* upgrade auditor"):
            Store(old, create=create)
    assert dump(old) == before
    assert [path.name for path in old.parent.iterdir() if path.suffix == ".bak"] == []


def test_an_old_run_where_nothing_can_be_written_is_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be migrated in its place, so the remedy is a copy."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match="copy the folder to a place that you can write to"):
        Store(old, create=False)


KILLED = textwrap.dedent("""
    import os, shutil, signal, sqlite3, sys
    from pathlib import Path
    from auditor.store import Store

    old, folder, kind, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    connect, seen, last = sqlite3.connect, 0, 1

    def one_more(*_):
        global seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*arguments, **options):
        db = connect(*arguments, **options)
        if kind == "statement":
            db.set_trace_callback(one_more)
        else:
            db.set_progress_handler(one_more, 1)
        return db

    while True:
        copy = folder / str(last) / "audit.db"
        copy.parent.mkdir()
        shutil.copy(old, copy)
        if (child := os.fork()) == 0:
            sqlite3.connect = watched
            with Store(copy) as store:
                store.tasks()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(last, os.waitstatus_to_exitcode(status), flush=True)
        if status == 0:
            break
        last += step
""")


@pytest.mark.parametrize(("kind", "step"), [("statement", 1), pytest.param("instruction", 97, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_is_old_or_new(old: Path, tmp_path: Path, kind: str, step: int) -> None:
    """kill -9 before each statement, or amid one, leaves one version whole; the next open brings it to the end.

    A process of its own forks a child for each moment and has the child kill itself there.
    """
    killed = tmp_path / "killed"
    killed.mkdir()
    before = dump(old)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(old), str(killed), kind, str(step)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    Store(old).close()
    after = dump(old)
    *kills, last = [tuple(map(int, line.split())) for line in ended.stdout.splitlines()]
    assert {code for _, code in kills} == {-9}
    assert last[1] == 0
    left = []
    for moment, _ in kills:
        copy = killed / str(moment) / "audit.db"
        left.append(dump(copy))
        assert left[-1] in (before, after)
        Store(copy).close()
        assert dump(copy) == after
        if backup_of(copy, 1).exists():
            assert dump(backup_of(copy, 1)) == before
    assert len(left) > 40
    assert left[0] == before
    assert left[-1] == after or kind == "instruction"  # which may never fall between the commit and the end


@pytest.fixture
def old_run(tmp_path: Path) -> Run:
    """A project whose run version 0.1 has finished, style aside; all that it kept is in run_of_0_1.sql."""
    tasks = [
        {
            "task_id": f"T/{i}", "prompt": f"def size_{i}(x):\n", "entry_point": f"size_{i}",
            "reference": f"def size_{i}(x):\n    return abs(x)\n",
            "base": {"inputs": [[1], [2]]}, "plus": {"inputs": [[1], [-2]]},
        }
        for i in range(2)
    ]  # fmt: skip
    bodies = ("return abs(x)", "return x", "raise ValueError(x)")
    samples = [
        {"task_id": f"T/{i}", "solution": f"def size_{i}(x):\n    {body}\n"} for i in range(2) for body in bodies
    ]
    for name, lines in (("tasks", tasks), ("samples", samples)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n\n[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
    )
    (tmp_path / "run").mkdir()
    tables, _, _ = OLD.partition("INSERT INTO")
    with closing(sqlite3.connect(tmp_path / "run" / "audit.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(tables + (ROOT / "tests" / "unit" / "store" / "run_of_0_1.sql").read_text())
    return Run.open(tmp_path / "audit.toml", tmp_path / "run", Said())


class Said(Silent):
    """Keeps the titles of the stages and the notes."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        self.stages.append(title)
        return super().stage(title, total, work, kept=kept)

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.mark.slow
def test_a_run_of_the_first_version_goes_on_without_judging_again(old_run: Run) -> None:
    """The upgraded run is the same run: tasks, settings and verdicts are known, and its report is written."""
    carry_out(old_run)
    said = old_run.progress
    assert isinstance(said, Said)
    assert [stage for stage in said.stages if "verif" in stage or "references" in stage] == []
    assert [note for note in said.notes if "audit.db.schema-1.bak" in note]
    assert [row["label"] for row in rows(old_run.folder, "verdicts")] == [
        "true_positive", "false_positive", "true_negative",
    ] * 2  # fmt: skip
    assert (old_run.report_folder / "index.html").is_file()


@pytest.mark.parametrize("read", [0, 2, 6])
def test_a_file_that_the_first_version_read_in_part_is_read_whole(old_run: Run, read: int) -> None:
    """A run that was killed while it read its samples has all of them after the upgrade, none twice."""
    with closing(sqlite3.connect(old_run.database)) as db, db:
        db.execute("DELETE FROM sample WHERE CAST(substr(task_id, 3) AS INTEGER) * 3 + sample_index >= ?", (read,))
    carry_out(old_run, ("sample",))
    found = [(row["task_id"], row["sample_index"]) for row in rows(old_run.folder, "samples")]
    assert found == [(f"T/{task}", index) for task in range(2) for index in range(3)]


def test_an_analysis_of_the_first_version_is_made_again(old_run: Run) -> None:
    """Its form is another; who asks for it is told what to do, and the report makes it again."""
    with pytest.raises(AuditorError, match="run `auditor analyze` again"):
        list(rows(old_run.folder, "analysis"))
    carry_out(old_run, ("analyze",))
    assert next(rows(old_run.folder, "analysis"))["model"] == "m"


def test_programs_are_named_by_the_rule_of_this_version(old_run: Run) -> None:
    """A solution that comes again is the program that has its verdicts; one with lone surrogates keeps its own id."""
    with closing(sqlite3.connect(old_run.database)) as db, db:
        for name in ("first", "second"):  # "\\ud800" as an escape, and as it was written by the model
            db.execute("INSERT INTO program VALUES (?, 'T/0', '\\ud800')", (name,))
    with Store(old_run.database) as store:
        found = {program.program: program for program in store.programs()}
        assert {"first", "second"} < found.keys()
        del found["first"], found["second"]
        assert found.keys() == {program_id(program.task_id, program.solution) for program in found.values()}
        assert len(found) == 6
    # Ids are in every database: another rule is another schema, whose step renames the programs.
    assert program_id("T/0", "def f(x):\n    return x\n") == "096e1ef4093fa9e2ef3e23074a4daeeb"


def test_two_processes_migrate_once(old: Path) -> None:
    """The second waits for the first, and finds the work done."""
    expected = None
    script = "import sys; from pathlib import Path; from auditor.store import Store; Store(Path(sys.argv[1])).close()"
    running = [subprocess.Popen([sys.executable, "-c", script, str(old)], cwd=ROOT) for _ in range(4)]
    assert [process.wait(600) for process in running] == [0] * 4
    with Store(old) as store:
        expected = len(list(store.samples()))
    assert expected == 7
