"""`auditor init --kind` writes tasks that can be judged, and prompts that ask for what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.benchmark.examples import EXAMPLES, TaskKind
from auditor.config import ModelConfig
from auditor.sampling.prompts import render
from tests.e2e.command import auditor

WORDS = {
    TaskKind.FUNCTION: "Python function `double`",
    TaskKind.PROGRAM: "reads standard input",
    TaskKind.CLASS: "Python class `Stack`",
    TaskKind.UNITTEST: "Python function `median`",
}


@pytest.mark.parametrize("kind", list(TaskKind))
def test_the_example_of_each_kind_is_fit(kind: TaskKind, tmp_path: Path) -> None:
    """The files are written, the task passes its own check, and the prompt asks for the right thing."""
    auditor("init", "audit.toml", "--kind", kind.value, cwd=tmp_path)
    assert 'source = "tasks.jsonl"' in (tmp_path / "audit.toml").read_text()
    assert json.loads((tmp_path / "tasks.jsonl").read_text()) == EXAMPLES[kind]
    auditor("tasks", "check", "tasks.jsonl", cwd=tmp_path)
    (task,) = load_benchmark(str(tmp_path / "tasks.jsonl")).tasks
    asked = render(ModelConfig(name="m", simulated="weak"), task)
    assert WORDS[kind] in asked
    assert task.prompt.strip() in asked
