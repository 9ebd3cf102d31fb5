"""How far the tests can be trusted, in sentences."""

from __future__ import annotations

from auditor.report.reading import percent_whole
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.text import brief, count, number, plural
from auditor.results import Estimate, SecondSuite, SuiteError, SuiteGrades

NOT_GRADED = "The test suites have not been graded, so what share of faults they find is not known."
NO_SECOND = (
    "How often plus itself calls a wrong program correct is not known: no second strong suite has judged the programs."
)
GRADE = "`auditor suites` grades the test suites: what they kill and what they accept."
JUDGE_AGAIN = "`auditor suites --second` judges the same programs on a second strong suite."


def error(found: SuiteError | None, suite: SecondSuite | None) -> str:
    """Say how many of a hundred samples called correct are wrong; empty where no second suite judged them."""
    if found is None or suite is None or not found.called_correct:
        return ""
    source, tasks = brief(suite.source), plural(found.tasks, "task")
    if suite.recorded:
        text = say(
            "Of 100 samples that plus calls correct, the verdicts recorded by {source} reject {found} ({tasks}); "
            "mistakes of that harness are among them.",
            source=source, found=_of_100(found.found), tasks=tasks,
        )  # fmt: skip
    else:
        text = say(
            "Plus errs, too: of 100 samples that it calls correct, {found} fail on a second suite ({source}; {tasks}).",
            source=source, found=_of_100(found.found), tasks=tasks,
        )  # fmt: skip
    if found.estimated.value is not None:
        text += say(
            " If the two suites miss wrong programs independently, about {all} of 100 are wrong; they rarely do, so "
            "that is on the low side.",
            all=_of_100(found.estimated),
        )  # fmt: skip
    return text + say(
        " With what both accept as correct, resampling’s ceiling on these tasks is {both}, by plus alone {plus}.",
        both=percent_whole(found.right_by_both, 1), plus=percent_whole(found.right_by_plus, 1),
    )  # fmt: skip


def _of_100(share: Estimate) -> str:
    """Write a share as a number of a hundred with its interval."""
    if share.value is None:
        return "an unknown number"
    if share.low is None or share.high is None:
        return number(100 * share.value, 1)
    return f"{number(100 * share.value, 1)} ({number(100 * share.low, 1)} to {number(100 * share.high, 1)})"


def agreement(found: SecondSuite | None) -> str:
    """Say how far plus and the second suite agree; without one, that their error is not known."""
    if found is None:
        return NO_SECOND
    return say(
        "Plus and {source} agree on {share} of {programs} that pass base: both accept {both}, {source} alone "
        "rejects {second}, plus alone {plus}, both {neither}. So {second_share} of what plus accepts is rejected by "
        "{source}, and {plus_share} of what {source} accepts by plus.",
        source=brief(found.source), share=percent_whole(found.agreement, 1),
        programs=plural(found.programs, "program"), both=count(found.both_accept), second=count(found.second_rejects),
        plus=count(found.plus_rejects), neither=count(found.both_reject),
        second_share=percent_whole(found.plus_found, 1), plus_share=percent_whole(found.second_found, 1),
    )  # fmt: skip


def grades(found: SuiteGrades | None) -> str:
    """Say what the suites kill and accept; without grades, that there are none."""
    if found is None:
        return NOT_GRADED
    base, plus = found.base, found.plus
    return say(
        "Base kills {base} of {mutants} of the references, base and plus {plus}. Of {controls} that must fail, base "
        "accepts {base_passed} and base and plus {plus_passed}.",
        base=percent_whole(base.mutation_score, 1), plus=percent_whole(plus.mutation_score, 1),
        mutants=plural(base.mutants, "mutant"), controls=plural(base.controls, "program"),
        base_passed=count(base.controls_passed), plus_passed=count(plus.controls_passed),
    )  # fmt: skip


def disputed(tasks: int, of: int) -> str:
    """Say on how many tasks more programs fail plus with the same output than pass it; empty for none."""
    if not tasks:
        return ""
    return say(
        "On {tasks} of {all}, more programs fail plus with the same output than pass it: plus may reject correct "
        "programs there, or the mistake is a common one.",
        Evidence.CERTAIN, tasks=count(tasks), all=plural(of, "task"),
    )  # fmt: skip
