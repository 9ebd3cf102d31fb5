"""Merge runs: shards from several machines into one run folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from auditor.errors import StoreError
from auditor.pipeline.lock import sole_worker
from auditor.pipeline.run import Run
from auditor.sandbox import SandboxLevel
from auditor.store import DATABASE, MergedShards, ReferenceCheck, Store
from auditor.text import noun, plural

_ONE_ONLY = ("benchmark", "verify_settings", "environment", "rubric", "tools")
"""Entries that must be equal in all merged databases that contain them."""
_NAMED = 5
"""Disputed programs listed by id."""


def take_whole_run(run: Run, store: Store) -> None:
    """Copy the rows of a shard's tasks from the whole run's database, if it exists, into the shard's."""
    path = run.whole_folder / DATABASE
    if not path.is_file():
        return
    with Store(path, create=False) as whole:
        _agree(store, whole)
        _take_entries(store, whole)
    store.take_from(path, run.tasks)


def merge(folders: Sequence[Path], out: Path) -> Iterator[str]:
    """Merge run folders into ``out``; yield a line for each thing that the user should know.

    Merging a folder again changes nothing. Raises :class:`~auditor.errors.StoreError`, before anything is written, if a
    folder contains no run, or a run whose tasks, limits, rubric or model settings differ from the rest.
    """
    folders = list({folder.resolve(): folder for folder in folders}.values())
    for folder in folders:
        with Store(folder / DATABASE, create=False):
            pass  # it exists and has this schema
    with ExitStack() as stack:
        for folder in folders:
            stack.enter_context(sole_worker(folder, create=False))
        stack.enter_context(sole_worker(out, create=True))
        store = stack.enter_context(Store(out / DATABASE))
        sources = [stack.enter_context(Store(folder / DATABASE, create=False)) for folder in folders]
        for source in sources:
            _agree(store, source)
            for other in sources:
                _agree(other, source)
        read: dict[str, bool] = {}
        for folder, source in zip(folders, sources, strict=True):
            yield from _take(store, source, folder, read)
        shards = store.meta.shards
        if shards is None or not shards.missing:
            _finish(store, read, sources)
    with Store(out / DATABASE) as store:
        yield from _summary(store)


def _take(store: Store, source: Store, folder: Path, read: dict[str, bool]) -> Iterator[str]:
    """Merge one folder's rows and metadata."""
    with store.transaction():
        _take_entries(store, source)
    taken = store.take_from(source.path)
    yield (
        f"{folder}: {plural(taken.samples, 'new sample')}, "
        f"{plural(taken.verdicts, 'new verdict')}, {plural(taken.styles, 'new style result')}"
    )
    if taken.different_samples:
        yield (
            f"{folder}: {plural(taken.different_samples, 'sample')} "
            f"{noun(taken.different_samples, 'differs', 'differ')} from those merged earlier under the same key; the "
            "earlier ones stay"
        )
    for key in source.meta.model_entries():
        kind, _, name = key.partition(":")
        if kind == "model":
            read[name] = read.get(name, True) and source.meta.is_read(name)
    shard, merged = source.meta.shard, store.meta.shards
    if shard is None:
        return
    if merged is not None and merged.count != shard.count:
        merged = None  # sharded differently: the earlier numbers do not apply
    numbers = {*(merged.numbers if merged else ()), shard.number}
    store.meta.shards = MergedShards(shard.count, tuple(sorted(numbers)))


def _finish(store: Store, read: dict[str, bool], sources: Sequence[Store]) -> None:
    """Mark steps that need every shard as complete, so that they are not repeated."""
    with store.transaction():
        for name, is_read in read.items():
            if is_read:
                store.meta.mark_read(name)
        if all(source.meta.references for source in sources):
            store.meta.references = ReferenceCheck(sum(task.unfit is not None for task in store.tasks()))


def _take_entries(store: Store, source: Store) -> None:
    """Copy the entries that this database lacks."""
    own, theirs = store.meta, source.meta
    own.benchmark = own.benchmark or theirs.benchmark
    own.tests_digests = own.tests_digests or theirs.tests_digests
    own.output_rules = own.output_rules or theirs.output_rules
    own.config = own.config or theirs.config
    own.verify_settings = own.verify_settings or theirs.verify_settings
    own.environment = own.environment or theirs.environment
    own.rubric = own.rubric or theirs.rubric
    own.tools = own.tools or theirs.tools
    levels = [level for level in (own.sandbox, theirs.sandbox) if level]
    own.sandbox = SandboxLevel.weakest(levels) if levels else None
    for key, value in theirs.model_entries().items():
        if own.read(key) is None:
            own.write(key, value)


def _agree(one: Store, other: Store) -> None:
    """Raise an error unless two databases can be parts of one run."""
    for name in _ONE_ONLY:
        _refuse(one, other, name, getattr(one.meta, name), getattr(other.meta, name))
    known = one.meta.model_entries()
    for key, value in other.meta.model_entries().items():
        _refuse(one, other, key, known.get(key), value)


def _refuse(one: Store, other: Store, name: str, here: object, there: object) -> None:
    if here is not None and there is not None and here != there:
        raise StoreError(
            f"belongs to another run than {one.path}: {name.replace('_', ' ')} differs",
            where=str(other.path),
            remedy="merge only folders made with the same audit.toml and the same versions of auditor and its linters",
        )


def _summary(store: Store) -> Iterator[str]:
    disputed = store.disputed_verdicts()
    for one in disputed[:_NAMED]:
        yield (
            f"{one.task_id}: the {one.suite} suite of program {one.program} has two outcomes, {one.kept} and "
            f"{one.other}; {one.kept} counts, and the verdict is flaky"
        )
    if len(disputed) > _NAMED:
        yield f"verdicts that differ between runs: {len(disputed)}; each is marked flaky"
    shards = store.meta.shards
    if shards is not None and shards.missing:
        missing = ", ".join(map(str, shards.missing))
        yield f"{len(shards.numbers)} of {plural(shards.count, 'shard')} merged; missing: {missing}"
    unfit = {task.task_id for task in store.tasks() if task.unfit}
    due = sum(task_id not in unfit for task_id in store.unverified(all_plus=False).values())
    if due:
        yield f"programs without a verdict: {due}; `auditor run` with the same audit.toml and this folder runs them"
