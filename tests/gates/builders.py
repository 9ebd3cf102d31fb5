"""Small runs made by hand: a document, and a database that agrees with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.gates import RunView
from auditor.records import Finding, Outcome, Sample, SampleStatus, StyleResult, SuiteName, Usage, Verdict, program_id
from auditor.results import RubricFacts
from auditor.store import Store

RUBRIC = {"name": "pep8", "version": "1", "hash": "f" * 64}
BENCHMARK = {"name": "made", "source": "made", "digest": "d" * 64, "tasks": 3}

CountRow = tuple[str, int, int, int]
"""Task id, samples, base passes, correct."""


def counts(tasks: int, n: int, base: int, correct: int) -> list[CountRow]:
    """Make equal tasks."""
    return [(f"T/{index:04d}", n, base, correct) for index in range(tasks)]


def entry(model: str, rows: Iterable[CountRow], **more: Any) -> dict[str, Any]:
    """Make a model's entry with what gates read."""
    rows = list(rows)
    samples = sum(row[1] for row in rows)
    made: dict[str, Any] = {
        "model": model,
        "tasks": len(rows),
        "samples": samples,
        "per_task": [dict(zip(("task_id", "n", "base_passes", "correct"), row, strict=True)) for row in rows],
        "style": [],
        "style_score": {},
        "two_type": {"soundness": 0.75},
        "conditional_accuracy": {"value": 0.8, "low": 0.7, "high": 0.9},
        "coverage": {
            "samples": samples,
            "labelled": samples,
            "statuses": {"ok": samples, "truncated": 0, "refused": 0, "extraction_failed": 0},
            "outcomes": {"base": {"pass": samples, "error": 0}, "plus": {"pass": samples, "error": 0}},
            "flaky": 0,
            "duplicates": 0,
            "distinct_programs": samples,
        },
        "cost": {"prompt_tokens": 100, "completion_tokens": 100, "cost": 0.01 * samples},
        "simulated": False,
    }
    return made | more


def document(*entries: dict[str, Any], gates: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Make a report document."""
    return {
        "schema": "auditor/report/1",
        "title": "made",
        "models": list(entries),
        "across": {},
        "gates": [],
        "tasks": [],
        "provenance": {
            "benchmark": BENCHMARK,
            "rubric": RUBRIC,
            "confidence": 0.95,
            "config": {"gate": list(gates)},
        },
    }


def view(*entries: dict[str, Any], database: Path | None = None) -> RunView:
    """View entries as a run."""
    return RunView.of(document(*entries), database)


def solution(task: str, name: str) -> str:
    """Write a small program; its text depends on the name alone."""
    return f"def solve_{name}(x):\n    return x  # {task}\n"


def sample(model: str, task: str, index: int, text: str | None) -> Sample:
    """Make a sample of a text, truncated where there is none."""
    status = SampleStatus.OK if text is not None else SampleStatus.TRUNCATED
    return Sample(model, task, index, f"{model}{task}{index}", status, text or "", text, "raw/1", usage=Usage())


def verdicts(task: str, text: str, base: Outcome, plus: Outcome | None, *, flaky: bool = False) -> list[Verdict]:
    """Make a program's verdicts."""
    program = program_id(task, text)
    made = [Verdict(program, SuiteName.BASE, base, 1, b"\x01", flaky=flaky)]
    return made if plus is None else [*made, Verdict(program, SuiteName.PLUS, plus, 1, b"\x01", flaky=flaky)]


def style(task: str, text: str, score: float, complexity: float, *findings: Finding) -> StyleResult:
    """Make a style result with two criteria: ``names`` is met from a score of one half on, ``lines`` always."""
    return StyleResult(
        program_id(task, text),
        RUBRIC["hash"],
        True,
        score,
        {"names": score >= 0.5, "lines": True, "never": None},
        {"complexity": complexity, "sloc": 2.0},
        findings,
    )


def finding(line: int = 1, *, rule: str = "E501", tool: str = "ruff", in_prompt: bool = False, **more: Any) -> Finding:
    """Make a finding."""
    return Finding(tool, rule, "line-too-long", "Line too long", line, 1, in_prompt, **more)


class MadeRun:
    """A run folder under construction: programs with verdicts and style, told one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, dict[str, list[int]]] = {}
        self.gates: list[dict[str, Any]] = []
        self._index: dict[tuple[str, str], int] = {}
        self.store = Store(self.database)
        self.store.meta.rubric = RubricFacts(**RUBRIC, criteria=())

    @property
    def database(self) -> Path:
        return self.folder / "audit.db"

    def add(
        self,
        model: str,
        task: str,
        name: str,
        *,
        kind: str = "tp",
        times: int = 1,
        score: float | None = 1.0,
        complexity: float = 1.0,
        findings: Sequence[Finding] = (),
        flaky: bool = False,
    ) -> str:
        """Add samples of one program: ``tp``, ``fp`` or ``tn``; return the program's id."""
        text = solution(task, name)
        base = Outcome.FAIL if kind == "tn" else Outcome.PASS
        plus = {"tp": Outcome.PASS, "fp": Outcome.FAIL, "tn": None}[kind]
        start = self._index.get((model, task), 0)
        self._index[model, task] = start + times
        with self.store.transaction():
            self.store.add_samples(sample(model, task, start + copy, text) for copy in range(times))
            self.store.add_verdicts(verdicts(task, text, base, plus, flaky=flaky))
            if score is not None and kind != "tn":
                self.store.add_style([style(task, text, score, complexity, *findings)])
        row = self.rows.setdefault(model, {}).setdefault(task, [0, 0, 0])
        row[0] += times
        row[1] += times * (kind != "tn")
        row[2] += times * (kind == "tp")
        return program_id(task, text)

    def write(self) -> Path:
        """Write report.json from what was told and close the database; return the folder."""
        self.store.close()
        entries = [
            entry(
                model,
                [(task, *row) for task, row in sorted(tasks.items())],  # type: ignore[misc]  # three counts each
                style=[{"criterion": "names"}, {"criterion": "lines"}],
            )
            for model, tasks in sorted(self.rows.items())
        ]
        path = self.folder / "report" / "report.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(*entries, gates=self.gates)), encoding="utf-8")
        return self.folder

    def open(self) -> RunView:
        """Write and view it."""
        return RunView.open(self.write())
