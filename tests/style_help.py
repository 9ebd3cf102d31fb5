"""Shortcuts for tests of style."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.records import Program, StyleResult, program_id
from auditor.style import Rubric, load_rubric, score_programs


def program(text: str, task: str = "T/0") -> Program:
    return Program(program_id(task, text), task, text)


def score(
    texts: Sequence[str], *, prompt: str = "", rubric: Rubric | str = "pep8", workers: int = 1, seconds: float = 20.0
) -> list[StyleResult]:
    """Score texts as programs of one task."""
    chosen = load_rubric(rubric) if isinstance(rubric, str) else rubric
    return list(score_programs(map(program, texts), {"T/0": prompt}, chosen, workers=workers, seconds=seconds))


def found(result: StyleResult, *tools: str) -> list[tuple[str, str, int]]:
    """Reduce findings to (tool, rule, line)."""
    wanted = tools or ("ruff", "pylint")
    return [(f.tool, f.rule, f.line) for f in result.findings if f.tool in wanted]
