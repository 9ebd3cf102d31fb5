"""The HTTP client under the openai client: bounded replies, no redirect to another host.

Imported when a client is made, since openai and httpx2 take long to load.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai

MOST_BYTES = 64 * 1024 * 1024
"""Largest size of an answer in bytes, after decompression."""
MOST_ERROR_BYTES = 1024 * 1024
"""Largest size of an error reply in bytes."""
PIECE = 1024 * 1024
"""Bytes decompressed at once."""
MOST_REDIRECTS = 5
ACCEPTED = "gzip, deflate"
"""Encodings that can be decompressed piece by piece within a bound."""


class OversizedReplyError(httpx2.TransportError):
    """A reply exceeds the bound, or has a compression that was not requested."""


class BoundedClient(openai.DefaultAsyncHttpxClient):
    """An HTTP client that reads replies up to a bound and follows redirects within one host only.

    A redirect to another host would send headers and prompt there, so its reply (3xx) is returned unchanged.
    """

    def __init__(self, **settings: Any) -> None:
        """Accept the arguments of ``httpx2.AsyncClient``."""
        super().__init__(**settings, follow_redirects=False)
        self.headers["accept-encoding"] = ACCEPTED

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request and read its reply; raises :class:`OversizedReplyError` at the bound."""
        options |= {"stream": True, "follow_redirects": False}
        request.headers["accept-encoding"] = ACCEPTED
        for _ in range(MOST_REDIRECTS):
            response = await super().send(request, **options)
            following = response.next_request
            if following is None or not _same_place(request.url, following.url):
                return await _read(response)
            await response.aclose()
            request = following
        raise OversizedReplyError(f"more than {MOST_REDIRECTS} redirects")


def _same_place(old: httpx2.URL, new: httpx2.URL) -> bool:
    """Return whether two URLs have the same scheme, host and port, or the second is the first with TLS."""
    if old.host != new.host:
        return False
    plain_ports = (old.scheme, old.port, new.scheme, new.port) == ("http", None, "https", None)
    return plain_ports or (old.scheme, old.port) == (new.scheme, new.port)


async def _read(response: httpx2.Response) -> httpx2.Response:
    """Read a whole streamed reply within the bound; always close it."""
    most = MOST_BYTES if response.is_success else MOST_ERROR_BYTES
    pieces: list[bytes] = []
    left = most
    try:
        async for piece in _unpacked(response):
            left -= len(piece)
            if left < 0:
                break
            pieces.append(piece)
    finally:
        await response.aclose()
    if left < 0:
        pieces.clear()  # the exception's traceback may outlive it
        raise OversizedReplyError(f"the reply is larger than {most >> 20} MB")
    content = b"".join(pieces)
    kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() != "content-encoding"]
    return httpx2.Response(response.status_code, headers=kept, content=content, request=response.request)


async def _unpacked(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Stream the reply's bytes, decompressed in small pieces."""
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "" | "identity":
            async for raw in response.aiter_raw():
                yield raw
            return
        case "gzip" | "x-gzip":
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        case "deflate":
            unpacker = zlib.decompressobj()
        case other:
            raise OversizedReplyError(f"the reply is compressed with {other!r}, which was not requested")
    try:
        async for raw in response.aiter_raw():
            packed = raw
            while packed:
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise OversizedReplyError(f"the reply cannot be decompressed: {error}") from None
