"""The command line: parse, call, print. stdout is data, stderr is people."""

from __future__ import annotations

import errno
import os
import sys

from auditor.errors import AuditorError, ExitCode

_PLACES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}
"""What ails the place that was written to: no bug of ours, and for the user to mend."""


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
