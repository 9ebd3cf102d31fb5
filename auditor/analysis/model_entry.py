"""The figures of one model, except extrapolation, base tests and style."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.arrays import Floats
from auditor.analysis.as_published import as_published
from auditor.analysis.attempt_set import AttemptSet, best_attempt_set
from auditor.analysis.bootstrap import Bootstrap, Draws, measure_all
from auditor.analysis.counts import Counts
from auditor.analysis.curve import Band, Curve, scaling_curve
from auditor.analysis.metrics import Statistic
from auditor.analysis.task_statistic import of_columns
from auditor.analysis.two_type import Form, belief, best_attempts, fit_two_type
from auditor.analysis.utility import for_all, utility_at
from auditor.results import (
    AnalysisOptions,
    AttemptBucket,
    ConditionalAccuracy,
    CurvePoint,
    DrawPrice,
    Estimate,
    ModelAnalysis,
    Optimum,
    PassAtK,
    PriceUnit,
    Rate,
    RateAt,
    SamplesPerTask,
    TaskCounts,
    ThinTasks,
    TwoTypeFit,
    TwoTypeOptimum,
    clear_side,
)  # fmt: skip

_MOST_REJECTED = 100
"""Most rejected draws for which the belief in an easy task is given."""


class ModelFigures:
    """Computation of one model's figures, with one set of bootstrap draws for all of them.

    ``attempts`` is the model's largest K, ``shared`` the K at which all ``models`` are compared.
    """

    def __init__(
        self,
        counts: Counts,
        attempts: int,
        shared: int,
        options: AnalysisOptions,
        bootstrap: Bootstrap,
        models: int = 1,
    ) -> None:
        self._counts, self._attempts, self._shared = counts, attempts, shared
        self._options, self._bootstrap, self._models = options, bootstrap, models
        self._draws: Draws | None = bootstrap.draw(counts)
        self._rounds, self._buckets = _round_numbers(attempts), _buckets(attempts)
        wanted = self._statistics()
        found = measure_all(list(wanted.values()), counts, bootstrap, self._draws)
        self._figures = dict(zip(wanted, found, strict=True))

    def _statistics(self) -> dict[str, Statistic]:
        """Return every figure that is one ratio over tasks, by name."""
        return {
            "single_sample_accuracy": metrics.single_sample,
            "acceptance": metrics.acceptance,
            "conditional_accuracy": metrics.conditional_at(self._shared),
            "conditional_accuracy_micro": metrics.conditional_micro,
            "lower_bound": metrics.ceiling_lower,
            "upper_bound": metrics.ceiling_upper,
            "false_discovery_rate": metrics.false_discovery_at(self._shared),
            "false_discovery_rate_micro": metrics.false_discovery_micro,
            "false_positive_rate": metrics.false_positive,
            "false_positive_rate_micro": metrics.false_positive_micro,
            **{f"pass@{k}": metrics.pass_at(k) for k in self._rounds},
            **{f"attempts {first}": metrics.attempt_bucket(first, last) for first, last in self._buckets},
        }

    def analysis(self) -> ModelAnalysis:
        """Return every figure except base tests, extrapolation and style."""
        counts = self._counts
        draw_cost = self._options.draw_cost_of(counts.model)
        price = self._price(draw_cost)
        curve = scaling_curve(
            counts,
            self._attempts,
            self._options.fp_costs,
            draw_cost=draw_cost,
            bootstrap=self._bootstrap,
            draws=self._draws,
        )
        return ModelAnalysis(
            model=counts.model,
            tasks=len(counts),
            samples=counts.samples,
            samples_per_task=SamplesPerTask(least=int(counts.n.min()), most=int(counts.n.max())),
            max_attempts=self._attempts,
            single_sample_accuracy=self._figures["single_sample_accuracy"],
            acceptance=self._figures["acceptance"],
            conditional_accuracy=self._conditional(),
            false_discovery_rate=self._false_discovery(),
            false_positive_rate=self._rate("false_positive_rate", metrics.false_positive),
            pass_at_k=tuple(self._pass_at(k) for k in self._rounds),
            draw_cost=draw_cost,
            draw_price=price,
            curve=_points(curve, self._options.fp_costs, price.value),
            optimal_attempts=tuple(
                self._optimum(fp_cost, draw_cost, curve, utility)
                for fp_cost, utility in zip(self._options.fp_costs, curve.utility, strict=True)
            ),
            attempt_buckets=tuple(self._bucket(first, last) for first, last in self._buckets),
            two_type=self._two_type(),
            difficulty=_difficulty(counts),
            as_published=as_published(counts, self._options.as_published, self._buckets, self._options.fp_costs),
            per_task=_task_counts(counts),
            thin=_thin(counts, self._attempts),
        )

    def _rate(self, name: str, macro: Statistic) -> Rate:
        """Return a rate as a mean over tasks and pooled over samples."""
        own, tasks = self._figures[name], macro(self._counts).tasks
        return Rate(own.value, own.low, own.high, tasks, micro=self._figures[f"{name}_micro"])

    def _conditional(self) -> ConditionalAccuracy:
        own = self._rate("conditional_accuracy", metrics.conditional_at(self._shared))
        return ConditionalAccuracy(
            own.value,
            own.low,
            own.high,
            own.tasks,
            micro=own.micro,
            attempts=self._shared,
            lower_bound=self._figures["lower_bound"],
            upper_bound=self._figures["upper_bound"],
        )

    def _false_discovery(self) -> RateAt:
        own = self._rate("false_discovery_rate", metrics.false_discovery_at(self._shared))
        return RateAt(own.value, own.low, own.high, own.tasks, micro=own.micro, attempts=self._shared)

    def _optimum(self, fp_cost: float, draw_cost: float, curve: Curve, utility: Band) -> Optimum:
        """Return the best number of attempts, the others that may be the best, and the utility there."""
        options = self._options
        found = best_attempt_set(
            curve.table,
            fp_cost,
            draw_cost=draw_cost,
            confidence=options.confidence,
            seed=options.seed,
            level=options.level,
        )
        fewest = found.fewest
        if found.best:  # 0 is in the set by the verdict on the gain, as every report says it
            fewest = max(1, fewest) if self._gains(found.enough, fp_cost, draw_cost, utility) else 0
        return Optimum(
            fp_cost=fp_cost,
            attempts=found.best,
            low=fewest if options.resamples else None,
            high=found.most if options.resamples else None,
            open_above=found.open_above,
            enough=found.enough,
            utility=best_utility(found, utility),
            utility_cross_fitted=found.fair_utility,
            tasks=curve.table.own[0].shape[1],
        )

    def _gains(self, attempts: int, fp_cost: float, draw_cost: float, utility: Band) -> bool:
        """Whether a number of attempts clearly gains over using no model: by both intervals, as a choice has it."""
        counts = self._counts.with_samples(self._attempts)
        families = dict(zip(counts.task_ids, counts.families or counts.task_ids, strict=True))
        found = of_columns(counts.task_ids, utility_at(counts, attempts, fp_cost, draw_cost)).over(families)
        low, high = float(utility.low[attempts - 1]), float(utility.high[attempts - 1])
        strict = found.estimate(for_all(self._options.confidence, self._models))
        shown = Estimate(strict.value, low, high).finite() if math.isfinite(high - low) else strict
        return clear_side(shown, strict) > 0

    def _pass_at(self, k: int) -> PassAtK:
        own = self._figures[f"pass@{k}"]
        return PassAtK(own.value, own.low, own.high, k=k)

    def _price(self, draw_cost: float) -> DrawPrice:
        """Return the cost of a draw in the cost curves, and its unit."""
        if self._counts.model in self._options.draw_prices:
            return DrawPrice(value=self._options.draw_prices[self._counts.model], unit=PriceUnit.MONEY)
        if draw_cost > 0:
            return DrawPrice(value=draw_cost, unit=PriceUnit.WORTH)
        return DrawPrice(value=1.0, unit=PriceUnit.DRAWS)

    def _bucket(self, first: int, last: int) -> AttemptBucket:
        statistic = metrics.attempt_bucket(first, last)
        return AttemptBucket(
            first=first,
            last=last,
            share_false=self._figures[f"attempts {first}"],
            accepted=float(statistic(self._counts).denominators.sum() / self._counts.reaching(last).sum()),
        )

    def _two_type(self) -> TwoTypeFit:
        model = fit_two_type(self._counts)
        draw_cost = self._options.draw_cost_of(self._counts.model)
        optima = []
        for fp_cost in self._options.fp_costs:
            right = best_attempts(model, fp_cost, draw_cost=draw_cost)
            optima.append(
                TwoTypeOptimum(
                    fp_cost=fp_cost,
                    attempts=right.attempts,
                    unbounded=right.unbounded,
                    attempts_for_99_percent=right.nearly,
                    utility=right.utility,
                    attempts_printed=best_attempts(model, fp_cost, form=Form.PRINTED).attempts,
                )
            )
        return TwoTypeFit(
            p1=model.p1,
            r1=model.r1,
            p2=model.p2,
            r2=model.r2,
            soundness=model.soundness,
            optimal_attempts=tuple(optima),
            belief=tuple(belief(model, min(self._attempts, _MOST_REJECTED)).tolist()),
        )


def _difficulty(counts: Counts) -> tuple[int, ...]:
    """Count the tasks by tenths of their share of correct samples."""
    tenths = np.minimum(10 * counts.correct // counts.n, 9)
    return tuple(np.bincount(tenths, minlength=10).tolist())


def _task_counts(counts: Counts) -> tuple[TaskCounts, ...]:
    families = counts.families or counts.task_ids
    columns = zip(counts.task_ids, counts.n, counts.base_passes, counts.correct, families, strict=True)
    return tuple(
        TaskCounts(
            task_id=task_id,
            n=int(n),
            base_passes=int(base),
            correct=int(correct),
            family="" if family == task_id else family,
        )
        for task_id, n, base, correct, family in columns
    )


def _points(curve: Curve, fp_costs: Sequence[float], price: float) -> tuple[CurvePoint, ...]:
    """Turn the curve's arrays into one point for each number of attempts."""
    accepted, correct, draws = map(_estimates, (curve.accepted, curve.correct, curve.draws))
    utilities = zip(*map(_estimates, curve.utility), strict=True)
    spent = price * curve.draws.value
    per_accepted, per_correct = _per(spent, curve.accepted.value), _per(spent, curve.correct.value)
    rows = zip(
        curve.attempts.tolist(), curve.tasks.tolist(), accepted, correct, draws, per_accepted, per_correct, utilities,
        strict=True,
    )  # fmt: skip
    return tuple(
        CurvePoint(
            attempts=attempts,
            tasks=tasks,
            accepted=one,
            correct=right,
            draws=drawn,
            cost_per_accepted=accepted_price,
            cost_per_correct=correct_price,
            utility=dict(zip(fp_costs, utility, strict=True)),
        )
        for attempts, tasks, one, right, drawn, accepted_price, correct_price, utility in rows
    )


def _estimates(band: Band) -> list[Estimate]:
    """Return a curve's estimates point by point; missing bounds are ``None``."""
    return list(map(Estimate, band.value.tolist(), _plain(band.low), _plain(band.high)))


def best_utility(found: AttemptSet, utility: Band) -> Estimate:
    """Return the utility at the best number of attempts; its upper bound is the highest of all that may be the best.

    Not sampling is worth exactly 0. If that is the best, the upper bound shows what sampling may still gain.
    """
    inside = utility.high[max(0, found.fewest - 1) : found.most]
    if not found.best:
        return Estimate(0.0, 0.0, float(max(0.0, inside.max(initial=0.0)))).finite()
    at = found.best - 1
    return Estimate(float(utility.value[at]), float(utility.low[at]), float(inside.max())).finite()


def _thin(counts: Counts, attempts: int) -> ThinTasks | None:
    """Return the tasks with fewer samples than the attempts analysed."""
    few = ~counts.reaching(attempts)
    if not few.any():
        return None
    names = tuple(task_id for task_id, thin in zip(counts.task_ids, few, strict=True) if thin)
    return ThinTasks(tasks=len(names), fewest=int(counts.n.min()), task_ids=names)


def _buckets(attempts: int) -> list[tuple[int, int]]:
    """Cut 1 … K at the powers of two; the last bucket ends at K."""
    firsts = [2**power for power in range(attempts.bit_length())]
    return [(first, min(2 * first - 1, attempts)) for first in firsts]


def _round_numbers(most: int) -> list[int]:
    """List 1, 2, 5, 10, 20, 50 … up to ``most``, and ``most`` itself."""
    rounds = [lead * 10**power for power in range(len(str(most))) for lead in (1, 2, 5)]
    return [*[number for number in rounds if number < most], most]


def _per(costs: Floats, solutions: Floats) -> list[float | None]:
    return [float(cost / number) if number > 0 else None for cost, number in zip(costs, solutions, strict=True)]


def _plain(values: Floats) -> list[float | None]:
    """Replace infinite bounds by ``None``."""
    plain = values.tolist()
    return plain if np.isfinite(values).all() else [value if np.isfinite(value) else None for value in plain]
