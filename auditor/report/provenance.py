"""Methods and provenance: what the figures stand on, as terms with their facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from auditor.report.reading import Json, confidence, part, rows
from auditor.report.text import count, cut, listing, plural, visible

Pairs = list[tuple[str, Sequence[str]]]


def facts(document: Json) -> Pairs:
    """List versions, tasks, settings, seeds, sandbox, and what was left out; each term with one line or more."""
    row = part(document, "provenance")
    benchmark, rubric = part(row, "benchmark"), part(row, "rubric")
    pairs: Pairs = []
    if benchmark:
        pairs.append(("Benchmark", [
            f"{benchmark.get('name')}, {plural(benchmark.get('tasks') or 0, 'task')}, from {benchmark.get('source')}",
            f"SHA-256 {benchmark.get('digest')}",
        ]))  # fmt: skip
    exclusions = part(row, "exclusions")
    left_out = [f"{entry['task_id']}: {entry['reason']}" for entry in rows(exclusions, "tasks")]
    if exclusions:
        number = exclusions.get("count", len(left_out))
        pairs.append(("Tasks excluded", [f"{count(number)} by the rule “{exclusions.get('rule')}”", *left_out]))
    unfit = [f"{entry['task_id']}: {entry['reason']}" for entry in rows(row, "unfit")]
    pairs.append(("Tasks unfit here", unfit or ["none"]))
    pairs.append(("Errors of the harness", [f"{count(row.get('errors') or 0)}, never charged to a model"]))
    if row.get("sandbox"):
        pairs.append(("Sandbox", [str(row["sandbox"])]))
    if rubric:
        version = f" {rubric['version']}" if rubric.get("version") is not None else ""
        pairs.append(("Rubric", [f"{rubric.get('name')}{version}", f"SHA-256 {rubric.get('hash')}"]))
    tools = [f"{name} {version}" for name, version in sorted(part(row, "tools").items()) if name != "python"]
    pairs.append(("Versions", [listing([f"auditor {row.get('auditor')}", f"Python {row.get('python')}", *tools]),
                               str(row.get("platform") or "")]))  # fmt: skip
    seeds = [f"{name} {seed}" for name, seed in sorted(part(row, "seeds").items())]
    resamples = row.get("resamples") or part(row, "config", "analysis").get("resamples")
    pairs.append(("Intervals", [
        f"{confidence(document)}, bootstrap over tasks and over samples within a task"
        + (f", {count(resamples)} resamples" if resamples else ""), f"seeds: {listing(seeds) or 'none'}",
    ]))  # fmt: skip
    return [(term, [cut(visible(line), 400) for line in lines if line]) for term, lines in pairs]


def settings(document: Json) -> str:
    """Show the run's settings, redacted by who assembled them, as readable JSON."""
    config = part(document, "provenance").get("config")
    return visible(json.dumps(config, indent=2, ensure_ascii=True)) if isinstance(config, Mapping) else ""


METHODS: Sequence[tuple[str, str]] = (
    (
        "Correct",
        (
            "A sample is correct if its program passes the base and the plus suite. It is accepted if it passes base; "
            "accepted and not correct is a false positive."
        ),
    ),
    (
        "Ceiling",
        (
            "Conditional accuracy: the mean over tasks with an accepted sample of the share of accepted samples that "
            "are correct. Resampling until the base tests pass cannot exceed it, at any budget."
        ),
    ),
    (
        "Accepted but wrong",
        (
            "The false discovery rate: one minus the ceiling. It is not the verifier’s false-positive rate, which is "
            "counted among wrong samples."
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
            "pooled rates stand beside it. p values are Wilcoxon signed-rank, adjusted after Holm."
        ),
    ),
)
"""The method of each part, in a sentence or two."""
