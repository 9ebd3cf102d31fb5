"""Choose a model and a number of attempts by utility net of the cost of sampling. "None" is a possible answer.

Models are compared on the tasks that all of them have, each with the fewest attempts, up to its smallest number of
samples there, that are enough: more would add less than a tolerance. "None" is also a candidate: it costs nothing,
yields nothing, and wins ties.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from auditor.analysis import resampling
from auditor.analysis.arrays import Floats
from auditor.analysis.counts import REACHED, Counts
from auditor.analysis.metrics import false_discovery_at
from auditor.analysis.task_statistic import TaskStatistic, mean_of, minus, of_columns, replicate_means
from auditor.analysis.utility import fewest_best, fewest_enough, for_all, utility_bounds, utility_curve
from auditor.errors import InputError, UsageError
from auditor.gates.metrics import Unavailable
from auditor.gates.metrics.resampling import price_per_draw
from auditor.gates.reported import shown_difference
from auditor.gates.utilities import Utilities
from auditor.gates.view import ModelView, RunView
from auditor.gates.wording import number
from auditor.results import Candidate, Choice, CountedEstimate, Terms
from auditor.results.choice import NONE, by_reason
from auditor.results.options import MOST_COST

COSTS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0)
"""Costs of a wrong answer for which a report contains the choice, besides those of the run's analysis."""


def choices(run: RunView) -> tuple[Choice, ...]:
    """Choose at each cost of :data:`COSTS` and of the analysis, ascending; empty if models cannot be compared."""
    confidence = run.document.options.confidence if run.document else 0.95
    utilities = Utilities.at_costs({*COSTS, *run.fp_costs})
    try:
        return tuple(
            choose(run, Terms(cost, confidence=confidence), chances=False, utilities=utilities)
            for cost in utilities.costs
        )
    except (InputError, UsageError):
        return ()


def choose(run: RunView, terms: Terms, *, chances: bool = True, utilities: Utilities | None = None) -> Choice:
    """Find the model with the best utility net of cost at its attempts to allow.

    With ``chances``, each candidate has the share of resamples in which it is the best.

    ``utilities`` holds the curves if several choices share them. Raises :class:`~auditor.errors.UsageError` if the
    terms contradict each other or nothing can be compared.
    """
    _check(terms)
    models = {model.name: model for model in run.models if model.samples}
    if not models:
        run.refuse_empty()
    tasks = reduce(set.intersection, (set(model.counts.task_ids) for model in models.values()))
    if not tasks:
        raise UsageError("the models share no task", where=run.where, remedy="sample them on one benchmark")
    ordered = tuple(task for task in next(iter(models.values())).counts.task_ids if task in tasks)
    common = _with_enough_samples(models.values(), ordered)
    entrants: list[_Entrant] = []
    left_out = {model.name: "no scored sample" for model in run.models if not model.samples}
    for model in models.values():
        try:
            entrants.append(_Entrant.of(model, common, terms, len(models)))
        except Unavailable as reason:
            left_out[model.name] = str(reason)
    utilities = utilities or Utilities.at_costs([terms.fp_cost])
    return _ranked(entrants, common, terms, left_out, utilities, chances=chances)


def _with_enough_samples(models: Collection[ModelView], tasks: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out tasks with too few samples for some model, unless these are more than a tenth of all.

    A model's curve ends at its smallest number of samples; otherwise a single such task would end it for all.
    """
    kept = set(tasks)
    for model in models:
        counts = model.counts.only(tasks)
        kept &= set(counts.with_samples(counts.most_attempts).task_ids)
    return tuple(task for task in tasks if task in kept) if len(kept) >= REACHED * len(tasks) else tasks


def _check(terms: Terms) -> None:
    if terms.draw_cost is not None and terms.value is not None:
        raise UsageError("--draw-cost and --value contradict each other", remedy="give one of them")
    for name in ("fp_cost", "draw_cost", "value", "budget", "tolerance"):
        given = getattr(terms, name)
        if given is not None and (not math.isfinite(given) or given < 0 or (name == "value" and given == 0)):
            remedy = "give a number above 0" if name == "value" else "give a number of 0 or more"
            raise UsageError(f"{name.replace('_', ' ')} cannot be {given:g}", remedy=remedy)
        if given is not None and name in ("fp_cost", "draw_cost"):
            _check_size(name.replace("_", " "), given)
    if terms.max_attempts is not None and terms.max_attempts < 1:
        raise UsageError(f"max attempts cannot be {terms.max_attempts}", remedy="1 is the least")
    if not 0 < terms.confidence < 1:
        raise UsageError(f"confidence {terms.confidence:g} is not between 0 and 1", remedy="0.95 is usual")


def _check_size(name: str, cost: float) -> None:
    if cost > MOST_COST:
        raise UsageError(
            f"{name} cannot be {cost:g}, in units of a correct answer's value", remedy=f"give at most {MOST_COST:g}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Entrant:
    """One model's net utility per task at each K, and the attempts to allow; no model has K = 0."""

    model: ModelView
    """Counts over the tasks compared."""
    curve: Floats
    """Shape (tasks, K + 1)."""
    attempts: int
    worst: float
    """Least possible utility of a task at the chosen K."""
    best: float
    """Largest possible utility of a task at the chosen K."""
    draw_cost: float = 0.0
    price: float | None = None
    models: int = 1
    """Models that are compared with no model together."""

    @classmethod
    def of(cls, model: ModelView, tasks: tuple[str, ...], terms: Terms, models: int) -> _Entrant:
        """Compute a model's curve within the budget and its attempts to allow; it is one of so many ``models``."""
        compared = model.only(tasks)
        counts = compared.counts
        try:
            price = price_per_draw(model)
        except Unavailable:
            if terms.value is not None or terms.budget is not None:
                raise
            price = None
        draw_cost = model.draw_cost if terms.draw_cost is None else terms.draw_cost
        if terms.value is not None and price is not None:
            draw_cost = price / terms.value
            _check_size("an attempt's price divided by value", draw_cost)
        curve = utility_curve(counts, terms.fp_cost, draw_cost)
        curve = curve[:, : _most_attempts(counts, price, terms, curve.shape[1] - 1) + 1]
        none = cls(compared, curve, 0, 0.0, 0.0, draw_cost, price, models)
        return none.at(int(fewest_enough(curve.mean(axis=0), terms.tolerance)), terms)

    def at(self, attempts: int, terms: Terms) -> _Entrant:
        """Return the candidate with that many attempts."""
        worst, best = utility_bounds(attempts, terms.fp_cost, self.draw_cost)
        return replace(self, attempts=attempts, worst=worst, best=best)

    @property
    def name(self) -> str:
        """Return the model's name, or that of using no model."""
        return self.model.name

    @property
    def best_attempts(self) -> int:
        """Return the fewest attempts with the highest utility; the chosen K if no number of attempts is worth it."""
        return int(fewest_best(self.curve.mean(axis=0))) or self.attempts

    @property
    def best_adds(self) -> float:
        """Return the utility that these would add."""
        return max(0.0, float(self.curve[:, self.best_attempts].mean()) - self.mean)

    @property
    def statistic(self) -> TaskStatistic:
        """Return the mean utility at its K."""
        return mean_of(self.model.counts.task_ids, self.curve[:, self.attempts], self.worst, self.best)

    @property
    def mean(self) -> float:
        """Return the mean utility at its K, to rank by."""
        return float(self.curve[:, self.attempts].mean())


def _most_attempts(counts: Counts, price: float | None, terms: Terms, most: int) -> int:
    """Return the largest K that samples, cap and budget allow."""
    most = min(most, terms.max_attempts or most)
    if terms.budget is None or not price:
        return most
    spent = price * np.cumsum(resampling.survival(counts.n, counts.base_passes, most - 1).mean(axis=0))
    allowed = int(np.searchsorted(spent, terms.budget * (1 + 1e-12), side="right"))
    if not allowed:
        raise Unavailable(f"one attempt costs {number(price)}, above the budget")
    return allowed


def _ranked(
    models: Sequence[_Entrant], tasks: tuple[str, ...], terms: Terms, left_out: dict[str, str], utilities: Utilities,
    *, chances: bool,
) -> Choice:  # fmt: skip
    """Order the models and none by utility, and compare the first with the second."""
    if not models:
        reasons = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason(left_out).items())
        raise UsageError(f"no model can be considered ({reasons})", remedy="drop --budget or --value, or give prices")
    nothing = ModelView(NONE, models[0].model.counts, bootstrap=models[0].model.bootstrap)
    none = _Entrant(nothing, np.zeros((len(tasks), 1)), 0, 0.0, 0.0)
    chance: dict[str, float] = {}
    chance_of_none: float | None = None
    if chances:
        *of_models, chance_of_none = _chances(models)
        chance = dict(zip((model.name for model in models), of_models, strict=True))
    worth = [model for model in models if model.attempts]
    if not worth:  # none is first; all are compared with it at one draw, since any of them might gain
        worth = [model.at(1, terms) for model in models]
    considered = {model.name for model in worth}
    left_out |= {model.name: "no number of attempts is worth it" for model in models if model.name not in considered}
    order = sorted([none, *worth], key=lambda one: (-one.mean, one.attempts > 0, one.name))
    first, second = order[:2]
    ahead = minus(first.statistic, second.statistic).over(first.model.families)
    level = terms.confidence
    if not (first.attempts and second.attempts):
        level = for_all(level, max(first.models, second.models))
    strict = ahead.estimate(level)
    candidates = tuple(
        _candidate(one, terms, utilities, chance.get(one.name) if one.attempts else chance_of_none) for one in order
    )
    return Choice(
        terms=terms,
        tasks=len(tasks),
        candidates=candidates,
        best_adds=_best_adds(first, terms),
        difference=_difference(first, second, ahead, strict, terms, utilities),
        strict=strict,
        left_out=dict(sorted(left_out.items())),
    )


def _candidate(entrant: _Entrant, terms: Terms, utilities: Utilities, chance: float | None) -> Candidate:
    attempts, counts, price = entrant.attempts, entrant.model.counts, entrant.price
    accepted = resampling.accepted(counts, attempts) if attempts else np.zeros(len(counts))
    draws = float(resampling.draws(counts, attempts).mean()) if attempts else 0.0
    correct = float((accepted * resampling.precision(counts)).mean())
    nothing = CountedEstimate.exact(0.0, len(counts))
    return Candidate(
        model=entrant.name,
        attempts=attempts,
        best_attempts=entrant.best_attempts,
        best_adds=entrant.best_adds,
        utility=_utility(entrant, terms, utilities) if attempts else nothing,
        strict=_strict_utility(entrant, terms) if attempts else nothing,
        accepted=min(1.0, float(accepted.mean())),
        correct=min(1.0, correct),
        wrong=max(0.0, float(accepted.mean()) - correct),
        accepted_wrong=_accepted_wrong(entrant, terms) if attempts else CountedEstimate(None),
        draws=draws,
        draw_cost=entrant.draw_cost,
        cost=price * draws if price is not None else None if attempts else 0.0,
        chance=chance,
    )


def _accepted_wrong(entrant: _Entrant, terms: Terms) -> CountedEstimate:
    """Return the false discovery rate at the candidate's attempts with the interval to show."""
    counts = entrant.model.counts
    rate = of_columns(counts.task_ids, false_discovery_at(entrant.attempts)(counts)).over(entrant.model.families)
    return shown_difference(entrant.model, rate, rate.estimate(terms.confidence), terms.confidence)


def _difference(
    first: _Entrant, second: _Entrant, ahead: TaskStatistic, strict: CountedEstimate, terms: Terms, utilities: Utilities
) -> CountedEstimate:
    """Return the difference with the interval to show; compared with no model, it is the utility itself."""
    if not second.attempts:
        return _utility(first, terms, utilities)
    if first.attempts:
        return shown_difference(first.model, ahead, strict, terms.confidence)
    loss = _utility(second, terms, utilities)
    gain = loss.negative()
    return CountedEstimate(strict.value, gain.low, gain.high, loss.tasks)


def _best_adds(entrant: _Entrant, terms: Terms) -> CountedEstimate:
    """Return what the best number of attempts would add to the chosen one, paired by task."""
    if entrant.best_attempts == entrant.attempts:
        return CountedEstimate.exact(0.0, len(entrant.model.counts))
    most = entrant.at(entrant.best_attempts, terms)
    gain = minus(most.statistic, entrant.statistic).over(entrant.model.families)
    bare = CountedEstimate(entrant.best_adds, tasks=len(entrant.model.counts))
    return shown_difference(entrant.model, gain, bare, terms.confidence)


def _utility(entrant: _Entrant, terms: Terms, utilities: Utilities) -> CountedEstimate:
    """Return the mean utility with the interval to show; the stricter one if the run has no other."""
    found = utilities.at(entrant.model, entrant.attempts, terms.fp_cost, entrant.draw_cost, terms.confidence)
    return found or _strict_utility(entrant, terms)


def _strict_utility(entrant: _Entrant, terms: Terms) -> CountedEstimate:
    """Return the mean utility with the stricter interval, which holds for all models together."""
    return entrant.statistic.over(entrant.model.families).estimate(for_all(terms.confidence, entrant.models))


def _chances(models: Sequence[_Entrant]) -> list[float]:
    """Return the share of resamples over tasks that each model wins, and none last; none wins ties."""
    best = np.column_stack([replicate_means(model.curve, model.model.counts.clusters).max(axis=1) for model in models])
    winner = np.where(best.max(axis=1) > 1e-12, best.argmax(axis=1), len(models))
    return [float(np.mean(winner == index)) for index in range(len(models) + 1)]
