"""EvalPlus from PyPI as a peer: unprivileged, without a network, on local files of tasks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODY = 65534


@dataclass(frozen=True)
class Cost:
    """What a tree of processes took."""

    cpu: float
    """Seconds."""
    wall: float
    """Seconds."""
    memory: float
    """MB of its largest process."""


@dataclass(frozen=True)
class Evaluation:
    """What EvalPlus said, and what it cost."""

    verdicts: dict[str, list[dict[str, bool]]]
    """Task id → for each sample, in order, suite → passed."""
    cost: Cost


def measured(command: list[str], **settings: Any) -> Cost:
    """Run a command and everything that it starts."""
    began = time.monotonic()
    process = subprocess.Popen(command, **settings)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"{command[0]} … ended with status {status}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024)


def evaluate(
    dataset: str, source: Path, samples: Iterable[Mapping[str, Any]], folder: Path, site_packages: str, python: str
) -> Evaluation:
    """Have EvalPlus judge samples (rows with ``task_id`` and ``solution``) with two workers."""
    with (folder / "samples.jsonl").open("w") as file:
        for row in samples:
            file.write(json.dumps({"task_id": row["task_id"], "solution": row["solution"]}) + "\n")
    shutil.copy(source, folder / source.name)
    for old in folder.glob("samples*eval_results.json"):
        old.unlink()
    for path in (folder, *folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": site_packages,
        {"humaneval": "HUMANEVAL_OVERRIDE_PATH", "mbpp": "MBPP_OVERRIDE_PATH"}[dataset]: str(folder / source.name),
    }
    user = str(NOBODY)
    command = ["unshare", "-n", "setpriv", "--reuid", user, "--regid", user, "--clear-groups", python]
    command += ["-m", "evalplus.evaluate", "--dataset", dataset, "--samples", str(folder / "samples.jsonl")]
    cost = measured([*command, "--parallel", "2"], env=environment, cwd=folder, stdout=sys.stderr)
    verdicts: dict[str, list[dict[str, bool]]] = defaultdict(list)
    (results,) = folder.glob("samples*eval_results.json")
    for task_id, rows in json.loads(results.read_text())["eval"].items():
        for row in rows:
            verdicts[task_id].append({suite: row[f"{suite}_status"] == "pass" for suite in ("base", "plus")})
    return Evaluation(verdicts, cost)
