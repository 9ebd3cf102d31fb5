"""Whether gates and `choose` keep what they say: tasks that settle a rule, repeated looks, a choice's interval.

Part of the coverage study; each row is Markdown. *Before* is the number of tasks that leaves the interval just clear of
the threshold at the observed distance, and looks without a correction.
"""

from __future__ import annotations

import numpy as np

from auditor.analysis import Counts, metrics
from auditor.analysis.task_statistic import TaskStatistic, of_columns
from auditor.config import GateConfig
from auditor.gates import Judgement, RunView, evaluate
from auditor.gates.choose import choose
from auditor.gates.wording import tasks_needed
from auditor.results import Candidate, CountedEstimate, ModelReport, Terms
from tests.coverage_truth import Truth
from tests.simulated_counts import Population, sample, shared_rates
from tests.unit.gates.builders import document, entry

MOST_TASKS = 3000
"""More tasks than these are not simulated."""


def as_entry(counts: Counts) -> ModelReport:
    """Make the entry of a model in a report from its counts."""
    rows = zip(counts.task_ids, counts.n.tolist(), counts.base_passes.tolist(), counts.correct.tolist(), strict=True)
    return entry(counts.model, rows)


def _accuracy(counts: Counts) -> TaskStatistic:
    return of_columns(counts.task_ids, metrics.single_sample(counts))


def settling(repeats: int, tasks: int = 60, samples: int = 10) -> list[str]:
    """Return how often as many tasks as an open rule names give a clear verdict, the threshold 8 points below."""
    population, rng = Population(), np.random.default_rng(13)
    passing, precise = population.rates(200_000, np.random.default_rng(93))
    threshold = float((passing * precise).mean()) - 0.08
    settled: dict[str, list[bool]] = {"old": [], "least": [], "most": []}
    unbounded = opened = 0
    for _ in range(repeats):
        found = _accuracy(population.counts(tasks, samples, rng)).estimate(0.95)
        needed = tasks_needed(found, threshold, None, 0.95)
        if needed is None or found.low is None or found.value is None or found.low > threshold:
            continue
        opened += 1
        distance = abs(found.value - threshold)
        half = found.value - found.low if found.value > threshold else (found.high or 1.0) - found.value
        old = int(np.ceil(tasks * (half / distance) ** 2)) if distance else MOST_TASKS + 1
        unbounded += needed.most is None
        for name, wanted in (("old", old), ("least", needed.least), ("most", needed.most or MOST_TASKS + 1)):
            if wanted <= MOST_TASKS:
                again = _accuracy(population.counts(wanted, samples, rng)).estimate(0.95)
                settled[name].append(bool(again.low is not None and again.low > threshold))
    shares = {name: 100 * float(np.mean(outcomes)) for name, outcomes in settled.items()}
    case = "tasks named by an open rule settle it"
    bounded = f"{case}: upper end ({opened - unbounded} of {opened} open rules have one)"
    return [
        f"| {case}: lower end | below 80 % | {shares['old']:.0f} % | {shares['least']:.0f} % |",
        f"| {bounded} | above 80 % | – | {shares['most']:.0f} % |",
    ]


def looks(repeats: int, samples: int = 10) -> str:
    """Return how often a rule at the truth is clear at one of three looks, at 40, 80 and 160 tasks."""
    population, rng = Population(), np.random.default_rng(14)
    passing, precise = population.rates(200_000, np.random.default_rng(92))
    truth = float((passing * precise).mean())
    wrong = {1: 0, 3: 0}
    for _ in range(repeats):
        drawn = population.counts(160, samples, rng, "m")
        parts = [drawn.only(drawn.task_ids[:size]) for size in (40, 80, 160)]
        runs = [RunView.of(document(as_entry(part))) for part in parts]
        for number in wrong:
            rule = GateConfig.model_validate({"metric": "single_sample_accuracy", "min": truth, "looks": number})
            wrong[number] += any(evaluate([rule], run)[0].verdict is not Judgement.INCONCLUSIVE for run in runs)
    before, after = (100 * wrong[number] / repeats for number in (1, 3))
    return f"| a rule at the truth is clear at one of three looks | 5 % | {before:.1f} % | {after:.1f} % |"


def chosen(repeats: int, tasks: int, *, equal: bool, models: int = 5, samples: int = 10) -> list[str]:
    """Return how often the intervals of `choose` between its first two hold the truth at the K that were chosen."""
    rng, terms, held = np.random.default_rng(15), Terms(fp_cost=1.0), np.zeros(2)
    population = [Population().rates(100_000, np.random.default_rng(91))] * models
    if not equal:
        population = shared_rates(np.random.default_rng(91), 100_000, models)
    truths = {f"m{i}": Truth(*rates, samples) for i, rates in enumerate(population)}
    for _ in range(repeats):
        drawn = [Population().rates(tasks, rng)] * models if equal else shared_rates(rng, tasks, models)
        counts = [sample(*rates, samples, rng, f"m{i}") for i, rates in enumerate(drawn)]
        found = choose(RunView.of(document(*map(as_entry, counts))), terms)
        true = _worth(truths, found.best) - _worth(truths, found.runner_up)
        held += [_holds(one, true) for one in (found.difference, found.strict)]
    case = f"{models} {'equal' if equal else 'different'} models, {tasks} tasks"
    return [
        f"| `choose`: first minus second{kind} covered, {case} | 95 % | – | {100 * share:.1f} % |"
        for kind, share in zip(("", ", stricter interval"), held / repeats, strict=True)
    ]


def _worth(truths: dict[str, Truth], candidate: Candidate) -> float:
    if not candidate.attempts:
        return 0.0
    truth = truths[candidate.model]
    return float((truth.within(candidate.attempts) * (2 * truth.precise - 1)).mean())


def _holds(found: CountedEstimate, true: float) -> bool:
    return found.low is not None and found.high is not None and found.low <= true <= found.high
