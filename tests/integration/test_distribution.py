"""Wheel and sdist as they are given away: alike, and enough for an audit by an ordinary user who may write nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import small_audit
from tests.conftest import ROOT
from tests.e2e.workflow import build_wheel
from tests.users import command_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist of this checkout, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sdist_gives_the_wheel_of_the_checkout(built: tuple[Path, Path], tmp_path: Path) -> None:
    """File by file; the sdist also holds what its tests and its documentation need, and nothing generated."""
    sdist, wheel = built
    assert contents(wheel) == contents(build_wheel(tmp_path))
    names = set(contents(wheel))
    assert {"auditor/py.typed", "auditor/rubrics/pep8.toml", "auditor/results/schemas/report.schema.json"} <= names
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {"make.py", "constraints.txt", "mkdocs.yml", "tests/conftest.py", "docs/index.md", "SECURITY.md"} <= packed
    assert not [name for name in packed if ".venv" in name or name.startswith(("build/", "dist/"))]


@pytest.fixture
def installed(built: tuple[Path, Path]) -> Iterator[tuple[list[str], Path]]:
    """An environment with the wheel, read-only and root's; the command that starts its Python, and a user's folder."""
    user = command_of("user")
    with TemporaryDirectory(prefix="installed-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        subprocess.run([user[-1], "-m", "venv", "--without-pip", str(folder / "env")], check=True, timeout=600)
        python = folder / "env" / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
        subprocess.run([*pip, str(built[1])], check=True, capture_output=True, timeout=600)
        (packages,) = (folder / "env").glob("lib/python3*/site-packages")
        (packages / "dependencies.pth").write_text("\n".join(p for p in sys.path if p.endswith("site-packages")))
        for path in (folder / "env").rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222 | 0o444)
        home = folder / "home"
        home.mkdir()
        home.chmod(0o777)
        yield [*user[:-1], str(python)], home


def test_an_ordinary_user_audits_with_a_read_only_installation(installed: tuple[list[str], Path]) -> None:
    """Outside the checkout: version, doctor and an audit with its report; nothing of the installation changes."""
    python, home = installed
    small_audit.write(home, tasks=2)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "OPENBLAS_NUM_THREADS": "1"}

    def auditor(*words: str) -> str:
        done = subprocess.run(
            [*python, "-m", "auditor", *words], cwd=home, env=environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    package = Path(python[-1]).parents[1]
    before = sorted(map(str, package.rglob("*")))
    where = subprocess.run(
        [*python, "-c", "import auditor; print(auditor.__file__)"], cwd=home, env=environment, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    assert where.startswith(str(package))
    assert auditor("--version").startswith("auditor ")
    assert "sandbox level" in auditor("doctor")
    assert "report: run/report" in auditor("run", "audit.toml", "--out", "run", "--no-gate")
    assert (home / "run" / "report" / "report.json").stat().st_size > 1000
    assert sorted(map(str, package.rglob("*"))) == before
