"""The rules for a run if the command names none: those of its audit.toml, as the file is now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.errors import ErrorSlug, RunMissingError, StoreError, UsageError
from auditor.gates.rules import PlacedRules, rules_in, rules_of
from auditor.gates.view import RunView
from auditor.store import Store

NO_RULES_REMEDY = (
    "add a [[gate]] table (metric, min or max) to audit.toml, or use a built-in set: "
    "`auditor gate DIR --rules assisted`"
)
"""What to do when no gate is set."""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """A run's rules, and a note on where they come from."""

    placed: PlacedRules
    note: str
    """One line; empty if the rules are those of the run and its audit.toml has no others."""


def own_rules(run: RunView) -> OwnRules:
    """Return the rules in the run's audit.toml if the file is still in place, else those stored in the run.

    An edited file is used as it is now, and the note says so. Raises :class:`~auditor.errors.UsageError` if there is no
    rule, and :class:`~auditor.errors.ConfigError`, with the line, for a file that cannot be read.
    """
    kept = rules_of(run.document, run.where)
    path = _settings_file(run.database)
    if path is None:
        if not kept.rules:
            raise _no_rules(run.where)
        return OwnRules(
            kept, "rules: as stored in the run; --rules FILE applies others, including an edited audit.toml"
        )
    edited = rules_in(path)
    if not edited.rules:
        raise _no_rules(str(path))
    edited.check()
    if edited.rules == kept.rules:
        return OwnRules(edited, "")
    return OwnRules(edited, f"rules: {path}, edited since the report was written; `auditor report` updates it")


def _no_rules(where: str) -> UsageError:
    return UsageError("no gate is set", where=where, remedy=NO_RULES_REMEDY, slug=ErrorSlug.NO_RULES)


def _settings_file(database: Path | None) -> Path | None:
    """Return the audit.toml that the run was last given, if it is still in place.

    The report also has the run's rules, so an unreadable database is not an error here.
    """
    if database is None:
        return None
    try:
        with Store(database, create=False) as store:
            relative = store.meta.settings_file
    except (RunMissingError, StoreError):
        return None
    if relative is None:
        return None
    path = database.parent / relative
    return _short(path) if path.is_file() else None


def _short(path: Path) -> Path:
    """Return a file's path relative to the working folder, if it is inside."""
    whole = path.resolve()
    here = Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole
