"""Methods and provenance: where the figures come from, as terms with their facts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from auditor.report.reading import confidence
from auditor.report.text import count, cut, listing, plural, visible
from auditor.results import ReportDocument

Pairs = list[tuple[str, Sequence[str]]]


def facts(document: ReportDocument) -> Pairs:
    """List versions, tasks, settings, seeds, sandbox, and what was left out; each term with one line or more."""
    row, options = document.provenance, document.options
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
        ("Errors of the harness", [f"{count(row.harness_errors)}, never charged to a model"]),
    ]  # fmt: skip
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
    resamples = f", {count(options.resamples)} resamples" if options.resamples else ""
    pairs.append(("Intervals", [
        f"{confidence(document)}, bootstrap over tasks and over samples within a task{resamples}",
        f"seeds: analysis {options.seed}",
    ]))  # fmt: skip
    return [(term, [cut(visible(line), 400) for line in lines if line]) for term, lines in pairs]


def settings(document: ReportDocument) -> str:
    """Show the run's settings, redacted by who assembled them, as readable JSON."""
    return visible(json.dumps(dict(document.provenance.config), indent=2, ensure_ascii=True))


METHODS: Sequence[tuple[str, str]] = (
    (
        "Correct",
        (
            "A sample is correct if its program passes the base and the plus suite. It is accepted if it passes base; "
            "accepted and not correct is a false positive."
        ),
    ),
    (
        "Accepted and right",
        (
            "Conditional accuracy at K attempts: the share of tasks that end with a correct answer, divided by the "
            "share that end with an accepted one. K is the same for all models. It does not depend on how many samples "
            "were drawn. What resampling without end would solve is known within bounds only, since a task without an "
            "accepted sample may get one yet."
        ),
    ),
    (
        "Accepted but wrong",
        (
            "The false discovery rate: one minus conditional accuracy, at the same K. It is not the verifier’s "
            "false-positive rate, which is counted among wrong samples."
        ),
    ),
    ("Curves", "Closed forms over all orders of the samples drawn, without replacement; nothing is simulated."),
    (
        "Utility",
        (
            "A correct answer counts 1, a false positive −r, no answer 0. K* is the number of attempts with the best "
            "mean; 0 where every number of attempts loses. A plus sign says that it is the most analysed, so that the "
            "best may lie beyond."
        ),
    ),
    (
        "Two-type model",
        (
            "What K* would be if every task were either easy or hard, with rates fitted to this model and no limit on "
            "attempts: from first principles, and by the formula as printed in arXiv 2411.17501."
        ),
    ),
    (
        "Gates",
        (
            "A gate passes or fails where its interval lies wholly on one side of the threshold, and is inconclusive "
            "where the interval reaches over it. The interval is the gate’s own, at the confidence of its rule and "
            "made to hold with few tasks, so it differs somewhat from the same figure’s elsewhere in the report, "
            "which is a bootstrap’s."
        ),
    ),
    (
        "Style",
        (
            "Compared within tasks that have both kinds of program, since false positives come from harder tasks; the "
            "pooled rates stand beside it. p values permute the labels within tasks, adjusted after Holm."
        ),
    ),
)
"""The method of each part, in a sentence or two."""
