"""Every stage of every command reports as many units as it has announced."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.grading.stronger_file import Options, strengthen_file
from auditor.grading.suites import grade_benchmark
from auditor.pipeline import Run, carry_out, estimates
from auditor.pipeline.progress import Advance, Silent
from auditor.pipeline.select import SelectOptions, select
from auditor.pipeline.suites import judge_second
from tests import small_audit


class Counted(Silent):
    """Counts the units and the work of each stage."""

    def __init__(self) -> None:
        self.units: dict[str, list[int]] = {}
        self.work: dict[str, list[float]] = {}

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        units, costs = self.units[title], self.work[title] = [kept, total], [0.0, work]

        def advance(done: int, work: float = 0.0) -> None:
            units[0] += done
            costs[0] += work

        return advance

    def plain(self, title: str, total: int) -> Callable[[int], None]:
        return self.stage(title, total)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A small audit, with one task more that is unfit and a model that is sampled."""
    config = small_audit.write(tmp_path, tasks=3, endless=1)
    unfit = {
        "task_id": "Small/unfit", "prompt": "def f(x):\n", "entry_point": "f", "reference": "def f(x):\n    return x\n",
        "base": {"inputs": [[1]], "outputs": [2]}, "plus": {"inputs": [[2]]},
    }  # fmt: skip
    with (tmp_path / "tasks.jsonl").open("a") as file:
        file.write(json.dumps(unfit) + "\n")
    with (tmp_path / "samples.jsonl").open("a") as file:
        file.write(
            json.dumps({"task_id": "Small/unfit", "model": "one", "solution": "def f(x):\n    return x\n"}) + "\n"
        )
    text = config.read_text().replace('["markdown", "json"]', '["html", "markdown", "json"]')
    config.write_text(text + '[[model]]\nname = "drawn"\nsimulated = "weak"\nsamples_per_task = 3\n')
    return config


@pytest.mark.slow
def test_no_stage_ends_below_its_total(config: Path, tmp_path: Path) -> None:
    """With an unfit task, endless programs and a resumed run, whose bars start at what is kept."""
    progress = Counted()
    run = Run.open(config, tmp_path / "run", progress)
    list(estimates(run))
    carry_out(run)
    config.write_text(config.read_text().replace("samples_per_task = 3", "samples_per_task = 4"))
    carry_out(Run.open(config, tmp_path / "run", progress))
    rows = [json.loads(line) for line in (tmp_path / "tasks.jsonl").read_text().splitlines()]
    rows[0]["reference"] = "def smallest1(xs):\n    return 0\n"
    rows[0]["base"]["outputs"] = [1]
    (tmp_path / "second.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with run.store(create=False) as store:
        judge_second(run, store, str(tmp_path / "second.jsonl"))
        select(run, store, SelectOptions(inputs=5, subsets=5))
    grade_benchmark(load_benchmark(str(tmp_path / "tasks.jsonl")), VerifyConfig(), most_mutants=2, stage=progress.plain)
    strengthen_file(tmp_path / "tasks.jsonl", VerifyConfig(), Options(inputs=10, tests=2), stage=progress.plain)
    assert len(progress.units) >= 11
    for title, (done, total) in progress.units.items():
        assert done == total or not total, title
    for title, (done, work) in progress.work.items():
        assert done == pytest.approx(work), title
