"""Estimate how often a strong suite calls a wrong program correct, from two strong suites on the same programs.

Of the programs that pass base, one suite rejects a, the other b, both together m. A rejection on a valid input is true,
so the union of both is the best available truth, and what only the second suite rejects is wrong although the first
calls it correct. The number that both miss is unobserved. If being caught by one suite is independent of being caught
by the other, there are (a + 1)(b + 1)/(m + 1) - 1 wrong ones (Chapman 1951, capture and recapture), which leaves (b -
m)(a + 1)/(m + 1) among those that the first accepts. Wrong programs differ in how hard they are to catch, which makes
that figure too low; inputs that the task rules out make it too high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analysis.intervals import mean_interval, ratio_interval, task_weights
from auditor.results import UNDEFINED, AnalysisOptions, Estimate, SuiteError


@dataclass(frozen=True, slots=True)
class TwoSuites:
    """Samples, or programs, of one task that pass base, by the verdicts of two strong suites."""

    both_accept: int
    second_rejects: int
    """Accepted by plus, rejected by the second suite."""
    plus_rejects: int
    """Rejected by plus, accepted by the second suite."""
    both_reject: int

    @property
    def called_correct(self) -> int:
        """Return those that plus accepts."""
        return self.both_accept + self.second_rejects

    @property
    def swapped(self) -> TwoSuites:
        """Return the same with the two suites exchanged."""
        return TwoSuites(self.both_accept, self.plus_rejects, self.second_rejects, self.both_reject)

    @property
    def total(self) -> int:
        """Return their total."""
        return self.called_correct + self.plus_rejects + self.both_reject


def suite_error(rows: Sequence[TwoSuites], options: AnalysisOptions, *, samples: int) -> SuiteError:
    """Compute the figures of one model, one row per task; ``samples`` is the number of all its samples."""
    accepted = [row for row in rows if row.total]
    called = [row.called_correct for row in accepted]
    found, estimated = wrong_shares(accepted, options)

    def mean(values: Sequence[float]) -> Estimate:
        return mean_interval(
            list(values), confidence=options.confidence, resamples=options.resamples, seed=options.seed
        )

    return SuiteError(
        samples=samples, called_correct=sum(called), tasks=sum(count > 0 for count in called), found=found,
        estimated=estimated,
        right_by_plus=mean([row.called_correct / row.total for row in accepted]),
        right_by_both=mean([row.both_accept / row.total for row in accepted]),
    )  # fmt: skip


def wrong_shares(rows: Sequence[TwoSuites], options: AnalysisOptions) -> tuple[Estimate, Estimate]:
    """Return the share of what plus calls correct that the second suite rejects, and the share estimated wrong."""
    found = ratio_interval(
        [row.second_rejects for row in rows], [row.called_correct for row in rows], confidence=options.confidence,
        resamples=options.resamples, seed=options.seed,
    )  # fmt: skip
    return found, _estimated(rows, found, options)


def agreement(rows: Sequence[TwoSuites], options: AnalysisOptions) -> Estimate:
    """Return the share on which two suites agree, pooled; interval over tasks."""
    return ratio_interval(
        [row.both_accept + row.both_reject for row in rows], [row.total for row in rows],
        confidence=options.confidence, resamples=options.resamples, seed=options.seed,
    )  # fmt: skip


def _estimated(rows: Sequence[TwoSuites], found: Estimate, options: AnalysisOptions) -> Estimate:
    """Return the share wrong by capture and recapture; its interval is never shorter than that of the share found."""
    table = np.array(
        [[row.called_correct, row.second_rejects, row.plus_rejects, row.both_reject] for row in rows], dtype=np.float64
    ).reshape(-1, 4)
    accepted, second, first, both = table.sum(axis=0)
    if not both or not accepted or found.low is None or found.high is None:
        return UNDEFINED
    value = second * (first + both + 1) / (both + 1) / accepted
    drawn = task_weights(len(table), options.resamples, options.seed) @ table if options.resamples else table[:0]
    drawn = drawn[drawn[:, 0] > 0]
    high = found.high * (first + both + 1) / (both + 1)
    if len(drawn):
        shares = drawn[:, 1] * (drawn[:, 2] + drawn[:, 3] + 1) / (drawn[:, 3] + 1) / drawn[:, 0]
        high = max(high, float(np.quantile(shares, (1 + options.confidence) / 2)))
    return Estimate(min(1.0, value), found.low, min(1.0, max(high, value)))
