"""The type that every reader returns: recorded answers, with the verdicts in their file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.records import Outcome, SampleStatus, SuiteName, Usage

NO_USAGE = Usage()


class AnswerKind(StrEnum):
    """The kind of text of a recorded answer."""

    PROGRAM = "program"
    """A program; missing imports or a missing signature of the prompt are prepended."""
    CONTINUATION = "continuation"
    """The text that follows the prompt."""
    ANSWER = "answer"
    """A chat model's answer, with prose and fences around the code."""
    EXTRACTED = "extracted"
    """A program that a run of ours extracted, used unchanged."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A verdict in a recorded file on one of its answers."""

    source: str
    """The verifier, e.g. ``evalplus`` or ``inspect:verify``."""
    outcome: Outcome
    suite: SuiteName | None = None
    """``None`` if the verifier has no base and plus suites."""
    detail: str = ""
    """The verifier's note, in one line."""
    failing_input: str | None = None
    """The input on which the program failed, as the file shows it."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One recorded answer, before it becomes a sample."""

    task_id: str | int
    """Id in the file; see :class:`~auditor.sampling.readers.source.TaskIds`."""
    where: str
    """``file:line``, or the best description of the position."""
    text: str
    kind: AnswerKind
    sample_index: int | None = None
    """0, 1, … within the task; ``None`` to count in the file's order."""
    raw: str | None = None
    """The model's whole answer, if ``text`` is the code that the file's own tool extracted from it."""
    model: str | None = None
    finish_reason: str | None = None
    refusal: str | None = None
    usage: Usage = NO_USAGE
    latency: float | None = None
    """Seconds from request to answer."""
    status: SampleStatus | None = None
    """The outcome, if the file states it; ``None`` to tell it from the answer."""
    rule: str = "none"
    """The rule that extracted an :attr:`AnswerKind.EXTRACTED` program."""
    readings: int | None = None
    """Number of candidate programs in its answer; see :class:`~auditor.records.Sample`."""
    readings_differ: bool | None = None
    """Whether they are different programs."""
    cost: float | None = None
    """As recorded; ``None`` to work it out from usage and price."""
    grades: tuple[Grade, ...] = ()
