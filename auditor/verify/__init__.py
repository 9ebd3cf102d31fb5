"""From a program to verdicts: sandbox, fork server, wire format, judge.

What others use: :class:`Verifier`. The rest may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.verify.verifier import Verifier

__all__ = ["Verifier"]

_HOMES = {"Verifier": "auditor.verify.verifier"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
