"""Find which packages a task's own sources import, as requirements, and whether they write files."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator

_DISTRIBUTIONS = {
    "Crypto": "pycryptodome", "Levenshtein": "levenshtein", "PIL": "pillow", "bs4": "beautifulsoup4",
    "cv2": "opencv-python", "dateutil": "python-dateutil", "docx": "python-docx", "flask_login": "flask-login",
    "flask_mail": "flask-mail", "flask_restful": "flask-restful", "flask_wtf": "flask-wtf",
    "mpl_toolkits": "matplotlib",
    "pkg_resources": "setuptools", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "yaml": "pyyaml",
}  # fmt: skip
"""Import names that differ from the package's name."""


def requirements(modules: Iterable[str]) -> tuple[str, ...]:
    """Return the packages of modules, except those of the standard library."""
    tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return tuple(sorted({_DISTRIBUTIONS.get(top, top) for top in tops if top}))


def imported(*sources: str) -> set[str]:
    """List the modules that sources import anywhere; a source that does not parse imports nothing."""
    found: set[str] = set()
    for tree in _trees(sources):
        for node in ast.walk(tree):
            match node:
                case ast.Import(names):
                    found |= {alias.name for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module)
    return found


FILES_MB = 16
"""Megabytes of files for a task whose sources write some and state no quota."""
_WRITERS = """
    open makedirs mkdir mkdtemp mkstemp write_text write_bytes copyfile copy2 copytree rmtree ZipFile savefig to_csv
    to_excel to_json imsave imwrite FileHandler RotatingFileHandler NamedTemporaryFile TemporaryDirectory TemporaryFile
    PdfWriter Document Workbook
"""
"""Names with which Python code usually writes files."""


def files_mb(*sources: str) -> int:
    """Return a file quota in megabytes for a task whose sources mention such names; else 0."""
    writers = frozenset(_WRITERS.split())
    for tree in _trees(sources):
        for node in ast.walk(tree):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name in writers:
                return FILES_MB
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sqlite3.connect":
                return FILES_MB
    return 0


def _trees(sources: Iterable[str]) -> Iterator[ast.Module]:
    """Parse sources; one that does not parse is skipped."""
    for source in sources:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
