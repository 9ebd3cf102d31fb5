"""The part of the prompt before the requested definition: imports and helpers that a solution may rely on."""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.extraction.python import Parsed, bound_in, parse
from auditor.records import Task
from auditor.targets import TargetKind


def names_before(task: Task) -> frozenset[str]:
    """Return the names that a solution may use without defining them."""
    return _bound(context(task)) | _bound(task.prelude)


def context(task: Task) -> str:
    """Return the prompt's text before the entry point; empty if it is not code, or the target is a program."""
    return "" if task.target.kind is TargetKind.PROGRAM else _before(task.prompt, task.entry_point)


def with_context(parsed: Parsed, task: Task) -> str:
    """Prepend the prompt's imports and helpers if the program reads a name from them."""
    before = context(task)
    names = _bound(before)
    if parsed.source.isascii():  # otherwise a name may have several spellings
        names = frozenset(name for name in names if name in parsed.source)
    if names and names & parsed.undefined:
        return f"{before}\n\n\n{parsed.source.lstrip()}"
    return parsed.source


@lru_cache(maxsize=1024)
def _bound(source: str) -> frozenset[str]:
    parsed = parse(source)
    return frozenset(bound_in(parsed.tree.body)) if parsed else frozenset()


@lru_cache(maxsize=1024)
def _before(prompt: str, entry_point: str) -> str:
    match = re.search(rf"^(?:async\s+)?(?:def|class)\s+{re.escape(entry_point)}\b", prompt, re.MULTILINE)
    before = prompt[: match.start()].rstrip() if match else ""
    return before if before and parse(before) else ""
