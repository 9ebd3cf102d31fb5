"""One model's entry of an analysis: every figure as plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.bootstrap import Bootstrap, Draws, measure
from auditor.analysis.counts import Counts
from auditor.analysis.curve import Band, Curve, Optimum, scaling_curve
from auditor.analysis.intervals import Floats, Interval
from auditor.analysis.metrics import Statistic
from auditor.analysis.two_type import Form, best_attempts, fit_two_type
from auditor.results.options import AnalysisOptions


class ModelFigures:
    """Computes the figures of one model, with one set of bootstrap draws for all of them."""

    def __init__(self, counts: Counts, attempts: int, options: AnalysisOptions, bootstrap: Bootstrap) -> None:
        self._counts, self._attempts, self._options, self._bootstrap = counts, attempts, options, bootstrap
        self._draws: Draws | None = bootstrap.draw(counts)

    def entry(self) -> dict[str, Any]:
        """Return the whole entry but for base tests and extrapolation."""
        return {
            "model": self._counts.model,
            "tasks": len(self._counts),
            "samples": self._counts.samples,
            "samples_per_task": {"least": self._counts.most_attempts, "most": int(self._counts.n.max())},
            "max_attempts": self._attempts,
            **self._headline(),
            "pass_at_k": [
                {"k": k, **self._figure(metrics.pass_at(k)).as_dict()} for k in _round_numbers(self._attempts)
            ],
            **self._curves(),
            "attempt_buckets": [self._bucket(first, last) for first, last in _buckets(self._attempts)],
            "two_type": self._two_type(),
            "per_task": [
                {"task_id": task_id, "n": int(n), "base_passes": int(base), "correct": int(correct)}
                for task_id, n, base, correct in zip(
                    self._counts.task_ids, self._counts.n, self._counts.base_passes, self._counts.correct, strict=True
                )
            ],
        }

    def _figure(self, statistic: Statistic) -> Interval:
        return measure(statistic, self._counts, self._bootstrap, self._draws)

    def _both(self, macro: Statistic, micro: Statistic) -> dict[str, Any]:
        """Give a rate as a mean over tasks and pooled over samples, and how many tasks are behind it."""
        return self._figure(macro).as_dict() | {
            "micro": self._figure(micro).as_dict(),
            "tasks": macro(self._counts).tasks,
        }

    def _headline(self) -> dict[str, Any]:
        bounds = {
            "lower_bound": metrics.ceiling_lower(self._counts).value,
            "upper_bound": metrics.ceiling_upper(self._counts).value,
        }
        return {
            "single_sample_accuracy": self._figure(metrics.single_sample).as_dict(),
            "acceptance": self._figure(metrics.acceptance).as_dict(),
            "conditional_accuracy": self._both(metrics.conditional, metrics.conditional_micro) | bounds,
            "false_discovery_rate": self._both(metrics.false_discovery, metrics.false_discovery_micro),
            "false_positive_rate": self._both(metrics.false_positive, metrics.false_positive_micro),
        }

    def _curves(self) -> dict[str, Any]:
        draw_cost = self._options.draw_cost_of(self._counts.model)
        curve = scaling_curve(
            self._counts,
            self._attempts,
            self._options.fp_costs,
            draw_cost=draw_cost,
            bootstrap=self._bootstrap,
            draws=self._draws,
        )
        price, unit = self._price(draw_cost)
        return {
            "draw_cost": draw_cost,
            "draw_price": {"value": price, "unit": unit},
            "curve": _points(curve, self._options.fp_costs, price),
            "optimal_attempts": [
                _optimum(optimum, utility, self._options.confidence)
                for optimum, utility in zip(curve.optimum, curve.utility, strict=True)
            ],
        }

    def _price(self, draw_cost: float) -> tuple[float, str]:
        """Say what a draw costs in the cost curves, and in which unit."""
        if self._counts.model in self._options.draw_prices:
            return self._options.draw_prices[self._counts.model], "money"
        return (draw_cost, "worth") if draw_cost > 0 else (1.0, "draws")

    def _bucket(self, first: int, last: int) -> dict[str, Any]:
        statistic = metrics.attempt_bucket(first, last)
        share = self._figure(statistic)
        accepted = float(statistic(self._counts).denominators.mean())
        return {
            "from": first,
            "to": last,
            "share_false": share.value,
            "low": share.low,
            "high": share.high,
            "accepted": accepted,
        }

    def _two_type(self) -> dict[str, Any]:
        model = fit_two_type(self._counts)
        draw_cost = self._options.draw_cost_of(self._counts.model)
        optima = []
        for fp_cost in self._options.fp_costs:
            right = best_attempts(model, fp_cost, draw_cost=draw_cost)
            printed = best_attempts(model, fp_cost, form=Form.PRINTED)
            optima.append(
                {
                    "fp_cost": fp_cost,
                    "attempts": right.attempts,
                    "unbounded": right.unbounded,
                    "attempts_for_99_percent": right.nearly,
                    "utility": right.utility,
                    "attempts_printed": printed.attempts,
                }
            )
        return {
            "p1": model.p1,
            "r1": model.r1,
            "p2": model.p2,
            "r2": model.r2,
            "soundness": model.soundness,
            "optimal_attempts": optima,
        }


def cost_key(fp_cost: float) -> str:
    """Write a cost ratio as a JSON key: ``0``, ``1``, ``0.5``."""
    return f"{fp_cost:.12g}"


def _points(curve: Curve, fp_costs: Sequence[float], price: float) -> list[dict[str, Any]]:
    """Turn the curve's arrays into one entry for each number of attempts."""
    keys = [cost_key(fp_cost) for fp_cost in fp_costs]
    columns: dict[str, list[Any]] = {"attempts": curve.attempts.tolist()}
    for name, band in (("accepted", curve.accepted), ("correct", curve.correct), ("draws", curve.draws)):
        columns |= {name: band.value.tolist(), f"{name}_low": _plain(band.low), f"{name}_high": _plain(band.high)}
    for name, band in (("cost_per_accepted", curve.accepted), ("cost_per_correct", curve.correct)):
        columns[name] = _per(price * curve.draws.value, band.value)
    for name, part in (("utility", "value"), ("utility_low", "low"), ("utility_high", "high")):
        by_cost = [_plain(getattr(band, part)) for band in curve.utility]
        columns[name] = [dict(zip(keys, point, strict=True)) for point in zip(*by_cost, strict=True)]
    return [dict(zip(columns, point, strict=True)) for point in zip(*columns.values(), strict=True)]


def _optimum(optimum: Optimum, utility: Band, confidence: float) -> dict[str, Any]:
    """Describe the best number of attempts, its bootstrap distribution and the utility there."""
    places, times = np.unique(optimum.replicates, return_counts=True)
    low, high = _whole_interval(optimum, confidence)
    at = optimum.attempts - 1
    chosen = [float(part[at]) if at >= 0 else 0.0 for part in (utility.value, utility.low, utility.high)]
    return {
        "fp_cost": optimum.fp_cost,
        "attempts": optimum.attempts,
        "low": low,
        "high": high,
        "utility": chosen[0],
        "utility_low": chosen[1],
        "utility_high": chosen[2],
        "distribution": [
            {"attempts": int(place), "share": float(number / len(optimum.replicates))}
            for place, number in zip(places, times, strict=True)
        ],
    }


def _whole_interval(optimum: Optimum, confidence: float) -> tuple[int | None, int | None]:
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
    """Write infinite bounds as ``None``, which is all that JSON has for them."""
    return [value if np.isfinite(value) else None for value in values.tolist()]
