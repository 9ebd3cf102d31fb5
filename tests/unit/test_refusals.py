"""Settings that are refused are refused in the words of the file: place, key, what would do, and a remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from auditor.config import AuditConfig
from auditor.errors import ConfigError
from auditor.refusals import worded
from auditor.settings import Section, parse_toml
from tests.e2e.command import inside

VALUES = (
    '"word"',
    '""',
    "-5",
    "1.5",
    "true",
    "[]",
    "{}",
    "[1]",
    '["a", 2]',
    "99999999999999999999",
    "inf",
    "1979-05-27",
)
NEEDED = {
    "benchmark": {"source": '"demo"'}, "model": {"name": '"m"', "recorded": '"x.jsonl"'},
    "gate": {"metric": '"false_discovery_rate"', "max": "0.1"},
}  # fmt: skip
OF_PYDANTIC = re.compile(
    r"Input should|input|valid|unable to|Value error|Assertion|<class|pydantic|constrained|literal\[|tuple|dictionary|"
    r"parse|greater than|less than|instance of",
    re.IGNORECASE,
)


def _parts(annotation: object) -> list[object]:
    return [annotation, *(part for one in get_args(annotation) for part in _parts(one))]


def _sections() -> list[tuple[str, type[Section], bool]]:
    found = []
    for name, field in AuditConfig.model_fields.items():
        kinds = [one for one in _parts(field.annotation) if isinstance(one, type) and issubclass(one, Section)]
        found += [(name, kind, kind is not field.annotation) for kind in kinds]
    return found


def _settings(section: str, many: bool, key: str, value: str) -> str:
    lines: list[str] = []
    for name in dict.fromkeys(["benchmark", "model", section]):
        lines.append(f"[[{name}]]" if name == "model" or (many and name == section) else f"[{name}]")
        lines += [f"{own} = {text}" for own, text in NEEDED.get(name, {}).items() if (name, own) != (section, key)]
        lines += [f"{key} = {value}"] if name == section else []
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("section", "kind", "many"), _sections(), ids=lambda one: one if isinstance(one, str) else "")
def test_no_refusal_speaks_of_python(section: str, kind: type[Section], many: bool, tmp_path: Path) -> None:
    """Whatever a key is given, the message names file and line, and none of the words of the library that checked."""
    path = tmp_path / "audit.toml"
    refused = 0
    for key in kind.model_fields:
        for value in VALUES:
            path.write_text(_settings(section, many, key, value), encoding="utf-8")
            try:
                parse_toml(path, AuditConfig)
            except ConfigError as error:
                refused += 1
                said = str(error).removeprefix(str(tmp_path))
                assert re.match(r"/audit\.toml:\d+: ", said), said
                assert " — " in said, said
                assert not OF_PYDANTIC.search(said.replace(f"{section}.{key}", "")), said
    assert refused


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        (
            "model",
            "temperature",
            '"hot"',
            "[[model]] 1, name \"m\": temperature is 'hot' — it must be a number or 'default'",
        ),
        ("model", "samples_per_task", "1.5", 'name "m": samples_per_task is 1.5 — it must be a whole number'),
        ("verify", "plus", "3", "[verify] plus is 3 — it must be 'full' or a path in quotes"),
        ("verify", "reuse", '"yes please"', "[verify] reuse is 'yes please' — it must be true or false"),
        ("benchmark", "tasks", '"T/1"', "[benchmark] tasks is 'T/1' — it must be a list in brackets"),
        ("gate", "path", "3", "path is 3 — it must be text in quotes"),
        ("analysis", "fp_cost", "[]", "[analysis] fp_cost is an empty list — give at least one entry"),
        ("model", "price", "3", 'name "m": price is 3 — it must be a table'),
    ],
)
def test_refusals_say_what_would_do(section: str, key: str, value: str, said: str, tmp_path: Path) -> None:
    """Each branch of a union is offered, and a short value is repeated."""
    path = tmp_path / "audit.toml"
    path.write_text(_settings(section, section == "gate", key, value), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(f"{said}")):
        parse_toml(path, AuditConfig)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["choose", "run", "--cost", "abc"], "'--cost': must be a number, not 'abc'"),
        (["choose", "run", "--cost", "-1"], "'--cost': must be at least 0, not '-1'"),
        (["choose", "run", "--cost", "1", "--max-attempts", "1.5"], "'--max-attempts': must be a whole number"),
        (["history", "run", "run", "--confidence", "2"], "'--confidence': must be at most 0.9999, not '2'"),
    ],
)
def test_refusals_on_the_command_line_are_worded_alike(words: list[str], said: str, tmp_path: Path) -> None:
    """A value that an option cannot have is refused in the same words, with exit code 2."""
    assert said in inside(*words, cwd=tmp_path, expect=2).stderr


def test_a_secret_is_not_repeated() -> None:
    """A value whose key sounds secret stays out of the message."""
    error = {"type": "string_type", "loc": ("model", 0, "extra_headers", "x"), "msg": "", "input": 12345}
    assert worded([error]) == "must be text in quotes"  # type: ignore[list-item]
