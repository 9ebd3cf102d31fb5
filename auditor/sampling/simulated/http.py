"""The part of HTTP/1.1 that API clients use: requests with a length, persistent connections, and ways to break them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from auditor.json_types import JsonObject

MAX_HEAD = 64 * 1024
"""Limit of a request's size before its body, in bytes."""
MAX_BODY = 16 * 1024 * 1024
SLOW_PIECES = 8
SLOW_PAUSE = 0.03
"""Seconds between the pieces of a slow reply."""
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests",
            500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip


@dataclass(slots=True)
class Reply:
    """One HTTP reply, and how it is delivered."""

    status: int
    body: JsonObject | str
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Break the connection in the middle of the body."""
    slow: bool = False
    """Send the body in small pieces."""


async def read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    """Read method, path, headers (lower-case names) and body; ``None`` at the connection's end or on a bad request."""
    try:
        head = await reader.readexactly(1)
        if not head.isalpha():  # for example TLS: no request line will ever arrive
            return None
        head += await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *rest = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3:
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return None
    body = await reader.readexactly(int(length)) if int(length) else b""
    return parts[0], parts[1].split("?")[0], headers, body


async def write_reply(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    """Send a reply; return whether the connection stays open."""
    body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **reply.headers}
    head = f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Other')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    if reply.cut:
        writer.write(head.encode("latin-1") + body[: len(body) // 2])
        await writer.drain()
        writer.transport.abort()
        return False
    if reply.slow:
        writer.write(head.encode("latin-1"))
        step = len(body) // SLOW_PIECES + 1
        for start in range(0, len(body), step):
            writer.write(body[start : start + step])
            await writer.drain()
            await asyncio.sleep(SLOW_PAUSE)
        return True
    writer.write(head.encode("latin-1") + body)
    await writer.drain()
    return True
