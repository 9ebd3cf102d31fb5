"""How a model stands to the gates, so that no model is recommended without it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from auditor.results import GateResult, Judgement

ORDER = (Judgement.FAIL, Judgement.INCONCLUSIVE, Judgement.PASS)
"""In which order a page lists verdicts."""


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


class GateStanding(StrEnum):
    """A model among those that were judged by gates."""

    NOT_JUDGED = "not judged"
    """No gate judges it."""
    PASSES = "passes"
    """It passes every gate that judges it."""
    ONLY_ONE = "only one"
    """It does not, and no other model was judged."""
    NONE_PASSES = "none passes"
    """It does not, and no other model does."""
    OTHERS_DO = "others do"
    """It does not, and another model does."""


def worst_verdicts(gates: Collection[GateResult]) -> dict[str, Judgement]:
    """Return each model's worst verdict; a rule over several models judges none of them."""
    worst: dict[str, Judgement] = {}
    for gate in gates:
        if not gate.members:
            worst[gate.model] = min(worst.get(gate.model, Judgement.PASS), gate.verdict, key=ORDER.index)
    return worst


def standing(model: str, gates: Collection[GateResult]) -> GateStanding:
    """Return how a model stands to the gates."""
    worst = worst_verdicts(gates)
    if model not in worst:
        return GateStanding.NOT_JUDGED
    if worst[model] is Judgement.PASS:
        return GateStanding.PASSES
    if len(worst) == 1:
        return GateStanding.ONLY_ONE
    return GateStanding.OTHERS_DO if Judgement.PASS in worst.values() else GateStanding.NONE_PASSES
