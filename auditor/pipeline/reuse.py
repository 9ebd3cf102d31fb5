"""Reuse verdicts that earlier runs reached on this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from auditor.benchmark.load import digest
from auditor.caches import cache_folder
from auditor.pipeline.run import Run
from auditor.records import SuiteName, Verdict
from auditor.store import Store
from auditor.store.verdict_cache import VerdictCache, Wanted

if TYPE_CHECKING:
    from auditor.verify import Verifier


class Reuse:
    """Lookup and storage of verdicts of one run's programs. Use as a context manager."""

    def __init__(self, run: Run, store: Store, verifier: Verifier) -> None:
        """Open the user's verdict cache, unless ``[verify] reuse = false`` or ``AUDITOR_CACHE=off``.

        Raises :class:`~auditor.errors.UsageError` if another user can write to it.
        """
        from auditor.verify import code_digest

        self._run, self._store = run, store
        self._cache = VerdictCache(cache_folder() if run.config.verify.reuse else None)
        place = verifier.place
        self._facts = [code_digest(), store.meta.verify_settings, place.environment, place.level]
        self._tasks: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cache.close()

    def take(self, programs: Mapping[str, str]) -> int:
        """Store the known verdicts of programs (program id → task id) in the run; return how many."""
        if not self._cache.is_open:
            return 0
        wanted = [
            Wanted(self._key(program, task_id, suite), program, suite)
            for program, task_id in programs.items()
            if task_id in self._run.all_tasks
            for suite in SuiteName
        ]
        found = list(self._cache.find(wanted))
        self._store.add_verdicts(found)
        if found:
            self._run.progress.note(f"verdicts of earlier runs with the same limits and environment: {len(found)}")
        return len(found)

    def keep(self, verdicts: Iterable[Verdict], task_of: Mapping[str, str]) -> None:
        """Keep verdicts for later runs; ``task_of`` maps their programs to tasks."""
        if self._cache.is_open:
            self._cache.keep(
                {self._key(one.program, task_of[one.program], one.suite): one for one in verdicts if one.sandbox}
            )

    def _key(self, program: str, task_id: str, suite: SuiteName) -> bytes:
        """Return a verdict's key; the program's id represents its text."""
        if task_id not in self._tasks:
            self._tasks[task_id] = digest([self._run.all_tasks[task_id]])
        parts = json.dumps([*self._facts, self._tasks[task_id], program, suite])
        return hashlib.sha256(parts.encode()).digest()[:20]
