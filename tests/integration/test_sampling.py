"""Drawing samples through the real client from a real server that misbehaves."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.config import PriceConfig
from auditor.errors import BudgetError, EndpointError
from auditor.records import Sample, SampleStatus
from auditor.sampling import Faults, SimulatedServer, sample_model, sampler, spent_on
from auditor.sampling.simulated import FaultKind
from auditor.store import Store
from tests.drawing import draw, keys, make_tasks, model_for, places, refused

FAST = Faults(rate=0.2, hang=6.5, retry_after=0.02)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "FIRST_PAUSE", 0.02)


def test_faults_lose_and_double_nothing() -> None:
    """With a fifth of the requests failing in every way, each sample arrives once and is paid for once."""
    tasks = make_tasks(10)
    with SimulatedServer(tasks, faults=FAST) as server:
        samples = draw(model_for(server, samples_per_task=20, timeout=6.0), tasks)
        met = {kind for kind in FaultKind if server.counts[kind]}
        paid = server.counts["paid"]
    assert places(samples) == [(f"T/{n}", i) for n in range(10) for i in range(20)]
    assert paid == 200
    assert met == {kind for kind in FaultKind if not kind.brings_answer}


def test_answers_do_not_depend_on_faults_or_order() -> None:
    """The same model, tasks and seed give the same texts, whatever failed and whatever came first."""
    tasks = make_tasks(4)
    with SimulatedServer(tasks) as calm:
        first = draw(model_for(calm, samples_per_task=10, concurrency=1), tasks)
    with SimulatedServer(tasks, faults=FAST) as stormy:
        second = draw(model_for(stormy, samples_per_task=10, timeout=6.0), tasks)
    assert {(k, s.raw) for k, s in zip(keys(first), first, strict=True)} == {
        (k, s.raw) for k, s in zip(keys(second), second, strict=True)
    }


def test_what_is_done_is_not_asked_again() -> None:
    """With the first call's keys nothing is sent again; if more samples are asked for, only the new ones are."""
    tasks = make_tasks(3)
    with SimulatedServer(tasks) as server:
        samples = draw(model_for(server, samples_per_task=5), tasks)
        done = set(keys(samples))
        assert draw(model_for(server, samples_per_task=5), tasks, done=done) == []
        more = draw(model_for(server, samples_per_task=7), tasks, done=done)
        assert sorted(s.sample_index for s in more) == [5, 5, 5, 6, 6, 6]
        assert server.counts["paid"] == 21


DRAWER = """
import sys
from pathlib import Path
from auditor.sampling import sample_model, sampler
from auditor.store import Store
from tests.drawing import make_tasks, model_for
class Server: base_url = sys.argv[1]
sampler.FIRST_PAUSE = 0.02
with Store(Path(sys.argv[2])) as store:
    model, done = model_for(Server, samples_per_task=40), store.sample_keys("m")
    sample_model(model, make_tasks(10), done=done, write=store.add_samples)
"""


@pytest.mark.slow
def test_killed_at_random_it_goes_on(tmp_path: Path) -> None:
    """Killed by SIGKILL repeatedly, then left to finish: every sample once, and hardly more paid than needed."""
    tasks = make_tasks(10)
    command = [sys.executable, "-c", DRAWER]
    with SimulatedServer(tasks, faults=Faults(rate=0.2, hang=0.3, latency=0.05)) as server:
        arguments = [*command, server.base_url, str(tmp_path / "audit.db")]
        started = 0
        for wait in (0.05, 0.4, 0.9):
            before = server.counts["requests"]
            process = subprocess.Popen(arguments)
            deadline = time.monotonic() + 120
            while server.counts["requests"] == before and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(wait)
            started += process.poll() is None
            process.kill()
            process.wait()
        subprocess.run(arguments, check=True, timeout=600)
        paid = server.counts["paid"]
    with Store(tmp_path / "audit.db") as store:
        stored = list(store.samples("m"))
    assert places(stored) == [(f"T/{n}", i) for n in range(10) for i in range(40)]
    assert started > 0
    assert 400 <= paid <= 400 + 8 * started


def test_requests_given_up_are_an_error_and_the_rest_is_written() -> None:
    """What never arrives makes the run fail, but only after all that did arrive is on disk."""
    tasks = make_tasks(5)
    written: list[Sample] = []
    with SimulatedServer(tasks) as server:
        model = model_for(server, samples_per_task=20, max_retries=0)

        def write(batch: Sequence[Sample]) -> None:
            written.extend(batch)
            server.faults = Faults(rate=0.3, kinds=(FaultKind.SERVER_ERROR,))

        with pytest.raises(EndpointError, match=r"got no answer in 1 try.*500"):
            sample_model(model, tasks, write=write)
        assert 0 < len(written) < 100
        written += draw(model.model_copy(update={"max_retries": 30}), tasks, done=set(keys(written)))
    assert len(set(keys(written))) == len(written) == 100


def test_retry_after_is_waited_for() -> None:
    """A 429 with Retry-After keeps every request on the ground for that long."""
    tasks = make_tasks(1)
    with SimulatedServer(tasks, faults=Faults(rate=1.0, kinds=(FaultKind.RATE_LIMIT,), retry_after=0.4)) as server:
        model = model_for(server, samples_per_task=1, max_retries=2)
        started = time.monotonic()
        refused(model, EndpointError)
        assert time.monotonic() - started >= 1.6
        assert server.counts["requests"] == 2 * 3, "two requests in three tries each, before the server counts as gone"


def test_an_endless_retry_after_ends_the_run() -> None:
    """A server that asks to wait for hours is not waited for."""
    with SimulatedServer(
        make_tasks(2), faults=Faults(rate=1.0, kinds=(FaultKind.RATE_LIMIT,), retry_after=86400)
    ) as server:
        assert "86400 s" in refused(model_for(server), EndpointError)


def test_an_endless_retry_after_amid_a_run_ends_it_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one worker learns that the server wants too long a rest, the others do not sit it out."""
    monkeypatch.setattr(sampler, "PATIENCE", 5.0)
    tasks = make_tasks(2)
    written: list[Sample] = []
    with SimulatedServer(tasks) as server:

        def write(batch: Sequence[Sample]) -> None:
            written.extend(batch)
            wait = 0.01 if len(written) < 8 else 180.0  # first as many as make some workers wait for a place
            server.faults = Faults(rate=0.6, kinds=(FaultKind.RATE_LIMIT,), retry_after=wait, latency=0.02)

        started = time.monotonic()
        with pytest.raises(EndpointError, match="180 s"):
            sample_model(model_for(server, samples_per_task=50), tasks, write=write)
        assert time.monotonic() - started < 120


def test_nothing_is_sent_once_the_run_is_to_end() -> None:
    """Requests that wait for their turn in the minute are not sent after the disk has failed."""
    tasks = make_tasks(2)
    written: list[Sample] = []

    def write(batch: Sequence[Sample]) -> None:
        if written:
            raise OSError("disk full")
        written.extend(batch)

    with SimulatedServer(tasks) as server:
        model = model_for(server, samples_per_task=50, requests_per_minute=60)
        with pytest.raises(OSError, match="disk full"):
            sample_model(model, tasks, write=write)
        assert server.counts["requests"] <= 4


def test_a_connection_serves_many_requests() -> None:
    """However many requests there are, no more connections are opened than may be in the air, and one to start."""
    tasks = make_tasks(2)
    with SimulatedServer(tasks) as server:
        draw(model_for(server, samples_per_task=40), tasks)
        assert server.counts["requests"] == 80
        assert server.counts["connections"] <= 8 + 1


def test_the_number_in_flight_adapts_to_the_servers_capacity() -> None:
    """Against a server that takes 4 at once, 16 workers become fewer: hardly a refusal for two answers, and all arrive.

    Workers that stay 16 are refused 140 to 330 times here, these 65 to 100 times, on a busy machine or an idle one.
    """
    tasks = make_tasks(4)
    samples: list[Sample] = []
    with SimulatedServer(tasks, faults=Faults(capacity=4, latency=0.02)) as server:
        model = model_for(server, samples_per_task=50, concurrency=16)
        summary = sample_model(model, tasks, write=samples.extend)
        refusals = server.counts[FaultKind.RATE_LIMIT_BARE]
    assert len(samples) == 200
    assert summary.least_concurrency <= 8, "a busy machine sends fewer at once by itself, but not half as many"
    assert refusals < 120


def test_outcomes_are_named_and_never_programs() -> None:
    """Truncated and refused answers are recorded under their names, without a program, and paid for once."""
    tasks = make_tasks(3)
    kinds = (FaultKind.LENGTH, FaultKind.REFUSAL)
    with SimulatedServer(tasks, faults=Faults(rate=1.0, kinds=kinds)) as server:
        samples = draw(model_for(server, samples_per_task=10), tasks)
        assert server.counts["paid"] == 30
    assert {s.status for s in samples} == {SampleStatus.TRUNCATED, SampleStatus.REFUSED}
    assert all(s.solution is None for s in samples)
    assert all(s.finish_reason == "length" for s in samples if s.status is SampleStatus.TRUNCATED)


def test_collapsed_answers_and_a_wrong_model_are_warned_of() -> None:
    """Equal answers stay separate samples and are counted; another served model is named."""
    tasks = make_tasks(2)
    kinds = (FaultKind.IDENTICAL,)
    samples: list[Sample] = []
    with SimulatedServer(tasks, faults=Faults(rate=1.0, kinds=kinds)) as server:
        summary = sample_model(model_for(server, samples_per_task=6), tasks, write=samples.extend)
    assert len(samples) == 12
    assert summary.duplicates == {"T/0": 5, "T/1": 5}
    assert any("same text" in warning for warning in summary.warnings)
    with SimulatedServer(tasks, faults=Faults(rate=1.0, kinds=(FaultKind.WRONG_MODEL,))) as server:
        summary = sample_model(model_for(server, samples_per_task=1), tasks, write=samples.extend)
    assert any("simulated-other" in warning for warning in summary.warnings)


@pytest.mark.parametrize("endpoint", ["chat", "completions"])
def test_several_choices_a_request(endpoint: str) -> None:
    """With 4 choices per request, 10 samples per task take 3 requests, and their tokens add up to what was counted."""
    tasks = make_tasks(2)
    with SimulatedServer(tasks) as server:
        model = model_for(server, samples_per_task=10, choices_per_request=4, endpoint=endpoint)
        samples = draw(model, tasks)
        assert server.counts["requests"] == 6
        assert server.counts["paid"] == 20
        again = draw(model, tasks, done=set(keys(samples)) - set(keys(samples)[:1]))
    assert sorted(s.sample_index for s in samples) == sorted([*range(10)] * 2)
    assert keys(again) == keys(samples)[:1]
    assert all(s.usage.completion_tokens for s in samples)


def test_a_budget_stops_before_it_is_overspent() -> None:
    """Whatever the budget, what was spent never exceeds it, and what arrived is kept; a raised budget goes on."""
    tasks = make_tasks(4)
    written: list[Sample] = []
    price = PriceConfig(prompt=1.0, completion=2.0)
    with SimulatedServer(tasks) as server:
        model = model_for(server, samples_per_task=20, max_output_tokens=200, price=price, max_cost=0.01)
        with pytest.raises(BudgetError, match="max_cost"):
            sample_model(model, tasks, write=written.extend)
        spent = spent_on(written)
        assert 0.005 < spent.cost <= 0.01
        with pytest.raises(BudgetError):
            sample_model(model, tasks, done=set(keys(written)), write=written.extend, spent=spent)
        assert spent_on(written).cost <= 0.01
        rest = draw(model.model_copy(update={"max_cost": 1.0}), tasks, done=set(keys(written)), spent=spent)
    assert len(written) + len(rest) == 80
    assert max(s.sample_index for s in written) - min(s.sample_index for s in rest) <= 3, "breadth first"


@pytest.mark.parametrize("good", [0, 12])
def test_a_failing_disk_stops_the_run(good: int) -> None:
    """What ``write`` raises, at the first batch or later, comes out as it is, and hardly a request is sent after."""
    tasks = make_tasks(2)
    written: list[Sample] = []

    def write(batch: Sequence[Sample]) -> None:
        if len(written) >= good:
            raise OSError("disk full")
        written.extend(batch)

    with SimulatedServer(tasks) as server:
        with pytest.raises(OSError, match="disk full"):
            sample_model(model_for(server, samples_per_task=50), tasks, write=write)
        assert server.counts["paid"] <= len(written) + 2 * 8


def test_a_minute_holds_so_many_requests() -> None:
    """A limit of 600 requests a minute spreads 15 requests over more than a second."""
    tasks = make_tasks(1)
    with SimulatedServer(tasks) as server:
        started = time.monotonic()
        draw(model_for(server, samples_per_task=26, requests_per_minute=600), tasks)
        assert time.monotonic() - started > 1.3


def test_a_failing_progress_stops_the_run() -> None:
    """What ``progress`` raises (its pipe is closed, say) comes out as it is, after the batch is written."""
    tasks = make_tasks(2)
    written: list[Sample] = []

    def progress(_: int) -> None:
        raise BrokenPipeError

    with SimulatedServer(tasks) as server:
        model = model_for(server, samples_per_task=50)
        with pytest.raises(BrokenPipeError):
            sample_model(model, tasks, write=written.extend, progress=progress)
    assert written


def test_progress_adds_up() -> None:
    """Progress is told the number of samples written, batch by batch."""
    tasks = make_tasks(2)
    steps: list[int] = []
    with SimulatedServer(tasks) as server:
        draw(model_for(server, samples_per_task=10), tasks, progress=steps.append)
    assert sum(steps) == 20
