"""Split an answer into spans: reasoning, prose, code and the tokens between them.

One pass over the lines. In code, strings and comments are skipped as in Python, so a mark inside a string literal is
text of the program. In prose there are no strings; a mark in quotation marks or backticks is only mentioned.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from auditor.extraction import fences
from auditor.extraction.fences import Fence, FenceLine, fence_line, fence_within
from auditor.extraction.marks import (
    Mark,
    MarkKind,
    all_marks,
    begins_line,
    channel_after,
    heading_at,
    is_quoted,
    role_after,
    spoken_answers,
    spoken_reasoning,
)
from auditor.extraction.source import SourceText, begins_statement, closes_bracket, first_from, looks_like_code
from auditor.extraction.spans import Span, SpanKind, SpanTraits
from auditor.extraction.values import json_objects

_SENTENCE = re.compile(r"(?:^|[.!?:;>)\]}*`]|\n)\s*$")
_BARE_FENCE = re.compile(r"^[ \t]*`{3,}[ \t]*$", re.MULTILINE)
_BLANK = re.compile(r"(?:[ \t]*\n)++")
_HEADING_START = re.compile(r"^(?=[#UHAuasm])", re.MULTILINE)
_INDENTED = 200
"""Characters of indentation that are considered."""
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z|<|`{3})")


def split(
    text: str, *, name: str = "", strings: bool = True, lenient: bool = False, in_code: bool = False
) -> list[Span]:
    """Split an answer into spans, in order.

    ``name`` is the name that a solution defines: its definition starts code even after other words on a line.
    With ``strings`` false, marks also count inside string literals; ``lenient`` treats reasoning marks within a
    sentence and speakers named in words as prose; ``in_code`` says that the text continues code, as after a prompt.
    """
    lexer = _Lexer(text, name, strings, lenient)
    lexer.bare = 0 if in_code else None
    lexer.block = 0 if in_code else -1
    return lexer.run()


class _Lexer:
    def __init__(self, text: str, name: str, strings: bool, lenient: bool) -> None:
        self.text = text
        self.source = SourceText(text, strings=strings)
        self.lenient = lenient
        self.marks = all_marks(text)
        self.mark_starts = [mark.start for mark in self.marks]
        definition = rf"\b(?:def|class)[ \t]+{re.escape(name)}[ \t]*[(:]"
        self.definitions = [match.start() for match in re.finditer(definition, text)] if name else []
        self.objects = json_objects(text, name)
        self.runs = fences.runs_within(text)
        self.answers = spoken_answers(text)
        self.bare_fences = [match.span() for match in _BARE_FENCE.finditer(text)]
        self.starts: list[tuple[int, SpanTraits]] = []
        self.ends: list[int] = []
        self.state: SpanTraits | None = None
        self.turn = self.base = self.region = 0
        self.block = -1
        self.depth = 0
        self.fence: Fence | None = None
        self.bare: int | None = None
        """Indentation of the code between prose that is being read."""
        self.reasoning = self.others = False
        self.fresh = True
        """Whether it is at the beginning of a line or after a mark."""
        closes = (m.start for m in self.marks if m.kind is MarkKind.THINK_CLOSE and not is_quoted(text, m))
        self.last_close = max(closes, default=-1)

    def run(self) -> list[Span]:
        place = 0
        while place < len(self.text):
            if self.reasoning:
                place = self._in_reasoning(place)
            elif self.others:
                place = self._in_others_turn(place)
            elif self.fence is not None:
                place = self._in_fence(place, self.fence)
            else:
                place = self._outside(place)
        return [
            Span(one.kind, start, end, one.turn, one.region, one.block, one.fence, one.unclosed)
            for (start, one), end in zip(self.starts, self.ends, strict=True)
        ]

    # what is emitted -----------------------------------------------------------------------------

    def _emit(self, kind: SpanKind, start: int, end: int, *, unclosed: bool = False) -> None:
        if end <= start:
            return
        code = kind is SpanKind.CODE
        block, fence = (self.block, self.fence) if code else (-1, None)
        state = SpanTraits(kind, self.turn, self.region, block, fence, unclosed)
        if state == self.state and self.ends[-1] == start:
            self.ends[-1] = end
            return
        self.state = state
        self.starts.append((start, state))
        self.ends.append(end)

    # states --------------------------------------------------------------------------------------

    def _in_reasoning(self, start: int) -> int:
        """Skip to the mark that ends the reasoning, or to the end."""
        end = len(self.text)
        mark = next((mark for mark in self._marks(start, end) if self._ends_reasoning(mark)), None)
        stops = [first_from(self.answers, start), first_from(self.bare_fences, start) if self.fence else None]
        first = min((stop for stop in stops if stop), default=None)
        if first and (mark is None or first[0] < mark.start):
            self._emit(SpanKind.REASONING, start, first[0])
            self._emit(SpanKind.TOKEN, *first)
            self.reasoning, self.fence, self.fresh = False, None, True
            return first[1]
        if mark is None:
            self._emit(SpanKind.REASONING, start, end, unclosed=True)
            return end
        self._emit(SpanKind.REASONING, start, mark.start)
        self.reasoning = False
        if mark.kind is MarkKind.THINK_CLOSE:
            self._emit(SpanKind.TOKEN, mark.start, mark.end)
            self.bare, self.fresh = None, True
            return mark.end
        return self._at_mark(mark)

    def _ends_reasoning(self, mark: Mark) -> bool:
        if is_quoted(self.text, mark):
            return False
        match mark.kind:
            case MarkKind.THINK_CLOSE | MarkKind.CHANNEL:
                return True
            case MarkKind.TURN | MarkKind.ROLE:
                return mark.unmistakable or _LINE_END.match(self.text, mark.end) is not None
            case MarkKind.ANSWER_OPEN:
                return begins_line(self.text, mark.start)
        return False

    def _in_others_turn(self, start: int) -> int:
        """Skip what the user or the system says, up to the next turn."""
        end = len(self.text)
        turns = (m for m in self._marks(start, end) if m.kind in (MarkKind.TURN, MarkKind.ROLE))
        mark = next((mark for mark in turns if not is_quoted(self.text, mark)), None)
        stop = mark.start if mark else end
        for found in _HEADING_START.finditer(self.text, start, stop):
            if found.start() > start and heading_at(self.text, found.start()):
                self._emit(SpanKind.PROSE, start, found.start())
                self.others = False
                return found.start()
        self._emit(SpanKind.PROSE, start, stop)
        self.others = False
        return self._at_mark(mark) if mark else end

    def _in_fence(self, start: int, fence: Fence) -> int:
        """Read one line of a fenced block."""
        line = fence_line(self.text, start) if self.fresh else None
        if line and fence.run and line.fence.run[0] != fence.run[0]:
            line = None
        if line is None:
            return self._code(start)
        if line.opens or not fence.run:
            return self._open(line, start)
        if not line.may_close:
            line = replace(line, end=line.end - len(line.info))  # words follow on the closing line
        shorter = len(line.fence.run) < len(fence.run)
        if shorter and not fence.is_python:
            return self._open(line, start)
        if shorter:
            return self._code(start)
        return self._close(start, line.end)

    def _outside(self, start: int) -> int:
        """Read one line of prose, or of code between prose."""
        text, end = self.text, self.source.line_end(start)
        line = self.source.line(start)
        if not line.strip() and start + len(line) == end:
            blank = _BLANK.match(self.text, start)
            end = max(end, blank.end() if blank else end)
            self._emit(SpanKind.PROSE if self.bare is None else SpanKind.CODE, start, end)
            self.fresh = True
            return end
        if self.fresh:
            value = first_from(self.objects, start) if self.bare is None or not self.depth else None
            if value and not text[start : min(value[0], start + _INDENTED)].strip():
                return self._whole(*value, "value")
            quoted = fences.quotes_around(text, start) if self.bare is None else None
            if quoted:
                self._emit(SpanKind.TOKEN, start, quoted[0])
                return self._whole(*quoted, "quotes")
            opened = fence_line(text, start)
            if opened and (opened.may_close or opened.opens):
                return self._open(opened, start)
            turn = self._spoken(start)
            if turn is not None:
                return turn
            begins = self.bare is None
            if self._is_code(line):
                ticks = fences.ticks_before(text, start) if begins else ""
                self.fence, self.bare = (Fence(ticks), None) if ticks else (None, self.bare)
                return self._code(start)
        elif self.bare is not None and self.depth:
            return self._code(start)
        return self._prose(start, end)

    def _spoken(self, start: int) -> int | None:
        """Handle a line that starts a turn or reasoning in words; ``None`` if it does not."""
        if self.lenient:
            return None
        heading = heading_at(self.text, start)
        if heading:
            end, others = heading
            self._emit(SpanKind.TOKEN, start, end)
            self._new_turn()
            self.others = others
            return end
        reasoning = spoken_reasoning(self.text, start)
        if reasoning is not None and (first_from(self.answers, reasoning) or self.text.startswith("<details", start)):
            self._emit(SpanKind.TOKEN, start, reasoning)
            self.reasoning = True
            return reasoning
        return None

    def _is_code(self, line: str) -> bool:
        """Return whether a line continues the code between prose, or starts it."""
        body = line.lstrip(" \t")
        indent = len(line) - len(body)
        if self.bare is not None:
            if indent > self.bare or (self.depth and not begins_statement(body)):
                return True
            if indent == self.bare and (looks_like_code(body) or closes_bracket(body)):
                return True
        if not looks_like_code(body):
            return False
        if self.bare is None or indent < self.bare:
            self.block += 1
        self.bare, self.depth = indent, 0
        return True

    def _prose(self, start: int, end: int) -> int:
        """Read words up to the first mark, fence or definition in the line."""
        self.bare = None
        mark = next((mark for mark in self._marks(start, end) if self._counts_in_prose(mark, start)), None)
        run = self.runs[place] if (place := bisect_left(self.runs, start)) < len(self.runs) else end
        known = bisect_left(self.definitions, start)
        definition = self.definitions[known] if known < len(self.definitions) else end
        value = first_from(self.objects, start)
        first = min(mark.start if mark else end, run, definition, end, value[0] if value else end)
        self._emit(SpanKind.PROSE, start, first)
        if first == end:
            self.fresh = True
            return end
        self.fresh = False
        if mark and mark.start == first:
            return self._at_mark(mark)
        if value and value[0] == first:
            return self._whole(*value, "value")
        if run == first and (opened := fence_within(self.text, first)):
            if opened.opens or opened.may_close:
                return self._open(opened, first)
            self._emit(SpanKind.TOKEN, first, first + len(opened.fence.run))
            return first + len(opened.fence.run)
        ticks = fences.ticks_before(self.text, first)
        self.fence, self.bare, self.depth = (Fence(ticks), None, 0) if ticks else (None, 0, 0)
        self.block += 1
        return self._code(first)

    def _whole(self, start: int, end: int, container: str) -> int:
        """Treat a stretch of text as one block of code, whatever it contains."""
        self.block += 1
        self.fence, self.bare = Fence("", container=container), None
        self._emit(SpanKind.CODE, start, end)
        self.fence, self.fresh = None, False
        return end

    def _counts_in_prose(self, mark: Mark, start: int) -> bool:
        if is_quoted(self.text, mark):
            return False
        follows = _LINE_END.match(self.text, mark.end) is not None
        begins = self.fresh and not self.text[start : min(mark.start, start + 200)].strip()
        match mark.kind:
            case MarkKind.CODE_OPEN:
                return follows or looks_like_code(self.source.line(mark.end).lstrip())
            case MarkKind.THINK_OPEN:
                ends_sentence = begins or _SENTENCE.search(self.text, max(0, mark.start - 80), mark.start) is not None
                return ends_sentence if self.lenient else ends_sentence or self.last_close >= mark.end
            case MarkKind.ANSWER_OPEN | MarkKind.ANSWER_CLOSE | MarkKind.CODE_CLOSE:
                return begins or follows
        return mark.unmistakable or begins or follows

    # what happens at a mark or a fence -----------------------------------------------------------

    def _code(self, start: int) -> int:
        """Read code to the end of its line, or to what interrupts it."""
        run = self.fence.run if self.fence else ""
        line = self.source.code_line(start, 0 if self.fence else self.depth, fenced=self.fence is not None, run=run)
        self._emit(SpanKind.CODE, start, line.end)
        self.depth = line.depth
        if line.mark:
            self.fresh = False
            return self._at_mark(line.mark)
        if line.fence:
            return self._at_run(line.end, line.fence)
        self.fresh = True
        return line.end

    def _at_run(self, start: int, run: str) -> int:
        """Handle a run of backticks before or after code in a line."""
        opened = fence_within(self.text, start)
        if opened and opened.opens and self.fence is None:
            return self._open(opened, start)
        if self.fence is not None and self.fence.run and len(run) < len(self.fence.run):
            self._emit(SpanKind.CODE, start, start + len(run))
            self.fresh = False
            return start + len(run)
        return self._close(start, start + len(run))

    def _open(self, line: FenceLine, start: int) -> int:
        fence = line.fence
        end = line.end
        if end < len(self.text) and self.text[end] == "\n":
            end += 1
        self._emit(SpanKind.TOKEN, start, end)
        self.fence, self.bare, self.depth = fence, None, 0
        self.block += 1
        self.fresh = True
        if fence.is_reasoning:
            self.reasoning = True
        return end

    def _close(self, start: int, end: int) -> int:
        self._emit(SpanKind.TOKEN, start, end)
        self.fence, self.bare, self.fresh = None, None, False
        return end

    def _at_mark(self, mark: Mark) -> int:
        """Apply a mark; return the offset after it."""
        text, end = self.text, mark.end
        match mark.kind:
            case MarkKind.THINK_OPEN:
                self.reasoning, self.bare = True, None
            case MarkKind.THINK_CLOSE:
                self.fence = None
                self.base += 2
                self.region = self.base
            case MarkKind.TURN:
                self._new_turn()
            case MarkKind.ROLE:
                end, others = role_after(text, mark)
                self._new_turn()
                self.others = others
            case MarkKind.CHANNEL:
                end, reasoning = channel_after(text, mark)
                self.fence = None
                self.reasoning = reasoning
                self.base += 2
                self.region = self.base
            case MarkKind.ANSWER_OPEN:
                self.region = self.base + 1
            case MarkKind.ANSWER_CLOSE:
                self.region = self.base
            case MarkKind.CODE_OPEN:
                self.fence = Fence("", container=mark.name)
                self.block += 1
            case MarkKind.CODE_CLOSE:
                self.fence = None
            case MarkKind.NOISE:
                pass
        if mark.kind is not MarkKind.NOISE:
            self.bare = None
        self._emit(SpanKind.TOKEN, mark.start, end)
        self.fresh = True
        return end

    def _new_turn(self) -> None:
        self.turn += 1
        self.base = self.region = 0
        self.fence, self.bare, self.depth = None, None, 0
        self.reasoning = self.others = False

    # places --------------------------------------------------------------------------------------

    def _marks(self, start: int, stop: int) -> Iterator[Mark]:
        for place in range(bisect_left(self.mark_starts, start), len(self.marks)):
            if self.mark_starts[place] >= stop:
                return
            yield self.marks[place]
