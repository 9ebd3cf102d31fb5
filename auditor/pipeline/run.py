"""A run: its folder, its settings and what ties them together across interruptions.

A run folder belongs to one benchmark and, per model, to one way of asking. Settings that change what
a number means (the tasks, a model's sampling parameters, a recorded file's content) are fixed by the
first command that writes; changing them later is refused with a remedy, so that a run never mixes
two things under one name. Settings that only change how the work is done (concurrency, budget,
workers, more samples per task) may change between commands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.config import AuditConfig, ModelConfig, load_config
from auditor.errors import AuditorError, StoreError
from auditor.pipeline.progress import Progress, Silent
from auditor.records import Benchmark, Task
from auditor.store import Store

DATABASE = "audit.db"
REPORT_FOLDER = "report"

_FREE_TO_CHANGE = {
    "samples_per_task", "concurrency", "timeout", "max_retries", "requests_per_minute", "tokens_per_minute",
    "price", "max_cost", "max_tokens", "api_key_env", "extra_headers", "recorded",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """An audit under way: settings, folder, progress. Reads the benchmark when first asked for it."""

    config: AuditConfig
    folder: Path
    progress: Progress

    @classmethod
    def open(cls, config_path: Path, folder: Path | None = None, progress: Progress | None = None) -> Run:
        """Read audit.toml; the run lives in ``folder``, by default in :func:`default_folder`."""
        config = load_config(config_path)
        return cls(config, folder or default_folder(config_path), progress or Silent())

    def changed(self, changes: Mapping[str, Mapping[str, object]]) -> Run:
        """Return this run with settings replaced: section → key → value, checked by the caller."""
        sections = {name: getattr(self.config, name).model_copy(update=dict(keys)) for name, keys in changes.items()}
        return replace(self, config=self.config.model_copy(update=sections))

    @cached_property
    def benchmark(self) -> Benchmark:
        """The tasks, as the source gives them."""
        wanted = self.config.benchmark
        return load_benchmark(wanted.source, wanted.base, wanted.tasks)

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The tasks by id, in the benchmark's order."""
        return {task.task_id: task for task in self.benchmark.tasks}

    @cached_property
    def known_tasks(self) -> dict[str, Task]:
        """Every task of the source, so that recorded samples of tasks left out by ``tasks`` are no surprise."""
        if not self.config.benchmark.tasks:
            return self.tasks
        whole = load_benchmark(self.config.benchmark.source, self.config.benchmark.base)
        return {task.task_id: task for task in whole.tasks}

    @property
    def database(self) -> Path:
        """Where the run's SQLite file is."""
        return self.folder / DATABASE

    @property
    def report_folder(self) -> Path:
        """Where the report goes."""
        return self.folder / REPORT_FOLDER

    @contextmanager
    def store(self, *, create: bool = True) -> Iterator[Store]:
        """Open the run's database, with its benchmark recorded and checked against what is there.

        A run that ends in an error before its first sample leaves nothing behind.
        """
        benchmark = self.benchmark  # read before anything is written: a bad source leaves no folder behind
        is_new = not self.database.exists()
        with Store(self.database, create=create) as store:
            try:
                known = store.meta("benchmark")
                if known is None:
                    _record_benchmark(store, benchmark)
                elif known["digest"] != benchmark.digest:
                    raise StoreError(
                        f"holds a run on other tasks ({known['source']}, digest {known['digest'][:12]})",
                        where=str(self.folder),
                        remedy="choose another --out folder, or put the [benchmark] section back",
                    )
                store.set_meta("config", redacted(self.config))
                yield store
            except AuditorError:
                if is_new and next(store.samples(), None) is None:
                    store.remove()
                raise


def default_folder(config_path: Path) -> Path:
    """Name the run folder of a config: ``reports/NAME`` beside it, NAME from the file's stem."""
    return config_path.parent / "reports" / config_path.stem


def _record_benchmark(store: Store, benchmark: Benchmark) -> None:
    rows = (
        (t.task_id, i, t.prompt, t.entry_point, t.reference, len(t.base), len(t.plus))
        for i, t in enumerate(benchmark.tasks)
    )
    with store.transaction():
        store.add_tasks(rows)
        about = {"name": benchmark.name, "source": benchmark.source, "digest": benchmark.digest}
        store.set_meta("benchmark", {**about, "tasks": len(benchmark), "unreadable": benchmark.unfit})


def claim_model(store: Store, model: ModelConfig) -> None:
    """Tie a model's name to its way of asking; refuse a second way under the same name."""
    identity = model_identity(model)
    key = f"model:{model.name}"
    known = store.meta(key)
    if known is None:
        store.set_meta(key, identity)
        return
    changed = sorted(name for name in identity.keys() | known.keys() if identity.get(name) != known.get(name))
    if changed:
        raise StoreError(
            f"model {model.name!r} was sampled with other settings here (changed: {', '.join(changed)})",
            where=str(store.path),
            remedy="give the model another name, choose another --out folder, or put the settings back",
        )


def model_identity(model: ModelConfig) -> dict[str, Any]:
    """Return the settings that decide what a model's samples mean, as plain values."""
    identity: dict[str, Any] = model.model_dump(mode="json", exclude=_FREE_TO_CHANGE)
    if model.recorded is not None:
        identity["recorded_sha256"] = hashlib.sha256(model.recorded.read_bytes()).hexdigest()
    return identity


def redacted(config: AuditConfig) -> dict[str, Any]:
    """Return the settings as plain values without what may be secret or tells of this machine."""
    plain: dict[str, Any] = json.loads(config.model_dump_json())
    for model in plain["model"]:
        model["extra_headers"] = dict.fromkeys(model["extra_headers"], "(not shown)")
        if model["recorded"]:
            model["recorded"] = Path(model["recorded"]).name
    return plain
