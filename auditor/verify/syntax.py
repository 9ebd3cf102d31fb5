"""Detect whether a program that does not parse was written for a newer Python than the one that runs programs.

That would be an error of the set-up, not of the model. Ruff's parser knows the syntax of every version and reports what
an older version lacks.
"""

from __future__ import annotations

import re
import subprocess

_MAY_BE_NEW = re.compile(
    r"^[ \t]*type[ \t]+\w|^[ \t]*(?:def|async[ \t]+def|class)[ \t]+\w+[ \t]*\[|\b[fFrRtT]{1,2}['\"]"
    r"|except\*?[ \t]+[^:()\n]+,",
    re.MULTILINE,
)
"""Matches every program in newer syntax; a filter, as asking ruff costs a process."""
_ADDED = re.compile(r"\(syntax was added in Python (\d+)\.(\d+)\)")
_SECONDS = 10.0


def version_needed(source: str, numbers: tuple[int, int]) -> str:
    """Return the Python version whose syntax a program needs, if only that keeps it from parsing.

    ``numbers`` are the major and minor version of the Python that rejected it. Empty if it is simply broken.
    """
    if not _MAY_BE_NEW.search(source):
        return ""
    from ruff import find_ruff_bin

    options = ["--isolated", "--no-cache", "--exit-zero", "--quiet", "--select", "E9", "--output-format", "concise"]
    target = f"py{numbers[0]}{numbers[1]}"
    try:
        said = subprocess.run(  # noqa: S603 - ruff, which parses and runs nothing
            [find_ruff_bin(), "check", *options, "--target-version", target, "--stdin-filename", "program.py", "-"],
            input=source.encode("utf-8", "replace"), capture_output=True, timeout=_SECONDS, check=True, cwd="/",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    problems = [line for line in said.stdout.decode("utf-8", "replace").splitlines() if "invalid-syntax" in line]
    added = [_ADDED.search(problem) for problem in problems]
    if not added or not all(added):
        return ""
    newest = max((int(match[1]), int(match[2])) for match in added if match)
    return f"{newest[0]}.{newest[1]}" if newest > numbers else ""
