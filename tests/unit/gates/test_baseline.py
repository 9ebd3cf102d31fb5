"""A saved run and those that follow it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.config import GateConfig
from auditor.errors import ConfigError, UsageError
from auditor.gates import GateResult, Judgement, RunView, evaluate
from auditor.gates.baseline import open_baseline, save_baseline
from auditor.gates.metrics import METRICS, Better, Parameters
from tests.unit.gates.builders import BENCHMARK, RUBRIC, MadeRun, counts, entry, view


def rule(**keys: Any) -> GateConfig:
    return GateConfig.model_validate({"metric": "single_sample_accuracy"} | keys)


def against(ours: RunView, theirs: RunView, **keys: Any) -> GateResult:
    (result,) = evaluate([rule(margin=0.05, **keys)], ours, theirs)
    return result


SAME = entry("m", counts(150, 20, 16, 15))
SLIPPED = entry("m", counts(150, 20, 14, 12))


@pytest.mark.parametrize(
    ("metric", "better"), [("single_sample_accuracy", "higher"), ("false_discovery_rate", "lower")]
)
def test_the_same_run_passes_and_a_slipped_one_fails(metric: str, better: str) -> None:
    """A run passes against itself, a clearly worse one fails and a clearly better one passes, either direction."""
    assert against(view(SAME), view(SAME), metric=metric).verdict is Judgement.PASS
    assert against(view(SLIPPED), view(SAME), metric=metric).verdict is Judgement.FAIL
    assert against(view(SAME), view(SLIPPED), metric=metric).verdict is Judgement.PASS
    assert METRICS[metric].better is Better(better)


def test_a_run_against_itself_passes_however_few_its_tasks() -> None:
    """If every task is equal there is nothing to be open about, even without a margin; one sample ends that."""
    few = entry("m", counts(5, 20, 16, 15))
    result = against(view(few), view(few))
    assert (result.verdict, result.value, result.low, result.high) == (Judgement.PASS, 0, 0, 0)
    (strict,) = evaluate([rule(margin=0.0)], view(few), view(few))
    assert strict.verdict is Judgement.PASS
    assert "must be at least 0 points, which is met" in strict.sentence
    other = entry("m", [*counts(4, 20, 16, 15), ("T/0004", 20, 16, 14)])
    assert against(view(other), view(few)).verdict is Judgement.INCONCLUSIVE


def test_the_file_says_the_same_as_the_folder(tmp_path: Path) -> None:
    """A saved file gives the very verdicts and numbers that the run's folder gives, style included."""
    old, new = MadeRun(tmp_path / "old"), MadeRun(tmp_path / "new")
    for index in range(8):
        task = f"T/{index}"
        old.add("m", task, "good", times=3, score=0.9)
        old.add("m", task, "fair", times=2, score=0.5)
        old.add("m", task, "bad", kind="fp", score=0.4)
        new.add("m", task, "good", times=4, score=0.8)
        new.add("m", task, "bad", kind="fp", times=2, score=0.1)
    rules = [
        rule(margin=0.05),
        rule(metric="conditional_accuracy", margin=0.05),
        rule(metric="best_utility", fp_cost=1, margin=0.05),
        rule(metric="cost_per_correct", attempts=2, margin=0.05),
        rule(metric="style_score", margin=0.05),
        rule(metric="style_score", group="false_positive", margin=0.05),
        rule(metric="adherence", criterion="names", margin=0.05),
    ]
    run = new.open()
    path = tmp_path / "saved.json"
    save_baseline(old.open(), path)
    from_file = evaluate(rules, run, open_baseline(path, run))
    from_folder = evaluate(rules, run, open_baseline(old.folder, run))
    for one, other in zip(from_file, from_folder, strict=True):
        assert one.value is not None
        assert one.value == pytest.approx(other.value, abs=1e-8)
        assert one.low == pytest.approx(other.low, abs=1e-8)
        assert one.verdict is other.verdict
    again = tmp_path / "again.json"
    save_baseline(old.open(), again)
    assert again.read_bytes() == path.read_bytes()
    assert "def solve" not in path.read_text()


def test_a_margin_of_the_call_reaches_rules_that_can_be_paired(tmp_path: Path) -> None:
    """--margin adds a baseline verdict to each rule with a direction, and leaves facts and K* alone."""
    rules = [rule(min=0.1), rule(metric="tasks", min=3), rule(metric="optimal_attempts", fp_cost=1, max=20)]
    results = evaluate(rules, view(SAME), view(SAME), 0.05)
    assert [(r.metric, r.kind) for r in results] == [
        ("single_sample_accuracy", "threshold"),
        ("single_sample_accuracy", "baseline"),
        ("tasks", "threshold"),
        ("optimal_attempts", "threshold"),
    ]
    assert [r.rule for r in results[:2]] == ["single_sample_accuracy >= 0.1", "single_sample_accuracy no worse by 0.05"]


def test_a_margin_without_a_baseline_is_inconclusive() -> None:
    """A rule with a margin never passes for lack of a baseline, nor for a model the baseline lacks."""
    (result,) = evaluate([rule(margin=0.05)], view(SAME))
    assert result.verdict is Judgement.INCONCLUSIVE
    two = view(SAME, replace(SAME, model="other"))
    missing = [r for r in evaluate([rule(margin=0.05)], two, view(SAME)) if r.model == "other"]
    assert missing[0].verdict is Judgement.INCONCLUSIVE


@pytest.mark.parametrize("metric", ["tasks", "optimal_attempts", "style_gap", "coverage"])
def test_margins_on_what_has_no_direction_are_refused(metric: str) -> None:
    """A margin on a fact, or on a number with no better side, is refused by name."""
    keys = {"optimal_attempts": {"fp_cost": 1.0}}.get(metric, {})
    with pytest.raises(ConfigError, match="margin"):
        evaluate([rule(metric=metric, margin=0.1, **keys)], view(SAME), view(SAME))


def test_other_tests_are_no_baseline(tmp_path: Path) -> None:
    """A baseline of another benchmark, a foreign file and a damaged one are refused by name."""
    path = tmp_path / "saved.json"
    other = view(SAME)
    save_baseline(other, path)
    run = replace(view(SAME), benchmark=replace(BENCHMARK, digest="e" * 64))
    with pytest.raises(UsageError, match="other tasks or tests"):
        open_baseline(path, run)
    for text in ("{}", "[]", "nonsense", '{"schema": "auditor/baseline/2", "models": [{}]}'):
        path.write_text(text)
        with pytest.raises(UsageError, match=r"saved\.json"):
            open_baseline(path, view(SAME))


def test_style_of_another_rubric_is_not_compared(tmp_path: Path) -> None:
    """Under another rubric the saved style counts for nothing: inconclusive, while accuracy is compared."""
    made = MadeRun(tmp_path / "run")
    made.add("m", "T/1", "good", score=0.9)
    run = made.open()
    path = tmp_path / "saved.json"
    save_baseline(run, path)
    run = replace(run, rubric=replace(RUBRIC, hash="0"))
    saved = open_baseline(path, run)
    style, accuracy = evaluate([rule(metric="style_score", margin=0.9), rule(margin=0.9)], run, saved)
    assert style.verdict is Judgement.INCONCLUSIVE
    assert style.value is None
    assert accuracy.value == 0


def test_what_a_saved_file_cannot_say_is_said(tmp_path: Path) -> None:
    """A percentile against a file is inconclusive and blames the baseline; against the folder it is judged."""
    made = MadeRun(tmp_path / "run")
    for index in range(4):
        made.add("m", f"T/{index}", "good", times=2)
    run = made.open()
    path = tmp_path / "saved.json"
    save_baseline(run, path)
    keys: dict[str, Any] = {"metric": "style_percentile", "measure": "complexity", "percentile": 50}
    from_file = against(run, open_baseline(path, run), **keys)
    assert from_file.verdict is Judgement.INCONCLUSIVE
    assert "the baseline lacks it" in from_file.sentence
    assert against(run, open_baseline(made.folder, run), **keys).value == 0


def test_pairing_knows_every_metric(tmp_path: Path) -> None:
    """Every metric that takes a margin yields a difference of 0 from itself."""
    made = MadeRun(tmp_path / "run")
    for index in range(4):
        made.add("m", f"T/{index}", "good", times=2, score=0.9)
        made.add("m", f"T/{index}", "bad", kind="fp", score=0.4)
        made.add("m", f"T/{index}", "no", kind="tn")
    run = made.open()
    keys = Parameters(2, 1.0, None, "names", "complexity", 50.0).given()
    for metric in METRICS.values():
        if not metric.against_baseline:
            continue
        given = {key: value for key, value in keys.items() if key in metric.needs}
        (result,) = evaluate([rule(metric=metric.name, margin=0.5, **given)], run, run)
        assert result.value == 0, metric.name
