"""One model's endpoint through the openai client: send a request, or say why there is no answer.

Design. The client is told not to retry (``max_retries=0``): there is one layer of retries, in ``sampler``, because only
there budget, rates and the number in flight are known. Replies are taken as raw responses and parsed here, to
distinguish malformed JSON, a gateway's HTML and a missing field. No message that leaves this module contains the key.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Self, assert_never
from urllib.parse import urljoin, urlsplit

from auditor.config import ModelConfig
from auditor.errors import EndpointError, ErrorSlug
from auditor.json_types import JsonObject, JsonValue
from auditor.sampling.choices import MESSAGE_CHARS
from auditor.sampling.classify import ErrorReply, classify
from auditor.sampling.clients import Clients, api_key
from auditor.sampling.failures import Failure, RunWideError, Scope, TransientError, TransientKind, UnansweredError
from auditor.sampling.remedies import UNSUPPORTED
from auditor.sampling.signs import message_in
from auditor.text import one_line

if TYPE_CHECKING:
    import httpx2
    import openai

REDACTED = "[redacted]"
PATHS = {"chat": "/chat/completions", "completions": "/completions", "responses": "/responses"}


class Endpoint:
    """Connection to one model's server. Use as an async context manager.

    Raises :class:`~auditor.errors.ConfigError` if the key's environment variable is not set.
    """

    def __init__(self, model: ModelConfig) -> None:
        self._model = model
        self._key = api_key(model)
        self._path = PATHS[model.endpoint]
        self._clients = Clients(model, self._key)
        self._secrets = _secrets(model, self._key)
        self.adapted: dict[str, str | None] = {}
        """Parameter that the server does not accept → the one sent instead, or ``None``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._clients.close()

    async def ask(self, body: JsonObject) -> JsonValue:
        """Send one request; return the parsed JSON of a 200.

        Raises one of :data:`~auditor.sampling.failures.Failure`.
        """
        import httpx2
        import openai

        sent = self._as_accepted(body)
        try:
            with self._clients.one() as client:
                async with asyncio.timeout(self._model.timeout):
                    response = await client.post(self._path, cast_to=httpx2.Response, body=sent)
        except (TimeoutError, openai.APITimeoutError) as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise TransientError(TransientKind.CONNECT, "the host did not answer") from None
            raise TransientError(TransientKind.TIMEOUT, f"no answer within {self._model.timeout:g} s") from None
        except openai.APIStatusError as error:
            raise self._failure(error.response, sent) from None
        except openai.APIConnectionError as error:
            raise self._unconnected(error) from None
        try:
            reply: JsonValue = json.loads(response.content)
            return reply
        except (ValueError, RecursionError):
            start = self.redact(response.text[:80])
            raise TransientError(TransientKind.REPLY, f"the server answered with malformed JSON: {start!r}") from None

    def adapt(self, error: RunWideError) -> bool:
        """Omit a parameter that the server does not accept, if that respects the settings.

        The default temperature is left out if audit.toml sets none, and newer models get the length limit as
        ``max_completion_tokens``. Returns whether the request may be sent again.
        """
        parameter = error.parameter
        if parameter in self.adapted:
            return True
        if parameter == "temperature" and "temperature" not in self._model.model_fields_set:
            self.adapted[parameter] = None
        elif parameter == "max_tokens" and UNSUPPORTED.search(error.message.lower()):
            self.adapted[parameter] = "max_completion_tokens"
        else:
            return False
        return True

    async def check(self) -> None:
        """Request the list of models, which costs nothing; a server without one is accepted.

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
            failure = self._failure(error.response, {})
            limited = (
                "scope" in error.response.text or "permission" in error.response.text
            )  # the key may still be allowed to send requests
            if error.status_code == 401 and isinstance(failure, RunWideError) and not limited:
                raise self.fatal(failure) from None
        except openai.APIConnectionError as error:
            raise self.fatal(self._unconnected(error)) from None
        except Exception:  # noqa: BLE001 - a list in any other shape is no list; the first request will tell
            return

    async def is_there(self) -> bool:
        """Request the list of models; return whether there is any reply but a server error."""
        import openai

        try:
            with self._clients.one() as client:
                async with asyncio.timeout(min(self._model.timeout, 30.0)):
                    await client.models.list()
        except openai.APIStatusError as error:
            return error.status_code < 500
        except (TimeoutError, openai.APIConnectionError):
            return False
        except Exception:  # noqa: BLE001 - a list in any other shape is a reply all the same
            return True
        return True

    def fatal(self, failure: Failure) -> EndpointError:
        """Make a failure final, with the remedy for its kind."""
        remedy = _REMEDIES[failure.kind] if isinstance(failure, TransientError) else failure.remedy
        slug = _slug(failure)
        return EndpointError(failure.message, where=self._place(), remedy=self.redact(remedy), slug=slug)

    def redact(self, text: str) -> str:
        """Remove every secret from a text, and make it one line that is safe to show."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return one_line(text, MESSAGE_CHARS)

    def _as_accepted(self, body: JsonObject) -> JsonObject:
        """Return the body with the parameters that the server accepts."""
        if not self.adapted:
            return body
        renamed = {self.adapted.get(key, key): value for key, value in body.items()}
        return {key: value for key, value in renamed.items() if key is not None}

    def _failure(self, response: httpx2.Response, sent: JsonObject) -> Failure:
        """Classify an HTTP error."""
        body = _json_of(response)
        said = self.redact(message_in(body) or _page_text(response.text))
        if response.is_redirect:
            return self._redirected(response)
        return classify(ErrorReply(response.status_code, body, said, retry_after(response.headers)), self._model, sent)

    def _redirected(self, response: httpx2.Response) -> RunWideError:
        """Name the redirect's target: key and prompt are not sent to another host."""
        target = urljoin(str(response.request.url), response.headers.get("location", ""))
        place = urlsplit(target)
        base = f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path.removesuffix(self._path)}"
        return RunWideError(
            Scope.URL,
            self.redact(f"HTTP {response.status_code}: the server redirects to another host, {base}"),
            response.status_code,
            f'if that host may receive the key and the prompts, write base_url = "{base}"',
        )

    def _unconnected(self, error: openai.APIConnectionError) -> TransientError:
        """Distinguish an unreachable host, a broken connection and a reply that was not read."""
        import httpx2

        from auditor.sampling.transport import OversizedReplyError

        cause = next((link for link in _chain(error) if isinstance(link, httpx2.TransportError)), error)
        if isinstance(cause, OversizedReplyError):
            return TransientError(TransientKind.REPLY, self.redact(str(cause)))
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
            return TransientError(
                TransientKind.CONNECT, f"{'TLS fails' if tls else 'the host cannot be reached'}: {said}"
            )
        return TransientError(TransientKind.BROKEN, f"the connection broke: {said}")

    def _place(self) -> str:
        base = self._model.base_url or self._clients.base_url
        parts = urlsplit(base)
        host = parts.hostname or ""
        return self.redact(
            f"model {self._model.name!r} at {parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"
        )


_REMEDIES = {
    TransientKind.RATE: "lower concurrency or set requests_per_minute, then run the same command again",
    TransientKind.OVERLOAD: "lower concurrency, then run the same command again",
    TransientKind.TIMEOUT: "raise timeout or lower concurrency, then run the same command again",
    TransientKind.SERVER: "check the server's log, then run the same command again",
    TransientKind.CONNECT: "check base_url (scheme, host, port) and that the server runs",
    TransientKind.BROKEN: "check the server's log, then run the same command again",
    TransientKind.REPLY: "check that base_url names an OpenAI-compatible API (it often ends in /v1)",
}


_SLUGS = {
    Scope.KEY: ErrorSlug.ENDPOINT_KEY,
    Scope.CREDIT: ErrorSlug.ENDPOINT_CREDIT,
    Scope.MODEL: ErrorSlug.ENDPOINT_MODEL,
    Scope.URL: ErrorSlug.ENDPOINT_URL,
    Scope.PARAMETER: ErrorSlug.ENDPOINT_PARAMETER,
    TransientKind.CONNECT: ErrorSlug.ENDPOINT_URL,
    TransientKind.REPLY: ErrorSlug.ENDPOINT_URL,
}


def _slug(failure: Failure) -> ErrorSlug:
    """Return the kind of a final failure."""
    match failure:
        case RunWideError():
            return _SLUGS[failure.scope]
        case TransientError():
            return _SLUGS.get(failure.kind, ErrorSlug.ENDPOINT)
        case UnansweredError():
            return ErrorSlug.ENDPOINT
    assert_never(failure)


def retry_after(headers: httpx2.Headers) -> float | None:
    """Read how many seconds a server asks to wait: milliseconds, seconds or a date; ``None`` if not given."""
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
    """Return the server's time, else this machine's; the two may differ by more than the wait."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time()


def _secrets(model: ModelConfig, key: str) -> list[str]:
    """List what no message may contain: key, password and headers (also word by word), longest first."""
    headers = model.extra_headers.values()
    words = [word for header in headers for word in header.split() if len(word) > 8]
    password = urlsplit(model.base_url or "").password or ""
    return sorted({s for s in (key, password, *headers, *words) if len(s) > 4}, key=len, reverse=True)


def _json_of(response: httpx2.Response) -> JsonValue:
    try:
        body: JsonValue = json.loads(response.content)
        return body
    except (ValueError, RecursionError):
        return None


def _page_text(text: str) -> str:
    """Reduce a page to its title, a plain text to its start."""
    lower = text[:20_000].lower()
    start, end = lower.find("<title>"), lower.find("</title>")
    return text[start + len("<title>") : end] if 0 <= start < end else text[:MESSAGE_CHARS]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
