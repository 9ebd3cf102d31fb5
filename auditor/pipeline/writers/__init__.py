"""Write a run in the file formats of other projects: a folder with one or two files per model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from auditor.errors import UsageError
from auditor.pipeline.writers.evalplus import EvalPlusResults
from auditor.pipeline.writers.every_eval_ever import EveryEvalEver
from auditor.store import DATABASE, Store

__all__ = ["WRITERS", "Writer", "write_run"]


class Writer(Protocol):
    """A format that a whole run is written in."""

    @property
    def name(self) -> str:
        """Its name in ``--format``."""

    def write(self, store: Store, folder: Path) -> Iterator[str]:
        """Write the files into ``folder``; yield a line about each for the user."""


WRITERS: tuple[Writer, ...] = (EveryEvalEver(), EvalPlusResults())
"""All formats; a new one is a module and an entry here."""


def write_run(folder: Path, form: str, out: Path) -> Iterator[str]:
    """Write the run in ``folder`` to ``out`` in a format of :data:`WRITERS`; yield a line about each file.

    Raises :class:`~auditor.errors.StoreError` if there is no run, and :class:`~auditor.errors.UsageError` if it has not
    been analysed or the format is unknown.
    """
    writer = next((writer for writer in WRITERS if writer.name == form), None)
    if writer is None:
        raise UsageError(f"no format {form!r}", remedy=f"known are {', '.join(writer.name for writer in WRITERS)}")
    with Store(folder / DATABASE, create=False) as store:
        yield from writer.write(store, out)
