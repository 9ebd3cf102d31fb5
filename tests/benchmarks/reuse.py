"""What ``[verify] reuse`` saves: CPU time of verifying programs whose verdicts an earlier run has reached.

``AUDITOR_DATA=… python -m tests.benchmarks.reuse [--tasks 20]`` verifies two models published with COTTON, ten samples
per task, on light tasks of HumanEval+: the first model into an empty cache, again from it, again without it; then the
second model with it and without it. References are cached in all of them but the first. Verdicts are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from auditor.store import Store
from tests.benchmarks.cluster import HEAVY

MODELS = ("starcoderbase-3b", "starcoderbase-7b")
CONFIG = """
[benchmark]
source = "{data}/evalplus/HumanEvalPlus.jsonl.gz"
tasks = {tasks}

[[model]]
name = "{model}"
recorded = "{data}/samples/humaneval__COTTON__{model}.jsonl.gz"

[verify]
workers = 2
reuse = {reuse}
"""


Key = tuple[str, str]
"""A program and a suite."""


def verify(config: Path, out: Path) -> float:
    """Verify in a process of its own; return the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "auditor", "verify", str(config), "-o", str(out), "-q"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def verdicts(out: Path) -> dict[Key, tuple[object, ...]]:
    """Return what each suite says of each program."""
    with Store(out / "audit.db", create=False) as store:
        return {(v.program, v.suite): (v.outcome, v.passed, v.failing, v.flaky) for v in store.verdicts()}


def measure(folder: Path, model: str, tasks: str, runs: Sequence[tuple[str, bool]], seen: set[Key]) -> None:
    """Verify a model once for each of ``runs`` (its name, and whether verdicts are reused) and print what that took."""
    found: dict[str, dict[Key, tuple[object, ...]]] = {}
    for name, reuse in runs:
        config, out = folder / f"{model} {name}.toml", folder / f"{model} {name}"
        values = {"data": os.environ["AUDITOR_DATA"], "tasks": tasks, "model": model, "reuse": str(reuse).lower()}
        config.write_text(CONFIG.format(**values))
        cpu = verify(config, out)
        found[name] = verdicts(out)
        known = f", {len(seen & found[name].keys())} of them known before" if reuse else ""
        print(f"{model}, {name}: {cpu:.1f} CPU-s, {len(found[name])} verdicts{known}", flush=True)
        seen.update(found[name])
    without, cached = found["without the cache"], found["from the cache"]
    differing = [key for key, one in without.items() if one != cached.get(key)]
    print(f"  verdicts that differ: {len(differing)}")
    for key in differing[:5]:
        print(f"    {key}: {cached.get(key)} and {without[key]}")


def main() -> None:
    """Verify and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=20, help="so many of the light tasks")
    options = parser.parse_args()
    tasks = json.dumps([f"HumanEval/{number}" for number in range(164) if number not in HEAVY][: options.tasks])
    twice = [("from the cache", True), ("without the cache", False)]
    with tempfile.TemporaryDirectory() as name:
        os.environ["AUDITOR_CACHE"] = f"{name}/cache"
        seen: set[Key] = set()
        measure(Path(name), MODELS[0], tasks, [("into an empty cache", True), *twice], seen)
        measure(Path(name), MODELS[1], tasks, twice, seen)


if __name__ == "__main__":
    main()
