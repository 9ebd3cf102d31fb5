"""How often 95 % intervals hold on simulated audits whose truth is known; docs/statistics.md has the whole study.

A figure is here where at some number of tasks its coverage, as a mean over strong, middle and weak models and 1 to 100
samples per task, is outside of 93 to 97.5 %. Reports name these figures, so that nobody takes such an interval for more
or less than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SIZES = (30, 164, 400)
"""Numbers of tasks that were studied."""
LEAST, MOST = 93.0, 97.5
"""What a 95 % interval should cover, in %."""
STUDIED = 0.95
"""The confidence whose coverage was studied."""


@dataclass(frozen=True, slots=True)
class IntervalCoverage:
    """What a 95 % interval of one figure covers."""

    figure: str
    """Its name in the study."""
    words: str
    """Its name in a report."""
    held: tuple[float, float, float]
    """Coverage in %, by number of tasks as in :data:`SIZES`."""


@dataclass(frozen=True, slots=True)
class Caution:
    """An interval that covers more or less often than it says, at about as many tasks as a report has."""

    words: str
    held: float
    """Coverage in %."""

    @property
    def wide(self) -> bool:
        """Whether it covers more often, so that it is wider than it need be."""
        return self.held > MOST


COVERAGE: tuple[IntervalCoverage, ...] = (
    IntervalCoverage("conditional accuracy at K", "accepted and correct", (99.2, 98.3, 95.3)),
    IntervalCoverage("false discovery rate, pooled", "accepted but wrong, pooled", (97.8, 96.5, 95.8)),
    IntervalCoverage("false-positive rate", "wrong answers that pass base", (99.7, 96.2, 94.5)),
    IntervalCoverage("false-positive rate, pooled", "wrong answers that pass base, pooled", (98.7, 96.3, 94.3)),
    IntervalCoverage("limit, upper bound", "upper bound of the limit", (99.0, 98.0, 95.0)),
    IntervalCoverage("share false, attempts 1 to 1", "wrong among answers accepted at attempt 1", (97.8, 96.5, 95.8)),
    IntervalCoverage("share false, attempts 4 to 7", "wrong among those of attempts 4 to 7", (98.3, 95.7, 95.7)),
    IntervalCoverage("share false, attempts 8 to 15", "wrong among those of attempts 8 to 15", (98.0, 97.3, 95.0)),
    IntervalCoverage("share false, attempts 16 to 20", "wrong among those of attempts 16 to 20", (98.3, 97.3, 96.3)),
    IntervalCoverage("expected draws", "attempts used per task", (99.0, 98.1, 97.7)),
    IntervalCoverage("utility at K, cost 2", "utility at a cost of 2", (98.5, 97.4, 96.5)),
    IntervalCoverage("utility at K, cost 8", "utility at a cost of 8", (99.2, 97.5, 95.5)),
    IntervalCoverage("K*, set, cost 2", "K* at a cost of 2", (100.0, 99.7, 99.8)),
    IntervalCoverage("best utility, cost 2", "utility at K* at a cost of 2", (99.2, 97.8, 96.8)),
    IntervalCoverage("K*, set, cost 8", "K* at a cost of 8", (100.0, 100.0, 99.8)),
    IntervalCoverage("best utility, cost 8", "utility at K* at a cost of 8", (99.8, 99.0, 99.2)),
    IntervalCoverage("accuracy of a slice", "single answer correct in a slice", (99.5, 95.8, 95.8)),
    IntervalCoverage("false discovery rate of a slice", "accepted but wrong in a slice", (99.8, 98.5, 96.0)),
    IntervalCoverage(
        "difference of a slice, accuracy", "difference of a slice, single answer correct", (99.8, 96.8, 96.0)
    ),
    IntervalCoverage(
        "difference of a slice, false discovery rate", "difference of a slice, accepted but wrong", (99.7, 97.3, 97.2)
    ),
    IntervalCoverage("gate: false discovery rate", "gates on accepted but wrong", (99.2, 98.7, 97.0)),
    IntervalCoverage("gate: change of accuracy, paired", "changes against a baseline", (99.5, 99.2, 98.7)),
    IntervalCoverage("choose: first minus second", "the first minus the second model to use", (98.5, 97.5, 97.5)),
    IntervalCoverage(
        "choose: first minus second, stricter",
        "the first minus the second model to use, stricter interval",
        (100.0, 99.0, 99.0),
    ),
    IntervalCoverage("P(adheres given accepted)", "how often accepted programs meet a criterion", (98.5, 95.0, 96.0)),
    IntervalCoverage("P(adheres given right)", "how often correct programs meet a criterion", (99.0, 93.2, 94.5)),
    IntervalCoverage(
        "share of wrong programs that adhere, pooled",
        "how often wrong programs meet a criterion, pooled",
        (98.0, 95.7, 96.5),
    ),
    IntervalCoverage("difference within tasks", "a criterion, wrong minus correct within tasks", (98.5, 95.2, 95.5)),
    IntervalCoverage(
        "difference of score within tasks", "style score, wrong minus correct within tasks", (100.0, 97.2, 96.0)
    ),
    IntervalCoverage(
        "style score, AUC within tasks", "correct programs that score above wrong ones", (99.0, 96.3, 98.0)
    ),
    IntervalCoverage(
        "false discovery rate with 1 of 6 base tests", "accepted but wrong with few base tests", (96.0, 95.2, 92.5)
    ),
    IntervalCoverage(
        "change of utility by rejecting on style", "change of utility by rejecting on style", (88.0, 87.8, 87.0)
    ),
)

REJECTING = next(one for one in COVERAGE if one.figure == "change of utility by rejecting on style")
"""Too narrow at every number of tasks."""

LINE = {5: 98.9, 9: 96.9, 17: 94.4}
"""Coverage of the interval of the slope over models in %, by number of models."""


def size_like(tasks: int) -> int:
    """Return the studied number of tasks that is nearest, by ratio."""
    return min(SIZES, key=lambda size: abs(math.log(size / max(1, tasks))))


def cautions(tasks: int) -> list[Caution]:
    """List the figures whose intervals cover too often or too seldom at about so many tasks."""
    return [found for one in COVERAGE if (found := caution_of(one.figure, tasks)) is not None]


def caution_of(figure: str, tasks: int) -> Caution | None:
    """Return a figure's caution at about so many tasks, ``None`` where its interval covers as it says."""
    place = SIZES.index(size_like(tasks))
    for one in COVERAGE:
        if one.figure == figure and not LEAST <= one.held[place] <= MOST:
            return Caution(one.words, one.held[place])
    return None


def line_caution(models: int) -> Caution | None:
    """Return the caution of the slope over so many models, ``None`` where its interval covers as it says."""
    nearest = min(LINE, key=lambda number: abs(math.log(number / max(1, models))))
    held = LINE[nearest]
    return None if LEAST <= held <= MOST else Caution("slope over models", held)
