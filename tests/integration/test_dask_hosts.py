"""A cluster over two hosts: namespaces of network and host name, which one cable joins; workers of two users."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from auditor.engine.dask import DaskEngine
from auditor.errors import EngineError
from auditor.records import Outcome
from auditor.store import Store
from tests import small_audit
from tests.cluster import LocalCluster, end
from tests.cluster_jobs import Squares
from tests.users import command_of, path_for_others

HEAD, NODE = "10.77.0.1", "10.77.0.2"
"""The addresses of the two ends of the cable."""


def on(host: subprocess.Popen[bytes]) -> list[str]:
    """Return the words that put a command on a host."""
    return ["nsenter", f"--net=/proc/{host.pid}/ns/net", f"--uts=/proc/{host.pid}/ns/uts"]


def start_host(name: str) -> subprocess.Popen[bytes]:
    """Start a host: a process that holds its namespaces."""
    held = f"hostname {name} 2>/dev/null || echo {name} > /proc/sys/kernel/hostname; exec sleep 600"
    host = subprocess.Popen(["unshare", "--net", "--uts", "sh", "-c", held])
    until = time.monotonic() + 120
    while _name_of(host) != name:
        assert time.monotonic() < until
        time.sleep(0.01)
    return host


def _name_of(host: subprocess.Popen[bytes]) -> str:
    return subprocess.run([*on(host), "uname", "-n"], capture_output=True, text=True, check=False).stdout.strip()


@pytest.fixture
def hosts() -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    """Two hosts and the cable between them."""
    tools = ("unshare", "nsenter", "ip")
    if os.geteuid() != 0 or any(shutil.which(tool) is None for tool in tools):
        pytest.skip(f"needs root, {', '.join(tools)}")
    if subprocess.run(["unshare", "--net", "--uts", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces can be made here")
    with ExitStack() as stack:
        head, node = (start_host(name) for name in ("head", "node"))
        for host in (head, node):
            stack.callback(end, host)
        cable = ["ip", "link", "add", "name", "cable", "type", "veth", "peer", "name", "cable", "netns", str(node.pid)]
        if subprocess.run([*on(head), *cable], capture_output=True, check=False).returncode:
            pytest.skip("this kernel has no pairs of network devices")
        for host, address in ((head, HEAD), (node, NODE)):
            for words in (["addr", "add", f"{address}/24", "dev", "cable"], ["link", "set", "cable", "up"]):
                subprocess.run([*on(host), "ip", *words], check=True)
            subprocess.run([*on(host), "ip", "link", "set", "lo", "up"], check=True)
        yield head, node


@pytest.mark.slow
def test_an_audit_over_two_hosts_and_two_users_gives_the_report_of_one(
    hosts: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]],
) -> None:
    """And nothing else than the two hosts reaches the scheduler."""
    head, node = hosts
    user = command_of("user")
    python = user[-1]  # one interpreter for all, so that environments are equal
    variables = {**os.environ, "PYTHONPATH": path_for_others(), "AUDITOR_CACHE": "off"}
    with tempfile.TemporaryDirectory(prefix="hosts-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        config = small_audit.write(folder, tasks=3)

        def run(out: str, *words: str, more: tuple[str, ...] = ()) -> dict[str, bytes]:
            command = [*words, python, "-m", "auditor", "run", str(config), "-o", str(folder / out), "-q", *more]
            subprocess.run(command, env=variables, cwd=folder, check=True)
            return {path.name: path.read_bytes() for path in (folder / out / "report").iterdir()}

        workers = ([*on(node), python], [*on(node), *user])
        with LocalCluster(
            folder, 2, host=HEAD, first=[*on(head), python], users=workers, PYTHONPATH=path_for_others()
        ) as cluster:
            found = run("cluster", *on(head), more=("--scheduler", cluster.address))
            with pytest.raises(EngineError, match="no scheduler answers"):
                DaskEngine(cluster.address, patience=1.0).start(Squares())
            owners = {Path(f"/proc/{worker.pid}").stat().st_uid for worker in cluster.workers}
        assert found == run("local")
        with Store(folder / "cluster" / "audit.db") as store:
            verdicts = list(store.verdicts())
        assert {verdict.host for verdict in verdicts} == {"node"}
        assert Outcome.ERROR not in {verdict.outcome for verdict in verdicts}
        assert len(owners) == 2
