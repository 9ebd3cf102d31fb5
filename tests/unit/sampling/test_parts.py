"""The parts of sampling, one by one: requests, replies, prompts, rate, budget, estimate."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import ModelConfig, PriceConfig
from auditor.errors import BudgetError, ConfigError
from auditor.records import InputSuite, Sample, SampleStatus, Task, Usage
from auditor.sampling import estimate
from auditor.sampling.budget import Budget, Spent, output_bound
from auditor.sampling.endpoint import Endpoint, retry_after
from auditor.sampling.failures import TransientError
from auditor.sampling.limits import ConcurrencyLimiter, RateLimiter
from auditor.sampling.prompts import render, template_names
from auditor.sampling.reply import cost_of, read_reply
from auditor.sampling.request import requests
from auditor.sampling.summary import Tally
from auditor.store import Store
from auditor.targets import Target

PROMPT = 'def f(x):\n    """Return x < 1 & {{ x }}."""\n'
TASK = Task("T/0", PROMPT, Target.function("f"), "def f(x):\n    return x\n", InputSuite(()), InputSuite(()))
OTHER = Task("T/1", "def g(x):\n", Target.function("g"), "def g(x):\n    return x\n", InputSuite(()), InputSuite(()))


def model(**changes: Any) -> ModelConfig:
    return ModelConfig(**{"name": "m", "base_url": "http://127.0.0.1:1/v1", **changes})


def hashes(**changes: Any) -> list[str]:
    return [key for request in requests(model(**changes), [TASK], frozenset()) for key in request.hashes]


def test_the_hash_covers_all_that_is_sent_and_nothing_else() -> None:
    """Whatever changes the answer changes every hash; host, key, limits and the number of samples change none."""
    first = hashes(samples_per_task=3, seed=1)
    assert len(set(first)) == 3
    changed = [
        {"temperature": 0.1}, {"top_p": 0.5}, {"seed": 2}, {"seed": None}, {"model": "x"}, {"system": "s"},
        {"stop": ("a",)},
        {"max_output_tokens": 5}, {"extra_body": {"min_p": 0.1}}, {"prompt": "snake_case"}, {"endpoint": "completions"},
        {"choices_per_request": 2},
    ]  # fmt: skip
    for change in changed:
        assert not set(first) & set(hashes(**{"samples_per_task": 3, "seed": 1, **change})), change
    same = {"base_url": "http://other/v1", "api_key_env": "K", "concurrency": 3, "timeout": 1.0, "max_retries": 1}
    assert hashes(samples_per_task=3, seed=1, **same) == first
    assert hashes(samples_per_task=5, seed=1)[:3] == first


@given(
    samples=st.integers(1, 12), step=st.integers(1, 5), gone=st.sets(st.integers(0, 23)), seed=st.none() | st.just(7)
)
def test_requests_cover_what_is_missing_once(samples: int, step: int, gone: set[int], seed: int | None) -> None:
    """For any set of samples already drawn, the requests ask for each other index exactly once, breadth first."""
    settings = model(samples_per_task=samples, choices_per_request=step, seed=seed)
    every = [
        (request.task.task_id, index, key)
        for request in requests(settings, [TASK, OTHER], frozenset())
        for index, key in zip(request.indices, request.hashes, strict=True)
    ]
    done = {key for number, key in enumerate(every) if number in gone}
    rest = list(requests(settings, [TASK, OTHER], done))
    asked = [(r.task.task_id, i, k) for r in rest for i, k in zip(r.indices, r.hashes, strict=True)]
    assert sorted(asked) == sorted(set(every) - done)
    assert [r.indices[0] // step for r in rest] == sorted(r.indices[0] // step for r in rest)
    assert all(r.body.get("seed") == (None if seed is None else seed + r.indices[0]) for r in rest)
    assert all(r.body.get("n", 1) == len(r.indices) for r in rest)


def test_prompts_hold_the_task_as_it_is() -> None:
    """Every built-in template holds the task's prompt unchanged: no escaping, no second rendering."""
    assert set(template_names()) >= {"plain", "completion", "camel_case", "snake_case", "length", "comments"}
    for name in template_names():
        assert TASK.prompt.strip() in render(model(prompt=name), TASK)
    assert render(model(endpoint="completions"), TASK) == TASK.prompt


def test_own_templates(tmp_path: Path) -> None:
    """A template of the user's is used; one that is missing, broken or reads an unknown name is refused by its name."""
    own = tmp_path / "own.jinja"
    own.write_text("{{ task_id }}: {{ entry_point }}\n{% include 'plain.jinja' %}")
    assert render(model(prompt=str(own)), TASK).startswith("T/0: f\nWrite")
    for text, words in (("{{ nobody }}", "nobody"), ("{% if %}", "broken"), ("{{ ''.__class__.__mro__ }}", "unsafe")):
        bad = tmp_path / f"{words}.jinja"
        bad.write_text(text)
        with pytest.raises(ConfigError, match=words):
            render(model(prompt=str(bad)), TASK)
    cut = tmp_path / "cut.jinja"
    cut.write_text("One\n{{ prompt ")
    with pytest.raises(ConfigError, match=r"cut\.jinja:2: prompt template is broken"):
        render(model(prompt=str(cut)), TASK)
    with pytest.raises(ConfigError, match="prompt template not found"):
        render(model(prompt="none"), TASK)


def reply(payload: Any, **changes: Any) -> Any:
    settings = model(**changes)
    return read_reply(payload, next(requests(settings, [TASK], frozenset())), settings, 0.5)


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", {}, {"choices": []}, {"choices": "x"}, {"choices": [None]}, {"choices": [{}]},
     {"choices": [{"message": {"content": 5}}]}],
)  # fmt: skip
def test_a_reply_without_a_choice_is_asked_for_again(payload: Any) -> None:
    """Replies in any other shape are refused as a whole, never read as empty answers."""
    with pytest.raises(TransientError):
        reply(payload)


def test_outcomes_of_one_reply() -> None:
    """Choices come in the server's order by index, with status, and their tokens add up."""
    choices = [
        {"index": 2, "message": {"content": None, "refusal": "no"}, "finish_reason": "stop"},
        {
            "index": 0,
            "message": {"content": [{"type": "text", "text": "```\ndef f(x): return x\n```"}]},
            "finish_reason": "stop",
        },
        {"index": 1, "message": {"content": "def f(x):"}, "finish_reason": "length"},
        {"index": 3, "message": {"content": "No idea."}, "finish_reason": "stop"},
    ]
    usage = {"prompt_tokens": 10, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 4}}
    price = PriceConfig(prompt=100.0, completion=1000.0, cached=10.0)
    samples = reply({"choices": choices, "usage": usage, "model": "x"}, choices_per_request=4, price=price)
    assert [s.status for s in samples] == [
        SampleStatus.OK, SampleStatus.TRUNCATED, SampleStatus.REFUSED, SampleStatus.EXTRACTION_FAILED
    ]  # fmt: skip
    assert sum(s.usage.prompt_tokens for s in samples) == 10
    assert sum(s.usage.completion_tokens for s in samples) == 7
    assert sum(s.cost for s in samples) == pytest.approx((6 * 100 + 4 * 10 + 7 * 1000) / 1e6)
    assert samples[0].solution == "def f(x): return x\n"


@pytest.mark.parametrize(
    "usage", [None, 5, {"prompt_tokens": "many"}, {"prompt_tokens": -1, "completion_tokens": True}]
)
def test_what_a_server_does_not_count_is_unknown(usage: Any) -> None:
    """Missing or senseless counts stay unknown and cost nothing known."""
    sample = reply({"choices": [{"text": "def f(x): return x"}], "usage": usage}, price=PriceConfig(prompt=1.0))[0]
    assert sample.usage == Usage()
    assert sample.cost is None


def test_estimate_counts_what_would_be_sent() -> None:
    """The estimate has the requests, a range of cost that holds the real one, and the existing samples."""
    settings = model(samples_per_task=10, choices_per_request=4, price=PriceConfig(prompt=1.0, completion=10.0))
    found = estimate(settings, [TASK, OTHER])
    assert (found.requests, found.samples, found.present) == (6, 20, 0)
    assert found.completion_tokens == (20 * 250, 20 * 1024)
    assert str(found).startswith("20 samples in 6 requests (0 already sampled); about ")
    assert "5,000 to 20,480 completion tokens; cost 0.05" in str(found)
    assert found.cost is not None
    assert found.cost[0] < (found.cost[1] or 0)
    asked = requests(settings, [TASK], frozenset())
    done = {("T/0", index, key) for r in asked for index, key in zip(r.indices, r.hashes, strict=True)}
    assert estimate(settings, [TASK, OTHER], done).present == 10
    assert "max_cost" not in str(replace(found, max_cost=found.cost[1]))
    assert str(replace(found, max_cost=found.cost[0])).endswith("is exceeded")
    assert str(replace(found, cost=(0.1, None), max_cost=5.0)).endswith("; stops before max_cost = 5 is exceeded")


@given(
    st.lists(st.tuples(st.integers(1, 100), st.integers(0, 3)), min_size=1, max_size=30),
    st.integers(1, 100),
    st.integers(100, 3000),
)
def test_a_budget_is_never_overspent(answers: list[tuple[int, int]], prompt: int, limit: int) -> None:
    """For answers within their bounds, in any number at once, nothing is overspent, or refused while there is room."""
    settings = model(max_tokens=limit, max_output_tokens=100, samples_per_task=30)
    asked = list(requests(settings, [TASK], frozenset()))
    assert prompt <= asked[0].prompt_tokens_bound

    async def run() -> None:
        budget, flying, refusals = Budget(settings, Spent()), Counter[int](), []

        async def one(number: int, completion: int, turns: int) -> None:
            try:
                aside = await budget.reserve(asked[number])
            except BudgetError as refusal:
                refusals.append(refusal)
                return
            flying[number] = aside.tokens
            assert budget.spent.tokens + flying.total() <= limit
            for _ in range(turns):
                await asyncio.sleep(0)
            usage = {"prompt_tokens": prompt, "completion_tokens": completion}
            answer = {"choices": [{"text": ""}], "usage": usage}
            del flying[number]
            budget.settle(aside, asked[number], read_reply(answer, asked[number], settings, 0.1))

        await asyncio.gather(*(one(number, *answer) for number, answer in enumerate(answers)))
        assert budget.spent.tokens <= limit
        assert not refusals or budget.spent.tokens + asked[0].prompt_tokens_bound + 100 > limit
        assert refusals or budget.spent.tokens == sum(prompt + completion for completion, _ in answers)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (SampleStatus.TRUNCATED, "raise max_output_tokens (now 1024)"),
        (SampleStatus.EXTRACTION_FAILED, "see `raw` in `auditor export"),
        (SampleStatus.REFUSED, "see `refusal` in `auditor export"),
    ],
)
def test_empty_answers_are_named_for_what_they_are(status: SampleStatus, word: str) -> None:
    """If most answers come to nothing the remedy is named, and a cache is not suspected of it."""
    tally = Tally(model())
    tally.add(Sample("m", "t", index, "hash", status, "", None, "none") for index in range(4))
    (warning,) = tally.summary(8, Spent()).warnings
    assert warning.startswith(f"4 of 4 samples are {status}: ")
    assert word in warning


def test_budgets_need_a_bound_and_prices() -> None:
    """A budget that could not be kept is refused before any request."""
    without_price = model(max_cost=1.0, price={"prompt": 1.0}).model_copy(update={"price": None})
    for settings in (without_price, model(max_tokens=5, max_output_tokens="default")):
        with pytest.raises(ConfigError):
            Budget(settings, Spent())
    Budget(model(max_tokens=5, max_output_tokens="default", extra_body={"max_completion_tokens": 9}), Spent())


def test_a_bound_of_newer_models_takes_the_place_of_the_older_one() -> None:
    """Servers that want max_completion_tokens refuse max_tokens together with it, so only one is sent and counted."""
    settings = model(max_output_tokens=1024, extra_body={"max_completion_tokens": 9})
    body = next(iter(requests(settings, [TASK], frozenset()))).body
    assert ("max_tokens" in body, body["max_completion_tokens"], output_bound(settings)) == (False, 9, 9)


def test_the_limit_falls_once_a_round_and_grows_back() -> None:
    """Signs of overload from one round count once; answers in good time raise the limit again, up to the ceiling."""
    now = [0.0]
    limiter = ConcurrencyLimiter(10, clock=lambda: now[0])
    for _ in range(10):
        limiter.overloaded(0.0 if limiter.limit == 10 else -1.0)
    assert limiter.limit == pytest.approx(7)
    now[0] = 1.0
    limiter.overloaded(1.0)
    assert limiter.limit < 5
    for _ in range(200):
        limiter.answered(2.0, slow=True)
    assert limiter.limit < 5
    for _ in range(200):
        limiter.answered(2.0, slow=False)
    assert limiter.limit == 10
    for step in range(40):
        now[0] += 1
        limiter.overloaded(now[0] + step)
    assert limiter.limit == 1


def test_no_more_in_flight_than_the_limit() -> None:
    """However many wait, no more than the limit are in flight, and all of them get through."""
    most = 0

    async def run() -> None:
        limiter, in_flight = ConcurrencyLimiter(3), 0

        async def one() -> None:
            nonlocal in_flight, most
            await limiter.acquire()
            in_flight += 1
            most = max(most, in_flight)
            await asyncio.sleep(0)
            in_flight -= 1
            limiter.release()

        await asyncio.gather(*(one() for _ in range(50)))

    asyncio.run(run())
    assert most == 3


def test_a_rate_spreads_evenly() -> None:
    """After an idle second, one second of requests passes at once; then requests keep to the rate."""
    now = 100.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def run() -> list[float]:
        limiter, passed = RateLimiter(60 * 20, clock=lambda: now, sleep=sleep), []
        await sleep(1)
        idle_until = now
        for _ in range(60):
            await limiter.take()
            passed.append(now - idle_until)
        return passed

    passed = asyncio.run(run())
    assert passed == pytest.approx([max(0, place - 20) / 20 for place in range(60)])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "3"}, 3.0), ({"retry-after-ms": "250"}, 0.25), ({}, None), ({"retry-after": "soon"}, None),
     ({"retry-after": "-4"}, 0.0), ({"retry-after": "inf"}, None),
     ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0)],
)  # fmt: skip
def test_retry_after_in_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds and dates are read; nonsense is nothing."""
    import httpx2

    assert retry_after(httpx2.Headers(headers)) == seconds


def test_a_date_to_wait_for_is_read_by_the_servers_clock() -> None:
    """If the server tells its time, a clock that differs from ours does not change the wait."""
    import httpx2

    dates = {"date": "Wed, 21 Oct 2015 07:28:00 GMT", "retry-after": "Wed, 21 Oct 2015 07:28:20 GMT"}
    assert retry_after(httpx2.Headers(dates)) == 20.0


def test_what_no_file_can_hold_is_escaped(tmp_path: Path) -> None:
    """Lone surrogates in any text of a reply, and counts beyond all measure, are stored without an error."""
    odd = "x\ud800"
    payload = {
        "model": odd, "system_fingerprint": odd, "usage": {"prompt_tokens": 10**30, "completion_tokens": 2},
        "choices": [{"finish_reason": odd, "message": {"content": f"```\ndef f(x):\n    return '{odd}'\n```"}}],
    }  # fmt: skip
    request = next(iter(requests(model(), [TASK], frozenset())))
    samples = read_reply(payload, request, model(), 0.1)
    with Store(tmp_path / "audit.db") as store:
        store.add_samples(samples)
        stored = list(store.samples())
    assert stored[0].served_model == "x\\ud800"
    assert stored[0].usage.prompt_tokens is None


def test_no_message_holds_a_secret() -> None:
    """Key, password and headers are blacked out, a header also if only its last word is repeated."""
    settings = model(base_url="http://user:pass-word@127.0.0.1:1/v1", extra_headers={"X": "Bearer abc-123456"})
    endpoint = Endpoint(settings)
    assert endpoint.redact("pass-word, Bearer abc-123456, abc-123456") == "[redacted], [redacted], [redacted]"


def test_prices() -> None:
    """Cached tokens cost their own price, or the prompt's if none is given."""
    usage = Usage(prompt_tokens=10, completion_tokens=2, cached_tokens=4)
    assert cost_of(usage, PriceConfig(prompt=1.0, completion=3.0, cached=0.5)) == pytest.approx((6 + 2 + 6) / 1e6)
    assert cost_of(usage, PriceConfig(prompt=1.0, completion=3.0)) == pytest.approx((10 + 6) / 1e6)
    assert cost_of(usage, None) is None
