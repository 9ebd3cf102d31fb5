"""Worsen a program's style without changing what it computes, one habit at a time.

Every habit takes source and a random generator and returns source; if the result does not compile, the habit is
skipped.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Sequence
from random import Random

from auditor.extraction.python import Parsed, parse
from auditor.mutation.edits import Edit, Places, apply

Habit = Callable[[Parsed, Random], str]

_UNUSED = ("import os", "import sys", "import math", "import re", "from collections import Counter")
_REMARKS = {ast.For: "go through them one by one", ast.If: "this case needs care", ast.Return: "and this is the result",
            ast.While: "repeat until done", ast.Assign: "remember this for later"}  # fmt: skip
_SHORT_BRANCH = re.compile(r"""^(\s*(?:if|for) [^\n"'#{\[]*:)\n\s+((?:return|continue|break)\b[^\n]*)$""", re.MULTILINE)
_LONG = (
    "  # this line does what is needed here and was left as it is because it seems to work on all of the examples given"
)


def restyle(source: str, habits: Sequence[Habit], random: Random) -> str:
    """Apply habits in order."""
    parsed = parse(source)
    for habit in habits:
        if parsed is not None:
            parsed = parse(habit(parsed, random)) or parsed
    return source if parsed is None else parsed.source


def short_names(parsed: Parsed, random: Random) -> str:
    """Name local variables with single letters."""
    letters = iter(random.sample("abcdefghkmnpqrstuvwxyz", 21))
    return _rename(parsed, lambda _: next(letters, ""))


def camel_names(parsed: Parsed, random: Random) -> str:
    """Name local variables in camelCase."""
    words = random.choice(["Value", "Item", "Data"])

    def camel(name: str) -> str:
        head, *rest = name.split("_")
        return head + "".join(part.capitalize() for part in rest) if rest else name + words

    return _rename(parsed, camel)


def no_docstring(parsed: Parsed, _: Random) -> str:
    """Leave docstrings out."""
    places = Places(parsed.source)
    documented = (
        node
        for node in ast.walk(parsed.tree)
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None and len(node.body) > 1
    )
    return apply(parsed.source, [places.drop_lines(node.body[0]) for node in documented])


def no_hints(parsed: Parsed, _: Random) -> str:
    """Leave type hints out of signatures."""
    places = Places(parsed.source)
    edits = []
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.FunctionDef):
            start = places.offset(node.lineno, node.col_offset)
            end = places.line_start(node.body[0].lineno)
            bare = ast.FunctionDef(node.name, _bare(node.args), [ast.Pass()], [], None)
            if start < end and node.body[0].lineno > node.lineno:
                head = ast.unparse(ast.fix_missing_locations(bare)).splitlines()[0]
                edits.append(Edit(start, end, head + "\n"))
    return apply(parsed.source, edits)


def tight_spacing(parsed: Parsed, random: Random) -> str:
    """Remove spaces after commas and around operators, and add one at the end of some line."""
    lines = []
    for line in parsed.source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        body = line.strip()
        if not re.search(r"[\"'#]", body):
            body = re.sub(r",\s+", ",", re.sub(r" (=|\+=|-=|==|<|>|\+) ", r"\1", body))
        lines.append(indent + body)
    ends = [number for number, line in enumerate(lines) if line.endswith((":", ")"))]
    if ends:
        lines[random.choice(ends)] += " "
    return "\n".join(lines) + "\n"


def one_liners(parsed: Parsed, _: Random) -> str:
    """Put a short branch on the line of its condition."""
    return _SHORT_BRANCH.sub(r"\1 \2", parsed.source)


def long_lines(parsed: Parsed, random: Random) -> str:
    """Make a line too long."""
    lines = parsed.source.splitlines()
    returns = [number for number, line in enumerate(lines) if line.strip().startswith(("return ", "for "))]
    if returns:
        lines[random.choice(returns)] += _LONG
    return "\n".join(lines) + "\n"


def unused(parsed: Parsed, random: Random) -> str:
    """Add an unused import."""
    return f"{random.choice(_UNUSED)}\n\n\n{parsed.source.lstrip()}"


def bare_except(parsed: Parsed, _: Random) -> str:
    """Catch everything around the last function's return, and raise it again."""
    returns = [
        node for node in ast.walk(parsed.tree)
        if isinstance(node, ast.Return) and node.value is not None and node.lineno == node.end_lineno
    ]  # fmt: skip
    if not returns:
        return parsed.source
    last = max(returns, key=lambda node: node.lineno)
    places = Places(parsed.source)
    start, end = places.of(last)
    pad = " " * last.col_offset
    if parsed.source[places.line_start(last.lineno) : start].strip():
        return parsed.source
    text = f"try:\n{pad}    {parsed.source[start:end]}\n{pad}except:\n{pad}    raise"
    return apply(parsed.source, [Edit(start, end, text)])


def equals_true(parsed: Parsed, _: Random) -> str:
    """Compare with None and booleans by ``==``."""
    text = re.sub(r"\bis not None\b", "!= None", parsed.source)
    return re.sub(r"\bis None\b", "== None", text)


def leftover(parsed: Parsed, random: Random) -> str:
    """Add a variable that nothing reads."""
    return _before_first_statement(parsed, random.choice(["temp = 0", "result1 = None", "flag = False"]))


def remarks(parsed: Parsed, _: Random) -> str:
    """Comment nearly every line, the only habit that some rubrics like."""
    places = Places(parsed.source)
    edits = {}
    for node in ast.walk(parsed.tree):
        remark = _REMARKS.get(type(node))
        if remark and isinstance(node, ast.stmt):
            start = places.line_start(node.lineno)
            if not parsed.source[start : places.of(node)[0]].strip():
                edits[start] = Edit(start, start, f"{' ' * node.col_offset}# {remark}\n")
    return apply(parsed.source, edits.values())


HABITS: tuple[Habit, ...] = (
    camel_names, short_names, no_docstring, no_hints, equals_true, leftover, bare_except, one_liners, tight_spacing,
    remarks, unused, long_lines,
)  # fmt: skip
"""All habits, in an order in which they can be combined."""


def _before_first_statement(parsed: Parsed, text: str) -> str:
    """Put a statement at the beginning of the last function's body."""
    functions = [node for node in parsed.tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        return parsed.source
    body = functions[-1].body
    first = body[1] if len(body) > 1 and isinstance(body[0], ast.Expr) else body[0]
    places = Places(parsed.source)
    start = places.line_start(first.lineno)
    return apply(parsed.source, [Edit(start, start, f"{' ' * first.col_offset}{text}\n")])


def _rename(parsed: Parsed, new_name: Callable[[str], str]) -> str:
    """Rename what functions assign to, if that is safe: not parameters, not in f-strings, not keywords."""
    nodes = list(ast.walk(parsed.tree))
    locals_ = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    top = {name for node in parsed.tree.body for name in _names_of(node)}
    formatted = {
        n.id for node in nodes if isinstance(node, ast.JoinedStr) for n in ast.walk(node) if isinstance(n, ast.Name)
    }
    keywords = {node.arg for node in nodes if isinstance(node, ast.keyword)}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    taken = {node.id for node in nodes if isinstance(node, ast.Name)} | arguments
    names = {}
    for name in sorted(locals_ - top - formatted - keywords - arguments):
        new = new_name(name)
        if new and new not in taken and name != "_":
            names[name] = new
            taken.add(new)
    places = Places(parsed.source)
    edits = []
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(parsed.source).readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            start = places.line_start(token.start[0]) + token.start[1]
            edits.append(Edit(start, start + len(token.string), names[token.string]))
        before = token.string
    return apply(parsed.source, edits)


def _names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Copy parameters without their hints."""

    def strip(argument: ast.arg) -> ast.arg:
        return ast.arg(argument.arg)

    return ast.arguments(
        [strip(a) for a in arguments.posonlyargs], [strip(a) for a in arguments.args],
        strip(arguments.vararg) if arguments.vararg else None, [strip(a) for a in arguments.kwonlyargs],
        arguments.kw_defaults, strip(arguments.kwarg) if arguments.kwarg else None, arguments.defaults,
    )  # fmt: skip
