"""A simulated model's server in a process of its own, so that its CPU time and its life are not the client's."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.sampling.simulated import FaultKind, Faults, SimulatedServer


@dataclass(frozen=True, slots=True)
class Remote:
    """A running server: its URL, and its counts on demand."""

    base_url: str
    _process: subprocess.Popen[str]

    def counts(self) -> dict[str, int]:
        """Ask for what it has counted, and for the milliseconds of CPU it has used."""
        return self._tell("{}")

    def set(self, **faults: Any) -> dict[str, int]:
        """Give it other faults from now on; return its counts so far."""
        return self._tell(json.dumps(faults))

    def _tell(self, line: str) -> dict[str, int]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        counts: dict[str, int] = json.loads(self._process.stdout.readline())
        return counts


@contextmanager
def remote_server(source: str, **faults: Any) -> Iterator[Remote]:
    """Serve the tasks of ``source``; ``faults`` are the fields of ``Faults``."""
    command = [sys.executable, "-m", "tests.benchmarks.serving", source, json.dumps(faults)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Remote(process.stdout.readline().strip(), process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=20)


def main(source: str, faults: str) -> None:
    """Serve until standard input closes; each line holds new faults, or none, and is answered with the counts."""
    with SimulatedServer(load_benchmark(source).tasks, faults=_faults(faults)) as server:
        print(server.base_url, flush=True)
        for line in sys.stdin:
            server.faults = _faults(line) or server.faults
            counts = {str(key): count for key, count in server.counts.items()}
            print(
                json.dumps({**counts, "peak": server.peak, "cpu_ms": round(1e3 * time.process_time())}),
                flush=True,
            )


def _faults(line: str) -> Faults | None:
    """Read the fields of ``Faults``; ``None`` if there are none."""
    settings = json.loads(line)
    if "kinds" in settings:
        settings["kinds"] = tuple(FaultKind[name] for name in settings["kinds"])
    return Faults(**settings) if settings else None


if __name__ == "__main__":
    main(*sys.argv[1:])
