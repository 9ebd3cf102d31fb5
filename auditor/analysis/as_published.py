"""Figures as the notebooks behind arXiv 2411.17501 compute them, by name; see :class:`~auditor.results.Published`.

There, the false share by attempt is, for each attempt k, the plain mean of f/b over the tasks that can be accepted
first at k (b > 0 and n - b >= k - 1), then the plain mean over the attempts of a range: tasks have equal weights
however rarely they get there, whereas ours weights a task by its probability of being accepted in the range. Soundness
is 1 - a d / w with means over tasks of acceptance a, false share of accepted samples d, and wrong samples w: a product
of means, which is not the mean of the product.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from auditor.analysis.counts import Counts
from auditor.analysis.resampling import precision
from auditor.analysis.two_type import Form, TwoType, best_attempts, fit_two_type
from auditor.results import AsPublished, Published, PublishedBucket, PublishedOptimum, PublishedTwoType

MOST_ATTEMPTS = 800
"""Attempts up to which the notebooks search."""


def as_published(
    counts: Counts, ways: Sequence[Published], ranges: Sequence[tuple[int, int]], fp_costs: Sequence[float]
) -> AsPublished | None:
    """Compute one model's figures in the requested ways; ``None`` if there are none.

    ``ranges`` are (first, last) attempts, ``fp_costs`` costs of a false positive.
    """
    if not ways:
        return None
    of_model = {Published.SOUNDNESS, Published.EASY, Published.HORIZON} & set(ways)
    return AsPublished(
        ways=tuple(ways),
        attempt_buckets=_buckets(counts, ranges) if Published.ATTEMPTS in ways else None,
        two_type=_two_type(counts, of_model, fp_costs) if of_model else None,
        pass_at_1_plus=_plus_alone(counts) if Published.PASS_AT_1 in ways else None,
    )


def _buckets(counts: Counts, ranges: Sequence[tuple[int, int]]) -> tuple[PublishedBucket, ...]:
    found, false = [], 1.0 - precision(counts)
    for first, last in ranges:
        by_attempt = []
        for attempt in range(first, last + 1):
            can = (counts.base_passes > 0) & (counts.n - counts.base_passes >= attempt - 1)
            if can.any():
                by_attempt.append(float(false[can].mean()))
        if by_attempt:
            found.append(PublishedBucket(first=first, last=last, share_false=float(np.mean(by_attempt))))
    return tuple(found)


def _two_type(counts: Counts, ways: Collection[Published], fp_costs: Sequence[float]) -> PublishedTwoType:
    model = fit_two_type(counts, above=Published.EASY in ways)
    if Published.SOUNDNESS in ways:
        model = replace(model, soundness=_soundness(counts))
    most = MOST_ATTEMPTS if Published.HORIZON in ways else None
    return PublishedTwoType(
        p1=model.p1,
        r1=model.r1,
        p2=model.p2,
        r2=model.r2,
        soundness=model.soundness,
        optimal_attempts=tuple(_optimum(model, cost, most) for cost in fp_costs),
    )


def _optimum(model: TwoType, fp_cost: float, most: int | None) -> PublishedOptimum:
    right, printed = (best_attempts(model, fp_cost, form=form, most=most).attempts for form in Form)
    return PublishedOptimum(fp_cost=fp_cost, attempts=right, attempts_printed=printed)


def _soundness(counts: Counts) -> float | None:
    wrong = 1.0 - float((counts.correct / counts.n).mean())
    answered = counts.base_passes > 0
    if wrong <= 0 or not answered.any():
        return None if wrong <= 0 else 1.0
    accepted = float((counts.base_passes / counts.n).mean())
    false = float((1.0 - precision(counts))[answered].mean())
    return float(np.clip(1.0 - accepted * false / wrong, 0.0, 1.0))


def _plus_alone(counts: Counts) -> float | None:
    if counts.false_negatives is None:
        return None
    return float(((counts.correct + counts.false_negatives) / counts.n).mean())
