"""Intervals that take two models, slices of the tasks, predictions and gates; part of the coverage study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from auditor.analysis.across import compare_models
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.extrapolation import extrapolate
from auditor.analysis.slices import slicings
from auditor.results import Estimate
from tests.coverage_gates import Audit, See, counted
from tests.coverage_truth import Tallies, Tally, Truth

_BEYOND = 5
"""Attempts that are predicted, as a multiple of the samples."""
_REFITS = 60
_NAMES = {
    "single_sample_accuracy": "difference of accuracy, paired",
    "conditional_accuracy": "difference of conditional accuracy, paired",
    "shared_precision": "difference of precision, shared tasks",
    "false_positive_rate": "difference of false-positive rate, paired",
}


def stronger(passing: np.ndarray, precise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the chances of a stronger model on the same tasks."""
    return passing**0.6, precise**0.7


def pair_truths(mine: Truth, theirs: Truth) -> dict[str, float]:
    """Give what is true of two models on the same tasks, and of the first one beyond its samples."""
    own, its, most, ahead = _figures(mine), _figures(theirs), mine.most, _BEYOND * mine.samples
    both = mine.within(mine.samples) * theirs.within(theirs.samples)
    target, beyond = its["single-sample accuracy"], mine.within(ahead)
    return {
        "single_sample_accuracy": own["single-sample accuracy"] - target,
        "conditional_accuracy": own["conditional accuracy at K"] - its["conditional accuracy at K"],
        "shared_precision": float((both * (mine.precise - theirs.precise)).sum() / both.sum()),
        "false_positive_rate": own["false-positive rate"] - its["false-positive rate"],
        "gap": float((mine.within(most) * mine.precise).mean()) - target,
        "bound gap": own["limit, upper bound"] - target,
        "accepted ahead": float(beyond.mean()),
        "correct ahead": float((beyond * mine.precise).mean()),
    }


def compared(
    one: Audit, other: Audit, truths: Mapping[str, float], bootstrap: Bootstrap, tallies: Tallies, *, costly: bool
) -> None:
    """Note whether each interval over two audits of the same tasks, and over parts of them, holds the truth.

    ``costly`` adds those that take much time.
    """

    def see(name: str, found: Estimate | None, value: float) -> None:
        if found is not None and found.low is not None and found.high is not None:
            tallies.setdefault(name, Tally()).see(found.low, found.high, float(value))

    _pairs(one, other, truths, bootstrap, see)
    _slices(one, other, bootstrap, see)
    _predictions(one, truths, bootstrap, see)
    counted(one, other, see, costly=costly)


def _figures(truth: Truth) -> dict[str, float]:
    return {name: value for name, _, value in truth.known}


def _pairs(one: Audit, other: Audit, truths: Mapping[str, float], bootstrap: Bootstrap, see: See) -> None:
    (first, mine), (second, _) = one, other
    found = compare_models([first, second], {first.model: mine.most, second.model: mine.most}, bootstrap)
    for pair in found.paired:
        see(_NAMES[pair.metric], pair.difference, truths[pair.metric])
    for reach in found.reach:
        if reach.weak == first.model:
            see("reach: accuracy within K minus target", reach.gap, truths["gap"])
            see("reach: bound minus target", reach.upper_bound_gap, truths["bound gap"])


def _slices(one: Audit, other: Audit, bootstrap: Bootstrap, see: See) -> None:
    """Compare a third of the tasks, on which the model is the stronger one, with the others."""
    (first, mine), (second, theirs) = one, other
    inside = np.arange(len(first)) < len(first) // 3
    base, right = (np.where(inside, b, a) for a, b in ((first.base_passes, second.base_passes),
                                                      (first.correct, second.correct)))  # fmt: skip
    mixed = replace(first, base_passes=base, correct=right)
    kinds = {task: (("kind", "in" if chosen else "out"),) for task, chosen in zip(first.task_ids, inside, strict=True)}
    (grouping,) = slicings(mixed, mine.most, ["kind=in"], kinds, bootstrap)
    own, its = _figures(mine), _figures(theirs)
    for part in grouping.slices:
        if part.name == "in":
            see("accuracy of a slice", part.single_sample_accuracy, its["single-sample accuracy"])
            see("acceptance of a slice", part.acceptance, its["acceptance"])
            see("false discovery rate of a slice", part.false_discovery_rate, 1 - its["conditional accuracy at K"])
            see("difference of a slice, accuracy", part.accuracy_difference,
                its["single-sample accuracy"] - own["single-sample accuracy"])  # fmt: skip
            see("difference of a slice, false discovery rate", part.false_discovery_difference,
                own["conditional accuracy at K"] - its["conditional accuracy at K"])  # fmt: skip


def _predictions(one: Audit, truths: Mapping[str, float], bootstrap: Bootstrap, see: See) -> None:
    counts, truth = one
    fit = extrapolate(counts, replace(bootstrap, resamples=_REFITS), attempts=[_BEYOND * truth.samples])
    if fit is not None:
        see("predicted accepted at 5 n", fit.points[0].accepted, truths["accepted ahead"])
        see("predicted correct at 5 n", fit.points[0].correct, truths["correct ahead"])
