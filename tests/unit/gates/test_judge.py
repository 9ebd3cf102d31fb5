"""From numbers and thresholds to pass, fail or inconclusive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.config import GateConfig
from auditor.errors import ExitCode
from auditor.gates import GateResult, Judgement, evaluate, exit_code
from auditor.gates.outputs import to_markdown, to_text
from auditor.gates.verdict import decide
from auditor.gates.wording import needed_words, span, tasks_needed
from auditor.records import Outcome, SampleStatus, SuiteName
from auditor.results import (
    AttemptBucket,
    CountedEstimate,
    Estimate,
    ExtrapolatedPoint,
    Extrapolation,
    ModelReport,
    Optimum,
    to_plain,
)
from tests.examples import examples
from tests.unit.gates.builders import counts, document, entry, view


def rule(**keys: Any) -> GateConfig:
    return GateConfig.model_validate({"metric": "single_sample_accuracy"} | keys)


def one(rule_: GateConfig, *entries: dict[str, Any]) -> GateResult:
    (result,) = evaluate([rule_], view(*entries))
    return result


GOOD = entry("good", counts(150, 20, 19, 19))
BAD = entry("bad", counts(150, 20, 10, 2))
TINY = entry("tiny", counts(3, 20, 20, 20))


@given(
    st.tuples(*[st.floats(-2, 2)] * 3).map(sorted),
    st.one_of(st.none(), st.floats(-2, 2)),
    st.one_of(st.none(), st.floats(-2, 2)),
)
def test_a_verdict_needs_the_whole_interval(bounds: list[float], least: float | None, most: float | None) -> None:
    """Pass means that no value in the interval is out, fail that none is in; else it is inconclusive."""
    low, value, high = bounds

    def inside(point: float) -> bool:
        return (least is None or point >= least) and (most is None or point <= most)

    verdict = decide(CountedEstimate(value, low, high, 9), least, most)
    if verdict is Judgement.PASS:
        assert inside(low)
        assert inside(value)
        assert inside(high)
    elif verdict is Judgement.FAIL:
        assert not any(map(inside, (low, value, high)))
    else:
        assert not (inside(low) and inside(high))


def test_clear_pass_clear_fail_and_neither() -> None:
    """A good model passes, a bad one fails, and three perfect tasks prove nothing."""
    results = evaluate([rule(min=0.8)], view(GOOD, BAD, TINY))
    assert {r.model: r.verdict.value for r in results} == {"good": "pass", "bad": "fail", "tiny": "inconclusive"}
    assert exit_code(results) is ExitCode.GATE_FAILED


def test_confidence_zero_compares_the_value() -> None:
    """With confidence 0 three perfect tasks pass."""
    assert one(rule(min=0.8, confidence=0), TINY).verdict is Judgement.PASS


def test_no_false_positive_in_few_tasks_is_no_proof() -> None:
    """Ten tasks without a false positive do not pass a limit of 5 %, and ten all false clearly fail it."""
    limit = rule(metric="false_discovery_rate", max=0.05)
    assert one(limit, entry("m", counts(10, 20, 20, 20))).verdict is Judgement.INCONCLUSIVE
    assert one(limit, entry("m", counts(10, 20, 20, 0))).verdict is Judgement.FAIL


def test_an_open_verdict_says_how_many_tasks_would_settle_it() -> None:
    """An inconclusive sentence names a range of tasks, and with the most of them the rule is settled."""
    rows = [(f"T/{i:04d}", 20, 20, 18 if i % 3 else 12) for i in range(60)]
    result = one(rule(min=0.77), entry("m", rows))
    assert result.verdict is Judgement.INCONCLUSIVE
    needed = result.tasks_needed
    assert needed is not None
    assert (
        f"At least {needed.least} tasks" in result.sentence
        or f"About {needed.least} to {needed.most} tasks" in result.sentence
    )
    assert needed.most is None or needed.least < needed.most
    rows = [(f"T/{i:04d}", 20, 20, 18 if i % 3 else 12) for i in range(needed.most or 4 * needed.least)]
    assert one(rule(min=0.77), entry("m", rows)).verdict is Judgement.PASS


def test_the_tasks_named_settle_most_runs() -> None:
    """At the true distance from the threshold, the number for 80 % power settles 70 to 95 of 100 simulated runs."""
    rng = np.random.default_rng(5)
    half = 1.96 * (0.8 * 0.2 / 100) ** 0.5
    needed = tasks_needed(CountedEstimate(0.8, 0.8 - half, 0.8 + half, 100), 0.75, None, 0.95)
    assert needed is not None
    middle = int(100 * (2.8 * half / 1.96 / 0.05) ** 2)
    assert needed.least < middle
    assert needed.most is None or middle < needed.most
    settled = 0
    for _ in range(100):
        right = rng.random(middle) < 0.8
        rows = [(f"T/{i:04d}", 1, int(hit), int(hit)) for i, hit in enumerate(right)]
        settled += one(rule(min=0.75), entry("m", rows)).verdict is Judgement.PASS
    assert 70 <= settled <= 95


def test_more_rules_need_more_tasks_and_no_distance_still_has_a_lower_end() -> None:
    """The number is for the error left after adjustment; a figure on the threshold itself gives only its least."""
    found = CountedEstimate(0.8, 0.72, 0.87, 100)
    alone, many = (tasks_needed(found, 0.75, None, 0.95, tests) for tests in (1, 100))
    assert alone is not None
    assert many is not None
    assert alone.least < many.least
    assert needed_words(many, 100).endswith(
        "would settle it, with a probability of 80 %; the figure is over 100 tasks."
    )
    exact = tasks_needed(found, 0.8, None, 0.95)
    assert exact is not None
    assert (exact.least > 100, exact.most) == (True, None)
    assert "At least" in needed_words(exact, 100)
    far = tasks_needed(CountedEstimate(0.8, 0.72, 0.87, 90_000), 0.8, None, 0.95)
    assert far is not None
    assert needed_words(far, 90_000).startswith(" At least 100")


def test_many_rules_together_are_corrected() -> None:
    """A verdict that is just clear alone is open among many, and says so; one beyond doubt stays."""
    rows = [(f"T/{i:04d}", 20, 20, 18 if i % 3 else 12) for i in range(60)]
    alone = one(rule(min=0.735), entry("m", rows))
    assert (alone.verdict, alone.tests, alone.p_adjusted) == (Judgement.PASS, 1, alone.p)
    many = evaluate([rule(min=0.735 - i / 10_000) for i in range(3)] + [rule(metric="acceptance", min=0.5)] * 17,
                    view(entry("m", rows)))  # fmt: skip
    assert [r.verdict for r in many] == [Judgement.INCONCLUSIVE] * 3 + [Judgement.PASS] * 17
    low, high = (100 * (bound or 0.0) for bound in (many[0].deciding_low, many[0].deciding_high))
    assert f"the deciding interval, {low:.1f} to {high:.1f}, includes 73.5 %" in many[0].sentence
    needed = many[0].tasks_needed
    assert needed is not None
    assert f"{needed.least} " in many[0].sentence
    rows = [(f"T/{i:04d}", 20, 20, 18 if i % 3 else 12) for i in range(needed.most or 4 * needed.least)]
    larger = evaluate([rule(min=0.735 - i / 10_000) for i in range(3)] + [rule(metric="acceptance", min=0.5)] * 17,
                      view(entry("m", rows)))  # fmt: skip
    assert {r.verdict for r in larger} == {Judgement.PASS}
    assert many[0].p is not None
    assert many[0].p_adjusted is not None
    assert many[0].p < 0.05 < many[0].p_adjusted


@given(
    st.lists(st.tuples(st.integers(8, 40), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=4),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
@example([(8, 0, 0), (34, 1, 1)], [0.0, 0.0, 0.1640625])
@examples(25)
def test_the_deciding_interval_decides(models: list[tuple[int, int, int]], limits: list[float]) -> None:
    """Whatever is judged together: the verdict is that of the deciding interval, which holds the one shown.

    The sentence names it, and the threshold that it includes if the verdict is open.
    """
    run = view(*(entry(f"m{i}", counts(n, 20, b, min(b, t))) for i, (n, b, t) in enumerate(models)))
    for result in evaluate([rule(min=round(limit, 3)) for limit in limits], run):
        assert result.verdict is decide(result.deciding, result.min, result.max)
        low, high = result.deciding_low, result.deciding_high
        assert low is not None
        assert high is not None
        assert low <= (result.low or 0.0) <= (result.high or 0.0) <= high
        assert span(low, high, result.unit) in result.sentence or low == high
        assert ("which is inconclusive" in result.sentence) == (result.verdict is Judgement.INCONCLUSIVE)


def test_looks_divide_the_error() -> None:
    """A rule that is looked at five times while tasks are added asks each time at 99 %."""
    assert one(rule(min=0.8, looks=5), GOOD).confidence == pytest.approx(0.99)


@pytest.mark.parametrize("key", ["min_tasks", "min_samples"])
def test_too_little_data_is_inconclusive(key: str) -> None:
    """Below min_tasks or min_samples nothing is judged, however clear it looks."""
    assert one(rule(min=0.8, **{key: 3001}), GOOD).verdict is Judgement.INCONCLUSIVE
    assert one(rule(min=0.8, **{key: 150}), GOOD).verdict is Judgement.PASS


def with_coverage(**changes: Any) -> ModelReport:
    return replace(GOOD, coverage=replace(GOOD.coverage, **changes))


def test_harness_errors_make_it_inconclusive() -> None:
    """Harness errors above max_errors leave a rule open, and it says so; a rule can allow more."""
    broken = with_coverage(
        labelled=2900, outcomes={SuiteName.BASE: {Outcome.ERROR: 60}, SuiteName.PLUS: {Outcome.ERROR: 40}}
    )
    result = one(rule(min=0.8), broken)
    assert result.verdict is Judgement.INCONCLUSIVE
    assert "harness errors" in result.sentence
    assert one(rule(min=0.8, max_errors=0.05), broken).verdict is Judgement.PASS


def test_unscored_samples_make_it_inconclusive_but_not_rules_about_them() -> None:
    """A run that is mainly truncated is not judged on accuracy; a rule on truncation itself is."""
    cut = with_coverage(labelled=1500, statuses={SampleStatus.OK: 1500, SampleStatus.TRUNCATED: 1500})
    assert one(rule(min=0.8), cut).verdict is Judgement.INCONCLUSIVE
    assert one(rule(metric="truncation_share", max=0.05), cut).verdict is Judgement.FAIL
    assert one(rule(metric="coverage", max=0.6), cut).verdict is Judgement.PASS


def covering(sampled: int, scored: int) -> ModelReport:
    return with_coverage(tasks=150, tasks_sampled=sampled, tasks_scored=scored)


def test_missing_tasks_make_it_inconclusive() -> None:
    """With samples for some of the tasks only, nothing is said of the benchmark, unless a rule allows for it."""
    part = covering(149, 149)
    result = one(rule(min=0.8), part)
    assert result.verdict is Judgement.INCONCLUSIVE
    assert "only 149 of 150 tasks have samples (min_coverage 1)" in result.sentence
    assert one(rule(min=0.8, min_coverage=0.99), part).verdict is Judgement.PASS
    assert one(rule(min=0.8), covering(150, 150)).verdict is Judgement.PASS
    assert one(rule(metric="task_coverage", min=0.99), part).verdict is Judgement.PASS
    assert one(rule(metric="task_coverage", min=1), part).verdict is Judgement.FAIL
    assert one(rule(metric="task_coverage", min=1), with_coverage(tasks=0)).verdict is Judgement.INCONCLUSIVE


def test_tasks_whose_samples_have_no_label_count_as_missing() -> None:
    """However few the samples are that could not be judged, tasks without a single label are named."""
    result = one(rule(min=0.8), covering(150, 100))
    assert result.verdict is Judgement.INCONCLUSIVE
    assert "only 100 of 150 tasks have a sample with a label (max_unscored 0.2)" in result.sentence
    assert one(rule(min=0.8), covering(150, 130)).verdict is Judgement.PASS


def test_warnings_never_change_the_exit_code() -> None:
    """A failing warning leaves the exit code at 0; together with an open error, the error counts."""
    failing = evaluate([rule(min=0.8, severity="warning")], view(BAD))
    assert failing[0].verdict is Judgement.FAIL
    assert exit_code(failing) is ExitCode.PASSED
    assert exit_code([*failing, one(rule(min=0.8), TINY)]) is ExitCode.GATE_INCONCLUSIVE


def test_failed_wins_over_inconclusive() -> None:
    """One fail among open questions is exit code 3, in either order; nothing at all is 0."""
    both = [one(rule(min=0.8), TINY), one(rule(min=0.8), BAD)]
    assert exit_code(both) is exit_code(both[::-1]) is ExitCode.GATE_FAILED
    assert exit_code([]) is ExitCode.PASSED


@pytest.mark.parametrize(("over", "expected"), [("all", Judgement.FAIL), ("any", Judgement.PASS)], ids=["all", "any"])
def test_rules_over_models(over: str, expected: Judgement) -> None:
    """Over all models one bad one fails; over any one good one passes; one result names them all."""
    result = one(rule(min=0.8, over=over), GOOD, BAD, TINY)
    assert result.verdict is expected
    assert result.members == ("bad", "good", "tiny")
    assert (result.confidence, result.tests) == (0.95, 3)


def test_rules_name_their_models() -> None:
    """A rule for one model says nothing of others; a model that is not there is inconclusive, not passed."""
    assert [r.model for r in evaluate([rule(min=0.8, models=("good",))], view(GOOD, BAD))] == ["good"]
    (missing,) = evaluate([rule(min=0.8, models=("gone",))], view(GOOD))
    assert missing.verdict is Judgement.INCONCLUSIVE
    (none,) = evaluate([rule(min=0.8, models=("gone",), over="any")], view(GOOD))
    assert none.verdict is Judgement.INCONCLUSIVE


def test_more_attempts_than_samples_is_not_guessed() -> None:
    """K above the smallest n is inconclusive with the reason."""
    result = one(rule(metric="correct", attempts=21, min=0.1), GOOD)
    assert result.verdict is Judgement.INCONCLUSIVE
    assert "20 samples" in result.sentence


def test_a_model_without_a_scored_task_is_inconclusive() -> None:
    """A model with nothing scored next to one that has is open, whatever the metric."""
    for metric in ("single_sample_accuracy", "false_discovery_rate"):
        assert one(rule(metric=metric, max=0.5), entry("none", [])).verdict is Judgement.INCONCLUSIVE


def test_a_model_that_left_no_trace_is_not_passed_over() -> None:
    """A model of the settings without an entry in the report is inconclusive, not silently absent."""
    content = document(GOOD)
    config = {"model": [{"name": "good"}, {"name": "lost"}]}
    content = replace(content, provenance=replace(content.provenance, config=config))
    results = evaluate([rule(min=0.8), rule(metric="correct", attempts=3, min=0.1)], content)
    assert [(r.model, r.verdict.value) for r in results] == [("good", "pass"), ("lost", "inconclusive")] * 2
    (facts,) = [r for r in evaluate([rule(metric="tasks", min=3)], content) if r.model == "lost"]
    assert facts.verdict is Judgement.FAIL


def test_a_bare_document_is_judged_too() -> None:
    """Rules work on the plain document before anything is written."""
    (result,) = evaluate([rule(min=0.8)], document(GOOD))
    assert result.verdict is Judgement.PASS
    assert to_plain(result)["verdict"] == "pass"


def test_reported_numbers_keep_their_confidence() -> None:
    """A number taken from the report is judged at the report's confidence or at 0, at no other."""
    keys: dict[str, Any] = {"metric": "report", "path": "conditional_accuracy", "min": 0.75}
    assert one(rule(**keys), GOOD).verdict is Judgement.INCONCLUSIVE
    assert one(rule(**keys, confidence=0), GOOD).verdict is Judgement.PASS
    other = one(rule(**keys, confidence=0.9), GOOD)
    assert "0.95" in other.sentence
    assert one(rule(**keys | {"path": "two_type.soundness"}, confidence=0), GOOD).verdict is Judgement.PASS
    assert "nothing" in one(rule(**keys | {"path": "two_type.soundnes"}), GOOD).sentence


@pytest.mark.parametrize(
    ("path", "bounds"),
    [
        ("optimal_attempts.0.attempts", (1, 5)),
        ("optimal_attempts.0.utility", (0.2, 0.6)),
        ("optimal_attempts.0.fp_cost", None),
        ("extrapolation.points.0.correct", (0.4, 0.6)),
        ("extrapolation.points.0.accepted", (0.8, 1.0)),
        ("extrapolation.points.0.attempts", None),
        ("attempt_buckets.0.share_false", (0.0, 0.3)),
        ("attempt_buckets.0.accepted", None),
        ("conditional_accuracy", (0.7, 0.9)),
        ("conditional_accuracy.value", (0.7, 0.9)),
        ("conditional_accuracy.lower_bound", None),
        ("conditional_accuracy.low", None),
    ],
)
def test_a_reported_number_has_its_own_interval(path: str, bounds: tuple[float, float] | None) -> None:
    """A number of the report is never judged by the interval of another number."""
    model = replace(
        GOOD,
        optimal_attempts=(
            Optimum(
                fp_cost=1.0,
                attempts=3,
                low=1,
                high=5,
                utility=Estimate(0.4, 0.2, 0.6),
                open_above=False,
                enough=2,
                utility_cross_fitted=0.3,
                tasks=4,
            ),
        ),
        extrapolation=Extrapolation(
            method="m",
            anchor=20,
            resamples=0,
            points=(ExtrapolatedPoint(attempts=40, accepted=Estimate(0.9, 0.8, 1.0), correct=Estimate(0.5, 0.4, 0.6)),),
        ),
        attempt_buckets=(AttemptBucket(first=1, last=1, share_false=Estimate(0.1, 0.0, 0.3), accepted=0.5),),
    )
    result = one(rule(metric="report", path=path, min=0.0), model)
    assert (result.low, result.high) == (bounds or (None, None))
    assert bounds is not None or "ask for confidence = 0" in result.sentence


@pytest.mark.parametrize("keys", [{"min": 0.5}, {"margin": 0.1}, {"max": 0.9, "margin": 0.1}])
def test_a_model_that_is_not_there_is_told_in_every_form(keys: dict[str, Any]) -> None:
    """A rule on a model that the run lacks is written with its thresholds, those of a margin too."""
    results = evaluate([rule(models=("gone",), **keys)], view(GOOD))
    assert len(results) == len(keys)
    for result in results:
        assert (result.min, result.max) != (None, None)
    for text in (to_markdown(results), to_text(results, width=100), to_text(results)):
        assert text.count("gone") >= len(keys)


def test_order_is_the_rules_then_the_models() -> None:
    """Results come in the order of the rules, and of names within a rule, whatever the document's order."""
    rules = [rule(min=0.8), rule(metric="acceptance", min=0.5)]
    forward, backward = (evaluate(rules, view(*order)) for order in ((GOOD, BAD), (BAD, GOOD)))
    assert forward == backward
    assert [(r.metric, r.model) for r in forward] == [
        ("single_sample_accuracy", "bad"),
        ("single_sample_accuracy", "good"),
        ("acceptance", "bad"),
        ("acceptance", "good"),
    ]
