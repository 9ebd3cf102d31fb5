"""Every error a user can fix, as a tree, with its remedy and its exit code.

    AuditorError                 exit 1
    ├─ UsageError                exit 2   what the user gave cannot be used; nothing was written
    │  ├─ ConfigError                     audit.toml, a rules file or a rubric
    │  └─ InputError                      samples, tasks, counts: a data file, by name and line
    ├─ SandboxError              exit 1   the sandbox is weaker than asked for, or does not work
    ├─ EndpointError             exit 1   the model's server cannot be used (key, name, host)
    ├─ BudgetError               exit 1   the budget stops the run before it is overspent
    └─ StoreError                exit 1   audit.db is locked, full, foreign or damaged

Anything else that is raised is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[@-Z\\-_])", re.DOTALL)
_CI_COMMAND = re.compile(r"(?<!\S)::(?=\w)|##(?=\[|vso\[)")


def safe_line(text: str, most: int | None = None) -> str:
    """Return text of foreign origin as one line that a terminal and a CI log show as it is.

    Escape sequences, control and invisible formatting characters are taken out, line breaks become spaces, and what
    a CI service would read as a command (``::error::``, ``##[error]``) is broken up. ``most``: characters kept.
    """
    plain = _TERMINAL.sub("", text)
    plain = "".join(" " if char.isspace() else char for char in plain if char.isspace() or _shows(char))
    line = _CI_COMMAND.sub(lambda found: " ".join(found[0]), " ".join(plain.split()))
    return line if most is None or len(line) <= most else f"{line[: most - 1]}…"


def _shows(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or unicodedata.category(char)[0] != "C"


class ExitCode(IntEnum):
    """What the process says to its caller."""

    PASSED = 0
    ERROR = 1
    USAGE = 2
    GATE_FAILED = 3
    GATE_INCONCLUSIVE = 4
    INTERRUPTED = 130


class AuditorError(Exception):
    """An error with one line for the user: what is wrong, where, and what to do.

    ``message`` names the cause; ``where`` the file, line or setting; ``remedy`` the next step.
    """

    slug = "error"
    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Render ``where: message — remedy`` on one line, without what is not given."""
        line = f"{self.where}: {self.message}" if self.where else self.message
        return safe_line(f"{line} — {self.remedy}" if self.remedy else line)


class UsageError(AuditorError):
    """The call cannot be carried out as given; nothing was written."""

    slug = "usage"
    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A TOML file of the user's (config, rules, rubric) is missing, broken or says something unknown."""

    slug = "config"


class InputError(UsageError):
    """A data file of the user's is missing or holds a bad row; ``where`` is ``file:line``."""

    slug = "input"


class SandboxError(AuditorError):
    """The sandbox cannot be set up at the level asked for, or failed its own probes."""

    slug = "sandbox"


class EndpointError(AuditorError):
    """A model's endpoint refuses us or cannot be reached."""

    slug = "endpoint"


class BudgetError(AuditorError):
    """The next request could overspend the budget, so it is not sent."""

    slug = "budget"


class StoreError(AuditorError):
    """The run's database cannot be used."""

    slug = "store"
