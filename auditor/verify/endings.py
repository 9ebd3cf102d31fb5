"""Turn the ways in which children end before answering (wait statuses, last lines) into outcomes."""

from __future__ import annotations

import os
import signal

from auditor.records import FailureKind, Outcome
from auditor.verify import memory
from auditor.verify.protocol import Ended, Message, said
from auditor.verify.told import Raised

_LARGE = 64 << 20
"""Bytes. When memory runs out, the system kills no smaller process, as that would free too little."""


def outcome_of_death(ended: Ended) -> tuple[Outcome, str]:
    """Return the outcome, and the reason, of a child that ended before it had answered everything.

    A child that was killed by ``SIGKILL`` may have sent that itself; it counts as out of memory only if it was large
    and the system has killed processes for lack of memory.
    """
    if ended.excess:
        return Outcome.MEMORY, ended.excess
    if ended.killed:
        return Outcome.CRASH, "closed its channel before its answers were complete"
    if ended.status is not None and os.WIFSIGNALED(ended.status):
        match os.WTERMSIG(ended.status):
            case signal.SIGXCPU:
                return Outcome.TIMEOUT, "the CPU limit of the process"
            case signal.SIGKILL if ended.peak >= _LARGE and memory.may_have_run_out():
                return Outcome.MEMORY, "killed by the system for lack of memory"
    return Outcome.CRASH, how_ended(ended)


def how_ended(ended: Ended) -> str:
    """Describe a wait status in words."""
    status = ended.status
    if status is None:
        return "lost"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"killed by {signal.Signals(number).name if number in set(signal.Signals) else f'signal {number}'}"
    return f"ended with status {os.WEXITSTATUS(status)} before its answers did"


def not_confined(ended: Ended) -> tuple[Outcome, str]:
    """Return the outcome of a child that did not confine itself: a harness error."""
    return Outcome.ERROR, f"the child could not confine itself ({how_ended(ended)})"


def why_not_ready(line: bytes) -> tuple[Outcome, str] | None:
    """Return the outcome, and the reason, of a program that did not reach its tests; ``None`` if the line gives none.

    ``line`` is what the child sent instead of saying that it is ready.
    """
    match said(line):
        case Message.INVALID:
            return Outcome.INVALID, Raised.read(line[1:]).text
        case Message.LOAD_RAISED:
            return Outcome.FAIL, f"raised when loaded: {Raised.read(line[1:]).text}"
        case Message.MEMORY:
            return Outcome.MEMORY, "out of memory"
    return None


_UNANSWERED = {
    Outcome.TIMEOUT: FailureKind.NO_ANSWER,
    Outcome.MEMORY: FailureKind.MEMORY,
    Outcome.CRASH: FailureKind.CRASH,
}


def failure_without_answer(outcome: Outcome) -> FailureKind | None:
    """Return how a program fails the test at which it ended with this outcome; ``None`` if no test is to blame."""
    return _UNANSWERED.get(outcome)


def failure_of(line: bytes) -> FailureKind:
    """Return how a program fails a test that it answered with this line, which is not the right one."""
    match said(line):
        case Message.RAISED:
            return FailureKind.EXCEPTION
        case Message.MEMORY:
            return FailureKind.MEMORY
        case Message.TOO_LARGE:
            return FailureKind.TOO_LARGE
    return FailureKind.WRONG_VALUE
