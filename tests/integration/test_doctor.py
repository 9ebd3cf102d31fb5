"""``auditor doctor`` and the probe behind it: what a program can do here is found out by doing."""

from __future__ import annotations

import json
import re
import sys

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.sandbox import SandboxLevel
from auditor.verify import doctor, levels, probe

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confinement is Linux's")


@linux
@pytest.mark.parametrize("level", list(SandboxLevel)[: SandboxLevel.NONE.rank])
def test_every_promise_is_kept(level: SandboxLevel) -> None:
    """At both confined levels a program can do none of what is forbidden and all of what is allowed."""
    if level.rank < levels.available().rank:
        pytest.skip(f"this kernel does not have {level}")
    report = doctor(level=level)
    assert [check for check in report.checks if not check.kept] == []
    assert report.confined
    assert (report.level, report.problem) == (level, "")


@linux
def test_the_probe_sees_a_missing_wall() -> None:
    """A sandbox that claims a level and does not confine is found out before anything is verified."""
    runner = levels.Plans(SandboxLevel.NONE, VerifyConfig()).runner(0)
    try:
        with pytest.raises(SandboxError, match="promises that a program cannot"):
            probe.prove(runner, SandboxLevel.SECCOMP)
    finally:
        runner.close()


@linux
@pytest.mark.parametrize("broken", ["landlock.enter(ruleset)", "self._filter.install(os.getpid())"])
def test_one_layer_alone_is_not_taken_for_two(broken: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Leaving out either layer of confinement breaks a promise of the best level, and the probe says which."""
    import shutil
    from pathlib import Path

    from auditor.verify import server

    if levels.available() != SandboxLevel.LANDLOCK:
        pytest.skip("this kernel has no Landlock")
    folder = tmp_path_factory.mktemp("copy")
    package = folder / "auditor"
    shutil.copytree(Path(server.__file__).parent.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    confine = package / "verify" / "inside" / "confine.py"
    source = confine.read_text()
    assert broken in source
    confine.write_text(source.replace(broken, "pass"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "SCRIPT", package / "verify" / "inside" / "zygote.py")
        report = doctor(level=SandboxLevel.LANDLOCK)
    failed = [check.what for check in report.checks if not check.kept]
    assert failed
    assert not report.confined


def test_the_command_says_it() -> None:
    """The command prints level, checks and what is not protected, as text and as JSON; unconfined is exit code 1."""
    said = CliRunner().invoke(app, ["doctor", "--format", "json"])
    report = json.loads(said.stdout)
    assert said.exit_code == (0 if report["confined"] else 1)
    assert report["level"] == levels.available()
    assert report["unprotected"]
    assert re.fullmatch(r"4096 MB a program, \d+ MB all together", report["facts"]["memory"])
    unsafe = CliRunner().invoke(app, ["doctor", "--level", "none"])
    assert unsafe.exit_code == 1
    assert "not protected" in unsafe.stdout


@pytest.mark.parametrize(
    ("system", "machine", "said"),
    [
        ("Linux", "x86_64", ""),
        ("Linux", "aarch64", "checked against the kernel's numbers"),
        ("Linux", "riscv64", "nothing of the sandbox was ever run on Linux riscv64"),
        ("Darwin", "arm64", "nothing of the sandbox was ever run on Darwin arm64"),
    ],
)
def test_what_was_never_run_on_a_platform_is_said(system: str, machine: str, said: str) -> None:
    """On the platforms that the corpus ran on there is nothing to say; on others the doctor says what was not tried."""
    found = probe.never_run(system, machine)
    assert (found == "") if not said else (said in found)
