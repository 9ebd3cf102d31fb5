"""Values of failing tests read the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auditor.verify import show as module
from auditor.verify.show import LIMIT, show

ROOT = Path(__file__).resolve().parents[3]


def test_sets_are_shown_in_one_order() -> None:
    """Whatever the interpreter's hash seed, a set of sets of texts is written alike."""
    script = (
        "from auditor.verify.show import show; words = 'tea eat ate bc ad x y z'.split();"
        "print(show({frozenset(words), frozenset(words[:3]), frozenset()}), show(set(words)))"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(shown) == 1
    assert "'ad', 'ate', 'bc'" in shown.pop()


def deep(wrap: Any, depth: int = 60) -> Any:
    value: Any = frozenset()
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: frozenset({inner}),
        lambda inner: frozenset({(inner, 1), (inner, 2)}),
        lambda inner: (frozenset({inner}), frozenset({inner, 0})),
        lambda inner: {inner: [inner]} if isinstance(inner, frozenset) else frozenset({tuple(inner)}),
    ],
    ids=["sets", "pairs", "tuples", "keys"],
)
def test_deep_values_are_shown_at_once(wrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep sets are nested, each item is written once, and the text keeps to its limit."""
    written, write = list[object](), module._show

    def counted(value: object, budget: int) -> str:
        written.append(value)
        assert len(written) < 100_000  # of pairs, 24,317; if each item were written twice, 16 million
        return write(value, budget)

    monkeypatch.setattr(module, "_show", counted)
    assert len(show(deep(wrap, 12))) <= LIMIT
    written.clear()
    assert len(show(deep(lambda inner: frozenset({inner})))) <= LIMIT
    assert len(written) == 61
