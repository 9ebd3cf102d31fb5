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
    except AuditorError as error:
        _end(str(error), error.exit_code)
    except sqlite3.Error as error:
        _end(f"the run's audit.db cannot be read or written: {error} — {_remedy_for_database(error)}")
    except MemoryError:
        _end(f"not enough memory — {_FEW_PROCESSES}")
    except OSError as error:
        if error.errno == errno.EPIPE:
            terminal.end_with_closed_pipe()
        if error.errno not in _REMEDIES:
            raise
        where = f"{error.filename}: " if error.filename else ""
        _end(f"{where}{error.strerror} — {_REMEDIES[error.errno]}")
    except ImportError as error:
        if "failed to map segment" not in str(error):
            raise
        _end(f"not enough memory to load a library — {_FEW_PROCESSES}")
    except RuntimeError as error:
        if "can't start new thread" not in str(error):
            raise
        _end(f"{error} — {_FEW_PROCESSES}")
    except (KeyboardInterrupt, SystemExit) as end:
        # typer turns Ctrl-C into an exit with this code and prints nothing.
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        _end("interrupted; run the same command again to continue", ExitCode.INTERRUPTED)


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
