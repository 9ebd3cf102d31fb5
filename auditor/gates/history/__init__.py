"""Several runs over time: the same figures and gates, paired by task, and what else changed."""

from __future__ import annotations

from auditor.gates.history.lines import NamedRun, open_runs
from auditor.gates.history.measure import history, history_of, history_with
from auditor.gates.history.render import to_json, to_markdown, to_text

__all__ = [
    "NamedRun",
    "history",
    "history_of",
    "history_with",
    "open_runs",
    "to_json",
    "to_markdown",
    "to_text",
]
