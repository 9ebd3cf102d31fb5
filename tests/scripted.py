"""A loopback server whose replies a test scripts: one function from the request's JSON to a reply."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from auditor.config import ModelConfig


@dataclass(frozen=True, slots=True)
class Scripted:
    """One reply: JSON, or bytes as they are."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ScriptedServer:
    """Where it listens, and what it was asked: (path, headers in lower case, JSON)."""

    host: str
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"{self.host}/v1"

    def model(self, **changes: Any) -> ModelConfig:
        settings = {"concurrency": 4, "timeout": 10.0, "max_retries": 3, "seed": 0, **changes}
        return ModelConfig(name="m", **{"base_url": self.base_url, **settings})


def completion(content: str | None, finish: str = "stop", **message: Any) -> Scripted:
    """Build a chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return Scripted({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 7}})


def error(status: int, message: str, **fields: Any) -> Scripted:
    """Build an error in OpenAI's shape."""
    return Scripted({"error": {"message": message, **fields}}, status)


@contextmanager
def scripted_server(script: Callable[[dict[str, Any]], Scripted]) -> Iterator[ScriptedServer]:
    """Serve ``script`` on loopback; the list of models is empty."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            served.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}, asked))
            self._reply(script(asked))

        def do_GET(self) -> None:
            self._reply(Scripted({"object": "list", "data": []}))

        def _reply(self, reply: Scripted) -> None:
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for key, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = ScriptedServer(f"http://127.0.0.1:{server.server_port}")
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
