"""Runs the app and turns every failure that a user can fix into one line and an exit code."""

from __future__ import annotations

import errno
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from auditor.cli import terminal
from auditor.cli.app import app
from auditor.errors import AuditorError, ExitCode

_FREE_DISK = "free the disk or correct the permissions, then run the same command again"
_FEW_FILES = "raise the limit of open files (ulimit -n 256), then run the same command again"
_FEW_PROCESSES = "allow more processes or memory, or lower `workers`, then run the same command again"
_REMEDIES = {
    errno.ENOSPC: _FREE_DISK,
    errno.EDQUOT: _FREE_DISK,
    errno.EROFS: _FREE_DISK,
    errno.EACCES: _FREE_DISK,
    errno.EPERM: _FREE_DISK,
    errno.EFBIG: "raise the limit of a file's size (ulimit -f), then run the same command again",
    errno.EMFILE: _FEW_FILES,
    errno.ENFILE: _FEW_FILES,
    errno.EAGAIN: _FEW_PROCESSES,
    errno.ENOMEM: _FEW_PROCESSES,
}
"""Failures of the machine rather than of auditor, and what the user can do. Others keep their traceback."""


def run_guarded() -> None:
    """Run the app and exit; raises only what is a bug."""
    terminal.open_standard_streams()
    try:
        with _signals_as_interrupts():
            app()
    except (KeyboardInterrupt, SystemExit) as end:
        # typer turns Ctrl-C into an exit with this code and prints nothing.
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        _end("interrupted; run the same command again to continue", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        terminal.end_with_closed_pipe()
    except AuditorError as error:
        _end(str(error), error.exit_code)
    except Exception as error:
        message = _explanation(error)
        if message is None:
            raise
        _end(message)


def _explanation(error: Exception) -> str | None:
    """Return the line for a failure of the machine; ``None`` for a bug, which keeps its traceback."""
    if isinstance(error, sqlite3.Error):
        return f"the run's audit.db cannot be read or written: {error} — {_remedy_for_database(error)}"
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror} — {_REMEDIES[error.errno]}"
    if isinstance(error, ImportError) and "failed to map segment" in str(error):
        return f"not enough memory to load a library — {_FEW_PROCESSES}"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return f"{error} — {_FEW_PROCESSES}"
    return f"not enough memory — {_FEW_PROCESSES}" if isinstance(error, MemoryError) else None


def _end(message: str, code: ExitCode = ExitCode.ERROR) -> None:
    terminal.say(f"auditor: {message}")
    sys.exit(code)


def _remedy_for_database(error: sqlite3.Error) -> str:
    """Choose the remedy by SQLite's primary result code."""
    full_or_denied = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in full_or_denied:
        return _FREE_DISK
    return "replace it with a copy, or choose another --out folder"


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM (`timeout`, a cancelled CI job) and SIGHUP (a closed terminal) end a command as Ctrl-C does."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _interrupt)
    try:
        yield
    finally:
        for number in before:
            if before[number] not in (signal.SIG_IGN, None):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Act as Ctrl-C does at this moment; a running event loop has its own handler."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # Ctrl-C is ignored, as in a background job
        raise KeyboardInterrupt
    handler(number, frame)
