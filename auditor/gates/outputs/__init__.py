"""Formats of gate results: one module per format, each a function from results to text."""

from __future__ import annotations

from auditor.gates.outputs.data import to_json
from auditor.gates.outputs.github import to_github
from auditor.gates.outputs.junit import to_junit
from auditor.gates.outputs.markdown import to_markdown
from auditor.gates.outputs.program_files import write_programs
from auditor.gates.outputs.sarif import to_sarif
from auditor.gates.outputs.text import to_text

__all__ = ["to_github", "to_json", "to_junit", "to_markdown", "to_sarif", "to_text", "write_programs"]
