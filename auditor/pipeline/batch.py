"""Sampling through batch files: write the missing requests, read a batch's output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.config import ModelConfig
from auditor.errors import UsageError
from auditor.pipeline.lock import sole_worker
from auditor.pipeline.references import tasks_to_sample, unfit_tasks
from auditor.pipeline.run import Run, claim_model
from auditor.store import Store
from auditor.text import noun


def write_requests(run: Run, path: Path, name: str | None = None) -> Iterator[str]:
    """Write the missing requests of one model to a file; yield lines that say what was done.

    ``name`` selects the model if audit.toml has several. Nothing is sent, and the run folder is unchanged.
    Raises :class:`~auditor.errors.UsageError` if the model is ambiguous.
    """
    from auditor.sampling import Spent, estimate, shortfall, spent_on, write_batch

    models = _endpoint_models(run, name)
    if len(models) > 1:
        names = ", ".join(repr(model.name) for model in models)
        raise UsageError(
            f"audit.toml has several models to sample ({names})",
            where="--write-batch",
            remedy="pick one with --model NAME: services take one model per file",
        )
    (model,) = models
    unfit = unfit_tasks(run)
    for task_id, reason in unfit.items():
        yield f"{task_id} is left out: {reason}"
    tasks = [task for task in run.benchmark.tasks if task.task_id not in unfit]
    done: set[tuple[str, int, str]] = set()
    spent = Spent()
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            done, spent = store.sample_keys(model.name), spent_on(store.samples(model.name))
    wanted = estimate(model, tasks, done)
    if (warning := shortfall(wanted, model, spent)) is not None:
        yield f"{model.name}: {warning}"
    written = write_batch(model, tasks, path, done=done, spent=spent)
    yield f"{model.name}: {wanted}"
    if written.beyond_budget:
        yield f"not written: {written.beyond_budget:,} {noun(written.beyond_budget, 'request')}; "
        "at their worst case they exceed the budget"
    if not written.files:
        yield "nothing is missing, so no file is written"
    for file in written.files:
        yield f"requests: {file}"


def read_outputs(run: Run, paths: Sequence[Path], name: str | None = None) -> Iterator[str]:
    """Read output and error files of batches into the run folder; yield lines that say what was found.

    Rows are matched by ``custom_id``, so files may come in any order, more than once, or in part.
    Raises :class:`~auditor.errors.InputError` for a bad row, before anything is written.
    """
    from auditor.sampling import BatchRead, read_batch

    models = _endpoint_models(run, name)
    found = BatchRead()
    with sole_worker(run.folder, create=True), run.store() as store:
        known = [(model, store.sample_keys(model.name)) for model in models]
        advance = run.progress.stage("reading the batch", 0)
        claimed: set[str] = set()
        with store.transaction():
            for model, samples in read_batch(known, run.benchmark.tasks, paths, found):
                if model.name not in claimed:
                    claim_model(store, model)
                    claimed.add(model.name)
                store.add_samples(samples)
                advance(len(samples))
        tasks_to_sample(run, store)  # so that a later command knows which tasks are not missing
        yield from found.lines()


def _endpoint_models(run: Run, name: str | None) -> list[ModelConfig]:
    """Return the models sampled from an endpoint, or the one with that name."""
    models = [model for model in run.config.model if model.recorded is None and model.simulated is None]
    if name is not None:
        models = [model for model in models if model.name == name]
    if not models:
        which = f"no model {name!r} with an endpoint" if name else "no model with an endpoint"
        raise UsageError(f"audit.toml has {which}", where="--model" if name else "audit.toml", remedy="add a [[model]]")
    return models
