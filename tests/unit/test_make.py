"""make.py runs what it says, and CI runs all of it."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_day_leaves_out_slow_tests_and_all_leaves_out_none(make: ModuleType) -> None:
    """With other arguments exactly those tests run."""
    everyday, everything = make.suite([]), make.suite(["--all"])
    assert everyday[-2:] == ("-m", "not slow")
    assert "-m" not in everything
    assert everything[-2:] == ("--hypothesis-profile", "full")
    assert make.suite(["tests/unit", "-k", "sandbox"]) == ["tests/unit", "-k", "sandbox"]


def test_ci_runs_everything_by_the_readmes_own_command() -> None:
    command = "python3 make.py test --all"
    assert re.search(rf"^{command}$", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)
    assert re.search(rf"^{command} ", (ROOT / "README.md").read_text(), flags=re.MULTILINE)


def test_properties_get_more_examples_in_the_full_profile() -> None:
    """Fewer every day, and never fewer than three."""
    from hypothesis import settings

    from tests.examples import examples

    assert settings.get_profile("full").max_examples == 40
    share = settings.default.max_examples / 100
    assert examples(200).max_examples == int(200 * share)
    assert examples(1).max_examples == 3


def test_commands_keep_bytecode(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of the thousands of processes that tests start compiles the whole package again."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert make.call(sys.executable, "-c", "import sys; sys.exit(sys.dont_write_bytecode)") == 0
