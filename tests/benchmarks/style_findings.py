"""Print the paper's conditional rates and the comparison within tasks for CodeT's recorded programs.

python -m tests.benchmarks.style_findings [RUBRIC ...]

Labels are the recorded verdicts; only accepted programs are linted (about 30 CPU-s a rubric).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from auditor.analysis import AnalysisOptions, StyleRow, compare_style, second_verifier
from auditor.records import Label
from auditor.style import Rubric, load_rubric, score_programs
from tests.conftest import data_folder
from tests.real_data import codet_judged, prompts


def rows(rubric: Rubric) -> list[StyleRow]:
    """Score the accepted programs and lay them out as the analysis takes them."""
    data = data_folder()
    assert data is not None, "set AUDITOR_DATA"
    accepted = [j for j in codet_judged(data) if j.label in (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)]
    results = score_programs([j.program for j in accepted], prompts(data), rubric)
    return [
        StyleRow(
            "codegen-16B-mono", j.program.task_id, j.program.program, j.samples, j.label, r.score, r.adherence,
            frozenset((f.tool, f.rule, f.name, f.url) for f in r.findings if not f.in_prompt),
        )
        for j, r in zip(accepted, results, strict=True)
        if r.parses
    ]  # fmt: skip


def span(found: Mapping[str, Any]) -> str:
    """Write a value with its interval."""
    value = found.get("value", found.get("difference"))
    return "–" if value is None else f"{value:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def main(*names: str) -> None:
    """Print one table, the leading rules and the second verifier's sentence for each rubric."""
    for name in names or ("paper", "pep8"):
        rubric = load_rubric(name)
        table = rows(rubric)
        found = compare_style(table, rubric.summary()["criteria"], AnalysisOptions())
        print(f"\n{rubric.title}: {len(table)} accepted programs\n")
        for entry in found["style"]:
            rates = "  ".join(
                f"{key.removeprefix('given_')} {span(rate)}" for key, rate in entry["conditional"].items()
            )
            within = entry["within_task"]
            print(f"{entry['criterion']:<16} {rates}")
            if within:
                print(f"{'':<16} within {within['tasks']} tasks {span(within)}  p {within['p_adjusted']:.3f}")
        print(f"{'score':<16} within tasks {span(found['style_score']['within_task'] or {})}")
        for rule in found["style_rules"][:8]:
            print(f"  {rule['tool']} {rule['rule']} {rule['name']}: {span(rule)}  p {rule['p_adjusted']:.3f}")
        second = second_verifier(table, AnalysisOptions())
        if second:
            print(f"AUC within tasks {span(second['auc_within_task'])}. {second['sentence']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
