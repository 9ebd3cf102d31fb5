"""The headline figures of a model in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import (
    advice_differs,
    headline_cost,
    most_attempts,
    percent_span,
    percent_whole,
)
from auditor.report.sentences import names
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.text import count, hundredths, listing, percent, plural
from auditor.results import (
    AccuracyBounds,
    AllTasks,
    Candidate,
    Estimate,
    ModelAnalysis,
    Optimum,
    ReportDocument,
    ThinTasks,
    TwoTypeFit,
    Unanswered,
)
from auditor.text import noun


def within(share: Estimate, level: str) -> str:
    """``(95 % interval 11 to 18)`` behind a space, or nothing where there is no interval or ``level`` is empty."""
    return f" ({level} interval {percent_span(share, 0)})" if share.bounded and level else ""


def accuracy(model: ModelAnalysis, level: str = "") -> str:
    """Say how often a single answer is correct; with ``level``, also how sure that is."""
    share = model.single_sample_accuracy
    if share.value is None:
        return say("No sample could be judged.")
    if share.value in (0, 1):
        return say("{all} single answer is correct{within}.", all=_all(share.value), within=within(share, level))
    return say("Of 100 single answers about {n} are correct{within}.", n=_n(share), within=within(share, level))


def accepted_right(model: ModelAnalysis, level: str = "") -> str:
    """Say how often an accepted answer is correct."""
    share = model.conditional_accuracy
    tries = plural(share.attempts, "attempt")
    if share.value is None:
        return say("No sample passed the base tests, so nothing is known of accepted answers.")
    if share.value in (0, 1):
        return say(
            "{all} answer accepted within {tries} is correct{within}.",
            all=_all(share.value), tries=tries, within=within(share, level),
        )  # fmt: skip
    return say(
        "Of 100 tasks that end with an answer accepted within {tries}, about {n} end with a correct one{within}.",
        n=_n(share), tries=tries, within=within(share, level),
    )  # fmt: skip


def bounds(model: ModelAnalysis, level: str) -> str:
    """Say between which bounds resampling without end would end; empty where they are not known.

    For the tasks at hand the lower bound is never below what was measured at finitely many attempts. The interval is
    over all tasks like these, as that of the measured share is, so it may begin lower. One sample per task says nothing
    of a second attempt, so there the bounds are not said.
    """
    share = model.conditional_accuracy
    low, high = share.lower_bound, share.upper_bound
    if share.value is None or low.value is None or high.value is None or one_sample(model):
        return ""
    least, most = hundredths(low.value, 0), hundredths(high.value, 0)
    whole = Estimate(low.value, low.low, high.high)
    return say(
        "With unlimited attempts, an estimated {share} of 100 tasks analysed would end with a correct answer{all}.",
        share=least if least == most else f"{least} to {most}",
        all=f"; for all tasks like these, the {level} interval is {percent_span(whole, 0)}" if whole.bounded else "",
    )  # fmt: skip


def false_share(model: ModelAnalysis, level: str = "") -> str:
    """Say how often what is accepted within the attempts analysed is wrong."""
    share = model.false_discovery_rate
    if share.value is None:
        return say("No answer was accepted.")
    if share.value in (0, 1):
        return say("{all} accepted answer seen is wrong{within}.", all=_all(share.value), within=within(share, level))
    return say(
        "Of 100 tasks that end with an answer accepted within {tries}, about {n} end with a wrong one{within}.",
        tries=plural(share.attempts, "attempt"), n=_n(share), within=within(share, level),
    )  # fmt: skip


def wrong_within(document: ReportDocument) -> str:
    """Head the share of accepted answers that are wrong; with the attempts, if the attempts to allow are others."""
    within = max((model.false_discovery_rate.attempts for model in document.models), default=1)
    return f"{names.WRONG}, within {plural(within, 'attempt')}" if advice_differs(document) else names.WRONG


def _all(share: float) -> str:
    return "Every" if share else "No"


def _n(share: Estimate) -> str:
    return hundredths(share.value or 0.0, 0)


def one_sample(model: ModelAnalysis) -> bool:
    """Whether at most one attempt can be told of: curves, K* above 1 and predictions are then unknown."""
    return most_attempts(model) <= 1


def attempts(model: ModelAnalysis, level: str = "") -> str:
    """Say how many attempts to allow at the headline's cost ratio, and which other numbers may be the best."""
    cost = headline_cost(model)
    best = model.optimum(cost)
    if best is None or cost is None:
        return say("No cost of a wrong answer was analysed.")
    weight = weighs(cost)
    if not best.attempts:
        if model.curve and not model.curve[-1].accepted.value:
            return say("No answer passes the base tests, so there is nothing to gain.")
        return say(
            "If one wrong answer {weight}, use no model: on average, no number of attempts analysed gains "
            "anything{others}.",
            weight=weight, others=_others(best, level),
        )  # fmt: skip
    if one_sample(model):
        named = {"weight": weight, "unknown": ONE_SAMPLE}
        if best.low:
            return say("If one wrong answer {weight}, one attempt clearly gains over using no model. {unknown}",
                       Evidence.CLEAR, **named)  # fmt: skip
        return say("If one wrong answer {weight}, one attempt gains on average, which may be due to chance. {unknown}",
                   **named)  # fmt: skip
    some_unanswered = bool(model.curve) and (model.curve[-1].accepted.value or 0.0) < 1
    beyond = (
        f". The best number may lie above the {count(most_attempts(model))} analysed"
        if best.open_above and some_unanswered
        else ""
    )
    if best.enough < best.attempts:
        return say(
            "If one wrong answer {weight}, allow up to {tries}: {best}, the best number{others}, would add at most 1 "
            "in net gain per 100 tasks{beyond}.",
            weight=weight, tries=plural(best.enough, "attempt"), best=count(best.attempts),
            others=_others(best, level), beyond=beyond,
        )  # fmt: skip
    return say(
        "If one wrong answer {weight}, allow up to {tries}{others}{beyond}.",
        weight=weight, tries=plural(best.attempts, "attempt"), others=_others(best, level), beyond=beyond,
    )  # fmt: skip


ONE_SAMPLE = "With one sample per task, nothing is known of a second attempt."
"""Said once on a page whose model has one sample per task."""


def _others(best: Optimum, level: str) -> str:
    if not level or best.low is None or best.high is None or best.low == best.high:
        return ""
    return f" (at {level}, {count(best.low)} to {count(best.high)} may be the best)"


def weighs(cost: float, bound: str = "") -> str:
    """Say what a wrong answer costs, after "one wrong answer"; ``bound``, such as "at most", stands before a number."""
    if cost == 0:
        return "costs nothing"
    cancels = f"cancels out {bound}".rstrip()
    if cost == 1:
        return f"{cancels} one correct answer"
    return f"{cancels} {cost:g} correct answers" if cost > 1 else f"{cancels} {cost:g} of a correct answer"


def lead(model: ModelAnalysis, level: str, advised: Candidate | None = None, *, judged: bool = False) -> str:
    """Answer how many attempts to allow and how often what is accepted is wrong.

    ``advised`` has the share at the attempts to allow. Where they differ from those within which models are compared,
    both shares are given; ``judged`` says whether gates judge the latter.
    """
    if advised is None or not differs(model, advised):
        return f"{false_share(model, level)} {attempts(model)}"
    compared = model.false_discovery_rate.attempts
    who = "The gates judge" if judged else "Models are compared within"
    other = say(
        "{who} {compared} instead: there about {share} of accepted answers are wrong.", who=who,
        compared=plural(compared, "attempt"), share=percent_whole(model.false_discovery_rate, 1),
    )  # fmt: skip
    return f"{attempts(model)} {wrong_at(advised, level)} {other}"


def differs(model: ModelAnalysis, advised: Candidate) -> bool:
    """Whether the share of wrong answers is known at both numbers of attempts, and these differ.

    Models that lack tasks may have another number on the tasks that all have; it is not the page's, so it is left out.
    """
    best, compared = model.optimum(headline_cost(model)), model.false_discovery_rate
    own = best is not None and advised.attempts == best.enough
    return own and advised.accepted_wrong.known and compared.known and advised.attempts != compared.attempts


def wrong_at(advised: Candidate, level: str) -> str:
    """Say how often what is accepted within the attempts to allow is wrong."""
    share = advised.accepted_wrong
    return say(
        "Within {tries}, about {share} of accepted answers are wrong{within}.",
        tries=plural(advised.attempts, "attempt"), share=percent(share.value, 1),
        within=f" ({level} interval {percent_span(share, 1)})" if share.bounded else "",
    )  # fmt: skip


def gaining(found: Sequence[Optimum], cost: float) -> str:
    """Say with how many models sampling clearly gains, clearly does not, and may do either, at one cost."""
    gains = sum(bool(best.low) for best in found)
    loses = sum(best.high == 0 for best in found)
    parts = [
        say(words + " {models}", evidence, models=_of_all(amount, len(found)))
        for words, amount, evidence in (
            ("clearly gains with", gains, Evidence.CLEAR), ("clearly does not help with", loses, Evidence.CLEAR),
            ("may gain or lose with", len(found) - gains - loses, Evidence.SEEN),
        )
        if amount
    ]  # fmt: skip
    return say("If one wrong answer {weight}, sampling {parts}", weight=weighs(cost), parts=listing(parts))


def _of_all(amount: int, models: int) -> str:
    """Write a number of models out of all: ``all 3 models``, ``1 of 3 models``."""
    if amount == models:
        return "the model" if models == 1 else f"all {count(models)} models"
    return f"{count(amount)} of {plural(models, 'model')}"


def all_tasks(found: AllTasks | None) -> str:
    """Give the headline figures with no task left out; empty where none is."""
    if found is None:
        return ""
    return say(
        "Including the excluded tasks, {tasks} in all, {accuracy} of single answers are correct and {false} of "
        "accepted answers are wrong.",
        tasks=count(found.tasks), accuracy=percent_whole(found.single_sample_accuracy, 1),
        false=percent_whole(found.false_discovery_rate, 1),
    )  # fmt: skip


def thin_tasks(found: ThinTasks | None) -> str:
    """Say which tasks have too few samples for every number of attempts; empty where none has."""
    if found is None:
        return ""
    return say(
        "{tasks} {have} fewer samples than the number of attempts analysed (the fewest: {fewest}); a figure for a "
        "number of attempts is over the tasks with at least as many samples.",
        tasks=plural(found.tasks, "task"), have=noun(found.tasks, "has", "have"), fewest=count(found.fewest),
    )  # fmt: skip


def accuracy_bounds(found: AccuracyBounds | None, unanswered: Unanswered = Unanswered.COUNT) -> str:
    """Say what accuracy could be, whatever the samples without a verdict would show; empty where all have one."""
    if found is None:
        return ""
    left_out = found.unanswered and unanswered is Unanswered.LEAVE_OUT
    left = say(" The settings leave samples without a program out of every other figure.") if left_out else ""
    return _unjudged(found) + left


def _unjudged(found: AccuracyBounds) -> str:
    """Count the samples without a verdict, and give the bounds of accuracy."""
    return say(
        "Samples without a verdict: {errors}, {unanswered} without a program. If all of them were wrong, {low} of 100 "
        "single answers would be correct; if all were correct, {high}.",
        errors=plural(found.harness_errors, "harness error"), unanswered=count(found.unanswered),
        low=hundredths(found.low), high=hundredths(found.high),
    )  # fmt: skip


def difficulty(tasks: Sequence[int]) -> str:
    """Title of the histogram of tasks by their share of correct samples, from the tasks in each tenth."""
    return say(
        "In {low} of {all} under a tenth of the samples are correct, in {high} at least nine tenths",
        all=plural(sum(tasks), "task"), low=count(tasks[0]), high=count(tasks[-1]),
    )  # fmt: skip


def easy_and_hard(fit: TwoTypeFit) -> str:
    """Say which tasks the two-type model calls easy and hard, and how often their samples are correct."""
    return say(
        "Easy: at least half of a task’s samples are correct, {easy} on average. Hard: the others, {hard} on average.",
        easy=percent(fit.r1, 0), hard=percent(fit.r2, 0),
    )  # fmt: skip


def belief(easy: Sequence[float]) -> str:
    """Title of the belief in a hard task, from the chances of an easy one after 0, 1, 2 … failed attempts."""
    at = min(5, len(easy) - 1)
    return say(
        "By the two-type model, {before} of tasks are hard, and {after} of those with {attempts}",
        before=percent(1 - easy[0], 0), after=percent(1 - easy[at], 0), attempts=plural(at, "failed attempt"),
    )  # fmt: skip
