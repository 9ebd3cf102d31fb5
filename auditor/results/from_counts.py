"""Turn an analysis of counts alone into a report's document, so that gates, choose and the report can read it."""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path

from auditor.records import Label, Outcome, SampleStatus, SuiteName
from auditor.results.analysis import Analysis
from auditor.results.codec import from_json
from auditor.results.document import (
    BenchmarkFacts,
    ModelReport,
    Provenance,
    ReportDocument,
    SampleOutcomes,
    SamplingCost,
    TaskRow,
)
from auditor.results.model import ModelAnalysis
from auditor.version import __version__


def read_document(path: Path) -> ReportDocument:
    """Read a report.json, or an analysis as ``auditor analyze --counts`` writes it.

    Raises OSError if the file cannot be read, and :class:`~auditor.errors.InputError` if it is neither.
    """
    text = path.read_bytes()
    try:
        schema = json.loads(text).get("schema")
    except (ValueError, AttributeError, RecursionError):
        schema = None  # from_json reports what is wrong
    if isinstance(schema, str) and schema.startswith("auditor/analysis/"):
        return document_of(from_json(Analysis, text, where=str(path)), path.name)
    return from_json(ReportDocument, text, where=str(path))


def document_of(analysis: Analysis, source: str) -> ReportDocument:
    """Build the document of an analysis without a run; ``source`` names the file of counts.

    Fields that only a run can fill are empty: programs, findings, cost and sandbox. The tasks due are those for which
    any model has counts.
    """
    excluded = analysis.exclusions.reasons
    analysed = sorted({row.task_id for model in analysis.models for row in model.per_task})
    rows = [TaskRow(task_id=name, entry_point="", base_tests=0, plus_tests=0, unfit=None,
                    excluded=excluded.get(name), reference="")
            for name in sorted({*analysed, *excluded})]  # fmt: skip
    digest = hashlib.sha256("\n".join(row.task_id for row in rows).encode("utf-8", "surrogatepass")).hexdigest()
    return ReportDocument(
        title="",
        models=tuple(_model(model, len(analysed)) for model in analysis.models),
        across=analysis.across,
        gates=(),
        tasks=tuple(rows),
        options=analysis.options,
        exclusions=analysis.exclusions,
        provenance=Provenance(
            auditor=__version__,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}",
            tools={},
            benchmark=BenchmarkFacts(name="counts", source=source, digest=digest, tasks=len(rows)),
            config={},
            sandbox=None,
            harness_errors=0,
            rubric=None,
        ),
    )


def _model(model: ModelAnalysis, tasks: int) -> ModelReport:
    return ModelReport.of(
        model,
        simulated=False,
        served_models=(),
        coverage=_sample_outcomes(model, tasks),
        cost=SamplingCost(prompt_tokens=None, completion_tokens=None, cost=None),
        false_positives=(),
    )


def _sample_outcomes(model: ModelAnalysis, tasks: int) -> SampleOutcomes:
    """Count samples by label as far as counts tell: what base rejects is taken as correctly rejected."""
    samples = sum(row.n for row in model.per_task)
    accepted = sum(row.base_passes for row in model.per_task)
    correct = sum(row.correct for row in model.per_task)
    labels = dict.fromkeys(Label, 0) | {
        Label.TRUE_POSITIVE: correct,
        Label.FALSE_POSITIVE: accepted - correct,
        Label.TRUE_NEGATIVE: samples - accepted,
    }
    none = dict.fromkeys(Outcome, 0)
    return SampleOutcomes(
        samples=samples,
        labelled=samples,
        statuses=dict.fromkeys(SampleStatus, 0) | {SampleStatus.OK: samples},
        labels=labels,
        outcomes={
            SuiteName.BASE: none | {Outcome.PASS: accepted, Outcome.FAIL: samples - accepted},
            SuiteName.PLUS: none | {Outcome.PASS: correct, Outcome.FAIL: accepted - correct},
        },
        flaky=0,
        duplicates=0,
        distinct_programs=0,
        tasks=tasks,
        tasks_sampled=len(model.per_task),
        tasks_scored=len(model.per_task),
    )
