"""The stages in order: sample → verify → score.

Each does only the remaining work, writes as it goes, and can be killed at any time.

Every stage takes the run and its open store; nothing that is stored is requested, run or scored again.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from auditor.config import ModelConfig, ProgramScope, ReadingScope, VerifyConfig
from auditor.pipeline.engines import engine_of
from auditor.pipeline.merge import take_whole_run
from auditor.pipeline.readings import add_other_readings
from auditor.pipeline.references import record_references, tasks_to_sample, verifier_of
from auditor.pipeline.reuse import Reuse
from auditor.pipeline.run import Run, claim_model
from auditor.records import SuiteName, Task, UnittestSuite
from auditor.store import Store
from auditor.text import noun, plural
from auditor.verify.environment import find as find_environment

if TYPE_CHECKING:
    from auditor.verify import Verifier

BATCH = 64
"""Most results per transaction; writing this many costs no more than writing one."""
BATCH_SECONDS = 2.0
"""Being killed loses at most this many seconds of results; slower results are written one by one."""

_NOT_LIMITS = {"workers", "oracle_for", "sandbox", "readings", "reuse", "plus"}
"""Settings of ``[verify]`` that a verdict does not depend on."""
_ADDED_LIMITS = {"suite_timeout", "packages", "python"}
"""Limits that the first version did not have; at their defaults its verdicts stay valid."""

ItemT = TypeVar("ItemT")


def batches(items: Iterable[ItemT], size: int = BATCH, seconds: float = BATCH_SECONDS) -> Iterator[list[ItemT]]:
    """Group items as they arrive, until a batch is full or ``seconds`` have passed since the last one."""
    batch: list[ItemT] = []
    last = time.monotonic()
    for item in items:
        batch.append(item)
        if len(batch) >= size or time.monotonic() - last >= seconds:
            yield batch
            batch, last = [], time.monotonic()
    if batch:
        yield batch


def _tell_kept(run: Run, of: str, kept: int, unit: str, due: int) -> None:
    """Say what an earlier command has done, if anything, and how much remains: ``3 programs kept, 1 to do``."""
    if kept:
        run.progress.tell(f"{of}{plural(kept, unit)} kept, {due or 'none'} to do")


# sample ------------------------------------------------------------------------------------------


def check_inputs(run: Run) -> None:
    """Check the settings and the endpoints: what is bad is rejected before anything is written."""
    check_settings(run)
    _check_endpoints(run)


def check_settings(run: Run) -> None:
    """Reject a bad rubric, rule or recorded file; asks no endpoint."""
    from auditor.gates import check_rules, places_in
    from auditor.sampling import RecordedSamples
    from auditor.style import load_rubric

    rules, names = run.config.gate, [model.name for model in run.config.model]
    check_rules(rules, models=names, wheres=None if run.settings is None else places_in(run.settings, len(rules)))
    load_rubric(run.config.style.rubric)
    for model in run.config.model:
        if model.recorded is not None:
            RecordedSamples(model, run.tasks)  # rejects a missing file or an unknown format


def _check_endpoints(run: Run) -> None:
    """Check that every endpoint with missing samples accepts our key; the others are not contacted."""
    from auditor.sampling import check_endpoint, estimate

    tasks = list(run.benchmark.tasks)
    done_of: dict[str, set[tuple[str, int, str]]] = {}
    if run.database.is_file():
        with Store(run.database, create=False) as store:
            unfit = {task.task_id for task in store.tasks() if task.unfit}
            tasks = [task for task in tasks if task.task_id not in unfit]
            done_of = {model.name: store.sample_keys(model.name) for model in run.config.model}
    for model in run.config.model:
        drawn = model.recorded is None and model.simulated is None
        if drawn and estimate(model, tasks, done_of.get(model.name, set())).samples:
            check_endpoint(model)


def sample(run: Run, store: Store) -> None:
    """Read the recorded samples, then draw the missing ones, model by model.

    Files come first, each in one transaction: a bad row leaves nothing half-read and is found before anything is paid
    for.
    """
    with store.transaction():
        for model in run.config.model:
            if model.recorded is not None:
                _read_recorded(run, store, model)
    with ExitStack() as stack:
        for model in _with_simulated_server(run, stack):
            if model.recorded is None:
                claim_model(store, model)
                _sample_endpoint(run, store, model)


def _with_simulated_server(run: Run, stack: ExitStack) -> list[ModelConfig]:
    """Point simulated models to a loopback server that lives as long as ``stack``."""
    if not any(model.simulated for model in run.config.model):
        return list(run.config.model)
    from auditor.sampling import SimulatedServer

    server = stack.enter_context(SimulatedServer(run.benchmark.tasks, seed=run.config.analysis.seed))
    return [_pointed_at(server.base_url, model) if model.simulated else model for model in run.config.model]


def _pointed_at(base_url: str, model: ModelConfig) -> ModelConfig:
    return model.model_copy(update={"base_url": base_url})


def read_missing(run: Run, store: Store) -> None:
    """Read recorded models that have no samples yet; name the models that are still to be sampled.

    A shard first takes what the whole run's folder has for its tasks: samples and verdicts.
    """
    if run.shard is not None:
        take_whole_run(run, store)
    for model in run.config.model:
        if store.has_samples(model.name):
            continue
        if model.recorded is None:
            run.progress.note(f"{model.name}: no samples yet; `auditor sample` draws them")
        else:
            with store.transaction():
                _read_recorded(run, store, model)


def _read_recorded(run: Run, store: Store, model: ModelConfig) -> None:
    """Read a file of samples, unless an earlier command has read the same file completely.

    Version 0.1 could leave a file half-read; verdicts and style belong to programs, so none are lost.
    """
    from auditor.sampling import RecordedSamples

    recorded = RecordedSamples(model, run.tasks, known=run.benchmark.ids)
    claim_model(store, model, rows_now=lambda: sum(1 for _ in recorded))
    if store.meta.is_read(model.name):
        _tell_kept(run, f"{model.name}: ", store.sample_count(model.name), "sample", 0)
        return
    store.drop_samples(model.name)
    store.meta.mark_read(model.name)
    advance = run.progress.stage(f"reading {model.name} ({recorded.format})", 0)
    for batch in batches(recorded, 1000):
        store.add_samples(one.sample for one in batch)
        store.add_third_party_verdicts(itertools.chain.from_iterable(one.verdicts for one in batch))
        advance(len(batch))
    for note in recorded.notes:
        run.progress.note(f"{model.name}: {note}")


def _sample_endpoint(run: Run, store: Store, model: ModelConfig) -> None:
    from auditor.sampling import Spent, estimate, sample_model, shortfall, spent_on

    done = store.sample_keys(model.name)
    tasks = tasks_to_sample(run, store)
    wanted = estimate(model, tasks, done)
    _tell_kept(run, f"{model.name}: ", wanted.present, "sample", wanted.samples)
    if more := sum(index >= model.samples_per_task for _, index, _ in done):
        run.progress.note(
            f"{model.name}: {plural(more, 'sample')} more than samples_per_task = {model.samples_per_task} asks for; "
            "all are kept and analysed"
        )
    total = wanted.samples + wanted.present
    advance = run.progress.stage(f"sampling {model.name}", total, kept=wanted.present)
    limited = model.max_cost is not None or model.max_tokens is not None
    spent = spent_on(store.samples(model.name)) if limited else Spent()
    if (warning := shortfall(wanted, model, spent)) is not None:
        run.progress.note(f"{model.name}: {warning}")
    summary = sample_model(model, tasks, done=done, write=store.add_samples, progress=advance, spent=spent)
    if summary.adapted:
        store.meta.note_adapted(model.name, summary.adapted)
    for warning in summary.warnings:
        run.progress.note(f"{model.name}: {warning}")


# verify ------------------------------------------------------------------------------------------


def verify(run: Run, store: Store) -> None:
    """Judge the programs that have no verdict yet; tasks whose reference fails here are left out.

    Reports how many verdicts rely on tests in the solution's process.
    """
    _verify_missing(run, store)
    if note := in_process_note(store.in_process(), run.all_tasks):
        run.progress.note(note)


def _verify_missing(run: Run, store: Store) -> None:
    config = run.config.verify
    _drop_stale_verdicts(run, store)
    pending = store.unverified(all_plus=config.oracle_for is ProgramScope.ALL)
    others = config.readings is ReadingScope.ALL
    _tell_kept(run, "verdicts: ", store.program_count() - len(pending), "program", _of_fit_tasks(store, pending))
    is_done = store.meta.references is not None and not _of_fit_tasks(store, pending)
    if is_done and not (others and add_other_readings(run, store)):
        return
    with verifier_of(run) as verifier:
        found = record_references(run, store, verifier)
        with Reuse(run, store, verifier) as reuse:
            _judge(run, store, verifier, reuse, found)
            if others and add_other_readings(run, store):
                _judge(run, store, verifier, reuse, found)


def in_process_note(counts: Mapping[tuple[str, SuiteName], int], tasks: Mapping[str, Task]) -> str:
    """Say how many verdicts were reached in the solution's process; nothing if none was."""
    if not counts:
        return ""
    suites = [(task_id, tasks[task_id].suite(name)) for task_id, name in counts if task_id in tasks]
    unasked = {task_id for task_id, suite in suites if isinstance(suite, UnittestSuite) and not suite.asks_for_one}
    ran = f"{plural(sum(counts.values()), 'verdict')} on {plural(len({task_id for task_id, _ in counts}), 'task')}"
    asked = f"; {plural(len(unasked), 'task')} did not ask for it: `auditor tasks check` says why" if unasked else ""
    return f"tests ran in the solution's process, where a hostile one could fool them: {ran}{asked}"


START_SECONDS = 0.02
"""Seconds to start and judge a program, in addition to its reference's time on the tests; only used to estimate the
time left.
"""


def _judge(run: Run, store: Store, verifier: Verifier, reuse: Reuse, unfit: Mapping[str, str]) -> None:
    """Run the programs of fit tasks that lack a verdict, and write their verdicts."""
    all_plus = run.config.verify.oracle_for is ProgramScope.ALL
    pending = store.unverified(all_plus=all_plus)
    if reuse.take({program: task_id for program, task_id in pending.items() if task_id not in unfit}):
        pending = store.unverified(all_plus=all_plus)
    fit = [program for program, task_id in pending.items() if task_id not in unfit]
    if not fit:
        return
    costs = {task_id: START_SECONDS + seconds for task_id, seconds in verifier.reference_seconds.items()}
    cost = {program: costs.get(pending[program], START_SECONDS) for program in fit}
    advance = run.progress.stage("verifying", len(fit), sum(cost.values()))
    for batch in batches(verifier.verify(store.programs(fit), suites_done=store.outcomes(fit))):
        verdicts = list(itertools.chain.from_iterable(batch))
        store.add_verdicts(verdicts)
        reuse.keep(verdicts, pending)
        advance(len(batch), sum(cost[one[0].program] for one in batch if one))


def _of_fit_tasks(store: Store, programs: Mapping[str, str]) -> int:
    """Count the programs (given with their tasks) of tasks not known to be unfit."""
    unfit = {task.task_id for task in store.tasks() if task.unfit}
    return sum(task_id not in unfit for task_id in programs.values())


def limits_digest(config: VerifyConfig) -> str:
    """Hash the limits of ``[verify]``: verdicts reached under different limits are not comparable.

    Raises :class:`~auditor.errors.SandboxError` if ``python`` cannot be started.
    """
    settings = config.model_dump(mode="json", exclude=_NOT_LIMITS | _ADDED_LIMITS)
    settings |= config.model_dump(mode="json", include=_ADDED_LIMITS, exclude_defaults=True)
    if config.python is not None:  # machines may hold the same interpreter in different places
        interpreter = find_environment(config.python, ()).interpreter
        settings["python"] = f"{interpreter.implementation} {interpreter.version}"
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _drop_stale_verdicts(run: Run, store: Store) -> None:
    """Delete verdicts that were reached under other limits, since they are not comparable."""
    digest = limits_digest(run.config.verify)
    known = store.meta.verify_settings
    if known not in (None, digest):
        run.progress.note("the [verify] limits have changed: every program is judged again")
        with store.transaction():
            store.drop_verdicts()
            store.meta.references = None
    store.meta.verify_settings = digest


# score -------------------------------------------------------------------------------------------


def score(run: Run, store: Store) -> None:
    """Lint and score the programs in scope that have no result under this rubric and these tools."""
    from auditor.style import load_rubric, score_programs, tool_versions

    rubric = load_rubric(run.config.style.rubric)
    store.meta.rubric = rubric.facts()
    store.meta.tools = tool_versions(rubric)
    done = store.style_programs(rubric.hash)
    accepted_only = run.config.style.scope is ProgramScope.ACCEPTED
    unverified = store.unverified(all_plus=run.config.verify.oracle_for is ProgramScope.ALL) if accepted_only else {}
    if count := _of_fit_tasks(store, unverified):
        run.progress.note(
            f"{plural(count, 'program')} without a verdict {noun(count, 'was', 'were')} not scored; "
            "run `auditor verify` first"
        )
    in_scope = store.programs_in_scope(accepted_only=accepted_only)
    pending = [program for program in in_scope if program not in done]
    _tell_kept(run, "style: ", len(in_scope) - len(pending), "program", len(pending))
    if not pending:
        return
    prompts = {task_id: task.prompt for task_id, task in run.tasks.items()}
    advance = run.progress.stage("scoring style", len(pending))
    workers, engine = run.config.style.workers, engine_of(run)
    scored = score_programs(store.programs(pending), prompts, rubric, workers=workers, engine=engine)
    for batch in batches(scored):
        store.add_style(batch)
        advance(len(batch))
