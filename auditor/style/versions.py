"""The versions that decide a finding; they are part of a rubric's hash."""

from __future__ import annotations

import functools
import subprocess
import sys
from importlib import metadata

from auditor.style import checks
from auditor.style.ruff import ruff_command


@functools.cache
def tool_versions() -> dict[str, str]:
    """Return the version of each tool, of our own checks and of Python, by name.

    ruff is asked itself, since the executable on the path need not be the installed package.
    """
    said = subprocess.run([ruff_command(), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return {
        "ruff": said.split()[-1],
        **{name: metadata.version(name) for name in ("pylint", "astroid", "radon")},
        "auditor-checks": str(checks.VERSION),
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
    }
