"""Limits on address space (``ulimit -v``): what auditor needs, and a refusal before anything is started.

Libraries do not survive such a limit: OpenBLAS asks for ever, and V8, which draws the charts, ends the process.
"""

from __future__ import annotations

import resource

from auditor.errors import AuditorError, ErrorSlug

LEAST = 2**30
"""Bytes that a command may need; with 512 MiB, small audits without charts still ended."""
CHARTS = 65 * 2**30
"""Bytes that V8 reserves for drawing charts, of which it uses few; with 64 GiB in all it did not start."""


def require(needed: int, purpose: str, otherwise: str = "") -> None:
    """Raise :class:`~auditor.errors.AuditorError` if this process is limited to less than ``needed`` bytes.

    ``purpose`` names what needs them, ``otherwise`` a remedy besides a higher limit.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed == resource.RLIM_INFINITY or allowed >= needed:
        return
    raise AuditorError(
        f"not enough memory: {purpose} needs {needed / 2**30:.0f} GiB of address space, "
        f"and this process is limited to {allowed / 2**30:.1f} GiB",
        remedy=f"raise the limit (ulimit -v unlimited){otherwise}",
        slug=ErrorSlug.MEMORY,
    )


def require_for_charts() -> None:
    """Raise :class:`~auditor.errors.AuditorError` if charts cannot be drawn in this process."""
    require(CHARTS, "drawing charts", ", or write no pages: [report] formats = ['json', 'markdown']")
