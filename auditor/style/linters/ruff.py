"""Run ruff over a folder of programs: one process per batch, since it has no Python API.

Every stable rule runs except :attr:`Ruff.exclusions`; no configuration of this machine is read. ruff only parses code.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypedDict

from auditor.errors import AuditorError
from auditor.records import LinterName
from auditor.style.linters import reasons, ruff_overlaps
from auditor.style.linters.interface import (
    MAX_MESSAGE,
    MAX_REMARKS,
    Linter,
    Measure,
    Number,
    Probe,
    ProgramFile,
    Remark,
    RuleGroup,
    ToolReport,
    Workspace,
    findings_number,
)

INVALID = "invalid-syntax"
_SELECTOR = re.compile(r"([A-Z]+)(\d*)")


class Ruff(Linter):
    """ruff, by its executable."""

    name = LinterName("ruff")
    probe = Probe("import os\n", frozenset({"F401"}), {"ruff_findings": 1.0})
    measures: ClassVar[Mapping[str, Number]] = {"findings": findings_number("ruff")}
    exclusions: ClassVar[Mapping[str, str]] = {
        "A005": reasons.FILE,
        "CPY001": reasons.FILE,
        "D100": reasons.FILE,
        "D104": reasons.FILE,
        "D203": "contradicts D211",
        "D213": "contradicts D212",
        "EXE001": reasons.FILE,
        "EXE002": reasons.FILE,
        "EXE003": reasons.FILE,
        "EXE004": reasons.FILE,
        "EXE005": reasons.FILE,
        "INP001": reasons.FILE,
        "N999": reasons.FILE,
        "W292": reasons.CUT,
    }
    body_rules: ClassVar[frozenset[str]] = frozenset(
        {
            *("C901", "PLR0911", "PLR0912", "PLR0915", "ARG001", "ARG002", "ARG003", "ARG004", "ARG005", "D202"),
            *("B024", "B027", "PLW0246", "PLW1641"),
        }
    )
    overlaps: ClassVar[Mapping[str, frozenset[str]]] = ruff_overlaps.by_ruff_rule()
    pragmas = ("# noqa", "# noqa: F401", "# ruff: noqa", "# flake8: noqa", "# isort: skip_file", "# fmt: off")

    def versions(self) -> dict[str, str]:
        """Return the executable's version, which may differ from the installed package's."""
        return {"ruff": _version()}

    def rules(self) -> Mapping[str, str]:
        """Return ruff's stable rules that run, code → name."""
        return _rules()

    def groups(self) -> Sequence[RuleGroup]:
        """Return ruff's families, each by the tool from which its rules come."""
        return _families()

    def in_group(self, rule: str, selector: str) -> bool:
        """Return whether ``N``, ``D1``, ``PL`` … covers a rule, as ruff's own selectors do."""
        wanted, own = _parts(selector), _parts(rule)
        if wanted is None or own is None:
            return False
        same = own[0] == wanted[0] or (wanted[0] == "PL" and own[0].startswith("PL"))
        return same and own[1].startswith(wanted[1])

    def same_as(self, rule: str) -> frozenset[str]:
        """Return the messages of pylint that a rule overlaps."""
        return ruff_overlaps.ported_message(rule) or super().same_as(rule)

    def start(self, workspace: Workspace) -> RuffSession:
        """Return a session; each batch starts a ruff process."""
        return RuffSession(workspace)


@functools.lru_cache(maxsize=4096)  # every source of a rubric is compared with all rules
def _parts(selector: str) -> tuple[str, str] | None:
    """Split ``PLR0911`` into letters and digits; ``None`` for what is neither a rule nor a part of a family."""
    found = _SELECTOR.fullmatch(selector)
    return None if found is None else (found[1], found[2])


@functools.cache
def ruff_command() -> str:
    """Find ruff's executable next to this Python or on the path."""
    try:
        from ruff import find_ruff_bin

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        if found := shutil.which("ruff"):
            return found
    raise AuditorError("ruff is not installed", remedy="install it next to auditor: pip install ruff")


def arguments() -> list[str]:
    """Return ruff's arguments except the files, which a user would type to get the same findings."""
    return [
        "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "--ignore-noqa", "--no-preview",
        "--output-format", "json", "--target-version", f"py{sys.version_info[0]}{sys.version_info[1]}",
        "--select", "ALL", "--ignore", ",".join(sorted(Ruff.exclusions)),
    ]  # fmt: skip


def _ask(*words: str) -> bytes:
    """Return what ruff prints."""
    return subprocess.run([ruff_command(), *words], capture_output=True, check=True).stdout  # noqa: S603 - our words


@functools.cache
def _version() -> str:
    return _ask("--version").decode().split()[-1]


@functools.cache
def _rules() -> dict[str, str]:
    return {
        row["code"]: row["name"]
        for row in json.loads(_ask("rule", "--all", "--output-format", "json"))
        if row["code"] and not row["preview"] and "Removed" not in row["status"] and row["code"] not in Ruff.exclusions
    }


@functools.cache
def _families() -> tuple[RuleGroup, ...]:
    found: list[RuleGroup] = []
    for row in json.loads(_ask("linter", "--output-format", "json")):
        if row["prefix"]:
            found.append(RuleGroup(row["prefix"], row["name"]))
        else:
            parts = row.get("categories") or ()
            found += [RuleGroup(part["prefix"], f"{row['name']} {part['name'].lower()}") for part in parts]
    return tuple(found)


class RuffSession:
    """Runs ruff once per batch."""

    def __init__(self, workspace: Workspace) -> None:
        """Read the CPU limit from ``workspace``."""
        self._seconds = workspace.seconds

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Check a batch. If ruff fails on it, check file by file, so that only the culprit fails."""
        if not files:
            return {}
        rows, failure = _call([file.path for file in files], self._seconds)
        if rows is not None:
            return _reports(rows, files)
        if len(files) == 1:
            return {files[0].program: ToolReport(failed=failure)}
        found: dict[str, ToolReport] = {}
        for file in files:
            found |= self.check([file])
        return found


class _Place(TypedDict):
    row: int
    column: int


class _Row(TypedDict):
    """One remark in ruff's JSON."""

    filename: str
    location: _Place | None
    message: str
    code: str | None
    """``None`` for a syntax error."""
    name: str
    url: str | None


def _call(paths: Sequence[Path], seconds: float) -> tuple[list[_Row] | None, str]:
    """Run ruff once; return its rows, or ``None`` and the reason."""
    # one thread: the batches themselves run in parallel
    environment: Mapping[str, str] = {**os.environ, "RAYON_NUM_THREADS": "1"}
    command = [ruff_command(), *arguments(), *(path.name for path in paths)]
    try:
        done = subprocess.run(  # noqa: S603 - our arguments and names we made
            command, cwd=paths[0].parent, env=environment, capture_output=True, timeout=4 * seconds + 10, check=False
        )
    except subprocess.TimeoutExpired:
        return None, "ruff did not end in time"
    if done.returncode != 0:
        return None, f"ruff ended with status {done.returncode}"
    try:
        rows: list[_Row] = json.loads(done.stdout)
    except ValueError:
        return None, "ruff's output is not JSON"
    return rows, ""


def _reports(rows: list[_Row], files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
    programs = {file.path.stem: file.program for file in files}
    remarks: dict[str, list[Remark]] = {file.program: [] for file in files}
    unparsable: dict[str, str] = {}
    for row in rows:
        program = programs[Path(row["filename"]).stem]
        place = row["location"] or _Place(row=1, column=1)
        message = row["message"][:MAX_MESSAGE]
        code = row["code"]
        if code is None or code == INVALID:
            unparsable.setdefault(program, f"line {place['row']}: {message}")
        else:
            name, url = row["name"], row["url"] or ""
            remarks[program].append(Remark(code, name, message, place["row"], place["column"], url))
    return {
        program: ToolReport(
            sorted(found[:MAX_REMARKS], key=lambda r: (r.line, r.column, r.rule)),
            unparsable=unparsable.get(program, ""),
            measures={Ruff.measures["findings"].key: Measure(float(len(found)))},
        )
        for program, found in remarks.items()
    }
