"""Endpoints that cannot be used, and settings that cannot be: one line, nothing repeated that is secret."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from auditor.config import ModelConfig
from auditor.errors import ConfigError, EndpointError
from auditor.json_types import JsonObject, JsonValue
from auditor.sampling import Faults, SimulatedServer, check_endpoint, sampler
from auditor.sampling.endpoint import Endpoint
from auditor.sampling.simulated import FaultKind
from tests.drawing import draw, make_tasks, model_for, refused


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "FIRST_PAUSE", 0.02)


@pytest.fixture(name="server")
def _server() -> Iterator[SimulatedServer]:
    with SimulatedServer(make_tasks(2), key="right-key-123456") as server:
        yield server


def test_a_wrong_key_is_named_and_not_shown(server: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key ends the run before anything is written, in a line with the variable's name and not the key."""
    monkeypatch.setenv("MY_KEY", "wrong-key-987654")
    model = model_for(server, api_key_env="MY_KEY")
    line = refused(model, EndpointError)
    assert "401" in line
    assert "MY_KEY" in line
    assert "987654" not in line
    with pytest.raises(EndpointError, match="MY_KEY"):
        check_endpoint(model)
    assert server.counts["paid"] == 0


def test_a_key_that_the_server_repeats_is_redacted(server: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a server's error repeats the key, the message has it blacked out."""
    monkeypatch.setenv("MY_KEY", "right-key-123456")
    line = refused(
        model_for(server, api_key_env="MY_KEY").model_copy(update={"model": "no-right-key-123456"}), EndpointError
    )
    assert "404" in line
    assert "[redacted]" in line
    assert "right-key-123456" not in line


def test_an_unset_key_is_a_matter_of_the_settings(server: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment variable that is not set is named before any request."""
    monkeypatch.delenv("MY_KEY", raising=False)
    assert "MY_KEY is not set" in refused(model_for(server, api_key_env="MY_KEY"), ConfigError)


def test_unknown_model_and_unreachable_host(server: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown model and a host where nobody listens are told apart, at once."""
    monkeypatch.setenv("MY_KEY", "right-key-123456")
    unknown = model_for(server, api_key_env="MY_KEY", max_retries=2).model_copy(update={"model": "gpt-none"})
    assert "gpt-none" in refused(unknown, EndpointError)
    asked, ask = list[JsonObject](), Endpoint.ask

    async def noted(endpoint: Endpoint, body: JsonObject) -> JsonValue:
        asked.append(body)
        return await ask(endpoint, body)

    monkeypatch.setattr(Endpoint, "ask", noted)
    nobody = unknown.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    assert "cannot be reached" in refused(nobody, EndpointError)
    tls = unknown.model_copy(update={"base_url": server.base_url.replace("http:", "https:")})
    assert "TLS" in refused(tls, EndpointError)
    assert len(asked) == 2, "one try each: nothing is waited for"


class Astray(BaseHTTPRequestHandler):
    """Answers like a server that is asked for a path it does not have."""

    def do_POST(self) -> None:
        """Read what was asked, and know nothing of it."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_error(404, "page not found")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


def test_a_forgotten_v1_is_not_taken_for_an_unknown_model(
    server: SimulatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the path is wrong the remedy speaks of base_url; if only the model is, it does not."""
    monkeypatch.setenv("MY_KEY", "right-key-123456")
    model = model_for(server, api_key_env="MY_KEY")
    with ThreadingHTTPServer(("127.0.0.1", 0), Astray) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        astray = model.model_copy(update={"base_url": f"http://127.0.0.1:{other.server_port}"})
        assert "it often ends in /v1" in refused(astray, EndpointError)
        other.shutdown()
    assert "/v1" not in refused(model.model_copy(update={"model": "gpt-none"}), EndpointError)


def test_azure_asks_its_deployment(server: SimulatedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an api_version the Azure client asks the deployment's own path, with the key in Azure's header."""
    monkeypatch.setenv("MY_KEY", "right-key-123456")
    model = model_for(server, api_key_env="MY_KEY", api_version="2024-10-21", samples_per_task=2)
    model = model.model_copy(update={"base_url": server.base_url.removesuffix("/v1")})
    assert len(draw(model, make_tasks(2))) == 4
    monkeypatch.setenv("MY_KEY", "wrong-key-987654")
    assert "401" in refused(model, EndpointError)


def test_a_server_without_the_api_is_named() -> None:
    """A server that answers everything with nonsense ends the run after the configured tries, with a remedy."""
    tasks = make_tasks(2)
    with SimulatedServer(tasks, faults=Faults(rate=1.0, kinds=(FaultKind.MALFORMED,))) as server:
        assert "malformed JSON" in refused(model_for(server, max_retries=2), EndpointError)
        assert server.counts["requests"] == 2 * 3, "two requests in three tries each"


def test_a_key_that_cannot_be_sent_is_refused_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key or header with a line break or a letter beyond ASCII ends the run in a line that does not repeat it."""
    with SimulatedServer(make_tasks(2)) as server:
        for key in ("sk-secret\nsecret", "sk-secret“secret"):
            monkeypatch.setenv("MY_KEY", key)
            assert "secret" not in refused(model_for(server, api_key_env="MY_KEY"), ConfigError)
        assert "secret" not in refused(model_for(server, extra_headers={"X-Token": "secret\n"}), ConfigError)
        assert server.counts["connections"] == 0


def test_a_proxy_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment that cannot be used ends the run in a line; one for loopback is not used."""
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:1")
    away = ModelConfig(name="m", base_url="http://192.0.2.1/v1")
    assert "proxies" in refused(away, ConfigError)
    tasks = make_tasks(1)
    with SimulatedServer(tasks) as server:
        assert len(draw(model_for(server, samples_per_task=1), tasks)) == 1
