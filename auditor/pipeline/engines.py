"""Choose where a run's work is done: on this machine, or on the cluster in its settings."""

from __future__ import annotations

from auditor.engine import Engine
from auditor.pipeline.run import Run


def engine_of(run: Run) -> Engine | None:
    """Return the engine of the cluster in ``[engine]``; ``None`` for this machine, with the stage's own workers.

    Raises :class:`~auditor.errors.UsageError` if Dask is not installed.
    """
    settings = run.config.engine
    if settings.scheduler is None:
        return None
    from auditor.engine.dask import DaskEngine, Watch, security_of

    security = security_of(settings.tls_ca, settings.tls_cert, settings.tls_key)
    watch = Watch(note=run.progress.note, workers=run.progress.workers)
    return DaskEngine(settings.scheduler, security, settings.patience, watch)
