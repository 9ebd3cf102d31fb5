"""Tasks with inputs and expected outputs: the solution is called, and each output is a claim that is judged."""

from __future__ import annotations

from auditor.verify.kinds.calls.calibration import prepare

__all__ = ["prepare"]
