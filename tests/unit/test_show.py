"""Values of failing tests read the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


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
