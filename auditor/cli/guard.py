"""Run the app and turn every failure that a user can fix into one line and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from auditor import address_space
from auditor.cli import terminal
from auditor.cli.app import app
from auditor.deprecation import AuditorDeprecationWarning
from auditor.errors import AuditorError, ErrorSlug, ExitCode, StoreError, UsageError

_REMEDIES = {
    ErrorSlug.DISK: "free disk space or correct the permissions, then run the same command again",
    ErrorSlug.FILE_SIZE: "raise the limit of a file's size (ulimit -f), then run the same command again",
    ErrorSlug.OPEN_FILES: "raise the limit of open files (ulimit -n 256), then run the same command again",
    ErrorSlug.MEMORY: "allow more processes or memory, or lower `workers`, then run the same command again",
}
"""Remedies for failures of the machine."""
_SLUGS = {
    errno.ENOSPC: ErrorSlug.DISK,
    errno.EDQUOT: ErrorSlug.DISK,
    errno.EROFS: ErrorSlug.DISK,
    errno.EIO: ErrorSlug.DISK,
    errno.ESTALE: ErrorSlug.DISK,
    errno.EACCES: ErrorSlug.DISK,
    errno.EPERM: ErrorSlug.DISK,
    errno.EFBIG: ErrorSlug.FILE_SIZE,
    errno.EMFILE: ErrorSlug.OPEN_FILES,
    errno.ENFILE: ErrorSlug.OPEN_FILES,
    errno.EAGAIN: ErrorSlug.MEMORY,
    errno.ENOMEM: ErrorSlug.MEMORY,
}
"""Failures of the machine rather than of auditor. Others keep their traceback."""
FORMAT_VARIABLE = "AUDITOR_ERRORS"
"""Environment variable; with ``json``, errors are printed as a line of JSON."""


def run_guarded() -> None:
    """Run the app and exit; only raises bugs."""
    terminal.open_standard_streams()
    try:
        with _deprecations_as_lines(), _signals_as_interrupts():
            address_space.require(address_space.LEAST, "auditor")
            _run_app()
    except (KeyboardInterrupt, SystemExit) as end:
        # typer turns Ctrl-C into an exit with this code and prints nothing.
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        _end(_InterruptedError("interrupted; run the same command again to continue"))
    except BrokenPipeError:
        terminal.end_with_closed_pipe()
    except AuditorError as error:
        _end(error)
    except Exception as error:
        explained = _explained(error)
        if explained is None:
            raise
        _end(explained)


def _run_app() -> None:
    """Run the app; mistakes on the command line become errors like all others, in one line."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UsageError("the working folder no longer exists", remedy="change to another folder") from None
    try:
        code = app(prog_name="auditor", standalone_mode=False)
    except Exception as error:
        said = getattr(error, "format_message", None)  # click's own exceptions, wherever typer takes them from
        if said is None:
            raise
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":
            terminal.print_lines(context.get_help() if context else said(), essential=False)
            sys.exit(ExitCode.USAGE)
        raise _mistake(said(), context.command_path if context else "auditor") from None
    sys.exit(code if isinstance(code, int) else 0)


def _mistake(said: str, command: str) -> UsageError:
    """Return the error for a mistake on the command line, in the form of all others."""
    message = said.strip().rstrip(".")
    return UsageError(f"{message[:1].lower()}{message[1:]}", remedy=f"see `{command} --help`")


@contextmanager
def _deprecations_as_lines() -> Iterator[None]:
    """Show each deprecation once, as one line on stderr, regardless of warning filters."""
    show = warnings.showwarning

    def shown(
        message: Warning | str, category: type[Warning], filename: str, lineno: int,
        file: TextIO | None = None, line: str | None = None,
    ) -> None:  # fmt: skip
        if issubclass(category, AuditorDeprecationWarning):
            terminal.say(f"auditor: {message}")
        else:
            show(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        warnings.simplefilter("once", AuditorDeprecationWarning)
        warnings.showwarning = shown
        yield


class _InterruptedError(AuditorError):
    """A signal from outside."""

    exit_code = ExitCode.INTERRUPTED
    slug = ErrorSlug.INTERRUPTED


def _explained(error: Exception) -> AuditorError | None:
    """Return a failure of the machine as an error with its remedy; ``None`` for a bug, which keeps its traceback."""
    match error:
        case sqlite3.Error():
            return StoreError(
                f"the run's audit.db cannot be read or written: {error}", remedy=_remedy_for_database(error)
            )
        case OSError() if error.errno in _SLUGS:
            where = str(error.filename) if error.filename else None
            return _of_machine(_SLUGS[error.errno], str(error.strerror), where)
        case OSError() if error.errno in {errno.ELOOP, errno.ENAMETOOLONG}:
            return UsageError(
                f"cannot be used: {error.strerror}", where=str(error.filename), remedy="name another path"
            )
        case RuntimeError() if str(error).startswith("Symlink loop from"):  # pathlib, before Python 3.13
            return UsageError(f"cannot be used: {error}", remedy="name another path")
        case ImportError() if "failed to map segment" in str(error):
            return _of_machine(ErrorSlug.MEMORY, "not enough memory to load a library")
        case RuntimeError() if "can't start new thread" in str(error):
            return _of_machine(ErrorSlug.MEMORY, str(error))
        case MemoryError():
            return _of_machine(ErrorSlug.MEMORY, "not enough memory")
        case _:
            return None


def _of_machine(slug: ErrorSlug, message: str, where: str | None = None) -> AuditorError:
    return AuditorError(message, where=where, remedy=_REMEDIES[slug], slug=slug)


def _end(error: AuditorError) -> None:
    terminal.say(error.as_json() if os.environ.get(FORMAT_VARIABLE) == "json" else f"auditor: {error}")
    sys.exit(error.exit_code)


def _remedy_for_database(error: sqlite3.Error) -> str:
    """Choose the remedy by SQLite's primary result code."""
    full_or_denied = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in full_or_denied:
        return _REMEDIES[ErrorSlug.DISK]
    return "replace it with a copy, or choose another --out folder"


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM (`timeout`, a cancelled CI job) and SIGHUP (a closed terminal) end a command like Ctrl-C."""
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
    """Act like Ctrl-C at this moment; a running event loop has its own handler."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # Ctrl-C is ignored, as in a background job
        raise KeyboardInterrupt
    handler(number, frame)
