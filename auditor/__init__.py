"""Measure what resampling a code model until its unit tests pass really yields.

The public API on one screen; everything else may change. Names load on first use, so importing the package costs next
to nothing. Paths may be strings::

    import auditor

    run = auditor.Run.open("audit.toml")
    results = auditor.carry_out(run)              # every stage, resumable; the gates' results
    done = auditor.open_run("reports/audit")      # a finished run: DataFrames and the analysis
    verdicts = done.verdicts()
    counts = auditor.counts_from_csv("counts.csv")
    analysis = auditor.analyze(counts, auditor.AnalysisOptions(fp_costs=(0, 1, 4)))

``docs/python.md`` shows each of them in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.version import __version__ as __version__

if TYPE_CHECKING:
    from auditor.analysis import AnalysisOptions, Counts, analyze, counts_from_csv
    from auditor.benchmark import load_benchmark
    from auditor.config import AuditConfig, load_config
    from auditor.errors import AuditorError, ExitCode
    from auditor.gates import RunView, evaluate, exit_code, load_rules
    from auditor.pipeline import Run, RunFolder, carry_out, open_run
    from auditor.records import Benchmark, Label, Outcome, Program, Sample, Task, Verdict
    from auditor.report import write_report
    from auditor.sampling import extract, read_recorded, sample_model
    from auditor.store import Store
    from auditor.style import load_rubric, score_programs
    from auditor.verify import Verifier

_PACKAGES = {
    "analysis": ("AnalysisOptions", "Counts", "analyze", "counts_from_csv"),
    "benchmark": ("load_benchmark",),
    "config": ("AuditConfig", "load_config"),
    "errors": ("AuditorError", "ExitCode"),
    "gates": ("RunView", "evaluate", "exit_code", "load_rules"),
    "pipeline": ("Run", "RunFolder", "carry_out", "open_run"),
    "records": ("Benchmark", "Label", "Outcome", "Program", "Sample", "Task", "Verdict"),
    "report": ("write_report",),
    "sampling": ("extract", "read_recorded", "sample_model"),
    "store": ("Store",),
    "style": ("load_rubric", "score_programs"),
    "verify": ("Verifier",),
}
_PACKAGE_OF = {name: package for package, names in _PACKAGES.items() for name in names}

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
    "RunFolder",
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
    "open_run",
    "read_recorded",
    "sample_model",
    "score_programs",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Load a public name from its package."""
    if name not in _PACKAGE_OF:
        from auditor.deprecation import replacement

        new = None if name.startswith("__") else replacement(name)
        if new is None:
            raise AttributeError(f"module 'auditor' has no attribute {name!r}")
        name = new
    from importlib import import_module

    return getattr(import_module(f"auditor.{_PACKAGE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for ``dir`` and ``help``."""
    return sorted([*__all__, "__version__"])
