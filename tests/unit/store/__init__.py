"""Tests of ``auditor.store``."""
