"""Sampling by files: requests written, carried out by a service that speaks the format, and read back."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.config import ModelConfig, PriceConfig
from auditor.errors import BudgetError, ConfigError, EndpointError, InputError, UsageError
from auditor.pipeline import Run, carry_out, forget_rejected
from auditor.pipeline.batch import read_outputs, write_requests
from auditor.records import Sample, SampleStatus
from auditor.sampling import BatchRead, Spent, batch, read_batch, write_batch
from auditor.sampling.batch import batch_requests, custom_id
from auditor.store import Store
from tests.batch_server import batch_service, submit
from tests.drawing import draw, keys, make_tasks, places
from tests.integration.test_money_first import GOOD, Notes, config
from tests.scripted import Scripted, error, scripted_server

TASKS = make_tasks(3)


def model(**changes: Any) -> ModelConfig:
    return ModelConfig(**{"name": "m", "base_url": "http://127.0.0.1:1/v1", "seed": 0, **changes})


def written(path: Path, settings: ModelConfig, done: set[Any] = frozenset(), spent: Spent | None = None) -> list[Any]:
    """Write what is missing; return the rows."""
    write_batch(settings, TASKS, path, done=done, spent=spent or Spent())
    return [json.loads(line) for line in path.read_text().splitlines()]


def read(settings: ModelConfig, *paths: Path, done: set[Any] = frozenset()) -> tuple[list[Sample], BatchRead]:
    found = BatchRead()
    samples = [s for _, batch in read_batch([(settings, done)], TASKS, paths, found) for s in batch]
    return samples, found


def output(path: Path, rows: list[tuple[str, Scripted]]) -> Path:
    """Write rows as a service's output file does."""
    lines = [
        {"id": "x", "custom_id": identity, "error": None,
         "response": {"status_code": reply.status, "request_id": "r", "body": reply.body}}
        for identity, reply in rows
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_rows_are_the_requests_that_sampling_would_send(tmp_path: Path) -> None:
    """Body, order and sample keys are those of requests sent one by one; what is there is not written again."""
    with scripted_server(lambda asked: GOOD) as server:
        samples = draw(server.model(samples_per_task=4, concurrency=1), TASKS)
        sent = [asked for _, _, asked in server.asked]
    settings = model(samples_per_task=4)
    rows = written(tmp_path / "requests.jsonl", settings)
    assert [row["body"] for row in rows] == sent
    assert {(row["method"], row["url"]) for row in rows} == {("POST", "/v1/chat/completions")}
    replies, found = read(settings, output(tmp_path / "out.jsonl", [(row["custom_id"], GOOD) for row in rows]))
    assert sorted(keys(replies)) == sorted(keys(samples))
    assert (found.added, found.rows) == (12, 12)
    rest = written(tmp_path / "rest.jsonl", settings, done=set(keys(samples)[:5]))
    assert [row["custom_id"] for row in rest] == [row["custom_id"] for row in rows[5:]]


def test_each_row_has_its_outcome(tmp_path: Path) -> None:
    """Errors per row are outcomes, what may pass stays missing, and a second reading adds nothing."""
    settings = model(samples_per_task=4)
    rows = written(tmp_path / "requests.jsonl", settings)
    replies = [GOOD] * 12
    replies[1] = error(400, "filtered", code="content_filter")
    replies[2] = error(400, "maximum context length is 10")
    replies[3] = error(422, "odd")
    replies[4] = error(500, "oops")
    replies[5] = error(429, "slow down", code="rate_limit_exceeded")
    out = output(tmp_path / "out.jsonl", [(row["custom_id"], reply) for row, reply in zip(rows, replies, strict=True)])
    extra = tmp_path / "errors.jsonl"
    expired = {"code": "batch_expired", "message": "This request could not be executed."}
    with extra.open("w") as file:
        for row in [{"custom_id": rows[4]["custom_id"], "response": None, "error": expired}, {"custom_id": "foreign"}]:
            file.write(json.dumps({"id": "x", **row}) + "\n")
    samples, found = read(settings, out, extra)
    assert Counter(s.status for s in samples) == {
        SampleStatus.OK: 7, SampleStatus.REFUSED: 1, SampleStatus.TOO_LONG: 1, SampleStatus.REJECTED: 1
    }  # fmt: skip
    assert (found.foreign, sum(found.missing.values())) == (1, 3)
    assert any("window" in line or "executed" in line for line in found.lines())
    again, found = read(settings, out, extra, done=set(keys(samples)))
    assert again == []
    assert found.present == 10
    missing = written(tmp_path / "rest.jsonl", settings, done=set(keys(samples)))
    assert [row["custom_id"] for row in missing] == [rows[4]["custom_id"], rows[5]["custom_id"]]


def test_rows_of_a_local_engine_are_read(tmp_path: Path) -> None:
    """An engine's offline batch leaves out status or puts the error next to an empty body."""
    settings = model(samples_per_task=1)
    rows = written(tmp_path / "requests.jsonl", settings)
    lines = [
        {"custom_id": rows[0]["custom_id"], "response": {"body": GOOD.body}, "error": None},
        {"custom_id": rows[1]["custom_id"], "response": {"status_code": 400, "body": None},
         "error": {"object": "error", "message": "This model's maximum context length is 10 tokens.", "code": 400}},
        {"custom_id": rows[2]["custom_id"], "response": None, "error": {"message": "engine died"}},
    ]  # fmt: skip
    path = tmp_path / "out.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    samples, found = read(settings, path)
    assert [s.status for s in samples] == [SampleStatus.OK, SampleStatus.TOO_LONG]
    assert found.missing == {"HTTP 500: engine died": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "contains no rows"),
        ('{"custom_id": "x", "response": {}}\n{"custom_id": "au', r"out\.jsonl:2: not JSON"),
        ('{"id": 1}', "has no custom_id"),
        ('{"custom_id": "x", "method": "POST", "url": "/v1", "body": {}}', "is a request"),
        ('{"custom_id": "x", "response": {"body": {}}}', "none of its 1 rows belongs"),
    ],
)
def test_a_file_that_is_no_output_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read(model(), path)


def test_a_batch_that_was_refused_as_a_whole_writes_nothing(tmp_path: Path) -> None:
    settings = model(samples_per_task=4)
    rows = written(tmp_path / "requests.jsonl", settings)
    refused = error(400, "'temperature' is not supported", param="temperature")
    out = output(tmp_path / "out.jsonl", [(row["custom_id"], refused) for row in rows])
    with pytest.raises(EndpointError, match=r"none of the 12 rows.*temperature = \"default\""):
        read(settings, out)


@pytest.mark.parametrize("choices", [1, 3, 4])
def test_custom_ids_name_each_request_once(tmp_path: Path, choices: int) -> None:
    """With several choices per request, a group that is partly there is asked for choice by choice."""
    settings = model(samples_per_task=10, choices_per_request=choices)
    every = list(batch_requests(settings, TASKS))
    identities = [custom_id(settings, request) for request in every]
    assert len(set(identities)) == len(identities)
    assert len({*identities, *(custom_id(model(name="other"), r) for r in every)}) == 2 * len(identities)
    rows = written(tmp_path / "requests.jsonl", settings)
    assert {row["custom_id"] for row in rows} <= set(identities)
    assert sum(row["body"].get("n", 1) for row in rows) == 30
    first = every[0]
    done = {(first.task.task_id, first.indices[0], first.hashes[0])}
    rest = written(tmp_path / "rest.jsonl", settings, done=done)
    assert {row["custom_id"] for row in rest} <= set(identities)
    assert sum(row["body"].get("n", 1) for row in rest) == 29


def test_large_files_go_on_in_further_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_ROWS", 5)
    found = write_batch(model(samples_per_task=4), TASKS, tmp_path / "r.jsonl.gz", spent=Spent())
    assert [path.name for path in found.files] == ["r.jsonl.gz", "r-2.jsonl.gz", "r-3.jsonl.gz"]
    assert sum(len(gzip.decompress(path.read_bytes()).splitlines()) for path in found.files) == found.requests == 12


def test_a_file_never_exceeds_the_budget(tmp_path: Path) -> None:
    """What is written fits at its worst case, breadth first; if nothing fits, that is said."""
    price = PriceConfig(prompt=0.0, completion=10.0)
    limited = model(samples_per_task=4, max_output_tokens=100, price=price, max_cost=0.005)
    found = write_batch(limited, TASKS, tmp_path / "r.jsonl", spent=Spent())
    assert (found.requests, found.beyond_budget) == (5, 7)
    assert write_batch(limited, TASKS, tmp_path / "r.jsonl", spent=Spent(cost=0.003)).requests == 2
    with pytest.raises(BudgetError, match="no room"):
        write_batch(limited, TASKS, tmp_path / "r.jsonl", spent=Spent(cost=0.005))


def test_what_the_responses_endpoint_lacks_is_refused_in_the_settings() -> None:
    for key, value in (("stop", ("x",)), ("choices_per_request", 2)):
        with pytest.raises(ValueError, match="not known"):
            model(endpoint="responses", **{key: value})


def script(asked: dict[str, Any]) -> Scripted:
    return error(400, "filtered", code="content_filter") if asked["seed"] % 10 == 3 else GOOD


def test_a_round_trip_through_a_service_that_expires_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written, uploaded, expired, read; the rest written, completed, read; every answerable sample once, paid once."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")
    run = Run.open(config(tmp_path, "http://127.0.0.1:1/v1"), tmp_path / "run", Notes())
    wide = run.config.model[0].model_copy(update={"samples_per_task": 100})
    run = Run(run.config.model_copy(update={"model": (wide,)}), run.folder, run.progress)
    requests = tmp_path / "requests.jsonl"
    lines = list(write_requests(run, requests))
    assert lines[0].startswith("Own/1 is left out")
    assert not run.folder.exists()
    with batch_service(script, most=120) as service:
        first = submit(service, requests, tmp_path)
        assert len(first) == 2
        with monkeypatch.context() as broken:
            broken.setattr(Store, "add_samples", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
            with pytest.raises(OSError, match="disk full"):
                list(read_outputs(run, first))
        said = list(read_outputs(run, first))
        assert said[0].startswith("120 samples read from 200 rows (")
        assert said[1].startswith("80 rows gave no sample")
        list(write_requests(run, requests))
        service.most = None
        second = submit(service, requests, tmp_path)
        said = list(read_outputs(run, [*second, *first]))
        assert said[0].startswith("80 samples read")
        assert "120 samples were already present" in said
        assert service.answered == 200
    assert list(write_requests(run, requests))[-1] == "nothing is missing, so no file is written"
    with Store(run.folder / "audit.db") as store:
        samples = list(store.samples())
    assert places(samples) == [(task, index) for task in ("Own/0", "Own/2") for index in range(100)]
    assert Counter(s.status for s in samples) == {SampleStatus.OK: 180, SampleStatus.REFUSED: 20}
    carry_out(run, ("sample", "verify"))


def test_rejected_samples_are_asked_for_again_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only samples that were rejected with an error are forgotten; refusals in an answer are draws and stay."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")
    kind = [script]
    with scripted_server(lambda asked: kind[0](asked)) as server:
        run = Run.open(config(tmp_path, server.base_url), tmp_path / "run", Notes())
        carry_out(run, ("sample",))
        carry_out(run, ("sample",))
        assert len(server.asked) == 8
        kind[0] = lambda asked: GOOD
        forget_rejected(run)
        carry_out(run, ("sample",))
        assert len(server.asked) == 10
    with Store(run.folder / "audit.db") as store:
        assert store.status_counts() == {SampleStatus.OK: 8}


def test_one_model_a_file(tmp_path: Path) -> None:
    path = config(tmp_path, "http://127.0.0.1:1/v1")
    path.write_text(path.read_text() + '[[model]]\nname = "n"\nbase_url = "http://127.0.0.1:1/v1"\n')
    run = Run.open(path)
    with pytest.raises(UsageError, match="--model NAME"):
        list(write_requests(run, tmp_path / "r.jsonl"))
    with pytest.raises(UsageError, match="no model 'x'"):
        list(write_requests(run, tmp_path / "r.jsonl", "x"))
    with pytest.raises(ConfigError):
        Run.open(tmp_path / "none.toml")
