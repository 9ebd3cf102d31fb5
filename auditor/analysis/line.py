"""The line of conditional on single-sample accuracy over models.

It answers whether a better model also has a better ceiling when its answers are resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Line:
    """A least-squares line with its t intervals and the two-sided test of a slope of 0."""

    slope: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_low: float
    intercept_high: float
    r_squared: float
    p: float
    points: int


def least_squares(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> Line | None:
    """Fit y = intercept + slope x; ``None`` for fewer than three points or where all x are equal.

    Intervals and p are Student's with points - 2 degrees of freedom, which takes the points as
    independent; models that share a benchmark are not quite that.
    """
    if len(x) != len(y):
        raise UsageError(f"a line needs as many x ({len(x)}) as y ({len(y)})")
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(across) < 3 or np.ptp(across) == 0:
        return None
    from scipy.special import stdtr, stdtrit

    freedom = len(across) - 2
    dx, dy = across - across.mean(), up - up.mean()
    slope = float(dx @ dy / (dx @ dx))
    intercept = float(up.mean() - slope * across.mean())
    residual = float(np.square(dy - slope * dx).sum())
    total = float(dy @ dy)
    error = float(np.sqrt(residual / freedom / (dx @ dx)))
    intercept_error = error * float(np.sqrt(np.square(across).mean()))
    reach = float(stdtrit(freedom, (1 + confidence) / 2))
    return Line(
        slope,
        slope - reach * error,
        slope + reach * error,
        intercept,
        intercept - reach * intercept_error,
        intercept + reach * intercept_error,
        r_squared=1 - residual / total if total > 0 else 1.0,
        p=2 * float(stdtr(freedom, -abs(slope) / error)) if error > 0 else float(slope == 0),
        points=len(across),
    )
