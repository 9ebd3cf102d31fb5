"""Titles and notes of the charts over attempts and over tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from auditor.report.reading import most_attempts, percent_whole
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.sentences.figures import one_sample, weighs
from auditor.report.text import count, listing, number, percent, plural, significant, visible
from auditor.results import (
    AttemptBucket,
    BaseTestPoint,
    CurvePoint,
    Estimate,
    ModelAnalysis,
    Optimum,
    PriceUnit,
    Saturation,
)
from auditor.text import noun

LEAST_SHARE = 0.01
"""Attempts at which fewer of the tasks are accepted than this share are not told of: they say next to nothing."""


def scaling(model: ModelAnalysis) -> str:
    """Title of the scaling curve."""
    end, oracle = model.curve[-1], model.pass_at_k
    values = {"tries": plural(end.attempts, "attempt"), "reached": percent_whole(end.correct)}
    if not oracle or oracle[-1].k != end.attempts:
        return say("Within {tries}, {reached} of tasks end with a correct answer and {accepted} with an accepted one",
                   accepted=percent_whole(end.accepted), **values)  # fmt: skip
    if not oracle[-1].value:
        return say("No sample is correct, so there was none to find")
    return say("Within {tries}, {reached} of tasks end with a correct answer; with a perfect verifier, {perfect} would",
               perfect=percent_whole(oracle[-1]), **values)  # fmt: skip


LINES = (
    "Grey: the interval of correct. Perfect verifier: tasks with a correct sample among that many attempts. Dotted: "
    "the most that attempts without a limit could answer correctly, by these samples."
)
"""Explains what the scaling chart draws besides its two main lines."""


def prediction(model: ModelAnalysis) -> str:
    """Say what is predicted beyond the samples, and how that stands to the bound; empty where nothing is."""
    fit = model.extrapolation
    beyond = [row for row in fit.points if row.attempts > most_attempts(model)] if fit else []
    if fit is None or not beyond or one_sample(model):
        return ""
    last, bound = beyond[-1], model.conditional_accuracy.upper_bound
    text = say(
        "A prediction, which is not drawn because it was not measured: {share} of tasks correct at {attempts} "
        "attempts, by "
        "a {method} model fitted to the samples.",
        method=fit.method.split("/", maxsplit=1)[0], share=percent_whole(last.correct), attempts=count(last.attempts),
    )  # fmt: skip
    predicted = last.correct.value or 0.0
    if bound.high is not None and predicted > bound.high:
        text += say(" It is above the interval of what these samples allow, at most {bound}: do not rely on it.",
                    bound=percent_whole(bound))  # fmt: skip
    elif bound.value is not None and predicted > bound.value:
        text += say(
            " It is above the dotted line, because that line, {bound}, counts these samples only, while the "
            "model allows for correct answers that no sample has shown yet. The two agree within the line’s interval.",
            bound=percent_whole(bound),
        )  # fmt: skip
    return text


def utility(model: ModelAnalysis) -> str:
    """Title of the utility curves: at which costs the best number of attempts gains, and at which none does."""
    best = sorted(model.optimal_attempts, key=lambda row: row.fp_cost)
    costs = [row.fp_cost for row in best]
    gains = [row for row in best if row.attempts]
    if not gains:
        if model.curve[-1].accepted.value and all(row.high == 0 for row in best):
            return say("At no cost analysed does sampling gain: every number of attempts clearly loses", Evidence.CLEAR)
        return say("At no cost analysed does sampling gain on average")
    told = [_gaining(gains, costs)]
    open_ = [row for row in best if not row.attempts and row.high != 0]
    loses = [row for row in best if not row.attempts and row.high == 0]
    if open_:
        told.append(say("if it {costs}, no number gains on average", costs=_costs(open_, costs)))
    if loses:
        told.append(say("if it {costs}, every number clearly loses", Evidence.CLEAR, costs=_costs(loses, costs)))
    return "; ".join(told)


def _gaining(gains: Sequence[Optimum], costs: Sequence[float]) -> str:
    """Say at which of the costs analysed sampling clearly gains, and at which it may do so by chance."""
    parts: list[str] = []
    for words, evidence, group in (
        ("clearly gains", Evidence.CLEAR, [row for row in gains if row.low]),
        ("gains on average, which may be due to chance,", Evidence.SEEN, [row for row in gains if not row.low]),
    ):
        if group:
            it = "it" if parts else "one wrong answer"
            parts.append(say(words + " if {it} {costs}", evidence, it=it, costs=_costs(group, costs)))
    return say("At the best number of attempts, sampling {gains}", gains=listing(parts))


def _costs(group: Sequence[Optimum], costs: Sequence[float]) -> str:
    """Say some of the costs analysed, which are ascending, after "one wrong answer"."""
    found = [row.fp_cost for row in group]
    if len(found) == 1:
        return weighs(found[0])
    if found == list(costs):
        return say("cancels out at most {most:g} correct answers", most=found[-1])
    if found == list(costs[: len(found)]):
        return weighs(found[-1], "at most")
    if found == list(costs[-len(found) :]):
        return weighs(found[0], "at least")
    return say("cancels out {costs} correct answers", costs=" or ".join(f"{cost:g}" for cost in found))


def price_unit(unit: PriceUnit, currency: str = "") -> str:
    """Name what the cost curve counts in, behind a number."""
    match unit:
        case PriceUnit.DRAWS:
            return "attempts"
        case PriceUnit.WORTH:
            return "of a correct answer’s value"
        case PriceUnit.MONEY:
            return visible(currency) or "in the currency of the prices"
    assert_never(unit)


def cost_per_correct(priced: Sequence[CurvePoint], unit: PriceUnit, currency: str = "") -> str:
    """Title of the cost curve, of the points that have a price."""
    first, last = priced[0].cost_per_correct, priced[-1].cost_per_correct
    named = price_unit(unit, currency)
    takes = "takes" if unit is PriceUnit.DRAWS else "costs"
    values = {"start": f"{significant(first)} {named}", "end": significant(last)}
    if len(priced) == 1 or significant(first) == significant(last):
        return say("A correct answer {takes} {start}", takes=takes, start=values["start"])
    return say("Each correct answer {takes} {start} on average if one attempt per task is allowed, {end} if {last} are",
               takes=takes, last=count(priced[-1].attempts), **values)  # fmt: skip


def by_attempt(buckets: Sequence[AttemptBucket]) -> str:
    """Title of the share false by attempt."""
    if not any(row.share_false.value for row in buckets):
        return say("None of the accepted answers is wrong, at any attempt")
    told = [row for row in buckets if row.accepted >= LEAST_SHARE] or list(buckets[:1])
    first, last = percent_whole(told[0].share_false), told[-1]
    if len(told) == 1:
        return say("{first} of answers accepted at the first attempt are wrong", first=first)
    span = count(last.first) if last.first == last.last else f"{count(last.first)} to {count(last.last)}"
    return say(
        "{first} of answers accepted at the first attempt are wrong, {last} of those accepted at attempt {span}",
        first=first, span=span, last=percent_whole(last.share_false),
    )  # fmt: skip


def base_tests(found: Sequence[BaseTestPoint]) -> str:
    """Title of the chart of base tests."""
    first = found[0]
    rates = [row.false_discovery_rate.value or 0.0 for row in found]
    if not any(rates):
        return say("No accepted answer is wrong, at any number of base tests")
    return say(
        "On average over tasks, {before} of a task’s accepted samples are wrong with {first}, {after} with all of them",
        first=plural(first.tests, "base test") if first.tests else "no base test",
        before=percent_whole(first.false_discovery_rate), after=percent_whole(found[-1].false_discovery_rate),
    )  # fmt: skip


def base_tests_note(found: Sequence[BaseTestPoint], headline: Estimate, of: int) -> str:
    """Say how many base tests the tasks have, over what the shares are means, and how that stands to the headline.

    ``headline`` is the model's false discovery rate at the attempts that all models have; ``of`` is its tasks.
    """
    tasks, most = found[0].tasks, found[-1].tests
    least = max((row.tests for row in found if row.tasks == tasks), default=0)
    middle = max((row.tests for row in found if 2 * row.tasks >= tasks), default=most)
    if least == most:
        each = say("{n} each", n=count(most))
    else:
        each = say("{least} to {most} each, at least half of them {middle} or above; a task with fewer than the number "
                   "shown counts with all of its tests",
                   least=count(least), most=count(most), middle=count(middle))  # fmt: skip
    all_ = plural(of, "task")
    have = say("The base tests of {all} were run one by one", all=f"{count(tasks)} of {all_}" if tasks < of else all_)
    whole = say("; the others count with all of their tests, or with none") if tasks < of else ""
    text = say("A mean over the tasks with an accepted sample. {have}: {each}{whole}.", have=have, each=each,
               whole=whole)  # fmt: skip
    if percent_whole(found[-1].false_discovery_rate, 1) == percent_whole(headline, 1):
        return text
    return text + say(
        " Here each task with an accepted sample counts once; at the top of the page it counts by its chance to end "
        "with an accepted answer, so the figure with all tests differs.",
    )


def saturation(found: Saturation | None) -> str:
    """Say whether further plus tests would find other wrong answers; empty without per-test results."""
    if found is None or len(found.points) < 2:
        return ""
    before, now = found.points[-2], found.points[-1]
    fall = now.false_discovery_rate - before.false_discovery_rate
    of = {
        "now": percent(now.false_discovery_rate),
        "tasks": plural(found.tasks, "task"),
        "has": noun(found.tasks, "has", "have"),
        "least": count(found.least_tests),
    }
    if fall > 0:
        seen = say(
            "With half the plus tests, {before} of a task’s accepted samples would count as wrong instead of {now}: "
            "means over the {tasks} that {has} at least {least} plus tests, whatever the attempt.",
            before=percent(before.false_discovery_rate), **of,
        )  # fmt: skip
    else:
        seen = say(
            "With half the plus tests, the same share of a task’s accepted samples would count as wrong, {now}: a mean "
            "over the {tasks} that {has} at least {least} plus tests, whatever the attempt.",
            **of,
        )
    if found.next_doubling is None:
        return seen
    return f"{seen} {say(_DOUBLED, rise=number(100 * found.next_doubling, 1))}"


_DOUBLED = "Twice the tests would add about {rise} points, if the rise keeps declining at the same rate."
