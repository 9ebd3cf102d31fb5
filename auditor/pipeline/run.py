"""A run: its folder, its settings, and the checks that keep them consistent across interruptions.

A run folder belongs to one benchmark and, per model, to one set of sampling settings. Settings that change what a
number means (the tasks, a model's sampling parameters, a recorded file's content) are fixed by the first command that
writes; changing them later is an error with a remedy, so that a run never mixes two things under one name. Settings
that only change how the work is done (concurrency, budget, workers, more samples per task) may change between commands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from auditor.benchmark import load_benchmark, output_rules, tests_digests
from auditor.config import AuditConfig, ModelConfig, load_config
from auditor.errors import AuditorError, StoreError, UsageError
from auditor.json_types import JsonObject, object_or_empty, objects_in
from auditor.pipeline.changed_inputs import PROMPT, RECORDED, other_model, other_tasks
from auditor.pipeline.progress import Progress, Silent
from auditor.records import Benchmark, Task
from auditor.refusals import explained, place_of
from auditor.results import BenchmarkFacts
from auditor.sampling.prompts import template_names
from auditor.settings import Section, map_paths
from auditor.shards import Shard
from auditor.store import DATABASE, Store

REPORT_FOLDER = "report"
SHARDS = "shards"
"""Folder of the shards within a run's."""

_FREE_TO_CHANGE = {
    "samples_per_task", "concurrency", "timeout", "max_retries", "requests_per_minute", "tokens_per_minute",
    "price", "max_cost", "max_tokens", "api_key_env", "extra_headers", "recorded",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """An audit: settings, folder, progress. Reads the benchmark on first use."""

    config: AuditConfig
    folder: Path
    progress: Progress
    shard: Shard | None = None
    """The part of the run that this machine works on; ``None``: the whole run."""
    settings: Path | None = None
    """The audit.toml; ``None`` if the settings come from elsewhere."""

    @classmethod
    def open(cls, config_path: str | Path, folder: str | Path | None = None, progress: Progress | None = None) -> Run:
        """Read audit.toml; the run is in ``folder``, by default in :func:`default_folder`."""
        path = Path(config_path)
        place = Path(folder) if folder else default_folder(path)
        return cls(load_config(path), place, progress or Silent(), settings=path)

    def changed(self, changes: Mapping[str, Mapping[str, object]]) -> Run:
        """Return this run with settings replaced: section → key → value.

        Raises :class:`~auditor.errors.UsageError` for a value that the settings file could not have either.
        """
        sections = {name: _with_keys(getattr(self.config, name), name, keys) for name, keys in changes.items()}
        return replace(self, config=self.config.model_copy(update=sections))

    def sharded(self, shard: Shard) -> Run:
        """Return one shard of this run, in its own folder within the run's."""
        return replace(self, shard=shard, folder=self.folder / SHARDS / shard.folder)

    @property
    def whole_folder(self) -> Path:
        """Return the folder of the whole run."""
        return self.folder if self.shard is None else self.folder.parent.parent

    @cached_property
    def benchmark(self) -> Benchmark:
        """Return the tasks as the source gives them."""
        wanted, plus = self.config.benchmark, self.config.verify.plus
        whole = load_benchmark(wanted.source, wanted.base, wanted.tasks)
        if plus == "full":
            return whole
        from auditor.pipeline.mini import apply

        benchmark, note = apply(whole, Path(plus))
        self.progress.note(note)
        return benchmark

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """Return the tasks to work on by id, in the benchmark's order: all of them, or the shard's."""
        tasks = self.benchmark.tasks if self.shard is None else self.shard.of(self.benchmark.tasks)
        return {task.task_id: task for task in tasks}

    @cached_property
    def all_tasks(self) -> dict[str, Task]:
        """Return the tasks of the whole benchmark by id.

        Their combined requirements decide the environment of programs.
        """
        return {task.task_id: task for task in self.benchmark.tasks}

    @property
    def database(self) -> Path:
        """Return the path of the run's SQLite file."""
        return self.folder / DATABASE

    @property
    def report_folder(self) -> Path:
        """Return the folder of the report."""
        return self.folder / REPORT_FOLDER

    @contextmanager
    def store(self, *, create: bool = True) -> Iterator[Store]:
        """Open the run's database, recording its benchmark or checking it against the stored one.

        A run that fails before its first sample leaves nothing behind.
        """
        benchmark = self.benchmark  # read before anything is written: a bad source leaves no folder behind
        is_new = not self.database.exists()
        with Store(self.database, create=create) as store:
            try:
                known = store.meta.benchmark
                if known is None:
                    _record_benchmark(store, benchmark)
                elif known.digest != benchmark.digest:
                    source = without_folder(benchmark.source) or benchmark.source
                    raise other_tasks(store, known, benchmark, source, self.folder)
                else:
                    store.update_slices(benchmark.tasks)
                    if known.caveat != benchmark.caveat:
                        store.meta.benchmark = replace(known, caveat=benchmark.caveat)
                    if store.meta.tests_digests is None:
                        store.meta.tests_digests = tests_digests(benchmark.tasks)
                    if store.meta.output_rules is None:
                        store.meta.output_rules = output_rules(benchmark.tasks)
                for model in self.config.model:
                    _refuse_change(store, model, _settings(model))
                self._claim_shard(store)
                store.meta.config = redacted(self.config)
                store.meta.settings_file = self._settings_from_folder()
                yield store
            except AuditorError:
                if is_new and not store.has_samples():
                    store.remove()
                raise

    def _settings_from_folder(self) -> str | None:
        """Return the path of audit.toml relative to the run folder, if it names no folder of this machine."""
        if self.settings is None:
            return None
        file, folder = self.settings.resolve(), self.folder.resolve()
        if not folder.is_relative_to(file.parent):
            return None
        return str(Path(*[".."] * len(folder.relative_to(file.parent).parts), file.name))

    def _claim_shard(self, store: Store) -> None:
        """Record which shard a database holds, so that a shard is never used as the whole run or the reverse."""
        known = store.meta.shard
        if known != self.shard and (known is not None or store.has_samples()):
            raise StoreError(
                f"holds {f'shard {known}' if known else 'a whole run'}, not {self.shard or 'a whole run'}",
                where=str(self.folder),
                remedy="choose another --out folder; `auditor merge` makes one run of shards",
            )
        if self.shard is not None:
            store.meta.shard = self.shard


def _with_keys(section: Section, name: str, keys: Mapping[str, object]) -> Section:
    given = {key: getattr(section, key) for key in section.model_fields_set}
    try:
        return type(section).model_validate(given | dict(keys))
    except ValidationError as error:
        found = error.errors(include_url=False)
        key = ".".join(map(str, (*place_of(found[0]), *found[0].get("ctx", {}).get("at", ()))))
        problem, remedy = explained(found)
        raise UsageError(f"[{name}] {key} {problem}", remedy=remedy) from None


def default_folder(config_path: Path) -> Path:
    """Return the run folder of a config: ``reports/NAME`` next to it, with NAME from the file's stem."""
    return config_path.parent / "reports" / config_path.stem


def _record_benchmark(store: Store, benchmark: Benchmark) -> None:
    with store.transaction():
        store.add_tasks(benchmark.tasks)
        store.meta.benchmark = BenchmarkFacts(
            name=benchmark.name,
            source=without_folder(benchmark.source),
            digest=benchmark.digest,
            tasks=len(benchmark),
            unreadable=benchmark.unfit,
            caveat=benchmark.caveat,
        )
        store.meta.tests_digests = tests_digests(benchmark.tasks)
        store.meta.output_rules = output_rules(benchmark.tasks)


def claim_model(store: Store, model: ModelConfig, rows_now: Callable[[], int] | None = None) -> None:
    """Bind a model's name to its sampling settings; reject other settings under the same name.

    ``rows_now`` counts the samples in a recorded model's file, for the message if the file has changed.
    """
    identity = model_identity(model)
    _refuse_change(store, model, identity, rows_now)
    store.meta.claim_model(model.name, identity)


def _refuse_change(
    store: Store, model: ModelConfig, settings: Mapping[str, object], rows_now: Callable[[], int] | None = None
) -> None:
    """Reject settings other than those under which a model's samples were made."""
    known = store.meta.model(model.name)
    if known is None:
        return
    # A setting introduced after these samples had its default when they were drawn.
    then = {key: field.default for key, field in ModelConfig.model_fields.items()} | known
    if changed := sorted(key for key, value in settings.items() if then.get(key) != value):
        raise other_model(store, model, changed, then, settings, rows_now)


def model_identity(model: ModelConfig) -> dict[str, object]:
    """Return everything that decides what a model's samples mean: settings, and the content of the files they name."""
    identity = _settings(model)
    if model.recorded is not None:
        identity[RECORDED] = _recorded_sha256(model.recorded)
    template = Path(model.prompt)
    if template.is_file() and model.prompt not in template_names():
        identity[PROMPT] = _sha256(template)
    return identity


def _settings(model: ModelConfig) -> dict[str, object]:
    """Return the settings that decide what a model's samples mean.

    The address of a simulated model is not part of them.
    """
    settings: dict[str, object] = model.model_dump(mode="json", exclude=_FREE_TO_CHANGE)
    settings["prompt"] = without_folder(model.prompt)  # a run may be moved; the file's content is compared too
    if model.simulated is not None:
        settings |= {"base_url": None, "model": None, "seed": model.first_seed}
    return settings


def _recorded_sha256(path: Path) -> str:
    """Hash a file, the files of a folder with their names, or the id of a data set on the hub."""
    if path.is_file():
        return _sha256(path)
    total = hashlib.sha256(b"" if path.is_dir() else str(path).encode())
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        total.update(f"{file.relative_to(path)}\0{_sha256(file)}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def redacted(config: AuditConfig) -> JsonObject:
    """Return the settings as plain values, without secrets or details of this machine."""
    shown = map_paths(config, lambda _section, path, _kind, _at: without_folder(path))
    plain: JsonObject = json.loads(shown.model_dump_json(exclude={"engine"}))
    for model in objects_in(plain["model"]):
        model["extra_headers"] = dict.fromkeys(object_or_empty(model["extra_headers"]), "(not shown)")
        if isinstance(url := model["base_url"], str):
            model["base_url"] = re.sub(r"//[^/]*@", "//(not shown)@", url)
    return plain


def without_folder(path: str) -> str:
    """Return a file's or folder's name without its parent folders; a hub id stays unchanged."""
    return Path(path).name if Path(path).is_absolute() else path
