"""The simulated model's HTTP server: asyncio in a thread, with the part of the API that auditor uses.

It counts the choices that a real server would charge for (``paid``), so that tests can detect whether anything was
requested twice.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from types import TracebackType
from typing import Self

from auditor.config import ModelConfig
from auditor.json_types import JsonObject, JsonValue
from auditor.records import Task
from auditor.sampling.simulated.asked import Asked
from auditor.sampling.simulated.faults import FaultKind, Faults
from auditor.sampling.simulated.http import MAX_HEAD, Reply, read_request, write_reply
from auditor.sampling.simulated.persona import STRENGTHS, strength_of
from auditor.sampling.simulated.responses import as_response
from auditor.sampling.simulated.writer import AnswerWriter, SimulatedAnswer

CHARS_PER_TOKEN = 4
PATHS = {"/chat/completions": "chat", "/completions": "completions", "/responses": "responses"}
"""Last part of the path → endpoint; Azure puts the deployment before it, others ``/v1``."""


class SimulatedServer:
    """Server of simulated models for some tasks on loopback. Use as a context manager; allows concurrent clients.

    Answers depend only on ``seed``, the model's name, the task and the request's own ``seed``; a request
    without one gets the next number for its model and task. ``faults`` may be changed while
    it runs. If ``key`` is given, requests need it.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        *,
        seed: int = 0,
        faults: Faults | None = None,
        key: str | None = None,
        port: int = 0,
    ) -> None:
        self.faults = faults or Faults()
        self.counts: Counter[str] = Counter()
        """``connections``, ``requests``, ``paid`` (choices charged for), and one count per fault met."""
        self.peak = 0
        """Largest number of requests served at once."""
        self._tasks = sorted(tasks, key=lambda task: -len(task.prompt))
        self._writer = AnswerWriter(tasks, seed)
        self._seed = seed
        self._key = key
        self._port = port
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._prompts: dict[str, Task | None] = {}
        self._now = 0
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="simulated-model", daemon=True)
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop and self._done:
            self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(timeout=10)

    @property
    def base_url(self) -> str:
        """Return the URL to give to a client."""
        return f"http://127.0.0.1:{self._port}/v1"

    def serve(self, model: ModelConfig) -> ModelConfig:
        """Return the settings of a simulated model with this server as its endpoint."""
        return model.model_copy(update={"base_url": self.base_url})

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await asyncio.start_server(self._connection, "127.0.0.1", self._port, backlog=4096, limit=MAX_HEAD)
        except OSError as error:
            self._failure = error
            self._ready.set()
            return
        self._port = server.sockets[0].getsockname()[1]
        self._connections: set[asyncio.Task[None]] = set()
        self._ready.set()
        await self._done.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection's requests, one after the other, until it closes."""
        self.counts["connections"] += 1
        task = asyncio.current_task()
        if task:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while (request := await read_request(reader)) is not None:
                self._now += 1
                self.peak = max(self.peak, self._now)
                try:
                    reply = await self._reply(*request)
                finally:
                    self._now -= 1
                if not await write_reply(writer, reply):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Route one request."""
        given = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if self._key is not None and given != self._key:
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        if path.endswith("/models"):
            names: list[JsonValue] = [
                {"id": f"simulated-{name}", "object": "model", "owned_by": "simulated"} for name in STRENGTHS
            ]
            return Reply(200, {"object": "list", "data": names})
        kind = next((kind for end, kind in PATHS.items() if path.endswith(end)), None)
        if kind is None or method != "POST":
            return _error(404, f"No such path: {path}", "not_found")
        self.counts["requests"] += 1
        fault = self._fault()
        if fault is not None:
            self.counts[fault] += 1
        due = time.monotonic() + self.faults.latency
        if fault is not None and not fault.brings_answer:
            reply = await self._fail(fault)
        else:
            reply = self._answered(body, kind, fault=fault)
        if self.faults.latency:  # the work counts towards it
            await asyncio.sleep(due - time.monotonic())
        return reply

    def _answered(self, body: bytes, kind: str, *, fault: FaultKind | None) -> Reply:
        """Answer a request as well as it can be read."""
        try:
            asked = Asked.of(json.loads(body), kind)
            reply = self._complete(asked, chat=kind != "completions", fault=fault)
            return as_response(reply) if kind == "responses" else reply
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            return _error(400, f"The request cannot be read: {error!r}", "invalid_request_error")

    def _fault(self) -> FaultKind | None:
        """Return the fault that this request meets, if any, by the seed and the number of requests so far."""
        if self.faults.capacity is not None and self._now > self.faults.capacity:
            return FaultKind.RATE_LIMIT_BARE
        if not self.faults.rate:
            return None
        digest = sha256(f"{self._seed}/{self.counts['requests']}".encode()).digest()
        if int.from_bytes(digest[:4], "big") / 2**32 >= self.faults.rate:
            return None
        return self.faults.kinds[int.from_bytes(digest[4:8], "big") % len(self.faults.kinds)]

    def _declines(self, asked: str) -> bool:
        """Return whether the filter rejects this; always the same for the same request."""
        digest = sha256(f"{self._seed}/{asked}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:4], "big") / 2**32 < self.faults.declined

    async def _fail(self, fault: FaultKind) -> Reply:
        match fault:
            case FaultKind.RATE_LIMIT:
                reply = _error(429, "Rate limit reached.", "rate_limit_exceeded")
                reply.headers["retry-after"] = f"{self.faults.retry_after:g}"
                return reply
            case FaultKind.RATE_LIMIT_BARE:
                return _error(429, "Rate limit reached.", "rate_limit_exceeded")
            case FaultKind.UNAVAILABLE:
                return _error(503, "The server is overloaded.", "overloaded")
            case FaultKind.RESET:
                return Reply(200, {"choices": []}, cut=True)
            case FaultKind.HANG:
                await asyncio.sleep(self.faults.hang)
                return Reply(200, {"choices": []}, cut=True)
            case FaultKind.MALFORMED:
                return Reply(200, '{"choices": [{"message": {"content": "def')
            case FaultKind.EMPTY:
                return Reply(200, {"object": "chat.completion", "choices": []})
        return _error(500, "The server had an error.", "server_error")

    def _complete(self, asked: Asked, *, chat: bool, fault: FaultKind | None) -> Reply:
        """Answer a request for a completion."""
        model = asked.model
        strength = strength_of(model)
        if strength is None:
            return _error(404, f"The model {model!r} does not exist.", "model_not_found")
        prompt = asked.prompt
        if self._declines(f"{prompt}/{asked.seed}"):
            self.counts["declined"] += 1
            return _error(400, "The prompt was filtered.", "content_filter")
        task = self._task(prompt)
        self.counts["paid"] += asked.count
        choices: list[JsonValue] = []
        tokens = 0
        for place in range(asked.count):
            answer = self._answer(task, strength, asked, place, chat=chat, fault=fault)
            choice, used = _choice(answer, place, asked.max_tokens, chat=chat, cut=fault is FaultKind.LENGTH)
            choices.append(choice)
            tokens += used
        prompt_tokens = len(prompt) // CHARS_PER_TOKEN + 1
        payload: JsonObject = {
            "id": f"simulated-{self.counts['requests']}",
            "object": "chat.completion" if chat else "text_completion",
            "model": "simulated-other" if fault is FaultKind.WRONG_MODEL else model,
            "system_fingerprint": f"simulated-{self._seed}",
            "choices": choices,
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": tokens,
                "total_tokens": prompt_tokens + tokens,
            },
        }
        return Reply(200, payload, slow=fault is FaultKind.SLOW)

    def _answer(
        self,
        task: Task | None,
        strength: str,
        asked: Asked,
        place: int,
        *,
        chat: bool,
        fault: FaultKind | None,
    ) -> SimulatedAnswer:
        if task is None:
            return SimulatedAnswer("This simulated model only knows the tasks of the benchmark it serves.")
        if fault is FaultKind.REFUSAL:
            return SimulatedAnswer("", "I cannot help with this request.")
        if asked.seed is None:
            number = self._numbers[strength, task.task_id]
            self._numbers[strength, task.task_id] += 1
        else:
            number = asked.seed + place
        if asked.temperature == 0 or fault is FaultKind.IDENTICAL:
            number = 0
        return self._writer.answer(task, strength, number, chat=chat)

    def _task(self, prompt: str) -> Task | None:
        """Find the task whose prompt is part of the request, longest prompt first."""
        if prompt not in self._prompts:
            self._prompts[prompt] = next((task for task in self._tasks if task.prompt.strip() in prompt), None)
        return self._prompts[prompt]


def _choice(
    answer: SimulatedAnswer, place: int, max_tokens: int | None, *, chat: bool, cut: bool
) -> tuple[JsonObject, int]:
    """Format an answer for the API; return it with its number of tokens."""
    text, finish = answer.text, "stop"
    limit = len(text) // 2 if cut else (max_tokens or len(text)) * CHARS_PER_TOKEN
    if len(text) > limit or cut:
        text, finish = text[:limit], "length"
    choice: JsonObject = {"index": place, "finish_reason": finish, "logprobs": None}
    if chat:
        choice["message"] = {"role": "assistant", "content": text or None, "refusal": answer.refusal}
    else:
        choice["text"] = text
    return choice, len(text) // CHARS_PER_TOKEN + 1


def _error(status: int, message: str, code: str) -> Reply:
    return Reply(status, {"error": {"message": message, "type": "simulated", "param": None, "code": code}})
