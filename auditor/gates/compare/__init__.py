"""Compare two runs: paired numbers, and the programs that were judged differently."""

from __future__ import annotations

from auditor.gates.compare.measure import Comparison, ComparisonRow, Direction, Pair, compare
from auditor.gates.compare.page import to_html
from auditor.gates.compare.render import to_json, to_markdown, to_text
from auditor.gates.compare.verdicts import ChangedProgram

__all__ = [
    "ChangedProgram",
    "Comparison",
    "ComparisonRow",
    "Direction",
    "Pair",
    "compare",
    "to_html",
    "to_json",
    "to_markdown",
    "to_text",
]
