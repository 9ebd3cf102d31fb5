"""Tests of ``auditor.analysis``."""
