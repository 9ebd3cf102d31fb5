"""From a program to verdicts: sandbox, fork server, wire format, judge.

What others use: :class:`Verifier`, :func:`doctor`. The rest may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.verify.probe import Report, doctor
    from auditor.verify.verifier import Verifier

__all__ = ["Report", "Verifier", "doctor"]

_HOMES = {"Report": "auditor.verify.probe", "Verifier": "auditor.verify.verifier", "doctor": "auditor.verify.probe"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
