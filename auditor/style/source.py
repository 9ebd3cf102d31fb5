r"""One program as every check sees it: parsed once, pragmas neutralised, the prompt's lines known.

Line ends become ``\n``, as they do in Python before it parses, so line numbers are those of the program that ran.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from dataclasses import dataclass
from functools import cached_property

from auditor.style.names import Name, bindings, names_by_model
from auditor.style.pragmas import Comment, comments_of, neutralise

_WORD = re.compile(r"[^\W\d]\w*")
_BYTE_ORDER_MARK = "\ufeff"
"""Byte order mark, which Python skips at the start of a file."""
_ALIGN_LINES = 3000
"""Characters; longer programs that do not start with their prompt are charged to the model entirely, as aligning costs
too much.
"""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Unparsable(Exception):  # noqa: N818 - a finding about the program, not a harness error
    """Python's parser rejects the program."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True)
class StyledSource:
    """A parsed program."""

    text: str
    """Text for the linters: ``\n`` line ends, pragmas neutralised."""
    tree: ast.Module
    comments: tuple[Comment, ...]
    pragmas: int
    """Number of pragmas neutralised."""
    prompt_lines: frozenset[int]
    """Lines, from 1, that come from the prompt."""
    given_names: frozenset[str]
    """Words of the prompt; names among them were chosen by the task."""

    @cached_property
    def lines(self) -> list[str]:
        """Return the program's lines without line ends and without an empty last line."""
        lines = self.text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    @cached_property
    def model_lines(self) -> frozenset[int]:
        """Return the lines, from 1, that the model wrote."""
        return frozenset(range(1, len(self.lines) + 1)) - self.prompt_lines

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Return every node of the tree, walked once."""
        return list(ast.walk(self.tree))

    @cached_property
    def names(self) -> list[Name]:
        """Return the names that the model chose, each once, where it first appears."""
        return names_by_model(bindings(self.tree), self.prompt_lines, self.given_names)

    @cached_property
    def functions(self) -> list[Function]:
        """Return every function and method, including nested ones, in order of appearance."""
        return [node for node in self.definitions if isinstance(node, Function)]

    def all_model(self) -> StyledSource:
        """Return the same program with every line and name charged to the model."""
        return StyledSource(self.text, self.tree, self.comments, self.pragmas, frozenset(), frozenset())

    def written_by_model(self, node: ast.stmt) -> bool:
        """Return whether the model wrote any line of a statement: of a function, its signature or its body."""
        return any(line in self.model_lines and self.lines[line - 1].strip() for line in span(node))

    @cached_property
    def definitions(self) -> list[Definition]:
        """Return every function, method and class, including nested ones, in order of appearance."""
        found = [node for node in self.nodes if isinstance(node, Definition)]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    @cached_property
    def top_level(self) -> list[ast.stmt]:
        """Return the model's statements outside functions and classes, except imports and docstrings."""
        return [node for node in self.tree.body if _is_code(node) and self.written_by_model(node)]

    def definition_at(self, line: int) -> Definition | None:
        """Return the innermost function or class that covers a line."""
        around = [node for node in self.definitions if line in span(node)]
        return around[-1] if around else None


def span(node: ast.stmt) -> range:
    """Return the lines, from 1, that a statement covers."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_code(node: ast.stmt) -> bool:
    """Return whether a top-level statement is code of its own: no definition, import or docstring."""
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not isinstance(node, Definition | ast.Import | ast.ImportFrom | ast.Pass) and not is_docstring


def read_source(solution: str, prompt: str = "") -> StyledSource:
    """Parse a program and prepare it for the checks.

    Raises :class:`Unparsable` for source that Python's parser rejects: bad syntax, NUL, lone surrogates, nesting beyond
    its limits.
    """
    text = unify_line_ends(solution.removeprefix(_BYTE_ORDER_MARK))
    tree = _parse(text)
    comments = comments_of(text)
    safe, pragmas = neutralise(text, comments)
    given = unify_line_ends(prompt.removeprefix(_BYTE_ORDER_MARK))
    return StyledSource(
        safe,
        tree,
        tuple(comments),
        pragmas,
        lines_of_prompt(text, given),
        frozenset(_WORD.findall(given)),
    )


def unify_line_ends(text: str) -> str:
    r"""Convert all line ends to ``\n``; form feeds and Unicode separators are not line ends in Python."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unparsable(error.msg, error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError) as error:
        # NUL bytes and lone surrogates are ValueErrors; the parser's stack, or our memory, ends in the others
        reason = f"{type(error).__name__}: {error}" if str(error) else "too long or nested too deeply for the parser"
        raise Unparsable(reason) from None


def lines_of_prompt(text: str, prompt: str) -> frozenset[int]:
    """Return the lines of ``text``, from 1, that come from the prompt.

    If the program starts with the prompt, these are its first lines; a last line that the model continued is the
    model's. Otherwise (a solution that repeats the signature and docstring) they are the lines that appear in the
    prompt verbatim and in the same order.
    """
    if not prompt.strip():
        return frozenset()
    lines = text.split("\n")
    given = prompt.split("\n")
    if text.startswith(prompt):
        whole = len(given) if lines[len(given) - 1] == given[-1] and given[-1] else len(given) - 1
        return frozenset(range(1, whole + 1))
    if len(lines) > _ALIGN_LINES:
        return frozenset()
    return _aligned(lines, given)


def _aligned(lines: list[str], given: list[str]) -> frozenset[int]:
    mine = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    theirs = [line.strip() for line in given if line.strip()]
    matcher = difflib.SequenceMatcher(None, [line for _, line in mine], theirs, autojunk=False)
    found: set[int] = set()
    for start, _, size in matcher.get_matching_blocks():
        block = mine[start : start + size]
        if any(_WORD.search(line) for _, line in block):
            found.update(range(block[0][0], block[-1][0] + 1))  # with the blank lines between them
    return frozenset(found)
