"""Lets programs import chosen packages, and no other, out of a folder that holds many."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_NOT_FOR_PROGRAMS = frozenset({
    "__main__", "_testing", "backends", "benchmarks", "conftest", "setup", "tests"
})  # fmt: skip
"""Submodules that are not loaded with the whole: tests, and what wants a screen."""
_METADATA = (".dist-info", ".egg-info")


class Packages:
    """Finds the packages of a plan, last of all finders; submodules are found through their packages as usual."""

    def __init__(self, folders: Sequence[str], paths: Sequence[str], modules: Sequence[str]) -> None:
        """Allow ``modules``, which ``folders`` hold; ``paths`` are all files and folders that belong to them."""
        self._folders = list(folders)
        self._modules = frozenset(modules)
        self._metadata = [path for path in paths if path.endswith(_METADATA)]

    def install(self) -> None:
        """Take part in imports, and list the folders now: once confined, nobody may."""
        for folder in self._folders:
            PathFinder.find_spec("__none__", [folder])
        sys.meta_path.append(self)

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        """Find a package of the plan by its name."""
        if path is not None or name not in self._modules:
            return None
        return PathFinder.find_spec(name, self._folders)

    def find_distributions(self, context: Any = None) -> Iterator[Distribution]:
        """Find the metadata of packages of the plan, for those that look up their own version."""
        from importlib.metadata import Distribution

        wanted = getattr(context, "name", None)
        for path in self._metadata:
            name = os.path.basename(path).partition("-")[0]
            if wanted is None or _plain(wanted) == _plain(name):
                yield Distribution.at(path)


def load_whole(name: str) -> None:
    """Import a package with its submodules, for programs that can open no file later; what fails is skipped."""
    import importlib
    import pkgutil

    try:
        module = importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - a package's own code; a program that imports it sees the error
        return
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        if found.name.rpartition(".")[2] not in _NOT_FOR_PROGRAMS:
            load_whole(found.name)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
