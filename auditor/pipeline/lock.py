"""Only one command may work in a run folder; two would draw and pay for the same samples twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.errors import OutputError, StoreError


@contextmanager
def sole_worker(folder: Path, *, create: bool) -> Iterator[None]:
    """Lock ``folder`` for this process; with ``create``, create it if missing, and remove it on failure if empty.

    The lock is on the folder itself: it leaves no file behind and ends with the process. A missing folder, or one on a
    file system without locks, is not locked. Raises :class:`~auditor.errors.StoreError` if another process works in it.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()] if create else []
    try:
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY) if folder.is_dir() else None
    except OSError as error:
        raise OutputError.at(folder, error) from None
    try:
        if handle is not None:
            _lock(handle, folder)
        yield
    except BaseException:
        for path in made:
            with suppress(OSError):  # gone already, or not empty: there is something to keep
                path.rmdir()
        raise
    finally:
        if handle is not None:
            os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreError(
            "another `auditor` is running in this folder",
            where=str(folder),
            remedy="let it finish or end it, then run the same command again; or choose another --out folder",
        ) from None
    except OSError:  # e.g. some network file systems
        return
