"""The folder in which the documentation's commands and notebooks run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from tests.docs.blocks import PAGES, blocks
from tests.unit.pipeline.test_python import SETTINGS, SOLUTIONS


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it half-way: tasks, two recorded models, counts, a finished run in reports/audit."""
    folder = tmp_path_factory.mktemp("reader")
    tasks = [
        {"task_id": f"T/{index}", "prompt": f"def size_{index}(x):\n", "entry_point": f"size_{index}",
         "reference": f"def size_{index}(x):\n    return abs(x)\n",
         "base": {"inputs": [[1], [2]]}, "plus": {"inputs": [[1], [-2]]}}
        for index in range(3)
    ]  # fmt: skip
    (folder / "own_tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    for model, bodies in SOLUTIONS.items():
        rows = [{"task_id": f"T/{index}", "solution": f"def size_{index}(x):\n    {body}\n"}
                for index in range(3) for body in bodies]  # fmt: skip
        (folder / f"{model}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "audit.toml").write_text(SETTINGS.replace("tasks.jsonl", "own_tasks.jsonl"))
    (folder / "example.py").write_text('"""An example."""\n\n\ndef double(x: int) -> int:\n    return 2 * x\n')
    for page in PAGES:
        for block in blocks(page):
            if block.page == "docs/howto/counts.md" and block.language == "csv":
                (folder / "counts.csv").write_text(block.text)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["run", "audit.toml", "--no-gate", "--quiet"])
    assert done.exit_code == 0, done.output
    return folder
