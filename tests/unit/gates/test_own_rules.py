"""Without --rules, a run is judged by the gates of its audit.toml as the file is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import load_config
from auditor.errors import ConfigError, ErrorSlug, UsageError
from auditor.gates import RunView, own_rules
from auditor.pipeline.run import redacted
from tests.unit.gates.builders import MadeRun

BARE = """
[benchmark]
source = "demo"

[[model]]
name = "m"
simulated = "weak"
"""
GATE = """
[[gate]]
metric = "accuracy"
min = {least}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """An audit.toml with one gate, next to the run folder of :func:`run`."""
    path = tmp_path / "audit.toml"
    path.write_text(BARE + GATE.format(least=0.5))
    return path


@pytest.fixture
def run(tmp_path: Path, settings: Path) -> RunView:
    """A run that was made with ``settings``."""
    made = MadeRun(tmp_path / "run")
    made.add("m", "T/1", "right")
    made.gates = redacted(load_config(settings))["gate"]
    made.store.meta.settings_file = "../audit.toml"
    return RunView.open(made.write())


def test_unchanged_rules_need_no_word(run: RunView) -> None:
    """The file says what the run was made with: nothing is to be known."""
    found = own_rules(run)
    assert ([rule.min for rule in found.placed.rules], found.note) == ([0.5], "")


def test_an_edited_file_counts_and_is_named(run: RunView, settings: Path) -> None:
    """A threshold that was edited and a rule that was added are judged at once; the note names the file."""
    settings.write_text(BARE + GATE.format(least=0.9) + GATE.format(least=0.1))
    found = own_rules(run)
    assert [rule.min for rule in found.placed.rules] == [0.9, 0.1]
    assert str(settings) in found.note
    assert "edited" in found.note


def test_a_run_whose_file_is_gone_keeps_its_rules(run: RunView, settings: Path) -> None:
    """A run that was moved is judged by what it keeps, and says how to apply other rules."""
    settings.unlink()
    found = own_rules(run)
    assert [rule.min for rule in found.placed.rules] == [0.5]
    assert "--rules" in found.note


def test_a_damaged_database_leaves_the_rules_of_the_report(run: RunView) -> None:
    """The report has all that these rules need."""
    assert run.database is not None
    run.database.write_bytes(b"no database")
    assert [rule.min for rule in own_rules(run).placed.rules] == [0.5]


@pytest.mark.parametrize("content", [BARE, None])
def test_no_gate_is_an_error_with_a_remedy(tmp_path: Path, content: str | None) -> None:
    """Whether the file has no gate or there is no file: exit code 2, slug and how to set one."""
    made = MadeRun(tmp_path / "run")
    made.add("m", "T/1", "right")
    if content is not None:
        (tmp_path / "audit.toml").write_text(content)
        made.store.meta.settings_file = "../audit.toml"
    with pytest.raises(UsageError, match=r"no gate is set.*\[\[gate\]\].*--rules") as caught:
        own_rules(RunView.open(made.write()))
    assert (caught.value.exit_code, caught.value.slug) == (2, ErrorSlug.NO_RULES)


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ('metric = "acuracy"\nmin = 0.5', ["audit.toml:13", "unknown metric 'acuracy'", "'accuracy'"]),
        ('metric = "accuracy"\nmin = 50', ["audit.toml:14", "0.5"]),
        ('metric = "accuracy"\nmni = 0.5', ["audit.toml:14", "'min'"]),
        ('metric = "accuracy"', ["audit.toml:12", "min, max"]),
    ],
)
def test_the_line_of_a_faulty_gate_is_named(run: RunView, settings: Path, gate: str, words: list[str]) -> None:
    """Every refusal of an edited gate names its file and line and the next step."""
    settings.write_text(f"{BARE}{GATE.format(least=0.5)}[[gate]]\n{gate}\n")
    with pytest.raises(ConfigError) as caught:
        own_rules(run)
    for word in words:
        assert word in str(caught.value)
