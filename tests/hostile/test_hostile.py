"""The corpus against the verifier: as root and as an ordinary user, with Landlock and without it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from auditor.sandbox import SandboxLevel
from auditor.verify.inside import landlock
from auditor.verify.levels import available
from tests.hostile.bombs import BOMBS
from tests.hostile.cheats import CHEATS
from tests.hostile.forgeries import FORGERIES
from tests.hostile.harms import HARMS
from tests.hostile.harness import Size
from tests.hostile.test_untrusted_tasks import SCRIPTS
from tests.users import command_of, environment

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 1800
USERS = ("root", "user")
LEVELS = tuple(SandboxLevel)[: SandboxLevel.NONE.rank]
WHOLE, BRIEF = ("user", "landlock+seccomp"), ("root", "seccomp")
"""The combination that runs everything against every suite, and the one unlike it in both: every cheat and bomb that
does not merely burn time runs there too, so as each user and at each level. The other two run what uses the system."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that every user may use."""
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o777)
        yield Path(made)


def run(user: str, level: str, folder: Path) -> dict[str, Any]:
    """Run the harness; a harness that dies, hangs or says nothing readable is a failure."""
    known = {WHOLE: Size.WHOLE, BRIEF: Size.BRIEF}
    if os.geteuid() != 0:  # one user is all there is
        known = {(user, WHOLE[1]): Size.WHOLE, (user, BRIEF[1]): Size.BRIEF}
    size = known.get((user, level), Size.OUTWARD)
    words = [*command_of(user), "-m", "tests.hostile.harness", level, str(folder), size]
    ended = subprocess.run(words, env=environment(), cwd="/", capture_output=True, text=True, timeout=SECONDS)
    assert ended.returncode == 0, ended.stderr[-2000:]
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def problems(found: dict[str, Any]) -> Iterator[str]:
    """Name everything that is not as it has to be."""
    yield from found["canaries"]
    if found["left"]:
        yield f"processes left behind: {found['left']}"
    if found["unfit"]:
        yield f"references that do not pass: {found['unfit']}"
    for name, reason in found.get("scripts", {}).items():
        if "HARM" in reason:
            yield f"got its way as a test script: {name}: {reason}"
    if len(found["results"]) != found["expected"]:
        yield f"{found['expected'] - len(found['results'])} verdicts missing"
    for result in found["results"]:
        outcomes = {result["base"], result["plus"]}
        what = "{kind} {name!r} on {task}: {base} {detail} {got}".format(**result)
        if "error" in outcomes:
            yield f"charged to us: {what}"
        if result["kind"] == "honest" and outcomes != {"pass"}:
            yield f"does not pass: {what}"
        if result["kind"] != "honest" and "pass" in outcomes:
            yield f"passes: {what}"
        if "HARM" in result["got"] + result["detail"]:
            yield f"got its way: {what}"


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("user", USERS)
def test_nothing_gets_through(user: str, level: str, folder: Path) -> None:
    """No cheat passes, no canary breaks, every honest program passes, nothing is left behind, and the harness lives."""
    if LEVELS.index(level) < LEVELS.index(available() if available() in LEVELS else LEVELS[-1]):
        pytest.skip(f"this kernel has no Landlock (version {landlock.abi()})")
    if available() not in LEVELS:
        pytest.skip("confinement by seccomp and Landlock is for Linux on x86-64 and aarch64")
    found = run(user, level, folder)
    assert found["level"] == level
    assert (found["uid"] == 0) is (user == "root")
    assert list(problems(found)) == []


def test_programs_attack_what_is_there() -> None:
    """Our files, modules and names that a program goes for exist, so that no renaming disarms an attack."""
    attacked = 0
    for source in (*CHEATS.values(), *FORGERIES.values(), *HARMS.values(), *BOMBS.values(), *SCRIPTS.values()):
        for file in re.findall(r"open\('@PACKAGE@/([\w/]+\.py)'\)", source):
            assert (ROOT / "auditor" / file).is_file(), file
            attacked += 1
        for module, alias in re.findall(r"(auditor[\w.]+) as (\w+)", source):
            for name in re.findall(rf"\b{alias}\.(\w+)", source):
                assert hasattr(import_module(module), name), f"{module}.{name}"
                attacked += 1
    assert attacked > 5
