"""The example notebooks run from top to bottom, and show the right figures."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))
SHOWN = {
    "counts_to_curves.ipynb": ["ceiling 0.594, accuracy of one answer 0.400", "cost of a wrong answer"],
    "explore_a_run.ipynb": ["# hasty, T/", "return x", "false_positive", "ceiling"],
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # jupyter's, not ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_runs(path: Path, project: Path) -> None:
    """Every cell ends without an error; the file in the repository contains no output."""
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "clear the outputs before committing"
    done = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": project}})
    text = str([cell.get("outputs") for cell in done.execute().cells])
    for shown in SHOWN[path.name]:
        assert shown in text


def test_each_is_documented() -> None:
    """docs/python.md names both."""
    page = (ROOT / "docs" / "python.md").read_text()
    assert [path.name for path in NOTEBOOKS if path.name not in page] == []
    assert len(NOTEBOOKS) == len(SHOWN) == 2
