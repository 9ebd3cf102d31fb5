"""A place that cannot be written has one message and one exit code in every command, and costs nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import typer.main

from auditor.cli.app import app
from auditor.errors import ErrorSlug, OutputError, check_writable, writing
from tests import small_audit
from tests.e2e.command import inside
from tests.users import command_of, environment

OUT = "OUT"
WRITING: dict[str, list[str]] = {
    "demo --out": ["demo", "-q", "-o", OUT],
    "init PATH": ["init", OUT],
    "init PATH, tasks": ["init", OUT, "--kind", "program"],
    "run --out": ["run", "audit.toml", "-q", "-o", OUT],
    "sample --out": ["sample", "audit.toml", "-q", "-o", OUT],
    "sample --write-batch": ["sample", "served.toml", "-q", "--write-batch", OUT],
    "merge --out": ["merge", "run", "-o", OUT],
    "report --out": ["report", "analysis.json", "-o", OUT],
    "analyze --out": ["analyze", "--counts", "counts.csv", "-q", "-o", OUT],
    "gate --out": ["gate", "run", "--rules", "lenient", "-o", OUT],
    "gate --write": ["gate", "run", "--rules", "lenient", "--write", f"markdown={OUT}"],
    "gate --programs": ["gate", "run", "--rules", "lenient", "--programs", OUT],
    "gate --save-baseline": ["gate", "run", "--save-baseline", OUT],
    "choose --out": ["choose", "run", "--cost", "1", "-o", OUT],
    "compare --out": ["compare", "run", "run", "-o", OUT],
    "history --out": ["history", "run", "run", "-o", OUT],
    "export --out": ["export", "run", "verdicts", "-o", OUT],
    "export --out, folder": ["export", "run", "--format", "evalplus", "-o", OUT],
    "extract --out": ["extract", "answer.py", "-o", OUT],
    "reverify --out": ["reverify", "samples.jsonl", "-b", "tasks.jsonl", "-q", "-o", OUT],
    "reverify --html": ["reverify", "samples.jsonl", "-b", "tasks.jsonl", "-q", "--html", OUT],
    "reverify --journal": ["reverify", "samples.jsonl", "-b", "tasks.jsonl", "-q", "--journal", OUT],
    "doctor --out": ["doctor", "--bundle", "-o", OUT],
    "rubric init PATH": ["rubric", "init", OUT],
    "tasks mini --out": ["tasks", "mini", "run", "-o", OUT],
    "tasks strengthen --out": ["tasks", "strengthen", "tasks.jsonl", "-q", "-o", OUT],
    "tasks canary --out": ["tasks", "canary", "tasks.jsonl", "-o", OUT],
}
"""The command and the option that names what it writes → how it is given."""
OF_A_RUN = {
    "verify --out", "score --out", "analyze --out, run", "suites --out", "select --out", "gate --out", "run --out",
}  # fmt: skip
"""Options that name a run that exists already."""
RUNS = ["score", "report", "analyze", "suites", "select"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unwritable")
    small_audit.write(folder, tasks=2, endless=0)
    inside("run", "audit.toml", "-q", "-o", "run", cwd=folder)
    (folder / "counts.csv").write_text("model,task_id,n,base_passes,correct\nm,T/0,9,4,3\nm,T/1,9,9,8\n")
    inside("analyze", "--counts", "counts.csv", "-q", "-o", "analysis.json", cwd=folder)
    (folder / "answer.py").write_text("def f(x):\n    return x\n")
    (folder / "served.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "m"\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    (folder / "file").write_text("not a folder")
    return folder


@pytest.mark.parametrize("what", WRITING)
def test_one_message_and_one_exit_code(prepared: Path, what: str) -> None:
    """Below a file nothing can be written: exit 1, a line with path and remedy, and the file is as it was."""
    target = "file/below.toml" if what.startswith("init") else "file/below"
    before = sorted(path for path in prepared.iterdir() if path.name != "audit.toml")
    done = inside(*(word.replace(OUT, target) for word in WRITING[what]), cwd=prepared, expect=1)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("auditor: ")]
    assert re.match(r"auditor: file\S*: cannot be written: Not a directory — name another place$", line), line
    assert (prepared / "file").read_text() == "not a folder"
    left = [path for path in prepared.iterdir() if path not in before and path.name not in ("audit.toml", "reports")]
    assert left == [], "nothing else was written"


def test_every_option_that_names_an_output_is_tried() -> None:
    """A new command or option that writes has to be added above, or is one that names a run that exists."""
    names = {"out", "output", "html", "journal", "save_baseline", "programs", "write", "write_batch"}
    found = set()

    def walk(command: object, words: tuple[str, ...]) -> None:
        for parameter in getattr(command, "params", ()):
            if parameter.name in names and parameter.opts[0].startswith("--"):
                found.add(f"{' '.join(words)} {parameter.opts[0]}")
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(app), ())
    assert found - {*WRITING} - OF_A_RUN == set()


@pytest.mark.parametrize("command", RUNS)
def test_a_run_that_is_missing_is_bad_input_everywhere(prepared: Path, command: str) -> None:
    """No command that continues a run makes one: exit 2, with the slug for it, and no folder."""
    done = inside(command, "audit.toml", "-q", "-o", f"no-{command}", cwd=prepared, expect=2)
    assert f"no-{command}: no run here: there is no audit.db — name a folder" in done.stderr
    assert not (prepared / f"no-{command}").exists()


def test_a_folder_without_permission_and_a_folder_as_file(tmp_path: Path) -> None:
    """An ordinary user is refused before the work, with the system's own reason."""
    import subprocess

    closed = tmp_path / "closed"
    closed.mkdir()
    for path in (tmp_path, *tmp_path.parents):
        if path.owner() == closed.owner() and path.name.startswith(("pytest-", "test_")):
            path.chmod(path.stat().st_mode | 0o055)
    closed.chmod(0o555)
    words = ["-m", "auditor", "tasks", "strengthen", "/nowhere/tasks.jsonl", "-o", str(closed / "x.jsonl")]
    done = subprocess.run(
        [*command_of("nobody"), *words], env=environment(), cwd="/", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        1, f"auditor: {closed}/x.jsonl: cannot be written: Permission denied — name another place\n"
    )  # fmt: skip
    with pytest.raises(OutputError, match="Is a directory"):
        check_writable(closed)
    (tmp_path / "link").symlink_to("still to be made")
    for path in (tmp_path / "link", tmp_path / "new" / "x", Path("/dev/null"), Path("/dev/stdout")):
        check_writable(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed", "link"], "nothing is made by looking"


def test_a_full_disk_names_its_own_remedy(tmp_path: Path) -> None:
    """What the system says is kept; limits of the process and closed pipes are other failures."""
    full = OSError(28, os.strerror(28))
    with pytest.raises(OutputError) as caught, writing(tmp_path / "x"):
        raise full
    remedy = "free disk space, then run the same command again"
    assert str(caught.value) == f"{tmp_path}/x: cannot be written: No space left on device — {remedy}"
    assert (caught.value.slug, caught.value.exit_code) == (ErrorSlug.OUTPUT, 1)
    for passes in (BrokenPipeError(), OSError(24, "Too many open files")):
        with pytest.raises(type(passes)) as same, writing(tmp_path / "x"):
            raise passes
        assert same.value is passes
