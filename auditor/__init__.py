"""Audit what resampling a code model until the unit tests pass really yields.

The public API, on one screen. Everything else may change. Names are loaded when first used, so that
importing the package costs next to nothing::

    import auditor

    run = auditor.Run.open(Path("audit.toml"))
    results = auditor.carry_out(run)              # every stage, resumable; the gates' results
    counts = auditor.counts_from_csv("counts.csv")
    analysis = auditor.analyze(counts, auditor.AnalysisOptions(fp_costs=(0, 1, 4)))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from auditor.analysis import AnalysisOptions, Counts, analyze, counts_from_csv
    from auditor.benchmark import load_benchmark
    from auditor.config import AuditConfig, load_config
    from auditor.errors import AuditorError, ExitCode
    from auditor.gates import RunView, evaluate, exit_code, load_rules
    from auditor.pipeline import Run, carry_out
    from auditor.records import Benchmark, Label, Outcome, Program, Sample, Task, Verdict
    from auditor.report import write_report
    from auditor.sampling import extract, read_recorded, sample_model
    from auditor.store import Store
    from auditor.style import load_rubric, score_programs
    from auditor.verify import Verifier

_ROOMS = {
    "analysis": ("AnalysisOptions", "Counts", "analyze", "counts_from_csv"),
    "benchmark": ("load_benchmark",),
    "config": ("AuditConfig", "load_config"),
    "errors": ("AuditorError", "ExitCode"),
    "gates": ("RunView", "evaluate", "exit_code", "load_rules"),
    "pipeline": ("Run", "carry_out"),
    "records": ("Benchmark", "Label", "Outcome", "Program", "Sample", "Task", "Verdict"),
    "report": ("write_report",),
    "sampling": ("extract", "read_recorded", "sample_model"),
    "store": ("Store",),
    "style": ("load_rubric", "score_programs"),
    "verify": ("Verifier",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "AnalysisOptions",
    "AuditConfig",
    "AuditorError",
    "Benchmark",
    "Counts",
    "ExitCode",
    "Label",
    "Outcome",
    "Program",
    "Run",
    "RunView",
    "Sample",
    "Store",
    "Task",
    "Verdict",
    "Verifier",
    "analyze",
    "carry_out",
    "counts_from_csv",
    "evaluate",
    "exit_code",
    "extract",
    "load_benchmark",
    "load_config",
    "load_rubric",
    "load_rules",
    "read_recorded",
    "sample_model",
    "score_programs",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its room."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'auditor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"auditor.{_ROOM_OF[name]}"), name)
