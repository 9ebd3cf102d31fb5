"""The command line: parse arguments, call the library, print. Data goes to stdout, messages to stderr."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

_INTERRUPTED = 130
"""``ExitCode.INTERRUPTED``, available before anything is imported."""
_LAST_WORDS = b"auditor: interrupted; run the same command again to continue\n"


def main() -> None:
    """Run the command line and exit with one of :class:`auditor.errors.ExitCode`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        _replace_default(number, _exit_at_once)
    # BLAS with one thread: sums are then the same on any number of cores, and idle threads use no CPU.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from auditor.cli.guard import run_guarded
    except MemoryError:
        os.write(2, b"auditor: not enough memory to start - free some, or raise the limit (ulimit -v)\n")
        sys.exit(1)
    run_guarded()


def _replace_default(number: signal.Signals, handler: object) -> None:
    """Handle a signal unless it is ignored (``nohup``) or already handled."""
    if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
        signal.signal(number, handler)  # type: ignore[arg-type]


def _exit_at_once(number: int, frame: FrameType | None) -> None:
    """End during start-up, when nothing has been written yet and imports are half done."""
    del number, frame
    try:
        os.write(2, _LAST_WORDS)
    finally:
        os._exit(_INTERRUPTED)
