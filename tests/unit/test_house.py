"""Rules of the code base that a linter does not check."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "auditor").rglob("*.py"))
HEAVY = {
    "altair",
    "bandit",
    "dask",
    "datasets",
    "distributed",
    "jinja2",
    "numpy",
    "openai",
    "pandas",
    "pylint",
    "radon",
    "rich",
    "scipy",
    "vl_convert",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_too_large(module: Path) -> None:
    """No module above 400 lines and no function above 80."""
    text = module.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 80, node.name


@pytest.mark.parametrize(
    "words", [["-m", "auditor", "--help"], ["-m", "auditor", "run", "--help"], ["-c", "import auditor"]]
)
def test_help_and_import_load_nothing_heavy(words: list[str]) -> None:
    """What only some commands need is imported where it is used."""
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", *words], capture_output=True, text=True, check=True, cwd=ROOT
    ).stderr
    names = {line.rsplit("|", 1)[-1].strip().partition(".")[0] for line in loaded.splitlines()}
    assert sorted(names & HEAVY) == []


def test_help_is_laid_out(capsys: pytest.CaptureFixture[str]) -> None:
    """At 80 columns every command's summary is whole, and examples are lines of their own."""
    from auditor.cli.app import app, laid_out

    for words in ([], ["rubric"], ["tasks"]):
        with pytest.raises(SystemExit):
            app([*words, "--help"], terminal_width=80)
        assert re.findall(r"\w,?\.\.\.$", capsys.readouterr().out, re.MULTILINE) == []
    assert laid_out("Do it.\n\nIt does\nit.\nExample: x\nExample: y") == (
        "Do it.\n\nIt does it.\n\n\b\nExample: x\nExample: y"
    )


def test_every_command_teaches() -> None:
    """Every command and every option of it has help, and each command an example that it would take."""
    import typer.main

    from auditor.cli.app import app

    def walk(command: Any, path: str) -> None:
        assert getattr(command, "help", None), path
        for parameter in getattr(command, "params", []):
            if parameter.param_type_name == "option":
                assert parameter.help, f"{path} {parameter.name}"
        if not hasattr(command, "commands"):
            examples = re.findall(rf"^Example: {path} ?(.*(?:\n +.*)*)", command.help, re.MULTILINE)
            assert examples, path
            for example in examples:
                command.make_context(path, shlex.split(example))  # raises UsageError
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{path} {name}")

    walk(typer.main.get_command(app), "auditor")


def test_the_readme_names_commands_that_exist() -> None:
    """Each `auditor …` of the README and of the docs is a command of the program."""
    import typer.main

    from auditor.cli.app import app

    known = set(getattr(typer.main.get_command(app), "commands", {}))
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for line in re.findall(r"^\s*auditor ([a-z]+)|`auditor ([a-z]+)", page.read_text(), flags=re.MULTILINE):
            assert set(line) - {""} <= known, page


def test_the_readmes_links_lead_somewhere() -> None:
    """Relative links of the project's own pages name files that are there; the site's build checks those of docs/."""
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        page = ROOT / name
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_projects_texts_name_no_package_host() -> None:
    """Pins and scripts name packages, never the host that they come from."""
    for name in ("constraints.txt", "pyproject.toml", "make.py", ".ci/run"):
        assert "://" not in (ROOT / name).read_text()


def test_shares_are_written_by_one_formatter() -> None:
    """No format of Python's writes a percentage or a sign, so a share looks the same in every command and page.

    Within the sandbox's details, which are stored, ``:.0%`` says how near a limit was.
    """
    found = [
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for module in MODULES
        if "verify" not in module.parts and module.name != "numerals.py"
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        if re.search(r"%'$|^f'\+", ast.unparse(node.format_spec))
    ]
    assert found == []


def test_sql_is_written_in_the_store_alone() -> None:
    """No other module holds a statement, or reaches into the store for one."""
    statement = re.compile(r"\b(SELECT|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|VIEW))\b")
    for module in MODULES:
        if "store" in module.relative_to(ROOT).parts:
            continue
        tree = ast.parse(module.read_text())
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [text for text in texts if statement.search(text)] == [], module
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_")]
        assert [ast.unparse(node) for node in inner if ast.unparse(node.value).endswith("store")] == [], module


WIRE = (
    "auditor/verify/inside/",
    "auditor/verify/wire.py",
    "auditor/verify/sharing.py",
    "auditor/verify/digest.py",
    "auditor/engine/remote.py",
)
"""Modules that carry values of any type between processes: results of programs, and jobs for other machines."""
MOST_ANY = 55
"""Uses of ``Any`` in all other modules together; each one has a reason (charts' options, special equality rules)."""


def test_any_is_rare() -> None:
    """Data has types: foreign JSON is parsed where it comes in, and only the wire carries values of any type."""
    found = {}
    for module in MODULES:
        name = module.relative_to(ROOT).as_posix()
        if not name.startswith(WIRE):
            nodes = ast.walk(ast.parse(module.read_text()))
            found[name] = sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes)
    assert sum(found.values()) <= MOST_ANY, {name: count for name, count in found.items() if count}


def test_json_values_have_one_definition() -> None:
    """The recursive type of a JSON value is defined in one module."""
    defining = [
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in {"JsonValue", "JsonObject"}
    ]
    assert sorted(defining) == ["auditor/json_types.py"] * 2


def test_every_public_name_is_there() -> None:
    """What the package promises can be imported, each name from one place."""
    import auditor

    for name in auditor.__all__:
        assert getattr(auditor, name) is not None
    assert sorted(auditor._PACKAGE_OF) == sorted(auditor.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        auditor.nothing  # noqa: B018 - the access is the test


TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "benchmarks" not in path.parts]
CLOCKS = re.compile(r"(process_time|thread_time|monotonic|perf_counter|time)(_ns)?")
HANG = 60
"""Seconds that only a hang takes, however slow, busy or paused the machine is."""


def _reads_a_clock(node: ast.AST) -> bool:
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(CLOCKS.fullmatch(getattr(call, "attr", getattr(call, "id", ""))) for call in calls)


def _is_short(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value < HANG


def timed(tree: ast.AST) -> list[int]:
    """List the lines of what fails on a slow machine: a time asserted to be short, a wait for a moment only."""
    nodes = list(ast.walk(tree))
    spans = {node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)}
    spans = {node for node in spans if _reads_a_clock(node)}
    assigned = [node for node in nodes if isinstance(node, ast.Assign) and spans & {*ast.walk(node.value)}]
    names = {name.id for node in assigned for target in node.targets for name in ast.walk(target)
             if isinstance(name, ast.Name)}  # fmt: skip

    def is_span(node: ast.expr) -> bool:
        return any(one in spans or (isinstance(one, ast.Name) and one.id in names) for one in ast.walk(node))

    found = []
    for node in nodes:
        match node:
            case ast.Assert(test=test):
                for compared in (one for one in ast.walk(test) if isinstance(one, ast.Compare)):
                    sides = [compared.left, *compared.comparators]
                    for left, operator, right in zip(sides, compared.ops, sides[1:], strict=False):
                        less, more = (left, right) if isinstance(operator, ast.Lt | ast.LtE) else (right, left)
                        bounded = isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and is_span(less)
                        if bounded and (_is_short(more) or not isinstance(more, ast.Constant)):
                            found.append(node.lineno)
            case ast.BinOp(op=ast.Add(), left=ast.Call(func=ast.Attribute(attr="monotonic")), right=right):
                found += [node.lineno] if _is_short(right) else []
            case ast.Call(func=ast.Attribute(attr="communicate" | "run" | "join"), args=given, keywords=keywords):
                limits = [one.value for one in keywords if one.arg == "timeout"]
                found += [node.lineno] if any(map(_is_short, [*given, *limits])) else []
    return found


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("assert time.process_time() - began < 0.5", True),
        ("assert 5 >= time.monotonic() - began", True),
        ("took = time.perf_counter() - began\nassert took < bound", True),
        ("assert time.monotonic() - began < 120", False),
        ("assert time.monotonic() - began >= 1.6", False),
        ("until = time.monotonic() + 10\nwhile time.monotonic() < until: pass", True),
        ("until = time.monotonic() + 120\nassert time.monotonic() < until", False),
        ("process.communicate(timeout=20)", True),
        ("thread.join(10)", True),
        ("subprocess.run(words, timeout=600)", False),
    ],
)
def test_a_time_that_may_be_short_is_told_from_a_hang(source: str, refused: bool) -> None:
    assert bool(timed(ast.parse(source))) is refused


def test_no_test_depends_on_the_machines_speed() -> None:
    """Outside tests/benchmarks no assertion bounds a time from above: see tests/growth.py for work that is to be small.

    Only a hang may be bounded, by a minute or more, and so may a wait for another process.
    """
    found = {path.relative_to(ROOT).as_posix(): timed(ast.parse(path.read_text())) for path in TESTS}
    assert {name: lines for name, lines in found.items() if lines} == {}
