"""Code blocks of the documentation: where they are, and why some are not run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]*?) -->\n)?^ *```(?P<info>[^\n]*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    """Path from the root of the repository."""
    line: int
    language: str
    text: str
    reason: str
    """Why it is not run; empty: it is."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for hit in _BLOCK.finditer(text):
        words = hit["info"].split()
        line = text.count("\n", 0, hit.start("info")) + 1
        name = page.relative_to(ROOT).as_posix()
        yield Block(name, line, words[0] if words else "", hit["text"], (hit["reason"] or "").strip())


@dataclass(frozen=True)
class Command:
    """A command line with the output that the page shows."""

    words: tuple[str, ...]
    output: tuple[str, ...]
    """Lines in which ``…`` stands for anything; empty: not shown."""


def commands(block: Block) -> list[Command]:
    """Split a console block; if a line begins with ``$``, the others are output."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    shows_output = any(line.startswith("$ ") for line in lines)
    found: list[Command] = []
    for line in lines:
        if shows_output and not line.startswith("$ "):
            last = found.pop()
            found.append(Command(last.words, (*last.output, line)))
        elif words := shlex.split(line.removeprefix("$ "), comments=True):
            found.append(Command(tuple(words), ()))
    return found
