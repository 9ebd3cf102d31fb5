"""Rules: where they come from, and what is refused before any work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.config import GateConfig
from auditor.errors import ConfigError, ExitCode, UsageError
from auditor.gates import check_rules, load_rules, rules_of
from auditor.gates.ready import ready_sets
from auditor.gates.rules import name_of, placed_rules
from tests.unit.gates.builders import document


def rule(**keys: Any) -> GateConfig:
    return GateConfig.model_validate({"metric": "single_sample_accuracy"} | keys)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([{"metric": "false_discovery_rte", "max": 0.1}], ["false_discovery_rte", "'false_discovery_rate'?"]),
        ([{"metric": "happiness", "max": 0.1}], ["happiness", "single_sample_accuracy"]),
        ([{"min": 95}], ["outside", "0 to 1", "0.95"]),
        ([{"min": -0.1}], ["outside"]),
        ([{"metric": "best_utility", "fp_cost": 1, "min": 1.5}], ["outside"]),
        ([{"metric": "utility", "fp_cost": 1, "attempts": 3, "min": 2}], ["outside", "to 1"]),
        ([{"metric": "utility", "fp_cost": 1, "min": 0}], ["needs 'attempts'", "attempts = 10"]),
        ([{"metric": "tasks", "attempts": 3, "min": 0}], ["does not take 'attempts'", "remove"]),
        ([{"metric": "report", "min": 0}], ["needs 'path'"]),
        ([{"min": 0.9}, {"metric": "accuracy", "max": 0.5}], ["contradictory", "rule 2", "0.9", "0.5"]),
        (
            [{"metric": "correct", "attempts": 5, "min": 0.9}, {"metric": "correct", "attempts": 5, "max": 0.5}],
            ["contra"],
        ),
        ([{"min": 0.5, "models": ["gone"]}], ["no model 'gone'", "models here: m1, m2"]),
        ([{"min": 0.5, "models": ["m3"]}], ["did you mean 'm"]),
    ],
)
def test_rules_that_cannot_be_judged_are_refused_by_name(rules: list[dict[str, Any]], words: list[str]) -> None:
    """An unknown metric, a wrong key, an impossible or contradictory threshold: exit 2, with the remedy."""
    with pytest.raises(ConfigError) as refusal:
        check_rules([rule(**keys) for keys in rules], models=("m1", "m2"))
    assert refusal.value.exit_code is ExitCode.USAGE
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    "rules",
    [
        [{"min": 0.5}, {"max": 0.5}],
        [{"min": 0.9, "models": ["m1"]}, {"max": 0.5, "models": ["m2"]}],
        [{"min": 0.9, "over": "any"}, {"max": 0.5}],
        [{"metric": "correct", "attempts": 5, "min": 0.9}, {"metric": "correct", "attempts": 1, "max": 0.5}],
        [{"min": 0.9, "models": ["m1"], "severity": "warning"}],
        [{"metric": "optimal_attempts", "fp_cost": 4, "min": 1, "max": 20}],
    ],
)
def test_rules_that_can_hold_together_are_kept(rules: list[dict[str, Any]]) -> None:
    """Rules on other models, other keys or touching thresholds do not contradict each other."""
    check_rules([rule(**keys) for keys in rules], models=("m1", "m2"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[gate]]\nmetric = "accuracy"\n', ["gates.toml:1", "no threshold — give min, max"]),
        ('[[gate]]\nmetric = "accuracy"\nmin = 0.9\nmax = 0.1\n', ["gates.toml:4", "min 0.9 is above max 0.1"]),
        ('[[gate]]\nmax = 0.1\nmetric = "accuracy"\nmin = 0.9\n', ["gates.toml:4", "min 0.9 is above max 0.1"]),
        ('gate = [{ max = 0.1, metric = "accuracy", min = 0.9 }]\n', ["gates.toml:1", "min 0.9 is above max 0.1"]),
        (
            '[[gate]]\nmetric = "accuracy"\nmin = 0.9\n\n[[gate]]\nmetric = "accuracy"\nmax = 0.1\n',
            ["gates.toml:3: [[gate]] 1", "at most 0.1 at", "gates.toml:7: [[gate]] 2"],
        ),
        ('[[gate]]\nmetric = "accuracy"\nmim = 0.9\n', ["gates.toml:3", "'min'?"]),
        ('[[gate]]\nmetric = "accuracy"\nmin = nan\n', ["gates.toml:3"]),
        (
            '[[gate]]\nmetric = "accuracy"\nmin = 0.1\n\n[[gate]]\nmetric = "acuracy"\nmin = 0.1\n',
            ["gates.toml:6", "accuracy"],
        ),
        ("", ["no rules"]),
        ("[[gate]\n", ["not valid TOML"]),
    ],
)
def test_files_are_refused_by_line(tmp_path: Path, text: str, words: list[str]) -> None:
    """A rules file is refused with its name and the line that is wrong."""
    path = tmp_path / "gates.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        load_rules(str(path))
    for word in words:
        assert word in str(refusal.value)


def test_an_audit_file_serves_as_rules(tmp_path: Path) -> None:
    """The [[gate]] tables of a whole audit.toml are rules too."""
    path = tmp_path / "audit.toml"
    path.write_text(
        '[benchmark]\nsource = "demo"\n\n[[model]]\nname = "m"\nsimulated = "weak"\n\n'
        '[[gate]]\nmetric = "accuracy"\nmin = 0.5\n'
    )
    assert [one.metric for one in load_rules(str(path))] == ["accuracy"]


def test_unknown_sources_name_the_nearest() -> None:
    """Neither a file nor a set: the nearest set is named, or all are, as one gives them to --rules."""
    with pytest.raises(ConfigError, match=r"did you mean 'strict'"):
        load_rules("strickt")
    with pytest.raises(ConfigError) as caught:
        load_rules("zzz")
    named = str(caught.value).rpartition("built-in sets: ")[2].split(", ")
    assert [len(load_rules(name)) > 0 for name in named] == [True] * len(ready_sets())
    assert "gates-" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(ready_sets()))
def test_ready_sets_are_sound(name: str) -> None:
    """Every built-in set loads, by both its names, and gives a reason for each rule and for itself."""
    rules = load_rules(name)
    assert load_rules(name.removeprefix("gates-")) == rules
    assert all(one.reason for one in rules)
    assert "reason = " in ready_sets()[name].read_text().split("[[gate]]")[0]


def test_there_are_ready_sets() -> None:
    """The sets that the docs name exist."""
    assert set(ready_sets()) == {"gates-lenient", "gates-assisted", "gates-strict", "gates-style", "gates-hygiene"}


def test_a_run_carries_its_own_rules() -> None:
    """The rules that a run was configured with come back from its document; damaged ones are refused."""
    table = rule(min=0.5, reason="why").model_dump(mode="json")
    assert rules_of(document(gates=[table])).rules == (rule(min=0.5, reason="why"),)
    assert rules_of(document(gates=[])).rules == ()
    with pytest.raises(UsageError, match="cannot be read"):
        rules_of(document(gates=[{"metric": 3}]))


def test_rules_have_readable_names() -> None:
    """A rule is called as its author says, else by metric, keys and thresholds."""
    assert name_of(rule(metric="accuracy", min=0.5)) == "single_sample_accuracy >= 0.5"
    assert name_of(rule(metric="utility", attempts=3, fp_cost=4, min=0, max=1)) == (
        "utility(attempts=3, fp_cost=4) >= 0 and <= 1"
    )
    assert name_of(rule(margin=0.02)) == "single_sample_accuracy no worse by 0.02"
    assert name_of(rule(min=0.5, name="good enough")) == "good enough"


@pytest.mark.parametrize(
    ("line", "number"), [('metric = "acceptanc"', 3), ("max = 7", 5), ('models = ["none"]', 6), ("fp_cost = 4", 4)]
)
def test_an_error_names_the_line_of_the_key(tmp_path: Path, line: str, number: int) -> None:
    lines = ["[[gate]]", 'name = "mine"', 'metric = "acceptance"', "min = 0.1", "max = 0.9", 'models = ["m"]']
    lines[number - 1] = line
    path = tmp_path / "gates.toml"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ConfigError) as caught:
        placed_rules(path).check(["m"])
    assert str(caught.value).startswith(f"{path}:{number}: [[gate]] 1: ")
