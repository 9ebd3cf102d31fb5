"""The regression of conditional on single-sample accuracy over models, with an interval that allows for shared tasks.

It shows whether a better model also gives more trustworthy answers when resampled. Models measured on one benchmark
have correlated errors, so Student's interval, which treats the points as independent, covers far too rarely. Here tasks
are resampled jointly for all models: each resample gives each model's two figures on the same tasks and one line
through them. A line through few models is less certain than resampling tasks shows, so the percentiles are widened to
those of Student's distribution with two degrees of freedom fewer than models (as Hesterberg 2015 widens percentiles for
few values).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.analysis.counts import Counts
from auditor.analysis.intervals import clustered_weights
from auditor.analysis.resampling import accepted, precision
from auditor.results import ModelLine

LEAST_MODELS = 5
"""Fewest models for a line: three or four points nearly always lie near one."""


def model_line(
    counts: Sequence[Counts], attempts: int, *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> ModelLine | None:
    """Fit the line over the tasks that all models share; ``None`` if there is no line to fit.

    That is for fewer than :data:`LEAST_MODELS` models with an accepted sample, fewer than two shared tasks,
    or equal accuracies. A task counts if every model has at least ``attempts`` samples of it.
    """
    shared = sorted(set.intersection(*(set(one.with_samples(attempts).task_ids) for one in counts))) if counts else []
    kept = [one.only(shared) for one in counts] if len(shared) > 1 else []
    kept = [one for one in kept if one.base_passes.any()]
    if len(kept) < LEAST_MODELS:
        return None
    single = np.column_stack([one.correct / one.n for one in kept])
    within = np.column_stack([accepted(one, attempts) for one in kept])
    right = within * np.column_stack([precision(one) for one in kept])
    drawn = clustered_weights(len(shared), kept[0].clusters, resamples, seed)
    weights = np.concatenate([np.ones((1, len(shared))), drawn])
    x = weights @ single / weights.sum(axis=1, keepdims=True)
    bottom = weights @ within
    y = np.divide(weights @ right, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)
    if np.ptp(x[0]) < 1e-12:
        return None
    slopes, intercepts, explained = least_squares(x, y)
    (slope_low, slope_high), (intercept_low, intercept_high) = (
        _percentiles(column, confidence, len(kept)) for column in (slopes, intercepts)
    )
    return ModelLine(
        slope=float(slopes[0]),
        slope_low=slope_low,
        slope_high=slope_high,
        intercept=float(intercepts[0]),
        intercept_low=intercept_low,
        intercept_high=intercept_high,
        r_squared=float(np.clip(explained[0], 0.0, 1.0)),
        attempts=attempts,
        models=len(kept),
        tasks=len(shared),
    )


def least_squares(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit a line to every row of points, shape (rows, points); return slopes, intercepts and R².

    They are NaN if a row has no line, for example if all x are equal.
    """
    dx, dy = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    spread = np.square(dx).sum(axis=1)
    slopes = np.divide((dx * dy).sum(axis=1), spread, out=np.full(len(x), np.nan), where=spread > 1e-18)
    total = np.square(dy).sum(axis=1)
    residual = np.square(dy - slopes[:, None] * dx).sum(axis=1)
    explained = 1 - np.divide(residual, total, out=np.zeros(len(x)), where=total > 1e-18)
    return slopes, y.mean(axis=1) - slopes * x.mean(axis=1), explained


def _percentiles(column: Floats, confidence: float, models: int) -> tuple[float, float]:
    """Return the widened percentile interval of the resamples, which follow the estimate; the estimate lies inside."""
    from scipy.special import ndtr, stdtrit

    drawn = column[1:][np.isfinite(column[1:])]
    if not len(drawn):
        return float(column[0]), float(column[0])
    tail = float(ndtr(-stdtrit(models - 2, (1 + confidence) / 2)))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return min(float(low), float(column[0])), max(float(high), float(column[0]))
