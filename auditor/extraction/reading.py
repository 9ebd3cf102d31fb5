"""Readings: candidates with the evidence for and against them, and their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.extraction.candidates import MOST_BLOCKS, CandidateReading
from auditor.extraction.context import names_before, with_context
from auditor.extraction.python import Definition, Parsed, stray_statements
from auditor.extraction.tidy import tidied
from auditor.records import Task

MOST_READINGS = 16
"""Most readings stored per answer, the best ones."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One program that an answer can be read as."""

    solution: str
    """The whole program, ready to judge."""
    rule: str
    """How it was found, e.g. ``fence``."""
    definition: Definition
    complete: bool
    """Whether only unreachable code was cut off."""
    undefined: tuple[str, ...]
    """Names that it reads but nothing binds."""
    turn: int
    region: int
    order: int
    """Index of the answer's block, from 0; a greater number for the whole answer."""
    own: int
    """3: continues the prompt as asked; 2: defines the target itself; 1: continues the prompt."""
    strays: int
    """Number of words that parse as statements."""
    python: bool
    """Whether it is not marked as another language."""
    in_reasoning: bool = False
    """Whether it was found only in reasoning that never ends; such a reading is never chosen."""
    parsed: Parsed | None = field(default=None, compare=False, repr=False)
    """The program's tree, to compare programs regardless of layout."""

    @property
    def key(self) -> tuple[int | bool, ...]:
        """Return the sort key: larger is better; of equals, the later one in the answer."""
        continues = self.own == 3 and self.complete
        return (
            self.definition, -self.turn, continues, self.region, self.complete, not self.strays, self.own,
            not self.undefined, self.python, self.order,
        )  # fmt: skip

    def reasons(self) -> list[str]:
        """Return the evidence for and against it, in words."""
        words = {
            Definition.REAL: "defines what is asked for",
            Definition.STUB: "defines it without a body",
            Definition.NONE: "does not define it",
        }
        found = [words[self.definition]]
        if not self.complete:
            found.append("cut off")
        if self.own == 1:
            found.append("a body put behind the prompt")
        if self.undefined:
            found.append("lacks " + ", ".join(self.undefined[:5]))
        if self.strays:
            found.append("holds stray words")
        if not self.python:
            found.append("marked as another language")
        if self.turn:
            found.append(f"turn {self.turn + 1}")
        if self.in_reasoning:
            found.append("only in reasoning that never ends")
        return found


def readings_of(candidates: Iterable[CandidateReading], task: Task, *, in_reasoning: bool = False) -> list[Reading]:
    """Evaluate candidates; equal programs are kept."""
    known = names_before(task)
    programs: dict[str, _Tidied] = {}  # candidates of one answer often share a program
    found: list[Reading] = []
    for candidate in candidates:
        parsed = candidate.parsed
        if parsed.source not in programs:
            programs[parsed.source] = _Tidied(parsed, task, known)
        found.append(_read(candidate, programs[parsed.source], in_reasoning))
    return found


def merged(readings: Iterable[Reading]) -> list[Reading]:
    """Order readings, best first, and drop those that are the same program as a better one."""
    kept = sorted(readings, key=lambda reading: reading.key, reverse=True)
    return _distinct(kept)[:MOST_READINGS]


def _distinct(readings: Iterable[Reading]) -> list[Reading]:
    """Keep the first reading of each program, ignoring layout.

    The trees' texts, which are costly, are compared last.
    """
    first: dict[str, Reading] = {}
    for reading in readings:
        first.setdefault(_text(reading), reading)
    outlines = Counter(_outline(reading) for reading in first.values())
    kept: dict[object, Reading] = {}
    for reading in first.values():
        outline = _outline(reading)
        kept.setdefault(_shape(reading) if outlines[outline] > 1 else outline, reading)
    return list(kept.values())


def _outline(reading: Reading) -> tuple[object, ...]:
    return reading.parsed.outline if reading.parsed else ()


def _text(reading: Reading) -> str:
    return reading.parsed.source.strip() if reading.parsed else ""


def _shape(reading: Reading) -> tuple[object, ...]:
    return reading.parsed.shape if reading.parsed else ()


class _Tidied:
    """Criteria for a program, however it was found."""

    def __init__(self, parsed: Parsed, task: Task, known: frozenset[str]) -> None:
        self.strays = len(stray_statements(parsed))
        self.parsed = tidied(parsed, task.target)
        self.undefined = tuple(sorted(self.parsed.undefined - known))
        body = with_context(self.parsed, task)
        self.solution = body.strip("\n").rstrip() + "\n" if body is self.parsed.source else body
        self.definition = parsed.defines(task.target)


def _read(candidate: CandidateReading, tidy: _Tidied, in_reasoning: bool) -> Reading:
    span = candidate.block.span if candidate.block else None
    return Reading(
        solution=tidy.solution,
        rule=candidate.rule,
        definition=tidy.definition,
        complete=candidate.complete,
        undefined=tidy.undefined,
        turn=span.turn if span else 0,
        region=span.region if span else 0,
        order=candidate.block.order if candidate.block else MOST_BLOCKS,
        own=candidate.own,
        strays=tidy.strays,
        python=candidate.block.is_python if candidate.block else True,
        in_reasoning=in_reasoning,
        parsed=tidy.parsed,
    )


def texts(readings: Iterable[Reading]) -> int:
    """Count the distinct texts of readings with a body, or of all if none has one."""
    found = list(readings)
    real = [reading for reading in found if reading.definition is Definition.REAL]
    return len({reading.solution for reading in real or found})


def differ(readings: Sequence[Reading]) -> bool:
    """Return whether readings with a body, or all if none has one, are more than one program, ignoring layout."""
    real = [reading for reading in readings if reading.definition is Definition.REAL]
    found = real or readings
    return len(_distinct(found)) > 1
