"""Verdicts of earlier runs: found if everything they depend on is the same, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.pipeline import Run, carry_out
from auditor.records import FailingTest, FailureKind, Outcome, SuiteName, Trust, Verdict
from auditor.store import Store
from auditor.store.verdict_cache import VerdictCache, Wanted
from tests import small_audit
from tests.unit.test_pipeline_run import Watched

KEY = b"k" * 20


def verified(config: Path, folder: Path) -> int:
    """Verify a run; return how many programs ran."""
    progress = Watched()
    carry_out(Run.open(config, folder, progress), ("verify",))
    return progress.stages.get("verifying", [0])[0]


def test_a_second_run_of_the_same_programs_runs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless a limit, a task or the setting says that they shall run."""
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    config = small_audit.write(tmp_path, tasks=2, endless=0)
    text = config.read_text()
    ran = verified(config, tmp_path / "first")
    assert ran > 10
    assert verified(config, tmp_path / "second") == 0
    with Store(tmp_path / "first" / "audit.db") as one, Store(tmp_path / "second" / "audit.db") as other:
        assert list(one.verdicts()) == list(other.verdicts())
    config.write_text(text.replace("timeout = 0.2", "timeout = 0.3"))
    assert verified(config, tmp_path / "other limits") == ran
    config.write_text(text.replace("[verify]\n", "[verify]\nreuse = false\n"))
    assert verified(config, tmp_path / "not wanted") == ran
    config.write_text(text)
    tasks = (tmp_path / "tasks.jsonl").read_text()
    (tmp_path / "tasks.jsonl").write_text(tasks.replace("[2, 2, 1, 1]", "[2, 1, 1]", 1))
    assert 0 < verified(config, tmp_path / "other tests") < ran


def a_verdict(**changes: object) -> Verdict:
    failing = FailingTest(1, "f('\\ud800')", "2", "3", FailureKind.EXCEPTION)
    values: dict[str, object] = {
        "program": "p", "suite": SuiteName.PLUS, "outcome": Outcome.FAIL, "tests": 3, "passed": b"\1\0\2",
        "failing": failing, "detail": "why", "cpu_seconds": 0.25, "sandbox": "seccomp", "host": "h",
        "environment": "e", "trust": Trust.IN_PROCESS,
    }  # fmt: skip
    return Verdict(**{**values, **changes})  # type: ignore[arg-type]


def found(cache: VerdictCache, key: bytes = KEY) -> list[Verdict]:
    return list(cache.find([Wanted(key, "p", SuiteName.PLUS), Wanted(b"other", "q", SuiteName.BASE)]))


def test_a_verdict_comes_back_as_it_went_in(tmp_path: Path) -> None:
    with VerdictCache(tmp_path) as cache:
        cache.keep({KEY: a_verdict(), b"f": a_verdict(flaky=True), b"e": a_verdict(outcome=Outcome.ERROR)})
        assert found(cache) == [a_verdict()]
        assert found(cache, b"f") == found(cache, b"e") == []
        cache.keep({KEY: a_verdict(failing=None, outcome=Outcome.PASS, passed=b"\1" * 750)})
    with VerdictCache(tmp_path) as cache:
        assert found(cache) == [a_verdict(failing=None, outcome=Outcome.PASS, passed=b"\1" * 750)]
    with VerdictCache(None) as cache:
        cache.keep({KEY: a_verdict()})
        assert found(cache) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 5000),
        lambda path: path.write_bytes(b""),
        lambda path: path.chmod(0o666),
        lambda path: path.rename(path.with_name("there")) and path.symlink_to(path.with_name("there")),
    ],
    ids=["garbage", "empty", "writable by others", "a link"],
)
def test_a_file_that_cannot_be_trusted_is_not_read(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    with VerdictCache(tmp_path) as cache:
        cache.keep({KEY: a_verdict()})
    for path in (tmp_path / "verdicts").glob("*.db"):
        spoil(path)
    with VerdictCache(tmp_path) as cache:
        assert found(cache) == []


def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "verdicts").mkdir()
    (tmp_path / "verdicts").chmod(0o777)
    with pytest.raises(UsageError, match="another user"):
        VerdictCache(tmp_path)
    assert list((tmp_path / "verdicts").iterdir()) == []
