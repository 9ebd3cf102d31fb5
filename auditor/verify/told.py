"""What lines from a child tell besides values: exceptions and results of tests; loaded on both sides."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception as it travels: in words, and with what its receiver needs to raise one like it."""

    text: str
    """Class name and message in one line."""
    classes: tuple[str, ...] = ()
    """The class and its ancestors, the nearest first, as ``module:name``; empty where nobody raises it again."""
    arguments: str = ""
    """Its ``args`` as a value."""
    attributes: str = ""
    """Its own attributes by name, as a value."""
    shown: str = ""
    """What ``str`` gives of it, which its class may say in its own way."""

    def body(self) -> str:
        """Write the body of a line."""
        told = [self.text, self.classes, self.arguments, self.attributes, self.shown]
        return json.dumps(told if self.classes else self.text)

    @classmethod
    def read(cls, body: bytes | str) -> Raised:
        """Read the body of a line from an untrusted sender: what cannot be read is an exception without a message."""
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
    """How a test script failed."""

    line: int
    """The line of the script, from 1; 0 where none of its lines did it."""
    asserted: bool
    """An assertion of the script did not hold, rather than another exception."""
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
    """What came of one test."""

    number: int
    """Its place in the job's list."""
    passed: bool
    asserted: bool
    """It failed by an assertion, rather than by another exception."""
    text: str
    """Class name and message of the exception, with the line of the test source."""

    def body(self) -> str:
        """Write the body of a line."""
        return json.dumps([self.number, self.passed, self.asserted, self.text[:500]])

    @classmethod
    def read(cls, body: bytes) -> TestResult | None:
        """Read the body of a line from an untrusted sender; ``None`` for one that says nothing."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return None
        match told:
            case [int(number), bool(passed), bool(asserted), str(text)]:
                return cls(number, passed, asserted, text[:500])
        return None
