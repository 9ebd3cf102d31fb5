"""Layout-equivalent programs: they differ in layout, comments and names of local variables, and share their verdicts.

Only what remains after parsing matters, so normalised syntax trees without positions are compared
(:mod:`auditor.verify.renaming`). A program that could observe its own layout (line numbers, code objects, frames,
tracebacks) runs for itself. Such things can be reached through computed names, so a program that looks up names,
evaluates text or loads modules by computed names also runs for itself.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings

from auditor.verify import renaming

MAX_SOURCE = 64 << 10
"""Characters; longer programs are not parsed here, since the parser uses the harness's own time and stack."""
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
"""Names that look up others by text, as a syntax tree writes them."""


def canonical(source: str) -> str | None:
    """Return a digest of a parsed source; ``None`` if it does not parse or may observe its own layout."""
    if len(source) > MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings about the program's invalid escapes are not the harness's
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
    """Return whether ``format`` is called on anything but a literal: ``"{0.name}"`` looks names up."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "format" and not isinstance(node.value, ast.Constant)
        for node in ast.walk(tree)
    )
