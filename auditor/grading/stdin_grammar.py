"""The shape of texts for standard input, learnt from examples: head lines, then rows, and counts of both.

A text is lines of words; a word is an integer, a decimal number or a text. Lines that all examples have are the head: a
line of fixed length is that many values, one of varying length a list. If the number of lines varies, a number in
the head must say how many rows follow. A number that always is the length of a list, the number of rows or the length
of every row is not free: it is written when a text is made. Everything else is an argument, as if of a function.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass

Arguments = tuple[object, ...]
Spec = tuple[tuple[tuple[str | int, ...], ...], tuple[int, ...], tuple[tuple[int, int, int], ...], bool, bool]
"""A grammar as plain values."""
Word = int | float | str
Rows = list[list[Word]]
ROWS, WIDTH, LINE = "rows", "width", "line"
"""What a count says: the number of rows, their length, or the length of a head line."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How arguments become a text."""

    head: tuple[tuple[str | int, ...], ...]
    """A head line: each place is 0 for a value, or names the count written there; ``(LINE,)`` is one list."""
    lists: tuple[int, ...]
    """Head lines that are one list of varying length."""
    counted: tuple[tuple[int, int, int], ...]
    """(line, place, list line): places that hold the length of a list line."""
    has_rows: bool
    """Whether rows follow the head."""
    single: bool
    """Whether every row is a single value."""

    def render(self, arguments: Arguments) -> str:
        """Write the text; raises ``ValueError`` if the arguments have another shape."""
        return render(self.spec(), arguments)

    def spec(self) -> Spec:
        """Return the grammar as plain values, for :func:`render` inside the sandbox."""
        return self.head, self.lists, self.counted, self.has_rows, self.single

    def parse(self, text: str) -> Arguments:
        """Read a text; raises ``ValueError`` if it is not written as the grammar writes it."""
        lines = _lines(text)
        if len(lines) < len(self.head) or (not self.has_rows and len(lines) > len(self.head)):
            raise ValueError("other number of lines")
        found: list[object] = []
        for number, places in enumerate(self.head):
            if number in self.lists:
                found.append(lines[number])
            elif len(places) != len(lines[number]):
                raise ValueError("other number of words")
            else:
                found += [word for place, word in zip(places, lines[number], strict=True) if place == 0]
        if self.has_rows:
            rows = lines[len(self.head) :]
            found.append([row[0] for row in rows] if self.single else rows)
        arguments = tuple(found)
        if _lines(self.render(arguments)) != lines:
            raise ValueError("counts do not agree")
        return arguments


def render(spec: Spec, arguments: Arguments) -> str:
    """Write the text of a grammar's plain form; raises ``ValueError`` if the arguments have another shape.

    Its source runs inside the sandbox too, beside a program: it needs nothing but builtins.
    """
    head, lists, counted, has_rows, single = spec
    left = list(arguments)
    wanted = [1 if number in lists else places.count(0) for number, places in enumerate(head)]
    if len(left) != sum(wanted) + has_rows:
        raise ValueError("other shape: number of arguments")
    values = [[left.pop(0) for _ in range(size)] for size in wanted]
    long = {number: value for number in lists if isinstance(value := values[number][0], list)}
    body = left.pop(0) if has_rows else []
    if len(long) < len(lists) or not isinstance(body, list | tuple):
        raise ValueError("other shape: a value where a list is wanted")
    rows = [row for row in ([one] if single else one for one in body) if isinstance(row, list | tuple)]
    if len(rows) < len(body):
        raise ValueError("other shape: a value where a row is wanted")
    if len({len(row) for row in rows}) > 1 and any("width" in places for places in head):
        raise ValueError("other shape: rows of different lengths")
    counts = {(line, place): len(long[of]) for line, place, of in counted}
    lines: list[Sequence[object]] = []
    for number, places in enumerate(head):
        if number in long:
            lines.append(long[number])
            continue
        free = iter(values[number])
        words = []
        for place, kind in enumerate(places):
            known = {"rows": len(rows), "width": len(rows[0]) if rows else 0, "line": counts.get((number, place))}
            words.append(known[kind] if isinstance(kind, str) else next(free))
        lines.append(words)
    return "".join(" ".join(map(str, line)) + "\n" for line in [*lines, *rows])


RENDER = f"Spec = Arguments = object\n{inspect.getsource(render)}"
"""Source of :func:`render` and of what its annotations name, for modules that run inside the sandbox."""


def _word(text: str) -> Word:
    try:
        number = int(text)
    except ValueError:
        try:
            decimal = float(text)
        except ValueError:
            return text
        return decimal if repr(decimal) == text else text
    return number if str(number) == text else text


def _lines(text: str) -> Rows:
    return [[_word(word) for word in line.split()] for line in text.rstrip().split("\n")]


def learn(texts: Sequence[str]) -> Grammar | None:
    """Return a grammar that every text follows, or ``None``; two texts at least are needed."""
    parsed = [_lines(text) for text in texts if text.strip()]
    if len(parsed) < 2:
        return None
    least = min(map(len, parsed))
    varies = len({len(lines) for lines in parsed}) > 1
    heads = range(least, 0, -1) if not varies else range(1, least + 1)
    for size in heads:
        grammar = _with_head(parsed, size, rows=varies)
        if grammar is not None and _follows(grammar, texts):
            return grammar
    return None


def _follows(grammar: Grammar, texts: Sequence[str]) -> bool:
    try:
        for text in texts:
            grammar.parse(text)
    except ValueError:
        return False
    return True


def _with_head(parsed: Sequence[Rows], size: int, *, rows: bool) -> Grammar | None:
    """Build the grammar with so many head lines; ``None`` if the number of rows is said nowhere."""
    lists = tuple(line for line in range(size) if len({len(lines[line]) for lines in parsed}) > 1)
    bodies = [lines[size:] for lines in parsed]
    head: list[tuple[str | int, ...]] = []
    counted: list[tuple[int, int, int]] = []
    for line in range(size):
        if line in lists:
            head.append((LINE,))
            continue
        places: list[str | int] = []
        for place in range(len(parsed[0][line])):
            column = [lines[line][place] for lines in parsed]
            of = next((one for one in lists if column == [len(lines[one]) for lines in parsed]), None)
            if rows and column == [len(body) for body in bodies]:
                places.append(ROWS)
            elif of is not None:
                places.append(LINE)
                counted.append((line, place, of))
            elif rows and len(set(column)) > 1 and _widths(bodies) == column:
                places.append(WIDTH)
            else:
                places.append(0)
        head.append(tuple(places))
    if rows and not any(ROWS in places for places in head):
        return None
    single = all(len(row) == 1 for body in bodies for row in body)
    return Grammar(tuple(head), lists, tuple(counted), rows, single)


def _widths(bodies: Sequence[Rows]) -> list[Word] | None:
    """Return the length of the rows of each text; ``None`` if they differ within one."""
    found: list[Word] = []
    for body in bodies:
        if len({len(row) for row in body}) != 1:
            return None
        found.append(len(body[0]))
    return found
