"""How often comparisons over models, gates and choices are wrong, on simulated audits; part of the coverage study.

Each part plants a case whose right answer is known, usually the hardest one (the null, or the truth at the threshold),
and counts wrong answers. *Before* is the method that it replaced, on the same audits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analysis import Counts, analyze, metrics
from auditor.analysis.metrics import column_difference, shared_precision
from auditor.analysis.model_line import model_line
from auditor.config import GateConfig
from auditor.gates import Judgement, RunView, evaluate
from auditor.gates.choose import choose
from auditor.results import AnalysisOptions, Reach, Terms
from tests.gate_study import as_entry, chosen, looks, settling
from tests.simulated_counts import Population, sample, shared_rates
from tests.unit.gates.builders import document

FAST = AnalysisOptions(resamples=300, fp_costs=(1.0,), extrapolate=False)


def line(repeats: int, tasks: int = 60, models: int = 9, samples: int = 10) -> list[str]:
    """Return how often the intervals hold the true slope and intercept: Student's before, the joint bootstrap after."""
    from scipy.stats import linregress, t

    population = shared_rates(np.random.default_rng(9), 100_000, models)
    x = [(passing * precise).mean() for passing, precise in population]
    within = [1 - (1 - passing) ** 5 for passing, _ in population]
    truth, at_zero = np.polyfit(x, [(w * p).sum() / w.sum() for w, (_, p) in zip(within, population, strict=True)], 1)
    rng, held, wide = np.random.default_rng(4), np.zeros((2, 2)), t.ppf(0.975, models - 2)
    for _ in range(repeats):
        audit = [sample(*rates, samples, rng, f"m{i}") for i, rates in enumerate(shared_rates(rng, tasks, models))]
        points = [(metrics.single_sample(one).value, metrics.conditional_at(5)(one).value) for one in audit]
        fit = linregress(*zip(*points, strict=True))
        held[:, 0] += (abs(fit.slope - truth) <= wide * fit.stderr,
                       abs(fit.intercept - at_zero) <= wide * fit.intercept_stderr)  # fmt: skip
        found = model_line(audit, 5, resamples=300)
        assert found is not None
        held[:, 1] += (found.slope_low <= truth <= found.slope_high,
                       found.intercept_low <= at_zero <= found.intercept_high)  # fmt: skip
    return [
        _row(f"{name} of the line covered, {models} models, {tasks} tasks", "95 %", *shares)
        for name, shares in zip(("slope", "intercept"), held / repeats, strict=True)
    ]


def _different(first: metrics.Columns, second: metrics.Columns, seed: int) -> bool:
    return bool(column_difference(first, second, confidence=0.95, resamples=300, seed=seed).side)


def _over_tasks(counts: Counts) -> metrics.Columns:
    """The mean of t/b over the tasks with a base pass, which depends on n."""
    answered = (counts.base_passes > 0).astype(np.float64)
    return metrics.Columns(answered * counts.correct / np.maximum(counts.base_passes, 1), answered)


def pairs(repeats: int, tasks: int = 164) -> list[str]:
    """Return how often two models that do not differ are told apart."""
    rng, population = np.random.default_rng(5), Population()
    found = np.zeros(4)
    for repeat in range(repeats):
        passing, precise = population.rates(tasks, rng)
        few, many = sample(passing, precise, 1, rng, "few"), sample(passing, precise, 100, rng, "many")
        found[0] += _different(_over_tasks(few), _over_tasks(many), repeat)
        found[1] += _different(metrics.conditional_at(1)(few), metrics.conditional_at(1)(many), repeat)
        weak, strong = sample(passing**2, precise, 10, rng, "weak"), sample(passing, precise, 10, rng, "strong")
        found[2] += _different(_over_tasks(weak), _over_tasks(strong), repeat)
        found[3] += _different(*shared_precision(weak, strong), repeat)
    shares = found / repeats
    return [
        _row("one model with n = 1 and 100 told apart by conditional accuracy", "5 %", shares[0], shares[1]),
        _row("equal precision, other acceptance, told apart by precision", "5 %", shares[2], shares[3]),
    ]


def reach(repeats: int, tasks: int = 164, samples: int = 10) -> list[str]:
    """Return how often a weak model is wrongly said never to reach, or to reach, a target near what it can do."""
    rng, population = np.random.default_rng(6), Population(a=0.5, b=0.5, floor=0.7, slope=0.2)
    many = population.rates(200_000, np.random.default_rng(98))
    limit, within = many[1].mean(), ((1 - (1 - many[0]) ** samples) * many[1]).mean()
    wrong = np.zeros(4)
    for _ in range(repeats):
        passing, precise = population.rates(tasks, rng)
        weak = sample(passing, precise, samples, rng, "weak")
        below = sample(np.full(tasks, limit - 0.03), np.ones(tasks), samples, rng, "strong")
        (pair,) = [one for one in analyze([weak, below], FAST).across.reach if one.weak == "weak"] or [None]
        wrong[0] += pair is not None and pair.upper_bound.value < pair.target
        wrong[1] += pair is not None and pair.verdict is Reach.NEVER
        above = sample(np.full(tasks, within + 0.01), np.ones(tasks), samples, rng, "strong")
        (pair,) = [one for one in analyze([weak, above], FAST).across.reach if one.weak == "weak"] or [None]
        wrong[2] += pair is not None and pair.seen_at is not None
        wrong[3] += pair is not None and pair.verdict is Reach.REACHES
    shares = wrong / repeats
    return [
        _row("“never” where the limit is 3 points above the target", "2.5 %", shares[0], shares[1]),
        _row("“reaches” where the target is 1 point above what K attempts give", "2.5 %", shares[2], shares[3]),
    ]


def gates(repeats: int, models: int = 20, tasks: int = 60, samples: int = 10) -> str:
    """Return how often some of 20 models fails some of five rules wrongly, each rule's threshold at the truth."""
    population = Population()
    passing, precise = population.rates(200_000, np.random.default_rng(97))
    within = 1 - (1 - passing) ** 5
    truths = {
        "single_sample_accuracy": (passing * precise).mean(),
        "acceptance": passing.mean(),
        "accepted": within.mean(),
        "correct": (within * precise).mean(),
        "conditional_accuracy": (within * precise).sum() / within.sum(),
    }
    rules = [
        GateConfig.model_validate({"metric": name, "min": float(truth)} | ({"attempts": 5} if i > 1 else {}))
        for i, (name, truth) in enumerate(truths.items())
    ]
    rng, failed = np.random.default_rng(8), [0, 0]
    for _ in range(repeats):
        entries = [as_entry(population.counts(tasks, samples, rng, f"m{i}")) for i in range(models)]
        run = RunView.of(document(*entries))
        failed[0] += any(
            result.verdict is Judgement.FAIL for rule in rules for one in run.names
            for result in evaluate([rule.model_copy(update={"models": (one,)})], run)
        )  # fmt: skip
        failed[1] += any(result.verdict is Judgement.FAIL for result in evaluate(rules, run))
    return _row(f"some wrong fail, {models} models, 5 rules", "5 %", *(f / repeats for f in failed))


def choices(repeats: int, models: int = 5, tasks: int = 60, samples: int = 10) -> str:
    """Return how often `choose` calls one of several equal models clearly better than the next."""
    population, rng, wrong = Population(), np.random.default_rng(10), 0
    for _ in range(repeats):
        passing, precise = population.rates(tasks, rng)
        counts = [sample(passing, precise, samples, rng, f"m{i}") for i in range(models)]
        wrong += choose(RunView.of(document(*map(as_entry, counts))), Terms(fp_cost=1.0)).clear
    return _row(f"`choose` clear among {models} equal models", "5 %", None, wrong / repeats)


def optimism(repeats: int, models: int = 20, tasks: int = 30, samples: int = 20) -> str:
    """Return by how much the best of many models' best utilities exceeds the truth, and its cross-fitted figure."""
    population, rng = Population(), np.random.default_rng(11)
    passing, precise = population.rates(200_000, np.random.default_rng(96))
    truth = max(0.0, *(((1 - (1 - passing) ** k) * (2 * precise - 1)).mean() for k in range(1, samples + 1)))
    gains = np.zeros(2)
    for _ in range(repeats):
        counts: Sequence[Counts] = [population.counts(tasks, samples, rng, f"m{i}") for i in range(models)]
        found = [entry.optimal_attempts[0] for entry in analyze(counts, FAST).models]
        gains += [np.mean([one.utility.value or 0.0 for one in found]) - truth,
                  np.mean([one.utility_cross_fitted for one in found]) - truth]  # fmt: skip
    return (
        f"| bias of best utility, cost 1, {tasks} tasks | 0 | {gains[0] / repeats:+.3f} | {gains[1] / repeats:+.3f} |"
    )


def _row(name: str, wanted: str, before: float | None, after: float) -> str:
    known = "–" if before is None else f"{100 * before:.1f} %"
    return f"| {name} | {wanted} | {known} | {100 * after:.1f} % |"


def verdicts(repeats: int) -> None:
    """Print the rates of wrong answers, row by row."""
    few = max(1, repeats // 4)
    print(f"{repeats} simulated audits a row (rules of 20 models: {few}; bias: {repeats // 20}).\n")
    print("| case | wanted | before | after |\n|---|---|---|---|", flush=True)
    for models, tasks in ((5, 60), (9, 60), (17, 60), (9, 164), (17, 164)):
        print("\n".join(line(repeats, tasks, models)), flush=True)
    print("\n".join([*pairs(repeats), *reach(repeats), gates(few)]), flush=True)
    print(choices(repeats), flush=True)
    for tasks in (30, 164, 400):
        for equal in (True, False):
            print("\n".join(chosen(few, tasks, equal=equal)), flush=True)
    print("\n".join([*settling(repeats), looks(repeats), optimism(repeats // 20)]), flush=True)
