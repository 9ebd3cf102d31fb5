"""The paper's conditional rates and the comparison within tasks, on recorded samples of many models.

python -m tests.benchmarks.style_findings [--rubric paper] [--labels FILE] [--scores FILE] [--paired] [PART …]

PART selects files of recorded samples by a part of their names; without any, all in which ten tasks
have several samples are taken. CodeT's programs are labelled by the recorded verdicts, all others by
our verifier, here and now; ``--labels`` names a file that remembers labels between runs. A set with too
few false positives, or too few tasks that have both kinds, is named and left out. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

from scipy.stats import wilcoxon

from auditor.analysis import AnalysisOptions, StyleRow, StyleTable, compare_style, second_verifier
from auditor.analysis.intervals import holm
from auditor.analysis.style_rows import Rule
from auditor.records import Label, Program, StyleResult
from auditor.report.sentences.style import rejecting
from auditor.results import Estimate, RuleGap, StyleComparison
from auditor.style import Rubric, load_rubric, score_programs
from tests.benchmarks.recorded_sets import SOURCES, RecordedSet, label, read_set, repeated_files, tasks_of
from tests.conftest import data_folder

ACCEPTED = (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)
NAMES = {"humaneval": "HumanEval", "mbpp": "MBPP"}
POWER = 1.96 + 0.84
"""Standard errors of a gap that a two-sided test at 95 % shows in 80 % of such sets."""


class Group(NamedTuple):
    """Rows that are compared together."""

    title: str
    rows: list[StyleRow]

    @property
    def heading(self) -> str:
        """The title with the numbers of correct and of false samples; empty without a title."""
        correct, false = (self.samples(wanted) for wanted in ACCEPTED)
        return self.title and f"{self.title}: {correct:,} / {false:,}"

    def samples(self, wanted: Label) -> int:
        """Count the samples with a label."""
        return sum(row.samples for row in self.rows if row.label is wanted)

    def tasks_with_both(self) -> int:
        """Count the tasks that have samples of both kinds, of one model."""
        kinds = [{(r.model, r.task_id) for r in self.rows if r.label is wanted} for wanted in ACCEPTED]
        return len({task for _, task in kinds[0] & kinds[1]})


class Scored(NamedTuple):
    """What the comparison needs of a program's style."""

    score: float | None
    adherence: dict[str, bool | None]
    rules: frozenset[tuple[str, str, str, str]]


def score(
    programs: Mapping[str, Program], given: Mapping[str, str], rubric: Rubric, file: Path | None
) -> dict[str, Scored]:
    """Score programs that the file does not remember yet, and remember them as they come."""
    known: dict[str, Scored | None] = {}
    if file and file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rules = frozenset(Rule(*one) for one in row["rules"])
            known[row["program"]] = Scored(row["score"], row["adherence"], rules) if row["parses"] else None
    due = [program for key, program in programs.items() if key not in known]
    with (file or Path(os.devnull)).open("a", encoding="utf-8") as out:
        for result in score_programs(due, given, rubric):
            found = Scored(result.score, dict(result.adherence), rules_of(result))
            known[result.program] = found if result.parses else None
            row = {"program": result.program, "parses": result.parses, "score": found.score,
                   "adherence": found.adherence, "rules": sorted(found.rules)}  # fmt: skip
            print(json.dumps(row), file=out, flush=True)
    return {key: found for key, found in known.items() if found is not None}


def scored(
    sets: Iterable[tuple[RecordedSet, Mapping[str, Label], Mapping[str, str]]], rubric: Rubric, file: Path | None
) -> list[Group]:
    """Score the accepted programs of sets, each distinct program once, and lay them out by set."""
    chosen = list(sets)
    programs: dict[str, Program] = {}
    given: dict[str, str] = {}
    for one, labels, prompts in chosen:
        programs |= {key: program for key, program in one.programs.items() if labels.get(key) in ACCEPTED}
        given |= prompts
    results = score(programs, given, rubric, file)
    return [
        Group(
            f"{one.name}, {NAMES[one.benchmark]}",
            [
                StyleRow(
                    one.file, one.programs[key].task_id, key, count, labels[key],
                    results[key].score, results[key].adherence, results[key].rules,
                )
                for key, count in one.drawn.items() if key in results and labels.get(key) in ACCEPTED
            ],
        )
        for one, labels, _ in chosen
    ]  # fmt: skip


def rules_of(result: StyleResult) -> frozenset[tuple[str, str, str, str]]:
    """Name the rules that fired on the model's own lines, as an audit does."""
    return frozenset(Rule(f.tool, f.rule, f.name, f.url) for f in result.findings if not (f.in_prompt or f.duplicate))


def span(found: Estimate | None, *, signed: bool = False) -> str:
    """Write a value with its interval."""
    if found is None or not found.known:
        return "–"
    form = "+.3f" if signed else ".3f"
    return f"{found.value:{form}} ({found.low:{form}} to {found.high:{form}})".replace("-", "−")


def could_show(within: Estimate | None) -> str:
    """Write the smallest gap that the test would have shown in 80 % of such sets, in points of 100."""
    if within is None or within.low is None or within.high is None:
        return "–"
    return _points((within.high - within.low) / 2 / 1.96 * POWER)


def _points(gap: float) -> str:
    """Write a gap of shares in points of 100; none is larger than 100."""
    return f"{100 * gap:.1f}" if gap < 1 else "none"


def table(found: Sequence[tuple[Group, StyleComparison]]) -> None:
    """Print the rates of each group and check, and the comparison within tasks."""
    print(
        "| samples, correct / false | check | P(·\\|base pass) | P(·\\|correct) | P(·\\|false positive) "
        "| within tasks: false − correct | could show, points | tasks | p (Holm) |"
    )
    print("|---|---|---|---|---|---|--:|--:|--:|")
    for group, compared in found:
        for entry in compared.criteria:
            given = entry.conditional
            rates = " | ".join(map(span, (given.given_pass, given.given_correct, given.given_false_positive)))
            within = entry.within_task
            p = f"{within.p_adjusted:.2f}" if within else "–"
            within_task = f"{span(within, signed=True)} | {could_show(within)} | {entry.tasks} | {p}"
            print(f"| {group.heading} | {entry.criterion} | {rates} | {within_task} |")
            group = group._replace(title="")


def task_gaps(group: Group, criterion: str) -> list[float]:
    """Give each task's difference, false minus correct, a mean over its models; each distinct program counts once."""
    values: defaultdict[tuple[str, str], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row in group.rows:
        met = row.adherence.get(criterion)
        if met is not None:
            values[row.task_id, row.model][row.label is Label.FALSE_POSITIVE].append(float(met))
    gaps: defaultdict[str, list[float]] = defaultdict(list)
    for (task, _), (correct, false) in values.items():
        if correct and false:
            gaps[task].append(fmean(false) - fmean(correct))
    return [fmean(found) for found in gaps.values()]


def old_test(found: Sequence[tuple[Group, StyleComparison]]) -> None:
    """Print what Wilcoxon's test on the tasks' own differences says, beside the test within tasks."""
    print("\n| samples | check | Wilcoxon | could show | p (Holm) | within tasks | could show | p (Holm) |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for group, compared in found:
        gaps = [task_gaps(group, entry.criterion) for entry in compared.criteria]
        adjusted = holm([float(wilcoxon(one).pvalue) if any(one) else 1.0 if one else None for one in gaps])
        for entry, one, p in zip(compared.criteria, gaps, adjusted, strict=True):
            within = entry.within_task
            if within is None or within.value is None or within.p_adjusted is None or p is None:
                continue
            power = _points(POWER * stdev(one) / len(one) ** 0.5) if len(one) > 1 else "–"
            own = f"{100 * within.value:+.1f} | {could_show(within)} | {within.p_adjusted:.3f}"
            print(f"| {group.title} | {entry.criterion} | {100 * fmean(one):+.1f} | {power} | {p:.3f} | {own} |")


def summary(found: Sequence[tuple[Group, StyleComparison]]) -> None:
    """Count, over sets and checks, where false positives adhere less, and what stays clear of zero after Holm."""
    entries = [entry for _, compared in found for entry in compared.criteria]
    rates = [[entry.conditional.given_false_positive.value, entry.conditional.given_correct.value] for entry in entries]
    gaps = [false - correct for false, correct in rates if false is not None and correct is not None]
    tests = [entry.within_task for entry in entries if entry.within_task]
    adjusted = [p for p in holm([test.p for test in tests]) if p is not None]
    for title, values in (
        ("P(·|false positive) − P(·|correct)", gaps),
        ("within tasks", [t.value for t in tests]),
    ):
        less, more = sum(v < -5e-4 for v in values), sum(v > 5e-4 for v in values)
        alike = len(values) - less - more
        print(f"\n{title}: less adherent in {less} of {len(values)} pairs, more in {more}, alike in {alike}.")
    clear = [t for t, p in zip(tests, adjusted, strict=True) if p < 0.05]
    print(f"Within tasks {len(clear)} of {len(tests)} differ after Holm over all of them.")


def rules(found: Sequence[RuleGap], shown: int = 8) -> None:
    """Print the rules that differ most within tasks, and how many do after Holm over all that fired."""
    clear = [rule for rule in found if rule.difference.p_adjusted < 0.05]
    print(f"\nOf {len(found)} rules that fired in these tasks {len(clear)} separate the groups after Holm.\n")
    print("| rule | correct | false positive | within tasks | tasks | programs | p | p (Holm) |")
    print("|---|---|---|---|---|---|---|---|")
    for rule in [*clear, *(rule for rule in found if rule not in clear)][: max(shown, len(clear))]:
        shares = f"{rule.true_positive:.3f} | {rule.false_positive:.3f} | {span(rule.difference, signed=True)}"
        counts = (
            f"{rule.difference.tasks} | {rule.programs} | {rule.difference.p:.3f} | {rule.difference.p_adjusted:.2f}"
        )
        print(f"| {rule.rule} {rule.name} | {shares} | {counts} |")


def main() -> None:
    """Label, score, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="parts of the names of files under samples/")
    parser.add_argument("--rubric", default="paper")
    parser.add_argument("--labels", type=Path, help="JSONL of labels, read first and added to")
    parser.add_argument("--scores", type=Path, help="JSONL of style results under this rubric, read first and added to")
    parser.add_argument("--least-false", type=int, default=50)
    parser.add_argument("--least-tasks", type=int, default=10)
    parser.add_argument("--paired", action="store_true", help="score only tasks with both kinds")
    options = parser.parse_args()
    data = data_folder()
    assert data is not None, "set AUDITOR_DATA"
    rubric = load_rubric(options.rubric)
    chosen = []
    for benchmark in SOURCES:
        files = [f for f in repeated_files(data) if f.startswith(benchmark)]
        files = [f for f in files if not options.parts or any(part in f for part in options.parts)]
        if files:
            tasks = tasks_of(data, benchmark)
            sets = [read_set(data, file, tasks) for file in files]
            labels = label(data, sets, tasks, options.labels)
            chosen += [(one, labels, {task.task_id: task.prompt for task in tasks.values()}) for one in sets]
    kept = []
    for one, labels, prompts in chosen:
        group = bare(one, labels)
        false, both = group.samples(Label.FALSE_POSITIVE), group.tasks_with_both()
        enough = false >= options.least_false and both >= options.least_tasks
        correct = group.samples(Label.TRUE_POSITIVE)
        known = f"{correct} correct, {false} false, {both} tasks with both"
        print(f"- {group.title}: {known}: {'compared' if enough else 'left out'}")
        if enough:
            kept.append((one, paired(one, labels) if options.paired else labels, prompts))
    report(scored(kept, rubric, options.scores), rubric)


def paired(one: RecordedSet, labels: Mapping[str, Label]) -> dict[str, Label]:
    """Keep the labels of programs whose task has both kinds, which are all that a comparison within tasks needs."""
    kinds = [{p.task_id for key, p in one.programs.items() if labels.get(key) is wanted} for wanted in ACCEPTED]
    both = kinds[0] & kinds[1]
    return {key: labels[key] for key, program in one.programs.items() if program.task_id in both and key in labels}


def bare(one: RecordedSet, labels: Mapping[str, Label]) -> Group:
    """Lay out the accepted programs of a set without their style."""
    rows = [
        StyleRow(one.file, one.programs[key].task_id, key, count, labels[key], None, {}, frozenset())
        for key, count in one.drawn.items()
        if labels.get(key) in ACCEPTED
    ]
    return Group(f"{one.name}, {NAMES[one.benchmark]}", rows)


def report(groups: Sequence[Group], rubric: Rubric) -> None:
    """Print the tables by set and pooled, the counts, the score and what it tells."""
    criteria = rubric.facts().criteria
    found = [(group, compare_style(StyleTable.of(group.rows), criteria, AnalysisOptions())) for group in groups]
    print()
    table(found)
    summary(found)
    print()
    pools = [Group("all", [row for group in groups for row in group.rows])]
    for benchmark in SOURCES:
        rows = [row for row in pools[0].rows if row.model.startswith(benchmark)]
        pools += [Group(f"of {NAMES[benchmark]}", rows)] if 0 < len(rows) < len(pools[0].rows) else []
    pooled = [
        (group, compare_style(StyleTable.of(group.rows), criteria, AnalysisOptions())) for group in pools if group.rows
    ]
    table(pooled)
    old_test([*pooled, *found])
    rules(pooled[0][1].rules)
    for group, compared in [*pooled, *found]:
        second = second_verifier(StyleTable.of(group.rows), AnalysisOptions())
        area = span(second.auc_within_task) if second else "–"
        within = span(compared.score.within_task, signed=True)
        print(f"\n{group.title}: score within tasks {within}, AUC {area}.")
        if second and group.title == "all":
            print(rejecting(second))


if __name__ == "__main__":
    main()
