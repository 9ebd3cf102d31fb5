"""The report's document: what report.json holds, the pages show and gates read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from auditor.records import FailingTest, Finding, Label, Outcome, SampleStatus, SuiteName
from auditor.results.analysis import Across, Exclusions
from auditor.results.canaries import Canaries
from auditor.results.choice import Choice
from auditor.results.estimate import Count, Document, Share
from auditor.results.gate import GateResult
from auditor.results.history import History
from auditor.results.model import ModelAnalysis
from auditor.results.options import AnalysisOptions
from auditor.results.readings import ReadingGap
from auditor.results.selection import Selection
from auditor.results.suites import SecondSuite, SuiteError, SuiteGrades, SuspectTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Document):
    """What became of a model's samples."""

    samples: Count
    """All of them."""
    labelled: Count
    """Those that could be judged."""
    statuses: Mapping[SampleStatus, Count]
    """Samples by the outcome of the request."""
    labels: Mapping[Label, Count]
    """Samples by label."""
    outcomes: Mapping[SuiteName, Mapping[Outcome, Count]]
    """Samples by suite and outcome."""
    flaky: Count
    """Samples whose verdict changed on a second run."""
    duplicates: Count
    """Samples that repeat an answer to the task."""
    distinct_programs: Count
    """Distinct programs."""
    tasks: Count
    """Tasks to analyse: those of the benchmark that are neither unfit nor excluded."""
    tasks_sampled: Count
    """Those with a sample."""
    tasks_scored: Count
    """Those with a sample that could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingCost(Document):
    """What sampling cost."""

    prompt_tokens: Count | None
    """Tokens sent; null where the server did not say."""
    completion_tokens: Count | None
    """Tokens received; null where the server did not say."""
    cost: float | None
    """In the currency of the prices given; null without prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestCorrect(Document):
    """The correct program of the same model and task that is most like a wrong one."""

    program: str
    """Its id: 32 hexadecimal digits."""
    solution: str
    """The whole program, as it was run."""
    samples: Count
    """Samples of this model that are this program."""
    similarity: Share
    """Share of the characters that both have in common: 1 - d/(m + n), d the Indel distance of texts of m and n."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FalsePositiveExample(Document):
    """A distinct program that passes base and fails plus."""

    program: str
    """Its id: 32 hexadecimal digits."""
    task_id: str
    """Its task."""
    samples: Count
    """Samples of this model that are this program."""
    solution: str
    """The whole program, as it was run."""
    prompt_lines: Count
    """The number of lines at the head of `solution` that are the prompt's."""
    plus: Outcome
    """Outcome of the plus suite."""
    detail: str
    """Why, where the outcome alone does not say."""
    failing: FailingTest | None
    """The first plus test that fails; null where none was recorded."""
    score: Share | None
    """The rubric's score."""
    findings: tuple[Finding, ...]
    """The linters' findings."""
    nearest: NearestCorrect | None = None
    """The correct program most like it; null where the model has none on this task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport(ModelAnalysis):
    """One model's figures, and what is known of its samples."""

    simulated: bool
    """A simulated, not a real model."""
    served_models: tuple[str, ...]
    """Names under which the server answered."""
    coverage: Coverage
    """What became of the samples."""
    cost: SamplingCost
    """What sampling cost."""
    false_positives: tuple[FalsePositiveExample, ...]
    """The distinct false positives, by task, those seen most often first."""
    readings: ReadingGap | None = None
    """What extraction may cost; null unless other readings were judged (``[verify] readings = "all"``)."""
    canaries: Canaries | None = None
    """Samples on impossible variants of tasks; null where the benchmark has none."""
    selection: Selection | None = None
    """Rules of choosing among accepted samples; null unless `auditor select` compared them on these samples."""
    suite_error: SuiteError | None = None
    """What a second suite rejects of what plus calls correct; null unless `auditor suites --second` judged it."""

    @classmethod
    def of(
        cls,
        analysis: ModelAnalysis,
        *,
        simulated: bool,
        served_models: tuple[str, ...],
        coverage: Coverage,
        cost: SamplingCost,
        false_positives: tuple[FalsePositiveExample, ...],
        readings: ReadingGap | None = None,
        canaries: Canaries | None = None,
        selection: Selection | None = None,
        suite_error: SuiteError | None = None,
    ) -> ModelReport:
        """Join a model's analysis with what is known of its samples."""
        figures = {one.name: getattr(analysis, one.name) for one in fields(ModelAnalysis)}
        return cls(
            **figures,
            simulated=simulated,
            served_models=served_models,
            coverage=coverage,
            cost=cost,
            false_positives=false_positives,
            readings=readings,
            canaries=canaries,
            selection=selection,
            suite_error=suite_error,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSlice(Document):
    """A group that a task belongs to."""

    name: str
    """By what tasks are grouped, e.g. `difficulty` or `date`."""
    value: str
    """The task's group, e.g. `hard` or `2024-08-01`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(Document):
    """One task of the benchmark."""

    task_id: str
    """Its id."""
    entry_point: str
    """What a solution must define; empty for a program."""
    base_tests: Count
    """Tests of the base suite."""
    plus_tests: Count
    """Tests of the plus suite."""
    unfit: str | None
    """Why the task could not be used here, or null."""
    excluded: str | None
    """Why the analysis leaves it out, or null."""
    reference: str
    """A program that solves it; may be empty for a program that reads standard input."""
    prompt: str = ""
    """What models were asked, as the benchmark states it."""
    tests_digest: str = ""
    """Digest of what decides a verdict on it: suites, reference, what a solution must be; empty where not known."""
    output_rule: str = ""
    """The rule by which a program's outputs are compared; empty for other kinds of task."""
    slices: tuple[TaskSlice, ...] = ()
    """The groups that it belongs to, as the benchmark names them."""

    @property
    def analysed(self) -> bool:
        """Whether the task is neither unfit nor excluded."""
        return not self.unfit and not self.excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkFacts(Document):
    """The tasks, as the run recorded them."""

    name: str
    """Name."""
    source: str | None
    """As the settings name it; of a file or folder its name alone."""
    digest: str
    """SHA-256 over all that decides a verdict."""
    tasks: Count
    """How many."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Task id → why its suites could not be read."""
    caveat: str = ""
    """What to know of its suites before one reads any figure on them; mostly empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts(Document):
    """What programs ran with."""

    python: str
    """Version of the Python that ran them."""
    packages: Mapping[str, str]
    """Package that they could import besides the standard library → version."""
    digest: str
    """Digest over interpreter, machine and packages; verdicts carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFacts(Document):
    """A criterion of the rubric."""

    criterion: str
    """Its id."""
    title: str
    """Its title."""
    reason: str
    """Why the rubric asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricFacts(Document):
    """The style rubric."""

    name: str
    """Name."""
    version: str
    """Version."""
    hash: str
    """SHA-256 over its content and the tools' versions."""
    criteria: tuple[CriterionFacts, ...]
    """In the rubric's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance(Document):
    """Where the numbers come from."""

    auditor: str
    """Version of auditor."""
    python: str
    """Version of Python."""
    platform: str
    """System and machine."""
    tools: Mapping[str, str]
    """Versions of the linters; empty where style was not scored."""
    benchmark: BenchmarkFacts
    """The tasks."""
    config: Mapping[str, object]
    """The settings, secrets left out."""
    sandbox: str | None
    """The level of confinement reached; null where nothing was run."""
    environment: EnvironmentFacts | None = None
    """What programs ran with; null where nothing was run."""
    harness_errors: Count
    """Verdicts that are missing because the harness failed, never charged to a model."""
    in_process_tasks: Count = 0
    """Tasks whose tests ran in the solution's process, where a hostile solution could fool them."""
    in_process_verdicts: Count = 0
    """Verdicts on programs by those tests."""
    verdicts: Count = 0
    """All verdicts on programs, one for each suite that ran."""
    rubric: RubricFacts | None
    """The style rubric; null where style was not scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument(Document):
    """What report.json holds. Shares are fractions of 1; what was not computed is null."""

    schema: Literal["auditor/report/2"] = "auditor/report/2"
    """The name and version of this shape."""
    title: str
    """The report's title."""
    models: tuple[ModelReport, ...]
    """One entry per model, in the order of the settings."""
    across: Across
    """Comparisons over models."""
    gates: tuple[GateResult, ...]
    """Rules judged."""
    tasks: tuple[TaskRow, ...]
    """Every task of the benchmark."""
    options: AnalysisOptions
    """The settings of the analysis; `confidence` is that of every interval that names no other."""
    exclusions: Exclusions
    """Tasks that the analysis leaves out."""
    provenance: Provenance
    """Where the numbers come from."""
    history: History | None = None
    """This run and earlier ones, as `[history]` names them; null where none are named."""
    choices: tuple[Choice, ...] = ()
    """Which model to use, at each of several costs of a wrong answer, ascending; empty where no task is shared."""
    suites: SuiteGrades | None = None
    """What the suites are worth; null unless `auditor suites` graded them."""
    second_suite: SecondSuite | None = None
    """Plus against a second strong suite; null unless `auditor suites --second` judged it."""
    suspects: tuple[SuspectTask, ...] = ()
    """Tasks whose tests may be too narrow: most programs agree with each other against the expected output."""

    def model(self, name: str) -> ModelReport:
        """Return a model's entry by its name; raises ``KeyError`` where there is none."""
        return {one.model: one for one in self.models}[name]
