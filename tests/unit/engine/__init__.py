"""Tests of ``auditor.engine``."""
