"""The same figures and gates over several runs, such as model versions, prompts or dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from auditor.results.estimate import Count, CountedEstimate, Difference, Document, Share
from auditor.results.gate import GateResult, Unit


class ChangeVerdict(StrEnum):
    """How a figure of a run compares with the baseline's."""

    EQUAL = "equal"
    """Every task that both have is equal."""
    BETTER = "better"
    """Clearly better: the interval of the difference excludes zero, and its adjusted p value is small."""
    WORSE = "worse"
    """Clearly."""
    HIGHER = "higher"
    """Clearly, of a figure without a better side."""
    LOWER = "lower"
    """Clearly, of a figure without a better side."""
    OPEN = "open"
    """No change is shown."""

    @property
    def clear(self) -> bool:
        """Return whether a change is shown."""
        return self not in (ChangeVerdict.EQUAL, ChangeVerdict.OPEN)


class OtherKind(StrEnum):
    """Other kinds of difference between two runs."""

    TASK_ADDED = "task added"
    """The earlier run does not have it."""
    TASK_REMOVED = "task removed"
    """The later run does not have it."""
    TASK_TEXT = "task's text"
    """The prompt."""
    TASK_TESTS = "task's tests"
    """The task's suites, reference or target; it is left out of every change."""
    TASKS_UNKNOWN = "tasks or tests"
    """The benchmarks differ, and one of the runs does not record in which tasks."""
    TASK_LEFT_OUT = "task left out"
    """One of the runs cannot use it, or leaves it out of the analysis."""
    VERSION = "version"
    """The version of auditor or of a linter."""
    ENVIRONMENT = "environment"
    """The environment of programs: interpreter, packages, machine."""
    SANDBOX = "sandbox"
    """The level of confinement reached."""
    RUBRIC = "rubric"
    """The rubric; style is then not compared."""
    SETTING = "setting"
    """A key of audit.toml that may change a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChange(Document):
    """One difference between two runs besides the model's answers."""

    kind: OtherKind
    """The kind of difference."""
    name: str = ""
    """The task, tool, package or setting; empty if there is only one of the kind."""
    model: str = ""
    """The model, if it is a setting of one."""
    before: str = ""
    """Value in the earlier run; empty if it is not recorded."""
    after: str = ""
    """Value in the later run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange(Document):
    """A figure minus the baseline's, paired by task."""

    difference: Difference
    """This run minus the baseline, over the tasks that both have, with the same tests; `p_adjusted` is Holm's over the
    runs of this model and figure. Both p values are null if the interval that decides includes zero."""
    verdict: ChangeVerdict
    """What the difference shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFigure(Document):
    """One figure of one model in one run."""

    metric: str
    """Its metric's name in gates."""
    parameters: Mapping[str, str | int | float]
    """The keys that define it; `attempts` is the same in all runs of the model."""
    unit: Unit
    """Unit of the value; the difference of a share is in points."""
    value: CountedEstimate
    """The figure over all tasks of the run, from its own report if that has the same keys; null if unknown."""
    change: FigureChange | None
    """Change from the baseline; null for the baseline itself and if nothing can be paired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint(Document):
    """One model in one run."""

    run: Count
    """The run's place in `runs`, from 0."""
    model: str
    """The model's name in that run."""
    simulated: bool
    """Whether the model is simulated."""
    tasks: Count
    """Tasks with a sample that counts."""
    samples: Count
    """Samples of these tasks."""
    figures: tuple[HistoryFigure, ...]
    """Figures, in the same order in every run."""

    def figure(self, metric: str) -> HistoryFigure | None:
        """Return a figure by its metric's name, ``None`` if the run has none."""
        return next((one for one in self.figures if one.metric == metric), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHistory(Document):
    """One model over the runs that have it."""

    model: str
    """Its name in the last of these runs."""
    points: tuple[HistoryPoint, ...]
    """One entry per run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRun(Document):
    """One run, and what changed besides the answers."""

    name: str
    """The folder's or file's name, with enough of its path to be unique."""
    baseline: bool
    """Whether the other runs are compared with it."""
    benchmark: str
    """Name of its benchmark; empty if unknown."""
    tasks: Count
    """Tasks of its benchmark; 0 if unknown."""
    since_previous: tuple[OtherChange, ...] = ()
    """Other differences from the previous run."""
    since_baseline: tuple[OtherChange, ...] = ()
    """Other differences from the baseline, which may explain a change."""
    gates: tuple[GateResult, ...] = ()
    """The rules of the last run, or those given, judged on this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Document):
    """The same figures and gates over several runs."""

    schema: Literal["auditor/history/1"] = "auditor/history/1"
    """Name and version of this format."""
    confidence: Share
    """Confidence of the differences."""
    runs: tuple[HistoryRun, ...]
    """In the order given, oldest first."""
    models: tuple[ModelHistory, ...]
    """Models that more than one run has."""
    alone: tuple[str, ...] = ()
    """Models that only one run has."""

    @property
    def baseline(self) -> HistoryRun:
        """Return the run that the others are compared with."""
        return next(one for one in self.runs if one.baseline)
