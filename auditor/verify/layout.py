"""Layout-equivalent programs: they differ in layout, comments and names of local variables, and share their verdicts.

Only what runs after parsing counts, so syntax trees without positions are compared, in one form
(:mod:`auditor.verify.renaming`). A program that could tell its own layout (line numbers, code objects, frames,
tracebacks) runs for itself. Such things may be reached by names that are computed as the program runs, so one that
looks names up, evaluates text or loads modules by computed names runs for itself too.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings

from auditor.verify import renaming

MAX_SOURCE = 64 << 10
"""Characters; a longer program is not parsed here: the parser's time and stack are the harness's own."""
_TELLS_POSITIONS = re.compile(
    "lineno|co_|code__|f_code|frame|trac|inspect|linecache|excepthook|stderr|unraisable|warn|doctest|unittest"
    "|profile|monitoring|logging|asyncio|pickle|marshal|shelve|pydoc"
)
"""Parts of names through which a program, or text that the library writes for it, says where something is."""
_LOOKS_UP = re.compile(
    "'(?:[^']*\\.)?(?:getattr|attrgetter|methodcaller|vars|dir|globals|locals|eval|exec|compile|__getattribute__"
    "|__dict__|__globals__|__builtins__|__import__|__reduce\\w*|__loader__|builtins|importlib|modules|import_module"
    "|runpy|code|codeop|dis|gc|pdb|bdb|timeit|ctypes|mock|pkgutil|format_map|vformat|Formatter|get_field"
    "|get_type_hints|ForwardRef)'"
)
"""Names that find others by text, as a syntax tree writes them."""


def canonical(source: str) -> str | None:
    """Name what a source comes to when parsed; ``None`` where it does not parse or may know its own layout."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the program's invalid escapes are no concern of the harness
            tree = ast.parse(source)
        text = ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    if _TELLS_POSITIONS.search(text) or _LOOKS_UP.search(text):  # the tree, where adjacent strings are one
        return None
    if "attr='format'" in text and _formats_by_computed_text(tree):
        return None
    try:
        renaming.unify(tree, text)
        text = ast.dump(tree)
    except RecursionError:
        return None
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _formats_by_computed_text(tree: ast.AST) -> bool:
    """Say whether ``format`` is taken from anything but a literal: ``"{0.name}"`` looks names up."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "format" and not isinstance(node.value, ast.Constant)
        for node in ast.walk(tree)
    )
