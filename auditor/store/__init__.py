"""The run on disk: one SQLite file, ``audit.db``, to which every stage writes as it goes.

All SQL of the project is in this package. Keys make every write idempotent: a sample is (model, task, index,
request), a verdict (program, suite), a style result (program, rubric hash).
"""

from __future__ import annotations

from functools import cached_property

from auditor.store.browsing import Browsing
from auditor.store.columns import LABELS, RunColumns, StyleColumns, SuiteColumns, TableArrays
from auditor.store.merge import DisputedVerdict, Merge, Taken
from auditor.store.meta import MergedShards, Meta, ReferenceCheck
from auditor.store.programs import Programs
from auditor.store.readings import Readings
from auditor.store.rows import (
    AcceptedSolution,
    BrowsedProgram,
    CorrectSolution,
    FalsePositive,
    OtherReading,
    ProgramOutcomes,
    SamplingTotals,
    StoredTask,
    StyledProgram,
    SuiteResult,
)
from auditor.store.samples import Samples
from auditor.store.schema import SCHEMA_VERSION
from auditor.store.tasks import Tasks
from auditor.store.verdicts import Verdicts

__all__ = [
    "DATABASE",
    "LABELS",
    "SCHEMA_VERSION",
    "AcceptedSolution",
    "BrowsedProgram",
    "CorrectSolution",
    "DisputedVerdict",
    "FalsePositive",
    "MergedShards",
    "OtherReading",
    "ProgramOutcomes",
    "ReferenceCheck",
    "RunColumns",
    "SamplingTotals",
    "Store",
    "StoredTask",
    "StyleColumns",
    "StyledProgram",
    "SuiteColumns",
    "SuiteResult",
    "Taken",
]

DATABASE = "audit.db"
"""Name of the file in a run's folder."""


class Store(Tasks, Samples, Readings, Verdicts, Programs, TableArrays, Browsing, Merge):
    """An open run. Use as a context manager; not shared between threads or processes."""

    @cached_property
    def meta(self) -> Meta:
        """What the run stores once: benchmark, settings, rubric, analysis."""
        return Meta(self)
