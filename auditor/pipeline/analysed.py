"""The analysis that later stages and exports need."""

from __future__ import annotations

from auditor.errors import UsageError
from auditor.results import Analysis
from auditor.store import Store


def analysis_of(store: Store) -> Analysis:
    """Return the run's analysis.

    Raises :class:`~auditor.errors.UsageError` where there is none.
    """
    if store.meta.analysis is None:
        raise UsageError("not analysed yet", where=str(store.path), remedy="run `auditor analyze` first")
    return store.meta.analysis
