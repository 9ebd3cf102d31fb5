"""Style of wrong against correct accepted programs."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import net_gain, net_gain_span, points_span
from auditor.report.sentences.differences import is_narrow, p_of_open, undecided
from auditor.report.sentences.evidence import Evidence, of_estimate, say
from auditor.report.sentences.figures import weighs
from auditor.report.text import brief, count, listing, number, plural
from auditor.results import LEAST_TASKS, Difference, Estimate, ModelAnalysis, RuleGap, ScoreGap, SecondVerifier
from auditor.text import noun


def score(model: ModelAnalysis) -> str:
    """Compare the style scores of wrong and correct accepted programs within tasks; without both kinds, not at all."""
    if model.style is None:
        return say("Style was not scored.")
    gap = model.style.score.compared
    if gap is None or gap.value is None:
        return not_compared(model.style.score)
    if not gap.side:
        if p := p_of_open(gap):
            return say("Whether wrong and correct programs of a task differ in score is open: the interval excludes "
                       "zero, but {p}.", p=p)  # fmt: skip
        if not is_narrow([gap]):
            return say("Within a task, the difference in score is not measured well enough: its interval is {span} "
                       "points.", span=points_span(gap))  # fmt: skip
        return say("Within a task, the scores of wrong and correct programs show no clear difference.")
    size = number(100 * abs(gap.value), 1)
    if gap.side < 0:
        return say("Within a task, wrong accepted programs score {points} points lower than correct ones on average.",
                   of_estimate(gap), points=size)  # fmt: skip
    return say("Within a task, wrong accepted programs score {points} points higher than correct ones on average.",
               of_estimate(gap), points=size)  # fmt: skip


def not_compared(scores: ScoreGap, *, rejecting: bool = False) -> str:
    """Say why style is not compared, and where ``rejecting`` that rejecting by style is not judged either."""
    kinds = (("correct", scores.true_positive), ("wrong", scores.false_positive))
    missing = [word for word, one in kinds if one.value is None]
    if missing:
        return say("Style is not compared: no accepted program that is {kind} was scored.", kind=" or ".join(missing))
    what = say("Style is not compared, and rejecting programs by their style is not judged" if rejecting
               else "Style is not compared")  # fmt: skip
    return say(
        "{what}: {tasks} both a correct and a wrong accepted program, and {least} are needed.", what=what,
        tasks=plural(scores.tasks, "task has", "tasks have") if scores.tasks else "no task has",
        least=count(LEAST_TASKS),
    )  # fmt: skip


def too_few_of(tasks: Sequence[tuple[str, int]]) -> str:
    """Say which models or criteria are left out because too few tasks have both kinds of program; empty for none."""
    if not tasks:
        return ""
    return say(
        "Not compared, because fewer than {least} tasks have both a correct and a wrong accepted program: {names}.",
        least=count(LEAST_TASKS), names=listing([f"{brief(name, 60)} ({count(n)})" for name, n in tasks]),
    )  # fmt: skip


def criteria_left_out(of: int, tasks: Sequence[tuple[str, int]]) -> str:
    """Say which of the rubric's criteria are not compared, and why; empty for none.

    ``tasks`` has the title of each and how many tasks have both kinds of program.
    """
    if not tasks:
        return ""
    return say(
        "Left out of {criteria}, because fewer than {least} tasks have both a correct and a wrong accepted program to "
        "which it applies: {names}.",
        criteria=plural(of, "criterion", "criteria"), least=count(LEAST_TASKS),
        names=listing([f"{brief(name, 60)} ({count(n)})" for name, n in tasks]),
    )  # fmt: skip


def gaps(found: Sequence[Estimate]) -> str:
    """Title of a comparison by criterion: on how many false positives clearly adhere less or more."""
    below, above = sum(row.side < 0 for row in found), sum(row.side > 0 for row in found)
    total = plural(len(found), "criterion", "criteria")
    if not below and not above:
        return undecided(found, say("on any of {total}", total=total))
    if not above:
        return say("Wrong programs meet {n} of {total} clearly less often", Evidence.CLEAR, n=count(below), total=total)
    if not below:
        return say("Wrong programs meet {n} of {total} clearly more often", Evidence.CLEAR, n=count(above), total=total)
    return say("Of {total}, wrong programs meet {below} clearly less often and {above} clearly more often",
               Evidence.CLEAR, below=count(below), above=count(above), total=total)  # fmt: skip


def only_interval(rows: Sequence[tuple[str, Difference]]) -> str:
    """Name the bars of a chart that exclude zero and are open, each with its p value; empty for none."""
    found = [f"{brief(name, 60)} ({p})" for name, gap in rows if (p := p_of_open(gap))]
    return say("Open although the interval excludes zero: {names}.", names=listing(found)) if found else ""


def comparisons(found: Sequence[Estimate]) -> str:
    """Title of the table of models and criteria: in how many of its cells there is a clear difference."""
    below, above = sum(row.side < 0 for row in found), sum(row.side > 0 for row in found)
    total = plural(len(found), "comparison")
    if not below and not above:
        return undecided(found, say("in any of {total}", total=total))
    if not above:
        return say("In {n} of {total}, wrong programs meet the criterion clearly less often", Evidence.CLEAR,
                   n=count(below), total=total)  # fmt: skip
    if not below:
        return say("In {n} of {total}, wrong programs meet the criterion clearly more often", Evidence.CLEAR,
                   n=count(above), total=total)  # fmt: skip
    return say("In {below} of {total}, wrong programs meet the criterion clearly less often, in {above} more often",
               Evidence.CLEAR, below=count(below), above=count(above), total=total)  # fmt: skip


def rules(found: Sequence[RuleGap]) -> str:
    """Title of the table of the rules that the rubric counts: how many of them differ."""
    clear, total = sum(bool(row.difference.side) for row in found), count(len(found))
    if not clear:
        title = undecided([row.difference for row in found], say("on any of {total}", total=total))
        return say("The linter rules behind the criteria: {title}", title=title[0].lower() + title[1:])
    return say("The linter rules behind the criteria: {clear} of {total} {differ} clearly", Evidence.CLEAR,
               clear=count(clear), total=total, differ=noun(clear, "differs", "differ"))  # fmt: skip


def not_counted(amount: int) -> str:
    """Say how many rules fire that the rubric does not count; empty for none."""
    if not amount:
        return ""
    return say(
        "The linters also report {rules} that the rubric does not count: they change neither criteria nor score, and "
        "are in report.json only.",
        rules=plural(amount, "rule"),
    )


def ranking(area: Estimate) -> str:
    """Say how often a correct program of a task scores above a wrong one, with its interval."""
    if area.value is None:
        return ""
    times = number(100 * area.value, 0)
    if area.low is None or area.high is None:
        return say("Of a correct and a wrong program of one task, the correct one scores above the wrong one {times} "
                   "times in 100, ties counted half; chance is 50.", times=times)  # fmt: skip
    span = f"{number(100 * area.low, 0)} to {number(100 * area.high, 0)}"
    doubt = "" if area.low > 0.5 or area.high < 0.5 else ", which the interval includes"
    return say(
        "Of a correct and a wrong program of one task, the correct one scores above the wrong one {times} times in 100 "
        "({span}), ties counted half; chance is 50{doubt}.",
        times=times, span=span, doubt=doubt,
    )  # fmt: skip


def rejecting(found: SecondVerifier) -> str:
    """Say what rejecting accepted programs that score low does, on tasks that the minimum was not chosen on."""
    chosen = found.chosen
    change, weight = chosen.utility.difference, weighs(chosen.fp_cost)
    if change.value is None:
        return say("Whether rejecting by style gains anything is not known.")
    by = net_gain(change.value) + (f" ({net_gain_span(change)})" if change.bounded else "")
    if not chosen.gains:
        return say(
            "Rejecting accepted programs with a low style score is not shown to raise the net gain. If one wrong "
            "answer {weight}, a minimum score chosen on other tasks changes it by {by} per 100 tasks.",
            by=by, weight=weight,
        )  # fmt: skip
    return say(
        "If a program must also score at least {asked} of 100, net gain per 100 tasks changes by {by} if one wrong "
        "answer {weight}, on tasks not used to choose this minimum. Sampling goes on until a program passes the base "
        "tests and has that score; a task without one counts 0.",
        asked=number(100 * (chosen.threshold or 0.0), 0), by=by, weight=weight,
    )  # fmt: skip
