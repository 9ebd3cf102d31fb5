"""Small runs made by hand: a document, and a database that agrees with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.gates import RunView
from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Usage,
    Verdict,
    program_id,
)
from auditor.results import (
    UNDEFINED,
    Across,
    AnalysisOptions,
    BenchmarkFacts,
    Canaries,
    Conditional,
    ConditionalAccuracy,
    CriterionGap,
    DrawPrice,
    Estimate,
    ExclusionRule,
    Exclusions,
    FalsePositiveExample,
    GroupCounts,
    ModelReport,
    Pooled,
    PriceUnit,
    Provenance,
    Rate,
    RateAt,
    ReportDocument,
    RubricFacts,
    SampleOutcomes,
    SamplesPerTask,
    SamplingCost,
    ScoreGap,
    StyleComparison,
    SuiteError,
    SuiteFigures,
    SuiteGrades,
    TaskCounts,
    TwoTypeFit,
    to_json,
)  # fmt: skip
from auditor.store import Store

RUBRIC = RubricFacts(name="pep8", version="1", hash="f" * 64, criteria=())
BENCHMARK = BenchmarkFacts(name="made", source="made", digest="d" * 64, tasks=3)

CountRow = tuple[str, int, int, int]
"""Task id, samples, base passes, correct."""


def counts(tasks: int, n: int, base: int, correct: int) -> list[CountRow]:
    """Make equal tasks."""
    return [(f"T/{index:04d}", n, base, correct) for index in range(tasks)]


def entry(model: str, rows: Iterable[CountRow], *, cost: float | None = -1.0, **more: Any) -> ModelReport:
    """Make a model's entry with what gates read; figures that they compute themselves are not known."""
    rows = list(rows)
    samples = sum(row[1] for row in rows)
    unknown = Rate(None, micro=UNDEFINED)
    made: dict[str, Any] = {
        "model": model,
        "tasks": len(rows),
        "samples": samples,
        "samples_per_task": SamplesPerTask(least=min((row[1] for row in rows), default=1),
                                           most=max((row[1] for row in rows), default=1)),
        "max_attempts": 1,
        "single_sample_accuracy": UNDEFINED,
        "acceptance": UNDEFINED,
        "conditional_accuracy": ConditionalAccuracy(0.8, 0.7, 0.9, micro=UNDEFINED, attempts=10_000,
                                                   lower_bound=Estimate(0.0), upper_bound=Estimate(1.0)),
        "false_discovery_rate": RateAt(None, micro=UNDEFINED, attempts=10_000),
        "false_positive_rate": unknown,
        "pass_at_k": (),
        "draw_cost": 0.0,
        "draw_price": DrawPrice(value=1.0, unit=PriceUnit.DRAWS),
        "curve": (),
        "optimal_attempts": (),
        "attempt_buckets": (),
        "two_type": TwoTypeFit(p1=0.5, r1=0.9, p2=0.5, r2=0.1, soundness=0.75, optimal_attempts=()),
        "per_task": tuple(TaskCounts(task_id=task, n=n, base_passes=base, correct=correct)
                          for task, n, base, correct in rows),
        "coverage": coverage(samples, tasks=len(rows), tasks_sampled=len(rows), tasks_scored=len(rows)),
        "cost": SamplingCost(prompt_tokens=100, completion_tokens=100, cost=0.01 * samples if cost == -1 else cost),
        "simulated": False,
        "served_models": (),
        "false_positives": (),
    }  # fmt: skip
    return ModelReport(**made | more)


CANARIES = Canaries(tasks=2, samples=20, passed=1, rate=Estimate(0.05, 0.0, 0.2), passed_tasks=("T/0~canary",))
"""A model that passes one of two impossible variants once."""
ERROR = SuiteError(
    samples=72, called_correct=48, tasks=6, found=Estimate(0.02, 0.0, 0.1), estimated=Estimate(0.03, 0.0, 0.12),
    right_by_plus=Estimate(0.8, 0.7, 0.9), right_by_both=Estimate(0.78, 0.68, 0.88),
)  # fmt: skip
"""A second suite rejects some of what plus calls correct."""


def suite_grades() -> SuiteGrades:
    """Make the grades of suites that let one control through."""
    base, plus = (
        SuiteFigures(
            suite=suite, mutants=40, mutation_score=Estimate(0.9, 0.8, 0.95), controls=54, controls_passed=passed,
            true_positive_rate=UNDEFINED, true_negative_rate=UNDEFINED,
        )
        for suite, passed in ((SuiteName.BASE, 2), (SuiteName.PLUS, 1))
    )  # fmt: skip
    return SuiteGrades(tasks=6, base=base, plus=plus, accepted_controls=(), errors=0)


def coverage(samples: int, **more: Any) -> SampleOutcomes:
    """Make the outcomes of samples that were all labelled."""
    made: dict[str, Any] = {
        "samples": samples,
        "labelled": samples,
        "statuses": {SampleStatus.OK: samples},
        "labels": {},
        "outcomes": {suite: {Outcome.PASS: samples, Outcome.ERROR: 0} for suite in SuiteName},
        "flaky": 0,
        "duplicates": 0,
        "distinct_programs": samples,
    }
    return SampleOutcomes(**made | more)


def criterion(name: str, **more: Any) -> CriterionGap:
    """Make a criterion without figures."""
    made: dict[str, Any] = {
        "criterion": name, "title": name, "reason": "", "tasks": 0, "within_task": None,
        "programs": GroupCounts(true_positive=0, false_positive=0),
        "pooled": Pooled(true_positive=UNDEFINED, false_positive=UNDEFINED, difference=UNDEFINED),
        "conditional": Conditional(given_pass=UNDEFINED, given_correct=UNDEFINED, given_false_positive=UNDEFINED),
    }  # fmt: skip
    return CriterionGap(**made | more)


def comparison(*criteria: CriterionGap, score: Mapping[str, Estimate] | None = None) -> StyleComparison:
    """Make a comparison of style."""
    empty: dict[str, Any] = {
        "true_positive": UNDEFINED, "false_positive": UNDEFINED, "accepted": UNDEFINED, "within_task": None, "tasks": 0,
    }  # fmt: skip
    return StyleComparison(criteria=criteria, score=ScoreGap(**empty | dict(score or {})), rules=())


def document(*entries: ModelReport, gates: Sequence[Mapping[str, Any]] = ()) -> ReportDocument:
    """Make a report document."""
    return ReportDocument(
        title="made", models=entries, across=Across(attempts=1, line=None, reach=(), paired=()), gates=(), tasks=(),
        options=AnalysisOptions(), exclusions=Exclusions(rule=ExclusionRule.NONE),
        provenance=Provenance(
            auditor="0.1.0", python="3", platform="p", tools={}, benchmark=BENCHMARK, config={"gate": list(gates)},
            sandbox=None, harness_errors=0, rubric=RUBRIC,
        ),
    )  # fmt: skip


def view(*entries: ModelReport, database: Path | None = None) -> RunView:
    """View entries as a run."""
    return RunView.of(document(*entries), database)


def solution(task: str, name: str) -> str:
    """Write a small program; its text depends on the name alone."""
    return f"def solve_{name}(x):\n    return x  # {task}\n"


def sample(model: str, task: str, index: int, text: str | None) -> Sample:
    """Make a sample of a text, truncated if there is none."""
    status = SampleStatus.OK if text is not None else SampleStatus.TRUNCATED
    return Sample(model, task, index, f"{model}{task}{index}", status, text or "", text, "raw/1", usage=Usage())


def verdicts(task: str, text: str, base: Outcome, plus: Outcome | None, *, flaky: bool = False) -> list[Verdict]:
    """Make a program's verdicts."""
    program = program_id(task, text)
    made = [Verdict(program, SuiteName.BASE, base, 1, b"\x01", flaky=flaky)]
    return made if plus is None else [*made, Verdict(program, SuiteName.PLUS, plus, 1, b"\x01", flaky=flaky)]


def style(task: str, text: str, score: float, complexity: float, *findings: Finding) -> StyleResult:
    """Make a style result with two criteria: ``names`` is met from a score of one half on, ``lines`` always."""
    return StyleResult(
        program_id(task, text),
        RUBRIC.hash,
        True,
        score,
        {"names": score >= 0.5, "lines": True, "never": None},
        {"complexity": complexity, "sloc": 2.0},
        findings,
    )


def finding(line: int = 1, *, rule: str = "E501", tool: str = "ruff", in_prompt: bool = False, **more: Any) -> Finding:
    """Make a finding."""
    return Finding(tool, rule, "line-too-long", "Line too long", line, 1, in_prompt, **({"criterion": "lines"} | more))


class MadeRun:
    """A run folder under construction: programs with verdicts and style, told one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, dict[str, list[int]]] = {}
        self.gates: list[dict[str, Any]] = []
        self.wrong: dict[str, list[FalsePositiveExample]] = {}
        self._index: dict[tuple[str, str], int] = {}
        self.store = Store(self.database)
        self.store.meta.rubric = RUBRIC

    @property
    def database(self) -> Path:
        return self.folder / "audit.db"

    def add(
        self,
        model: str,
        task: str,
        name: str,
        *,
        kind: str = "tp",
        times: int = 1,
        score: float | None = 1.0,
        complexity: float = 1.0,
        findings: Sequence[Finding] = (),
        flaky: bool = False,
    ) -> str:
        """Add samples of one program: ``tp``, ``fp`` or ``tn``; return the program's id."""
        text = solution(task, name)
        base = Outcome.FAIL if kind == "tn" else Outcome.PASS
        plus = {"tp": Outcome.PASS, "fp": Outcome.FAIL, "tn": None}[kind]
        start = self._index.get((model, task), 0)
        self._index[model, task] = start + times
        with self.store.transaction():
            self.store.add_samples(sample(model, task, start + copy, text) for copy in range(times))
            self.store.add_verdicts(verdicts(task, text, base, plus, flaky=flaky))
            if score is not None and kind != "tn":
                self.store.add_style([style(task, text, score, complexity, *findings)])
        if kind == "fp":
            failing = FailingTest(0, "solve_bad(1)", "2", "1", FailureKind.WRONG_VALUE)
            self.wrong.setdefault(model, []).append(
                FalsePositiveExample(program=program_id(task, text), task_id=task, samples=times, solution=text,
                                     prompt_lines=0, plus=Outcome.FAIL, detail="", failing=failing, score=score,
                                     findings=tuple(findings))
            )  # fmt: skip
        row = self.rows.setdefault(model, {}).setdefault(task, [0, 0, 0])
        row[0] += times
        row[1] += times * (kind != "tn")
        row[2] += times * (kind == "tp")
        return program_id(task, text)

    def write(self) -> Path:
        """Write report.json from what was told and close the database; return the folder."""
        self.store.close()
        entries = [
            entry(
                model,
                [(task, *row) for task, row in sorted(tasks.items())],  # type: ignore[misc]  # three counts each
                style=comparison(criterion("names"), criterion("lines")),
                false_positives=tuple(self.wrong.get(model, ())),
                canaries=CANARIES,
                suite_error=ERROR,
            )
            for model, tasks in sorted(self.rows.items())
        ]
        path = self.folder / "report" / "report.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = replace(document(*entries, gates=self.gates), suites=suite_grades())
        path.write_text(to_json(made), encoding="utf-8")
        return self.folder

    def open(self) -> RunView:
        """Write and view it."""
        return RunView.open(self.write())
