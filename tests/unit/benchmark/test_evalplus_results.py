"""EvalPlus's own verdicts as counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auditor.benchmark.results import counts_rows, model_name
from auditor.cli.app import app
from auditor.errors import InputError

SAMPLES = [("pass", "pass"), ("pass", "fail"), ("fail", "pass"), ("timeout", "fail"), ("pass", "timeout")]
NEW = [{"task_id": "T/0", "solution": "", "base_status": base, "plus_status": plus} for base, plus in SAMPLES]
OLD = {"nfiles": 5, "base": [[base, []] for base, _ in SAMPLES], "plus": [[plus, []] for _, plus in SAMPLES]}


def write(folder: Path, document: Any) -> Path:
    path = folder / "some-model_eval_results.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize("results", [NEW, OLD])
def test_verdicts_are_counted(tmp_path: Path, results: Any) -> None:
    """Both layouts count samples, base passes, and those of them that pass plus as well."""
    assert counts_rows(write(tmp_path, {"eval": {"T/0": results}})) == [("T/0", 5, 3, 1)]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "cannot be read as JSON"),
        ([1], "contains no verdicts"),
        ({"eval": {}}, "contains no verdicts"),
        ({"eval": {"T/0": [{"solution": ""}]}}, "T/0: not in EvalPlus"),
        ({"eval": {"T/0": 5}}, "T/0: not in EvalPlus"),
        ({"eval": {"T/0": [{"base_status": "pass", "plus_status": None}]}}, "T/0: has no plus results"),
        ({"eval": {"T/0": {"base": [["pass", []]], "plus": []}}}, "T/0: has no plus results"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, document: Any, says: str) -> None:
    """What is not a verdict file, or lacks the plus suite, is refused by place and remedy."""
    with pytest.raises(InputError, match=says) as refusal:
        counts_rows(write(tmp_path, document))
    assert refusal.value.remedy


@pytest.mark.parametrize("status", ["passed", "PASS", "", "ok", True, 1])
@pytest.mark.parametrize("suite", ["base_status", "plus_status"])
def test_an_unknown_status_is_refused(tmp_path: Path, status: Any, suite: str) -> None:
    """A word that EvalPlus never writes is no failure: the file is refused, whichever suite it is of."""
    sample = {"base_status": "pass", "plus_status": "pass"} | {suite: status}
    with pytest.raises(InputError, match="is not one of EvalPlus's") as refusal:
        counts_rows(write(tmp_path, {"eval": {"T/0": [sample]}}))
    assert "T/0" in (refusal.value.where or "")
    assert "timed out" in (refusal.value.remedy or "")


def test_the_words_of_the_first_releases_are_known(tmp_path: Path) -> None:
    """The first releases wrote success, failed and timed out; a byte order mark does not matter."""
    old = {"base": [["success", []], ["failed", []], ["success", []]],
           "plus": [["success", []], ["failed", []], ["timed out", []]]}  # fmt: skip
    path = write(tmp_path, {"eval": {"T/0": old}})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert counts_rows(path) == [("T/0", 3, 2, 1)]


@pytest.mark.parametrize(
    ("name", "model"),
    [("m_eval_results.json", "m"), ("m.eval_results.json", "m"), ("eval_results.json", "folder"), ("x.json", "x")],
)
def test_the_model_is_named_after_the_file(name: str, model: str) -> None:
    """The file's name, without what EvalPlus puts after it, names the model."""
    assert model_name(Path("folder") / name) == model


def test_analysis_of_somebody_elses_verdicts(tmp_path: Path) -> None:
    """``auditor analyze --counts eval_results.json`` needs neither a run nor a table."""
    path = write(tmp_path, {"eval": {"T/0": NEW, "T/1": NEW}})
    result = CliRunner().invoke(app, ["analyze", "--counts", str(path), "--quiet", "--resamples", "50"])
    assert result.exit_code == 0, result.output
    (model,) = json.loads(result.stdout)["models"]
    assert model["model"] == "some-model"
    assert model["false_discovery_rate"]["value"] == pytest.approx(2 / 3)
