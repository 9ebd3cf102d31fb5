"""A run folder refuses other tasks and other samples, and says which file changed and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ExitCode, StoreError
from auditor.pipeline import Run, carry_out
from tests.small_audit import write
from tests.unit.test_pipeline_run import Heard


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of an audit of three tasks whose samples have been read."""
    path = write(tmp_path, tasks=3)
    read(path)
    return path


def read(path: Path) -> Heard:
    """Read the recorded samples into the run folder; return what was said."""
    heard = Heard()
    carry_out(Run.open(path, path.parent / "run", heard), ("sample",))
    return heard


def refused(path: Path) -> str:
    """Return the one line with which the folder refuses to go on."""
    with pytest.raises(StoreError) as caught:
        read(path)
    assert caught.value.exit_code is ExitCode.USAGE
    return str(caught.value)


def test_a_changed_file_of_samples_is_named_with_digests_and_counts(config: Path) -> None:
    """File, rows then and now, both digests, and the next step."""
    samples = config.parent / "samples.jsonl"
    first = samples.read_text().splitlines(keepends=True)[0]
    samples.write_text(samples.read_text() + first)
    said = refused(config)
    assert "model 'one'" in said
    assert "samples.jsonl has changed since it was read (16 samples of this model then, 17 now; SHA-256 " in said
    assert said.endswith("restore the original, or name another run folder with --out, or give the model another name")
    samples.write_text("not JSON\n")
    assert "(16 samples of this model then, SHA-256 " in refused(config)


def test_changed_tasks_are_named(config: Path) -> None:
    """Which tasks were added, removed and changed; a task file that is put back is accepted again."""
    tasks = config.parent / "tasks.jsonl"
    before = tasks.read_text()
    one, two, three = before.splitlines(keepends=True)
    tasks.write_text(one.replace("[2, 2, 1, 1]", "[2, 2]") + two + three.replace("Small/3", "Small/4"))
    said = refused(config)
    assert "the tasks of tasks.jsonl are not those that the run started with: 1 task added (Small/4), " in said
    assert "1 task removed (Small/3), 1 task changed (Small/1) (SHA-256 " in said
    tasks.write_text(before)
    assert read(config).told == ["one: 16 samples kept, none to do", "two: 15 samples kept, none to do"]


def test_another_source_of_tasks_is_named(config: Path) -> None:
    """Both sources are named if they differ."""
    config.write_text(config.read_text().replace("tasks.jsonl", "other.jsonl"))
    (config.parent / "tasks.jsonl").rename(config.parent / "other.jsonl")
    with_more = (config.parent / "other.jsonl").read_text().replace("Small/3", "Small/5")
    (config.parent / "other.jsonl").write_text(with_more)
    assert "the run is on other tasks: tasks.jsonl then, other.jsonl now" in refused(config)


def test_a_changed_setting_is_named_with_its_values(config: Path) -> None:
    """Numbers are shown as they were and are; texts, which may be secret, only by their key."""
    config.write_text(config.read_text().replace('recorded_model = "one"', 'recorded_model = "one"\njoin = "x"'))
    said = refused(config)
    assert "join has changed" in said
    assert "x" not in said.split("join has changed")[1].split("—")[0]


def test_samples_beyond_a_lowered_number_are_counted(tmp_path: Path) -> None:
    """Nothing is dropped: the command says how many more there are, and that they are analysed."""
    path = tmp_path / "audit.toml"
    settings = (
        '[benchmark]\nsource = "demo"\ntasks = ["Demo/longest_streak", "Demo/merge_intervals"]\n'
        '[[model]]\nname = "m"\nsimulated = "weak"\nsamples_per_task = '
    )
    path.write_text(f"{settings}3\n")
    assert not any("more than" in line for line in read(path).notes)
    path.write_text(f"{settings}2\n")
    assert read(path).notes == ["m: 2 samples more than samples_per_task = 2 asks for; all are kept and analysed"]
