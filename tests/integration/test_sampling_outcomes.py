"""Answers that cannot be had, through the real client from a real server: named, counted, and the rest is drawn."""

from __future__ import annotations

import gzip
import json
import resource
from collections import Counter
from typing import Any

import pytest

from auditor.config import PriceConfig
from auditor.errors import AuditorError, BudgetError, EndpointError
from auditor.records import Sample, SampleStatus
from auditor.sampling import Faults, SimulatedServer, sample_model, sampler
from auditor.sampling.simulated import FaultKind
from tests.drawing import draw, keys, make_tasks, model_for, places
from tests.scripted import Scripted, completion, error, scripted_server

TASKS = make_tasks(3)
GOOD = completion("```python\ndef add_0(x):\n    return x\n```")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "FIRST_PAUSE", 0.01)


def about(asked: dict[str, Any]) -> tuple[str, int]:
    """Tell the task and the seed of a request."""
    text = asked["messages"][-1]["content"]
    return next(task.task_id for task in TASKS if task.prompt.strip() in text), asked["seed"]


def statuses(samples: list[Sample]) -> dict[str, int]:
    return dict(Counter(sample.status.value for sample in samples))


TURNED_DOWN = [
    (error(400, "filtered", code="content_filter"), SampleStatus.REFUSED),
    (error(400, "This model's maximum context length is 1000 tokens."), SampleStatus.TOO_LONG),
    (error(422, "The request could not be processed"), SampleStatus.REJECTED),
    (Scripted({"error": {"message": "blocked", "code": "content_filter"}}), SampleStatus.REFUSED),
    (Scripted({"choices": [], "promptFeedback": {"blockReason": "SAFETY"}}), SampleStatus.REFUSED),
    (Scripted({"choices": []}), SampleStatus.REJECTED),
    (Scripted(b'{"choices": [{"mess'), SampleStatus.REJECTED),
    (error(500, "this prompt breaks the server"), SampleStatus.REJECTED),
    (completion(None, refusal="I cannot help with this."), SampleStatus.REFUSED),
    (completion("", finish="content_filter"), SampleStatus.REFUSED),
    (Scripted(b"<html>blocked</html>", 403), SampleStatus.REJECTED),
    (Scripted(b"<html>not here</html>", 404), SampleStatus.REJECTED),
]


@pytest.mark.parametrize(("reply", "status"), TURNED_DOWN)
@pytest.mark.parametrize("place", [("T/0", 0), ("T/1", 1)])
def test_one_request_turned_down_stops_nothing(reply: Scripted, status: SampleStatus, place: tuple[str, int]) -> None:
    """First or in the middle: the sample keeps the name of what happened, all others are drawn, none is asked again."""
    with scripted_server(lambda asked: reply if about(asked) == place else GOOD) as server:
        samples = draw(server.model(samples_per_task=4), TASKS)
        assert places(samples) == [(task.task_id, index) for task in TASKS for index in range(4)]
        assert [(s.task_id, s.sample_index) for s in samples if s.status is status] == [place]
        assert sum(s.status is SampleStatus.OK for s in samples) == 11
        server.asked.clear()
        assert draw(server.model(samples_per_task=4), TASKS, done=set(keys(samples))) == []
        assert server.asked == []


@pytest.mark.parametrize(
    "reply",
    [error(401, "Incorrect API key"), error(402, "Insufficient balance"), Scripted(b"<html>404</html>", 404),
     error(404, "The model `m` does not exist.", code="model_not_found"), Scripted(b"<html>no</html>", 403),
     error(400, "'temperature' is not supported", param="temperature")],
)  # fmt: skip
def test_where_every_answer_says_the_same_the_run_ends(reply: Scripted) -> None:
    """After three requests that agree the run ends in one line with a remedy, and nothing is written."""
    written: list[Sample] = []
    with scripted_server(lambda asked: reply) as server:
        with pytest.raises(EndpointError) as caught:
            sample_model(server.model(samples_per_task=50, temperature=0.5), TASKS, write=written.extend)
        assert len(server.asked) == 3
    assert caught.value.remedy
    assert written == []


def test_requests_that_are_all_turned_down_end_the_run() -> None:
    """If nothing but rejections comes, it is the settings: nothing is written, and the remedy is named."""
    reply = error(400, "This model's maximum context length is 1000 tokens.")
    written: list[Sample] = []
    with scripted_server(lambda asked: reply) as server:
        with pytest.raises(EndpointError, match=r"none of the first 8 requests.*lower max_output_tokens"):
            sample_model(server.model(samples_per_task=50), TASKS, write=written.extend)
        assert len(server.asked) == 8
    assert written == []


def test_credit_that_runs_out_keeps_what_is_drawn() -> None:
    """Amid a run, a row of the same failure ends it; what came before is written, and the rest is asked for later."""
    written: list[Sample] = []
    with scripted_server(
        lambda asked: GOOD if len(server.asked) <= 10 else error(429, "no", code="insufficient_quota")
    ) as server:
        with pytest.raises(EndpointError, match="no credit left"):
            sample_model(server.model(samples_per_task=50), TASKS, write=written.extend)
        assert len(written) == 10
        assert len(server.asked) <= 10 + 8 + 2 * 4, "answers in flight may interrupt the row"
        assert statuses(written) == {"ok": 10}


def test_a_server_that_dies_leaves_samples_missing() -> None:
    """Requests that fail because the server is gone are not taken for outcomes: nothing but answers is written."""
    written: list[Sample] = []
    with (
        scripted_server(lambda asked: GOOD if len(server.asked) <= 20 else error(500, "dead")) as server,
        pytest.raises(EndpointError, match="dead"),
    ):
        sample_model(server.model(samples_per_task=50, concurrency=8), TASKS, write=written.extend)
    assert statuses(written) == {"ok": 20}


def test_overload_is_never_an_outcome() -> None:
    """A request that always meets a rate limit stays missing, and the run says so."""
    written: list[Sample] = []
    limited = error(429, "slow down", code="rate_limit_exceeded")
    with (
        scripted_server(lambda asked: limited if about(asked) == ("T/1", 1) else GOOD) as server,
        pytest.raises(EndpointError, match=r"1 request got no answer in 4 tries.*slow down"),
    ):
        sample_model(server.model(samples_per_task=4), TASKS, write=written.extend)
    assert statuses(written) == {"ok": 11}


def test_a_single_wrong_401_is_asked_again() -> None:
    """A gateway that refuses the key once does not cost the sample."""
    with scripted_server(lambda asked: error(401, "no") if len(server.asked) in (1, 6) else GOOD) as server:
        assert statuses(draw(server.model(samples_per_task=4), TASKS)) == {"ok": 12}


def test_a_server_that_refuses_the_default_temperature_is_asked_without() -> None:
    """If audit.toml sets no temperature and no form of the length limit, the server's wishes are met, and told."""

    def script(asked: dict[str, Any]) -> Scripted:
        if "temperature" in asked:
            return error(400, "Unsupported value: 'temperature'", param="temperature", code="unsupported_value")
        if "max_tokens" in asked:
            return error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
                         param="max_tokens", code="unsupported_parameter")  # fmt: skip
        return GOOD

    samples: list[Sample] = []
    with scripted_server(script) as server:
        summary = sample_model(server.model(samples_per_task=4, max_retries=0), TASKS, write=samples.extend)
        assert statuses(samples) == {"ok": 12}
        assert server.asked[-1][2]["max_completion_tokens"] == 1024
        assert summary.adapted == {"temperature": None, "max_tokens": "max_completion_tokens"}
        assert any("does not accept temperature" in warning for warning in summary.warnings)
        default = server.model(samples_per_task=1, temperature="default")
        assert draw(default, TASKS)
        assert "temperature" not in server.asked[-1][2]


def test_a_server_that_takes_no_length_limit_leads_to_its_remedy() -> None:
    """If neither form of the limit is taken the remedy names the setting that sends none; a wrong value another."""
    names = ("max_tokens", "max_completion_tokens")

    def script(asked: dict[str, Any]) -> Scripted:
        bad = next((name for name in names if name in asked), None)
        return error(400, f"Unrecognized argument: {bad}", param=bad) if bad else GOOD

    with scripted_server(script) as server:
        with pytest.raises(EndpointError, match='max_output_tokens = "default"'):
            draw(server.model(), TASKS)
        assert statuses(draw(server.model(samples_per_task=1, max_output_tokens="default"), TASKS)) == {"ok": 3}
    large = error(400, "max_tokens is too large: this model supports at most 512", param="max_tokens")
    with scripted_server(lambda asked: large) as server, pytest.raises(EndpointError, match="lower max_output_tokens"):
        draw(server.model(), TASKS)


def test_an_answer_that_is_only_reasoning_is_kept_and_not_judged() -> None:
    """Reasoning without content is no answer; cut off while it reasoned, the answer is truncated."""
    thought = "```python\ndef add_0(x):\n    return 5\n```"
    for finish, status in (("stop", SampleStatus.EXTRACTION_FAILED), ("length", SampleStatus.TRUNCATED)):
        with scripted_server(lambda asked, f=finish: completion(None, f, reasoning_content=thought)) as server:
            (sample,) = draw(server.model(samples_per_task=1), TASKS[:1])
        assert sample.status is status
        assert sample.solution is None
        assert thought in sample.raw


def test_stop_at_the_limit_is_truncated() -> None:
    """A server that says stop if it counts as many tokens as were allowed has cut the answer."""
    with scripted_server(lambda asked: GOOD) as server:
        (sample,) = draw(server.model(samples_per_task=1, max_output_tokens=7), TASKS[:1])
        assert sample.status is SampleStatus.TRUNCATED
        (sample,) = draw(server.model(samples_per_task=1, max_output_tokens=9), TASKS[:1])
        assert sample.status is SampleStatus.OK


def test_the_responses_endpoint_brings_the_same_outcomes() -> None:
    """Text, refusal, truncation, tokens and errors of the other shape are read; neither seed nor n is sent."""
    tasks = make_tasks(3)
    kinds = (FaultKind.LENGTH, FaultKind.REFUSAL)
    with SimulatedServer(tasks, faults=Faults(rate=0.5, kinds=kinds)) as server:
        samples = draw(model_for(server, samples_per_task=10, endpoint="responses", system="Write Python."), tasks)
    assert places(samples) == [(task.task_id, index) for task in tasks for index in range(10)]
    assert {s.status for s in samples} >= {SampleStatus.OK, SampleStatus.TRUNCATED, SampleStatus.REFUSED}
    assert all(s.usage.prompt_tokens and s.usage.completion_tokens for s in samples)
    assert all(s.finish_reason == "max_output_tokens" for s in samples if s.status is SampleStatus.TRUNCATED)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []}, "refused"),
        ({"status": "failed", "error": {"code": "invalid_prompt", "message": "flagged"}, "output": []}, "refused"),
        ({"status": "failed", "error": {"code": "server_error", "message": "oops"}, "output": []}, "rejected"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"},
          "output": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}]}, "truncated"),
        ({"status": "completed", "output": [{"type": "message", "content": [
            {"type": "output_text", "text": "```python\ndef add_1(x):\n    return x + 1\n```"}]}]}, "ok"),
    ],
)  # fmt: skip
def test_outcomes_of_the_responses_endpoint(body: dict[str, Any], status: str) -> None:
    good = {
        "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": "def x"}]}],
    }

    def script(asked: dict[str, Any]) -> Scripted:
        assert set(asked) == {"model", "input", "temperature", "max_output_tokens"}
        return Scripted(body if TASKS[1].prompt.strip() in asked["input"][-1]["content"] else good)

    with scripted_server(script) as server:
        samples = draw(server.model(samples_per_task=1, endpoint="responses", max_retries=1), TASKS)
        assert {path for path, _, _ in server.asked} == {"/v1/responses"}
    assert [s.status.value for s in samples if s.task_id == "T/1"] == [status]


BLANKS = b" " * (200 << 20)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("status", [200, 400])
def test_a_reply_is_read_up_to_a_bound(packed: bool, status: int) -> None:
    """200 MB of blanks, packed or not, are not kept in memory: the request fails by name, the others are answered."""
    body = gzip.compress(BLANKS, 1) if packed else BLANKS
    huge = Scripted(body, status, {"content-encoding": "gzip"} if packed else {})
    with scripted_server(lambda asked: huge if about(asked) == ("T/1", 1) else GOOD) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        samples = draw(server.model(samples_per_task=2, max_retries=0), TASKS)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert statuses(samples) == {"ok": 5, "rejected": 1}
    (turned_down,) = [s for s in samples if s.status is SampleStatus.REJECTED]
    assert "larger than" in (turned_down.refusal or "")
    assert turned_down.finish_reason == "no_answer"
    assert grown < 160 * 1024  # KB; the bound is 64 MB, held twice while it is joined


def test_packed_replies_are_read() -> None:
    body = gzip.compress(json.dumps(GOOD.body).encode())
    with scripted_server(lambda asked: Scripted(body, headers={"content-encoding": "gzip"})) as server:
        assert statuses(draw(server.model(samples_per_task=1), TASKS)) == {"ok": 3}
        assert "gzip" in server.asked[0][1]["accept-encoding"]


def test_key_headers_and_prompt_do_not_follow_a_redirect_to_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends and names where the server wanted to send us; nothing arrives there."""
    monkeypatch.setenv("MY_KEY", "secret-key-1234")
    with scripted_server(lambda asked: GOOD) as other:
        away = other.host.replace("127.0.0.1", "localhost")
        moved = Scripted({}, 307, {"location": f"{away}/v1/chat/completions"})
        with scripted_server(lambda asked: moved) as server:
            model = server.model(samples_per_task=2, api_key_env="MY_KEY", extra_headers={"X-Api-Key": "header-secret"})
            with pytest.raises(EndpointError, match="redirects to another host") as caught:
                draw(model, TASKS)
        assert f'base_url = "{away}/v1"' in (caught.value.remedy or "")
        assert other.asked == []


def test_a_redirect_within_the_host_is_followed() -> None:
    with scripted_server(lambda asked: GOOD if server.asked[-1][0] == "/v2/here" else there) as server:
        there = Scripted({}, 307, {"location": "/v2/here"})
        assert statuses(draw(server.model(samples_per_task=1), TASKS)) == {"ok": 3}


def test_what_a_server_says_reaches_no_terminal_raw() -> None:
    hostile = error(401, "\x1b[2J\x1b]0;title\x07red\n::error::owned")
    with scripted_server(lambda asked: hostile) as server, pytest.raises(AuditorError) as caught:
        draw(server.model(), TASKS)
    assert str(caught.value).isprintable()
    assert "::error" not in str(caught.value)


def test_a_server_that_drops_connections_is_named_where_the_budget_ends() -> None:
    """Requests without an answer may have been charged; if they use up the budget, their failure is named."""
    price = PriceConfig(prompt=1.0, completion=1.0)
    broken = Scripted(b"{", headers={})
    with scripted_server(lambda asked: broken) as server:
        model = server.model(samples_per_task=9, price=price, max_cost=0.003, max_retries=9)
        with pytest.raises(EndpointError, match=r"no request was answered.*malformed JSON"):
            draw(model, TASKS)
    with scripted_server(lambda asked: GOOD if len(server.asked) == 1 else broken) as server:
        model = server.model(samples_per_task=9, price=price, max_cost=0.006, max_retries=9)
        with pytest.raises(BudgetError, match=r"got no answer.*malformed JSON"):
            draw(model, TASKS)


@pytest.mark.slow
def test_permanent_refusals_amid_faults_lose_and_double_nothing() -> None:
    """A tenth rejected for good, a fifth of all requests failing at first: each answerable sample once."""
    failed: Counter[tuple[str, int]] = Counter()

    def script(asked: dict[str, Any]) -> Scripted:
        place = about(asked)
        if hash(("fault", place, failed[place])) % 5 == 0:
            failed[place] += 1
            return error(500, "passing")
        return error(400, "filtered", code="content_filter") if place[1] % 10 == 3 else GOOD

    with scripted_server(script) as server:
        samples = draw(server.model(samples_per_task=170, max_retries=30), TASKS)
    assert len(set(keys(samples))) == len(samples) == 510
    assert statuses(samples) == {"ok": 459, "refused": 51}


CALL = json.dumps({"code": "def add_0(x):\n    return x\n"})


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "submit", "arguments": CALL}}]},
        {"function_call": {"name": "submit", "arguments": CALL}},
        {"reasoning_content": "def add_0(x): draft", "tool_calls": [{"function": {"name": "run", "arguments": CALL}}]},
    ],
)
def test_a_program_in_a_tool_call_is_the_answer(message: dict[str, Any]) -> None:
    """A model that answers by calling a tool has answered; the call is kept as the raw text."""
    with scripted_server(lambda asked: completion(None, finish="tool_calls", **message)) as server:
        (sample,) = draw(server.model(samples_per_task=1), TASKS[:1])
    assert (sample.status, sample.solution) == (SampleStatus.OK, "def add_0(x):\n    return x\n")
    assert "arguments" in sample.raw


def test_an_error_named_only_as_detail_is_an_error() -> None:
    """A reply with status 200 that contains nothing but a detail is classified by what it says."""
    reply = Scripted({"detail": "maximum context length exceeded: 9000 > 8192 tokens"})
    with scripted_server(lambda asked: reply if about(asked) == ("T/1", 0) else GOOD) as server:
        samples = draw(server.model(samples_per_task=1), TASKS)
    assert statuses(samples) == {"ok": 2, "too_long": 1}
