"""Errors that a user can fix, as a tree, each with its remedy and its exit code.

``AuditorError`` (exit code 1) has these kinds; what a command was given is at fault in ``UsageError`` and its own kinds
(exit code 2), and everything else has exit code 1:

- ``UsageError``: the command cannot be carried out as given. ``ConfigError``: audit.toml, rules or a rubric.
  ``InputError``: a data file, by name and line. ``RunMissingError``: there is no run.
- ``OutputError``: the result cannot be written.
- ``SandboxError``, ``EndpointError``, ``EngineError``, ``BudgetError``: the sandbox, a model's server, a cluster, the
  budget.
- ``StoreError``: audit.db is locked, full, foreign or damaged. ``OtherInputsError`` (exit code 2): the run in
  the folder was made from other tasks or settings.

Any other exception is a bug in auditor and keeps its traceback.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from pathlib import Path

from auditor.text import one_line


class ExitCode(IntEnum):
    """Exit codes of the process."""

    PASSED = 0
    ERROR = 1
    """The command failed, or a check that it ran did; also if a file or folder cannot be written."""
    USAGE = 2
    """What the command was given cannot be used: an option, a settings file, a data file, a folder without a run."""
    GATE_FAILED = 3
    GATE_INCONCLUSIVE = 4
    INTERRUPTED = 130
    """Interrupted by Ctrl-C, SIGTERM or SIGHUP."""
    CLOSED_PIPE = 141
    """The reader of the output closed it, as in ``auditor … | head``."""


class ErrorSlug(StrEnum):
    """Machine-readable reason for a failure.

    Slugs are stable; each docstring says when one occurs and, after the dash, what to do.
    """

    ERROR = "error"
    """None of the other reasons — follow the remedy in the message."""
    INTERRUPTED = "interrupted"
    """Ctrl-C, SIGTERM or SIGHUP — run the same command again to continue."""
    USAGE = "usage"
    """The command cannot be carried out as given; nothing was written — see `auditor COMMAND --help`."""
    EXTRA_MISSING = "extra-missing"
    """An optional package is not installed — install the extra that the message names."""
    CONFIG = "config"
    """A settings file, a rules file or a rubric cannot be used — correct what the message names."""
    CONFIG_MISSING = "config-missing"
    """The settings file does not exist — check the path; `auditor init` writes one."""
    CONFIG_SYNTAX = "config-syntax"
    """The settings file is not TOML in UTF-8 — correct the line named."""
    CONFIG_UNKNOWN_KEY = "config-unknown-key"
    """A key does not exist — use the one that the message suggests, or [look it up](settings.md)."""
    CONFIG_MISSING_KEY = "config-missing-key"
    """A required key is missing — add it; `auditor init` shows an example."""
    CONFIG_VALUE = "config-value"
    """A key has an invalid value — correct the line named."""
    INPUT = "input"
    """A data file (tasks, samples, counts) is missing or has a bad row — correct the file and line named."""
    OUTPUT = "output"
    """The result cannot be written — name another file with `-o`, or free disk space."""
    SANDBOX = "sandbox"
    """Programs cannot be confined as `[verify] sandbox` asks — `auditor doctor` shows what is missing."""
    ENDPOINT = "endpoint"
    """A model's server gave no usable answer — run the same command again later; answers received so far are kept."""
    ENDPOINT_KEY = "endpoint-key"
    """The server refuses the key — check the variable that `api_key_env` names."""
    ENDPOINT_CREDIT = "endpoint-credit"
    """The account has no credit left — top it up, then run the same command again."""
    ENDPOINT_MODEL = "endpoint-model"
    """The server does not know the model — correct `model`."""
    ENDPOINT_URL = "endpoint-url"
    """Nothing listens at the address, or it is not a model's API — correct `base_url`."""
    ENDPOINT_PARAMETER = "endpoint-parameter"
    """The server rejects a parameter of the requests — leave out the key that the message names."""
    CLUSTER = "cluster"
    """The Dask cluster cannot be reached, or has no suitable worker — see [scale](../scale.md)."""
    BUDGET = "budget"
    """The next request could exceed the budget, so it was not sent — raise `max_cost` or `max_tokens`."""
    NO_RULES = "no-rules"
    """`auditor gate` has no rule to judge by — add a `[[gate]]` table to audit.toml, or give `--rules`."""
    RUN_MISSING = "run-missing"
    """The folder contains no run — name one that `auditor run` has written."""
    RUN_NEWER = "run-newer"
    """A newer version wrote the run — upgrade auditor."""
    RUN_OTHER = "run-other"
    """The folder's run was made from other tasks or settings — restore them, or name another folder with `--out`."""
    STORE = "store"
    """The run's database cannot be used: locked, full, foreign or damaged — follow the message."""
    DISK = "disk"
    """The disk is full, or a file cannot be read or written — free space or correct the permissions."""
    FILE_SIZE = "file-size"
    """A file exceeds this shell's size limit — raise it (`ulimit -f`)."""
    OPEN_FILES = "open-files"
    """Too many files are open — raise the limit (`ulimit -n 256`)."""
    MEMORY = "memory"
    """Memory or processes have run out — allow more, or lower `workers`."""


class AuditorError(Exception):
    """Base of all errors that a user can fix; prints as one line: ``where: message — remedy``.

    ``message`` says what happened; ``where`` names the file, line or setting; ``remedy`` is the next step; ``slug`` is
    the machine-readable kind, by default that of its class.
    """

    exit_code = ExitCode.ERROR
    slug = ErrorSlug.ERROR

    def __init__(
        self, message: str, *, where: str | None = None, remedy: str | None = None, slug: ErrorSlug | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy
        self.slug = slug or type(self).slug

    def __str__(self) -> str:
        """Return ``where: message — remedy``, omitting the parts that were not given."""
        line = f"{self.where}: {self.message}" if self.where else self.message
        return one_line(f"{line} — {self.remedy}" if self.remedy else line)

    def as_json(self) -> str:
        """Return the error as one line of JSON in ASCII, for programs (``AUDITOR_ERRORS=json``)."""
        told = {"message": self.message, "where": self.where, "remedy": self.remedy}
        texts = {key: None if text is None else one_line(text) for key, text in told.items()}
        return json.dumps({"schema": "auditor/error/1", "slug": self.slug, **texts, "exit_code": int(self.exit_code)})


class EngineError(AuditorError):
    """The cluster cannot be reached, or has no worker that can do the work; finished work is kept."""

    slug = ErrorSlug.CLUSTER


class UsageError(AuditorError):
    """The command cannot be carried out as given; nothing was written."""

    exit_code = ExitCode.USAGE
    slug = ErrorSlug.USAGE


class ConfigError(UsageError):
    """A TOML file (settings, rules, rubric) is missing, malformed or contains something unknown."""

    slug = ErrorSlug.CONFIG


class InputError(UsageError):
    """A data file is missing or has a bad row; ``where`` is ``file:line``."""

    slug = ErrorSlug.INPUT


class RunMissingError(UsageError):
    """A folder that should contain a run has none."""

    slug = ErrorSlug.RUN_MISSING


class OutputError(AuditorError):
    """A file, a folder or stdout cannot be written."""

    slug = ErrorSlug.OUTPUT

    @classmethod
    def at(cls, path: Path, error: OSError) -> OutputError:
        """Return the error for a path that cannot be written."""
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        reason = os.strerror(errno.ENOTDIR) if error.errno == errno.EEXIST else error.strerror or str(error)
        remedy = "free disk space, then run the same command again" if full else "name another place"
        return cls(f"cannot be written: {reason}", where=str(error.filename or path), remedy=remedy)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write ``path`` into an :class:`OutputError`.

    A closed pipe and exhausted limits of the process are other failures, which pass.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.errno in {errno.EMFILE, errno.ENFILE, errno.EFBIG}:
            raise
        raise OutputError.at(path, error) from None


def check_writable(path: Path) -> None:
    """Raise :class:`OutputError` if a file cannot be written at ``path``, before long work for it; writes nothing."""
    target = Path(os.path.realpath(path))  # a link may lead to a file that is still to be made
    place = next(folder for folder in (target, *target.parents) if os.path.exists(folder))  # noqa: PTH110 - never raises
    reason = None
    if place == target and target.is_dir():
        reason = errno.EISDIR
    elif place != target and not place.is_dir():
        reason = errno.ENOTDIR
    elif not os.access(place, os.W_OK):
        reason = errno.EACCES
    if reason is not None:
        raise OutputError.at(path, OSError(reason, os.strerror(reason)))


class SandboxError(AuditorError):
    """The sandbox cannot be set up at the required level, or failed its own probes."""

    slug = ErrorSlug.SANDBOX


class EndpointError(AuditorError):
    """A model's endpoint refuses requests or cannot be reached."""

    slug = ErrorSlug.ENDPOINT


class BudgetError(AuditorError):
    """The next request could exceed the budget, so it is not sent."""

    slug = ErrorSlug.BUDGET


class StoreError(AuditorError):
    """The run's database cannot be used."""

    slug = ErrorSlug.STORE


class OtherInputsError(StoreError):
    """The settings or tasks are not those that the run in the folder was started with; nothing was written."""

    exit_code = ExitCode.USAGE
    slug = ErrorSlug.RUN_OTHER
