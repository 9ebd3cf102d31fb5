"""How children end, and what their wait statuses say."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from auditor.records import Outcome


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    status: int | None
    """As wait4 gives it; ``None`` where it was never there."""
    cpu: float
    """CPU seconds of the child."""
    killed: bool
    """It still lived when we had had enough."""


def outcome_of_death(ended: Ended) -> tuple[Outcome, str]:
    """Name the end of a child that ended before its answers did."""
    if ended.killed:
        return Outcome.CRASH, "closed its channel before its answers were complete"
    if ended.status is not None and os.WIFSIGNALED(ended.status):
        match os.WTERMSIG(ended.status):
            case signal.SIGXCPU:
                return Outcome.TIMEOUT, "the CPU limit of the process"
            case signal.SIGKILL:
                return Outcome.MEMORY, "killed by the system, most likely for memory"
    return Outcome.CRASH, how_ended(ended)


def how_ended(ended: Ended) -> str:
    """Write a wait status in words."""
    status = ended.status
    if status is None:
        return "lost"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"killed by {signal.Signals(number).name if number in set(signal.Signals) else f'signal {number}'}"
    return f"ended with status {os.WEXITSTATUS(status)} before its answers did"
