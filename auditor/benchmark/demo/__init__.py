"""The benchmarks that come with the package, and hand-written answers to them.

``tasks.jsonl`` (the source ``demo``) holds functions, ``kinds.jsonl`` (``demo-kinds``) six programs and four classes;
both are in the format of own tasks and serve as its examples. The files of variants hold right and wrong solutions of
each task: what the simulated model draws from, and the proof that the plus suites catch what the base suites miss.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

FOLDER = Path(__file__).parent
SOURCES = {"demo": FOLDER / "tasks.jsonl", "demo-kinds": FOLDER / "kinds.jsonl"}
"""The name of each benchmark as a source → its tasks."""
_VARIANTS = ("variants.jsonl", "kinds_variants.jsonl")

VariantKind = Literal["correct", "false_positive", "wrong"]
"""Passes both suites; passes base and fails plus; fails base."""
KINDS: tuple[VariantKind, ...] = get_args(VariantKind)


@dataclass(frozen=True, slots=True)
class DemoVariant:
    """One hand-written answer to a demo task."""

    solution: str
    """A whole program."""
    kind: VariantKind


def demo_variants(task_id: str) -> Sequence[DemoVariant]:
    """Return a demo task's answers: at least 2 correct, 2 false positives and 1 wrong one.

    The reference itself is not among them. A task id that the demo lacks has none.
    """
    return _variants().get(task_id, ())


@functools.cache
def _variants() -> dict[str, tuple[DemoVariant, ...]]:
    """Read the package's own answers, grouped by task in file order."""
    found: dict[str, list[DemoVariant]] = {}
    lines = "".join((FOLDER / name).read_text(encoding="utf-8") for name in _VARIANTS)
    for line in lines.strip().split("\n"):
        row = json.loads(line)
        found.setdefault(row["task_id"], []).append(DemoVariant(row["solution"], row["kind"]))
    return {task_id: tuple(variants) for task_id, variants in found.items()}
