"""One model's endpoint through the openai client, and every way it can fail sorted into a few kinds.

Design. The client is told not to retry (``max_retries=0``): retries are one layer, ours in
``sampler``, because only there are budget, pace and the number in flight known. Replies are taken
as raw responses and parsed here, so that malformed JSON, an odd proxy's HTML and a missing field are told
apart. No message that leaves this module holds the key.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from time import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from auditor.config import ModelConfig
from auditor.errors import EndpointError
from auditor.sampling.clients import Clients, api_key

if TYPE_CHECKING:
    import httpx2
    import openai

REDACTED = "[redacted]"
MESSAGE_CHARS = 300
PATHS = {"chat": "/chat/completions", "completions": "/completions"}


class Kind(StrEnum):
    """Why a request brought nothing and may be sent again."""

    RATE = "rate limit"
    OVERLOAD = "overload"
    TIMEOUT = "timeout"
    SERVER = "server error"
    CONNECT = "no connection"
    BROKEN = "broken connection"
    REPLY = "unusable reply"


@dataclass(slots=True)
class TransientError(Exception):
    """A failure that may pass."""

    kind: Kind
    message: str
    retry_after: float | None = None
    """Seconds that the server asks to wait."""

    @property
    def is_overload(self) -> bool:
        """Say whether fewer requests at once would help."""
        return self.kind in (Kind.RATE, Kind.OVERLOAD, Kind.TIMEOUT)

    @property
    def may_have_cost(self) -> bool:
        """Say whether the server may have worked, and charge, for a request that brought nothing."""
        return self.kind in (Kind.TIMEOUT, Kind.BROKEN, Kind.REPLY)


class FilteredError(Exception):
    """The server's content filter turned the request down: an outcome of this sample, not a failure."""


class Endpoint:
    """One model's server, as long as it is needed. Use as an async context manager.

    Raises :class:`~auditor.errors.ConfigError` where the key's environment variable is not set.
    """

    def __init__(self, model: ModelConfig) -> None:
        self._model = model
        self._key = api_key(model)
        self._path = PATHS[model.endpoint]
        self._clients = Clients(model, self._key)
        self._secrets = _secrets(model, self._key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._clients.close()

    async def ask(self, body: dict[str, Any]) -> Any:
        """Send one request; return the parsed JSON of a 200.

        Raises :class:`TransientError`, :class:`FilteredError`, or :class:`~auditor.errors.EndpointError` for what
        asking again cannot mend.
        """
        import httpx2
        import openai

        try:
            with self._clients.one() as client:
                async with asyncio.timeout(self._model.timeout):
                    response = await client.post(self._path, cast_to=httpx2.Response, body=body)
        except (TimeoutError, openai.APITimeoutError) as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise TransientError(Kind.CONNECT, "the host did not answer") from None
            raise TransientError(Kind.TIMEOUT, f"no answer within {self._model.timeout:g} s") from None
        except openai.APIStatusError as error:
            raise self._failure(error.status_code, error.response) from None
        except openai.APIConnectionError as error:
            raise self._unconnected(error) from None
        return self._parsed(response)

    async def check(self) -> None:
        """Ask for the list of models, which costs nothing; a server that has none is as good.

        Raises :class:`~auditor.errors.EndpointError` for a wrong key and an unreachable host.
        """
        import openai

        try:
            with self._clients.one() as client:
                async with asyncio.timeout(min(self._model.timeout, 30.0)):
                    await client.models.list()
        except (TimeoutError, openai.APITimeoutError):
            return
        except openai.APIStatusError as error:
            if error.status_code in (401, 403):
                raise self._failure(error.status_code, error.response) from None
        except openai.APIConnectionError as error:
            raise self.fatal(self._unconnected(error)) from None
        except Exception:  # noqa: BLE001 - a list in any other shape is no list; the first request will tell
            return

    def fatal(self, error: TransientError) -> EndpointError:
        """Make a passing failure final, with the remedy for its kind."""
        return EndpointError(error.message, where=self._place(), remedy=_REMEDIES[error.kind])

    def redact(self, text: str) -> str:
        """Take every secret out of a text, and cut it to a line."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return " ".join(text.split())[:MESSAGE_CHARS]

    def _parsed(self, response: httpx2.Response) -> Any:
        """Parse a 200's body; some gateways put an error into it."""
        try:
            payload = json.loads(response.content)
        except (ValueError, RecursionError):
            raise TransientError(Kind.REPLY, "the server answered with malformed JSON") from None
        if isinstance(payload, dict) and payload.get("error") and not payload.get("choices"):
            raise TransientError(Kind.REPLY, self.redact(f"the server answered: {_message_in(payload)}"))
        return payload

    def _failure(self, status: int, response: httpx2.Response) -> Exception:
        """Sort an HTTP status into what passes, what is an outcome, and what only the user can mend."""
        body = _json_of(response)
        said = self.redact(_message_in(body) or response.text)
        code = _code_in(body)
        if status == 429 and code != "insufficient_quota":
            return TransientError(Kind.RATE, f"HTTP 429: {said}", retry_after(response.headers))
        if status in (503, 529):
            return TransientError(Kind.OVERLOAD, f"HTTP {status}: {said}", retry_after(response.headers))
        if status in (408, 504, 524):
            return TransientError(Kind.TIMEOUT, f"HTTP {status}: {said}", retry_after(response.headers))
        if status >= 500 or status in (409, 425):
            return TransientError(Kind.SERVER, f"HTTP {status}: {said}", retry_after(response.headers))
        if status == 400 and code in ("content_filter", "content_policy_violation"):
            return FilteredError(said)
        return EndpointError(
            f"HTTP {status}: {said}", where=self._place(), remedy=self.redact(self._remedy(status, code, said))
        )

    def _remedy(self, status: int, code: str, said: str) -> str:
        variable = self._model.api_key_env
        match status, code:
            case _, "insufficient_quota":
                return "the account behind the key has no credit left"
            case ((401 | 403), _) if variable:
                return f"check the key in the environment variable {variable}"
            case ((401 | 403), _):
                return "the server wants a key: name its environment variable as api_key_env"
            case 404, _ if code == "model_not_found" or self._model.served_name in said:
                return f"check that the server at base_url offers the model {self._model.served_name!r}"
            case 404, _:
                model = self._model.served_name
                return f"check base_url (it often ends in /v1), and that the server offers the model {model!r}"
            case 400, _ if "max_completion_tokens" in code or code == "unsupported_parameter":
                return "mend the request: extra_body adds parameters, max_output_tokens and temperature can be changed"
            case _:
                return "mend the request by the settings of this model in the config"

    def _unconnected(self, error: openai.APIConnectionError) -> TransientError:
        """Tell an unreachable host from a connection that broke."""
        import httpx2

        cause = next((link for link in _chain(error) if isinstance(link, httpx2.TransportError)), error)
        reasons = [
            "connection refused" if isinstance(link, ConnectionRefusedError) else link.strerror
            for link in _chain(error)
            if isinstance(link, OSError) and link.strerror
        ]
        said = self.redact(reasons[-1] if reasons else str(cause) or type(cause).__name__)
        if isinstance(
            cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol | httpx2.ProxyError
        ):
            tls = any("SSL" in type(link).__name__ or "SSL" in str(link) for link in _chain(error))
            return TransientError(Kind.CONNECT, f"{'TLS fails' if tls else 'the host cannot be reached'}: {said}")
        return TransientError(Kind.BROKEN, f"the connection broke: {said}")

    def _place(self) -> str:
        base = self._model.base_url or self._clients.base_url
        parts = urlsplit(base)
        host = parts.hostname or ""
        return self.redact(
            f"model {self._model.name!r} at {parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"
        )


_REMEDIES = {
    Kind.RATE: "lower concurrency or set requests_per_minute, then give the same command again",
    Kind.OVERLOAD: "lower concurrency, then give the same command again",
    Kind.TIMEOUT: "raise timeout or lower concurrency, then give the same command again",
    Kind.SERVER: "look into the server's log, then give the same command again",
    Kind.CONNECT: "check base_url (scheme, host, port) and that the server runs",
    Kind.BROKEN: "look into the server's log, then give the same command again",
    Kind.REPLY: "check that base_url names an OpenAI-compatible API (it often ends in /v1)",
}


def retry_after(headers: httpx2.Headers) -> float | None:
    """Read how many seconds a server asks to wait: milliseconds, seconds or a date; ``None`` where it does not say."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) / unit
        except ValueError:
            try:
                seconds = parsedate_to_datetime(value).timestamp() - _server_time(headers)
            except (TypeError, ValueError, OverflowError):
                continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _server_time(headers: httpx2.Headers) -> float:
    """Tell what time it is by the server's clock, else by ours: the two may differ by more than the wait."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time()


def _secrets(model: ModelConfig, key: str) -> list[str]:
    """List what no message may hold: key, password and headers, these also word by word; the longest first."""
    headers = model.extra_headers.values()
    words = [word for header in headers for word in header.split() if len(word) > 8]
    password = urlsplit(model.base_url or "").password or ""
    return sorted({s for s in (key, password, *headers, *words) if len(s) > 4}, key=len, reverse=True)


def _json_of(response: httpx2.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _message_in(body: Any) -> str:
    """Find the message in the shapes of error that servers use."""
    match body:
        case {"error": {"message": str(message)}} | {"error": str(message)} | {"message": str(message)}:
            return message
        case {"detail": detail}:
            return str(detail)
    return ""


def _code_in(body: Any) -> str:
    match body:
        case {"error": {"code": str(code)}}:
            return code
        case {"error": {"type": str(kind)}}:
            return kind
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
