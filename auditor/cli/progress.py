"""Progress: a bar per stage if stderr is a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from auditor.cli.terminal import say
from auditor.text import one_line, plural

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from auditor.pipeline.progress import Advance

LINE_SECONDS = 10.0
"""Seconds between two lines of a stage in a log file."""

ENOUGH_FOR_A_PACE = 5
"""Units after which a pace is shown; before, it would only reflect the start-up."""

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
        """Workers of a cluster; 0: the work is done here."""

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as RichProgress

            console = Console(stderr=True)
            title = TextColumn("{task.description:<28}", markup=False)
            count = TextColumn("{task.fields[count]}", markup=False, style="progress.download")
            times = (TextColumn("{task.fields[pace]}", markup=False), TimeElapsedColumn(), TimeRemainingColumn())
            columns = (title, BarColumn(bar_width=None), count, *times)
            self._bars = RichProgress(*(columns if console.width >= NARROW else (title, count)), console=console)
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bars is not None:
            self._finish()
            self._bars.stop()

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        """Start a stage of ``total`` units (0: unknown), of which ``kept`` are done; the previous one is over.

        The bar and the time left are based on ``work``, the units' expected cost, if given.
        """
        if self._bars is not None:
            self._finish()
            stage = _Bar(self._bars, title, total, work, kept, self)
            self._current = stage.task
            return stage
        return (lambda _, __=0.0: None) if self._quiet else _Lines(title, total, kept, self)

    def workers(self, count: int) -> None:
        """Show the current number of a cluster's workers; 0: the work is done here."""
        self._workers = count

    @property
    def workers_now(self) -> int:
        """Workers of a cluster."""
        return self._workers

    def tell(self, message: str) -> None:
        """Show a message above the bars, unless quiet."""
        if not self._quiet:
            self.note(message)

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


class _Bar:
    """Moves one stage's bar."""

    def __init__(
        self, bars: RichProgress, title: str, total: int, work: float, kept: int, progress: TerminalProgress
    ) -> None:
        self._bars, self._total, self._work, self._progress = bars, total, work, progress
        self._done, self._kept, self._began = kept, kept, time.monotonic()
        self.task = bars.add_task(
            one_line(title), total=(work or total) or None, completed=0 if work else kept, pace="", count=self._count()
        )

    def _count(self) -> str:
        width = len(str(self._total))
        return f"{self._done:>{width}}/{self._total}" if self._total else str(self._done)

    def __call__(self, done: int, work: float = 0.0) -> None:
        self._done += done
        self._bars.advance(self.task, work if self._work else done)
        if self._work and self._done >= self._total:  # the costs' sum may miss their total by a rounding error
            self._bars.update(self.task, completed=self._work)
        speed = _speed(self._done - self._kept, self._began)
        self._bars.update(self.task, pace=_pace(speed, self._progress.workers_now), count=self._count())


class _Lines:
    """Prints one stage's progress as occasional lines, so that a log stays short but shows activity."""

    def __init__(self, title: str, total: int, kept: int, progress: TerminalProgress) -> None:
        self._title, self._total, self._progress = title, total, progress
        self._done = self._kept = kept
        self._began = self._said = time.monotonic()
        say(f"{title}: {total}" if total else title)

    def __call__(self, done: int, work: float = 0.0) -> None:
        del work
        self._done += done
        now = time.monotonic()
        if now - self._said >= LINE_SECONDS:
            self._said = now
            speed = _speed(self._done - self._kept, self._began)
            pace = _pace(speed, self._progress.workers_now)
            say(f"{self._title}: {self._done}{f' of {self._total}' if self._total else ''}{pace and f', {pace}'}")


def _speed(done: int, began: float) -> float | None:
    """Return the units per second of what was done since a stage began; ``None`` for too few units."""
    return done / max(1e-9, time.monotonic() - began) if done >= ENOUGH_FOR_A_PACE else None


def _pace(speed: float | None, workers: int) -> str:
    """Return the units per second, and the number of workers if it is a cluster."""
    rate = "" if speed is None else f"{speed:.3g}/s"
    return ", ".join(part for part in (rate, plural(workers, "worker") if workers else "") if part)
