"""What programs may import, and the Python that runs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.config import VerifyConfig, load_config
from auditor.errors import ConfigError, SandboxError
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target
from auditor.verify import Verifier, environment, levels
from auditor.verify.syntax import version_needed

SUITE = InputSuite(((1,), (2,)))
LAZY = (
    "def f(n):\n    import io\n    import numpy.testing\n    import pandas\n"
    "    return pandas.DataFrame({'a': [n]}).to_csv(index=False)\n"
)
"""Pandas imports more when a frame is written."""
PANDAS = "import pandas as pd\n\ndef f(n):\n    return int(pd.Series([n] * 3).sum())\n"
WITHOUT = "def f(n):\n    try:\n        import {}\n    except ImportError:\n        return n\n    return -1\n"


def task(name: str, reference: str, requires: tuple[str, ...] = (), outputs: tuple[int, ...] | None = None) -> Task:
    suite = InputSuite(SUITE.inputs, outputs)
    return Task(name, "", Target.function("f"), reference, suite, suite, requires=requires)


def verdict(verifier: Verifier, name: str, source: str) -> Verdict:
    (verdicts,) = verifier.verify([Program(program_id(name, source), name, source)])
    assert verdicts[0].suite is SuiteName.BASE
    return verdicts[0]


@pytest.mark.parametrize("level", list(SandboxLevel)[:2])
def test_programs_import_what_is_required_and_no_more(level: SandboxLevel) -> None:
    """A required package and its dependencies can be imported, others cannot; what is missing is named."""
    if level not in list(SandboxLevel)[levels.available().rank :]:
        pytest.skip(f"this kernel does not have {level}")
    tasks = [
        task("pandas", PANDAS, ("pandas>=2.2",)),
        task("lazy", LAZY, ("pandas",)),
        task("plain", WITHOUT.format("pydantic"), outputs=(1, 2)),
        task("absent", "def f(n):\n    return n\n", ("no-such-package>=3",)),
        task("too new", "def f(n):\n    return n\n", ("pandas>=999",)),
        task("no requirement", "def f(n):\n    return n\n", ("pandas = 3",)),
    ]
    with Verifier({one.task_id: one for one in tasks}, VerifyConfig(workers=1), level=level) as verifier:
        unfit = verifier.check_references()
        assert unfit.keys() == {"absent", "too new", "no requirement"}
        assert "no-such-package>=3 is not installed for the Python" in unfit["absent"]
        assert "is installed" in unfit["too new"]
        found = verdict(verifier, "plain", WITHOUT.format("pydantic"))
        assert found.outcome is Outcome.PASS
        assert found.environment == verifier.place.environment
        assert {"numpy", "pandas", "python-dateutil"} <= verifier.place.packages.keys()
        assert verdict(verifier, "absent", "def f(n):\n    return n\n").outcome is Outcome.ERROR


def test_a_package_of_the_settings_has_to_be_there() -> None:
    """A package in [verify] packages that is not installed ends the run before anything is judged."""
    config = VerifyConfig(workers=1, packages=("no-such-package",))
    with pytest.raises(ConfigError, match=r"packages: no-such-package is not installed"), Verifier({}, config):
        pass


def test_another_environment_runs_the_programs(tmp_path: Path) -> None:
    """Programs run with the interpreter and the packages of the virtual environment that the settings name."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "shapes.py").write_text("import importlib.metadata\nSIDES = 4\nV = importlib.metadata.version('Shapes')\n")
    (site / "hidden.py").write_text("")
    info = site / "shapes-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shapes\nVersion: 1.5\n")
    (info / "RECORD").write_text("shapes.py,,\nshapes-1.5.dist-info/METADATA,,\nshapes-1.5.dist-info/RECORD,,\n")
    tasks = [
        task("shapes", "import shapes\n\ndef f(n):\n    return [n * shapes.SIDES, shapes.V]\n", ("shapes~=1.4",)),
        task("hidden", WITHOUT.format("hidden"), outputs=(1, 2)),
        task("numpy", WITHOUT.format("numpy"), outputs=(1, 2)),
    ]
    config = VerifyConfig(workers=1, python=tmp_path / "env")
    with Verifier({one.task_id: one for one in tasks}, config) as verifier:
        assert verifier.check_references() == {}
        assert verifier.place.packages == {"shapes": "1.5"}
        wrong = verdict(verifier, "shapes", "def f(n):\n    return [n * 4, '1.4']\n")
        assert wrong.outcome is Outcome.FAIL
        assert wrong.environment != environment.find(None, ()).digest


@pytest.mark.parametrize(
    ("python", "message"),
    [("nowhere", "is not a Python interpreter"), ("broken", "does not run"), ("empty", "is not a Python interpreter")],
)
def test_an_interpreter_that_cannot_be_used_is_named(tmp_path: Path, python: str, message: str) -> None:
    """A path that is no interpreter, or one that fails, ends in one line that names the setting."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "broken").chmod(0o755)
    with pytest.raises((ConfigError, SandboxError), match=rf"verify\.python = .*{message}"):
        environment.find(tmp_path / python, ())


@pytest.mark.parametrize(
    ("source", "numbers", "needed"),
    [
        ("type X = int\n", (3, 11), "3.12"),
        ("type X = int\n", (3, 12), ""),
        ("def f[T](x: T) -> T:\n    return x\n", (3, 11), "3.12"),
        ('d = {}\nprint(f"{d["a"]}")\n', (3, 11), "3.12"),
        ("try:\n    pass\nexcept A, B:\n    pass\n", (3, 13), "3.14"),
        ('t = t"a{1}"\n', (3, 12), "3.14"),
        ('type X = int\nprint(f"{1+}")\n', (3, 11), ""),
        ("def f[T](x: T) -> T\n    return x\n", (3, 11), ""),
        ("x = (1\n", (3, 11), ""),
    ],
)
def test_syntax_of_a_newer_python_is_told_from_broken_syntax(
    source: str, numbers: tuple[int, int], needed: str
) -> None:
    """Only if a newer version alone is missing is the version named."""
    assert version_needed(source, numbers) == needed


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="needs syntax that this Python lacks")
def test_a_program_in_newer_syntax_is_not_charged_to_the_model() -> None:
    """Syntax that the interpreter does not know yet is a harness error with the remedy; broken syntax stays invalid."""
    one = task("t", "def f(n):\n    return n\n")
    with Verifier({"t": one}, VerifyConfig(workers=1)) as verifier:
        newer = verdict(verifier, "t", 'def f(n):\n    x = t"{n}"\n    return n\n')
        broken = verdict(verifier, "t", "def f(n:\n    return n\n")
    assert newer.outcome is Outcome.ERROR
    assert "written for Python 3.14" in newer.detail
    assert "[verify] python" in newer.detail
    assert broken.outcome is Outcome.INVALID


def _newer() -> Path | None:
    """Find an interpreter that is newer than this one."""
    found = (shutil.which(f"python3.{minor}") for minor in range(sys.version_info.minor + 1, 20))
    places = [*(Path(one) for one in found if one), *sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))]
    for place in places:
        numbers = subprocess.run(
            [place, "-c", "import sys; print(sys.version_info[:2] > (3, 11))"], capture_output=True, check=False
        )
        if sys.version_info[:2] == (3, 11) and numbers.stdout.strip() == b"True":
            return place
    return None


def test_a_newer_interpreter_judges_what_this_one_cannot_read() -> None:
    """The interpreter that the settings name runs the fork servers, so its syntax counts."""
    python = _newer()
    if python is None:
        pytest.skip("there is no newer Python here")
    one = task("t", "def f(n):\n    return n\n")
    source = "type Number = int\n\ndef f[T](n: T) -> T:\n    return n\n"
    with Verifier({"t": one}, VerifyConfig(workers=1)) as verifier:
        assert verdict(verifier, "t", source).outcome is Outcome.ERROR
        digest = verifier.place.environment
    with Verifier({"t": one}, VerifyConfig(workers=1, python=python)) as verifier:
        found = verdict(verifier, "t", source)
        assert (found.outcome, found.environment == digest) == (Outcome.PASS, False)


def test_the_settings_name_a_python_by_a_path_from_their_own_folder(tmp_path: Path) -> None:
    """A relative path starts where audit.toml is, an absolute one is taken as it is."""
    settings = '[benchmark]\nsource = "demo"\n[[model]]\nname = "m"\nsimulated = "weak"\n[verify]\npython = "{}"\n'
    file = tmp_path / "audit.toml"
    for given, expected in ((".venv", tmp_path / ".venv"), (sys.executable, Path(sys.executable))):
        file.write_text(settings.format(given))
        assert load_config(file).verify.python == expected
