"""Every code block of the documentation runs, parses or says why not.

The commands of all pages run one after the other in one folder, as a reader types them, but within this process. Pages
in ``ELSEWHERE`` have tests of their own that run their blocks.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.config import AuditConfig
from auditor.gates.rules import RulesFile
from auditor.style.loading import RubricFile
from tests.docs.blocks import PAGES, ROOT, Block, Command, blocks, commands

ELSEWHERE = {
    "docs/python.md": "tests/unit/pipeline/test_python.py",
    "docs/gates.md": "tests/e2e/test_ci.py",
    "docs/benchmarks.md": "tests/unit/benchmark/test_docs.py",
    "docs/metrics.md": "tests/unit/gates/test_metrics.py",
}
"""Page → the test that runs its blocks."""

ALL = [block for page in PAGES for block in blocks(page)]
RUN = [block for block in ALL if block.page not in ELSEWHERE and not block.reason]
CONSOLE = [block for block in RUN if block.language == "console"]
PYTHON = [block for block in RUN if block.language == "python"]
DATA = [block for block in RUN if block.language in ("toml", "json", "yaml", "csv")]
SILENT = {"text", "mermaid"}
"""Languages of blocks that are shown, not used."""
SLOW = {"docs/howto/kinds.md", "docs/howto/rubric.md", "docs/howto/slices.md", "docs/tutorial/my-tasks.md"}
"""Pages whose commands take more than five seconds."""


def test_every_block_is_run_or_says_why_not() -> None:
    """A block has a language that a test here knows, or a page with a test of its own, or a reason."""
    known = {"console", "toml", "json", "yaml", "csv", "python", *SILENT}
    assert [str(block) for block in ALL if block.language not in known] == []
    for page, test in ELSEWHERE.items():
        assert (ROOT / page).is_file()
        assert (ROOT / test).is_file()


def _invoke(words: tuple[str, ...]) -> Any:
    return CliRunner().invoke(app, list(words), prog_name="auditor")


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow if page in SLOW else ()) for page in sorted({b.page for b in CONSOLE})],
)
def test_commands_run(page: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of a page, in the page's order, ends as it should and prints what the page shows."""
    monkeypatch.chdir(project)
    for block in CONSOLE:
        if block.page == page:
            for command in commands(block):
                _check(command)


def test_commands_that_are_not_run_are_commands() -> None:
    """Each ``auditor …`` of a block that says why it is not run exists, with those arguments and options."""
    seen = 0
    for block in ALL:
        if block.reason and block.language == "console":
            for command in commands(block):
                if command.words[0] == "auditor":
                    _parse(command, str(block))
                    seen += 1
    assert seen > 20


def _may_fail(words: tuple[str, ...]) -> bool:
    """Return whether a command's exit code can be other than 0 although it did what it was told."""
    settings = next((word for word in words[2:] if not word.startswith("-")), "")
    match words[1:3]:
        case ("run" | "report", *_):
            return not {"--no-gate", "--dry-run"} & set(words) and not settings.endswith(".json")
        case ("gate", *_):
            return not {"--save-baseline", "--list-metrics"} & set(words)
        case ("tasks", "check"):
            return True
        case ("doctor" | "reverify", *_):
            return True
    return False


def test_a_page_says_why_a_command_ends_with_another_code() -> None:
    """A reader whose shell or CI stops at exit code 3 finds the reason on the page that told him to run the command."""
    silent = []
    for page in PAGES:
        console = [block for block in blocks(page) if block.language == "console"]
        failing = [one for block in console for one in commands(block) if one.words[0] == "auditor"]
        prose = re.sub(r"(?ms)^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"))
        if any(_may_fail(one.words) for one in failing) and not re.search(r"exit\s+codes?\b", prose, re.IGNORECASE):
            silent.append(str(page.relative_to(ROOT)))
    assert silent == []


def _parse(command: Command, where: str) -> None:
    """Let the command's own parser read its words."""
    parser: Any = typer.main.get_command(app)
    words = list(command.words[1:])
    while hasattr(parser, "commands"):
        parser = parser.commands[words.pop(0)]
    try:
        parser.make_context("auditor", words)
    except Exception as error:
        error.add_note(f"{where}: {' '.join(command.words)}")
        raise


def _check(command: Command) -> None:
    name, *words = command.words
    assert name == "auditor", f"say why `{name}` is not run"
    done = _invoke(tuple(words))
    allowed = {0, 3, 4} if words[0] == "gate" else {0}  # a gate's verdict is no failure of the page
    assert done.exit_code in allowed, f"{command.words}: exit {done.exit_code}\n{done.output}\n{done.exception!r}"
    at = 0
    for line in command.output:
        pattern = ".*".join(map(re.escape, line.split("…")))
        hit = re.compile(pattern).search(done.output, at)
        assert hit is not None, f"{command.words} does not print {line!r}, but\n{done.output}"
        at = hit.end()


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_runs(block: Block, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block runs on its own."""
    monkeypatch.chdir(project)
    exec(compile(block.text, str(block), "exec"), {})


@pytest.mark.parametrize("block", DATA, ids=str)
def test_data_is_sound(block: Block) -> None:
    """Settings, rules and rubrics are what auditor takes; JSON and YAML parse."""
    match block.language:
        case "json":
            json.loads(block.text)
        case "yaml":
            yaml.safe_load(block.text)
        case "csv":
            assert len({line.count(",") for line in block.text.split()}) == 1
        case "toml":
            _check_toml(tomllib.loads(block.text))


def _check_toml(content: dict[str, Any]) -> None:
    """Validate as settings, after adding the tables that a fragment leaves out; or as rules, or as a rubric."""
    if "criterion" in content:
        RubricFile.model_validate(content)
    elif set(content) == {"gate"}:
        RulesFile.model_validate(content)
    else:
        needed = {"benchmark": {"source": "demo"}, "model": [{"name": "m", "simulated": "weak"}]}
        AuditConfig.model_validate(needed | content)
