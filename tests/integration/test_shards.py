"""Shards of a run, verified apart and merged, are the run: the same report to the byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.errors import StoreError
from auditor.pipeline import Run, carry_out
from auditor.pipeline.merge import merge
from auditor.shards import Shard
from auditor.store import Store
from tests import small_audit
from tests.unit.test_pipeline_run import Watched


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_audit.write(tmp_path_factory.mktemp("shards"))


@pytest.fixture(scope="module")
def whole(config: Path) -> dict[str, bytes]:
    """The report of a run on one machine."""
    return small_audit.report_of(config, config.parent / "whole")


@pytest.fixture(scope="module")
def shards(config: Path) -> list[Path]:
    """The folders of four shards, verified and scored."""
    folders = []
    for number in range(1, 5):
        run = Run.open(config, config.parent / "parts").sharded(Shard(number, 4))
        carry_out(run, ("verify", "score"))
        folders.append(run.folder)
    return folders


class Verifying(Watched):
    """Knows how many programs had to be verified."""

    @property
    def verified(self) -> int:
        return self.stages.get("verifying", [0])[0]

    def tell(self, message: str) -> None:
        """Keep what is told of the work."""
        self.told = [*getattr(self, "told", []), message]


def test_four_shards_merged_give_the_report_of_one_machine(
    config: Path, whole: dict[str, bytes], shards: Sequence[Path], tmp_path: Path
) -> None:
    assert [folder.name for folder in shards] == ["1-of-4", "2-of-4", "3-of-4", "4-of-4"]
    said = list(merge([shards[2], shards[0], shards[3], shards[1], shards[0]], tmp_path))
    assert not any("missing" in line or "without" in line for line in said)
    progress = Verifying()
    assert small_audit.report_of(config, tmp_path, progress) == whole
    assert progress.verified == 0  # nothing was left to do
    programs = 0
    for folder in shards:
        with Store(folder / "audit.db") as store:
            programs += len(list(store.programs()))
    assert f"verdicts: {programs} programs kept, none to do" in progress.told
    assert not any("reading" in stage for stage in progress.stages)


@pytest.mark.slow
def test_missing_shards_are_counted_and_what_they_lack_is_done_later(
    config: Path, whole: dict[str, bytes], shards: Sequence[Path], tmp_path: Path
) -> None:
    assert "2 of 4 shards merged; missing: 1, 3" in list(merge([shards[1], shards[3]], tmp_path))
    assert "3 of 4 shards merged; missing: 3" in list(merge([shards[0]], tmp_path))
    progress = Verifying()
    assert small_audit.report_of(config, tmp_path, progress) == whole
    with Store(shards[2] / "audit.db") as store:
        missing = len(list(store.programs()))
    assert progress.verified == missing
    assert any(told.endswith(f"programs kept, {missing} to do") for told in progress.told)


def test_a_shard_takes_what_the_run_has_already(config: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    """Samples that were drawn, and verdicts that were reached, are not asked for again."""
    del whole
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "audit.db").write_bytes((config.parent / "whole" / "audit.db").read_bytes())
    progress = Verifying()
    run = Run.open(config, tmp_path / "run", progress).sharded(Shard(1, 3))
    carry_out(run, ("verify",))
    assert progress.verified == 0
    with Store(run.database) as store:
        assert {sample.task_id for sample in store.samples()} == {"Small/1", "Small/4"}


def test_folders_of_two_runs_do_not_merge(config: Path, shards: Sequence[Path], tmp_path: Path) -> None:
    other = tmp_path / "audit.toml"
    text = (
        config.read_text()
        .replace('= "samples', f'= "{config.parent}/samples')
        .replace('= "tasks', f'= "{config.parent}/tasks')
    )
    other.write_text(text.replace("timeout = 0.2", "timeout = 0.3"))
    run = Run.open(other, tmp_path / "run").sharded(Shard(4, 4))
    carry_out(run, ("verify",))
    with pytest.raises(StoreError, match="verify settings differs"):
        list(merge([shards[0], run.folder], tmp_path / "merged"))
    assert not (tmp_path / "merged").exists() or not Store(tmp_path / "merged" / "audit.db").has_samples()
    with pytest.raises(StoreError, match="holds shard 4/4"):
        carry_out(Run.open(other, run.folder), ("verify",))


def test_shards_share_the_tasks_out() -> None:
    tasks = list(range(164))
    for count in (1, 3, 16, 200):
        parts = [Shard(number, count).of(tasks) for number in range(1, count + 1)]
        assert sorted(task for part in parts for task in part) == tasks
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/0", "1", "a/b", "1/4/4", "-1/4", "1/ 4"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="shard"):
        Shard.parse(text)


def test_shards_merge_from_a_share_that_cannot_be_written(
    whole: dict[str, bytes], config: Path, shards: Sequence[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster often keeps the shards on a share that is mounted read-only."""
    share = tmp_path / "a share, with 100 % of it"
    for shard in shards:
        shutil.copytree(shard, share / shard.name)
        (share / shard.name / "audit.db-shm").mkdir()  # SQLite fails when it wants to write there, even as root
    as_asked = os.access
    # Tests may run as root, for whom only a read-only mount is not writable.
    monkeypatch.setattr(
        os, "access", lambda path, mode: as_asked(path, mode) and not (mode == os.W_OK and share in Path(path).parents)
    )
    before = {path: path.read_bytes() for path in share.rglob("*") if path.is_file()}
    list(merge(sorted(share.iterdir()), tmp_path / "run"))
    assert {path: path.read_bytes() for path in share.rglob("*") if path.is_file()} == before
    assert small_audit.report_of(config, tmp_path / "run") == whole
