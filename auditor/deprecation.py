"""What still works for one more minor version, and what to write instead.

An entry stays in :data:`DEPRECATED` until the version that it names as ``gone``; a test fails when that is out. Keys of
settings files are replaced as they are read, public names when they are asked for, options by :func:`announces`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Given = TypeVar("Given")


class AuditorDeprecationWarning(FutureWarning):
    """Something that a user wrote works for one more minor version; shown by default, unlike DeprecationWarning."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """One thing that goes, and what takes its place."""

    old: str
    """As users write it: ``analysis.attempts`` (a key of a settings file), ``--old`` or ``auditor.old``."""
    new: str
    """What does the same, written alike."""
    since: str
    """The version that first warns, such as ``0.2.0``."""
    gone: str
    """The version that no longer has it: the minor version after the one that first warns."""

    def __str__(self) -> str:
        """Say what to do, as one line."""
        return f"{self.old} is deprecated since {self.since} and goes with {self.gone} — write {self.new}"


DEPRECATED: tuple[Deprecated, ...] = ()
"""All that is deprecated now."""


def warn(entry: Deprecated, where: str = "") -> None:
    """Warn a user of something in what they wrote; ``where`` names the file or the command."""
    warnings.warn(f"{where}: {entry}" if where else str(entry), AuditorDeprecationWarning, stacklevel=3)


def replace_keys(settings: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the content of a settings file with deprecated keys replaced, with a warning for each that is used.

    A key beside its replacement stays, so that it is refused as unknown.
    """
    found: dict[str, Any] = dict(settings)
    for entry in DEPRECATED:
        table, _, key = entry.old.rpartition(".")
        new = entry.new.rpartition(".")[2]
        if not entry.old.startswith(("--", "auditor.")) and _rename(found, table, key, new):
            warn(entry, where)
    return found


def _rename(settings: dict[str, Any], table: str, key: str, new: str) -> bool:
    """Rename a key of a table, or of each of an array of tables; say whether there was one."""
    if not table:
        return _rename_in(settings, key, new)
    inner = settings.get(table)
    if isinstance(inner, dict):
        settings[table] = changed = dict(inner)
        return _rename_in(changed, key, new)
    if isinstance(inner, list):
        settings[table] = rows = [dict(row) if isinstance(row, dict) else row for row in inner]
        renamed = [_rename_in(row, key, new) for row in rows if isinstance(row, dict)]
        return any(renamed)
    return False


def _rename_in(table: dict[str, Any], key: str, new: str) -> bool:
    if key not in table or new in table:
        return False
    table[new] = table.pop(key)
    return True


def replacement(name: str) -> str | None:
    """Return what replaces a deprecated public name, with a DeprecationWarning; ``None`` for any other name."""
    for entry in DEPRECATED:
        if entry.old == f"auditor.{name}":
            warnings.warn(str(entry), DeprecationWarning, stacklevel=3)
            return entry.new.removeprefix("auditor.")
    return None


def announces(option: str) -> Callable[[Given], Given]:
    """Return a callback for a deprecated option, which warns where it is given."""

    def callback(value: Given) -> Given:
        if value:
            warn(next(entry for entry in DEPRECATED if entry.old == option))
        return value

    return callback
