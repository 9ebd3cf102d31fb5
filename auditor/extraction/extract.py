"""Extract the program to judge from a model's answer.

The answer is split into spans, every way to extract a program from it is formed, and the readings are ordered by the
evidence for them: that they define what the task asks for, belong to the model's first turn and its final answer, are
complete, contain no stray words, and use only existing names. Of equals, the last one is taken, since drafts come
before the final answer. The rule that found the program is recorded with a version, so that results of different rules
are never mixed. Code that does not parse is kept unchanged (rule ``broken``): the model failed, and the verdict says
so. Only an answer without code is a failed extraction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.extraction.candidates import Block, CandidateReading, Former, blocks_of
from auditor.extraction.context import with_context
from auditor.extraction.lexer import split
from auditor.extraction.python import Definition, Parser, parse
from auditor.extraction.reading import Reading, differ, merged, readings_of, texts
from auditor.extraction.restore import restored
from auditor.extraction.source import looks_like_code
from auditor.extraction.spans import Span, SpanKind
from auditor.records import Task
from auditor.targets import TargetKind

VERSION = 3
"""Increased whenever a rule changes its result for some text."""
LEAST_BUDGET = 200_000
MOST_BUDGET = 2_000_000
BUDGET_PER_CHARACTER = 30
"""Bounds of the number of characters parsed for one answer."""
LONGEST_READ = 400_000
"""Characters; of a longer answer only the end is read, to bound CPU time. This is about 128,000 tokens."""
LONGEST_REREAD = 200_000
"""Characters; a longer answer is split in only one way."""
_MARKED = re.compile(
    r"^[ \t>]*(?:`{3,}|~{3,})|<\||<｜|◁|\[/?(?:PYTHON|INST|BEGIN|DONE|PAD)\]|</?(?:s|code|think|eos|pad)\w*>",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The program found in an answer, and how."""

    solution: str | None
    """The whole program; ``None`` if the answer contains no code."""
    rule: str
    """Name and version of the rule, e.g. ``fence/3``."""
    reason: str = ""
    """Reason why there is no program, or why it is not valid; empty otherwise."""
    readings: tuple[Reading, ...] = ()
    """Every distinct program that the answer can be read as, best first."""
    formed: int = 0
    """Candidates that define the target, including equal programs."""
    spans: tuple[Span, ...] = ()
    """The answer's parts; offsets into the text with plain line breaks."""
    work: int = 0
    """Characters parsed."""
    judged: bool = True
    """False if the text was taken unchanged and no other readings were sought."""

    @property
    def count(self) -> int | None:
        """Return how many ways to extract a program were found; ``None`` if not sought."""
        return self.formed if self.judged else None

    @property
    def differ(self) -> bool | None:
        """Return whether those are different programs; ``None`` if not sought."""
        return differ(self.readings) if self.judged else None


def extract(text: str, task: Task) -> Extraction:
    """Find the program in an answer to a request for one.

    Always returns, whatever the text (empty, hostile, megabytes); never runs anything.
    """
    return _Answer(with_plain_newlines(text), task).extraction()


def assemble(completion: str, task: Task, join: str = "") -> Extraction:
    """Build the program from a text that was requested as a continuation of the prompt.

    A text that is really an answer (fences, or the whole function again) is read as one.
    """
    return _Answer(with_plain_newlines(completion), task, join=join).extraction()


def complete(solution: str, task: Task) -> Extraction:
    """Prepend the prompt, or its part before the entry point, to a recorded program that needs it.

    A recorded program that is really an answer, with fences or marks around the code, is read as one.
    """
    solution = solution.removeprefix("\ufeff")
    parsed = parse(solution)
    if task.target.kind is TargetKind.PROGRAM:
        found = None if parsed else _from_marked(solution, task)
        return found or Extraction(solution, _rule("given"), formed=1)
    if parsed is None or parsed.definition(task.entry_point) is None:
        joined = f"{task.prompt.rstrip()}\n{solution}"
        found = None if parse(joined) else _from_marked(solution, task)
        if found:
            return found
        if parsed is not None or parse(joined) is not None:
            return Extraction(joined, _rule("given-after-prompt"), formed=1)
        return Extraction(solution, _rule("given"), formed=1)
    whole = with_context(parsed, task)
    return Extraction(whole, _rule("given" if whole == solution else "given-with-context"), formed=1)


def with_plain_newlines(text: str) -> str:
    """Drop a byte order mark and make every line break a line feed, as Python itself reads source."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _from_marked(solution: str, task: Task) -> Extraction | None:
    """Read a recorded program that does not parse as an answer, if fences or marks say that it is one."""
    if not _MARKED.search(solution):
        return None
    found = extract(solution, task)
    real = found.readings and found.readings[0].definition is Definition.REAL and found.solution is not None
    return found if real else None


class _Answer:
    """One answer to one task."""

    def __init__(self, text: str, task: Task, *, join: str | None = None, parser: Parser | None = None) -> None:
        self.text, self.task, self.join = text, task, join
        budget = min(MOST_BUDGET, LEAST_BUDGET + BUDGET_PER_CHARACTER * len(text))
        self.parser = parser or Parser(budget)
        self._is_restored = parser is not None
        self.former = Former(task, self.parser)
        self.read_from = _read_from(text)
        self.spans = self._split()

    def found(self) -> list[Reading]:
        """Form every reading; try further ways to split the text only if none suffices."""
        found = self._readings(self.spans)
        if len(self.text) <= LONGEST_REREAD:
            for other in ({"strings": False}, {"lenient": True}):
                if _suffices(found):
                    break
                spans = self._split(**other)
                found += self._readings(spans) if spans != self.spans else []
            if not self._is_restored and not _stands_alone(found) and (plain := restored(self.text)) != self.text:
                found += [replace(reading, rule="restored") for reading in self._of(plain)]
        return found

    def extraction(self) -> Extraction:
        """Choose the best reading."""
        found = self.found()
        readings = merged(found)
        if readings:
            best = readings[0]
            rule = best.rule if best.definition is Definition.REAL else "stub"
            return self._result(best.solution, rule, "", found, readings)
        broken = self._broken()
        if broken is None:
            return self._result(None, "none", self._why_none(), self._in_unclosed_reasoning())
        return self._result(broken, "broken", self._why_broken(broken), self._in_unclosed_reasoning())

    def _of(self, text: str) -> list[Reading]:
        """Read another text instead of this one, within the remaining budget."""
        other = _Answer(text, self.task, join=self.join, parser=self.parser)
        return [reading for reading in other.found() if reading.definition is Definition.REAL and reading.complete]

    def _split(self, *, strings: bool = True, lenient: bool = False) -> list[Span]:
        name, continues = self.task.entry_point, self.join is not None and not self._is_answer()
        start = self.read_from
        if not start:
            return split(self.text, name=name, strings=strings, lenient=lenient, in_code=continues)
        spans = split(self.text[start:], name=name, strings=strings, lenient=lenient)
        shifted = [replace(span, start=span.start + start, end=span.end + start) for span in spans]
        return [Span(SpanKind.PROSE, 0, start), *shifted]

    def _is_answer(self) -> bool:
        """Return whether a text is a complete answer rather than the rest of the prompt's function."""
        if self.join and self.join[-1] in " \t":
            return (
                re.match(rf"(?:def|class)\s+{re.escape(self.task.entry_point)}\b|`{{3}}", self.text.lstrip())
                is not None
            )
        first = next((line for line in self.text.split("\n") if line.strip()), "")
        return not first[:1].isspace()

    def _readings(self, spans: Sequence[Span]) -> list[Reading]:
        blocks = blocks_of(self.text, spans)
        candidates = [*self.former.whole(self.text)]
        if self.join is not None:
            candidates += self._continuation(blocks)
        candidates += self.former.from_blocks(blocks)
        return readings_of(candidates, self.task)

    def _continuation(self, blocks: Sequence[Block]) -> list[CandidateReading]:
        """Form the candidates of a text that was requested as the rest of the prompt."""
        if self.task.target.kind is TargetKind.PROGRAM:
            return []
        join, own = self.join or "", 1 if self._is_answer() else 3
        found: list[CandidateReading] = []
        if own != 1 or not any(span.kind is SpanKind.TOKEN for span in self.spans):
            found += self.former.continuing(self.text, None, "", own=own, join=join)
        first = blocks[0] if blocks else None
        if first and first.span.fence is None and not self.text[: first.span.start].strip() and first.text != self.text:
            found += self.former.continuing(first.text, first, "", own=own, join=join)
        return found

    def _in_unclosed_reasoning(self) -> list[Reading]:
        """Read the drafts in reasoning that never ends: they are never chosen, but other harnesses would judge them."""
        found: list[Reading] = []
        for span in self.spans:
            if span.kind is SpanKind.REASONING and span.unclosed:
                inner = self.text[span.start : span.end]
                blocks = blocks_of(inner, split(inner, name=self.task.entry_point))
                former = Former(self.task, self.parser)
                found += readings_of(former.from_blocks(blocks), self.task, in_reasoning=True)
        return found

    def _broken(self) -> str | None:
        """Return text meant as code that does not parse or defines something else; ``None`` if there is none."""
        blocks = [block for block in blocks_of(self.text, self.spans) if block.is_python]
        is_program = self.task.target.kind is TargetKind.PROGRAM
        if self.join is not None and not is_program and (not self._is_answer() or not self.text.strip()):
            first = blocks[0].text if blocks and not blocks[0].span.fence else self.text
            return self.task.prompt + self.join + first
        name = self.task.entry_point
        naming = [b for b in blocks if name and re.search(rf"\b(?:def|class)\s+{re.escape(name)}\b", b.text)]
        fenced = [b for b in blocks if b.span.fence and any(map(looks_like_code, b.plain.splitlines()))]
        defining = [b for b in blocks if re.search(r"^[ \t]*(?:def|class)\s+\w", b.text, re.MULTILINE)]
        kept = naming or fenced or defining or (blocks if is_program else [])
        if kept:
            best = max(kept, key=lambda block: (-block.span.turn, block.span.region, block.order))
            return best.plain.strip("\n").rstrip() + "\n"
        if self.join is not None and blocks and not is_program:
            return self.task.prompt + self.join + self.text
        return None

    def _why_broken(self, broken: str) -> str:
        found, line = self.parser.parse_or_line(broken)
        if found is not None:
            return f"does not define {self.task.target.name or 'a program'}"
        return f"does not parse: line {line}" if line else "does not parse"

    def _why_none(self) -> str:
        """Say why an answer contains no program."""
        kinds = {span.kind for span in self.spans if self.text[span.start : span.end].strip()}
        if not self.text.strip():
            return "the answer is empty"
        if any(span.unclosed for span in self.spans):
            return "the reasoning never ends: no final answer"
        if SpanKind.REASONING in kinds and kinds <= {SpanKind.REASONING, SpanKind.TOKEN}:
            return "nothing but reasoning: no final answer"
        if self.read_from and SpanKind.CODE not in kinds:
            return f"no code in the last {len(self.text) - self.read_from:,} characters of the answer, all that is read"
        return "no code in the answer" if SpanKind.CODE not in kinds else "no code that defines what is asked for"

    def _result(
        self,
        solution: str | None,
        rule: str,
        reason: str,
        readings: Sequence[Reading],
        kept: Sequence[Reading] | None = None,
    ) -> Extraction:
        kept = tuple(merged(readings) if kept is None else kept)
        return Extraction(solution, _rule(rule), reason, kept, texts(readings), tuple(self.spans), self.parser.work)


def _suffices(readings: Sequence[Reading]) -> bool:
    """Return whether a reading is a complete program with a body."""
    return any(reading.definition is Definition.REAL and reading.complete for reading in readings)


def _stands_alone(readings: Sequence[Reading]) -> bool:
    """Return whether a reading is a complete program without missing names (``lt`` of ``&lt;`` is one)."""
    return _suffices([reading for reading in readings if not reading.undefined])


def _read_from(text: str) -> int:
    """Return the offset from which an answer is read: a line's start within its last characters, or 0."""
    start = len(text) - LONGEST_READ
    return 0 if start <= 0 else text.find("\n", start) + 1 or start


def _rule(name: str) -> str:
    return f"{name}/{VERSION}"
