"""Tasks with a test suite: ``unittest`` classes or test functions, with a result for each test."""

from __future__ import annotations

from auditor.verify.kinds.tests.judge import PreparedTests, prepare

__all__ = ["PreparedTests", "prepare"]
