"""The kind of task with inputs and expected outputs: the solution is called, each output is a claim, and judged."""

from __future__ import annotations

from auditor.verify.kinds.calls.calibration import prepare

__all__ = ["prepare"]
