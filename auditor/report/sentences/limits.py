"""What limits a report's conclusions, and which attempts the gates cover."""

from __future__ import annotations

from typing import assert_never

from auditor.report.sentences import suites
from auditor.report.sentences.evidence import say
from auditor.report.text import brief, count, listing, number, plural
from auditor.results import Disputed, GateScope, Limitations
from auditor.results.limits import MANY_ATTEMPTS, PublishedTasks

MOST_NAMED = 3
"""Models that a line names."""
NOT_SHOWN = (
    "The run does not show from which version of a model they come, when they were sampled, or with which prompt and "
    "settings."
)
"""What is not known of recorded answers."""
IF_NARROW = "Where plus rejects correct programs, the shares of wrong answers given here are too high."
"""What follows if the tests of tasks in dispute are too narrow."""


def told(limits: Limitations) -> list[str]:
    """Say each limit that applies."""
    found = (
        scope(limits.scope),
        _disputed(limits.disputed),
        say("The test suites have not been graded, so it is not known how often plus accepts a wrong program.")
        if limits.ungraded
        else "",
        _free(limits),
        say("The tasks are those of {name}, a public benchmark{about}. It is not known how far yours differ from them, "
            "nor whether a model has been trained on them.",
            name=brief(limits.public), about=_about(limits.tasks)) if limits.public else "",
        _recorded(limits.recorded, limits.models),
    )  # fmt: skip
    return [text for text in found if text]


def _about(tasks: PublishedTasks | None) -> str:
    """Say what the tasks are, behind a space; empty if that is not known."""
    match tasks:
        case None:
            return ""
        case PublishedTasks.HUMANEVAL | PublishedTasks.MBPP:
            return " of short Python functions"
        case PublishedTasks.BIGCODEBENCH:
            return " of Python functions that call libraries"
        case PublishedTasks.CLASSEVAL:
            return " of Python classes"
    assert_never(tasks)


def scope(found: GateScope | None) -> str:
    """Say which attempts the gates cover, why, and which models' attempts to allow they do not; empty if they do."""
    if found is None:
        return ""
    why = ""
    if found.shared:
        have = plural(found.attempts, "sample")
        names = listing([brief(one) for one in found.fewest[:MOST_NAMED]])
        who = names if len(found.fewest) <= MOST_NAMED else plural(len(found.fewest), "model")
        why = f", because {who} {'has' if len(found.fewest) == 1 else 'have'} {have} per task"
    allowed = [f"{brief(name)} ({count(attempts)})" for name, attempts in found.other.items()]
    if len(allowed) > MOST_NAMED:
        allowed = [*allowed[:MOST_NAMED], plural(len(allowed) - MOST_NAMED, "other model")]
    return say(
        "The gates judge {attempts}{why}. They do not judge the attempts to allow of {models}.",
        attempts=plural(found.attempts, "attempt"), why=why, models=listing(allowed),
    )  # fmt: skip


def _disputed(found: Disputed | None) -> str:
    if found is None:
        return ""
    text = suites.disputed(found.tasks, found.of)
    if not found.answers:
        return text
    named = found.answers if len(found.answers) <= MOST_NAMED + 1 else found.answers[:MOST_NAMED]
    said = [f"{count(one.there)} of {count(one.wrong)} by {brief(one.model)}" for one in named]
    if others := found.answers[len(named) :]:
        there, wrong = (sum(amounts) for amounts in zip(*((one.there, one.wrong) for one in others), strict=True))
        said.append(f"{count(there)} of {count(wrong)} by {plural(len(others), 'other model')}")
    share = say("Of the accepted but wrong answers, {some} are to these tasks.", some=listing(said))
    return f"{text} {IF_NARROW} {share}"


def _recorded(models: tuple[str, ...], of: int) -> str:
    """Say what is not known of answers that were not sampled for this run."""
    if not models:
        return ""
    if len(models) == of and of > 1:
        who = "the models"
    else:
        who = listing([brief(one) for one in models]) if len(models) <= MOST_NAMED else plural(len(models), "model")
    apart = " Models may differ because their prompts and settings did." if len(models) > 1 else ""
    return say(
        "The answers of {who} were not sampled for this audit but recorded elsewhere. {unknown}{apart}",
        who=who, unknown=NOT_SHOWN, apart=apart,
    )  # fmt: skip


def _free(limits: Limitations) -> str:
    """Say that attempts cost nothing in the net gain, where a model uses many."""
    if not limits.free_attempts or not limits.per_correct:
        return ""
    used = [f"{brief(name)} {number(amount, 0 if amount >= 10 else 1)}" for name, amount in limits.per_correct.items()]
    if len(used) > MOST_NAMED:
        used = [*used[:MOST_NAMED], plural(len(used) - MOST_NAMED, "other model")]
    return say("Attempts are counted as free. Attempts used per correct answer, where above {many:g}: {used}.",
               used=", ".join(used), many=MANY_ATTEMPTS)  # fmt: skip
