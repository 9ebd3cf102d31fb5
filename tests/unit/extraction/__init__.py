"""Tests of ``auditor.extraction``."""
