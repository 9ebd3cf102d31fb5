"""A loopback service that takes batches as files: upload, create, retrieve, download. Rows are answered by a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openai

from tests.scripted import Scripted

EXPIRED = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}


class BatchService:
    """Answers batches with ``script``; a batch of more than ``most`` rows expires after this many."""

    def __init__(self, script: Callable[[dict[str, Any]], Scripted], most: int | None = None) -> None:
        self.script = script
        self.most = most
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.answered = 0
        self.base_url = ""

    def upload(self, content: bytes, name: str = "file") -> dict[str, Any]:
        identity = f"file-{len(self.files)}"
        self.files[identity] = content
        return {"id": identity, "object": "file", "bytes": len(content), "created_at": 0, "filename": name,
                "purpose": "batch", "status": "processed"}  # fmt: skip

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert {row["method"] for row in rows} == {"POST"}
        assert {row["url"] for row in rows} == {asked["endpoint"]}
        assert len({row["custom_id"] for row in rows}) == len(rows)
        good, bad = [], []
        for number, row in enumerate(rows):
            if self.most is not None and number >= self.most:
                bad.append({"custom_id": row["custom_id"], "response": None, "error": EXPIRED})
                continue
            self.answered += 1
            reply = self.script(row["body"])
            response = {"status_code": reply.status, "request_id": "r", "body": reply.body}
            line = {"id": f"row-{number}", "custom_id": row["custom_id"], "response": response, "error": None}
            (good if reply.status == 200 else bad).append(line)
        identity = f"batch-{len(self.batches)}"
        files = [self.upload(b"".join(json.dumps(line).encode() + b"\n" for line in lines))["id"]
                 for lines in (good[::-1], bad)]  # fmt: skip
        self.batches[identity] = {
            "id": identity, "object": "batch", "endpoint": asked["endpoint"], "input_file_id": asked["input_file_id"],
            "completion_window": "24h", "created_at": 0, "status": "expired" if self.most else "completed",
            "output_file_id": files[0], "error_file_id": files[1] if bad else None,
        }  # fmt: skip
        return {**self.batches[identity], "status": "validating", "output_file_id": None, "error_file_id": None}


@contextmanager
def batch_service(script: Callable[[dict[str, Any]], Scripted], most: int | None = None) -> Iterator[BatchService]:
    """Serve batches on loopback."""
    service = BatchService(script, most)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path.endswith("/files"):
                parts = message_from_bytes(f"content-type: {self.headers['content-type']}\r\n\r\n".encode() + body)
                file = next(part for part in parts.get_payload() if part.get_filename())
                self._reply(service.upload(file.get_payload(decode=True), file.get_filename()))
            else:
                self._reply(service.create(json.loads(body)))

        def do_GET(self) -> None:
            kind, identity, *rest = self.path.removeprefix("/v1/").split("/")
            self._reply(service.files[identity] if rest == ["content"] else service.batches[identity])
            assert kind in ("files", "batches")

        def _reply(self, reply: Any) -> None:
            body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.base_url = f"http://127.0.0.1:{server.server_port}/v1"
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield service
        finally:
            server.shutdown()


def submit(service: BatchService, requests: Path, folder: Path, endpoint: str = "/v1/chat/completions") -> list[Path]:
    """Have a requests file carried out through the real client, as a user would; return the files it gives back."""
    with openai.OpenAI(base_url=service.base_url, api_key="none") as client, requests.open("rb") as content:
        uploaded = client.files.create(file=content, purpose="batch")
        batch = client.batches.create(input_file_id=uploaded.id, endpoint=endpoint, completion_window="24h")
        while (batch := client.batches.retrieve(batch.id)).status not in ("completed", "expired"):
            pass
        paths = []
        for identity in filter(None, (batch.output_file_id, batch.error_file_id)):
            path = folder / f"{batch.id}-{identity}.jsonl"
            client.files.content(identity).write_to_file(path)
            paths.append(path)
        return paths
