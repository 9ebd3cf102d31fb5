"""From a model's answer to the program to judge.

Design. Candidates are made in a fixed order, from the most explicit (a fenced block that defines the
entry point) to the least (the text as a function's body), and the first that compiles and defines the
entry point with a real body wins. Its rule is recorded with a version, so that results extracted by
different rules never pass for equal. Where none compiles but there is code, the likeliest text is
kept as it is (rule ``broken``), since then it is the model that failed and the verdict shall say so; only an
answer without code is a failed extraction.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from auditor.records import Task
from auditor.sampling.fences import Block, blocks
from auditor.sampling.syntax import Parsed, free_names, lines_of, longest_prefix, parse, without_chatter
from auditor.targets import bound_by

VERSION = 1
"""Raised whenever a rule changes what it gives for some text."""
MAX_STARTS = 40
"""Lines tried as the beginning of a program that carries no fence; fewer in a long text."""
MAX_PLACES = 8
"""Definitions of the entry point tried in one text; fewer in a long one."""
ROOM = 100_000
"""Characters times starts that are looked into, so that no text takes long."""
MAX_JOINED = 32
"""Fenced blocks of one answer that are looked into for each other's helpers; with more, none are."""
INDENT = "    "

_REASONING = re.compile(r"<(?P<end>/?)(?P<name>think|thinking|reasoning|thought)>", re.IGNORECASE)
_END_TOKEN = re.compile(
    r"<\|(?:im_end|endoftext|eot_id|end|im_start)\|>|</s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>"
)
_FENCE_MARKS = re.compile(r"^[ \t]*+(?:`{3,}+|~{3,}+)[^\n`]*+$|(?<!`)`{3,}+[ \t]*+$", re.MULTILINE)
_CODE_LINE = re.compile(
    r"^\s*(?:def \w+\s*\(|class \w+\s*[:(]|import \w|from [\w.]+ import\b|return\b|(?:for|while|if|elif|with)\b.*:|@\w"
    r"|else:|try:|[\w.\[\]]+\s*[-+*/|&]?=[^=]|lambda\b|\w+\(.*\)\s*$)"
)
_PROSE = re.compile(r"[A-Z][\w'-]*,? [^\n]*[\w)`'\"] [^\n]* ")
_START = re.compile(r"^\s*(?:(?:async\s+)?def|class|import|from|@\w|#|\w+\s*=[^=]|\"\"\"|''')")


@dataclass(frozen=True, slots=True)
class Extraction:
    """The program found in an answer, and how."""

    solution: str | None
    """The whole program; ``None`` where the answer holds no code."""
    rule: str
    """Name and version of the rule, e.g. ``fence/1``."""


def extract(text: str, task: Task) -> Extraction:
    """Find the program in an answer to a request for one.

    Whatever the text (empty, hostile, megabytes), this returns; it never runs anything.
    """
    answer = _without_reasoning(text)
    return _choose(_from_answer(answer, task), task) or _broken(answer, task)


def assemble(completion: str, task: Task, join: str = "") -> Extraction:
    """Make the program of a text that was asked for as a continuation of the prompt.

    A text that is rather an answer (fences, or the whole function again) is read as one.
    """
    text = _with_plain_newlines(completion)
    readings = [_from_continuation(text, task, join), _from_answer(_without_reasoning(text), task)]
    if _is_answer(text, task):
        readings.reverse()
    for reading in readings:
        found = _choose(reading, task)
        if found:
            return found
    if _PROSE.match(text) and not _looks_like_code(text):
        return Extraction(None, _rule("none"))
    return Extraction(task.prompt + join + completion, _rule("broken"))


def complete(solution: str, task: Task) -> Extraction:
    """Put the prompt, or what stands in it before the entry point, before a program that needs it."""
    parsed = parse(solution)
    if parsed is None or parsed.definition(task.entry_point) is None:
        joined = f"{task.prompt.rstrip()}\n{solution}"
        if parsed is not None or parse(joined) is not None:
            return Extraction(joined, _rule("given-after-prompt"))
        return Extraction(solution, _rule("given"))
    whole = _with_context(parsed, task)
    return Extraction(whole, _rule("given" if whole == solution else "given-with-context"))


def _choose(candidates: Iterator[tuple[str, Parsed]], task: Task) -> Extraction | None:
    """Take the first candidate that defines the entry point for good, else the first that defines it at all."""
    stub = None
    for rule, parsed in candidates:
        if parsed.definition(task.entry_point) is None:
            continue
        if not parsed.is_stub(task.entry_point):
            return Extraction(_with_context(without_chatter(parsed, task.entry_point), task), _rule(rule))
        stub = stub or Extraction(_with_context(parsed, task), _rule("stub"))
    return stub


def _from_answer(answer: str, task: Task) -> Iterator[tuple[str, Parsed]]:
    """Make candidates of a chat answer, the most explicit first."""
    fenced = blocks(answer)
    python = [block for block in fenced if block.is_python] or fenced
    yield from _from_blocks(python, task)
    yield from _from_function(_FENCE_MARKS.sub("", answer), task)
    bodies = [(block.code, "fence-") for block in python]
    if not bodies and _looks_like_code(answer):
        bodies = [(answer, "")]
    for text, prefix in bodies:
        for rule, parsed in _from_continuation(text, task, ""):
            if not parsed.is_stub(task.entry_point):
                yield prefix + rule, parsed


def _from_blocks(fenced: list[Block], task: Task) -> Iterator[tuple[str, Parsed]]:
    """Make candidates of fenced blocks: one that suffices, then one with the others' help, then its longest part."""
    for block in fenced:
        parsed = parse(textwrap.dedent(block.code))
        if parsed and parsed.definition(task.entry_point) is not None:
            if 1 < len(fenced) <= MAX_JOINED:
                yield from _with_other_blocks(parsed, block, fenced, task)
            yield "fence", parsed
    for block in fenced:
        for rule, parsed in _from_function(block.code, task):
            yield f"fence-{rule}", parsed


def _with_other_blocks(parsed: Parsed, block: Block, fenced: list[Block], task: Task) -> Iterator[tuple[str, Parsed]]:
    """Prepend the blocks that define what this one lacks."""
    lacking = free_names(parsed.tree) - _context_names(task)
    helpers = []
    for other in fenced:
        found = parse(textwrap.dedent(other.code)) if other is not block else None
        if found is None or found.definition(task.entry_point) is not None:
            continue
        if any(bound_by(statement) & lacking for statement in found.tree.body):
            helpers.append(found.source)
    joined = parse("\n".join([*helpers, parsed.source])) if helpers else None
    if joined:
        yield "fences", joined


def _from_function(text: str, task: Task) -> Iterator[tuple[str, Parsed]]:
    """Find the program in text without fences: from an import or definition on, as far as it parses."""
    whole = parse(text)
    if whole:
        yield "program", whole
    lines = lines_of(text)
    definition = re.compile(
        rf"^\s*(?:async\s+def|def|class)\s+{re.escape(task.entry_point)}\b|^{re.escape(task.entry_point)}\s*="
    )
    room = 1 + ROOM // (1 + len(text))
    places = [number for number, line in enumerate(lines) if definition.match(line)]
    for place in places[: min(room, MAX_PLACES)]:
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        cut = [line.removeprefix(indent) for line in lines]
        starts = [
            number
            for number in range(place)
            if lines[number].startswith(indent) and _START.match(cut[number]) and not cut[number][0].isspace()
        ]
        for start in [*starts[: min(room - 1, MAX_STARTS)], place]:
            parsed = longest_prefix(cut[start:])
            if parsed and parsed.definition(task.entry_point) is not None:
                yield "function", parsed
                break


def _from_continuation(text: str, task: Task, join: str) -> Iterator[tuple[str, Parsed]]:
    """Read text as what follows the prompt, with the indentation mended where it must be."""
    body = text.strip("\n") + "\n"
    shapes = [
        ("continuation", join + text),
        ("continuation-first-line", INDENT + body.lstrip(" \t")),
        ("continuation-indented", textwrap.indent(textwrap.dedent(body), INDENT)),
    ]
    before = task.prompt
    for rule, shaped in shapes:
        parsed = parse(before + shaped)
        if parsed and not parsed.is_stub(task.entry_point):
            yield rule, parsed
    for rule, shaped in shapes:
        parsed = longest_prefix(lines_of(shaped), before)
        if parsed:
            yield f"{rule}-cut", parsed


def _with_context(parsed: Parsed, task: Task) -> str:
    """Prepend what the prompt holds before the entry point where the program reads a name from it."""
    names = _context_names(task)
    if parsed.source.isascii():  # else a name may be spelt in several ways
        names = frozenset(name for name in names if name in parsed.source)
    if names and names & free_names(parsed.tree):
        return f"{_context(task.prompt, task.entry_point)}\n\n\n{parsed.source.lstrip()}"
    return parsed.source


def _context_names(task: Task) -> frozenset[str]:
    return _names_before(task.prompt, task.entry_point)


@lru_cache(maxsize=1024)
def _names_before(prompt: str, entry_point: str) -> frozenset[str]:
    parsed = parse(_context(prompt, entry_point))
    return frozenset().union(*map(bound_by, parsed.tree.body)) if parsed else frozenset()


@lru_cache(maxsize=1024)
def _context(prompt: str, entry_point: str) -> str:
    """Return the prompt's text before the entry point: imports and helper functions."""
    match = re.search(rf"^(?:async\s+)?(?:def|class)\s+{re.escape(entry_point)}\b", prompt, re.MULTILINE)
    return prompt[: match.start()].rstrip() if match else ""


def _without_reasoning(text: str) -> str:
    """Drop reasoning blocks, also where only their end is there, and all after an end-of-text token."""
    text = _without_blocks(_with_plain_newlines(text))
    end = _END_TOKEN.search(text)
    return text[: end.start()] if end and text[: end.start()].strip() else text


def _without_blocks(text: str) -> str:
    """Drop what stands between a reasoning mark and the next end mark of its name, and all before an end mark alone."""
    marks = list(_REASONING.finditer(text))
    last_ends = {mark["name"].lower(): mark.start() for mark in marks if mark["end"]}
    kept: list[str] = []
    opened, start = "", 0
    for mark in marks:
        name = mark["name"].lower()
        if opened:
            if mark["end"] and name == opened:
                opened, start = "", mark.end()
        elif mark["end"]:
            kept, start = [], mark.end()
        elif last_ends.get(name, -1) > mark.start():
            kept.append(text[start : mark.start()])
            opened = name
    return "".join([*kept, text[start:]])


def _with_plain_newlines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _is_answer(text: str, task: Task) -> bool:
    """Say whether a text is an answer of its own rather than the rest of the prompt's function."""
    pattern = (
        rf"^(?:async\s+def|def|class)\s+{re.escape(task.entry_point)}\b|^[ \t]*(?:`{{3,}}|~{{3,}})|\[PYTHON\]|</think"
    )
    return re.search(pattern, text, re.MULTILINE) is not None


def _looks_like_code(text: str) -> bool:
    return any(_CODE_LINE.match(line) for line in text.splitlines())


def _broken(answer: str, task: Task) -> Extraction:
    """Keep what was meant as code but does not compile; ``None`` where nothing was."""
    fenced = [block for block in blocks(answer) if block.is_python and _looks_like_code(block.code)]
    naming = [block for block in fenced if task.entry_point in block.code] or fenced
    if naming:
        return Extraction(naming[0].code, _rule("broken"))
    match = re.search(rf"^[ \t]*(?:async\s+def|def|class)\s+{re.escape(task.entry_point)}\b", answer, re.MULTILINE)
    if match:
        return Extraction(answer[match.start() :].lstrip("\n"), _rule("broken"))
    return Extraction(None, _rule("none"))


def _rule(name: str) -> str:
    return f"{name}/{VERSION}"
