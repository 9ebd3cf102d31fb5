"""Carries out the stages of a run, and says what sampling would take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from auditor.pipeline.lock import sole_worker
from auditor.pipeline.run import Run
from auditor.store import Store
from auditor.text import noun, plural

if TYPE_CHECKING:
    from auditor.gates import GateResult

STAGES = ("sample", "verify", "score", "analyze", "report")
"""Every stage, in order."""
_COSTLY = {"sample", "verify", "score"}
"""Stages that two processes must not do at once; a run may be reported on while another command works on it."""


def carry_out(run: Run, stages: Sequence[str] = STAGES) -> list[GateResult]:
    """Carry out stages in order on one open store and return the gates' results.

    The results are empty where ``report`` is not among the stages. ``verify`` reads recorded models that were not
    read yet, so it can be the first command in a folder. Raises
    :class:`~auditor.errors.AuditorError` for whatever the user can fix.
    """
    from auditor.pipeline import analyze, report
    from auditor.pipeline import stages as work

    results: list[GateResult] = []
    _migrate(run)
    if "sample" in stages:
        work.check_inputs(run)
    is_recorded = any(model.recorded is not None for model in run.config.model)
    create = "sample" in stages or ("verify" in stages and is_recorded)
    with ExitStack() as stack:
        if _COSTLY & set(stages):
            stack.enter_context(sole_worker(run.folder, create=create))
        store = stack.enter_context(run.store(create=create))
        for stage in stages:
            match stage:
                case "sample":
                    work.sample(run, store)
                case "verify":
                    work.read_missing(run, store)
                    work.verify(run, store)
                case "score":
                    work.score(run, store)
                case "analyze":
                    analyze.analyze(run, store)
                case "report":
                    results = report.report(run, store)
                case _:
                    raise ValueError(f"no stage {stage!r}; there are {', '.join(STAGES)}")
    return results


def _migrate(run: Run) -> None:
    """Bring a database of an older version up to date before anything else, and say where its copy is."""
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            if store.backup is not None:
                run.progress.note(f"{store.path} was migrated to this version; a copy as it was: {store.backup.name}")


def forget_rejected(run: Run) -> None:
    """Forget samples that a server turned down by an error, so that the next sampling asks for them again."""
    if not run.database.is_file():
        return
    with sole_worker(run.folder, create=False), run.store(create=False) as store:
        for model in run.config.model:
            if model.recorded is None and (count := store.drop_rejected(model.name)):
                run.progress.note(
                    f"{model.name}: {plural(count, 'rejected sample')} {noun(count, 'is', 'are')} requested again"
                )


def estimates(run: Run) -> Iterator[str]:
    """Say, a line per model, how many requests are missing and what they may cost; nothing is written.

    Tasks whose reference fails here are named first: they would not be asked for.
    """
    from auditor.pipeline.references import unfit_tasks
    from auditor.sampling import Spent, estimate, shortfall, spent_on

    unfit = unfit_tasks(run) if any(model.recorded is None for model in run.config.model) else {}
    for task_id, reason in unfit.items():
        yield f"{task_id} is unfit, so it will not be sampled: {reason}"
    fit = [task for task in run.benchmark.tasks if task.task_id not in unfit]
    done_of: dict[str, set[tuple[str, int, str]]] = {}
    spent_of: dict[str, Spent] = {}
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            done_of = {model.name: store.sample_keys(model.name) for model in run.config.model}
            spent_of = {model.name: spent_on(store.samples(model.name)) for model in run.config.model}
    for model in run.config.model:
        if model.recorded is not None:
            yield f"{model.name}: recorded, nothing to ask for"
            continue
        done = done_of.get(model.name, set())
        wanted = estimate(model, fit, done)
        yield f"{model.name}: {wanted}"
        if unfit:
            left_out = estimate(model, [run.tasks[task_id] for task_id in unfit], done)
            yield f"{model.name}: {len(unfit)} of {plural(len(run.tasks), 'task')} left out, which saves {left_out}"
        if (warning := shortfall(wanted, model, spent_of.get(model.name, Spent()))) is not None:
            yield f"{model.name}: {warning}"
