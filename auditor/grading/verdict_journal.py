"""Verdicts kept in a file during a long run, so that the same command resumes where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.grading.journal import Journal
from auditor.json_types import JsonObject, objects_in
from auditor.records import SuiteName, Task, Verdict
from auditor.results import from_plain, to_plain
from auditor.verify import code_digest

_KEPT = [one.name for one in fields(Verdict) if one.name != "passed"]
"""Results of single tests are not stored."""


class VerdictJournal:
    """Verdicts by program, one JSON line each; truncated lines and those for other tasks or limits are skipped."""

    def __init__(self, path: Path | None, tasks: Mapping[str, Task], config: VerifyConfig) -> None:
        """Read existing verdicts; with ``None``, nothing is stored."""
        facts = repr((sorted(tasks.items()), config.model_dump(exclude={"workers"}), code_digest()))
        self._key = hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()
        self._journal = Journal(path)
        self.known: dict[str, dict[SuiteName, Verdict]] = {
            found[0].program: {one.suite: one for one in found} for found in self._journal.read(self._verdicts) if found
        }

    def _verdicts(self, row: JsonObject) -> list[Verdict]:
        """Read the verdicts of one program; none where they are of other tasks or limits."""
        if row["key"] != self._key:
            return []
        return [from_plain(Verdict, {**one, "passed": ""}) for one in objects_in(row["verdicts"])]

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Store the verdicts of one program."""
        self.known[verdicts[0].program] = {one.suite: one for one in verdicts}
        rows = [{name: to_plain(getattr(one, name)) for name in _KEPT} for one in verdicts]
        self._journal.add({"key": self._key, "verdicts": rows})

    def end(self) -> None:
        """Remove the file once everything is done."""
        self._journal.end()
