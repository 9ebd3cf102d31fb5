"""The command line: parse, call, print. stdout is data, stderr is people."""

from __future__ import annotations

import os
import sys

from auditor.errors import AuditorError, ExitCode


def main() -> None:
    """Run the command line and exit with one of :class:`auditor.errors.ExitCode`."""
    # Sums then come out the same on any number of cores, and idle BLAS threads burn no CPU.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from auditor.cli.app import app

    try:
        app()
    except AuditorError as error:
        print(f"auditor: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, SystemExit) as end:
        # typer turns Ctrl-C into an exit with this code, without a word
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        print("auditor: interrupted; the same command goes on from here", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
