"""The user's cache folder, and who may write to it.

Its content decides verdicts, so a folder that another user can write to is refused.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from auditor.errors import UsageError

VARIABLE = "AUDITOR_CACHE"
"""Environment variable that names another folder, or is ``off``."""
_REMEDY = f"`chmod 700` a folder of your own, name another one in {VARIABLE}, or set {VARIABLE}=off"


def cache_folder() -> Path | None:
    """Return the user's cache folder; ``None`` if ``AUDITOR_CACHE=off``."""
    named = os.environ.get(VARIABLE, "")
    if named == "off":
        return None
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("auditor"))


def open_folder(folder: Path) -> int | None:
    """Create and open a folder of the cache; ``None`` if it cannot be created or written.

    Returns a descriptor, so that the folder cannot be replaced after the check. Raises
    :class:`~auditor.errors.UsageError` if another user owns the folder or may write to it.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    if not is_ours(os.fstat(descriptor)):
        os.close(descriptor)
        raise UsageError("the cache folder can be written by another user", where=str(folder), remedy=_REMEDY)
    if not os.access(folder, os.W_OK):
        os.close(descriptor)
        return None
    return descriptor


def is_ours(about: os.stat_result) -> bool:
    """Return whether this user owns a file or folder and no other user can write to it."""
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
