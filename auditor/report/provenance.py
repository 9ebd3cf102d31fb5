"""Methods and provenance: where the figures come from, as terms with their facts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from auditor.config.in_effect import in_effect
from auditor.json_types import JsonObject, objects_in
from auditor.report.sentences.limits import NOT_SHOWN
from auditor.report.text import count, cut, listing, plural, visible
from auditor.results import ReportDocument

Pairs = list[tuple[str, Sequence[str]]]


def facts(document: ReportDocument, model: str | None = None) -> Pairs:
    """List versions, tasks, sandbox, and what was left out; each term with one line or more.

    Of the models, only ``model`` is told of; ``None``: all.
    """
    row = document.provenance
    benchmark, rubric = row.benchmark, row.rubric
    left_out = [f"{entry.task_id}: {entry.reason}" for entry in document.exclusions.tasks]
    unfit = [f"{task.task_id}: {task.unfit}" for task in document.tasks if task.unfit]
    pairs: Pairs = [
        ("Benchmark", [
            f"{benchmark.name}, {plural(benchmark.tasks, 'task')}, from {benchmark.source}",
            f"SHA-256 {benchmark.digest}",
        ]),
        ("Tasks excluded", [f"{count(len(left_out))} by the rule “{document.exclusions.rule}”", *left_out]),
        ("Tasks unfit here", unfit or ["none"]),
        ("Harness errors", [f"{count(row.harness_errors)}, never held against a model"]),
    ]  # fmt: skip
    if read := _recorded(document, model):
        pairs.append(("Recorded answers", read))
    rules = Counter(task.output_rule for task in document.tasks if task.output_rule)
    if rules:
        pairs.append(("Outputs compared by", [f"{rule}: {plural(n, 'task')}" for rule, n in rules.most_common()]))
    if row.in_process_tasks:
        which = f"{count(row.in_process_verdicts)} of {plural(row.verdicts, 'verdict')}"
        tasks = plural(row.in_process_tasks, "task")
        pairs.append(("Tests in the solution’s process", [f"{which}, on {tasks}; a hostile solution could fool them"]))
    if row.sandbox:
        pairs.append(("Sandbox", [row.sandbox]))
    if row.environment:
        packages = [f"{name} {version}" for name, version in sorted(row.environment.packages.items())]
        ran = listing([f"Python {row.environment.python}", *packages])
        pairs.append(("Programs ran with", [ran, f"digest {row.environment.digest}"]))
    if rubric:
        pairs.append(("Rubric", [f"{rubric.name} {rubric.version}", f"SHA-256 {rubric.hash}"]))
    tools = [f"{name} {version}" for name, version in sorted(row.tools.items()) if name != "python"]
    versions = listing([f"auditor {row.auditor}", f"Python {row.python}", *tools])
    pairs.append(("Versions", [versions, row.platform]))
    return [(term, [cut(visible(line), 400) for line in lines if line]) for term, lines in pairs]


def _recorded(document: ReportDocument, model: str | None) -> list[str]:
    """Say which file each model's answers were read from, and what is not known of them; empty for none."""
    read = [one for one in _models(document, model) if one.get("recorded")]
    if not read:
        return []
    return [*(f"{one.get('name')}: read from {one['recorded']}" for one in read), NOT_SHOWN]


def _models(document: ReportDocument, model: str | None) -> list[JsonObject]:
    found = objects_in(document.provenance.config.get("model"))
    return [one for one in found if model in (None, one.get("name"))]


def settings(document: ReportDocument, model: str | None = None) -> str:
    """Show the run's settings that had an effect, redacted by who assembled them, as readable JSON.

    Of the models, only those of ``model``; ``None``: all.
    """
    config = in_effect({**document.provenance.config, "model": [*_models(document, model)]})
    if document.provenance.rubric is None:
        config.pop("style", None)
    return visible(json.dumps(config, indent=2, ensure_ascii=True))
