"""Which packages a task's own sources import, as requirements."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable

_DISTRIBUTIONS = {
    "Crypto": "pycryptodome", "Levenshtein": "levenshtein", "PIL": "pillow", "bs4": "beautifulsoup4",
    "cv2": "opencv-python", "dateutil": "python-dateutil", "docx": "python-docx", "flask_login": "flask-login",
    "flask_mail": "flask-mail", "flask_restful": "flask-restful", "flask_wtf": "flask-wtf",
    "mpl_toolkits": "matplotlib",
    "pkg_resources": "setuptools", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "yaml": "pyyaml",
}  # fmt: skip
"""Where the name of an import is not that of the package."""


def requirements(modules: Iterable[str]) -> tuple[str, ...]:
    """Name the packages that hold modules, but for those of the standard library."""
    tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return tuple(sorted({_DISTRIBUTIONS.get(top, top) for top in tops if top}))


def imported(*sources: str) -> set[str]:
    """List the modules that sources import anywhere; a source that does not parse imports nothing."""
    found: set[str] = set()
    for source in sources:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Import(names):
                    found |= {alias.name for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module)
    return found
