"""The public Python API: every example of docs/python.md runs, and what it gives is right."""

from __future__ import annotations

import json
import pydoc
import re
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor.errors import RunMissingError, UsageError

ROOT = Path(__file__).resolve().parents[3]

SETTINGS = """
[benchmark]
source = "tasks.jsonl"

[[model]]
name = "careful"
recorded = "careful.jsonl"

[[model]]
name = "hasty"
recorded = "hasty.jsonl"

[[gate]]
metric = "false_discovery_rate"
max = 0.5
"""

RIGHT, LUCKY, WRONG = "return abs(x)", "return x", "return None"
SOLUTIONS = {"careful": [RIGHT, RIGHT, LUCKY, WRONG], "hasty": [RIGHT, LUCKY, LUCKY, WRONG]}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tasks, recorded samples of two models and settings, as a user would have it."""
    folder = tmp_path_factory.mktemp("project")
    tasks = [
        {
            "task_id": f"T/{index}", "prompt": f"def size_{index}(x):\n", "entry_point": f"size_{index}",
            "reference": f"def size_{index}(x):\n    {RIGHT}\n",
            "base": {"inputs": [[1], [2]]}, "plus": {"inputs": [[1], [-2]]},
        }
        for index in range(3)
    ]  # fmt: skip
    (folder / "tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    for model, bodies in SOLUTIONS.items():
        rows = [
            {"task_id": f"T/{index}", "solution": f"def size_{index}(x):\n    {body}\n"}
            for index in range(3)
            for body in bodies
        ]
        (folder / f"{model}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "audit.toml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module")
def example(project: Path) -> dict[str, Any]:
    """The names that are bound after every code block of the page has run, in order."""
    page = (ROOT / "docs" / "python.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 9
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), names)
        names["done"].path = project / "reports" / "audit"
    return names


def test_the_examples_come_to_the_right_figures(example: dict[str, Any]) -> None:
    """One of three accepted samples of the careful model is wrong, two of three of the hasty one."""
    assert example["wrong"].to_dict() == pytest.approx({"careful": 1 / 3, "hasty": 2 / 3})
    assert set(example["false"].solution.str.contains(LUCKY)) == {True}
    assert example["table"].loc[("hasty", "T/1")].tolist() == [4, 3, 1]
    assert [str(result.model) for result in example["results"]] == ["careful", "hasty"]


def test_the_tables_of_a_run_are_frames(example: dict[str, Any]) -> None:
    """Rows are samples or programs; criteria and metrics have columns of their own."""
    samples, verdicts, style = example["samples"], example["verdicts"], example["style"]
    assert (len(samples), len(verdicts)) == (24, 24)
    assert list(verdicts.columns) == [
        "model", "task_id", "sample_index", "program", "base", "plus", "label", "flaky", "trust", "excluded",
    ]  # fmt: skip
    assert set(verdicts.label) == {"true_positive", "false_positive", "true_negative"}
    assert len(style) == 12  # two accepted programs per task and model
    assert style.samples.sum() == 18
    assert {column.partition(".")[0] for column in style.columns} >= {"adherence", "metrics", "score"}
    assert style.merge(verdicts.drop_duplicates(["model", "program"]), on=["model", "program"]).shape[0] == len(style)


def test_what_is_not_there_yet_is_named_with_its_remedy(project: Path, tmp_path: Path) -> None:
    """A folder without a run, and a run without style or analysis, say which command comes first."""
    with pytest.raises(RunMissingError, match="no run here"):
        auditor.open_run(str(tmp_path))
    run = auditor.Run.open(str(project / "audit.toml"), str(tmp_path / "half"))
    auditor.carry_out(run, ("sample",))
    half = auditor.open_run(tmp_path / "half")
    assert len(half.samples()) == 24
    with pytest.raises(UsageError, match="run `auditor score` first"):
        half.style()
    with pytest.raises(UsageError, match="run `auditor analyze` first"):
        _ = half.analysis


def test_a_run_without_a_sample_has_empty_frames(project: Path, tmp_path: Path) -> None:
    """The columns exist, so what is written for a whole run works on a run that has just begun."""
    with auditor.Run.open(project / "audit.toml", tmp_path / "new").store():
        pass
    new = auditor.open_run(tmp_path / "new")
    assert new.samples().groupby("model").status.value_counts().empty
    assert new.verdicts().label.value_counts().to_dict() == {}


def test_usage_has_columns_of_its_own(example: dict[str, Any]) -> None:
    """Tokens are columns; no cell of the samples holds a record."""
    samples = example["samples"]
    assert {"prompt_tokens", "completion_tokens"} <= set(samples.columns)
    assert not samples.map(lambda cell: isinstance(cell, dict)).any(axis=None)


def test_verify_reads_recorded_models_into_a_fresh_folder(project: Path, tmp_path: Path) -> None:
    """Samples that are in files need no `auditor sample` first; a second `verify` reads nothing twice."""
    for _ in range(2):
        auditor.carry_out(auditor.Run.open(project / "audit.toml", tmp_path / "fresh"), ("verify",))
    found = auditor.open_run(tmp_path / "fresh").verdicts()
    assert found.label.value_counts().to_dict() == {"false_positive": 9, "true_positive": 9, "true_negative": 6}


def test_the_public_names_are_listed_and_documented() -> None:
    """``dir`` and ``help`` show every public name, and each says what it does."""
    assert set(dir(auditor)) == {*auditor.__all__, "__version__"}
    text = pydoc.render_doc(auditor, renderer=pydoc.plaintext)
    for name in auditor.__all__:
        assert name in text
        assert getattr(auditor, name).__doc__, name
