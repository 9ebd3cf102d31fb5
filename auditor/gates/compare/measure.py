"""Two runs side by side: the same models, the same tasks, every headline number paired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.analysis.task_statistic import TaskStatistic, minus, same
from auditor.errors import UsageError
from auditor.gates.compare.verdicts import ChangedProgram, changed_programs
from auditor.gates.judge import settled
from auditor.gates.metrics import METRICS, Better, Metric, Parameters, Unavailable
from auditor.gates.metrics.plain_words import plain_words
from auditor.gates.reported import shown, shown_difference
from auditor.gates.view import ModelView, RunView
from auditor.results import CountedEstimate, Estimate, Unit, clear_side, deciding

HEADLINES = (
    "single_sample_accuracy",
    "acceptance",
    "conditional_accuracy",
    "false_discovery_rate",
    "false_positive_rate",
)
"""Metrics that are always compared."""
AT_EACH_COST = ("best_utility", "optimal_attempts")
"""Metrics compared at every cost of a false positive in either run's analysis."""
GROUPS = ("accepted", "true_positive", "false_positive")
SHOWN_APART = 0.0005
"""Numbers that differ by less are shown as equal."""


class Direction(StrEnum):
    """What a difference shows."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    EQUAL = "equal"
    """The same value on every task."""
    UNCLEAR = "not clear"
    """The interval that decides includes zero."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One number in both runs and their difference, over the tasks that have it in both."""

    metric: str
    parameters: Mapping[str, str | int | float]
    title: str
    """The figure, in plain words."""
    a: CountedEstimate
    """A's number over the tasks that have it in both runs."""
    b: CountedEstimate
    """B's number over the same tasks."""
    a_alone: float | None
    """A's number over all its tasks, as its gates and report give it."""
    b_alone: float | None
    """B's number over all its tasks."""
    difference: CountedEstimate
    """B minus A, paired by task."""
    deciding: Estimate
    """The interval that decides `change`: the smallest that holds the difference's own and that of gates."""
    unit: Unit
    """Unit of A and B; the difference of a share is in points."""
    change: Direction
    """What the difference shows."""

    @property
    def differs_alone(self) -> bool:
        """Return whether either run's number over all its own tasks differs from the one compared."""
        return any(
            alone is not None and (shared is None or abs(alone - shared) > SHOWN_APART)
            for alone, shared in ((self.a_alone, self.a.value), (self.b_alone, self.b.value))
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """One model of A compared with one of B, on the tasks that both have."""

    model_a: str
    model_b: str
    tasks: int
    only_a: int
    """Tasks that only A's model has, left out."""
    only_b: int
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, compared model by model and program by program."""

    a: str
    b: str
    confidence: float
    pairs: tuple[Pair, ...]
    unmatched_a: tuple[str, ...]
    unmatched_b: tuple[str, ...]
    changed: tuple[ChangedProgram, ...]
    """Programs of both runs whose verdict differs."""
    flaky: tuple[ChangedProgram, ...]
    """The same, if the verdict was flaky in either run."""
    shared_programs: int
    """Programs judged in both runs."""
    notes: tuple[str, ...]
    """Notes to read before trusting a difference."""
    schema: str = "auditor/comparison/2"


def compare(
    a: RunView, b: RunView, *, model_a: str | None = None, model_b: str | None = None, confidence: float = 0.95
) -> Comparison:
    """Compare two runs, models matched by name, or one named model of each.

    Raises :class:`~auditor.errors.UsageError` if no two models can be compared.
    """
    matched = _matches(a, b, model_a, model_b)
    costs = tuple(sorted({*a.fp_costs, *b.fp_costs}))
    styled = _rubric(a) == _rubric(b)
    pairs = tuple(_pair(one, other, costs, styled, confidence) for one, other in matched)
    changed, flaky, shared = changed_programs(a.database, b.database)
    return Comparison(
        a=a.where,
        b=b.where,
        confidence=confidence,
        pairs=pairs,
        unmatched_a=() if model_a or model_b else _others(a, {pair.model_a for pair in pairs}),
        unmatched_b=() if model_a or model_b else _others(b, {pair.model_b for pair in pairs}),
        changed=changed,
        flaky=flaky,
        shared_programs=shared,
        notes=tuple(_notes(a, b, matched, styled)),
    )


def _others(run: RunView, matched: set[str]) -> tuple[str, ...]:
    return tuple(name for name in run.names if name not in matched)


def _matches(a: RunView, b: RunView, model_a: str | None, model_b: str | None) -> list[tuple[ModelView, ModelView]]:
    for run, name in ((a, model_a), (b, model_b)):
        if name is not None and name not in run.names:
            raise UsageError(f"no model {name!r}", where=run.where, remedy=f"models here: {', '.join(run.names)}")
    if model_a is not None or model_b is not None:
        return [(a.model(_named(a, model_a, model_b)), b.model(_named(b, model_b, model_a)))]
    names = [name for name in a.names if name in b.names and a.model(name).samples and b.model(name).samples]
    if names:
        return [(a.model(name), b.model(name)) for name in names]
    if len(a.models) == len(b.models) == 1:
        return [(a.models[0], b.models[0])]
    raise UsageError(
        f"the runs have no model in common ({', '.join(a.names)}; {', '.join(b.names)})",
        remedy="name one of each with --model-a and --model-b",
    )


def _named(run: RunView, name: str | None, other: str | None) -> str:
    """Return the name given for this run; else the other run's name, else its only model."""
    if name is not None:
        return name
    if other in run.names:
        return str(other)
    if len(run.models) == 1:
        return run.models[0].name
    raise UsageError(
        "there are several models, and none is named", where=run.where, remedy=f"name one of {', '.join(run.names)}"
    )


def _pair(a: ModelView, b: ModelView, costs: Sequence[float], styled: bool, confidence: float) -> Pair:
    ours, theirs = set(a.counts.task_ids), set(b.counts.task_ids)
    common = tuple(task for task in a.counts.task_ids if task in theirs)
    if not common:
        raise UsageError(f"{a.name} and {b.name} share no analysed task", remedy="compare runs of one benchmark")
    rows = tuple(_rows(a, b, common, costs, styled, confidence))
    return Pair(a.name, b.name, len(common), len(ours) - len(common), len(theirs) - len(common), rows)


def _rows(
    a: ModelView, b: ModelView, common: tuple[str, ...], costs: Sequence[float], styled: bool, confidence: float
) -> Iterator[ComparisonRow]:
    shared = a.only(common), b.only(common)
    for name, asked in _wanted(a, b, costs, styled=styled):
        metric = METRICS[name]
        parameters = settled(metric, asked, *shared)
        one, other = (_statistic(metric, model, parameters) for model in shared)
        if one is None or other is None:
            continue
        difference = minus(other, one)
        both = difference.task_ids
        if not both:
            continue  # no task has the figure in both runs
        one, other, difference = (found.over(b.families) for found in (one.at(both), other.at(both), difference))
        equal = same(one, other)
        strict = CountedEstimate.exact(0.0, difference.behind) if equal else difference.estimate(confidence)
        estimate = strict if equal else shown_difference(shared[1], difference, strict, confidence)
        alone = [_statistic(metric, model, parameters) for model in (a, b)]
        yield ComparisonRow(
            metric=name,
            parameters=parameters.given(),
            title=plain_words(metric, parameters, criteria=a.criterion_titles),
            a=shown(shared[0], metric, parameters, one, one.estimate(confidence), confidence),
            b=shown(shared[1], metric, parameters, other, other.estimate(confidence), confidence),
            a_alone=alone[0].value if alone[0] else None,
            b_alone=alone[1].value if alone[1] else None,
            difference=estimate,
            deciding=deciding(estimate, strict),
            unit=metric.unit,
            change=Direction.EQUAL if equal else _change(clear_side(estimate, strict), metric.better),
        )


def _wanted(
    a: ModelView, b: ModelView, costs: Sequence[float], *, styled: bool
) -> Iterator[tuple[str, Parameters]]:  # fmt: skip
    """Yield what two models are compared by: the metric's name and its parameters."""
    yield from ((name, Parameters()) for name in HEADLINES)
    yield from ((name, Parameters(fp_cost=cost)) for name in AT_EACH_COST for cost in costs)
    if styled and a.programs and b.programs:
        yield from (("style_score", Parameters(group=group)) for group in GROUPS)
        yield "style_gap", Parameters(criterion="score")
        criteria = [criterion for criterion in a.criteria if criterion in b.criteria]
        yield from (("adherence", Parameters(criterion=criterion, group="accepted")) for criterion in criteria)


def _statistic(metric: Metric, model: ModelView, parameters: Parameters) -> TaskStatistic | None:
    """Measure a model; ``None`` if the run lacks the per-task values that the metric needs."""
    try:
        found = metric.measure(model, parameters)
    except Unavailable:
        return None
    return found if isinstance(found, TaskStatistic) else None


def _change(side: int, better: Better) -> Direction:
    if not side:
        return Direction.UNCLEAR
    up = side > 0
    if better is Better.NEITHER:
        return Direction.HIGHER if up else Direction.LOWER
    return Direction.BETTER if up == (better is Better.HIGHER) else Direction.WORSE


def _rubric(run: RunView) -> str | None:
    return run.rubric.hash if run.rubric else None


def _notes(a: RunView, b: RunView, matched: Sequence[tuple[ModelView, ModelView]], styled: bool) -> Iterator[str]:
    """List what differs between the runs besides the models."""
    digests = [run.benchmark.digest if run.benchmark else None for run in (a, b)]
    if digests[0] != digests[1]:
        yield "the runs' tasks or tests differ: the same task id may refer to two tasks"
    if not styled:
        yield "the runs' rubrics or linters differ: style is left out"
    elif a.database is None or b.database is None:
        yield "a run's audit.db is missing: style and single programs are left out"
    if a.sandbox != b.sandbox:
        yield "the runs' sandboxes differ"
    for one, other in matched:
        if one.draw_cost != other.draw_cost:
            names = one.name if one.name == other.name else f"{one.name} and {other.name}"
            yield f"attempts of {names} cost {one.draw_cost:g} and {other.draw_cost:g}: each utility is at its own"
    if any(model.report and model.report.simulated for run in (a, b) for model in run.models):
        yield "some models are simulated"
