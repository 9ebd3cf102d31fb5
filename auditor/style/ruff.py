"""ruff over a folder of programs: one process for all, since it has no Python API.

Every stable rule runs, minus :data:`~auditor.style.exclusions.RUFF_EXCLUDED`; no configuration of
this machine is read. ruff only parses.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.errors import AuditorError
from auditor.style.exclusions import RUFF_EXCLUDED
from auditor.style.remarks import MAX_MESSAGE, MAX_REMARKS, Remark, ToolReport

INVALID = "invalid-syntax"


@functools.cache
def ruff_command() -> str:
    """Find ruff's executable beside this Python or on the path."""
    try:
        from ruff import find_ruff_bin

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        if found := shutil.which("ruff"):
            return found
    raise AuditorError("ruff is not installed", remedy="install it beside auditor: pip install ruff")


def arguments() -> list[str]:
    """Return ruff's arguments, all but the files: what a user would type to get the same findings."""
    return [
        "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "--ignore-noqa", "--no-preview",
        "--output-format", "json", "--target-version", f"py{sys.version_info[0]}{sys.version_info[1]}",
        "--select", "ALL", "--ignore", ",".join(sorted(RUFF_EXCLUDED)),
    ]  # fmt: skip


def run_ruff(folder: Path, stems: Sequence[str], *, seconds: float) -> dict[str, ToolReport]:
    """Check ``folder/STEM.py`` for each stem; ``seconds`` bounds the CPU time of one process.

    A batch that ruff does not survive is run one by one, so that only the culprit fails.
    """
    if not stems:
        return {}
    rows, failure = _call(folder, stems, seconds)
    if rows is not None:
        return _reports(rows, stems)
    if len(stems) == 1:
        return {stems[0]: ToolReport([], failed=failure)}
    found: dict[str, ToolReport] = {}
    for stem in stems:
        found |= run_ruff(folder, [stem], seconds=seconds)
    return found


def _call(folder: Path, stems: Sequence[str], seconds: float) -> tuple[list[dict[str, Any]] | None, str]:
    """Run ruff once; return its rows, or ``None`` and why not."""
    # one thread: the batches themselves run side by side
    environment: Mapping[str, str] = {**os.environ, "RAYON_NUM_THREADS": "1"}
    command = [ruff_command(), *arguments(), *(f"{stem}.py" for stem in stems)]
    try:
        done = subprocess.run(  # noqa: S603 - our arguments and names we made
            command, cwd=folder, env=environment, capture_output=True, timeout=4 * seconds + 10, check=False
        )
    except subprocess.TimeoutExpired:
        return None, "ruff did not end in time"
    if done.returncode != 0:
        return None, f"ruff ended with status {done.returncode}"
    try:
        rows: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError:
        return None, "ruff's answer cannot be read"
    return rows, ""


def _reports(rows: list[dict[str, Any]], stems: Sequence[str]) -> dict[str, ToolReport]:
    remarks: dict[str, list[Remark]] = {stem: [] for stem in stems}
    counts = dict.fromkeys(stems, 0)
    unparsable: dict[str, str] = {}
    for row in rows:
        stem = Path(row["filename"]).stem
        place = row["location"] or {"row": 1, "column": 1}
        message = row["message"][:MAX_MESSAGE]
        if row["code"] in (None, INVALID):
            unparsable.setdefault(stem, f"line {place['row']}: {message}")
            continue
        counts[stem] += 1
        if len(remarks[stem]) < MAX_REMARKS:
            remarks[stem].append(
                Remark("ruff", row["code"], row["name"], message, place["row"], place["column"], row["url"] or "")
            )
    return {
        stem: ToolReport(
            sorted(remarks[stem], key=lambda r: (r.line, r.column, r.rule)),
            unparsable=unparsable.get(stem, ""),
            metrics={"ruff_findings": float(counts[stem])},
        )
        for stem in stems
    }
