"""The command line: parse, call, print. stdout is data, stderr is people."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from auditor.errors import AuditorError, ExitCode

_PLACES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}
"""What ails the place that was written to: no bug of ours, and for the user to mend."""


def main() -> None:
    """Run the command line and exit with one of :class:`auditor.errors.ExitCode`."""
    # Sums then come out the same on any number of cores, and idle BLAS threads burn no CPU.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from auditor.cli.app import app

    try:
        with _ended_in_order():
            app()
    except AuditorError as error:
        print(f"auditor: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except sqlite3.Error as error:
        remedy = "put a copy of the folder in its place, or choose another --out folder"
        print(f"auditor: the run's audit.db cannot be read or written: {error} — {remedy}", file=sys.stderr)
        sys.exit(ExitCode.ERROR)
    except OSError as error:
        if error.errno not in _PLACES:
            raise
        where = f"{error.filename}: " if error.filename else ""
        remedy = "free the disk or mend the permission, then give the same command again"
        print(f"auditor: {where}{error.strerror} — {remedy}", file=sys.stderr)
        sys.exit(ExitCode.ERROR)
    except (KeyboardInterrupt, SystemExit) as end:
        # typer turns Ctrl-C into an exit with this code, without a word
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        print("auditor: interrupted; the same command goes on from here", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a closed terminal, `timeout` or a CI's cancel end a command as Ctrl-C does, workers and folders included."""
    wanted = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in wanted:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in wanted:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does here: an event loop that runs has its own way to end."""
    as_ever = signal.getsignal(signal.SIGINT)
    if not callable(as_ever):  # Ctrl-C is ignored, as in a background job
        raise KeyboardInterrupt
    as_ever(number, frame)
