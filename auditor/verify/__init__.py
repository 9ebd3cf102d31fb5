"""Verify programs: sandbox, fork server, wire format, judge.

Public names: :class:`Verifier`, :func:`doctor`, :func:`code_digest`. The rest may change.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from auditor.errors import SandboxError

if TYPE_CHECKING:
    from auditor.verify.cache import code_digest
    from auditor.verify.probe import Report, doctor
    from auditor.verify.verifier import Verifier

__all__ = ["Report", "Verifier", "code_digest", "doctor"]

_HOMES = {
    "Report": "auditor.verify.probe",
    "Verifier": "auditor.verify.verifier",
    "code_digest": "auditor.verify.cache",
    "doctor": "auditor.verify.probe",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    if sys.platform == "win32":
        raise SandboxError("programs cannot be confined on Windows", where="sandbox", remedy="run auditor in WSL2")

    return getattr(import_module(_HOMES[name]), name)
