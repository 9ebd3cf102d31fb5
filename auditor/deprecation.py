"""Deprecated settings, options and names, which work for one more minor version, and their replacements.

An entry stays in :data:`DEPRECATED` until the version in its ``gone`` field; a test fails once that is released. Keys
of settings files are replaced as they are read, public names when they are looked up, options by :func:`announces`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Given = TypeVar("Given")


class AuditorDeprecationWarning(FutureWarning):
    """Warning that something a user wrote works for one more minor version.

    Shown by default, unlike DeprecationWarning.
    """


@dataclass(frozen=True, slots=True)
class Deprecated:
    """One deprecated thing and its replacement."""

    old: str
    """As users write it: ``analysis.attempts`` (a key of a settings file), ``--old`` or ``auditor.old``."""
    new: str
    """Its replacement, written in the same form."""
    since: str
    """The first version that warns, such as ``0.2.0``."""
    gone: str
    """The first version without it: the minor version after the first that warns."""

    def __str__(self) -> str:
        """Say what to do, as one line."""
        return f"{self.old} is deprecated since {self.since} and goes with {self.gone} — write {self.new}"


DEPRECATED: tuple[Deprecated, ...] = ()
"""Everything that is deprecated now."""


def warn(entry: Deprecated, where: str = "") -> None:
    """Warn a user about something they wrote; ``where`` names the file or the command."""
    warnings.warn(f"{where}: {entry}" if where else str(entry), AuditorDeprecationWarning, stacklevel=3)


def replace_keys(settings: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the content of a settings file with deprecated keys replaced, and warn about each one that is used.

    A key given together with its replacement stays, so that it is rejected as unknown.
    """
    found: dict[str, Any] = dict(settings)
    for entry in DEPRECATED:
        table, _, key = entry.old.rpartition(".")
        new = entry.new.rpartition(".")[2]
        if not entry.old.startswith(("--", "auditor.")) and _rename(found, table, key, new):
            warn(entry, where)
    return found


def _rename(settings: dict[str, Any], table: str, key: str, new: str) -> bool:
    """Rename a key of a table, or of each table of an array; return whether it was present."""
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
    """Return a callback that warns when a deprecated option is given."""

    def callback(value: Given) -> Given:
        if value:
            warn(next(entry for entry in DEPRECATED if entry.old == option))
        return value

    return callback
