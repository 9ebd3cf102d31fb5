"""Summarise gate results: in one word, and as an exit code."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.errors import ExitCode
from auditor.results import GateResult, Judgement


def exit_code(results: Iterable[GateResult]) -> ExitCode:
    """Return the exit code: a failure takes precedence over inconclusive, warnings never count."""
    verdicts = {result.verdict for result in results if result.blocks}
    if Judgement.FAIL in verdicts:
        return ExitCode.GATE_FAILED
    return ExitCode.GATE_INCONCLUSIVE if verdicts else ExitCode.PASSED


def overall(results: Iterable[GateResult]) -> Judgement:
    """Summarise in one word, consistently with :func:`exit_code`."""
    code = exit_code(results)
    return {
        ExitCode.GATE_FAILED: Judgement.FAIL,
        ExitCode.GATE_INCONCLUSIVE: Judgement.INCONCLUSIVE,
    }.get(code, Judgement.PASS)
