"""Tests of ``auditor.style``."""
