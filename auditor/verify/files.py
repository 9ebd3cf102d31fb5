"""A private folder that the programs of one fork server may write, with a quota.

The folder is made before the fork server starts, belongs to the user that programs run as, and is emptied when the last
child has ended. The kernel limits each file; the total and the number of entries are checked periodically while a child
runs, so a program may exceed the quota until the next check.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
import time
from pathlib import Path

MOST_ENTRIES = 1000
"""Most files and folders that a program may have at a time."""
_LOOK_SECONDS = 0.05
_FOLDER_MODE = 0o700


class PrivateFolder:
    """A folder for files of programs, in the system's temporary folder."""

    def __init__(self, quota: int, uid: int | None) -> None:
        """Create the folder; ``quota`` is in bytes, ``uid`` owns it if we are root. Raises ``OSError``."""
        self.path = tempfile.mkdtemp(prefix="auditor-files-")
        self._quota = quota
        self._looked = 0.0
        if uid is not None:
            os.chown(self.path, uid, uid)

    def excess(self, *, now: bool = False) -> str:
        """Say what exceeds the limits in the folder; empty if nothing does or the last check was just before."""
        moment = time.monotonic()
        if not now and moment - self._looked < _LOOK_SECONDS:
            return ""
        self._looked = moment
        try:
            size, entries = self._usage()
        except OSError:  # a path longer than the system allows, or a folder that cannot be listed
            return "its files cannot be measured"
        if size > self._quota:
            return f"its files take more than {self._quota >> 20} MB"
        return f"it has more than {MOST_ENTRIES} files and folders" if entries > MOST_ENTRIES else ""

    def _usage(self) -> tuple[int, int]:
        """Return bytes on disk and number of entries, up to their limits."""
        size, entries, folders = 0, 0, [self.path]
        while folders and size <= self._quota and entries <= MOST_ENTRIES:
            try:
                with os.scandir(folders.pop()) as found:
                    for entry in found:
                        about = entry.stat(follow_symlinks=False)
                        size += about.st_blocks * 512
                        entries += 1
                        if stat.S_ISDIR(about.st_mode):
                            folders.append(entry.path)
            except FileNotFoundError:  # removed after it was listed
                continue
        return size, entries

    def empty(self) -> None:
        """Remove everything in it; no child may be running.

        The content of a folder is first moved to the top, so folders nested to any depth can be removed. Raises
        ``OSError`` if the system refuses.
        """
        top = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            while names := os.listdir(top):  # noqa: PTH208 - by descriptor
                for name in names:
                    if stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
                        _move_up(name, top)
                    else:
                        os.unlink(name, dir_fd=top)
        finally:
            os.close(top)

    def remove(self) -> None:
        """Remove the folder and its content, as far as the system allows."""
        with contextlib.suppress(OSError):
            self.empty()
            Path(self.path).rmdir()


def _move_up(name: str, top: int) -> None:
    """Move a folder's content into its parent and remove the folder."""
    os.chmod(name, _FOLDER_MODE, dir_fd=top)
    folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
    try:
        for inner in os.listdir(folder):  # noqa: PTH208 - by descriptor
            if stat.S_ISDIR(os.stat(inner, dir_fd=folder, follow_symlinks=False).st_mode):
                os.chmod(inner, _FOLDER_MODE, dir_fd=folder)  # only those who may write to a folder can move it
            os.rename(inner, secrets.token_hex(16), src_dir_fd=folder, dst_dir_fd=top)
        os.rmdir(name, dir_fd=top)
    finally:
        os.close(folder)
