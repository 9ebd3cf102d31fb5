"""Packed tests are read without running the pickle that holds them."""

from __future__ import annotations

import base64
import os
import pickle
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.packed import unpack_fields, unpack_text

TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


def packed(value: object, protocol: int = 4) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(value, protocol))).decode()


@given(TEXTS, st.integers(2, 5))
def test_a_pickled_text_comes_back(text: str, protocol: int) -> None:
    """Every protocol that data sets use."""
    assert unpack_text(packed(text, protocol)) == text


@given(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=4))
def test_a_pickled_dict_of_texts_comes_back(fields: dict[str, str]) -> None:
    """Keys and values of distinct objects keep their places."""
    distinct = {f"key {place} {key}": f"value {place} {value}" for place, (key, value) in enumerate(fields.items())}
    assert unpack_fields(packed(distinct)) == distinct


class Runs:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.open, (str(self.path), os.O_CREAT)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    """Neither run nor read."""
    canary = tmp_path / "ran"
    for value in (Runs(canary), {"input_output": Runs(canary)}):
        for unpack in (unpack_text, unpack_fields):
            with pytest.raises(ValueError, match="more than hold text"):
                unpack(packed(value))
    assert not canary.exists()


@pytest.mark.parametrize("value", [None, 1, ["a"], b"bytes", ("a", "b"), {"a": ["b"]}])
def test_anything_but_text_is_refused(value: object) -> None:
    """A list, a number or nothing is not a test."""
    with pytest.raises(ValueError):  # noqa: PT011 - which of the reasons does not matter
        unpack_text(packed(value))


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        ("not base64!", "base64"),
        (base64.b64encode(b"plain").decode(), "compressed"),
        (base64.b64encode(zlib.compress(pickle.dumps("x"))[:-4]).decode(), "cut off"),
        (base64.b64encode(zlib.compress(pickle.dumps("x")[:-1])).decode(), "pickle"),
        (base64.b64encode(zlib.compress(b"no pickle")).decode(), "pickle"),
    ],
)
def test_damage_is_named(blob: str, why: str) -> None:
    """Each layer that can be damaged says so."""
    with pytest.raises(ValueError, match=why):
        unpack_text(blob)


def test_a_compression_bomb_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to more than the limit is refused before it is all there."""
    monkeypatch.setattr("auditor.benchmark.packed.LARGEST", 1 << 16)
    with pytest.raises(ValueError, match="unpacks to more"):
        unpack_text(packed("x" * (1 << 20)))
