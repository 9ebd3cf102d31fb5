"""Start Python as root or as an ordinary user, from tests that run as either."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache

import pytest

from tests.conftest import ROOT

NOBODY = 65534


def path_for_others() -> str:
    """Return the folders that an interpreter needs besides its own library."""
    return os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])


def as_nobody(*words: str) -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


@cache
def command_of(user: str) -> list[str]:
    """Return the command that starts Python as this user, or skip if there is none."""
    if user == "root":
        if os.geteuid() != 0:
            pytest.skip("needs root")
        return [sys.executable]
    if os.geteuid() != 0:
        return [sys.executable]
    if shutil.which("setpriv") is None:
        pytest.skip("needs setpriv to become an ordinary user")
    # setpriv itself may still pass a closed folder, so the interpreter has to start once more by itself
    probe = (
        "import subprocess, sys, tests.hostile.harness, numpy; subprocess.run([sys.executable, '-c', ''], check=True)"
    )
    for python in (sys.executable, f"/usr/bin/python{sysconfig.get_python_version()}"):
        words = as_nobody(python, "-c", probe)
        if subprocess.run(words, env=environment(), cwd="/", capture_output=True, check=False).returncode == 0:
            return as_nobody(python)
    pytest.skip("an ordinary user can read no interpreter of this version, or not the packages")


def environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path_for_others(), "PYTHONDONTWRITEBYTECODE": "1"}
