"""The same figures and gates over several runs: model versions, prompts, dates."""

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
    """Clearly: the interval of the difference excludes zero, and its adjusted p value is small."""
    WORSE = "worse"
    """Clearly."""
    HIGHER = "higher"
    """Clearly, of a figure without a better side."""
    LOWER = "lower"
    """Clearly, of a figure without a better side."""
    OPEN = "open"
    """The data do not show a change."""

    @property
    def clear(self) -> bool:
        """Whether a change is shown."""
        return self not in (ChangeVerdict.EQUAL, ChangeVerdict.OPEN)


class OtherKind(StrEnum):
    """What else may differ between two runs."""

    TASK_ADDED = "task added"
    """The earlier run does not have it."""
    TASK_REMOVED = "task removed"
    """The later run does not have it."""
    TASK_TEXT = "task's text"
    """What models were asked."""
    TASK_TESTS = "task's tests"
    """Its suites, its reference or what a solution must be: it is left out of every change."""
    TASKS_UNKNOWN = "tasks or tests"
    """The benchmarks differ, and one of the runs does not say in which tasks."""
    TASK_LEFT_OUT = "task left out"
    """One of the runs cannot use it, or leaves it out of the analysis."""
    VERSION = "version"
    """Of auditor or of a linter."""
    ENVIRONMENT = "environment"
    """What programs ran with: interpreter, packages, machine."""
    SANDBOX = "sandbox"
    """The level of confinement reached."""
    RUBRIC = "rubric"
    """Style is then not compared."""
    SETTING = "setting"
    """A key of audit.toml that may move a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChange(Document):
    """One thing besides the model's answers that differs between two runs."""

    kind: OtherKind
    """What."""
    name: str = ""
    """Which task, tool, package or setting; empty where there is one of the kind."""
    model: str = ""
    """Of which model, where it is a setting of one."""
    before: str = ""
    """In the earlier run; empty where it says nothing."""
    after: str = ""
    """In the later run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange(Document):
    """A figure minus the baseline's, paired by task."""

    difference: Difference
    """This run minus the baseline, over the tasks that both have with the same tests; `p_adjusted` is Holm's over the
    runs of this model and figure. Both p values are null where an interval includes zero, this one or the stricter
    one that a verdict also needs."""
    verdict: ChangeVerdict
    """What that shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFigure(Document):
    """One figure of one model in one run."""

    metric: str
    """Its name, as gates call it."""
    parameters: Mapping[str, str | int | float]
    """The keys that shape it; `attempts` is the same in all runs of the model."""
    unit: Unit
    """Of the value; the difference of a share is in points."""
    value: CountedEstimate
    """Over all tasks of the run, as its own report has it where that is at the same keys; null where it is unknown."""
    change: FigureChange | None
    """Null for the baseline itself, and where nothing can be paired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint(Document):
    """One model in one run."""

    run: Count
    """The run's place in `runs`, from 0."""
    model: str
    """Its name there."""
    simulated: bool
    """A simulated, not a real model."""
    tasks: Count
    """Tasks with a sample that counts."""
    samples: Count
    """Samples of these tasks."""
    figures: tuple[HistoryFigure, ...]
    """In the same order in every run."""

    def figure(self, metric: str) -> HistoryFigure | None:
        """Return a figure by its metric's name, ``None`` where the run has none."""
        return next((one for one in self.figures if one.metric == metric), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHistory(Document):
    """One model over the runs that have it."""

    model: str
    """Its name in the last of them."""
    points: tuple[HistoryPoint, ...]
    """By run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRun(Document):
    """One run, and what else changed."""

    name: str
    """The folder's or file's name, with as much of its path as tells it from the others."""
    baseline: bool
    """Whether the others are compared with it."""
    benchmark: str
    """Name of its tasks; empty where it does not say."""
    tasks: Count
    """Tasks of its benchmark; 0 where it does not say."""
    since_previous: tuple[OtherChange, ...] = ()
    """What else differs from the run before."""
    since_baseline: tuple[OtherChange, ...] = ()
    """What else differs from the baseline, and may be behind a change."""
    gates: tuple[GateResult, ...] = ()
    """The rules of the last run, or those given, judged on this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Document):
    """The same figures and gates over several runs."""

    schema: Literal["auditor/history/1"] = "auditor/history/1"
    """The name and version of this shape."""
    confidence: Share
    """Of the differences."""
    runs: tuple[HistoryRun, ...]
    """In the order given, the oldest first."""
    models: tuple[ModelHistory, ...]
    """Models that more than one run has."""
    alone: tuple[str, ...] = ()
    """Models that one run alone has."""

    @property
    def baseline(self) -> HistoryRun:
        """The run that the others are compared with."""
        return next(one for one in self.runs if one.baseline)
