"""x."""

from __future__ import annotations

from typing import Any

from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts


def extrapolate(counts: Counts, bootstrap: Bootstrap) -> dict[str, Any] | None:
    """Return nothing yet."""
    del counts, bootstrap
    return None
