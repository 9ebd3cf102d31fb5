"""What the figures mean, in plain words: the titles of charts and the lines beside the headline figures."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import attempts_span, headline_cost, most_attempts, percent_span
from auditor.report.text import brief, count, hundredths, number, percent, plural, points, significant
from auditor.results import (
    Across,
    AttemptBucket,
    BaseTestPoint,
    CurvePoint,
    Estimate,
    ModelAnalysis,
    Reach,
    ReachPair,
    RuleGap,
)  # fmt: skip


def _within(share: Estimate, level: str) -> str:
    """``(95 % interval 11 to 18)``, or nothing where there is no interval or ``level`` is empty."""
    return f" ({level} interval {percent_span(share, 0)})" if share.bounded and level else ""


def accuracy(model: ModelAnalysis, level: str = "") -> str:
    """Say how often a single answer is right; with ``level``, also how sure that is."""
    share = model.single_sample_accuracy
    if share.value is None:
        return "No sample could be judged."
    if share.value in (0, 1):
        return f"{'Every' if share.value else 'No'} single answer is right{_within(share, level)}."
    return f"Of 100 single answers about {hundredths(share.value, 0)} are right{_within(share, level)}."


def ceiling(model: ModelAnalysis, level: str = "") -> str:
    """Say how often an accepted answer is right, and between which bounds resampling without end would end."""
    share = model.conditional_accuracy
    within = f"within {plural(share.attempts, 'attempt')}"
    if share.value is None:
        return "No sample passed the base tests, so nothing is known of accepted answers."
    if share.value in (0, 1):
        said = f"Every answer accepted {within} is {'right' if share.value else 'wrong'}{_within(share, level)}."
    else:
        said = f"Of 100 answers accepted {within} about {hundredths(share.value, 0)} are right{_within(share, level)}."
    low, high = share.lower_bound.low, share.upper_bound.high
    if low is None or high is None:
        return said
    return f"{said} Without end, resampling would solve {hundredths(low, 0)} to {hundredths(high, 0)} of 100 tasks."


def false_share(model: ModelAnalysis, level: str = "") -> str:
    """Say how many accepted solutions are wrong."""
    share: Estimate = model.false_discovery_rate
    if share.value is None:
        return "No solution was accepted."
    if share.value in (0, 1):
        return f"{'Every' if share.value else 'No'} accepted solution is wrong{_within(share, level)}."
    return f"Of 100 accepted solutions about {hundredths(share.value, 0)} are wrong{_within(share, level)}."


def attempts(model: ModelAnalysis, level: str = "") -> str:
    """Say how many samples are worth drawing at the headline's cost ratio."""
    cost = headline_cost(model)
    best = model.optimum(cost)
    if best is None or cost is None:
        return "No cost ratio was analysed."
    weight = "costs as much as a right one is worth" if cost == 1 else f"costs {cost:g} times what a right one is worth"
    if cost == 0:
        weight = "costs nothing"
    span = f" ({level} interval {attempts_span(best)})" if level and attempts_span(best) else ""
    most, found = most_attempts(model), best.attempts
    if found == 0 and model.curve and model.curve[-1].accepted.value == 0:
        return f"No answer passes the base tests, so no number of attempts gains anything{span}."
    if found == 0:
        why = "no draw gains anything" if cost == 0 else "every draw loses on average"
        return f"If a wrong answer {weight}, do not sample at all{span}: {why}."
    if found >= most == 1:
        return f"If a wrong answer {weight}, one attempt pays{span}; more were not analysed."
    if found >= most:
        return f"If a wrong answer {weight}, more attempts still pay at {count(found)}, the most analysed{span}."
    return f"If a wrong answer {weight}, stop after {plural(found, 'attempt')}{span}: more gain nothing."


def lead(model: ModelAnalysis, level: str) -> str:
    """Answer in two sentences how often what is accepted is wrong and how many attempts are worth making."""
    return f"{false_share(model, level)} {attempts(model)}"


def style(model: ModelAnalysis) -> str:
    """Compare the style scores of wrong and right accepted programs."""
    if model.style is None:
        return "Style was not scored."
    scores = model.style.score
    right, wrong = scores.true_positive, scores.false_positive
    if right.value is None or wrong.value is None:
        missing = [word for word, score in (("right", right), ("wrong", wrong)) if score.value is None]
        return f"Style was not compared: no accepted program that is {' or '.join(missing)} was scored."
    pair = f"{number(100 * wrong.value, 0)} against {number(100 * right.value, 0)} of 100"
    gap = scores.within_task
    if gap is None or gap.value is None:
        return f"On the rubric accepted but wrong programs score {pair} for right ones; too few tasks have both kinds."
    if not gap.side:
        return f"Within a task, wrong programs cannot be told from right ones by their score; over all tasks {pair}."
    side = "below" if gap.side < 0 else "above"
    points_ = number(100 * abs(gap.value), 1)
    return f"Within a task, accepted but wrong programs score {points_} points {side} the right ones; over all {pair}."


def scaling(model: ModelAnalysis) -> str:
    """Title of the scaling curve."""
    end, oracle = model.curve[-1], model.pass_at_k
    reached = percent(end.correct.value, 0)
    words = f"In {plural(end.attempts, 'attempt')} the base tests find a right answer to {reached} of the tasks"
    if not oracle or oracle[-1].k != end.attempts:
        return f"{words} and accept one for {percent(end.accepted.value, 0)}"
    if not oracle[-1].value:
        return "No sample is right, so that no verifier could find one"
    perfect = percent(oracle[-1].value, 0)
    return f"{words}, {'as would a perfect verifier' if perfect == reached else f'a perfect verifier to {perfect}'}"


def utility(model: ModelAnalysis) -> str:
    """Title of the utility curves."""
    best = sorted(model.optimal_attempts, key=lambda row: row.fp_cost)
    most = most_attempts(model)
    never = next((row for row in best if not row.attempts), None)
    stops = next((row for row in best if 0 < row.attempts < most and row.fp_cost > 0), None)
    if not any(row.attempts for row in best):
        return "Sampling does not pay at any cost ratio"
    if stops and never:
        return (
            f"At cost ratio {stops.fp_cost:g} stop after {plural(stops.attempts, 'attempt')}; "
            f"from ratio {never.fp_cost:g} on, sampling does not pay"
        )
    if never:
        return f"From cost ratio {never.fp_cost:g} on, sampling does not pay"
    last = best[-1]
    if last.attempts >= most:
        return f"More attempts pay at every cost ratio up to {last.fp_cost:g}"
    return f"At cost ratio {last.fp_cost:g} it pays to stop after {plural(last.attempts, 'attempt')}"


def cost_per_correct(priced: Sequence[CurvePoint], unit: str) -> str:
    """Title of the cost curve, of the points that have a price."""
    first, last = priced[0].cost_per_correct, priced[-1].cost_per_correct
    start, end = significant(first), significant(last)
    unit = f" {unit}" if unit else ""
    if len(priced) == 1 or start == end:
        return f"A correct answer costs {start}{unit}"
    return f"A correct answer costs {start}{unit} at one attempt and {end} at {count(priced[-1].attempts)}"


def by_attempt(buckets: Sequence[AttemptBucket]) -> str:
    """Title of the share false by attempt."""
    first, last = buckets[0].share_false.value or 0.0, buckets[-1].share_false.value or 0.0
    if not any(row.share_false.value for row in buckets):
        return "No answer that passes is false, at whatever attempt"
    if len(buckets) == 1:
        return f"Of the answers accepted at once, {percent(first, 0)} are false"
    late = f"after attempt {count(buckets[-1].first - 1)}"
    if round(100 * first) == round(100 * last):
        return f"First passes are as often false {late} as at once: {percent(first, 0)}"
    return f"{percent(first, 0)} of first passes at attempt 1 are false, {percent(last, 0)} {late}"


def base_tests(found: Sequence[BaseTestPoint]) -> str:
    """Title of the chart of base tests."""
    first, last = found[0], found[-1]
    rates = [row.false_discovery_rate.value or 0.0 for row in found]
    before, after = percent(rates[0], 0), percent(rates[-1], 0)
    if not any(rates):
        return "No accepted solution is false, with however few base tests"
    if rates[-1] >= rates[0]:
        return f"More base tests change little: {after} of accepted solutions stay false"
    tests = plural(first.tests, "base test") if first.tests else "no base test"
    return f"With {tests} {before} of accepted solutions are false, with {count(last.tests)} still {after}"


def second_verifier(area: Estimate) -> str:
    """Title of the ROC curve."""
    if area.value is None:
        return "Style score as a second verifier"
    if area.low is not None and area.high is not None and area.low <= 0.5 <= area.high:
        return "Style cannot be shown to tell right from wrong within a task"
    if area.value < 0.5:
        return "Within a task, wrong programs score higher in style than right ones"
    times = number(100 * area.value, 0)
    return f"Of a right and a wrong program of one task, the right one scores higher {times} times in 100"


def gap(found: Sequence[Estimate]) -> str:
    """Title of a forest of criteria: on how many false positives clearly adhere less or more."""
    below, above = sum(row.side < 0 for row in found), sum(row.side > 0 for row in found)
    total = plural(len(found), "criterion", "criteria")
    if not below and not above:
        return f"No clear difference in style on any of {total}"
    words = [f"{side} on {count(amount)}" for side, amount in (("less", below), ("more", above)) if amount]
    return f"False positives clearly adhere {' and '.join(words)} of {total}"


def rules(found: Sequence[RuleGap]) -> str:
    """Title of the chart of rules."""
    clear = [row for row in found if row.difference.side]
    if not clear:
        return f"None of {plural(len(found), 'rule')} clearly separates false from correct programs"
    top = max(clear, key=lambda row: abs(row.difference.value or 0.0))
    more = "more" if top.difference.side > 0 else "less"
    return f"{top.rule} ({top.name}) fires {more} often on false positives: {points(top.difference.value)} points"


def best(models: Sequence[ModelAnalysis]) -> str:
    """Name the model that is most accurate, and the one whose accepted answers are least often wrong."""
    right = [m for m in models if m.single_sample_accuracy.known]
    false = [m for m in models if m.false_discovery_rate.known]
    if len(models) < 2 or not right or not false:
        return ""
    first = max(right, key=lambda m: m.single_sample_accuracy.value or 0.0)
    safest = min(false, key=lambda m: m.false_discovery_rate.value or 0.0)
    accuracy_, rate = first.single_sample_accuracy, safest.false_discovery_rate
    name, other = brief(first.model), brief(safest.model)
    most = f"{name} is right most often: {hundredths(accuracy_.value or 0, 0)} of 100 single answers"
    if not rate.value:
        rest = "None of its accepted solutions" if safest is first else f"No accepted solution of {other}"
        return f"{most}. {rest} is wrong."
    share = hundredths(rate.value, 0)
    if safest is first:
        return f"{most}. Its accepted solutions are wrong least often too: {share} of 100."
    return f"{most}. {other} is the safest to resample: of 100 solutions accepted from it about {share} are wrong."


def line(across: Across) -> str:
    """Title of the scatter of conditional against single-sample accuracy."""
    fit = across.line
    if fit is None:
        return "Single-sample and conditional accuracy of each model"
    if not fit.side:
        return f"No clear line over {plural(fit.models, 'model')} from single-sample to conditional accuracy"
    side = "higher" if fit.side > 0 else "lower"
    amount = number(10 * abs(fit.slope), 1)
    return f"Ten points more single-sample accuracy go with about {amount} points {side} conditional accuracy"


def reach(found: Sequence[ReachPair]) -> str:
    """Title of the table of who reaches whom: pairs by verdict."""
    if not found:
        return "No weaker model to compare with a stronger one"
    words = {
        Reach.REACHES: "the weaker model reaches the stronger one's single-sample accuracy",
        Reach.NOT_WITHIN: "it does not within the attempts analysed",
        Reach.NEVER: "it does not at any number of attempts",
        Reach.OPEN: "the data cannot say",
    }
    tally = [(sum(row.verdict is verdict for row in found), text) for verdict, text in words.items()]
    said = [f"in {count(amount)} {text}" for amount, text in tally if amount]
    return f"Of {plural(len(found), 'pair')}: {'; '.join(said)}"
