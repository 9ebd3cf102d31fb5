"""The stages in order, each resumable: sample → verify → score → analyze → report."""

from auditor.pipeline.dispatch import Stage, carry_out, conclusion, estimates, forget_rejected
from auditor.pipeline.run import REPORT_FOLDER, Run
from auditor.pipeline.run_folder import RunFolder, open_run

__all__ = [
    "REPORT_FOLDER",
    "Run",
    "RunFolder",
    "Stage",
    "carry_out",
    "conclusion",
    "estimates",
    "forget_rejected",
    "open_run",
]
