"""Rubrics: what they may say, how they are refused, and that a hash stands for one measurement."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.benchmark import load_benchmark
from auditor.cli.app import app
from auditor.errors import ConfigError, UsageError
from auditor.style import (
    explain,
    list_rubrics,
    load_rubric,
    overlaps,
    rules_named,
    tool_versions,
    vocabulary,
)
from auditor.style.catalog import expand
from auditor.style.linters import registry
from auditor.style.linters.checks import CHECKS
from auditor.style.linters.ruff import Ruff
from tests.style_help import forked as score

ROOT = Path(__file__).resolve().parents[3]
READY = [path.stem for path in list_rubrics()]
VERSIONS = registry.versions

OWN = """name = "own"
version = "1"
title = "Own"

[[criterion]]
id = "names"
title = "Names"
reason = "Because."
source = "ruff:N"

[[criterion]]
id = "size"
title = "Size"
reason = "Because."
source = "radon:complexity"
max = 3
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", READY)
def test_ready_rubrics_load_and_charge_no_defect_twice(name: str) -> None:
    """Each built-in rubric is valid, has reasons, and no rule is in two of its criteria."""
    found = load_rubric(name)
    assert found.name == name
    assert not overlaps(found)
    assert all(len(criterion.reason) > 15 for criterion in found.criteria)


def test_the_ready_rubrics_are_these() -> None:
    """Gate rules that lie next to them are no rubrics."""
    assert {"maintainability", "paper", "pep8", "security", "strict"} == set(READY)


def test_the_papers_four_checks_stand_in_the_paper_rubric() -> None:
    """At the paper's thresholds."""
    limits = {c.id: (c.metric, c.minimum, c.maximum) for c in load_rubric("paper").criteria}
    assert limits == {
        "camel_case": ("camel_case", 1.0, None),
        "snake_case": ("snake_case", 1.0, None),
        "line_length": ("paper_lengths", None, 1.0),
        "commenting": ("comment_density", 0.75, None),
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ('"ruff:N"', '"ruff:N80199"', 9, "ruff"),
        ('"ruff:N"', '"ruff:N"\nmaxx = 1', 10, "'max'"),
        ('"ruff:N"', '"pylint:invalid-nam"', 9, "'invalid-name'"),
        ('"ruff:N"', '"flake8:N801"', 9, "LINTER"),
        ('"ruff:N"', '"ruff:D100"', 9, "be used here"),
        ('"ruff:N"', '["ruff:N", "radon:complexity"]', 9, "own criterion"),
        ("max = 3", "", 15, "threshold — give min, max"),
        ("max = 3", "min = 4\nmax = 3", 17, "min 4 is above max 3"),
        ('"radon:complexity"', '"radon:complexiti"', 15, "'complexity'"),
        ('id = "size"', 'id = "names"', 12, "twice"),
        ('version = "1"', 'vresion = "1"', 2, "'version'"),
        (
            'source = "ruff:N"',
            'source = "ruff:N"\nweight = 0\n[[criterion]]\nid = "names"',
            11,
            "\"names\": 'title' is missing",
        ),
        ('name = "own"\n', "", 1, "'name'"),
        ("max = 3", "max = 3\nweight = -1", 17, "weight"),
        ('version = "1"\n', "", 1, "version"),
        ("max = 3", "max = = 3", 16, "not valid TOML"),
    ],
)
def test_a_bad_rubric_is_refused_by_line_and_key(
    tmp_path: Path, old: str, new: str, line: int | None, word: str
) -> None:
    """One line that names the file, the line, what is wrong and what would be right."""
    with pytest.raises(ConfigError) as caught:
        load_rubric(write(tmp_path, OWN.replace(old, new, 1)))
    assert word in str(caught.value)
    assert "own.toml" in str(caught.value)
    if line is not None:
        assert f"own.toml:{line}:" in str(caught.value)


def test_an_unknown_name_lists_the_ready_ones() -> None:
    """A rubric that is neither ready nor a file is refused with what there is."""
    with pytest.raises(ConfigError, match="pep8"):
        load_rubric("pep9")


def test_selectors() -> None:
    """Codes, names, families, categories and ALL select as their tools do, less what does not run."""
    assert expand("ruff:E501") == expand("ruff:line-too-long") == {"ruff:E501"}
    assert {rule[5] for rule in expand("ruff:E")} == {"E"}
    assert not any(rule.startswith(("ruff:ERA", "ruff:EM")) for rule in expand("ruff:E"))
    assert expand("ruff:PLR") < expand("ruff:PL")
    assert expand("pylint:C0103") == expand("pylint:invalid-name")
    assert {rule[7] for rule in expand("pylint:convention")} == {"C"}
    assert not {f"ruff:{rule}" for rule in Ruff.exclusions} & expand("ruff:ALL")
    assert len(expand("ruff:ALL")) > 600
    assert len(expand("pylint:ALL")) > 300


def test_the_hash_is_of_content_and_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes with a threshold, an overlap, an exclusion and a version, not with the file's place or comments."""
    first = load_rubric(write(tmp_path, OWN)).hash
    (tmp_path / "b").mkdir()
    assert load_rubric(write(tmp_path / "b", "# a comment\n" + OWN)).hash == first
    assert load_rubric(write(tmp_path, OWN.replace("max = 3", "max = 4"))).hash != first
    for part in ("overlaps", "exclusions"):
        with monkeypatch.context() as patch:
            patch.setattr(Ruff, part, {**getattr(Ruff, part), "F401": frozenset()})
            assert load_rubric(write(tmp_path, OWN)).hash != first, part
    for tool, version in tool_versions(load_rubric(write(tmp_path, OWN))).items():
        with monkeypatch.context() as patch:
            patch.setattr(registry, "versions", lambda linters, tool=tool: {**VERSIONS(linters), tool: "0.0.1"})
            assert load_rubric(write(tmp_path, OWN)).hash != first, (tool, version)


def test_results_carry_the_hash() -> None:
    """So results of another rubric, or of other tools, can never be mixed in."""
    chosen = load_rubric("paper")
    assert {r.rubric_hash for r in score(["x = 1\n", "def f(:"], rubric=chosen)} == {chosen.hash}


def test_score_is_the_weighted_share_of_criteria_that_apply(tmp_path: Path) -> None:
    """A criterion that does not apply is neither met nor missed."""
    weighted = OWN.replace("max = 3", "max = 3\nweight = 3")
    chosen = load_rubric(write(tmp_path, weighted))
    simple = "def f(x):\n    return x\n"
    tangled = "def f(x):\n    return [y for y in x if y if x if 1 if 2]\n"
    results = score([simple, tangled, "Bad = 1\ndef F():\n    pass\n", "import os\n"], rubric=chosen)
    assert [r.score for r in results] == [1.0, 0.25, 0.75, 1.0]
    assert results[3].adherence == {"names": True, "size": None}


def test_a_defect_is_charged_to_one_criterion(tmp_path: Path) -> None:
    """ruff's F401 and pylint's W0611 in two criteria: the first pays, the second does not pay again."""
    text = OWN.replace('"ruff:N"', '"ruff:F401"').replace('"radon:complexity"\nmax = 3', '"pylint:unused-import"')
    [twice] = score(["import os\n"], rubric=load_rubric(write(tmp_path, text)))
    assert twice.adherence == {"names": False, "size": True}
    both = OWN.replace('"ruff:N"', '["ruff:F401", "pylint:unused-import"]\nmax = 1')
    [one] = score(["import os\n"], rubric=load_rubric(write(tmp_path, both)))
    assert one.adherence["names"] is True


def test_the_prompt_is_charged_only_where_the_rubric_says_so(tmp_path: Path) -> None:
    """applies_to = "program" counts every line."""
    text = OWN.replace('"ruff:N"', '"ruff:N"\napplies_to = "program"')
    prompt = "def Add(a, b):\n"
    results = [
        score([prompt + "    return a\n"], prompt=prompt, rubric=load_rubric(write(tmp_path, body)))[0]
        for body in (OWN, text)
    ]
    assert [r.adherence["names"] for r in results] == [True, False]


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_each_of_our_checks_can_stand_in_a_rubric_and_says_where(tmp_path: Path, check: str) -> None:
    """A check that fails leaves a finding with a line to show in a report."""
    limit = "max = 0" if "length" in check or check == "short_names" else "min = 1.0"
    text = OWN.replace('"radon:complexity"\nmax = 3', f'"auditor:{check}"\n{limit}')
    bad = "def Bad_name(i):\n    aB_c = i\n    return aB_c\nprint(1)\n"
    [result] = score([bad], rubric=load_rubric(write(tmp_path, text)))
    assert result.adherence["size"] is False
    own = [f for f in result.findings if f.tool == "auditor"]
    assert own
    assert all(1 <= f.line <= 4 and f.name == "size" for f in own)


def test_the_command_lists_shows_and_checks(tmp_path: Path) -> None:
    """Data on stdout; a rubric that cannot be used is exit 2 with one line."""
    runner = CliRunner()
    listed = runner.invoke(app, ["rubric", "list"])
    assert [line.split()[0] for line in listed.stdout.splitlines()] == READY
    shown = runner.invoke(app, ["rubric", "show", "pep8"])
    assert shown.exit_code == 0
    assert all(criterion.reason in shown.stdout for criterion in load_rubric("pep8").criteria)
    assert runner.invoke(app, ["rubric", "show", "pep8", "-f", "json"]).stdout.startswith("{")
    overlapping = OWN.replace('"radon:complexity"\nmax = 3', '"ruff:N801"')
    checked = runner.invoke(app, ["rubric", "check", str(write(tmp_path, overlapping))])
    assert checked.exit_code == 0
    assert "charged only to 'names'" in checked.stderr
    bad = write(tmp_path, OWN.replace("title", "titel", 1))
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "rubric", "check", str(bad)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_rubrics_are_found_in_an_installed_package(tmp_path: Path) -> None:
    """In a wheel they lie inside the package, in the source tree next to it."""
    shutil.copytree(ROOT / "auditor", tmp_path / "auditor", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rubrics", tmp_path / "auditor/rubrics")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import auditor.style as s; print(s.list_rubrics()[0], s.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split()[0].startswith(str(tmp_path / "auditor/rubrics"))


def test_criteria_are_plain_data() -> None:
    """What a report says of a rubric is JSON-safe and in the rubric's order."""
    facts = load_rubric("pep8").facts()
    assert [c.criterion for c in facts.criteria] == [c.id for c in load_rubric("pep8").criteria]


@pytest.mark.parametrize("base", [None, *READY])
def test_a_new_rubric_is_one_that_can_be_used(base: str | None, tmp_path: Path) -> None:
    """What `rubric init` writes loads under its file's name, asks what its base asks, and is not overwritten."""
    path = tmp_path / "Our Team.toml"
    arguments = ["rubric", "init", str(path), *(["--from", base] if base else [])]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    made = load_rubric(path)
    assert made.name == "our-team"
    if base:
        assert made.criteria == load_rubric(base).criteria
    again = CliRunner().invoke(app, arguments)
    assert isinstance(again.exception, UsageError)
    assert "--force" in str(again.exception)


def test_every_listed_source_can_be_asked_for(tmp_path: Path) -> None:
    """What `rubric sources` lists is what a rubric takes, and each rule of a family is one too."""
    listed = [name for name, _ in vocabulary()]
    assert len(set(listed)) == len(listed) > 80
    assert {"ruff:N", "ruff:E", "pylint:convention", "radon:complexity", "auditor:docstrings"} <= set(listed)
    listed += [name for family in ("ruff:N", "pylint:error") for name, _ in rules_named(family)]
    criterion = '[[criterion]]\nid = "c{}"\ntitle = "t"\nreason = "r"\nsource = "{}"\n{}'
    text = "".join(
        criterion.format(index, name, "max = 1\n" if len(rules_named(name)) == 1 else "")
        for index, name in enumerate(listed)
    )
    made = load_rubric(write(tmp_path, 'name = "all"\nversion = "1"\ntitle = "All"\n' + text))
    assert len(made.criteria) == len(listed)


@pytest.mark.parametrize(
    ("source", "word"), [("ruff:N80l", "mean 'N80"), ("radon:complexty", "complexity"), ("mypy:x", "LINTER")]
)
def test_a_source_that_is_none_is_refused_with_the_nearest(source: str, word: str) -> None:
    """A typo is met with the right word."""
    with pytest.raises(UsageError, match=word):
        rules_named(source)


@pytest.mark.parametrize("name", READY)
def test_an_explanation_accounts_for_every_verdict(name: str) -> None:
    """The number and the findings shown for a criterion are those that decided it, on programs of the demo."""
    chosen = load_rubric(name)
    texts = [task.prompt + task.reference for task in load_benchmark("demo").tasks[::3]]
    texts += ["import os, sys\ndef F(l):\n if l == None: return\n x = 1\n return l\n", "x=1\n", "def f(:\n"]
    for result in score(texts, rubric=chosen):
        told = explain(result, chosen)
        assert [judged.criterion.id for judged in told] == list(result.adherence)
        for judged in told:
            if judged.met is not None:
                assert judged.value is not None
                assert judged.met == judged.criterion.holds(judged.value), judged
            if judged.criterion.metric is None:
                assert judged.value == len(judged.findings)


def test_trying_a_rubric_shows_what_missed_and_where(tmp_path: Path) -> None:
    """A program's findings are shown under the criterion that they count against; what does not parse is said."""
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("def Foo(word):\n    return word\n")
    bad.write_text("def f(:\n")
    shown = CliRunner().invoke(app, ["rubric", "try", str(write(tmp_path, OWN)), str(good), str(bad)]).stdout
    assert f"{good}: score 0.50\n  names: MISSED (1 finding; none allowed)\n    1:5 ruff:N802" in shown
    assert "  size: met\n" in shown
    assert f"{bad}: no score\n  unparsable, line 1: " in shown
    good.write_bytes(b"\xef\xbb\xbf" + good.read_bytes())
    marked = CliRunner().invoke(app, ["rubric", "try", str(tmp_path / "own.toml"), str(good)]).stdout
    assert f"{good}: score 0.50" in marked
    gone = CliRunner().invoke(app, ["rubric", "try", "pep8", str(tmp_path / "gone.py")])
    assert isinstance(gone.exception, UsageError)
    assert "gone.py" in str(gone.exception)


def test_each_finding_says_which_criterion_asks_about_it(tmp_path: Path) -> None:
    """Remarks that the rubric asks for are told apart from the rest, charged or not; offences name their own."""
    text = OWN.replace('"radon:complexity"\nmax = 3', '"auditor:line_length"\nmax = 10')
    chosen = load_rubric(write(tmp_path, text))
    [result] = score(["import os\ndef Add(a_long_name): pass\n"], rubric=chosen)
    by_rule = {finding.rule: finding.criterion for finding in result.findings}
    assert by_rule["N802"] == "names"
    assert by_rule["line_length"] == "size"
    assert by_rule["F401"] is by_rule["C0103"] is None
    covered = {finding.criterion for finding in result.findings} - {None}
    assert covered <= {criterion.id for criterion in chosen.criteria}


def test_of_two_remarks_on_one_defect_the_one_the_rubric_asks_for_counts(tmp_path: Path) -> None:
    """A report that leaves out repetitions shows what the rubric asks about, whichever linter comes first."""
    for source, kept in (("pylint:unused-import", "pylint"), ("ruff:F401", "ruff"), ("ruff:E501", "ruff")):
        [result] = score(["import os\n"], rubric=load_rubric(write(tmp_path, OWN.replace("ruff:N", source))))
        assert [f.tool for f in result.findings if not f.duplicate and f.rule in ("F401", "W0611")] == [kept]


@pytest.mark.parametrize(("source", "limit"), [("auditor:line_length", 30), ("radon:complexity", 3)])
def test_a_number_about_the_whole_program_is_the_one_shown(tmp_path: Path, source: str, limit: int) -> None:
    """With applies_to = "program" the prompt's part decides too, and the explanation shows what decided."""
    text = OWN.replace('"radon:complexity"\nmax = 3', f'"{source}"\nmax = {limit}\napplies_to = "program"')
    chosen = load_rubric(write(tmp_path, text))
    prompt = f"def f(x):\n    return [y for y in x if y if x if {'1' * 40}]\n\n\n"
    [result] = score([prompt + "def g():\n    return 1\n"], prompt=prompt, rubric=chosen)
    [_, outcome] = explain(result, chosen)
    assert (result.adherence["size"], outcome.met) == (False, False)
    assert outcome.value is not None
    assert outcome.value > limit > result.metrics[source.partition(":")[2]]
