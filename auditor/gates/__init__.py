"""Judge a run by rules (pass, fail or inconclusive); baselines, choice of a model, comparison of runs."""

from __future__ import annotations

from auditor.gates.judge import evaluate
from auditor.gates.outputs import to_text
from auditor.gates.own_rules import NO_RULES_REMEDY, OwnRules, own_rules
from auditor.gates.result import exit_code, overall
from auditor.gates.rules import PlacedRules, check_rules, load_rules, placed_rules, places_in, rules_of
from auditor.gates.view import ModelView, RunView
from auditor.results import GateResult, Judgement

__all__ = [
    "NO_RULES_REMEDY",
    "GateResult",
    "Judgement",
    "ModelView",
    "OwnRules",
    "PlacedRules",
    "RunView",
    "check_rules",
    "evaluate",
    "exit_code",
    "load_rules",
    "overall",
    "own_rules",
    "placed_rules",
    "places_in",
    "rules_of",
    "to_text",
]
