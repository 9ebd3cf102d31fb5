"""Paths in audit.toml: each is found, resolved against the file's folder and shortened on record."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from auditor.config import AuditConfig, ModelConfig, VerifyConfig, load_config
from auditor.gates.history import changes
from auditor.pipeline import run, stages
from auditor.settings import PathKind

TEXT = """
[benchmark]
source = "set/tasks.jsonl"
base = "set/base.jsonl"
[[model]]
name = "r"
recorded = "set/a.jsonl"
prompt = "set/ask.jinja"
[[model]]
name = "h"
recorded = "owner/answers"
format = "hub"
[verify]
python = "set/python"
plus = "set/mini.json"
[style]
rubric = "set/team.toml"
[engine]
scheduler = "tls://host:1"
tls_ca = "set/ca.pem"
tls_cert = "set/cert.pem"
tls_key = "set/key.pem"
[history]
runs = ["set/one", "set/two"]
baseline = "set/base.json"
"""
Place = tuple[type[BaseModel], str]


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    for part in typing.get_args(annotation):
        yield from _parts(part)


def _places(section: type[BaseModel]) -> Iterator[Place]:
    """Yield every field of the settings that may hold a path, by its type."""
    for key, field in section.model_fields.items():
        parts = list(_parts(field.annotation))
        if Path in parts or any(isinstance(one, PathKind) for one in field.metadata):
            yield section, key
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _places(part)


def _texts(value: object, at: Place | None = None) -> Iterator[tuple[Place | None, str]]:
    match value:
        case BaseModel():
            for key, inner in value:
                yield from _texts(inner, (type(value), key))
        case tuple():
            for inner in value:
                yield from _texts(inner, at)
        case str() | Path():
            yield at, str(value)


def test_every_path_is_relative_to_the_file(tmp_path: Path) -> None:
    """No field that may hold a path is left as it was written; one that this test does not set fails it."""
    (tmp_path / "audit.toml").write_text(TEXT)
    (tmp_path / "set").mkdir()
    for name in ("tasks.jsonl", "base.jsonl"):
        (tmp_path / "set" / name).touch()
    config = load_config(tmp_path / "audit.toml")
    found = [(place, text) for place, text in _texts(config) if "set/" in text]
    assert {place for place, _ in found} == set(_places(AuditConfig))
    assert [text for _, text in found if not text.startswith(str(tmp_path / "set"))] == []
    assert config.model[1].recorded == Path("owner/answers")


def test_no_folder_is_on_record(tmp_path: Path) -> None:
    """What a report shows of the settings has the names of files alone, whichever key holds them."""
    (tmp_path / "audit.toml").write_text(TEXT)
    (tmp_path / "set").mkdir()
    shown = json.dumps(run.redacted(load_config(tmp_path / "audit.toml")))
    assert str(tmp_path) not in shown
    assert "mini.json" in shown


def test_settings_that_are_named_are_there() -> None:
    """Keys that the code names as texts are fields; one that is renamed would else count again, or no more."""
    limits = stages._NOT_LIMITS | stages._ADDED_LIMITS
    assert limits <= VerifyConfig.model_fields.keys()
    assert not stages._NOT_LIMITS & stages._ADDED_LIMITS
    assert ModelConfig.model_fields.keys() >= run._FREE_TO_CHANGE | changes._UNIMPORTANT_OF_MODELS
    for name in changes._UNIMPORTANT:
        section, _, key = name.partition(".")
        field = AuditConfig.model_fields[section]
        assert not key or key in field.annotation.model_fields
