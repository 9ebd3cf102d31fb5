"""The environment of programs: an interpreter, and the packages that they may import besides the standard library.

By default, auditor's own interpreter, and of its packages only numpy. ``[verify] packages`` and the ``requires`` of
tasks allow more, with their dependencies; ``[verify] python`` names another interpreter, such as that of a virtual
environment, which then runs the fork servers. Packages are found by their metadata and never imported here.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from auditor.errors import ConfigError, SandboxError

ALWAYS = "numpy"
"""The package that programs have wherever it is installed."""
LEAST = (3, 11)
"""The oldest interpreter that runs our fork server."""
_START_SECONDS = 30.0
_ASK = """
import json, os, platform, sys, sysconfig
print(json.dumps({
    "executable": sys.executable, "version": platform.python_version(), "numbers": list(sys.version_info[:2]),
    "implementation": sys.implementation.name, "stdlib": sysconfig.get_path("stdlib"), "path": sys.path,
}))
"""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed distribution that programs may import."""

    name: str
    """Its normalised name, e.g. ``scikit-learn``."""
    version: str
    folder: str
    """Where it is installed: a ``site-packages`` folder."""
    entries: tuple[str, ...]
    """Names of its folders and files there, including its metadata."""
    modules: tuple[str, ...]
    """Names by which it is imported."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Return all paths that a program must be able to read."""
        return tuple(f"{self.folder}/{entry}" for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs programs."""

    executable: str
    version: str
    numbers: tuple[int, int]
    """Major and minor version."""
    implementation: str
    stdlib: str
    """The folder of its standard library."""
    path: tuple[str, ...]
    """Where it looks for packages."""

    def markers(self) -> dict[str, str]:
        """Return the environment in which requirements' markers are evaluated."""
        names = {name: str(value) for name, value in default_environment().items()}
        short = f"{self.numbers[0]}.{self.numbers[1]}"
        return names | {"python_version": short, "python_full_version": self.version, "extra": ""}


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter with the packages that programs may import."""

    interpreter: Interpreter
    packages: tuple[Package, ...]
    """Allowed packages and their dependencies, by name."""
    missing: Mapping[str, str]
    """Requirement → why it is not met here."""

    @property
    def digest(self) -> str:
        """Hash interpreter, machine and packages; verdicts with different digests may differ for that reason alone."""
        of = self.interpreter
        facts = [of.implementation, of.version, platform.machine(), sorted(self.versions.items())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    @property
    def versions(self) -> dict[str, str]:
        """Package → version."""
        return {package.name: package.version for package in self.packages}

    def lacks(self, requires: Iterable[str]) -> str:
        """Say which of a task's requirements are not met; empty if all are."""
        return next((self.missing[one] for one in requires if one in self.missing), "")


def find(python: Path | None, requires: Iterable[str]) -> Environment:
    """Find the interpreter and the packages that requirements name, with all their dependencies.

    Raises :class:`~auditor.errors.ConfigError` if it is no interpreter, and
    :class:`~auditor.errors.SandboxError` if it does not run. A requirement that is not met
    is noted in ``missing``.
    """
    interpreter = _own() if python is None else _other(python)
    search = _Search(interpreter)
    missing: dict[str, str] = {}
    for text in dict.fromkeys(requires):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            missing[text] = f"{text!r} is not a requirement such as pandas>=2.2"
            continue
        if not requirement.marker or requirement.marker.evaluate(interpreter.markers()):
            reason = search.add(requirement)
            if reason:
                missing[text] = reason
    search.add(Requirement(ALWAYS))
    found = sorted(search.found.values(), key=lambda package: package.name)
    return Environment(interpreter, tuple(found), missing)


def _own() -> Interpreter:
    numbers = (sys.version_info.major, sys.version_info.minor)
    path = tuple(folder for folder in sys.path if Path(folder).name in {"site-packages", "dist-packages"})
    spec = importlib.util.find_spec(ALWAYS)
    if spec is not None and spec.origin:  # wherever it is imported from
        path += (str(Path(spec.origin).parent.parent),)
    stdlib = sysconfig.get_path("stdlib")
    return Interpreter(
        sys.executable, platform.python_version(), numbers, sys.implementation.name, stdlib, tuple(dict.fromkeys(path))
    )


@functools.cache
def _other(python: Path) -> Interpreter:
    """Ask an interpreter, or that of a virtual environment's folder, about itself."""
    where = f"verify.python = {str(python)!r}"
    executable = python / "bin" / "python" if python.is_dir() else python
    if not executable.is_file() or not os.access(executable, os.X_OK):
        raise ConfigError(
            "is not a Python interpreter",
            where=where,
            remedy="name an interpreter, or the folder of a virtual environment",
        )
    try:
        said = subprocess.run(  # noqa: S603 - the user's own interpreter
            [str(executable), "-I", "-c", _ASK], capture_output=True, timeout=_START_SECONDS, check=True, cwd="/"
        )
        answer = json.loads(said.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxError(f"does not run: {error}", where=where, remedy="run it by hand") from None
    numbers = (int(answer["numbers"][0]), int(answer["numbers"][1]))
    if numbers < LEAST:
        raise ConfigError(
            f"is Python {answer['version']}",
            where=where,
            remedy=f"programs run with Python {LEAST[0]}.{LEAST[1]} or later",
        )
    path = tuple(folder for folder in answer["path"] if Path(folder).name in {"site-packages", "dist-packages"})
    return Interpreter(str(executable), answer["version"], numbers, answer["implementation"], answer["stdlib"], path)


class _Search:
    """Finds distributions and their dependencies in an interpreter's folders."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.found: dict[str, Package] = {}
        self._interpreter = interpreter
        self._markers = interpreter.markers()

    def add(self, requirement: Requirement) -> str:
        """Add a required package and its dependencies; return the reason if that is impossible, else nothing."""
        name = canonicalize_name(requirement.name)
        distribution = self._distribution(requirement.name)
        if distribution is None:
            return f"{requirement} is not installed for the Python {self._interpreter.version} that runs programs"
        version = distribution.version
        if not requirement.specifier.contains(version, prereleases=True):
            return f"{requirement} is not met: {version} is installed"
        if name in self.found:
            return ""
        package = _package(name, distribution)
        if package is None:
            return f"{name} is installed by reference (editable) or lists no files, so it cannot be given to programs"
        self.found[name] = package
        for needed in map(Requirement, distribution.requires or ()):
            if needed.marker is None or any(
                needed.marker.evaluate(self._markers | {"extra": extra}) for extra in ("", *requirement.extras)
            ):
                self.add(needed)  # a missing one is the package's own problem
        return ""

    def _distribution(self, name: str) -> importlib.metadata.Distribution | None:
        found = importlib.metadata.distributions(name=name, path=list(self._interpreter.path))
        return next(iter(found), None)


def _package(name: str, distribution: importlib.metadata.Distribution) -> Package | None:
    """Read what a distribution has installed."""
    folder = Path(str(distribution.locate_file(""))).resolve()
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
    entries = sorted(top for top in tops if (folder / top).exists())
    modules = {module for top in entries if (module := _module(folder / top))}
    return Package(name, distribution.version, str(folder), tuple(entries), tuple(sorted(modules))) if modules else None


def _module(path: Path) -> str:
    """Return the name that a file or folder is imported by; empty for anything else."""
    name = path.name if path.is_dir() else path.name.partition(".")[0] if path.suffix in {".py", ".so"} else ""
    return name if name.isidentifier() else ""
