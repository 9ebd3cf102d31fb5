"""The map of the repository: what the documents name exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_the_project_that_a_page_names_exists(page: Path) -> None:
    """Modules, packages and test folders in back quotes exist."""
    found = re.findall(r"`((?:auditor|tests|docs|examples|rubrics)/[\w./-]*)`", page.read_text(encoding="utf-8"))
    for path in (name for name in found if not re.search(r"/\d+$", name)):  # auditor/report/1 is a schema's name
        assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_every_package_is_on_the_map() -> None:
    """Each package of the product has its row in the architecture's table, and its place in the picture."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `auditor/(\w+)` \|", text, flags=re.MULTILINE))
    packages = {path.parent.name for path in (ROOT / "auditor").glob("*/__init__.py")}
    assert table == packages
    picture = text.split("```mermaid")[1].split("```")[0]
    for package in packages:
        assert re.search(rf"\b{package}\b", picture), package


def test_every_module_outside_a_package_is_on_the_map() -> None:
    """Each module of the product that is in no package has its place in the architecture's list."""
    named = set(re.findall(r"`auditor/(\w+\.py)`", ARCHITECTURE.read_text(encoding="utf-8")))
    modules = {path.name for path in (ROOT / "auditor").glob("*.py")} - {"__init__.py", "__main__.py"}
    assert modules <= named


def test_every_kind_of_suite_is_in_the_table_of_kinds() -> None:
    """The page on verification names each class of suites, and each package that judges one."""
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+Suite)` \| `(\w+)` \|", text, flags=re.MULTILINE))
    suites = re.findall(r"^class (\w+Suite)\b", (ROOT / "auditor" / "suites.py").read_text(), flags=re.MULTILINE)
    packages = {path.parent.name for path in (ROOT / "auditor" / "verify" / "kinds").glob("*/__init__.py")}
    assert set(rows) == set(suites)
    assert set(rows.values()) == packages


def test_names_in_code_of_the_map_exist() -> None:
    """Registries that the map says to extend are in the modules that it names."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    for name, path in re.findall(r"`(\w+)` in `(auditor/[\w/.]+\.py)`", text):
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8")), (name, path)


def test_the_glossary_is_sorted() -> None:
    """A word is found by its place."""
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(), flags=re.MULTILINE)[1:]
    words = [row.split(",")[0].lower() for row in rows if not row.startswith("-")]
    assert words == sorted(words)


def test_the_tests_are_laid_out_like_the_package() -> None:
    """Each folder of unit tests is named after the package that it tests, so both are found from each other."""
    packages = {path.parent.name for path in (ROOT / "auditor").glob("*/__init__.py")}
    folders = {path.parent.name for path in (ROOT / "tests" / "unit").glob("*/__init__.py")}
    assert folders <= packages, "laid out otherwise"
