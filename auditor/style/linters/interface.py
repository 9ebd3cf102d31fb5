"""The interface of linters: rules and numbers, overlaps, a self-test, and a session that checks files.

One module per linter implements :class:`Linter`; ``registry`` lists them once. The catalogue, rubric hashes,
overlap between rules, self-tests, reported versions, validation of sources and the order of findings follow
from that list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Protocol

from auditor.records import LinterName
from auditor.style.source import StyledSource

MAX_REMARKS = 1000
"""Most remarks stored per program and linter; the linter's ``findings`` number counts all."""
MAX_MESSAGE = 300
"""Most characters of a message; names in a hostile program can be very long."""


class Remark(NamedTuple):
    """One remark of a linter, before it is known whether its line is the model's."""

    rule: str
    """The linter's own code, e.g. ``E501``."""
    name: str
    """The rule's readable name."""
    message: str
    line: int
    """From 1."""
    column: int
    """From 1."""
    url: str = ""
    """The rule's page in the linter's manual."""


class Offence(NamedTuple):
    """A place in the program to which a number is charged."""

    line: int
    """From 1."""
    column: int
    """From 1."""
    message: str
    size: float | None = None
    """Its own contribution, if only places beyond a criterion's limit count; ``None`` if every place does."""


class Measure(NamedTuple):
    """A number measured by a linter, with the places that contribute."""

    value: float
    offences: Sequence[Offence] = ()


class ToolReport(NamedTuple):
    """One linter's report on one program."""

    remarks: Sequence[Remark] = ()
    """At most :data:`MAX_REMARKS`, by line, column and rule."""
    failed: str = ""
    """Reason for a missing or partial answer; empty if the linter answered in full."""
    unparsable: str = ""
    """The linter's own syntax error; empty if it could read the program."""
    measures: Mapping[str, Measure] = MappingProxyType({})
    """Numbers about the model's part of the program, by metric key; one that does not apply is absent."""
    whole: Mapping[str, Measure] | None = None
    """Numbers about the whole program, for the keys that a rubric needs; ``None`` if equal to ``measures``."""


class Number(NamedTuple):
    """A number that a linter can measure."""

    key: str
    """Its key in :attr:`~auditor.records.StyleResult.metrics`."""
    meaning: str
    """What it counts, briefly."""


class RuleGroup(NamedTuple):
    """A selector for several rules, e.g. a family of ruff."""

    selector: str
    title: str


class Probe(NamedTuple):
    """A program with known defects: a linter that misses one is broken and would make every program look clean."""

    text: str
    rules: frozenset[str] = frozenset()
    """Rules that must be reported."""
    values: Mapping[str, float] = MappingProxyType({})
    """Expected numbers, by metric key."""


class ProgramFile(NamedTuple):
    """One program to check."""

    program: str
    """The program's id."""
    path: Path
    """A file with ``source.text``. Its name cannot be guessed, so no program can import another."""
    source: StyledSource


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder and the limits of a session."""

    folder: Path
    """The worker's own folder, for the linter's files."""
    seconds: float
    """CPU seconds allowed for one linter on one program."""
    announce: Callable[[str], None]
    """Callback with a program's id before the session starts on it; restarts the CPU clock and identifies the
    culprit.
    """
    whole_program: frozenset[str] = frozenset()
    """Metric keys that the rubric needs for the whole program, including the prompt's lines."""


class LinterSession(Protocol):
    """A started linter. Its state may be global, so there is one session per linter and process."""

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Check files and return one report for each, by program id."""
        ...


class Linter(Protocol):
    """A linter that rubrics can name. Implementations inherit from it and override the defaults."""

    name: ClassVar[LinterName]
    """The prefix of its sources, ``NAME:RULE``."""
    probe: ClassVar[Probe]
    """Its self-test, run whenever a worker starts."""
    measures: ClassVar[Mapping[str, Number]] = MappingProxyType({})
    """The numbers it measures, by the name that a source uses."""
    exclusions: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Rules that are not run, named as in the linter's own options → reason."""
    body_rules: ClassVar[frozenset[str]] = frozenset()
    """Rules reported on the first line of a function or class that concern its body: charged to the model if it wrote
    any line of it.
    """
    overlaps: ClassVar[Mapping[str, frozenset[str]]] = MappingProxyType({})
    """Own rule → rules of other linters (``linter:rule``) that report the same defect."""
    pragmas: ClassVar[tuple[str, ...]] = ()
    """Examples of the comments that silence it; :mod:`auditor.style.pragmas` must break each."""
    optional: ClassVar[bool] = False
    """Whether it is optional: it may be missing, and runs only for rubrics that name it."""

    def versions(self) -> dict[str, str]:
        """Return the versions that decide its findings, by package."""
        ...

    def start(self, workspace: Workspace) -> LinterSession:
        """Start it in this process."""
        ...

    def rules(self) -> Mapping[str, str]:
        """Return the rules that run, code → name."""
        return {}

    def groups(self) -> Sequence[RuleGroup]:
        """Return the selectors for several rules."""
        return ()

    def in_group(self, rule: str, selector: str) -> bool:  # noqa: ARG002 - a default that implementations replace
        """Return whether a group's selector covers a rule."""
        return False

    def same_as(self, rule: str) -> frozenset[str]:
        """Return the rules of other linters that report the same defect as one of its own."""
        return self.overlaps.get(rule, frozenset())

    def unavailable(self) -> str:
        """Return why it cannot run here, with the remedy; empty if it can."""
        return ""


def findings_number(name: str) -> Number:
    """Return the number that counts a linter's findings."""
    return Number(f"{name}_findings", f"findings of {name}, including those on the prompt's lines")
