"""The report's document: the content of report.json, which pages show and gates read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from auditor.records import FailingTest, Finding, Label, Outcome, SampleStatus, SuiteName
from auditor.results.analysis import Across, Exclusions
from auditor.results.canaries import Canaries
from auditor.results.choice import Choice, starting
from auditor.results.decision import Decision
from auditor.results.estimate import Count, Document, Share
from auditor.results.gate import GateResult
from auditor.results.history import History
from auditor.results.model import ModelAnalysis
from auditor.results.options import AnalysisOptions
from auditor.results.readings import ReadingGap
from auditor.results.selection import Selection
from auditor.results.suites import SecondSuite, SuiteError, SuiteGrades, SuspectTask


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOutcomes(Document):
    """A model's samples by outcome."""

    samples: Count
    """All samples."""
    labelled: Count
    """Samples that could be judged."""
    statuses: Mapping[SampleStatus, Count]
    """Samples by the outcome of the request."""
    labels: Mapping[Label, Count]
    """Samples by label."""
    outcomes: Mapping[SuiteName, Mapping[Outcome, Count]]
    """Samples by suite and outcome."""
    flaky: Count
    """Samples whose verdict changed in a second run."""
    duplicates: Count
    """Samples that repeat another answer to the same task."""
    distinct_programs: Count
    """Distinct programs."""
    tasks: Count
    """Tasks to analyse: those that are neither unfit nor excluded."""
    tasks_sampled: Count
    """Tasks with a sample."""
    tasks_scored: Count
    """Tasks with a sample that could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingCost(Document):
    """Cost of sampling."""

    prompt_tokens: Count | None
    """Tokens sent; null if the server did not report them."""
    completion_tokens: Count | None
    """Tokens received; null if the server did not report them."""
    cost: float | None
    """In the currency of the prices given; null without prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestCorrect(Document):
    """The correct program of the same model and task that is most similar to a wrong one."""

    program: str
    """Its id: 32 hexadecimal digits."""
    solution: str
    """The whole program as it was run."""
    samples: Count
    """Samples of this model with this program."""
    similarity: Share
    """Similarity, 1 - d/(m + n), where d is the Indel distance of texts of m and n characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FalsePositiveExample(Document):
    """A distinct program that passes base and fails plus."""

    program: str
    """Its id: 32 hexadecimal digits."""
    task_id: str
    """Its task."""
    samples: Count
    """Samples of this model with this program."""
    solution: str
    """The whole program as it was run."""
    prompt_lines: Count
    """Number of leading lines of `solution` that come from the prompt."""
    plus: Outcome
    """Outcome of the plus suite."""
    detail: str
    """The reason, if the outcome alone does not give it."""
    failing: FailingTest | None
    """The first plus test that fails; null if none was recorded."""
    score: Share | None
    """The rubric's score."""
    findings: tuple[Finding, ...]
    """The linters' findings."""
    nearest: NearestCorrect | None = None
    """The most similar correct program; null if the model has none on this task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport(ModelAnalysis):
    """One model's figures and samples."""

    simulated: bool
    """Whether the model is simulated."""
    served_models: tuple[str, ...]
    """Model names that the server reported."""
    coverage: SampleOutcomes
    """The samples by outcome."""
    cost: SamplingCost
    """Cost of sampling."""
    false_positives: tuple[FalsePositiveExample, ...]
    """Distinct false positives by task, most frequent first."""
    readings: ReadingGap | None = None
    """What extraction may cost in accuracy; null unless other readings were judged (``[verify] readings = "all"``)."""
    recorded: bool = False
    """Whether its answers were read from a file or data set, not sampled for this run."""
    canaries: Canaries | None = None
    """Samples on impossible variants of tasks; null if the benchmark has none."""
    selection: Selection | None = None
    """Rules for choosing among accepted samples; null unless `auditor select` compared them on these samples."""
    suite_error: SuiteError | None = None
    """Share of samples correct by plus that a second suite rejects; null unless `auditor suites --second` judged it."""

    @classmethod
    def of(
        cls,
        analysis: ModelAnalysis,
        *,
        simulated: bool,
        served_models: tuple[str, ...],
        coverage: SampleOutcomes,
        cost: SamplingCost,
        false_positives: tuple[FalsePositiveExample, ...],
        readings: ReadingGap | None = None,
        recorded: bool = False,
        canaries: Canaries | None = None,
        selection: Selection | None = None,
        suite_error: SuiteError | None = None,
    ) -> ModelReport:
        """Join a model's analysis with its samples."""
        figures = {one.name: getattr(analysis, one.name) for one in fields(ModelAnalysis)}
        return cls(
            **figures,
            simulated=simulated,
            served_models=served_models,
            coverage=coverage,
            cost=cost,
            false_positives=false_positives,
            readings=readings,
            recorded=recorded,
            canaries=canaries,
            selection=selection,
            suite_error=suite_error,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSlice(Document):
    """A group that a task belongs to."""

    name: str
    """The attribute, e.g. `difficulty` or `date`."""
    value: str
    """The task's value, e.g. `hard` or `2024-08-01`."""


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
    """Reason why the task could not be used here, or null."""
    excluded: str | None
    """Reason why the analysis leaves it out, or null."""
    reference: str
    """A program that solves it; may be empty for a task that asks for a program on standard input."""
    prompt: str = ""
    """The prompt, as the benchmark states it."""
    tests_digest: str = ""
    """Digest of everything that decides a verdict on it: suites, reference, target; empty if unknown."""
    output_rule: str = ""
    """The rule by which a program's outputs are compared; empty for other kinds of task."""
    slices: tuple[TaskSlice, ...] = ()
    """Its groups, as the benchmark names them."""

    @property
    def analysed(self) -> bool:
        """Return whether the task is neither unfit nor excluded."""
        return not self.unfit and not self.excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkFacts(Document):
    """The tasks, as the run recorded them."""

    name: str
    """Name."""
    source: str | None
    """The source, as the settings name it; for a file or folder, only its name."""
    digest: str
    """SHA-256 over everything that decides a verdict."""
    tasks: Count
    """Number of tasks."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Task id → reason why its suites could not be read."""
    caveat: str = ""
    """A warning about its suites to read before any figure; usually empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts(Document):
    """The environment in which programs ran."""

    python: str
    """Python version that ran them."""
    packages: Mapping[str, str]
    """Package available to them besides the standard library → version."""
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
    """Reason for which the rubric asks for it."""
    rules: tuple[str, ...] = ()
    """``linter:code`` of every rule that it counts; empty if a measure decides."""


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
    """Provenance of the numbers."""

    auditor: str
    """Version of auditor."""
    python: str
    """Version of Python."""
    platform: str
    """System and machine."""
    tools: Mapping[str, str]
    """Versions of the linters; empty if style was not scored."""
    benchmark: BenchmarkFacts
    """The tasks."""
    config: Mapping[str, object]
    """The settings, secrets left out."""
    sandbox: str | None
    """The level of confinement reached; null if nothing was run."""
    environment: EnvironmentFacts | None = None
    """The environment in which programs ran; null if nothing was run."""
    harness_errors: Count
    """Verdicts missing because the harness failed; never charged to a model."""
    in_process_tasks: Count = 0
    """Tasks whose tests ran in the solution's process, where a hostile solution could fool them."""
    in_process_verdicts: Count = 0
    """Verdicts on programs by those tests."""
    verdicts: Count = 0
    """All verdicts on programs, one for each suite that ran."""
    rubric: RubricFacts | None
    """The style rubric; null if style was not scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument(Document):
    """The content of report.json. Shares are fractions of 1; values that were not computed are null."""

    schema: Literal["auditor/report/2"] = "auditor/report/2"
    """Name and version of this format."""
    title: str
    """The report's title."""
    models: tuple[ModelReport, ...]
    """One entry per model, in the order of the settings."""
    across: Across
    """Comparisons between models."""
    gates: tuple[GateResult, ...]
    """Gate rules judged."""
    tasks: tuple[TaskRow, ...]
    """Every task of the benchmark."""
    options: AnalysisOptions
    """The settings of the analysis; `confidence` applies to every interval that names no other."""
    exclusions: Exclusions
    """Tasks that the analysis leaves out."""
    provenance: Provenance
    """Provenance of the numbers."""
    history: History | None = None
    """This run and the earlier ones that `[history]` names; null if it names none."""
    choices: tuple[Choice, ...] = ()
    """Which model to use at several costs of a wrong answer, ascending; empty if no task is shared."""
    suites: SuiteGrades | None = None
    """Grades of the suites; null unless `auditor suites` graded them."""
    second_suite: SecondSuite | None = None
    """Plus compared with a second strong suite; null unless `auditor suites --second` judged it."""
    suspects: tuple[SuspectTask, ...] = ()
    """Tasks whose tests may be too narrow: more programs fail plus with the same output than pass it."""

    @property
    def choice(self) -> Choice | None:
        """Return the choice at the cost that the report speaks of first; ``None`` if no task is shared."""
        return self.choices[starting(self.choices)] if self.choices else None

    @property
    def decision(self) -> Decision:
        """Return the decision that the gates and that choice give."""
        return Decision.over(self.choices, self.gates)

    @property
    def subject(self) -> str | None:
        """Return the model that the decision is about, else the one that is chosen; ``None`` if neither is one."""
        return self.decision.model or (self.choice.chosen if self.choice else None)

    def model(self, name: str) -> ModelReport:
        """Return a model's entry by its name; raises ``KeyError`` if there is none."""
        return {one.model: one for one in self.models}[name]
