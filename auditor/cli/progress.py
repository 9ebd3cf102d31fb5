"""Progress: a bar per stage where stderr is a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.cli.terminal import say
from auditor.text import one_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from auditor.pipeline.progress import Advance

LINE_SECONDS = 10.0
"""Seconds between two lines of a stage in a log file."""

NARROW = 60
"""Columns below which a stage shows its count without a bar and times."""


class TerminalProgress:
    """Bars on a terminal, lines elsewhere. Use as a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        """With ``quiet`` only notes are shown."""
        self._quiet = quiet
        self._bars: RichProgress | None = None
        self._current: TaskID | None = None
        self._workers = 0
        """Of a cluster; 0: the work is done here."""

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as RichProgress

            console = Console(stderr=True)
            title, count = TextColumn("{task.description:<28}", markup=False), MofNCompleteColumn()
            times = (TextColumn("{task.fields[pace]}", markup=False), TimeElapsedColumn(), TimeRemainingColumn())
            columns = (title, BarColumn(bar_width=None), count, *times)
            self._bars = RichProgress(*(columns if console.width >= NARROW else (title, count)), console=console)
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bars is not None:
            self._finish()
            self._bars.stop()

    def stage(self, title: str, total: int) -> Advance:
        """Begin a stage of ``total`` units (0: unknown); the one before it is over."""
        if self._bars is not None:
            self._finish()
            bars, current = self._bars, self._bars.add_task(one_line(title), total=total or None, pace="")
            self._current = current

            def advance(done: int) -> None:
                bars.advance(current, done)
                speed = next((task.speed for task in bars.tasks if task.id == current), None)
                bars.update(current, pace=_pace(speed, self._workers))

            return advance
        return (lambda _: None) if self._quiet else _Lines(title, total, self)

    def workers(self, count: int) -> None:
        """Show how many workers of a cluster there are from now on; 0: the work is done here."""
        self._workers = count

    @property
    def workers_now(self) -> int:
        """Workers of a cluster."""
        return self._workers

    def note(self, message: str) -> None:
        """Show a message above the bars."""
        if self._bars is not None:
            self._bars.console.print(one_line(message), markup=False, highlight=False)
        else:
            say(message)

    def _finish(self) -> None:
        if self._bars is None or self._current is None:
            return
        for task in self._bars.tasks:
            if task.id == self._current and task.total is None:
                self._bars.update(task.id, total=task.completed)
        self._current = None


class _Lines:
    """Prints one stage's progress as occasional lines: a log stays short and still shows that work goes on."""

    def __init__(self, title: str, total: int, progress: TerminalProgress) -> None:
        self._title, self._total, self._progress = title, total, progress
        self._done = 0
        self._began = self._said = time.monotonic()
        say(f"{title}: {total}" if total else title)

    def __call__(self, done: int) -> None:
        self._done += done
        now = time.monotonic()
        if now - self._said >= LINE_SECONDS:
            self._said = now
            pace = _pace(self._done / (now - self._began), self._progress.workers_now)
            say(f"{self._title}: {self._done}{f' of {self._total}' if self._total else ''}, {pace}")


def _pace(speed: float | None, workers: int) -> str:
    """Say how many units a second are done, and by how many workers where it is a cluster's."""
    rate = "" if speed is None else f"{speed:.3g}/s"
    return ", ".join(part for part in (rate, f"{workers} workers" if workers else "") if part)
