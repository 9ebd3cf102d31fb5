"""Verdicts kept in a file during a long run, so that the same command resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.errors import InputError
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
        self._path = path
        self.known: dict[str, dict[SuiteName, Verdict]] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else ():
            try:
                row = json.loads(line)
                if row["key"] == self._key:
                    found = [from_plain(Verdict, {**one, "passed": ""}) for one in row["verdicts"]]
                    self.known[found[0].program] = {one.suite: one for one in found}
            except (ValueError, KeyError, TypeError, IndexError, InputError):
                continue

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Store the verdicts of one program."""
        self.known[verdicts[0].program] = {one.suite: one for one in verdicts}
        if self._path is not None:
            rows = [{name: to_plain(getattr(one, name)) for name in _KEPT} for one in verdicts]
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": self._key, "verdicts": rows}) + "\n")

    def end(self) -> None:
        """Remove the file once everything is done."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
