"""What the package imports is what pyproject.toml declares."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUNTIME = [Requirement(one) for one in [*PROJECT["dependencies"], *EXTRAS["security"], *EXTRAS["dask"]]]
DECLARED = {canonicalize_name(one.name): one for one in RUNTIME}
STANDARD = {*sys.stdlib_module_names, "compression"}
"""``compression`` is in the standard library from 3.14 on."""


def imported() -> dict[str, set[str]]:
    """Return the distributions that the package imports, wherever the import stands, with the modules that do."""
    found: dict[str, set[str]] = defaultdict(set)
    distributions = packages_distributions()
    for path in sorted((ROOT / "auditor").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    modules = [one.name for one in names]
                case ast.ImportFrom(module=str(module), level=0):
                    modules = [module]
                case _:
                    continue
            for name in {one.partition(".")[0] for one in modules} - STANDARD - {"auditor"}:
                (distribution,) = set(distributions.get(name, [name]))
                found[canonicalize_name(distribution)].add(path.relative_to(ROOT).as_posix())
    return dict(found)


def test_what_is_imported_is_declared() -> None:
    """A package that only another one brings along may be gone with that one's next version."""
    assert {name: found for name, found in imported().items() if name not in DECLARED} == {}


def test_what_is_declared_is_imported() -> None:
    """A dependency that nothing needs any more goes."""
    assert DECLARED.keys() - imported().keys() == set()


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_pinned_versions_are_in_the_declared_ranges(name: str) -> None:
    """The versions of constraints.txt, which are those installed here, fit."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {canonicalize_name(line.partition("==")[0]): line.partition("==")[2] for line in lines if "==" in line}
    assert DECLARED[name].specifier.contains(pins[name])
    if DECLARED[name].marker is None or DECLARED[name].marker.evaluate():
        assert DECLARED[name].specifier.contains(version(name))
