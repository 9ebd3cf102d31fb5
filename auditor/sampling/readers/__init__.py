"""Readers of recorded answers: one class per format, behind one protocol and one registry.

A new format is one module with a class that has ``name``, ``about``, ``fits`` and ``read``, and one line in
``READERS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from auditor.errors import InputError
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.batch import BatchOutput
from auditor.sampling.readers.bigcode import Generations
from auditor.sampling.readers.classeval import Predictions
from auditor.sampling.readers.evalplus import EvalResults, SamplesFolder
from auditor.sampling.readers.gym import Rollouts
from auditor.sampling.readers.inspect_logs import EvalLog, JsonLog
from auditor.sampling.readers.livecodebench import EvalAll
from auditor.sampling.readers.lm_eval import LmEval
from auditor.sampling.readers.rows import Csv, HubTable, Jsonl, JsonList
from auditor.sampling.readers.source import Container, RecordedSource, TaskIds

__all__ = ["READERS", "AnswerKind", "Grade", "Reader", "RecordedAnswer", "RecordedSource", "TaskIds", "reader_for"]


class Reader(Protocol):
    """A format of recorded answers."""

    @property
    def name(self) -> str:
        """Its name in ``format = "…"``."""

    @property
    def about(self) -> str:
        """What it reads, briefly."""

    def fits(self, source: RecordedSource) -> bool:
        """Return whether the source has this format, by its first bytes."""

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the answers in constant memory.

        Raises :class:`~auditor.errors.InputError` with position and remedy at the first bad one.
        """


READERS: tuple[Reader, ...] = (
    EvalLog(), JsonLog(), EvalResults(), EvalAll(), Predictions(), Generations(), JsonList(), SamplesFolder(),
    HubTable(), LmEval(), BatchOutput(), Rollouts(), Csv(), Jsonl(),
)  # fmt: skip
"""All formats, in the order in which they are tried."""


def reader_for(source: RecordedSource, stated: str | None = None) -> Reader:
    """Return the reader that ``stated`` names, else the first whose format the source has.

    Raises :class:`~auditor.errors.InputError` for a name or a source that no reader accepts.
    """
    names = ", ".join(reader.name for reader in READERS)
    if stated is not None:
        reader = next((reader for reader in READERS if reader.name == stated), None)
        if reader is None:
            raise InputError(f"unknown format {stated!r}", where="[[model]] format", remedy=f"known are {names}")
        if source.container is Container.MISSING and not isinstance(reader, HubTable):
            raise _missing(source)
        return reader
    if source.container is Container.MISSING:
        raise _missing(source)
    for reader in READERS:
        if reader.fits(source):
            return reader
    what = "folder" if source.container is Container.FOLDER else "JSON document" if source.is_document else "file"
    remedy = f'no known {what} looks like this; set format = "…": {names}'
    raise InputError("the format is not recognised", where=str(source.path), remedy=remedy)


def _missing(source: RecordedSource) -> InputError:
    remedy = 'check the path; in audit.toml, format = "hub" names a data set on the hub'
    return InputError("no such file", where=str(source.path), remedy=remedy)
