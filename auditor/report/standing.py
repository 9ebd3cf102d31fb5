"""Verdicts of gates as pages write them, and each model's worst."""

from __future__ import annotations

from collections.abc import Collection

from auditor.results import WORST_FIRST, GateResult, Judgement

WORDS = {Judgement.PASS: "passes", Judgement.FAIL: "fails", Judgement.INCONCLUSIVE: "inconclusive"}
"""What a verdict is called wherever a person reads it."""
SIGNS = {Judgement.PASS: "✅", Judgement.FAIL: "❌", Judgement.INCONCLUSIVE: "❔"}
"""The sign of a verdict in Markdown; a page draws a tick, a cross and a question mark."""


def signed_verdict(verdict: Judgement, *, warns: bool = False) -> str:
    """Write a verdict with its sign, for Markdown: ``❌ fails (warns only)``."""
    return f"{SIGNS[verdict]} {word(verdict, warns=warns)}"


def word(verdict: Judgement, *, warns: bool = False) -> str:
    """Write a verdict: ``fails (warns only)``; a rule that only warns says so."""
    return WORDS[verdict] + (" (warns only)" if warns else "")


def worst_verdicts(gates: Collection[GateResult]) -> dict[str, Judgement]:
    """Return each model's worst verdict; a rule over several models judges none of them."""
    worst: dict[str, Judgement] = {}
    for gate in gates:
        if not gate.members:
            worst[gate.model] = min(worst.get(gate.model, Judgement.PASS), gate.verdict, key=WORST_FIRST.index)
    return worst
