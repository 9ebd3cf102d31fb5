"""Shortcuts for tests of style."""

from __future__ import annotations

import atexit
import io
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from auditor.records import Program, StyleResult, program_id
from auditor.style import Rubric, load_rubric, runner, score_programs
from auditor.style.job import StyleJob, StyleWorker
from auditor.style.messages import ProgramMessage, read_result
from auditor.style.worker import LintingWorker


def program(text: str, task: str = "T/0") -> Program:
    return Program(program_id(task, text), task, text)


def score(
    texts: Sequence[str], *, prompt: str = "", rubric: Rubric | str = "pep8", workers: int = 1, seconds: float = 20.0
) -> list[StyleResult]:
    """Score texts as programs of one task."""
    chosen = load_rubric(rubric) if isinstance(rubric, str) else rubric
    return list(score_programs(map(program, texts), {"T/0": prompt}, chosen, workers=workers, seconds=seconds))


def lint(rubric: Rubric, rows: list[ProgramMessage]) -> list[StyleResult]:
    """Score programs as the process of a worker does; leaves a timer and pylint's state behind in this process."""
    with tempfile.TemporaryDirectory(prefix="auditor-style-") as folder:
        out = io.StringIO()
        LintingWorker(rubric, runner.SECONDS, Path(folder), out).run(rows)
    return [read_result(row) for row in json.loads(out.getvalue().splitlines()[-1])["results"]]


def forked(texts: Sequence[str], *, prompt: str = "", rubric: Rubric | str = "pep8") -> list[StyleResult]:
    """Score as :func:`score` does, in a process forked from one that has the linters: for tests of rubrics."""
    chosen = load_rubric(rubric) if isinstance(rubric, str) else rubric
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.style_fork"])
    rows = [
        ProgramMessage(program=one.program, solution=one.solution, prompt=one.prompt, skip={})
        for batch in runner.batches(map(program, texts), {"T/0": prompt})
        for one in batch.programs
    ]
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(lint, chosen, rows).result()


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
