"""Predict what more attempts than were drawn would yield, with a model, and marked as such.

Acceptance: the probability that a sample passes base is modelled as Beta over tasks and fitted to all of them; a task
with b passes in n samples then has the posterior Beta(a + b, b' + n - b), and is accepted within K fresh attempts with
probability 1 - B(a + b, b' + n - b + K)/B(a + b, b' + n - b). Precision: the probability that an accepted sample is
correct is a second Beta over the tasks that have any. Its mean m is linear in the task's probability of a base pass,
since passes on hard tasks may be less trustworthy, and more attempts add hard tasks; the posterior mean is (v m + t)/(v
+ b), with v the sum of the Beta's parameters, and m for a task without a base pass. The figure is the mean over tasks
of acceptance, and of acceptance times precision.

Anchoring: the model's curve is scaled to pass through the observation at the largest K that the samples support, so
that it continues where the exact curve ends.

The interval refits both on resampled tasks. It covers sampling error, not the error of assuming a Beta;
``docs/analysis.md`` gives the error measured by hiding samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.analysis.beta_binomial import Beta, chances_within, fit_beta
from auditor.analysis.bootstrap import Bootstrap, kinds_of
from auditor.analysis.counts import Counts, Tallies
from auditor.analysis.intervals import SHARE, clustered_weights, interval_of
from auditor.analysis.resampling import accepted, divide, precision
from auditor.results import Estimate, ExtrapolatedPoint, Extrapolation

METHOD = "beta-binomial/2"

_SLOPE = 1.0
"""Standard deviation of the weak normal penalty on how much precision differs between easy and hard tasks."""

_RESAMPLES = 200
"""Most refits for the interval; each fits two distributions."""

_MOST_SAMPLES = 20_000
"""Samples per task up to which the distributions are fitted: their memory grows with it."""

_MULTIPLES = (2, 5, 10)
"""Default numbers of attempts, as multiples of what the samples support."""


def extrapolate(
    counts: Counts, bootstrap: Bootstrap | None = None, *, attempts: Sequence[int] | None = None
) -> Extrapolation | None:
    """Predict acceptance and correctness at more attempts than the samples support.

    Returns ``None`` if nothing can be predicted: with fewer than three tasks, with one sample per task (which does not
    show how tasks differ), without a base pass, or with so many samples per task that a fit would take gigabytes.
    """
    if len(counts) < 3 or counts.most_attempts < 2 or not counts.base_passes.any() or counts.n.max() > _MOST_SAMPLES:
        return None
    bootstrap = bootstrap or Bootstrap()
    anchor = counts.most_attempts
    counts = counts.with_samples(anchor)
    ahead = list(attempts or (multiple * anchor for multiple in _MULTIPLES))
    resamples = min(bootstrap.resamples, _RESAMPLES)
    drawn = clustered_weights(len(counts), counts.clusters, resamples, bootstrap.seed)
    weights = np.concatenate([np.ones((1, len(counts))), drawn])
    units = len(counts) if counts.clusters is None else int(counts.clusters.max()) + 1
    share_accepted, share_correct = _Predictor(counts, weights, anchor).predict(ahead)
    points = tuple(
        ExtrapolatedPoint(
            attempts=int(number),
            accepted=_estimate(share_accepted[place], units, bootstrap.confidence),
            correct=_estimate(share_correct[place], units, bootstrap.confidence),
        )
        for place, number in enumerate(ahead)
    )
    return Extrapolation(method=METHOD, anchor=anchor, resamples=resamples, points=points)


class _Predictor:
    """Both distributions, fitted for each row of weights.

    Tasks with equal counts have equal posteriors, so everything is computed once per kind of task.
    """

    def __init__(self, counts: Counts, weights: Floats, anchor: int) -> None:
        kinds, kind = kinds_of(counts)
        # Weights of the kinds, per row of weights: the sum over the tasks of each kind.
        weights = weights @ (kind[:, None] == np.arange(len(kinds)))
        self._weights = weights / weights.sum(axis=1, keepdims=True)
        prior = fit_beta(kinds.base_passes, kinds.n, weights)
        pairs, self._pair = np.unique(np.stack([kinds.n, kinds.base_passes]), axis=1, return_inverse=True)
        self._posterior = Beta(prior.a[:, None] + pairs[1], prior.b[:, None] + (pairs[0] - pairs[1]))
        ease = (self._posterior.a / (self._posterior.a + self._posterior.b))[:, self._pair]
        self._precision = _precisions(kinds, weights, ease)
        taken = accepted(kinds, anchor)
        self._observed = self._mean(taken), self._mean(taken * precision(kinds))
        self._anchor = anchor

    def predict(self, attempts: Sequence[int]) -> tuple[list[Floats], list[Floats]]:
        """Return, for each number of attempts, the shares accepted and correct, one per row of weights."""
        chances = chances_within(self._posterior, [self._anchor, *attempts])
        before, *later = (chance[:, self._pair] for chance in chances)
        taken_before, right_before = self._mean(before), self._mean(before * self._precision)
        ceiling = self._mean(self._precision)
        takes, rights = [], []
        for after in later:
            takes.append(_go_on(self._observed[0], taken_before, self._mean(after), 1.0))
            right_after = self._mean(after * self._precision)
            rights.append(_go_on(self._observed[1], right_before, right_after, ceiling))
        return takes, rights

    def _mean(self, values: Floats) -> Floats:
        result: Floats = (self._weights * values).sum(axis=1)
        return result


def _precisions(kinds: Tallies, weights: Floats, ease: Floats) -> Floats:
    """Predict each task's probability that an accepted sample is correct; shape (rows of weights, kinds).

    The prior's mean is linear in ``ease``, the probability of a base pass, by weighted least squares over the tasks
    with a base pass, with a weak normal penalty on its slope. Hard tasks weigh more: the line must fit where more
    attempts add acceptances, whatever its shape elsewhere.
    """
    right = fit_beta(kinds.correct, kinds.base_passes, weights)
    firm = (right.a + right.b)[:, None]
    passes = kinds.base_passes
    share = divide(kinds.correct, passes)
    # The variance of t/b is m(1-m)/b (1 + (b-1)/(firm+1)).
    known = weights * passes / (1.0 + np.maximum(passes - 1, 0) / (firm + 1.0)) * np.square(1.0 - ease)
    total = np.maximum(known.sum(axis=1, keepdims=True), 1e-300)
    middle, centre = ((known * values).sum(axis=1, keepdims=True) / total for values in (share, ease))
    across = (known * (ease - centre) * (share - middle)).sum(axis=1, keepdims=True)
    spread = (known * np.square(ease - centre)).sum(axis=1, keepdims=True)
    slope = across / (spread + middle * (1 - middle) / _SLOPE**2 + 1e-12)
    line = np.clip(middle + slope * (ease - centre), 0.0, 1.0)
    result: Floats = (firm * line + kinds.correct) / (firm + passes)
    return result


def _go_on(observed: Floats, before: Floats, after: Floats, most: Floats | float) -> Floats:
    """Increase the observed share by the part of the remainder up to ``most`` that the model predicts."""
    rest = np.maximum(most - before, 1e-300)
    predicted = observed + np.maximum(most - observed, 0.0) * np.clip((after - before) / rest, 0.0, 1.0)
    result: Floats = np.minimum(predicted, 1.0)  # sums of weights are 1 up to rounding
    return result


def _estimate(rows: Floats, tasks: int, confidence: float) -> Estimate:
    replicates = rows[1:]
    error = replicates.std() if len(replicates) else 0.0
    return interval_of(float(rows[0]), replicates, error, tasks, confidence, SHARE)
