"""How many examples a property is tried on: fewer every day than in the full suite."""

from __future__ import annotations

from hypothesis import settings


def examples(full: int) -> settings:
    """Return settings for ``full`` examples in the profile "full" and for as many fewer as another profile has."""
    return settings(max_examples=max(3, full * settings.default.max_examples // 100))
