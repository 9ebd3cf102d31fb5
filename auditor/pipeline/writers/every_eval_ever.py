"""The every_eval_ever layout (EvalEval coalition, schema 0.3.0): aggregate results and samples of each model.

``data/BENCHMARK/DEVELOPER/MODEL/UUID.json`` holds the figures, ``UUID_samples.jsonl`` next to it a row per sample.
The UUID is derived from tasks, model and settings, so writing a run again replaces its files.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.writers.labelled import LabelledSample, file_name, labelled_samples
from auditor.records import Label, Outcome
from auditor.results import AnalysisOptions, BenchmarkFacts, Estimate, ModelAnalysis
from auditor.store import Store, StoredTask
from auditor.text import plural
from auditor.version import __version__

SCHEMA_VERSION = "0.3.0"
ACCURACY = "single_sample_accuracy"
"""The result to which the rows of samples belong."""

Json = dict[str, object]

_FIGURES = {
    ACCURACY: ("pass@1", "Mean over tasks of the share of samples that pass base and plus tests.", False),
    "acceptance": ("pass@1, base tests", "Mean over tasks of the share of samples that pass the base tests.", False),
    "conditional_accuracy": (
        "ceiling of resampling",
        "Mean over tasks with an accepted sample of the share of these that pass the plus tests too.", False,
    ),
    "false_discovery_rate": (
        "false discovery rate", "Share of samples accepted by the base tests that fail the plus tests.", True,
    ),
    "false_positive_rate": (
        "false positive rate", "Share of incorrect samples that the base tests accept.", True,
    ),
}  # fmt: skip


class EveryEvalEver:
    """Writer of the aggregate results and samples of every model."""

    name = "every-eval-ever"

    def write(self, store: Store, folder: Path) -> Iterator[str]:
        """Write two files per model.

        What the run does not know is written as ``unknown`` or ``other``: the organisation, its relation to the model,
        how the model is deployed. Fill these in before submitting a file.
        """
        analysis = analysis_of(store)
        benchmark = store.meta.benchmark
        assert benchmark is not None, "a run with an analysis has a benchmark"
        tasks = {task.task_id: task for task in store.tasks()}
        now = str(time.time())
        for entry in analysis.models:
            settings = store.meta.model(entry.model) or {}
            writer = _Model(entry, settings, benchmark, now)
            place = folder / writer.place
            place.mkdir(parents=True, exist_ok=True)
            samples = labelled_samples(store, entry.model)
            rows, checksum = writer.write_samples(samples, tasks, place / f"{writer.uuid}_samples.jsonl")
            results = writer.results(analysis.options)
            document = writer.aggregate(results, rows, checksum)
            (place / f"{writer.uuid}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
            yield f"{place / writer.uuid}.json: {plural(len(results), 'result')}, {plural(rows, 'sample')}"


class _Model:
    """The two files of one model."""

    def __init__(
        self, entry: ModelAnalysis, settings: Mapping[str, object], benchmark: BenchmarkFacts, now: str
    ) -> None:
        self._entry, self._settings, self._benchmark, self._now = entry, settings, benchmark, now
        self._id = str(settings.get("model") or entry.model)
        developer, slash, name = self._id.partition("/")
        self._developer = developer if slash else "unknown"
        self.place = Path("data", *map(file_name, (benchmark.name, self._developer, name if slash else self._id)))
        named = json.dumps([benchmark.digest, entry.model, dict(settings), entry.samples], sort_keys=True, default=str)
        self.uuid = str(uuid.UUID(bytes=hashlib.sha256(named.encode()).digest()[:16], version=4))
        self._evaluation_id = f"{benchmark.name}/{self._id}/{now}"

    def aggregate(self, results: list[Json], rows: int, checksum: str) -> Json:
        """Return the document of aggregate results."""
        return {
            "schema_version": SCHEMA_VERSION,
            "evaluation_id": self._evaluation_id,
            "retrieved_timestamp": self._now,
            "source_metadata": {
                "source_name": "auditor",
                "source_type": "evaluation_run",
                "source_organization_name": "unknown",
                "evaluator_relationship": "other",
            },
            "eval_library": {"name": "auditor", "version": __version__},
            "model_info": self._model_info(),
            "evaluation_results": results,
            "detailed_evaluation_results": {
                "format": "jsonl",
                "file_path": (self.place / f"{self.uuid}_samples.jsonl").as_posix(),
                "hash_algorithm": "sha256",
                "checksum": checksum,
                "total_rows": rows,
            },
        }

    def _model_info(self) -> Json:
        details = {"deployment_type": "unknown", "model_availability": "unknown", "name_in_run": self._entry.model}
        if self._settings.get("simulated"):
            details["simulated"] = str(self._settings["simulated"])
        if self._settings.get("recorded_sha256"):
            details["recorded_sha256"] = str(self._settings["recorded_sha256"])
        return {"name": self._entry.model, "id": self._id, "developer": self._developer, "additional_details": details}

    def results(self, options: AnalysisOptions) -> list[Json]:
        """Return every figure that has a value."""
        return list(self._results(options))

    def _results(self, options: AnalysisOptions) -> Iterator[Json]:
        for name, (title, about, lower) in _FIGURES.items():
            estimate: Estimate = getattr(self._entry, name)
            yield from self._result(name, title, about, estimate, options, lower=lower)
        for row in self._entry.pass_at_k:
            about = f"Probability that at least one of {plural(row.k, 'sample')} passes base and plus tests."
            more: Json = {"metric_parameters": {"k": row.k}}
            yield from self._result(f"pass_at_{row.k}", f"pass@{row.k}", about, row, options, lower=False, more=more)

    def _result(
        self, name: str, title: str, about: str, estimate: Estimate, options: AnalysisOptions, *,
        lower: bool, more: Json | None = None,
    ) -> Iterator[Json]:  # fmt: skip
        """Yield one figure with its interval; nothing for a figure without a value."""
        if estimate.value is None:
            return
        score: Json = {"score": estimate.value, "details": {"tasks": str(self._entry.tasks)}}
        if estimate.low is not None and estimate.high is not None:
            score["uncertainty"] = {
                "confidence_interval": {
                    "lower": estimate.low,
                    "upper": estimate.high,
                    "confidence_level": options.confidence,
                    "method": f"bootstrap over {options.level.value}",
                },
                "num_samples": self._entry.samples,
                "num_bootstrap_samples": options.resamples,
            }
        yield {
            "evaluation_result_id": f"{self.uuid}:{name}",
            "evaluation_name": f"{self._benchmark.name}.{name}",
            "source_data": self._source_data(),
            "metric_config": {
                "metric_id": f"auditor.{name}",
                "metric_name": title,
                "metric_unit": "proportion",
                "evaluation_description": about,
                "lower_is_better": lower,
                "score_type": "continuous",
                "min_score": 0,
                "max_score": 1,
                **(more or {}),
            },
            "score_details": score,
            **self._generation(),
        }

    def _source_data(self) -> Json:
        source = self._benchmark.source or ""
        details = {"digest": self._benchmark.digest, "source": source or "unknown"}
        found: Json = {"dataset_name": self._benchmark.name, "additional_details": details}
        if re.fullmatch(r"[\w.-]+/[\w.-]+", source, re.ASCII) and not source.endswith((".jsonl", ".json", ".gz")):
            return {**found, "source_type": "hf_dataset", "hf_repo": source, "samples_number": self._benchmark.tasks}
        return {**found, "source_type": "other"}

    def _generation(self) -> Json:
        """Return how samples were drawn; nothing for recorded samples, whose settings are unknown."""
        if not self._settings or self._settings.get("recorded_sha256"):
            return {}
        arguments: Json = {}
        for key, name in (("temperature", "temperature"), ("top_p", "top_p"), ("max_output_tokens", "max_tokens")):
            value = self._settings.get(key)
            if isinstance(value, int | float):
                arguments[name] = value
        return {"generation_config": {"generation_args": arguments}}

    def write_samples(
        self, samples: Iterator[LabelledSample], tasks: Mapping[str, StoredTask], path: Path
    ) -> tuple[int, str]:
        """Write a row per sample; return the number of rows and the file's SHA-256."""
        total, count = hashlib.sha256(), 0
        with path.open("wb") as file:
            for one in samples:
                line = (json.dumps(self._row(one, tasks[one.sample.task_id])) + "\n").encode()
                total.update(line)
                file.write(line)
                count += 1
        return count, total.hexdigest()

    def _row(self, one: LabelledSample, task: StoredTask) -> Json:
        sample, judged = one.sample, one.judged
        correct = judged.label is Label.TRUE_POSITIVE
        hashed = hashlib.sha256(f"{task.prompt}{task.reference}".encode("utf-8", "surrogatepass")).hexdigest()
        usage = sample.usage
        row: Json = {
            "schema_version": SCHEMA_VERSION,
            "evaluation_id": self._evaluation_id,
            "model_id": self._id,
            "evaluation_name": f"{self._benchmark.name}.{ACCURACY}",
            "evaluation_result_id": f"{self.uuid}:{ACCURACY}",
            "sample_id": sample.task_id,
            "sample_hash": hashed,
            "interaction_type": "single_turn",
            "input": {"raw": task.prompt, "reference": [task.reference]},
            "output": {"raw": [sample.raw]},
            "messages": None,
            "answer_attribution": [
                {
                    "turn_idx": 0,
                    "source": "output.raw",
                    "extracted_value": sample.solution or "",
                    "extraction_method": sample.rule,
                    "is_terminal": True,
                }
            ],
            "evaluation": {"score": float(correct), "is_correct": correct},
            "error": next((f"{o.value}" for o in (judged.base, judged.plus) if o in _ERRORS), None),
            "metadata": {
                "sample_index": str(sample.sample_index),
                "label": judged.label.value,
                "base": str(judged.base or "not run"),
                "plus": str(judged.plus or "not run"),
            },
        }
        if usage.prompt_tokens is not None and usage.completion_tokens is not None:
            row["token_usage"] = {
                "input_tokens": usage.prompt_tokens,
                "output_tokens": usage.completion_tokens,
                "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            }
        if sample.latency is not None:
            row["performance"] = {"latency_ms": 1000 * sample.latency}
        return row


_ERRORS = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASH, Outcome.INVALID)
