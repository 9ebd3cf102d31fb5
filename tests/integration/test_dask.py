"""The engine of a Dask cluster, with real processes: nothing is lost or done twice, whatever dies."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

pytest.importorskip("distributed")

from auditor.engine import dask
from auditor.engine.cluster import Cluster
from auditor.engine.dask import DaskEngine, Watch, security_of
from auditor.errors import EngineError, SandboxError
from auditor.records import Outcome, SuiteName
from auditor.store import Store
from tests import small_audit
from tests.cluster import LocalCluster, end, free_port
from tests.cluster_jobs import BROKEN, ENVIRONMENT, POISON, REFUSES, Numbers, Square, Squares, Table
from tests.users import command_of, path_for_others

pytestmark = pytest.mark.filterwarnings("default")  # of Dask's own


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers; the second is another user's if the tests run as root and others can read this interpreter."""
    users = [[sys.executable]]
    with suppress(pytest.skip.Exception):
        users += [command for command in [command_of("user")] if command[-1] == sys.executable]
    with tempfile.TemporaryDirectory(prefix="cluster-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        with LocalCluster(Path(folder), 2, users=users, PYTHONPATH=path_for_others()) as cluster:
            yield cluster


def engine(cluster: LocalCluster, notes: list[str] | None = None) -> DaskEngine:
    return DaskEngine(cluster.address, watch=Watch(note=(notes if notes is not None else []).append))


def batches(count: int, size: int, seconds: float = 0.0, name: str = "t") -> list[Numbers]:
    tables = [Table(f"{name}{n}") for n in range(3)]

    chunks = [tuple(range(n, min(n + size, count))) for n in range(0, count, size)]
    return [Numbers(chunk, tables[n % 3], seconds) for n, chunk in enumerate(chunks)]


def squares(records: list[Square]) -> list[tuple[int, int | None]]:
    return sorted((record.value, record.square) for record in records)


@pytest.mark.slow
def test_an_audit_on_the_cluster_gives_the_report_of_one_machine(cluster: LocalCluster, tmp_path: Path) -> None:
    """And each verdict names where it was reached."""
    config = small_audit.write(tmp_path, tasks=3)
    local = small_audit.report_of(config, tmp_path / "local")
    config.write_text(f'{config.read_text()}\n[engine]\nscheduler = "{cluster.address}"\n')
    assert small_audit.report_of(config, tmp_path / "cluster") == local
    with Store(tmp_path / "cluster" / "audit.db") as store:
        verdicts = list(store.verdicts())
        assert store.harness_errors() == 0
        assert {(bool(verdict.host), bool(verdict.environment)) for verdict in verdicts} == {(True, True)}
        assert any(verdict.outcome is Outcome.TIMEOUT for verdict in verdicts)
        assert {verdict.suite for verdict in verdicts} == set(SuiteName)


def test_every_item_is_done_once_and_what_items_share_is_sent_once(cluster: LocalCluster) -> None:
    with engine(cluster).start(Squares()) as session:
        records = list(session.map(iter(batches(300, 7, name="once"))))
        assert squares(records) == [(n, n * n) for n in range(300)]
        assert {record.process for record in records} <= set(session.sites)
        assert {record.arrivals for record in records} == {1}
        assert len(list(session.map(batches(9, 1), alone=True))) == 9


def test_a_slow_item_comes_back_in_parts(cluster: LocalCluster) -> None:
    """A worker answers after some seconds with what it has; the rest is sent again."""
    with replace(engine(cluster), answer_seconds=0.1).start(Squares()) as session:
        records = list(session.map([Numbers((1, 2, 3), seconds=0.2)]))
    assert squares(records) == [(1, 1), (2, 4), (3, 9)]


def test_a_jobs_error_is_raised_here(cluster: LocalCluster) -> None:
    with engine(cluster).start(Squares()) as session:
        with pytest.raises(SandboxError, match="fails on this"):
            list(session.map([Numbers((1, BROKEN))]))
        assert squares(list(session.map([Numbers((3,))]))) == [(3, 9)]


@pytest.mark.slow
def test_workers_unlike_the_others_are_refused_by_name(cluster: LocalCluster) -> None:
    notes: list[str] = []
    odd = [cluster.start_worker(**{ENVIRONMENT: "other"}), cluster.start_worker(**{REFUSES: "1"})]
    try:
        with engine(cluster, notes).start(Squares()) as session:
            records: list[Square] = []
            for _ in range(200):
                records += session.map(batches(8, 1, seconds=0.05))
                if len(notes) == 2:
                    break
            assert len(session.sites) == 2
    finally:
        for process in odd:
            process.kill()
            process.wait()
    assert any("its environment is other, that of the others usual" in note for note in notes)
    assert any("only reaches level 'none'" in note for note in notes)
    assert all("tcp://127.0.0.1:" in note for note in notes)


@pytest.mark.slow
def test_what_ends_a_worker_is_found_and_the_rest_is_done(cluster: LocalCluster) -> None:
    items = batches(40, 2)
    items[6] = Numbers((12, POISON))
    with cluster.replacing_workers(), engine(cluster).start(Squares()) as session:
        records = list(session.map(items))
    given_up = [record for record in records if record.square is None]
    assert [record.value for record in given_up] == [POISON]
    assert "ended each of 3 worker processes" in given_up[0].reason
    assert squares([r for r in records if r.square is not None]) == [(n, n * n) for n in range(40) if n != 13]


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_workers_and_the_scheduler_die(cluster: LocalCluster) -> None:
    with engine(cluster).start(Squares()) as session:
        records: list[Square] = []
        for record in session.map(batches(150, 5, seconds=0.02)):
            records.append(record)
            match len(records):
                case 20:
                    cluster.kill_worker(0)
                case 60:
                    cluster.restart_scheduler()
                case 110:
                    cluster.kill_worker(1)
    assert squares(records) == [(n, n * n) for n in range(150)]


@pytest.mark.slow
def test_an_audit_comes_to_the_same_report_while_ten_workers_and_the_scheduler_are_killed(tmp_path: Path) -> None:
    config = small_audit.write(tmp_path, endless=small_audit.TASKS)
    local = small_audit.report_of(config, tmp_path / "local")
    with LocalCluster(tmp_path, 2) as cluster:
        config.write_text(f'{config.read_text()}\n[engine]\nscheduler = "{cluster.address}"\n')
        over, killed = threading.Event(), list[int]()

        def kill() -> None:
            chance = random.Random(0)
            while not over.wait(chance.uniform(0.2, 1.2)):
                if len(killed) == 5:
                    cluster.restart_scheduler()
                if len(killed) < 10:
                    killed.append(chance.randrange(2))
                    cluster.kill_worker(killed[-1])

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            found = small_audit.report_of(config, tmp_path / "killed")
        finally:
            over.set()
            killer.join()
    with Store(tmp_path / "local" / "audit.db") as one, Store(tmp_path / "killed" / "audit.db") as other:
        keys = [[(v.program, v.suite, v.outcome) for v in store.verdicts()] for store in (one, other)]
    assert keys[0] == keys[1]
    assert found == local
    assert len(killed) > 5  # and the scheduler; or it was over too soon to show anything


def test_a_worker_that_dies_before_it_answers_is_not_waited_for(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler keeps a call to a worker that is gone for ever, in case it comes back."""
    threads, asked = Cluster.threads, list[None]()

    def with_one_more(self: Cluster) -> Mapping[str, int] | None:
        found = threads(self)
        asked.append(None)
        return {**(found or {}), "tcp://127.0.0.1:9": 1} if len(asked) == 1 else found

    monkeypatch.setattr(Cluster, "threads", with_one_more)
    with engine(cluster).start(Squares()) as session:
        assert squares(list(session.map([Numbers((3,))]))) == [(3, 9)]


@pytest.mark.slow
def test_a_worker_that_does_not_answer_is_refused(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "SILENCE", 4)
    notes = list[str]()
    watch = Watch(note=notes.append)
    stopped = cluster.start_worker()
    try:
        with DaskEngine(cluster.address, patience=60.0).start(Squares()) as session:
            while session.width < 3:
                list(session.map([Numbers((3,), seconds=0.2)]))
        os.kill(stopped.pid, signal.SIGSTOP)
        with DaskEngine(cluster.address, patience=0.5, watch=watch).start(Squares()) as session:
            assert squares(list(session.map([Numbers((3,))]))) == [(3, 9)]
    finally:
        end(stopped)
    assert [note for note in notes if "it has not answered for" in note]


def test_a_cluster_that_is_not_there_is_named() -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(EngineError, match=address):
        DaskEngine(address, patience=0.5).start(Squares())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
def test_a_cluster_by_tls_takes_only_those_with_a_certificate(tmp_path: Path) -> None:
    files = {"ca": tmp_path / "cert.pem", "cert": tmp_path / "cert.pem", "key": tmp_path / "key.pem"}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(files["cert"]), "-keyout", str(files["key"])],
        check=True, capture_output=True,
    )  # fmt: skip
    with LocalCluster(tmp_path, 1, tls=files) as cluster:
        security = security_of(files["ca"], files["cert"], files["key"])
        with DaskEngine(cluster.address, security).start(Squares()) as session:
            assert squares(list(session.map([Numbers((3,))]))) == [(3, 9)]
        with pytest.raises(EngineError):
            DaskEngine(cluster.address.replace("tls", "tcp"), patience=0.5).start(Squares())


@pytest.mark.parametrize("dropped", [1, 4])
def test_calls_that_never_reach_the_scheduler_are_sent_again(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch, dropped: int
) -> None:
    """As those do that are sent on the stream to a scheduler that has just been started again."""
    monkeypatch.setattr("auditor.engine.cluster.LOST_SECONDS", 0.5)
    with engine(cluster).start(Squares()) as session:
        stream = session._cluster._client.scheduler_comm
        send, left = stream.send, [None] * dropped

        def forgetful(message: Mapping[str, object]) -> None:
            if message["op"] != "update-graph" or not left:
                send(message)
            else:
                left.pop()

        monkeypatch.setattr(stream, "send", forgetful)
        records = list(session.map(batches(40, 5, name=f"lost{dropped}")))
        assert len(left) < dropped, "nothing was dropped; after a new connection its stream drops nothing"
    assert squares(records) == [(n, n * n) for n in range(40)]


def test_a_scheduler_may_close_the_first_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that is killed and started again: the driver tries for as long as it has patience."""
    tried: list[float] = []

    def connect(_: Cluster, seconds: float) -> str:
        tried.append(seconds)
        if len(tried) < 3:
            raise OSError("stream is closed")
        return "connected"

    monkeypatch.setattr(Cluster, "_connect", connect)
    Cluster("tcp://127.0.0.1:1", None, 10.0, SimpleQueue())
    assert len(tried) == 3
    tried.clear()
    with pytest.raises(EngineError, match="no scheduler answers: stream is closed"):
        Cluster("tcp://127.0.0.1:1", None, 0.0, SimpleQueue())
