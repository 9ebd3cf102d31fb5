"""The ready rule sets: ``rubrics/gates-*.toml``, in the wheel as in an editable install."""

from __future__ import annotations

from pathlib import Path

import auditor


def ready_sets() -> dict[str, Path]:
    """Return the ready rule sets by name, e.g. ``gates-strict``, sorted."""
    package = Path(auditor.__file__).resolve().parent
    folders = (package / "rubrics", package.parent / "rubrics")
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    return {path.stem: path for path in sorted(folder.glob("gates-*.toml"))}
