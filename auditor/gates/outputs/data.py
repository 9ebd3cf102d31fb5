"""Gate results as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.gates.result import exit_code, overall
from auditor.results import Choice, Decision, GateResult, to_plain
from auditor.text import json_text

SCHEMA = "auditor/gates/1"


def to_json(results: Sequence[GateResult], choices: Sequence[Choice] = ()) -> str:
    """Render the verdict, the exit code, the decision that the run's choices of a model give, and every result."""
    content = {
        "schema": SCHEMA,
        "verdict": overall(results).value,
        "exit_code": int(exit_code(results)),
        "decision": to_plain(Decision.over(choices, results)),
        "gates": [to_plain(result) for result in results],
    }
    return json_text(content)
