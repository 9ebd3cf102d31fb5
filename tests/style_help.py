"""Shortcuts for tests of style."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from functools import cache

from auditor.records import Program, StyleResult, program_id
from auditor.style import Rubric, load_rubric, runner, score_programs
from auditor.style.job import StyleJob, StyleWorker


def program(text: str, task: str = "T/0") -> Program:
    return Program(program_id(task, text), task, text)


def score(
    texts: Sequence[str], *, prompt: str = "", rubric: Rubric | str = "pep8", workers: int = 1, seconds: float = 20.0
) -> list[StyleResult]:
    """Score texts as programs of one task."""
    chosen = load_rubric(rubric) if isinstance(rubric, str) else rubric
    return list(score_programs(map(program, texts), {"T/0": prompt}, chosen, workers=workers, seconds=seconds))


@cache
def _kept(rubric: str) -> StyleWorker:
    worker = StyleJob(load_rubric(rubric), runner.SECONDS).open().worker(0)
    atexit.register(worker.close)
    return worker


def warm(texts: Sequence[str], *, prompt: str = "", rubric: str = "pep8") -> list[StyleResult]:
    """Score as :func:`score` does, in a process that earlier tests may have used: starting one takes a second."""
    found = runner.batches(map(program, texts), {"T/0": prompt})
    return [result for batch in found for scored in _kept(rubric).run(batch) for result in scored.results]


def found(result: StyleResult, *tools: str) -> list[tuple[str, str, int]]:
    """Reduce findings to (tool, rule, line)."""
    wanted = tools or ("ruff", "pylint")
    return [(f.tool, f.rule, f.line) for f in result.findings if f.tool in wanted]
