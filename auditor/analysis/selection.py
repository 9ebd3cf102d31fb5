"""Compare rules for choosing among a task's accepted samples: accuracy by number of draws.

K of a task's n samples are drawn without replacement and a rule chooses one of the accepted ones; ties are averaged.
Rules that give each program a fixed rank are exact: with ``better`` samples ranked above a level and ``size`` in it,
the probability that it is the best level drawn is (C(n - better, K) - C(n - better - size, K)) / C(n, K). For rules
based on the agreement of the drawn programs, the probability that a right sample is drawn is exact, as it is for the
perfect choice; the share of right choices given one is averaged over random subsets that hold a right sample. So no
rule exceeds the perfect choice, whatever the number of subsets.

Behavioural classes as in AlphaCode (Li et al. 2022); agreement of programs and tests as in CodeT (Chen et al. 2023):
a group's score is √programs x tests passed; pairs of classes compared on inputs that tell them apart as in S* (Li et
al. 2025), where the other programs' answers are the judge instead of a model; a weighted sum of weak verifiers as in
Weaver (Saad-Falcon et al. 2025), by a ridge logistic regression whose weights come from other tasks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import NDArray

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.intervals import holm
from auditor.analysis.metrics import Columns, column_difference
from auditor.analysis.weak_verifiers import learn
from auditor.results import AnalysisOptions, Difference, RuleCurve, Selection, SelectionPoint, SelectionRule

Ranks = Callable[["TaskPool"], Floats]
SUBSETS = 200
"""Random subsets per task and number of draws."""
FOLDS = 10
EXACT = frozenset({SelectionRule.ANY, SelectionRule.SHORTEST, SelectionRule.STYLE, SelectionRule.ORACLE})
"""Rules computed over all subsets."""


@dataclass(frozen=True, slots=True)
class AcceptedProgram:
    """A distinct accepted program of a task."""

    right: bool
    """Whether plus also accepts it."""
    samples: int
    """Samples with this program, at least 1."""
    length: int
    """Length in characters."""
    answers: tuple[int, ...] = ()
    """Its answers to the new inputs, as numbers: equal numbers are equal answers to the same input."""
    tests: frozenset[int] = frozenset()
    """Indices of the written tests that it passes."""
    score: float | None = None
    """Style score, 0 to 1."""


@dataclass(frozen=True)
class TaskPool:
    """One task's samples."""

    task_id: str
    drawn: int
    """Samples of the task, at least 1."""
    accepted: tuple[AcceptedProgram, ...]
    tests: tuple[int, ...] = ()
    """Number of times each written test was written."""

    @cached_property
    def counts(self) -> Ints:
        """Return the samples of each candidate."""
        return np.array([one.samples for one in self.accepted], dtype=np.int64)

    @cached_property
    def right(self) -> Floats:
        """Return 1 for a right candidate, 0 for a wrong one."""
        return np.array([one.right for one in self.accepted], dtype=np.float64)

    @cached_property
    def classes(self) -> Ints:
        """Return the number of each candidate's behavioural class."""
        return _numbered([one.answers for one in self.accepted])

    @cached_property
    def groups(self) -> Ints:
        """Return the number of each candidate's group: those that pass the same written tests."""
        return _numbered([one.tests for one in self.accepted])

    @cached_property
    def passed(self) -> Floats:
        """Return the written tests that each candidate passes, counted with multiplicity."""
        return np.array([sum(self.tests[place] for place in one.tests) for one in self.accepted], dtype=np.float64)

    @cached_property
    def shortness(self) -> Floats:
        """Return minus the length of each candidate."""
        return -np.array([one.length for one in self.accepted], dtype=np.float64)

    @cached_property
    def style(self) -> Floats:
        """Return the style score of each candidate; a missing one counts as 0."""
        return np.array([one.score or 0.0 for one in self.accepted], dtype=np.float64)

    @cached_property
    def equal_answers(self) -> NDArray[np.bool_]:
        """Return whether two classes answer an input alike; shape (classes, classes, inputs)."""
        first = [int(np.argmax(self.classes == number)) for number in range(int(self.classes.max()) + 1)]
        table = np.array([self.accepted[place].answers for place in first], dtype=np.int64).reshape(len(first), -1)
        same: NDArray[np.bool_] = table[:, None, :] == table[None, :, :]
        return same

    def sums(self, drawn: Ints, numbers: Ints) -> Floats:
        """Sum the samples of each class or group in every subset; shapes (subsets, candidates) to (subsets, …)."""
        marks = np.zeros((len(numbers), int(numbers.max()) + 1))
        marks[np.arange(len(numbers)), numbers] = 1.0
        result: Floats = drawn @ marks
        return result


def _numbered(keys: Sequence[object]) -> Ints:
    known: dict[object, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def exactly(pool: TaskPool, ranks: Floats, attempts: int) -> float:
    """Return the probability that the best-ranked accepted sample of K drawn ones is right, over all subsets."""
    whole = comb(pool.drawn, attempts)
    better, total = 0, Fraction(0)  # rounded once, so that no rule exceeds the perfect choice by a rounding error
    for rank in sorted(set(ranks.tolist()), reverse=True):
        level = ranks == rank
        size = int(pool.counts[level].sum())
        ways = comb(pool.drawn - better, attempts) - comb(pool.drawn - better - size, attempts)
        total += Fraction(ways * int(pool.counts[level] @ pool.right[level]), size)
        better += size
    return float(total / whole)


def subsets_of(pool: TaskPool, attempts: int, subsets: int) -> Ints:
    """Draw K of the samples repeatedly, at least one of them right; return how often each candidate is among them.

    The right ones among K are hypergeometric given that there is one; which ones, and which others, multivariate
    hypergeometric. The task must have a right sample.
    """
    if attempts >= pool.drawn:
        return pool.counts[None, :]
    seed = int.from_bytes(hashlib.sha256(f"{attempts}:{pool.task_id}".encode()).digest()[:8])
    rng = np.random.default_rng(seed)
    right = pool.right > 0
    good, wrong = pool.counts[right], [*pool.counts[~right].tolist(), pool.drawn - int(pool.counts.sum())]
    most, others = int(good.sum()), sum(wrong)
    numbers = np.arange(max(1, attempts - others), min(attempts, most) + 1)
    ways = [comb(most, int(number)) * comb(others, attempts - int(number)) for number in numbers]
    chances = np.array([float(Fraction(one, sum(ways))) for one in ways])
    result = np.zeros((subsets, len(pool.accepted)), dtype=np.int64)
    start = 0
    for number, times in zip(numbers, rng.multinomial(subsets, chances / chances.sum()), strict=True):
        rows = slice(start, start + times)
        result[rows, right] = rng.multivariate_hypergeometric(good, number, size=times)
        result[rows, ~right] = rng.multivariate_hypergeometric(wrong, attempts - number, size=times)[:, :-1]
        start += times
    return result


def chosen_right(pool: TaskPool, drawn: Ints, scores: Floats) -> float:
    """Return the mean over subsets of the share of right ones among the best-scored drawn samples.

    0 if none is accepted.
    """
    seen = drawn > 0
    best = np.where(seen, scores, -np.inf).max(axis=1, keepdims=True)
    chosen = np.where(seen & (scores >= best), drawn, 0)
    count = chosen.sum(axis=1)
    shares = np.divide(chosen @ pool.right, count, out=np.zeros(len(drawn)), where=count > 0)
    return float(shares.mean())


def class_sizes(pool: TaskPool, drawn: Ints) -> Floats:
    """Score each candidate by the drawn samples of its behavioural class."""
    sizes: Floats = pool.sums(drawn, pool.classes)[:, pool.classes]
    return sizes


def class_then_style(pool: TaskPool, drawn: Ints) -> Floats:
    """Score by class, and within it by style."""
    return class_sizes(pool, drawn) + 0.5 * pool.style


def agreement(pool: TaskPool, drawn: Ints) -> Floats:
    """Score by CodeT's rule: √(drawn samples of the group) x tests that it passes."""
    sizes: Floats = np.sqrt(pool.sums(drawn, pool.groups)[:, pool.groups]) * pool.passed
    return sizes


def popularity(pool: TaskPool, drawn: Ints) -> Floats:
    """Count the drawn samples that answer like a class, by input; shape (subsets, classes, inputs)."""
    sizes = pool.sums(drawn, pool.classes)
    found: Floats = np.einsum("sd,cdi->sci", sizes, pool.equal_answers.astype(np.float64))
    return found


def distinguishing(pool: TaskPool, drawn: Ints) -> Floats:
    """Score each class by the comparisons with other drawn classes that it wins; a tie counts half."""
    same = pool.equal_answers
    there = pool.sums(drawn, pool.classes) > 0
    popular = popularity(pool, drawn)
    wins = np.zeros(there.shape)
    for one in range(len(same)):
        gaps = np.sign(popular[:, one, None, :] - popular) * ~same[one]
        margins = gaps.sum(axis=2)
        won = (margins > 0) + 0.5 * (margins == 0)
        won[:, one] = 0.0
        wins[:, one] = (won * there).sum(axis=1)
    result: Floats = wins[:, pool.classes]
    return result


def signs(pool: TaskPool, drawn: Ints) -> Floats:
    """Return the weak verifiers' values of each candidate among the drawn ones; shape (subsets, candidates, 5).

    The share of accepted samples in its class; the mean share with the same answers; the share of written tests
    passed; minus the logarithm of its length; its style score.
    """
    total = np.maximum(drawn.sum(axis=1), 1)[:, None]
    share = class_sizes(pool, drawn) / total
    if pool.equal_answers.shape[2]:
        alike = (popularity(pool, drawn).mean(axis=2) / total)[:, pool.classes]
    else:
        alike = np.ones_like(share)
    rest = np.stack([pool.passed / max(1, sum(pool.tests)), -np.log(np.maximum(1.0, -pool.shortness)), pool.style])
    fixed = np.broadcast_to(rest.T, (len(drawn), len(pool.accepted), 3))
    return np.concatenate([share[:, :, None], alike[:, :, None], fixed], axis=2)


def fold_of(task_id: str) -> int:
    """Assign a task to a fold by its name."""
    return hashlib.sha256(task_id.encode()).digest()[0] % FOLDS


def _weights(pools: Sequence[TaskPool]) -> list[Floats]:
    """Learn the weights for each fold on the tasks of the others; without such tasks every weight is 0."""
    rows = [(fold_of(pool.task_id), signs(pool, pool.counts[None, :])[0], pool) for pool in pools if pool.accepted]
    weights = []
    for fold in range(FOLDS):
        others = [(values, pool.right, pool.counts.astype(np.float64)) for own, values, pool in rows if own != fold]
        weights.append(learn(others) if others else np.zeros_like(rows[0][1][0]) if rows else np.zeros(0))
    return weights


_RANKED: dict[SelectionRule, Ranks] = {
    SelectionRule.ANY: lambda pool: np.zeros(len(pool.accepted)),
    SelectionRule.SHORTEST: lambda pool: pool.shortness,
    SelectionRule.STYLE: lambda pool: pool.style,
    SelectionRule.ORACLE: lambda pool: pool.right,
}
_SCORED: dict[SelectionRule, Callable[[TaskPool, Ints], Floats]] = {
    SelectionRule.LARGEST_CLASS: class_sizes,
    SelectionRule.CLASS_STYLE: class_then_style,
    SelectionRule.DISTINGUISHING: distinguishing,
    SelectionRule.TESTS: agreement,
}


def rules_for(pools: Sequence[TaskPool]) -> list[SelectionRule]:
    """List the rules for which there are data, in their order."""
    observed = any(one.answers for pool in pools for one in pool.accepted)
    styled = any(one.score is not None for pool in pools for one in pool.accepted)
    tested = any(pool.tests for pool in pools)
    left_out = set() if observed else {SelectionRule.LARGEST_CLASS, SelectionRule.DISTINGUISHING}
    left_out |= set() if observed and styled else {SelectionRule.CLASS_STYLE}
    left_out |= set() if styled else {SelectionRule.STYLE}
    left_out |= set() if tested else {SelectionRule.TESTS}
    left_out |= set() if observed or tested else {SelectionRule.WEIGHTED}
    return [rule for rule in SelectionRule if rule not in left_out]


def compare_rules(
    model: str, pools: Sequence[TaskPool], draws: Sequence[int], options: AnalysisOptions, *, samples: int,
    subsets: int = SUBSETS, clusters: Ints | None = None,
) -> Selection:  # fmt: skip
    """Compare the rules on the tasks of ``pools``, each with at least ``max(draws)`` samples.

    ``samples`` is the number of all samples of the model; ``clusters`` are the families of the tasks, if any.
    """
    rules = rules_for(pools)
    weights = _weights(pools) if SelectionRule.WEIGHTED in rules else []
    values = {rule: np.zeros((len(draws), len(pools))) for rule in rules}
    for place, pool in enumerate(pools):
        for at, attempts in enumerate(draws if pool.right.any() else ()):
            subset = subsets_of(pool, attempts, subsets)
            for rule in rules:
                values[rule][at, place] = _value(rule, pool, attempts, subset, weights)
    endless = np.array([_endless(pool) for pool in pools])
    over = {rule: _difference(found[-1], endless, options, clusters) for rule, found in values.items()}
    beside: list[SelectionRule] = [rule for rule in rules if rule not in {SelectionRule.ANY, SelectionRule.ORACLE}]
    adjusted: dict[SelectionRule, float | None] = dict(
        zip(beside, holm([over[rule].p for rule in beside]), strict=True)
    )
    return Selection(
        model=model, tasks=len(pools), samples=samples, programs=sum(len(pool.accepted) for pool in pools),
        observed=sum(any(one.answers for one in pool.accepted) for pool in pools),
        inputs=sum(max((len(one.answers) for one in pool.accepted), default=0) for pool in pools),
        written_tests=sum(len(pool.tests) for pool in pools), subsets=subsets,
        ceiling=_columns(endless, clusters).interval(
            confidence=options.confidence, resamples=options.resamples, seed=options.seed
        ),
        rules=tuple(
            RuleCurve(
                rule=rule, exact=rule in EXACT,
                points=tuple(
                    _point(attempts, values[rule][at], values[SelectionRule.ANY][at], options, clusters)
                    for at, attempts in enumerate(draws)
                ),
                over_ceiling=replace(over[rule], p_adjusted=adjusted.get(rule)),
            )
            for rule in rules
        ),
    )  # fmt: skip


def _endless(pool: TaskPool) -> float:
    """Return the probability that unlimited resampling solves the task."""
    return float(pool.counts @ pool.right) / int(pool.counts.sum()) if pool.accepted else 0.0


def _value(rule: SelectionRule, pool: TaskPool, attempts: int, drawn: Ints, weights: Sequence[Floats]) -> float:
    if attempts == 1:  # a single sample leaves nothing to choose
        return exactly(pool, np.zeros(len(pool.accepted)), attempts)
    if rule in _RANKED:
        return exactly(pool, _RANKED[rule](pool), attempts)
    weighted = rule is SelectionRule.WEIGHTED
    scores = signs(pool, drawn) @ weights[fold_of(pool.task_id)] if weighted else _SCORED[rule](pool, drawn)
    return exactly(pool, pool.right, attempts) * chosen_right(pool, drawn, scores)


def _columns(values: Floats, clusters: Ints | None, bounds: tuple[float, float] = (0.0, 1.0)) -> Columns:
    return Columns(values, np.ones_like(values), bounds).clustered(clusters)


def _difference(first: Floats, second: Floats, options: AnalysisOptions, clusters: Ints | None) -> Difference:
    return column_difference(
        _columns(first, clusters), _columns(second, clusters), confidence=options.confidence,
        resamples=options.resamples, seed=options.seed,
    )  # fmt: skip


def _point(
    attempts: int, values: Floats, resampled: Floats, options: AnalysisOptions, clusters: Ints | None
) -> SelectionPoint:
    accuracy = _columns(values, clusters).interval(
        confidence=options.confidence, resamples=options.resamples, seed=options.seed
    )
    return SelectionPoint(attempts=attempts, accuracy=accuracy, gain=_difference(values, resampled, options, clusters))
