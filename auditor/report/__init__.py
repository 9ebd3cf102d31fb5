"""From one plain document to pages that people want to read: HTML, Markdown and JSON.

The document is described in ``docs/report.md`` and in :mod:`auditor.results`. Every file is a pure
function of it: the same document gives the same bytes.
"""

from __future__ import annotations

from auditor.report.write import schema, write_report

__all__ = ["schema", "write_report"]
