"""The openai clients of one endpoint: one per request in flight, each with its own connection.

Design. A shared connection pool checks every idle connection, with a system call each, whenever a request starts or
ends; with 64 requests in flight that took more than a quarter of a run's CPU time. Instead, clients are lent last in,
first out, so that connections stay warm, and created when none is free.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auditor.config import ModelConfig
from auditor.errors import ConfigError

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""Sent if the config names no key, since local servers require some text."""
CONNECT_SECONDS = 15.0


class Clients:
    """Pool of clients for one model's server; all calls from one event loop.

    Raises :class:`~auditor.errors.ConfigError` for an invalid ``base_url``.
    """

    def __init__(self, model: ModelConfig, key: str) -> None:
        import httpx2

        _check_headers(model)
        self._model = model
        self._key = key
        self._trust_env = not _is_loopback(model.base_url)  # no proxy for this machine
        self._tls = httpx2.create_ssl_context(trust_env=self._trust_env)  # slow to create, so shared by all
        self._made = [self._make()]
        self._free = list(self._made)

    @property
    def base_url(self) -> str:
        """Return the URL to which the clients send their requests."""
        return str(self._made[0].base_url)

    @contextmanager
    def one(self) -> Iterator[openai.AsyncOpenAI]:
        """Lend a client for exclusive use."""
        if not self._free:
            self._made.append(self._make())
            self._free.append(self._made[-1])
        client = self._free.pop()
        try:
            yield client
        finally:
            self._free.append(client)

    async def close(self) -> None:
        """Close all connections."""
        for client in self._made:
            await client.close()

    def _make(self) -> openai.AsyncOpenAI:
        """Create a client: Azure's if the config has an api_version, else the plain one."""
        import httpx2
        import openai

        from auditor.sampling.transport import BoundedClient

        model = self._model
        try:
            http = BoundedClient(
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=1),
                timeout=httpx2.Timeout(model.timeout, connect=min(model.timeout, CONNECT_SECONDS)),
                trust_env=self._trust_env,
                verify=self._tls,
            )
            headers = model.extra_headers or None
            if model.api_version is not None:
                return openai.AsyncAzureOpenAI(
                    azure_endpoint=model.base_url or "", api_version=model.api_version, api_key=self._key,
                    max_retries=0, http_client=http, timeout=http.timeout, default_headers=headers,
                )  # fmt: skip
            return openai.AsyncOpenAI(
                base_url=model.base_url, api_key=self._key,
                max_retries=0, http_client=http, timeout=http.timeout, default_headers=headers,
            )  # fmt: skip
        except (openai.OpenAIError, httpx2.InvalidURL, ValueError, ImportError) as error:
            raise ConfigError(
                f"the client cannot be made: {error}",
                where=f"model {model.name!r}",
                remedy="check base_url, and the proxies in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY)",
            ) from None


def api_key(model: ModelConfig) -> str:
    """Read the key from the environment variable that the config names.

    Raises :class:`~auditor.errors.ConfigError` if it is not set or contains characters not allowed in headers.
    """
    if model.api_key_env is None:
        return NO_KEY
    key = os.environ.get(model.api_key_env, "").strip()
    if not key:
        raise ConfigError(
            f"the environment variable {model.api_key_env} is not set",
            where=f"model {model.name!r}",
            remedy=f"export {model.api_key_env} with the key; the config only names it",
        )
    if not _may_be_sent(key):
        raise ConfigError(
            f"the environment variable {model.api_key_env} contains characters that no key has",
            where=f"model {model.name!r}",
            remedy=f"export {model.api_key_env} with the key alone: no line breaks, no typographic quotes",
        )
    return key


def _check_headers(model: ModelConfig) -> None:
    """Reject headers that HTTP cannot carry here, where their values need not be repeated."""
    for name, value in model.extra_headers.items():
        if not (_may_be_sent(name) and _may_be_sent(value)):
            raise ConfigError(
                f"extra_headers: {name!r} contains characters not allowed in headers",
                where=f"model {model.name!r}",
                remedy="use printable ASCII",
            )


def _may_be_sent(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_loopback(url: str | None) -> bool:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:  # not a URL: creating the client reports that
        return False
    return host == "localhost" or host.startswith("127.") or host == "::1"
