"""Prepared suites of one process, shared by its workers.

Suites are prepared on first use and kept on disk; only the last few tasks stay in memory, since expected outputs of
some tasks take tens of megabytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from auditor.records import SuiteName, Task
from auditor.verify import kinds
from auditor.verify.kinds.base import Prepared, UnfitError, Workshop

_KEPT_BYTES = 48 << 20


class Library:
    """Prepared suites by task; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, SuiteName, bool], Prepared] = OrderedDict()
        self._unfit: dict[tuple[str, SuiteName], str] = {}
        self._locks: dict[tuple[str, SuiteName], threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, task: Task, name: SuiteName, workshop: Workshop, *, second: bool = False) -> Prepared:
        """Return a suite, prepared for a first or a second run.

        Raises :class:`~auditor.verify.kinds.base.UnfitError` if its reference fails it.
        """
        prepared = self._get(task, name, workshop)
        if not second:
            return prepared
        with self._guard:
            turned = self._kept.get((task.task_id, name, True))
        if turned is None:
            turned = prepared.for_second_run()
            if turned is not prepared:
                self._keep((task.task_id, name, True), turned)
        return turned

    def _get(self, task: Task, name: SuiteName, workshop: Workshop) -> Prepared:
        key = (task.task_id, name)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key in self._unfit:
                raise UnfitError(self._unfit[key])
            with self._guard:
                if (*key, False) in self._kept:
                    self._kept.move_to_end((*key, False))
                    return self._kept[*key, False]
            try:
                prepared = kinds.prepare(task, name, workshop)
            except UnfitError as reason:
                self._unfit[key] = f"the {name} suite: {reason}"
                raise UnfitError(self._unfit[key]) from None
            self._keep((*key, False), prepared)
            return prepared

    def _keep(self, key: tuple[str, SuiteName, bool], prepared: Prepared) -> None:
        with self._guard:
            self._kept[key] = prepared
            while len(self._kept) > 2 and sum(one.weight for one in self._kept.values()) > _KEPT_BYTES:
                self._kept.popitem(last=False)
