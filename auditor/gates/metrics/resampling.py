"""Metrics from counts alone: accuracy, ceilings, and what resampling yields at a number of attempts.

The formulas are those of :mod:`auditor.analysis.metrics`; here they get names, keys and extreme tasks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from auditor.analysis import metrics as figures
from auditor.analysis.arrays import Floats
from auditor.analysis.resampling import draws
from auditor.analysis.task_statistic import TaskStatistic, mean_of, of_columns
from auditor.analysis.utility import best_attempts_of_sums, best_utility_of_sums, spent_per_gain, utility_curve
from auditor.gates.metrics.base import INFINITY, Better, Measured, Metric, Parameters, Unavailable
from auditor.gates.view import ModelView
from auditor.results import Unit
from auditor.text import plural

Measure = Callable[[ModelView, Parameters], Measured]


def _figure(statistic: figures.Statistic) -> Measure:
    """Build the measure of a figure without keys."""
    return lambda model, _: of_columns(model.counts.task_ids, statistic(model.counts))


def _figure_at(statistic: Callable[[int], figures.Statistic]) -> Measure:
    """Build the measure of a figure at a number of attempts."""
    return lambda model, p: of_columns(model.counts.task_ids, statistic(attempts_of(model, p))(model.counts))


def attempts_of(model: ModelView, parameters: Parameters) -> int:
    """Return the rule's K; an error if a task has fewer samples."""
    wanted, most = parameters.attempts or 1, model.counts.most_attempts
    if wanted > most:
        raise Unavailable(
            f"the rule asks for {plural(wanted, 'attempt')}, but a task has "
            f"only {plural(most, 'sample')}: more attempts were not measured"
        )
    return wanted


def _conditional_at(statistic: Callable[[int], figures.Statistic]) -> Measure:
    """Build the measure of a share of what is accepted within K; without a K in the rule, the report's."""

    def measure(model: ModelView, parameters: Parameters) -> Measured:
        attempts = attempts_of(model, parameters) if parameters.attempts else model.conditional_attempts
        return of_columns(model.counts.task_ids, statistic(attempts)(model.counts))

    return measure


def _draws(model: ModelView, parameters: Parameters) -> Measured:
    attempts = attempts_of(model, parameters)
    counts = model.counts.with_samples(attempts)
    return mean_of(counts.task_ids, draws(counts, attempts), 1.0, float(attempts))


def _price_per_correct(model: ModelView, attempts: int, price: float) -> TaskStatistic:
    """Divide the cost by correct answers; the worst task takes all draws and yields none."""
    columns = figures.cost_per_correct(attempts, price)(model.counts)
    least, most = np.array([price, 1.0]), np.array([price * attempts, 0.0])
    stacked = np.column_stack([columns.numerators, columns.denominators])
    return TaskStatistic(model.counts.task_ids, stacked, least, most, spent_per_gain)


def price_per_draw(model: ModelView) -> float:
    """Return the cost of one sample in the currency of the configured prices; an error if unknown."""
    if model.price is None:
        raise Unavailable("the run has no costs: give the model a price")
    return model.price


def _utility(model: ModelView, parameters: Parameters) -> Measured:
    statistic = figures.utility(attempts_of(model, parameters), parameters.fp_cost or 0.0, model.draw_cost)
    return of_columns(model.counts.task_ids, statistic(model.counts))


def _curve(
    model: ModelView,
    parameters: Parameters,
    combine: Callable[[Floats], Floats],
    shape: Callable[[Floats], Floats],
) -> TaskStatistic:
    """Build a statistic of the utility curve: one column for each K, and one that counts tasks.

    ``shape`` gives the extreme tasks' curve from K as a share of the largest, to be scaled to 1 and to -cost;
    the worst task also pays for every draw.
    """
    counts, cost = model.counts.with_samples(model.counts.most_attempts), parameters.fp_cost or 0.0
    curve = utility_curve(counts, cost, model.draw_cost)
    attempts = np.arange(curve.shape[1])
    extreme = shape(attempts / max(attempts[-1], 1))
    columns = np.hstack([curve, np.ones((len(counts), 1))])
    least = np.append(-cost * extreme - model.draw_cost * attempts, 1.0)
    most = np.append(extreme, 1.0)
    return TaskStatistic(counts.task_ids, columns, least, most, combine)


def _best_utility(model: ModelView, parameters: Parameters) -> Measured:
    """Return the maximum of the curve; the extreme tasks gain or lose everything at the first draw."""
    return _curve(model, parameters, best_utility_of_sums, np.ceil)


def _optimal_attempts(model: ModelView, parameters: Parameters) -> Measured:
    """Return the position of the maximum.

    The extreme tasks pull it to the ends by gaining or losing with every draw.
    """
    return _curve(model, parameters, best_attempts_of_sums, lambda share: share)


def _at(name: str, title: str, doc: str, better: Better, statistic: Callable[[int], figures.Statistic]) -> Metric:
    """Describe a share at a number of attempts."""
    return Metric(
        name, title, doc, Unit.SHARE, better, _figure_at(statistic), needs=("attempts",), example="attempts = 10"
    )


def _share(name: str, title: str, doc: str, better: Better, *aliases: str) -> Metric:
    """Describe one of the analysis's shares without keys."""
    return Metric(name, title, doc, Unit.SHARE, better, _figure(figures.STATISTICS[name]), aliases=aliases)


METRICS = (
    _share(
        "single_sample_accuracy",
        "single-sample accuracy",
        "Share of a task's samples that pass base and plus, a mean over tasks (pass@1).",
        Better.HIGHER,
        "accuracy",
    ),
    _at(
        "pass_at_k",
        "pass@k",
        "Probability that at least one of `attempts` samples is correct: 1 - C(n-t, k)/C(n, k), a mean over tasks.",
        Better.HIGHER,
        figures.pass_at,
    ),
    _share(
        "acceptance",
        "base pass rate",
        "Share of a task's samples that pass the base suite, correct or wrong, a mean over tasks.",
        Better.HIGHER,
        "base_pass_rate",
    ),
    Metric(
        "conditional_accuracy",
        "conditional accuracy",
        "Probability that an answer accepted within `attempts` attempts is correct, C(K)/A(K). Without `attempts`, at "
        "the K "
        "of the report, which all its models share; against a baseline, at the smaller K of the two.",
        Unit.SHARE,
        Better.HIGHER,
        _conditional_at(figures.conditional_at),
        takes=("attempts",),
        example="attempts = 10",
    ),
    _share(
        "conditional_accuracy_micro",
        "pooled conditional accuracy",
        "Share of all accepted samples, of all tasks together, that are correct.",
        Better.HIGHER,
    ),
    _share(
        "conditional_accuracy_lower_bound",
        "lower bound of the limit",
        "Share of tasks that unlimited resampling would answer correctly, with every task without an accepted "
        "sample counted "
        "as 0.",
        Better.HIGHER,
    ),
    _share(
        "conditional_accuracy_upper_bound",
        "upper bound of the limit",
        "Share of tasks that unlimited resampling would answer correctly, with every task without an accepted "
        "sample counted "
        "as 1.",
        Better.HIGHER,
    ),
    Metric(
        "false_discovery_rate",
        "false discovery rate",
        "Probability that an answer accepted within `attempts` attempts is wrong: 1 - conditional accuracy, at the "
        "same K.",
        Unit.SHARE,
        Better.LOWER,
        _conditional_at(figures.false_discovery_at),
        takes=("attempts",),
        example="attempts = 10",
    ),
    _share(
        "false_discovery_rate_micro",
        "pooled false discovery rate",
        "Share of all accepted samples, of all tasks together, that are wrong.",
        Better.LOWER,
    ),
    _share(
        "false_positive_rate",
        "false-positive rate",
        "Share of a task's wrong samples that the base suite lets pass, a mean over the tasks that have a wrong one: "
        "the verifier's error rate on this model.",
        Better.LOWER,
    ),
    _share(
        "false_positive_rate_micro",
        "pooled false-positive rate",
        "Share of all wrong samples, of all tasks together, that the base suite lets pass.",
        Better.LOWER,
    ),
    _at(
        "accepted",
        "acceptance at K",
        "Probability that one of at most `attempts` attempts passes base: 1 - C(n-b, K)/C(n, K), a mean over tasks.",
        Better.HIGHER,
        figures.accepted,
    ),
    _at(
        "correct",
        "accuracy at K",
        "Probability that resampling with at most `attempts` attempts ends with a correct solution, a mean over tasks.",
        Better.HIGHER,
        figures.correct,
    ),
    _at(
        "wrong",
        "false positives at K",
        "Probability that resampling with at most `attempts` attempts ends with a false positive, a mean over tasks.",
        Better.LOWER,
        figures.wrong,
    ),
    Metric(
        "draws",
        "expected attempts",
        "Attempts used on average with at most `attempts` attempts, stopping at the first base pass.",
        Unit.DRAWS,
        Better.LOWER,
        _draws,
        lowest=1.0,
        highest=INFINITY,
        needs=("attempts",),
        example="attempts = 10",
    ),
    Metric(
        "draws_per_correct",
        "attempts per correct solution",
        "Attempts used for each correct solution that resampling with at most `attempts` attempts yields.",
        Unit.DRAWS,
        Better.LOWER,
        lambda model, p: _price_per_correct(model, attempts_of(model, p), 1.0),
        lowest=1.0,
        highest=INFINITY,
        needs=("attempts",),
        example="attempts = 10",
    ),
    Metric(
        "cost_per_correct",
        "cost per correct solution",
        "Money for each correct solution that resampling with at most `attempts` attempts yields, at what a sample of "
        "this run cost.",
        Unit.MONEY,
        Better.LOWER,
        lambda model, p: _price_per_correct(model, attempts_of(model, p), price_per_draw(model)),
        highest=INFINITY,
        needs=("attempts",),
        example="attempts = 10",
    ),
    Metric(
        "utility",
        "utility",
        "Utility per task of resampling with at most `attempts` attempts: 1 for a correct solution, -`fp_cost` for a "
        "false positive, 0 for none, less what its attempts cost if the settings charge for them (`draw_cost` or "
        "`solution_worth`).",
        Unit.UTILITY,
        Better.HIGHER,
        _utility,
        lowest=-INFINITY,
        needs=("attempts", "fp_cost"),
        example="attempts = 10\nfp_cost = 4",
    ),
    Metric(
        "best_utility",
        "best utility",
        "Utility per task at the best number of attempts, 0 if it is best not to sample; attempts cost what they "
        "cost in the report.",
        Unit.UTILITY,
        Better.HIGHER,
        _best_utility,
        needs=("fp_cost",),
        example="fp_cost = 4",
    ),
    Metric(
        "optimal_attempts",
        "optimal attempts K*",
        "The number of attempts with the best utility, within the samples there are; 0 means: use no model. Attempts "
        "cost what they cost in the report.",
        Unit.DRAWS,
        Better.NEITHER,
        _optimal_attempts,
        highest=INFINITY,
        needs=("fp_cost",),
        example="fp_cost = 4",
        aliases=("k_star",),
    ),
)
"""In the order of the documentation."""
