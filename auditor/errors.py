"""Errors that a user can fix, as a tree, each with its remedy and its exit code.

    AuditorError                 exit 1
    ├─ UsageError                exit 2   the command cannot be carried out as given; nothing was written
    │  ├─ ConfigError                     audit.toml, a rules file or a rubric
    │  └─ InputError                      samples, tasks, counts: a data file, by name and line
    ├─ OutputError               exit 1   the result cannot be written
    ├─ SandboxError              exit 1   the sandbox is weaker than required, or does not work
    ├─ EndpointError             exit 1   the model's server cannot be used (key, name, host)
    ├─ EngineError               exit 1   the cluster cannot be reached, or has no worker that can do the work
    ├─ BudgetError               exit 1   the next request could exceed the budget
    └─ StoreError                exit 1   audit.db is locked, full, foreign or damaged

Any other exception is a bug in auditor and keeps its traceback.
"""

from __future__ import annotations

from enum import IntEnum

from auditor.text import one_line


class ExitCode(IntEnum):
    """Exit code of the process."""

    PASSED = 0
    ERROR = 1
    """The command failed, or a check that it made did."""
    USAGE = 2
    """The command line, a settings file or a data file cannot be used."""
    GATE_FAILED = 3
    GATE_INCONCLUSIVE = 4
    INTERRUPTED = 130
    """Ctrl-C, or SIGTERM or SIGHUP from outside."""
    CLOSED_PIPE = 141
    """The reader of the output went away, as in ``auditor … | head``."""


class AuditorError(Exception):
    """An error that prints as one line: ``where: message — remedy``.

    ``message`` says what happened; ``where`` names the file, line or setting; ``remedy`` is the next step.
    """

    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Return ``where: message — remedy``, without the parts that were not given."""
        line = f"{self.where}: {self.message}" if self.where else self.message
        return one_line(f"{line} — {self.remedy}" if self.remedy else line)


class EngineError(AuditorError):
    """The cluster cannot be reached, or has no worker that can do the work; what is done is kept."""


class UsageError(AuditorError):
    """The command cannot be carried out as given; nothing was written."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A TOML file (settings, rules, rubric) is missing, malformed or contains something unknown."""


class InputError(UsageError):
    """A data file is missing or has a bad row; ``where`` is ``file:line``."""


class OutputError(AuditorError):
    """The result cannot be written: stdout is closed, the disk is full, a folder is read-only."""


class SandboxError(AuditorError):
    """The sandbox cannot be set up at the required level, or failed its own probes."""


class EndpointError(AuditorError):
    """A model's endpoint refuses requests or cannot be reached."""


class BudgetError(AuditorError):
    """The next request could exceed the budget, so it is not sent."""


class StoreError(AuditorError):
    """The run's database cannot be used."""
