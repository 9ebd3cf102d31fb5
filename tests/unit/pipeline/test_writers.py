"""A run in other projects' formats: what is written has their shape and says what the run says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from auditor.benchmark import load_benchmark
from auditor.benchmark.results import counts_rows
from auditor.cli.app import app
from auditor.config import ModelConfig
from auditor.errors import UsageError
from auditor.pipeline import Run, carry_out
from auditor.pipeline.writers import WRITERS, write_run
from auditor.pipeline.writers.labelled import file_name
from auditor.sampling.recorded import RecordedSamples
from auditor.store import Store


def texts(*keys: str) -> dict[str, Any]:
    """An object of texts, some of them needed."""
    return {"type": "object", "required": list(keys), "additionalProperties": {"type": "string"}}


def an_object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these properties and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


TEXT, NUMBER, COUNT = {"type": "string"}, {"type": "number"}, {"type": "integer", "minimum": 0}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
INTERVAL = an_object({"lower": SHARE, "upper": SHARE, "confidence_level": SHARE, "method": TEXT})
RESULT = an_object(
    {
        "evaluation_result_id": TEXT,
        "evaluation_name": TEXT,
        "source_data": {
            "oneOf": [
                an_object({"dataset_name": TEXT, "source_type": {"const": "other"}, "additional_details": texts()}),
                an_object(
                    {"dataset_name": TEXT, "source_type": {"const": "hf_dataset"}, "hf_repo": TEXT},
                    {"samples_number": COUNT, "additional_details": texts()},
                ),
            ]
        },
        "metric_config": an_object(
            {
                "metric_id": TEXT, "metric_name": TEXT, "metric_unit": {"const": "proportion"},
                "evaluation_description": TEXT, "lower_is_better": {"type": "boolean"},
                "score_type": {"const": "continuous"}, "min_score": {"const": 0}, "max_score": {"const": 1},
            },
            {"metric_parameters": an_object({"k": COUNT})},
        ),
        "score_details": an_object(
            {"score": SHARE, "details": texts()},
            {
                "uncertainty": an_object(
                    {"confidence_interval": INTERVAL, "num_samples": COUNT, "num_bootstrap_samples": COUNT}
                )
            },
        ),
    },
    {
        "generation_config": an_object(
            {"generation_args": an_object({}, {"temperature": NUMBER, "top_p": NUMBER, "max_tokens": COUNT})}
        )
    },
)  # fmt: skip
AGGREGATE = an_object(
    {
        "schema_version": {"const": "0.3.0"},
        "evaluation_id": TEXT,
        "retrieved_timestamp": {"type": "string", "pattern": r"^\d+\.\d+$"},
        "source_metadata": an_object({
            "source_name": TEXT, "source_type": {"const": "evaluation_run"}, "source_organization_name": TEXT,
            "evaluator_relationship": {"enum": ["first_party", "third_party", "collaborative", "other"]},
        }),
        "eval_library": an_object({"name": {"const": "auditor"}, "version": TEXT}),
        "model_info": an_object({
            "name": TEXT, "id": TEXT, "developer": TEXT,
            "additional_details": texts("deployment_type", "model_availability"),
        }),
        "evaluation_results": {"type": "array", "minItems": 1, "items": RESULT},
        "detailed_evaluation_results": an_object({
            "format": {"const": "jsonl"}, "hash_algorithm": {"const": "sha256"}, "checksum": TEXT, "total_rows": COUNT,
            "file_path": {"type": "string", "pattern": rf"^data/[^/]+/[^/]+/[^/]+/{UUID}_samples\.jsonl$"},
        }),
    }
)  # fmt: skip
"""Aggregate results, by the facts of schema 0.3.0: what we write of them, and nothing else."""
INSTANCE = an_object(
    {
        "schema_version": {"const": "0.3.0"},
        "evaluation_id": TEXT, "model_id": TEXT, "evaluation_name": TEXT, "evaluation_result_id": TEXT,
        "sample_id": TEXT, "sample_hash": TEXT, "interaction_type": {"const": "single_turn"},
        "input": an_object({"raw": TEXT, "reference": {"type": "array", "items": TEXT}}),
        "output": an_object({"raw": {"type": "array", "items": TEXT}}),
        "messages": {"type": "null"},
        "answer_attribution": {"type": "array", "items": an_object({
            "turn_idx": COUNT, "source": TEXT, "extracted_value": TEXT, "extraction_method": TEXT,
            "is_terminal": {"type": "boolean"},
        })},
        "evaluation": an_object({"score": SHARE, "is_correct": {"type": "boolean"}}),
        "error": {"type": ["string", "null"]},
        "metadata": texts("sample_index", "label", "base", "plus"),
    },
    {
        "token_usage": an_object({"input_tokens": COUNT, "output_tokens": COUNT, "total_tokens": COUNT}),
        "performance": an_object({"latency_ms": NUMBER}),
    },
)  # fmt: skip
"""A row of samples, by the same facts."""

CONFIG = """
[benchmark]
source = "demo"
exclude = "none"
tasks = {tasks}

[[model]]
name = "org/some model"
recorded = "samples.jsonl"

[analysis]
resamples = 20
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run on two tasks: right, wrong, undefined and without code."""
    place = tmp_path_factory.mktemp("writers")
    first, second = load_benchmark("demo").tasks[:2]
    rows = [
        {"task_id": first.task_id, "solution": first.reference, "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
        {"task_id": first.task_id, "solution": f"def {first.entry_point}(*a):\n    return None\n"},
        {"task_id": second.task_id, "solution": second.reference},
        {"task_id": second.task_id, "completion": "I would rather not.", "refusal": "no"},
        {"task_id": second.task_id, "solution": "x = (\n"},
    ]
    (place / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (place / "audit.toml").write_text(CONFIG.format(tasks=json.dumps([first.task_id, second.task_id])))
    carry_out(Run.open(place / "audit.toml", place / "run"), ("sample", "verify", "analyze"))
    return place / "run"


def test_every_eval_ever(folder: Path, tmp_path: Path) -> None:
    """Both files have the schema's shape, agree with each other, and with the run's figures and verdicts."""
    result = CliRunner().invoke(app, ["export", str(folder), "--format", "every-eval-ever", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (path,) = tmp_path.rglob("*.json")
    assert path.relative_to(tmp_path).parts[:4] == ("data", "demo", "org", "some_model")
    document = json.loads(path.read_text())
    jsonschema.validate(document, AGGREGATE)
    samples = tmp_path / document["detailed_evaluation_results"]["file_path"]
    assert samples == path.with_name(f"{path.stem}_samples.jsonl")
    assert hashlib.sha256(samples.read_bytes()).hexdigest() == document["detailed_evaluation_results"]["checksum"]
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    for row in rows:
        jsonschema.validate(row, INSTANCE)
        assert (row["evaluation_id"], row["model_id"]) == (document["evaluation_id"], document["model_info"]["id"])
    assert [row["evaluation"]["is_correct"] for row in rows] == [True, False, True, False]
    assert [row["error"] for row in rows] == [None, None, None, "invalid"]
    assert rows[0]["token_usage"] == {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    scores = {row["evaluation_name"]: row["score_details"]["score"] for row in document["evaluation_results"]}
    with Store(folder / "audit.db") as store:
        assert store.meta.analysis is not None
        (model,) = store.meta.analysis.models
    assert scores["demo.single_sample_accuracy"] == model.single_sample_accuracy.value
    assert model.single_sample_accuracy.value == pytest.approx((1 / 2 + 1 / 3) / 2)  # the refused answer counts
    assert {row["evaluation_result_id"] for row in rows} <= {
        row["evaluation_result_id"] for row in document["evaluation_results"]
    }
    assert document["model_info"]["additional_details"]["recorded_sha256"]


def test_written_again_it_replaces_its_files(folder: Path, tmp_path: Path) -> None:
    """The names depend on the run alone."""
    for _ in range(2):
        assert len(list(write_run(folder, "every-eval-ever", tmp_path))) == 1
    assert len(list(tmp_path.rglob("*.json*"))) == 2


def test_evalplus_results_come_back(folder: Path, tmp_path: Path) -> None:
    """What is written as eval_results.json is counted, and read as recorded, as it was."""
    (line,) = write_run(folder, "evalplus", tmp_path)
    path = tmp_path / "org_some_model_eval_results.json"
    assert line == f"{path}: 4 samples"
    first, second = load_benchmark("demo").tasks[:2]
    assert counts_rows(path) == [(first.task_id, 2, 1, 1), (second.task_id, 2, 1, 1)]
    tasks = {task.task_id: task for task in (first, second)}
    found = list(RecordedSamples(ModelConfig(name="m", recorded=path), tasks))
    assert [one.sample.task_id for one in found] == [first.task_id] * 2 + [second.task_id] * 2
    assert found[0].sample.solution == first.reference
    assert [v.outcome for v in found[0].verdicts] == ["pass", "pass"]
    assert [v.outcome for v in found[1].verdicts] == ["fail"]


def test_what_cannot_be_written_is_refused(folder: Path, tmp_path: Path) -> None:
    """A table next to such a format, no folder, no table and an unanalysed run are refused in a line."""
    for words, says in (
        (["samples", "--format", "evalplus", "-o", "x"], "writes the whole run, not a table"),
        (["--format", "evalplus"], "writes several files"),
        ([], "which table?"),
    ):
        result = CliRunner().invoke(app, ["export", str(folder), *words])
        assert isinstance(result.exception, UsageError)
        assert says in str(result.exception)
    with pytest.raises(UsageError, match="no format 'helm'"):
        next(write_run(folder, "helm", tmp_path))
    with Store(tmp_path / "audit.db"):
        pass
    for writer in WRITERS:
        with pytest.raises(UsageError, match="not analysed yet"):
            next(write_run(tmp_path, writer.name, tmp_path / "out"))


@pytest.mark.parametrize(
    ("text", "name"), [("a/b c", "a_b_c"), ("../..", "unnamed"), ("é", "unnamed"), ("gpt-4.1", "gpt-4.1")]
)
def test_names_of_files_are_plain(text: str, name: str) -> None:
    """Whatever a model is called, its file lies in the folder given."""
    assert file_name(text) == name
