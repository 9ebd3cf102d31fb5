"""What a child's wait status says."""

from __future__ import annotations

import os
import signal

from auditor.records import Outcome
from auditor.verify.server import Ended


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
