"""The figures of one model, but for extrapolation, base tests and style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.bootstrap import Bootstrap, Draws, measure
from auditor.analysis.counts import Counts
from auditor.analysis.curve import Band, BestAttempts, Curve, scaling_curve
from auditor.analysis.intervals import Floats
from auditor.analysis.metrics import Statistic
from auditor.analysis.two_type import Form, best_attempts, fit_two_type
from auditor.results import (
    AnalysisOptions,
    AttemptBucket,
    AttemptShare,
    Ceiling,
    CurvePoint,
    DrawPrice,
    Estimate,
    ModelAnalysis,
    Optimum,
    PassAtK,
    PriceUnit,
    Rate,
    SamplesPerTask,
    TaskCounts,
    TwoTypeFit,
    TwoTypeOptimum,
)  # fmt: skip


class ModelFigures:
    """Computes the figures of one model, with one set of bootstrap draws for all of them."""

    def __init__(self, counts: Counts, attempts: int, options: AnalysisOptions, bootstrap: Bootstrap) -> None:
        self._counts, self._attempts, self._options, self._bootstrap = counts, attempts, options, bootstrap
        self._draws: Draws | None = bootstrap.draw(counts)

    def analysis(self) -> ModelAnalysis:
        """Return every figure but base tests, extrapolation and style."""
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
            samples_per_task=SamplesPerTask(least=counts.most_attempts, most=int(counts.n.max())),
            max_attempts=self._attempts,
            single_sample_accuracy=self._figure(metrics.single_sample),
            acceptance=self._figure(metrics.acceptance),
            conditional_accuracy=self._ceiling(),
            false_discovery_rate=self._rate(metrics.false_discovery, metrics.false_discovery_micro),
            false_positive_rate=self._rate(metrics.false_positive, metrics.false_positive_micro),
            pass_at_k=tuple(self._pass_at(k) for k in _round_numbers(self._attempts)),
            draw_cost=draw_cost,
            draw_price=price,
            curve=_points(curve, self._options.fp_costs, price.value),
            optimal_attempts=tuple(
                _optimum(optimum, utility, self._options.confidence)
                for optimum, utility in zip(curve.optimum, curve.utility, strict=True)
            ),
            attempt_buckets=tuple(self._bucket(first, last) for first, last in _buckets(self._attempts)),
            two_type=self._two_type(),
            per_task=_task_counts(counts),
        )

    def _figure(self, statistic: Statistic) -> Estimate:
        return measure(statistic, self._counts, self._bootstrap, self._draws)

    def _rate(self, macro: Statistic, micro: Statistic) -> Rate:
        """Return a rate as a mean over tasks and pooled over samples."""
        own = self._figure(macro)
        return Rate(own.value, own.low, own.high, macro(self._counts).tasks, micro=self._figure(micro))

    def _ceiling(self) -> Ceiling:
        own = self._rate(metrics.conditional, metrics.conditional_micro)
        return Ceiling(
            own.value,
            own.low,
            own.high,
            own.tasks,
            micro=own.micro,
            lower_bound=metrics.ceiling_lower(self._counts).value,
            upper_bound=metrics.ceiling_upper(self._counts).value,
        )

    def _pass_at(self, k: int) -> PassAtK:
        own = self._figure(metrics.pass_at(k))
        return PassAtK(own.value, own.low, own.high, k=k)

    def _price(self, draw_cost: float) -> DrawPrice:
        """Return what a draw costs in the cost curves, and in which unit."""
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
            share_false=self._figure(statistic),
            accepted=float(statistic(self._counts).denominators.mean()),
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
        )


def _task_counts(counts: Counts) -> tuple[TaskCounts, ...]:
    columns = zip(counts.task_ids, counts.n, counts.base_passes, counts.correct, strict=True)
    return tuple(
        TaskCounts(task_id=task_id, n=int(n), base_passes=int(base), correct=int(correct))
        for task_id, n, base, correct in columns
    )


def _points(curve: Curve, fp_costs: Sequence[float], price: float) -> tuple[CurvePoint, ...]:
    """Turn the curve's arrays into one point for each number of attempts."""
    accepted, correct, draws = map(_estimates, (curve.accepted, curve.correct, curve.draws))
    utilities = zip(*map(_estimates, curve.utility), strict=True)
    spent = price * curve.draws.value
    per_accepted, per_correct = _per(spent, curve.accepted.value), _per(spent, curve.correct.value)
    rows = zip(
        curve.attempts.tolist(), accepted, correct, draws, per_accepted, per_correct, utilities, strict=True
    )  # fmt: skip
    return tuple(
        CurvePoint(
            attempts=attempts,
            accepted=one,
            correct=right,
            draws=drawn,
            cost_per_accepted=accepted_price,
            cost_per_correct=correct_price,
            utility=dict(zip(fp_costs, utility, strict=True)),
        )
        for attempts, one, right, drawn, accepted_price, correct_price, utility in rows
    )


def _estimates(band: Band) -> list[Estimate]:
    """Return a curve's estimates, point by point; bounds that do not exist are ``None``."""
    return list(map(Estimate, band.value.tolist(), _plain(band.low), _plain(band.high)))


def _optimum(optimum: BestAttempts, utility: Band, confidence: float) -> Optimum:
    """Describe the best number of attempts, its bootstrap distribution and the utility there."""
    places, times = np.unique(optimum.replicates, return_counts=True)
    low, high = _whole_interval(optimum, confidence)
    at = optimum.attempts - 1
    chosen = [float(part[at]) if at >= 0 else 0.0 for part in (utility.value, utility.low, utility.high)]
    return Optimum(
        fp_cost=optimum.fp_cost,
        attempts=optimum.attempts,
        low=low,
        high=high,
        utility=Estimate(*chosen).finite(),
        distribution=tuple(
            AttemptShare(attempts=int(place), share=float(number / len(optimum.replicates)))
            for place, number in zip(places, times, strict=True)
        ),
    )


def _whole_interval(optimum: BestAttempts, confidence: float) -> tuple[int | None, int | None]:
    """Give the percentile interval of the best number, in whole attempts and never without the best itself."""
    if not len(optimum.replicates):
        return None, None
    tail = (1 - confidence) / 2
    low, high = np.quantile(optimum.replicates, [tail, 1 - tail], method="inverted_cdf")
    return min(int(low), optimum.attempts), max(int(high), optimum.attempts)


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
    return [value if np.isfinite(value) else None for value in values.tolist()]
