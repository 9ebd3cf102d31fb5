"""The published ways of computing figures, against their definitions written out, and on the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest

from auditor.analysis import AnalysisOptions, Counts, analyze, counts_from_csv
from auditor.analysis.as_published import as_published
from auditor.errors import UsageError
from auditor.report import model_page
from auditor.report.charts.frame import Table
from auditor.report.markdown import summary
from auditor.report.sentences.published import beside
from auditor.report.text import NARROW
from auditor.results import AsPublished, ExclusionRule, Published
from tests.e2e.command import auditor
from tests.unit.report.documents import make_document

ROWS = [("a", 10, 8, 4, 0), ("b", 10, 2, 2, 1), ("c", 10, 1, 0, 2), ("d", 10, 0, 0, 0), ("e", 10, 10, 5, 0)]
"""Task, n, base passes, correct, false negatives."""


def counts() -> Counts:
    names, n, base, correct, missed = zip(*ROWS, strict=True)
    return Counts("m", names, n, base, correct, false_negatives=missed)


def published(*ways: Published) -> AsPublished:
    found = as_published(counts(), ways, [(1, 1), (2, 3), (4, 7), (8, 10)], (1.0,))
    assert found is not None
    return found


def test_the_false_share_by_attempt_weighs_tasks_and_attempts_alike() -> None:
    """At attempt 1 it is the mean of f/b over tasks with a base pass; later only tasks that can get there count."""
    buckets = published(Published.ATTEMPTS).attempt_buckets
    assert buckets is not None
    first, second, third, last = buckets
    false = {"a": 0.5, "b": 0.0, "c": 1.0, "e": 0.5}
    assert first.share_false == pytest.approx(fmean(false.values()))
    at = fmean([false["a"], false["b"], false["c"]])  # e always passes at once; a fails twice at most
    assert second.share_false == pytest.approx(fmean([at, at]))
    late = fmean([false["b"], false["c"]])
    assert third.share_false == pytest.approx(late)
    assert last.share_false == pytest.approx(fmean([late, late, false["c"]]))


def test_soundness_is_a_product_of_means_and_easy_is_above_half() -> None:
    """1 - mean(b/n) mean(f/b) / mean(1 - t/n); tasks with exactly half of their samples correct are hard."""
    accepted, false, wrong = fmean([0.8, 0.2, 0.1, 0, 1]), fmean([0.5, 0, 1, 0.5]), 1 - fmean([0.4, 0.2, 0, 0, 0.5])
    model = published(Published.SOUNDNESS, Published.EASY).two_type
    assert model is not None
    assert model.soundness == pytest.approx(1 - accepted * false / wrong)
    assert model.p1 == 0.0
    ours = published(Published.HORIZON).two_type
    assert ours is not None
    assert (ours.p1, ours.soundness) == (0.2, pytest.approx(1 - 10 / 39))


def test_the_horizon_ends_the_search_at_800_attempts() -> None:
    """A hard task that still pays at every draw has its best at the end of what is searched."""
    rare = Counts("m", ["a", "b"], [10_000] * 2, [10, 6_000], [10, 6_000])
    for ways, most in (((Published.HORIZON,), 800), ((Published.EASY,), 10**6)):
        found = as_published(rare, ways, [], (0.0,))
        assert found is not None
        assert found.two_type is not None
        attempts = found.two_type.optimal_attempts[0].attempts
        assert attempts == 800 if most == 800 else attempts > 800


def test_pass_at_1_counts_what_passes_plus_and_fails_base() -> None:
    """(t + false negatives)/n; unknown if what fails base was not run on plus."""
    assert published(Published.PASS_AT_1).pass_at_1_plus == pytest.approx(fmean([0.4, 0.3, 0.2, 0, 0.5]))
    bare = Counts("m", ["a"], [2], [1], [1])
    found = as_published(bare, [Published.PASS_AT_1], [], (1.0,))
    assert found is not None
    assert found.pass_at_1_plus is None


def test_exclusion_by_rates_takes_every_task_with_more_passes_on_plus() -> None:
    """Task b has 3 plus passes of 2 base passes, c 2 of 1; without the column the rule is refused."""
    options = AnalysisOptions(resamples=0, as_published=(Published.EXCLUSION,))
    result = analyze([counts()], options)
    assert result.exclusions.rule is ExclusionRule.PUBLISHED
    assert list(result.exclusions.reasons) == ["b", "c"]
    with pytest.raises(UsageError, match="run on plus"):
        analyze([Counts("m", ["a"], [2], [1], [1])], options)


def test_names_are_offered_on_the_command_line(tmp_path: Path) -> None:
    """`--as-published all` adds every way to our figures; another name is refused with the list."""
    file = tmp_path / "counts.csv"
    rows = [f"m,{task},{n},{base},{right},{missed}" for task, n, base, right, missed in ROWS]
    file.write_text("\n".join(["model,task_id,n,base_passes,correct,false_negatives", *rows]))
    (read,) = counts_from_csv(file)
    assert read.false_negatives is not None
    assert read.false_negatives.tolist() == [row[4] for row in ROWS]
    done = auditor(
        "analyze", "--counts", file, "--as-published", "attempts,pass-at-1", "--resamples", "0", cwd=tmp_path
    )
    shown = [re.split(r"  +", line) for line in done.stderr.replace(NARROW, " ").splitlines()]
    assert ["accepted answers that are wrong, first accepted at attempt 1", "50.0 %", "47.6 %"] in shown
    assert ["single answers that are correct; published: passes plus, whatever base says", "28.0 %", "22.0 %"] in shown
    (model,) = json.loads(done.stdout)["models"]
    assert model["as_published"]["ways"] == ["attempts", "pass-at-1"]
    assert model["as_published"]["pass_at_1_plus"] == pytest.approx(0.28)
    assert Published.named(["all"]) == tuple(Published)
    with pytest.raises(UsageError, match="horizont"):
        Published.named(["horizont"])


def test_the_report_shows_what_was_asked_for_beside_ours() -> None:
    """The model's page and the Markdown have a table of both; without a way asked for neither has one."""
    document = make_document(models=1, tasks=4, samples=4, false_positives=0)
    found = analyze([counts()], AnalysisOptions(resamples=0, as_published=(Published.SOUNDNESS, Published.ATTEMPTS)))
    (analysed,) = found.models
    model = replace(document.models[0], as_published=analysed.as_published, two_type=analysed.two_type,
                    attempt_buckets=analysed.attempt_buckets)  # fmt: skip
    rows = {row.figure: row[1:] for row in beside(model)}
    soundness = rows["wrong samples that base rejects (soundness)"]
    assert soundness == ("73.1 %".replace(" ", NARROW), "74.4 %".replace(" ", NARROW))
    assert analysed.as_published is not None
    assert analysed.as_published.two_type is not None
    theirs, own = analysed.as_published.two_type.optimal_attempts[0], analysed.two_type.optimal_attempts[0]
    assert rows["K* of the two-type model, r = 0"] == (str(theirs.attempts), str(own.attempts))
    shown = replace(document, models=(model,))
    table = model_page.context(model, shown)["published"]
    assert isinstance(table, Table)
    assert [tuple(row) for row in table.body] == list(beside(model))
    assert "## As published" in summary(shown)
    assert model_page.context(document.models[0], document)["published"] is None
    assert "As published" not in summary(document)
