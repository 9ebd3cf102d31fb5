"""Content of lines from a child other than values: exceptions and results of tests; loaded on both sides."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception as sent: in words, and with what its receiver needs to raise a similar one."""

    text: str
    """Class name and message in one line."""
    classes: tuple[str, ...] = ()
    """The class and its ancestors, nearest first, as ``module:name``; empty if it is not raised again."""
    arguments: str = ""
    """Its ``args`` as a value."""
    attributes: str = ""
    """Its own attributes by name, as a value."""
    shown: str = ""
    """Its ``str``, which its class may override."""

    def body(self) -> str:
        """Write the body of a line."""
        told = [self.text, self.classes, self.arguments, self.attributes, self.shown]
        return json.dumps(told if self.classes else self.text)

    @classmethod
    def read(cls, body: bytes | str) -> Raised:
        """Decode the body of a line from an untrusted sender.

        An unreadable one becomes an exception without a message.
        """
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return cls("")
        match told:
            case str():
                return cls(told[:500])
            case [str(text), [*classes], str(arguments), str(attributes), str(shown)]:
                return cls(text[:500], tuple(map(str, classes)), arguments, attributes, shown)
        return cls("")


@dataclass(frozen=True, slots=True)
class ScriptFailure:
    """The failure of a test script."""

    line: int
    """The line of the script, from 1; 0 if none of its lines did it."""
    asserted: bool
    """Whether an assertion of the script failed, rather than another exception."""
    text: str
    """Class name and message of the exception."""

    def body(self) -> str:
        """Write the body of a line."""
        return json.dumps([self.line, self.asserted, self.text])

    @classmethod
    def read(cls, body: bytes) -> ScriptFailure:
        """Read the body of a line from an untrusted sender."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
        match told:
            case [int(line), bool(asserted), str(text)] if 0 <= line < 10**9:
                return cls(line, asserted, text[:500])
        return cls(0, False, "")


@dataclass(frozen=True, slots=True)
class TestResult:
    """The result of one test."""

    number: int
    """Its index in the job's list."""
    passed: bool
    asserted: bool
    """Whether it failed by an assertion, rather than another exception."""
    text: str
    """Class name and message of the exception, with the line of the test source."""

    def body(self) -> str:
        """Write the body of a line."""
        return json.dumps([self.number, self.passed, self.asserted, self.text[:500]])

    @classmethod
    def read(cls, body: bytes) -> TestResult | None:
        """Decode the body of a line from an untrusted sender; ``None`` if it is unreadable."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return None
        match told:
            case [int(number), bool(passed), bool(asserted), str(text)]:
                return cls(number, passed, asserted, text[:500])
        return None


@dataclass(frozen=True, slots=True)
class TestsEnded:
    """What tests that have run to their end say besides their results."""

    taught: tuple[str, ...] = ()
    """What the run of a reference teaches (:mod:`auditor.verify.inside.learned`)."""

    def body(self) -> str:
        """Write the body of a line."""
        return json.dumps(self.taught)

    @classmethod
    def read(cls, body: bytes) -> TestsEnded:
        """Read the body of a line from an untrusted sender."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
        match told:
            case [*taught]:
                return cls(tuple(one for one in taught if isinstance(one, str)))
        return cls()
