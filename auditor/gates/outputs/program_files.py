"""The accepted programs of a run as files, where a SARIF file says they are."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from auditor.errors import UsageError
from auditor.gates.view import RunView
from auditor.store import Store

LONGEST_NAME = 120
"""Characters of a path component; longer names end in a hash."""


def program_uri(model: str, task_id: str, program: str) -> str:
    """Return a program's path, ``programs/MODEL/TASK/PROGRAM.py``; every part is one harmless path component."""
    return "/".join(["programs", *(_component(part) for part in (model, task_id, program))]) + ".py"


def _component(text: str) -> str:
    """Quote a name as a path component: short, no special folder, no slash or percent sign."""
    safe = quote(text, safe="", errors="surrogatepass").replace("%", "_").replace("~", "_")
    if len(safe) > LONGEST_NAME:
        safe = f"{safe[: LONGEST_NAME - 9]}_{sha256(safe.encode()).hexdigest()[:8]}"
    return safe if safe and not safe.startswith(".") else f"_{safe}"


def database_of(run: RunView) -> Path:
    """Return the run's ``audit.db``; raises :class:`~auditor.errors.UsageError` if there is only a report."""
    if run.database is None:
        raise UsageError("has no audit.db, which holds the programs", where=run.where, remedy="name a run's folder")
    return run.database


def write_programs(run: RunView, folder: Path) -> int:
    """Write every accepted program under ``folder`` at its :func:`program_uri`; return their number.

    An existing file is replaced. Raises :class:`~auditor.errors.UsageError` without ``audit.db``.
    """
    written = 0
    with Store(database_of(run), create=False) as store:
        for accepted in store.accepted_solutions():
            path = folder / program_uri(accepted.model, accepted.task_id, accepted.program)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(accepted.solution, encoding="utf-8", errors="replace")
            written += 1
    return written
