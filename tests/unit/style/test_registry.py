"""The linters' registry: what one entry must bring, checked for every entry."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from auditor.style.catalog import resolve, rules_of, vocabulary
from auditor.style.linters import registry
from auditor.style.linters.interface import Linter, Number, ProgramFile, Workspace
from auditor.style.pragmas import comments_of, neutralise
from auditor.style.source import read_source

ROOT = Path(__file__).resolve().parents[3]
STYLE = ROOT / "auditor/style"
each_linter = pytest.mark.parametrize("linter", registry.LINTERS, ids=lambda one: one.name)


def test_names_and_metric_keys_are_used_once() -> None:
    """Two linters under one name, or two numbers under one key, would overwrite each other's results."""
    names = Counter(registry.names())
    keys = Counter(number.key for linter in registry.LINTERS for number in linter.measures.values())
    assert max(names.values()) == max(keys.values()) == 1
    assert "model_lines" not in keys


@each_linter
def test_a_linter_is_found_by_its_name_alone(linter: Linter) -> None:
    """The registry is where names from outside are checked."""
    assert registry.linter(linter.name) is linter
    assert registry.linter_name(str(linter.name)) == linter.name
    with pytest.raises(ValueError, match="the linters are ruff, pylint"):
        registry.linter_name(f"{linter.name}x")


@each_linter
def test_a_linter_sees_the_defects_of_its_own_probe(linter: Linter, tmp_path: Path) -> None:
    """Its self-test can be passed, and asks for something that an empty report does not have."""
    probe = linter.probe
    assert probe.rules or probe.values
    source = read_source(probe.text)
    (tmp_path / "probe_file.py").write_text(source.text)
    announced: list[str] = []
    session = linter.start(Workspace(tmp_path, 20, announced.append))
    report = session.check([ProgramFile("p", tmp_path / "probe_file.py", source)])["p"]
    assert probe.rules <= {remark.rule for remark in report.remarks}
    assert probe.values.items() <= {key: measure.value for key, measure in report.measures.items()}.items()
    assert set(announced) <= {"p", ""}
    assert session.check([]) == {}


@each_linter
def test_rules_groups_and_overlaps_name_what_exists(linter: Linter) -> None:
    """A group that covers nothing, or an overlap with no linter's rule, is a mistake."""
    rules = linter.rules()
    assert not set(linter.exclusions) & {*rules, *rules.values()}
    assert all(linter.exclusions.values())
    for group in linter.groups():
        assert all(code in rules for code in rules_of(linter, group.selector))
    for rule in {*rules, *linter.overlaps}:
        for same in linter.same_as(rule):
            other, _, code = same.partition(":")
            assert other != linter.name
            assert re.fullmatch(r"[A-Z]+\d+", code)
            assert registry.defects(linter.name, rule) >= registry.defects(registry.linter_name(other), code)
    assert linter.versions()
    assert all(re.match(r"\d", version) for version in linter.versions().values())


@each_linter
def test_comments_that_silence_a_linter_are_broken(linter: Linter) -> None:
    """A linter with rules names the comments that silence it; each loses its force."""
    assert bool(linter.pragmas) == bool(linter.rules())
    for pragma in linter.pragmas:
        text = f"import os  {pragma}\n"
        assert neutralise(text, comments_of(text))[1] == 1, pragma


@each_linter
def test_sources_of_a_linter_resolve(linter: Linter) -> None:
    """Every number and every rule, by code and by name, is a source; `rubric sources` lists numbers and groups."""
    for name, number in linter.measures.items():
        assert resolve(f"{linter.name}:{name}") == Number(number.key, number.meaning)
    for code, name in list(linter.rules().items())[:20]:
        assert f"{linter.name}:{code}" in resolve(f"{linter.name}:{code}")
        assert f"{linter.name}:{code}" in resolve(f"{linter.name}:{name}")
    listed = {source for source, _ in vocabulary()}
    assert {f"{linter.name}:{name}" for name in linter.measures} <= listed
    assert any(source.startswith(f"{linter.name}:") for source in listed)


@each_linter
def test_the_manual_speaks_of_every_linter(linter: Linter) -> None:
    """docs/style.md has a row with an example of its sources, and every exclusion with its reason."""
    page = (ROOT / "docs/style.md").read_text()
    table = page[page.index("| source | examples |") :].split("\n\n")[0]
    assert f"`{linter.name}:" in table
    for rule, reason in linter.exclusions.items():
        assert f"| `{rule}` | {reason} |" in page


SYNTAX = ROOT / "auditor" / "verify" / "syntax.py"
"""Asks ruff's parser which Python's syntax a program has, whatever linters are registered."""


def test_no_other_module_knows_a_linters_name() -> None:
    """Apart from the linters' own modules, nothing in the package branches on, or lists, names of linters."""
    names = {str(name) for name in registry.names() if name != registry.OWN}
    for module in (ROOT / "auditor").rglob("*.py"):
        if module.is_relative_to(STYLE / "linters") or module == SYNTAX:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in names, f"{module}:{node.lineno}"
                assert node.value.partition(":")[0] not in names, f"{module}:{node.lineno}"
            if isinstance(node, ast.ImportFrom | ast.Import):
                imported = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
                assert not {part for name in imported for part in name.split(".")} & names, f"{module}:{node.lineno}"


def test_every_linter_module_is_registered() -> None:
    """A module that defines a linter and is left out of the registry would be dead code."""
    registered = {inspect.getsourcefile(type(linter)) for linter in registry.LINTERS}
    for module in (STYLE / "linters").glob("*.py"):
        if re.search(r"^class \w+\(Linter\):", module.read_text(), re.MULTILINE):
            assert str(module) in registered
