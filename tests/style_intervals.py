"""Coverage probability of the intervals that need single programs: style, style as a second verifier, base tests.

Tasks differ in how hard they are and in how often programs meet a criterion; both are related, which is what misleads
pooled figures. A wrong program meets it 10 points less often than a right one of the same task, and scores 3 points
lower. The truths are closed forms, but for the change of utility (the mean over the audits) and base tests (20,000
tasks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from auditor.analysis import (
    AnalysisOptions,
    BaseTestRow,
    StyleRow,
    StyleTable,
    base_test_curve,
    compare_style,
    second_verifier,
)
from auditor.records import Label
from auditor.results import CriterionFacts, Estimate
from tests.coverage_gates import styled
from tests.coverage_truth import Tallies, Tally, by_size
from tests.simulated_counts import Population

GAP, SCORE_GAP, SPREAD = -0.1, -0.03, 0.08
TESTS = 6
"""Base tests per task."""
FAST = AnalysisOptions(resamples=300, fp_costs=(1.0,))
CRITERION = CriterionFacts(criterion="c", title="c", reason="")
UTILITY = "change of utility by rejecting on style"


@dataclass
class _Tasks:
    passing: np.ndarray
    precise: np.ndarray
    adherence: np.ndarray
    """Chance that a right program meets the criterion."""
    score: np.ndarray
    """Mean score of right programs."""

    @classmethod
    def draw(cls, tasks: int, rng: np.random.Generator) -> _Tasks:
        passing, precise = Population(a=1.0, b=0.7).rates(tasks, rng)
        adherence = 0.15 + 0.4 * rng.beta(2, 1, tasks) + 0.3 * precise
        return cls(passing, precise, adherence, 0.3 + 0.4 * rng.beta(2, 2, tasks))

    def truths(self, n: int) -> dict[str, float]:
        """Give each figure's truth with n samples per task."""
        right, false = self.passing * self.precise, self.passing * (1 - self.precise)
        accepted, correct, wrong = (1 - (1 - chance) ** n for chance in (self.passing, right, false))
        of_wrong = self.adherence + GAP
        pooled = (right @ self.adherence / right.sum(), false @ of_wrong / false.sum())
        return {
            "P(adheres given accepted)": float(accepted @ (self.adherence + GAP * (1 - self.precise)) / accepted.sum()),
            "P(adheres given right)": float(correct @ self.adherence / correct.sum()),
            "P(adheres given wrong)": float(wrong @ of_wrong / wrong.sum()),
            "share of right programs that adhere, pooled": float(pooled[0]),
            "share of wrong programs that adhere, pooled": float(pooled[1]),
            "difference, pooled": float(pooled[1] - pooled[0]),
            "difference within tasks": GAP,
            "difference of score within tasks": SCORE_GAP,
            "style score of right programs": float(correct @ self.score / correct.sum()),
            "style score of wrong programs": float(wrong @ (self.score + SCORE_GAP) / wrong.sum()),
            "style score of accepted programs": float(
                accepted @ (self.score + SCORE_GAP * (1 - self.precise)) / accepted.sum()
            ),
            "style score, AUC within tasks": float(norm.cdf(-SCORE_GAP / (SPREAD * np.sqrt(2)))),
        }

    def programs(self, n: int, rng: np.random.Generator) -> list[StyleRow]:
        """Draw n programs per task, each another one."""
        rows = []
        for task, (q, r, c, m) in enumerate(
            zip(self.passing, self.precise, self.adherence, self.score, strict=True)
        ):  # fmt: skip
            right = rng.random(int(rng.binomial(n, q))) < r
            met = rng.random(len(right)) < np.where(right, c, c + GAP)
            score = np.clip(rng.normal(np.where(right, m, m + SCORE_GAP), SPREAD), 0, 1)
            for number, good in enumerate(right):
                label = Label.TRUE_POSITIVE if good else Label.FALSE_POSITIVE
                rows.append(StyleRow("m", f"t{task:05d}", f"{task}-{number}", 1, label, float(score[number]),
                                     {"c": bool(met[number])}, frozenset()))  # fmt: skip
        return rows

    def tests(self, n: int, rng: np.random.Generator) -> list[BaseTestRow]:
        """Draw per-test results: what base rejects passes about half of the tests."""
        rows = []
        for task, (q, r) in enumerate(zip(self.passing, self.precise, strict=True)):
            accepted = int(rng.binomial(n, q))
            right = int(rng.binomial(accepted, r))
            passed = [(TESTS, True, right), (TESTS, False, accepted - right)]
            few = np.bincount(rng.binomial(TESTS - 1, 0.5, n - accepted), minlength=TESTS)
            passed += [(count, False, int(times)) for count, times in enumerate(few)]
            rows += [BaseTestRow("m", f"t{task}", TESTS, *one) for one in passed if one[2]]
        return rows


def intervals(repeats: int) -> None:
    """Print the coverage of every interval that needs programs."""
    by_size(_study, repeats)


def _study(tasks: int, n: int, repeats: int) -> Tallies:
    rng = np.random.default_rng((21, tasks, n))
    many = _Tasks.draw(20_000, np.random.default_rng(95))
    truths = many.truths(n)
    percentile = "gate: percentile of a measure"
    gated = {
        "gate: style score": truths["style score of accepted programs"],
        "gate: adherence": truths["P(adheres given accepted)"],
        "gate: style gap": GAP,
        percentile: styled(many.programs(n, np.random.default_rng(93)))[percentile].value or 0.0,
    }
    curve = base_test_curve(many.tests(n, np.random.default_rng(94)), resamples=0)
    tallies = {name: Tally() for name in truths}
    changes: list[Estimate] = []

    def see(name: str, estimate: Estimate | None, value: float) -> None:
        if estimate is not None and estimate.low is not None and estimate.high is not None:
            tallies.setdefault(name, Tally()).see(estimate.low, estimate.high, value)

    for _ in range(repeats):
        drawn = _Tasks.draw(tasks, rng)
        programs = drawn.programs(n, rng)
        rows = StyleTable.of(programs)
        compared = compare_style(rows, [CRITERION], FAST)
        (one,) = compared.criteria
        rates, pooled = one.conditional, one.pooled
        score = compared.score
        estimates = [rates.given_pass, rates.given_correct, rates.given_false_positive, pooled.true_positive,
                     pooled.false_positive, pooled.difference, one.within_task, score.within_task,
                     score.true_positive, score.false_positive, score.accepted]  # fmt: skip
        second = second_verifier(rows, FAST)
        for name, estimate in zip(truths, [*estimates, second and second.auc_within_task], strict=True):
            see(name, estimate, truths[name])
        for name, statistic in styled(programs).items():
            see(name, statistic.estimate(0.95), gated[name])
        if second is not None:
            changes.append(second.chosen.utility.difference)
        for tests in (1, 3):
            (point,) = [p for p in base_test_curve(drawn.tests(n, rng), resamples=300) if p.tests == tests]
            (true,) = [p for p in curve if p.tests == tests]
            see(f"false discovery rate with {tests} of {TESTS} base tests", point.false_discovery_rate,
                true.false_discovery_rate.value or 0.0)  # fmt: skip
    mean = float(np.mean([change.value for change in changes if change.value is not None]))
    for change in changes:
        see(UTILITY, change, mean)
    return tallies
