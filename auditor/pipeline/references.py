"""Check whether a benchmark's references pass here before any model is asked.

An answer to a task whose reference fails cannot be judged, so paying for it would be wasted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import SandboxError
from auditor.pipeline.engines import engine_of
from auditor.pipeline.run import Run
from auditor.records import Task
from auditor.results import EnvironmentFacts
from auditor.store import ReferenceCheck, Store

if TYPE_CHECKING:
    from auditor.verify import Verifier


def verifier_of(run: Run) -> Verifier:
    """Return a verifier for a run's tasks and settings that keeps reference outputs in the user's cache."""
    from auditor.verify import Verifier

    tasks, config = run.all_tasks, run.config.verify
    return Verifier(tasks, config, cache="user", engine=engine_of(run), benchmark=run.benchmark.digest)


def record_references(run: Run, store: Store, verifier: Verifier) -> dict[str, str]:
    """Run every reference and mark unfit tasks; return task id → reason, and report new ones."""
    known = {task.task_id for task in store.tasks() if task.unfit}
    again = "" if store.meta.references is None else " again"  # their outputs and times are not stored
    advance = run.progress.stage(f"checking references{again}", len(run.tasks))
    store.meta.sandbox = verifier.level
    place = verifier.place
    store.meta.environment = EnvironmentFacts(python=place.python, packages=place.packages, digest=place.environment)
    found = verifier.check_references(advance, only=run.tasks)
    store.mark_unfit(found)
    store.meta.references = ReferenceCheck(unfit=len(found))
    for task_id, reason in found.items():
        if task_id not in known:
            run.progress.note(f"{task_id} is left out: {reason}")
    return found


def tasks_to_sample(run: Run, store: Store) -> list[Task]:
    """Return the tasks worth sampling: those whose reference passes. Runs the references if they have not been run.

    If programs cannot run on this machine, every task is returned, and a note says so.
    """
    if store.meta.references is None:
        try:
            with verifier_of(run) as verifier:
                record_references(run, store, verifier)
        except SandboxError as error:
            run.progress.note(f"references are not checked before sampling: {error}")
    unfit = {task.task_id for task in store.tasks() if task.unfit}
    return [task for task in run.benchmark.tasks if task.task_id not in unfit]


def unfit_tasks(run: Run) -> dict[str, str]:
    """Return task id → why its reference fails, from the run folder or by running it; writes nothing to the folder."""
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            if store.meta.references is not None:
                return {task.task_id: task.unfit for task in store.tasks() if task.unfit}
    with verifier_of(run) as verifier:
        advance = run.progress.stage("checking references", len(run.tasks))
        return verifier.check_references(advance, only=run.tasks)
