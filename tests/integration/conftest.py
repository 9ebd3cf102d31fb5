"""A verifier of the doubling tasks, opened once per file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.config import VerifyConfig
from auditor.verify import Verifier
from tests.integration.doubling import TASKS


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(TASKS, VerifyConfig(workers=2, timeout=1.0)) as opened:
        yield opened
