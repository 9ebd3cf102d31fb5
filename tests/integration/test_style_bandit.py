"""bandit as a linter: exact, optional, and not to be silenced."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.errors import ConfigError
from auditor.records import StyleResult
from auditor.style import load_rubric, score_programs
from auditor.style.linters.bandit import Bandit
from auditor.style.source import Unparsable, read_source
from tests.real_data import CODET, programs
from tests.style_help import found, program, score, warm

EXAMPLES = {
    "code_execution": "def f(text):\n    return eval(text)\n",
    "injection": "import subprocess\n\n\ndef f(name):\n    subprocess.run('ls ' + name, shell=True)\n",
    "deserialisation": "import pickle\n\n\ndef f(data):\n    return pickle.loads(data)\n",
    "secrets": "password = 'hunter2'\n",
    "cryptography": "import hashlib\n\n\ndef f(data):\n    return hashlib.md5(data).hexdigest()\n",
    "connections": "import ssl\n\ncontext = ssl._create_unverified_context()\n",
    "files": "import os\n\nos.chmod('x', 0o777)\n",
    "web": "import jinja2\n\nenvironment = jinja2.Environment()\n",
    "swallowed_errors": "def f(x):\n    try:\n        return x()\n    except Exception:\n        pass\n",
    "randomness": "import random\n\nx = random.random()\n",
}

Row = tuple[str, int, int, str]


def bandit_says(folder: Path, text: str) -> list[Row]:
    """Run bandit as a user would, on one file in a folder of its own."""
    (folder / "program.py").write_text(text, newline="")
    command = [sys.executable, "-m", "bandit", "-q", "--ignore-nosec", "--skip", "B101", "-f", "json", "program.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    rows = json.loads(done.stdout)["results"]
    return sorted((r["test_id"], r["line_number"], r["col_offset"] + 1, _message(r)) for r in rows)


def _message(row: dict[str, str]) -> str:
    severity, confidence = row["issue_severity"].lower(), row["issue_confidence"].lower()
    return f"{row['issue_text']} ({severity} severity, {confidence} confidence)"


def ours(result: StyleResult) -> list[Row]:
    return sorted((f.rule, f.line, f.column, f.message) for f in result.findings if f.tool == "bandit")


def test_each_criterion_is_missed_by_its_example_alone() -> None:
    """Each risk is charged to its own criterion; a plain program meets all of them."""
    *results, plain = score([*EXAMPLES.values(), "def f(x):\n    assert x\n    return x\n"], rubric="security")
    for criterion, result in zip(EXAMPLES, results, strict=True):
        assert [name for name, met in result.adherence.items() if not met] == [criterion]
    assert plain.score == 1.0
    assert list(plain.adherence) == list(EXAMPLES)
    assert results[-1].score == 1.0
    assert results[0].score == pytest.approx(1 - 3 / 17)


@pytest.mark.slow
def test_findings_are_those_of_a_lone_run_whatever_the_neighbours(tmp_path: Path) -> None:
    """By id, line, column, text, severity and confidence; in one batch as one by one."""
    texts = [*EXAMPLES.values(), "import telnetlib\nexec('x')\n\nassert eval('1')\n", "x = 1\n"]
    together = score(texts, rubric="security")
    for text, result in zip(texts, together, strict=True):
        assert ours(result) == bandit_says(tmp_path, text)
        counts = [result.metrics[f"bandit_{level}"] for level in ("high", "medium", "low")]
        assert sum(counts) == result.metrics["bandit_findings"] == len(ours(result))
    assert [score([text], rubric="security")[0] for text in texts[-3:]] == together[-3:]


@pytest.mark.slow
@pytest.mark.data
def test_real_programs_get_the_findings_of_lone_runs(data: Path, tmp_path: Path) -> None:
    """Recorded programs too, most of which have none: those with a finding are looked for."""
    chosen = random.Random(3).sample(programs(data, CODET), 600)
    results = list(score_programs(chosen, {}, load_rubric("security"), workers=2))
    with_some = [(one, result) for one, result in zip(chosen, results, strict=True) if ours(result)]
    assert len(with_some) >= 3
    for one, result in with_some[:12] + list(zip(chosen, results, strict=True))[:8]:
        try:
            text = read_source(one.solution).text
        except Unparsable:
            assert not result.parses
            continue
        if result.parses:
            assert ours(result) == bandit_says(tmp_path, text)


@pytest.mark.parametrize("pragma", Bandit.pragmas)
def test_a_candidate_cannot_silence_it(pragma: str) -> None:
    """A finding stays where it is, and the pragma is counted."""
    [plain, silenced] = warm(["exec('x')\n", f"exec('x')  {pragma}\n"], rubric="security")
    assert ours(silenced) == ours(plain) != []
    assert silenced.pragmas == 1


def test_ruffs_port_of_a_test_is_the_same_defect() -> None:
    """bandit's finding counts, since the rubric asks for it; ruff's repeats it."""
    [result] = warm(["exec('x')\n"], rubric="security")
    overlapping = {(f.tool, f.duplicate, f.criterion) for f in result.findings if f.rule in ("B102", "S102", "W0122")}
    assert overlapping == {("bandit", False, "code_execution"), ("ruff", True, None), ("pylint", True, None)}


def test_a_program_that_breaks_it_is_named() -> None:
    """If bandit gives up there is no score, and a finding says so."""
    [deep, fine] = warm(["x" + ".a" * 2000 + "()\n", "x = 1\n"], rubric="security")
    assert deep.score is None
    assert any(f.rule == "no-answer" and f.message.startswith("bandit: ") for f in deep.findings)
    assert fine.score == 1.0


def test_it_runs_only_where_a_rubric_asks() -> None:
    """Other rubrics keep their hash, their findings and their speed, installed or not."""
    assert "bandit" not in {linter.name for linter in load_rubric("pep8").linters}
    assert found(warm(["exec('x')\n"], rubric="pep8")[0], "bandit") == []
    assert "bandit_findings" not in warm([program("exec('x')\n").solution], rubric="pep8")[0].metrics


def test_where_it_is_not_installed_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rubric that asks for it is refused with the remedy; lists go on, with the remedy in its place."""
    found_spec = importlib.util.find_spec

    def without_bandit(name: str, package: str | None = None) -> object:
        return None if name == "bandit" else found_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without_bandit)
    with pytest.raises(ConfigError, match=r"security\.toml:\d+: .*pip install 'auditor\[security\]'") as caught:
        load_rubric("security")
    assert "\n" not in str(caught.value)
    listed = CliRunner().invoke(app, ["rubric", "list"])
    assert listed.exit_code == 0
    assert "security" in listed.stdout
    assert "pip install 'auditor[security]'" in listed.stdout
    sources = CliRunner().invoke(app, ["rubric", "sources"])
    assert sources.exit_code == 0
    assert "bandit:…" in sources.stdout
    assert load_rubric("pep8").hash
