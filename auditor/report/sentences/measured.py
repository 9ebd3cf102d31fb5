"""How often 95 % intervals hold on simulated audits whose truth is known; docs/statistics.md has the whole study.

A figure is here where at some number of tasks its coverage probability, as a mean over strong, middle and weak models
and 1 to 100 samples per task, is outside of 93 to 97.5 %. Reports list these figures once, below the glossary. No
figure is marked where it stands: an interval that is wider than necessary errs on the safe side, and none covers less
than 95 % by more than two standard errors of the study. A test fails if one does; it would have to be told where it
stands.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from auditor.report.sentences import names

SIZES = (30, 164, 400)
"""Numbers of tasks that were studied."""
LEAST, MOST = 93.0, 97.5
"""What a 95 % interval should cover, in %."""
STUDIED = 0.95
"""The confidence whose coverage probability was studied."""


class ReportPart(StrEnum):
    """Where a report shows a figure."""

    MODEL = "model"
    """In every model's figures."""
    SLICES = "slices"
    STYLE = "style"
    BASE_TESTS = "base tests"
    PREDICTION = "prediction"
    SELECTION = "selection"
    SUITES = "suites"
    SECOND_SUITE = "second suite"
    CANARIES = "canaries"
    GATES = "gates"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class IntervalCoverage:
    """What a 95 % interval of one figure covers."""

    figure: str
    """Its name in the study."""
    words: str
    """Its name in a report."""
    held: tuple[float, float, float]
    """Coverage probability in %, by number of tasks as in :data:`SIZES`."""
    part: ReportPart = ReportPart.MODEL
    """Where a report shows it."""


@dataclass(frozen=True, slots=True)
class Caution:
    """An interval that covers more or less often than it says, at about as many tasks as a report has."""

    words: str
    held: float
    """Coverage probability in %."""

    @property
    def wide(self) -> bool:
        """Whether it covers more often, so that it is wider than it need be."""
        return self.held > MOST


COVERAGE: tuple[IntervalCoverage, ...] = (
    IntervalCoverage("pass@K", "pass@K", (97.9, 96.5, 95.3)),
    IntervalCoverage("conditional accuracy at K", names.CORRECT, (98.5, 97.8, 94.9)),
    IntervalCoverage("false discovery rate, pooled", f"{names.WRONG}, pooled", (97.9, 96.4, 94.9)),
    IntervalCoverage("false-positive rate", "wrong answers that pass base", (98.9, 96.2, 94.0)),
    IntervalCoverage("false-positive rate, pooled", "wrong answers that pass base, pooled", (98.1, 95.9, 94.3)),
    IntervalCoverage("limit, upper bound", "upper bound of the limit", (98.8, 97.1, 94.8)),
    IntervalCoverage("share false, attempts 1 to 1", "wrong among answers accepted at attempt 1", (97.9, 96.4, 94.9)),
    IntervalCoverage("expected draws", "attempts used per task", (99.0, 97.8, 97.4)),
    IntervalCoverage("utility at K, cost 2", "utility at a cost of 2", (98.0, 96.9, 95.4)),
    IntervalCoverage("utility at K, cost 8", "utility at a cost of 8", (98.9, 97.0, 94.9)),
    IntervalCoverage("K*, set, cost 2", "K* at a cost of 2", (99.9, 99.8, 99.8)),
    IntervalCoverage("best utility, cost 2", "utility at K* at a cost of 2", (98.5, 97.5, 95.8)),
    IntervalCoverage("K*, set, cost 8", "K* at a cost of 8", (100.0, 99.9, 99.8)),
    IntervalCoverage("best utility, cost 8", "utility at K* at a cost of 8", (99.7, 99.1, 98.6)),
    IntervalCoverage("accuracy of a slice", f"{names.SINGLE}, in a slice", (99.4, 96.1, 95.4), ReportPart.SLICES),
    IntervalCoverage(
        "acceptance of a slice", "samples that pass base in a slice", (99.5, 95.6, 94.8), ReportPart.SLICES
    ),
    IntervalCoverage(
        "false discovery rate of a slice", f"{names.WRONG}, in a slice", (99.7, 97.7, 96.3), ReportPart.SLICES
    ),
    IntervalCoverage(
        "difference of a slice, accuracy",
        f"difference of a slice, {names.SINGLE}",
        (99.6, 96.1, 95.7),
        ReportPart.SLICES,
    ),
    IntervalCoverage(
        "difference of a slice, false discovery rate",
        f"difference of a slice, {names.WRONG}",
        (99.4, 97.2, 96.4),
        ReportPart.SLICES,
    ),
    IntervalCoverage("gate: false discovery rate", f"gates on {names.WRONG}", (98.7, 98.2, 95.8), ReportPart.GATES),
    IntervalCoverage("gate: attempts used", "gates on attempts used", (98.0, 96.7, 96.5), ReportPart.GATES),
    IntervalCoverage(
        "gate: attempts per right answer", "gates on attempts per correct answer", (97.6, 96.6, 94.7), ReportPart.GATES
    ),
    IntervalCoverage("gate: utility at K, cost 2", "gates on utility", (98.6, 97.9, 96.4), ReportPart.GATES),
    IntervalCoverage(
        "gate: change of accuracy, paired", "changes against a baseline", (99.4, 99.0, 98.3), ReportPart.GATES
    ),
    IntervalCoverage("gate: best utility, cost 2", "gates on utility at K*", (99.1, 98.3, 96.2), ReportPart.GATES),
    IntervalCoverage("gate: K*, cost 2", "gates on K*", (99.8, 99.1, 99.1), ReportPart.GATES),
    IntervalCoverage(
        "gate: change of best utility, paired, cost 2",
        "changes of utility at K* against a baseline",
        (99.8, 98.9, 97.2),
        ReportPart.GATES,
    ),
    IntervalCoverage(
        "predicted accepted at 5 n", "predicted share accepted", (97.9, 96.5, 96.1), ReportPart.PREDICTION
    ),
    IntervalCoverage("share false, attempts 4 to 7", "wrong among those of attempts 4 to 7", (97.9, 95.6, 94.7)),
    IntervalCoverage("share false, attempts 8 to 15", "wrong among those of attempts 8 to 15", (98.3, 97.2, 94.2)),
    IntervalCoverage("share false, attempts 16 to 20", "wrong among those of attempts 16 to 20", (98.8, 97.1, 96.6)),
    IntervalCoverage(
        "choose: first minus second", "the first minus the second model to use", (98.7, 96.7, 97.3), ReportPart.CHOICE
    ),
    IntervalCoverage(
        "choose: first minus second, stricter",
        "the first minus the second model to use, stricter interval",
        (100.0, 98.7, 99.3),
        ReportPart.CHOICE,
    ),
    IntervalCoverage(
        "P(adheres given accepted)",
        "how often accepted programs meet a criterion",
        (98.5, 95.0, 96.0),
        ReportPart.STYLE,
    ),
    IntervalCoverage(
        "P(adheres given right)", "how often correct programs meet a criterion", (99.0, 93.2, 94.5), ReportPart.STYLE
    ),
    IntervalCoverage(
        "share of wrong programs that adhere, pooled",
        "how often wrong programs meet a criterion, pooled",
        (98.0, 95.7, 96.5),
        ReportPart.STYLE,
    ),
    IntervalCoverage(
        "difference within tasks", "a criterion, wrong minus correct within tasks", (98.5, 95.2, 95.5), ReportPart.STYLE
    ),
    IntervalCoverage(
        "difference of score within tasks",
        "style score, wrong minus correct within tasks",
        (100.0, 97.2, 96.0),
        ReportPart.STYLE,
    ),
    IntervalCoverage(
        "style score of right programs", "style score of correct programs", (98.5, 98.0, 94.0), ReportPart.STYLE
    ),
    IntervalCoverage(
        "style score of wrong programs", "style score of wrong programs", (100.0, 97.5, 97.5), ReportPart.STYLE
    ),
    IntervalCoverage(
        "style score of accepted programs", "style score of accepted programs", (99.0, 97.2, 95.0), ReportPart.STYLE
    ),
    IntervalCoverage(
        "style score, AUC within tasks",
        "correct programs that score above wrong ones",
        (99.0, 96.3, 98.0),
        ReportPart.STYLE,
    ),
    IntervalCoverage("gate: style score", "gates on style scores", (100.0, 99.3, 97.5), ReportPart.GATES),
    IntervalCoverage("gate: adherence", "gates on how often a criterion is met", (99.0, 96.3, 96.0), ReportPart.GATES),
    IntervalCoverage("gate: style gap", "gates on a difference of style", (100.0, 99.5, 97.5), ReportPart.GATES),
    IntervalCoverage("gate: percentile of a measure", "gates on a percentile", (100.0, 99.3, 100.0), ReportPart.GATES),
    IntervalCoverage(
        "false discovery rate with 1 of 6 base tests",
        f"{names.WRONG}, with one base test",
        (96.0, 95.2, 92.5),
        ReportPart.BASE_TESTS,
    ),
    IntervalCoverage(
        "change of utility by rejecting on style",
        "change of utility by rejecting on style",
        (100.0, 99.0, 98.0),
        ReportPart.STYLE,
    ),
    IntervalCoverage(
        "second suite: share it rejects of what plus accepts",
        "what the second suite rejects of what plus accepts",
        (99.2, 96.8, 95.5),
        ReportPart.SECOND_SUITE,
    ),
    IntervalCoverage(
        "second suite: share of it that is wrong, estimated",
        "what is wrong of what plus accepts, estimated",
        (99.7, 98.5, 97.2),
        ReportPart.SECOND_SUITE,
    ),
    IntervalCoverage("right by plus", "correct by plus", (99.2, 94.2, 92.8), ReportPart.SECOND_SUITE),
    IntervalCoverage("right by both suites", "correct by both suites", (99.0, 94.0, 93.3), ReportPart.SECOND_SUITE),
    IntervalCoverage(
        "agreement of two suites", "agreement of the two suites", (98.2, 95.8, 95.5), ReportPart.SECOND_SUITE
    ),
    IntervalCoverage(
        "samples that pass an impossible task",
        "samples that pass an impossible task",
        (99.5, 98.5, 96.2),
        ReportPart.CANARIES,
    ),
    IntervalCoverage(
        "selection: accuracy of a rule", "accuracy of a rule of selection", (98.0, 96.8, 94.5), ReportPart.SELECTION
    ),
    IntervalCoverage(
        "selection: a rule minus resampling, paired",
        "a rule of selection minus resampling",
        (97.2, 95.8, 92.8),
        ReportPart.SELECTION,
    ),
    IntervalCoverage(
        "selection: resampling's ceiling", "the ceiling of resampling", (98.5, 95.0, 94.8), ReportPart.SELECTION
    ),
)

LINE = {5: 98.0, 9: 96.0, 17: 94.7}
"""Coverage probability of the interval of the slope over models in %, by number of models."""


def size_like(tasks: int) -> int:
    """Return the studied number of tasks that is nearest, by ratio."""
    return min(SIZES, key=lambda size: abs(math.log(size / max(1, tasks))))


def cautions(tasks: int, shown: Collection[ReportPart] = frozenset(ReportPart)) -> list[Caution]:
    """List the figures of some parts whose intervals cover too often or too seldom at about so many tasks."""
    place = SIZES.index(size_like(tasks))
    found = ((one.words, one.held[place]) for one in COVERAGE if one.part in shown)
    return [Caution(words, held) for words, held in found if not LEAST <= held <= MOST]


def line_caution(models: int) -> Caution | None:
    """Return the caution of the slope over so many models, ``None`` where its interval covers as it says."""
    nearest = min(LINE, key=lambda number: abs(math.log(number / max(1, models))))
    held = LINE[nearest]
    return None if LEAST <= held <= MOST else Caution("slope of the line over models", held)
