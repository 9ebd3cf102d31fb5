"""Which settings of ``[verify]`` verdicts depend on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from auditor.config import VerifyConfig
from auditor.errors import ConfigError
from auditor.pipeline.stages import limits_digest


def test_an_interpreter_counts_by_its_version_wherever_it_is(tmp_path: Path) -> None:
    """Workers of a cluster hold the same virtual environment under different paths."""
    (tmp_path / "python").symlink_to(sys.executable)
    here, there = (VerifyConfig(python=path) for path in (Path(sys.executable), tmp_path / "python"))
    assert limits_digest(here) == limits_digest(there) != limits_digest(VerifyConfig())


def test_only_limits_count() -> None:
    assert limits_digest(VerifyConfig(workers=7, reuse=False)) == limits_digest(VerifyConfig())
    assert limits_digest(VerifyConfig(memory_mb=2048)) != limits_digest(VerifyConfig())


def test_an_interpreter_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a Python interpreter"):
        limits_digest(VerifyConfig(python=tmp_path / "python"))
