"""Access to the analysis for later stages and exports."""

from __future__ import annotations

from auditor.errors import UsageError
from auditor.results import Analysis
from auditor.store import Store


def analysis_of(store: Store) -> Analysis:
    """Return the run's analysis.

    Raises :class:`~auditor.errors.UsageError` if there is none.
    """
    if store.meta.analysis is None:
        raise UsageError("not analysed yet", where=str(store.path), remedy="run `auditor analyze` first")
    return store.meta.analysis
