"""A Dask cluster of processes on this machine: a scheduler, and workers that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from tests.conftest import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}
"""Dask's settings that the documentation recommends for workers and scheduler."""


class LocalCluster:
    """A scheduler and workers, each a process of its own; all end with the ``with`` block."""

    def __init__(
        self,
        folder: Path,
        workers: int,
        *,
        threads: int = 1,
        tls: Mapping[str, Path] | None = None,
        users: Sequence[Sequence[str]] = ([sys.executable],),
        host: str = "127.0.0.1",
        first: Sequence[str] = (sys.executable,),
        **variables: str,
    ) -> None:
        """Start it; ``tls`` names the files of ``ca``, ``cert`` and ``key``, ``users`` the commands of worker 0, 1, ….

        A command starts Python as some user; with fewer commands than workers they are used in turn. ``first`` is
        that of the scheduler, which listens on ``host``.
        """
        self.folder, self.threads, self._users = folder, threads, users
        self.port, self._host, self._first = free_port(), host, first
        self.address = f"{'tls' if tls else 'tcp'}://{host}:{self.port}"
        files = {"ca": "--tls-ca-file", "cert": "--tls-cert", "key": "--tls-key"}
        self._tls = [word for name, path in (tls or {}).items() for word in (files[name], str(path))]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUDITOR_CACHE": "off", **QUIET, **variables}
        self.scheduler = self._scheduler()
        self.workers = [self.start_worker(number) for number in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.workers, self.scheduler]:
            end(process)

    def _scheduler(self) -> subprocess.Popen[bytes]:
        protocol = ["--protocol", self.address.partition(":")[0]]
        where = ["--host", self._host, "--port", str(self.port), "--no-dashboard"]
        return self._start("scheduler", *protocol, *where, *self._tls, python=self._first)

    def start_worker(self, number: int = 0, **variables: str) -> subprocess.Popen[bytes]:
        """Start a worker without a nanny, so that its process is the one that works."""
        return self._start(
            "worker", self.address, "--nthreads", str(self.threads), "--no-nanny", "--memory-limit", "0",
            "--no-dashboard", "--local-directory", str(self.folder), "--death-timeout", "60", *self._tls,
            python=self._users[number % len(self._users)], **variables,
        )  # fmt: skip

    def restart_scheduler(self) -> None:
        """End the scheduler and start one at its address; the workers end with it, and new ones are started."""
        end(self.scheduler)
        for worker in self.workers:
            end(worker)
        self.scheduler = self._scheduler()
        self.workers = [self.start_worker(number) for number in range(len(self.workers))]

    def kill_worker(self, number: int) -> None:
        """Kill a worker and start another in its place."""
        end(self.workers[number])
        self.workers[number] = self.start_worker(number)

    @contextmanager
    def replacing_workers(self) -> Iterator[None]:
        """Start a new worker for each that ends, as a supervisor would."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                for number, worker in enumerate(self.workers):
                    if worker.poll() is not None:
                        self.workers[number] = self.start_worker(number)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _start(
        self, *arguments: str, python: Sequence[str] = (sys.executable,), **variables: str
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [*python, "-m", "dask", *arguments],
                env={**self._environment, **variables},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )


def end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
