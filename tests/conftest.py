"""Where the tests find real data, and what they share."""

from __future__ import annotations

import os
from pathlib import Path

# One thread a process: on shared cores BLAS threads burn CPU in waiting. This reaches the processes
# that tests start; for this one itself, set it before pytest.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["AUDITOR_CACHE"] = "off"  # no test leans on what another audit left

import pytest
from hypothesis import settings

# Two busy cores make any single example slow now and then; slowness is no failure here.
settings.register_profile("everyday", deadline=None, max_examples=30)
settings.register_profile("full", deadline=None, max_examples=40)  # make.py test --all, by --hypothesis-profile
settings.load_profile("everyday")

pytest_plugins = ["tests.cpu_time"]
ROOT = Path(__file__).resolve().parent.parent

LONGEST = (
    "hostile/test_hostile.py", "e2e/test_odd_hosts.py", "e2e/test_demo.py", "e2e/test_ci.py",
    "hostile/test_style_hostile.py", "integration/test_dask.py", "e2e/test_pages.py", "unit/style/test_rubric.py",
    "docs/test_code_blocks.py",
)  # fmt: skip
"""Files whose tests take longest in all: begun first, so none of them runs on alone while other processes idle."""


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, each still in one piece; ``--no-loadscope-reorder`` lets xdist keep this order."""
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    assert all(path.is_file() for path in places), "LONGEST names a file that is gone"
    items.sort(key=lambda item: places.get(item.path, len(places)))


def data_folder() -> Path | None:
    """Return the folder of recorded candidates and benchmarks, if it is here."""
    folder = Path(os.environ.get("AUDITOR_DATA", ROOT.parent / "shared" / "data"))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def data() -> Path:
    folder = data_folder()
    if folder is None:
        pytest.skip("the recorded candidates are not here; set AUDITOR_DATA to their folder")
    return folder
