"""What every reader returns: recorded answers, with the verdicts that their file carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.records import Outcome, SampleStatus, SuiteName, Usage

NO_USAGE = Usage()


class AnswerKind(StrEnum):
    """What the text of a recorded answer is."""

    PROGRAM = "program"
    """A program; one that lacks the prompt's imports or signature gets them in front."""
    CONTINUATION = "continuation"
    """The text that follows the prompt."""
    ANSWER = "answer"
    """A chat model's answer, with prose and fences around the code."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A verdict that a recorded file carries for one of its answers."""

    source: str
    """Who judged, e.g. ``evalplus`` or ``inspect:verify``."""
    outcome: Outcome
    suite: SuiteName | None = None
    """``None`` where the judge knows no base and plus suites."""
    detail: str = ""
    """What the judge noted, in one line."""
    failing_input: str | None = None
    """The input on which the program failed, as the file shows it."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One recorded answer, before it becomes a sample."""

    task_id: str | int
    """As the file has it; see :class:`~auditor.sampling.readers.source.TaskIds`."""
    where: str
    """``file:line`` or what names the place best."""
    text: str
    kind: AnswerKind
    sample_index: int | None = None
    """0, 1, … within the task; ``None`` counts in the file's order."""
    raw: str | None = None
    """The model's whole answer, where ``text`` is the code that the file's own tool took from it."""
    model: str | None = None
    finish_reason: str | None = None
    refusal: str | None = None
    usage: Usage = NO_USAGE
    latency: float | None = None
    """Seconds from request to answer."""
    status: SampleStatus | None = None
    """What came instead of an answer; ``None`` where there is one."""
    grades: tuple[Grade, ...] = ()
