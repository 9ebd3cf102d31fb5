"""Style of wrong against correct accepted programs."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import net_gain, net_gain_span, points_span
from auditor.report.sentences.evidence import Evidence, of_estimate, say
from auditor.report.sentences.figures import weighs
from auditor.report.sentences.undecided import is_narrow, undecided
from auditor.report.text import brief, count, listing, number, plural
from auditor.results import LEAST_TASKS, Difference, Estimate, ModelAnalysis, RuleGap, SecondVerifier
from auditor.text import noun


def score(model: ModelAnalysis) -> str:
    """Compare the style scores of wrong and correct accepted programs within tasks; without both kinds, not at all."""
    if model.style is None:
        return say("Style was not scored.")
    scores = model.style.score
    right, wrong, gap = scores.true_positive, scores.false_positive, scores.within_task
    if right.value is None or wrong.value is None:
        missing = [word for word, one in (("correct", right), ("wrong", wrong)) if one.value is None]
        return say("Style was not compared: no accepted program that is {kind} was scored.", kind=" or ".join(missing))
    if gap is None or gap.value is None:
        return say("Style was not compared: no task has both a correct and a wrong accepted program.")
    if not gap.enough:
        return too_few(gap.tasks)
    if not gap.side:
        if not is_narrow([gap]):
            return say("Within a task, the difference in score is not measured well enough: its interval is {span} "
                       "points.", span=points_span(gap))  # fmt: skip
        return say("Within a task, the scores of wrong and correct programs show no clear difference.")
    size = number(100 * abs(gap.value), 1)
    if gap.side < 0:
        return say("Within a task, wrong accepted programs score {points} points lower than correct ones.",
                   of_estimate(gap), points=size)  # fmt: skip
    return say("Within a task, wrong accepted programs score {points} points higher than correct ones.",
               of_estimate(gap), points=size)  # fmt: skip


def too_few(tasks: int) -> str:
    """Say that too few tasks have both kinds of program for a comparison."""
    return say("Too few tasks with both a correct and a wrong accepted program: {tasks}, where {least} are needed.",
               tasks=count(tasks), least=count(LEAST_TASKS))  # fmt: skip


def too_few_of(tasks: Sequence[tuple[str, int]]) -> str:
    """Say which models or criteria are left out because too few tasks have both kinds of program; empty for none."""
    if not tasks:
        return ""
    return say(
        "Too few tasks with both kinds of program, fewer than {least}: {names}.",
        least=count(LEAST_TASKS), names=listing([f"{brief(name, 60)} ({count(n)})" for name, n in tasks]),
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


def unclear(rows: Sequence[tuple[str, Difference]], level: str) -> str:
    """Say which bars of a chart exclude zero though their differences are not clear, by their adjusted p values."""
    found = [brief(name, 60) for name, gap in rows if gap.p_adjusted is not None and gap.own_side and not gap.side]
    base = say(
        "A bar is the {level} interval of one comparison alone; colour also takes their number into account.",
        level=level,
    )
    if not found:
        return base
    return base + say(
        " So {n} {excludes} zero and still {counts} as not clear: {names}.", n=plural(len(found), "grey bar"),
        excludes=noun(len(found), "excludes", "exclude"), counts=noun(len(found), "counts", "count"),
        names=listing(found),
    )  # fmt: skip


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
                   "times in 100; chance is 50.", times=times)  # fmt: skip
    span = f"{number(100 * area.low, 0)} to {number(100 * area.high, 0)}"
    doubt = "" if area.low > 0.5 or area.high < 0.5 else ", which the interval includes"
    return say("Of a correct and a wrong program of one task, the correct one scores above the wrong one {times} times "
               "in 100 ({span}); chance is 50{doubt}.", times=times, span=span, doubt=doubt)  # fmt: skip


def rejecting(found: SecondVerifier) -> str:
    """Say what rejecting accepted programs that score low does, on tasks that the threshold was not chosen on."""
    chosen = found.chosen
    change, weight = chosen.utility.difference, weighs(chosen.fp_cost)
    if chosen.threshold is None:
        return say("If one wrong answer {weight}, keeping each accepted program has the best net gain: style "
                   "rejects none.", weight=weight)  # fmt: skip
    if change.value is None:
        return say("Whether rejecting by style gains anything is not known.")
    by = net_gain(change.value) + (f" ({net_gain_span(change)})" if change.bounded else "")
    verdict = "" if change.side else " The interval includes zero, so the change may be due to chance."
    return say(
        "If a program must also score at least {asked} of 100, net gain per 100 tasks changes by {by} if one wrong "
        "answer {weight}, on tasks not used to choose this minimum.{verdict} Sampling goes on until a program passes "
        "the base tests and has that score; a task without one counts 0.",
        asked=number(100 * chosen.threshold, 0), by=by, weight=weight, verdict=verdict,
    )  # fmt: skip
