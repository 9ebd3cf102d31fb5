"""Form every way to extract a program from an answer."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.extraction.context import names_before
from auditor.extraction.fences import Fence
from auditor.extraction.lexer import split
from auditor.extraction.python import (
    MAX_CODE,
    Definition,
    Function,
    Parsed,
    Parser,
    does_something,
    lines_of,
    never_falls_through,
)
from auditor.extraction.source import SourceText, begins_statement, closes_bracket
from auditor.extraction.spans import Span, SpanKind
from auditor.extraction.values import values_in
from auditor.records import Task
from auditor.targets import TargetKind, bound_by

MOST_BLOCKS = 48
"""Most blocks of one answer that are examined: the last ones and the first few."""
MOST_SLICED = 2 * MAX_CODE
"""Characters; a longer text is taken whole or not at all, as finding its statements takes seconds per million."""
MOST_CHUNKS = 400
"""Most statements of an unparsable block that are examined individually."""

_DEFINES = r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+{}\b"
_WORDS = re.compile(r"[A-Z][\w'-]*,?(?: [\w'`\"(),.:-]+){2,}")
_CONTINUES = re.compile(r"(?:elif|else|except|finally)\b")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of code of an answer."""

    text: str
    """Its lines, unchanged."""
    span: Span
    order: int

    @property
    def plain(self) -> str:
        """Its lines without common indentation or quotation marks."""
        prefix = self.span.fence.prefix if self.span.fence else ""
        lines = lines_of(self.text)
        if ">" in prefix:
            lines = [re.sub(r"^(?:[ \t]*> ?)+", "", line) for line in lines]
        indent = next((line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()), "")
        return "".join(line.removeprefix(indent) for line in lines) if indent or ">" in prefix else self.text

    @property
    def is_python(self) -> bool:
        """Return whether nothing marks it as another language."""
        return self.span.fence is None or self.span.fence.is_python


@dataclass(frozen=True, slots=True)
class CandidateReading:
    """One way to extract a program from an answer."""

    parsed: Parsed
    rule: str
    block: Block | None
    """The block from which it is taken, or the last of several; ``None`` for the whole answer."""
    own: int
    """2: defines the target itself. 1: continues the prompt. 3: continues the prompt, as it was asked to."""
    complete: bool
    """Whether nothing was cut off the target's definition, not even unreachable lines."""


def blocks_of(text: str, spans: Sequence[Span]) -> list[Block]:
    """List the code of an answer; of very many blocks, the last ones and the first few."""
    parts: dict[int, list[Span]] = {}
    for span in spans:
        if span.kind is SpanKind.CODE:
            parts.setdefault(span.block, []).append(span)
    texts = [("".join(text[span.start : span.end] for span in block), block[-1]) for block in parts.values()]
    filled = [(code, span) for code, span in texts if code.strip()]
    if len(filled) > MOST_BLOCKS:
        filled = [*filled[:8], *filled[8 - MOST_BLOCKS :]]
    return [Block(code, span, order) for order, (code, span) in enumerate(filled)]


class Former:
    """Builder of the candidates of one answer to one task."""

    def __init__(self, task: Task, parser: Parser, *, is_carried: bool = False) -> None:
        self.task = task
        self._is_carried = is_carried
        self.parser = parser
        self.is_program = task.target.kind is TargetKind.PROGRAM
        self._definition = re.compile(_DEFINES.format(re.escape(task.entry_point)), re.MULTILINE)
        self._known = names_before(task)
        ends = [line for line in task.prompt.split("\n") if line.strip()]
        self._indent = re.match(r"[ \t]*", ends[-1])[0] if ends else ""  # type: ignore[index]  # matches anything
        if not self._indent:
            self._indent = "    "

    def from_blocks(self, blocks: Sequence[Block]) -> Iterator[CandidateReading]:
        """Form candidates of blocks, alone and together."""
        parsed = {block.order: self._parse_block(block) for block in blocks}
        settled = False
        for block in blocks:
            rule = "fence" if block.span.fence else "bare"
            found = parsed[block.order]
            if found is None:
                yield from self._sliced(block, rule)
            elif self._definedness(found):
                yield CandidateReading(found, rule, block, 2, complete=True)
                lacking = found.undefined - self._known
                settled |= not lacking and self._definedness(found) is Definition.REAL
                if lacking and len(blocks) > 1:
                    helped = list(self._with_helpers(found, lacking, block, blocks, parsed))
                    settled |= any(not h.parsed.undefined - self._known for h in helped)
                    yield from helped
            if found is None or self._definedness(found) is not Definition.REAL:
                yield from self._carried(block, found)
            if not self.is_program and (found is None or not self._definedness(found)):
                yield from self.continuing(block.text, block, f"{rule}-", own=1)
        if not settled and len(blocks) > 1:
            yield from self._joined(blocks)

    def _carried(self, block: Block, found: Parsed | None) -> Iterator[CandidateReading]:
        """Form candidates from the texts in a JSON value or string literals; for one text, the last reading first."""
        if self._is_carried:
            return
        former = Former(self.task, self.parser, is_carried=True)
        for text, aside in values_in(block.plain.strip(), found.tree if found else None, self.task.entry_point):
            fence = Fence("", "text" if aside else "", container="value")
            whole = Block(block.text, replace(block.span, fence=fence), block.order)
            inner = [*former.whole(text), *former.from_blocks(blocks_of(text, split(text, name=self.task.entry_point)))]
            yield from (replace(candidate, block=whole, rule="value") for candidate in reversed(inner))

    def continuing(
        self, text: str, block: Block | None, prefix: str, *, own: int, join: str = ""
    ) -> Iterator[CandidateReading]:
        """Form candidates from text that continues the prompt, repairing the indentation if necessary."""
        body = text.strip("\n") + "\n"
        shapes = [("continuation", join + text)]
        if not self._definition.search(text):
            shapes += [
                ("continuation-first-line", self._indent + body.lstrip(" \t")),
                ("continuation-indented", textwrap.indent(textwrap.dedent(body), self._indent)),
            ]
        before = self.task.prompt
        for rule, shaped in shapes:
            found = self.parser.parse(before + shaped)
            if found and self._is_body(found, own):
                yield CandidateReading(found, prefix + rule, block, own, complete=True)
                return
        for rule, shaped in shapes:
            for found, complete in self._slices(before + shaped):
                if self._is_body(found, own):
                    yield CandidateReading(found, f"{prefix}{rule}-cut", block, own, complete)
                    return

    def whole(self, text: str) -> Iterator[CandidateReading]:
        """Take the whole answer as a program, if it is one."""
        found = self.parser.parse(text)
        if found and self._definedness(found):
            yield CandidateReading(found, "program", None, 2, complete=True)

    def _definedness(self, parsed: Parsed) -> Definition:
        return parsed.defines(self.task.target)

    def _is_body(self, parsed: Parsed, own: int) -> bool:
        """Return whether the prompt is continued by its function's body rather than an example of its use."""
        if self._definedness(parsed) is not Definition.REAL:
            return False
        found = parsed.definition(self.task.entry_point)
        return own != 1 or not isinstance(found, Function) or does_something(found)

    def _parse_block(self, block: Block) -> Parsed | None:
        found = self.parser.parse(block.text)
        return found or self.parser.parse(block.plain) or self.parser.parse(without_prompts(block.plain))

    def _with_helpers(
        self,
        found: Parsed,
        lacking: frozenset[str],
        block: Block,
        blocks: Sequence[Block],
        parsed: dict[int, Parsed | None],
    ) -> Iterator[CandidateReading]:
        """Prepend the latest of the other blocks that define what this one lacks."""
        chosen: dict[int, str] = {}
        wanted, tried = set(lacking), set[str]()
        while wanted - tried:
            name = min(wanted - tried)
            tried.add(name)
            for other in reversed(blocks):
                helper = parsed[other.order]
                if helper is None or other is block or helper.definition(self.task.entry_point) is not None:
                    continue
                if any(name in bound_by(statement) for statement in helper.tree.body):
                    chosen[other.order] = helper.source
                    wanted |= helper.undefined - self._known
                    break
        if chosen:
            joined = self.parser.parse("\n".join([*(chosen[order] for order in sorted(chosen)), found.source]))
            if joined and self._definedness(joined):
                yield CandidateReading(joined, "fences", block, 2, complete=True)

    def _joined(self, blocks: Sequence[Block]) -> Iterator[CandidateReading]:
        """Take all Python blocks as one program."""
        python = [block for block in blocks if block.is_python]
        for texts in ([block.text for block in python], [block.plain for block in python]):
            ended = [text if text.endswith("\n") else f"{text}\n" for text in texts]
            found = self.parser.parse("".join(ended))
            if found and self._definedness(found):
                yield CandidateReading(found, "fences", python[-1], 2, complete=True)
                return

    def _sliced(self, block: Block, rule: str) -> Iterator[CandidateReading]:
        for found, complete in self._slices(block.plain):
            if self._definedness(found):
                yield CandidateReading(found, f"{rule}-cut", block, 2, complete)
                return

    def _slices(self, text: str) -> Iterator[tuple[Parsed, bool]]:
        """Yield the remainder of a text without unparsable statements, and whether the target is complete."""
        if len(text) > MOST_SLICED:
            return
        chunks = _chunks(text)
        if len(chunks) > MOST_CHUNKS or (self.is_program and len(chunks) > 1 and not self._is_prose_around(chunks)):
            return
        kept: list[str] = []
        complete = True
        for chunk in chunks:
            if self.parser.parse(chunk):
                kept.append(chunk)
            elif self._definition.search(chunk):
                trimmed = self._trimmed(chunk)
                kept += [trimmed] if trimmed else []
                complete = False
        found = self.parser.parse("".join(kept))
        if found:
            yield found, complete

    def _is_prose_around(self, chunks: Sequence[str]) -> bool:
        """Return whether the unparsable part is before or after a program, not within it."""
        good = [bool(self.parser.parse(chunk)) for chunk in chunks]
        first = good.index(True) if True in good else 0
        last = len(good) - good[::-1].index(True) if True in good else 0
        return all(good[first:last])

    def _trimmed(self, chunk: str) -> str | None:
        """Cut non-code off a definition that does not parse.

        Only words after it or unreachable lines: cutting anything else would give another program.
        """
        lines = lines_of(chunk)
        count = len(lines)
        for _ in range(20):
            found, line = self.parser.parse_or_line("".join(lines[:count]))
            if found is not None:
                ends = getattr(found.tree.body[-1], "body", []) if found.tree.body else []
                rest = next((rest.strip() for rest in lines[count:] if rest.strip()), "")
                return found.source if never_falls_through(ends) or _WORDS.match(rest) else None
            count = count - 1 if line is None or line - 1 >= count else line - 1
            if count <= 0:
                break
        return None


def without_prompts(text: str) -> str:
    """Remove the prompts of an interactive session, or the marks of a diff, from the lines of code."""
    lines = lines_of(text)
    if any(line.startswith(">>> ") for line in lines):
        return "".join(line[4:] for line in lines if line.startswith((">>> ", "... ", "...\n")))
    marked = [line for line in lines if line.strip()]
    if marked and all(line[0] in "+- @" for line in marked) and any(line[0] == "+" for line in marked):
        return "".join(line[1:] for line in lines if line[:1] in ("+", " ") and not line.startswith("+++"))
    return text


def _chunks(text: str) -> list[str]:
    """Split text into statements at column 0, each with its indented lines."""
    source = SourceText(text)
    starts: list[int] = []
    place = depth = 0
    joins = False
    while place < len(text):
        line = source.line(place)
        strong = begins_statement(line)
        begins = bool(line.strip()) and not line[0].isspace() and (not depth or strong)
        if begins and not joins and not _CONTINUES.match(line) and not closes_bracket(line):
            starts.append(place)
            depth = 0
        if line.strip():
            joins = line.startswith("@")
        end = source.code_line(place, depth)
        while (end.mark or end.fence) and end.end < len(text):
            end = source.code_line(end.end + max(1, len(end.fence)), end.depth)
        place, depth = max(end.end, place + 1), end.depth
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    return [text[start:stop] for start, stop in zip(starts, [*starts[1:], len(text)], strict=True)]
