"""The built-in rule sets: ``rubrics/gates-*.toml``, in the wheel and in an editable install."""

from __future__ import annotations

from pathlib import Path


def ready_sets() -> dict[str, Path]:
    """Return the built-in rule sets by name, e.g. ``gates-strict``, sorted."""
    from auditor.style.loading import rubrics_folder

    return {path.stem: path for path in sorted(rubrics_folder().glob("gates-*.toml"))}
