"""Run the stages of an audit, and estimate what sampling would take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from auditor.address_space import require_for_charts
from auditor.errors import UsageError
from auditor.pipeline.lock import sole_worker
from auditor.pipeline.run import Run
from auditor.store import Store
from auditor.text import noun, plural

if TYPE_CHECKING:
    from auditor.gates import GateResult
    from auditor.pipeline.report import Conclusion


class Stage(StrEnum):
    """A stage of a run, in order."""

    SAMPLE = "sample"
    VERIFY = "verify"
    SCORE = "score"
    ANALYZE = "analyze"
    REPORT = "report"

    @classmethod
    def named(cls, name: str) -> Stage:
        """Return the stage of that name. Raises :class:`~auditor.errors.UsageError` if there is none."""
        if name not in list(cls):
            raise UsageError(f"no stage {name!r}", remedy=f"one of {', '.join(cls)}")
        return cls(name)


_COSTLY = {Stage.SAMPLE, Stage.VERIFY, Stage.SCORE}
"""Stages that two processes must not run at once; a run may be reported on while another command works on it."""


def carry_out(run: Run, stages: Iterable[str] = tuple(Stage)) -> list[GateResult]:
    """Carry out stages, by name, in order on one open store and return the gates' results.

    The results are empty if ``report`` is not among the stages. ``verify`` first reads recorded models that have not
    been read, so it can be the first command in a folder. Raises :class:`~auditor.errors.AuditorError` for anything
    that the user can fix.
    """
    found = conclusion(run, stages)
    return found.gates if found is not None else []


def conclusion(run: Run, stages: Iterable[str] = tuple(Stage)) -> Conclusion | None:
    """Do the same and return what the report says at its top; ``None`` if ``report`` is not among the stages."""
    from auditor.pipeline import analyze, report
    from auditor.pipeline import stages as work

    found: Conclusion | None = None
    wanted = [Stage.named(name) for name in stages]
    if Stage.REPORT in wanted and "html" in run.config.report.formats:
        require_for_charts()  # before hours of work, not after them
    _migrate(run)
    if Stage.SAMPLE in wanted:
        work.check_inputs(run)
    is_recorded = any(model.recorded is not None for model in run.config.model)
    create = Stage.SAMPLE in wanted or (Stage.VERIFY in wanted and is_recorded)
    with ExitStack() as stack:
        if _COSTLY & set(wanted):
            stack.enter_context(sole_worker(run.folder, create=create))
        store = stack.enter_context(run.store(create=create))
        for stage in wanted:
            match stage:
                case Stage.SAMPLE:
                    work.sample(run, store)
                case Stage.VERIFY:
                    if Stage.SAMPLE not in wanted:
                        work.read_missing(run, store)
                    work.verify(run, store)
                case Stage.SCORE:
                    work.score(run, store)
                case Stage.ANALYZE:
                    analyze.analyze(run, store)
                case Stage.REPORT:
                    found = report.report(run, store)
                case _:
                    assert_never(stage)
    return found


def _migrate(run: Run) -> None:
    """Migrate a database of an older version before anything else, and say where its copy is."""
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            if store.backup is not None:
                run.progress.note(
                    f"{store.path} was migrated to this version; the old one is kept as {store.backup.name}"
                )


def forget_rejected(run: Run) -> None:
    """Delete samples that a server rejected with an error, so that the next sampling requests them again."""
    if not run.database.is_file():
        return
    with sole_worker(run.folder, create=False), run.store(create=False) as store:
        for model in run.config.model:
            if model.recorded is None and (count := store.drop_rejected(model.name)):
                run.progress.note(
                    f"{model.name}: {plural(count, 'rejected sample')} {noun(count, 'is', 'are')} requested again"
                )


def estimates(run: Run) -> Iterator[str]:
    """Yield one line per model: how many requests are missing and what they may cost. Nothing is written.

    Tasks whose reference fails here are named first, since they would not be sampled. Settings that a run would reject
    are rejected here too.
    """
    from auditor.pipeline.references import unfit_tasks
    from auditor.pipeline.stages import check_settings
    from auditor.sampling import Spent, estimate, shortfall, spent_on

    check_settings(run)
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
            yield f"{model.name}: recorded, nothing to request"
            continue
        done = done_of.get(model.name, set())
        wanted = estimate(model, fit, done)
        yield f"{model.name}: {wanted}"
        if unfit:
            left_out = estimate(model, [run.tasks[task_id] for task_id in unfit], done)
            yield f"{model.name}: {len(unfit)} of {plural(len(run.tasks), 'task')} left out, which saves {left_out}"
        if (warning := shortfall(wanted, model, spent_of.get(model.name, Spent()))) is not None:
            yield f"{model.name}: {warning}"
