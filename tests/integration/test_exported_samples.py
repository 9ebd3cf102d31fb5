"""Exported samples are recorded answers: audited again, they give the same verdicts and figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.grading.stronger_file import samples_of
from auditor.json_types import JsonObject
from auditor.pipeline import Run, carry_out
from auditor.pipeline.export import rows
from auditor.pipeline.tabular import write
from auditor.sampling import read_recorded

PROMPT = "def smallest(xs):\n"
TWO = "```python\ndef smallest(xs):\n    return 0\n```\nor\n```python\ndef smallest(xs):\n    return sorted(xs)[0]\n```"
ANSWERS: tuple[JsonObject, ...] = (
    {"solution": "Here:\n```python\ndef smallest(xs):\n    return min(xs)\n```\n"},
    {"solution": TWO, "usage": {"prompt_tokens": 7, "completion_tokens": 9}},
    {"solution": "I cannot say, sorry.", "refusal": "no"},
    {"solution": "def smallest(", "finish_reason": "length"},
    {"solution": "", "finish_reason": "content_filter"},
    {"solution": "```python\ndef smallest(xs):\n    return sorted(xs)[0]\n```"},
)
"""Chat answers: three without a program; one with two programs."""


def audited(folder: Path, recorded: str, settings: str = "") -> Path:
    config = folder / f"{Path(recorded).stem}.toml"
    config.write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[verify]\nworkers = 1\n[analysis]\nresamples = 50\n'
        f'[[model]]\nname = "m"\nrecorded = "{recorded}"\n{settings}'
    )
    run = Run.open(config, folder / Path(recorded).stem)
    carry_out(run, ("sample", "verify", "analyze"))
    return run.folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of chat answers, and its samples as CSV and JSONL."""
    made = tmp_path_factory.mktemp("exported")
    tasks: list[JsonObject] = [
        {
            "task_id": f"S/{number}", "prompt": PROMPT, "entry_point": "smallest",
            "reference": f"{PROMPT}    return min(xs)\n",
            "base": {"inputs": [[[1, 2]]]}, "plus": {"inputs": [[[3, 1]], [[number, 5, 4]]]},
        }
        for number in range(3)
    ]  # fmt: skip
    (made / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tasks))
    lines = [{"task_id": row["task_id"], **answer} for row in tasks for answer in ANSWERS]
    (made / "chat.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = audited(made, "chat.jsonl")
    for form in ("jsonl", "csv", "parquet"):
        with (made / f"again_{form}.{form}").open("wb") as file:
            write(rows(run, "samples"), form, file)
    return made


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_run_of_exported_samples_has_the_same_figures(folder: Path, form: str) -> None:
    again = audited(folder, f"again_{form}.{form}")
    for table in ("verdicts", "analysis"):
        assert list(rows(again, table)) == list(rows(folder / "chat", table))
    kept = ("status", "solution", "rule", "readings", "readings_differ", "raw")
    first, second = ([[row[key] for key in kept] for row in rows(run, "samples")] for run in (folder / "chat", again))
    assert second == first
    assert {row[0] for row in first} == {"ok", "refused", "truncated"}


def test_samples_of_several_models_are_read_as_one_or_chosen(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "again_jsonl.jsonl").read_text().splitlines()]
    both = folder / "both.jsonl"
    both.write_text("".join(json.dumps({**line, "model": name}) + "\n" for name in ("m", "n") for line in lines))
    tasks = {task.task_id: task for task in load_benchmark(folder / "tasks.jsonl").tasks}
    found = samples_of([both], tasks, 60)
    assert {task: len(programs) for task, programs in found.items()} == dict.fromkeys(tasks, 2), "as distinct programs"
    with pytest.raises(InputError, match='recorded_model = "m"'):
        list(read_recorded(ModelConfig(name="m", recorded=both), tasks))
    one = list(read_recorded(ModelConfig(name="m", recorded=both, recorded_model="n"), tasks))
    assert len(one) == len(lines)


def test_a_changed_row_is_refused_with_its_line(folder: Path) -> None:
    line = json.loads((folder / "again_jsonl.jsonl").read_text().splitlines()[0])
    broken = folder / "broken.jsonl"
    broken.write_text(json.dumps({**line, "solution": None}) + "\n")
    tasks = {task.task_id: task for task in load_benchmark(folder / "tasks.jsonl").tasks}
    with pytest.raises(InputError, match=r"broken\.jsonl:1: status is ok, but there is no solution"):
        list(read_recorded(ModelConfig(name="m", recorded=broken), tasks))
