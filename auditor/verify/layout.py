"""Layout-equivalent programs: they differ in layout and comments only, so they share their verdicts.

Only what runs after parsing counts, so the syntax tree without positions is compared. A program that
speaks of line numbers or reads sources could tell its own layout, and runs for itself.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings

MAX_SOURCE = 64 << 10
"""Characters; a longer program is not parsed here, since the parser's time and stack are ours."""
_TELLS_POSITIONS = re.compile("lineno|inspect|traceback|linecache|co_|getframe")


def canonical(source: str) -> str | None:
    """Name what a source comes to when parsed; ``None`` where it does not parse or may know its own layout."""
    if len(source) > MAX_SOURCE or _TELLS_POSITIONS.search(source):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the model's affair
            text = ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
