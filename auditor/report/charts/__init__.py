"""Charts: altair describes them, vl-convert draws them as SVG, the page's CSS colours them.

Every chart is drawn at fixed margins, so nothing depends on the fonts of the machine that renders it, and
its colours are CSS variables, so one drawing serves light, dark and print.
"""

from __future__ import annotations

import sys

_SLOW = "rfc3987_syntax"
"""An optional package of jsonschema's, which altair imports. Where it is installed its import builds 38 grammars, which
takes two seconds of CPU time; no chart is checked for addresses."""

if _SLOW not in sys.modules:
    sys.modules[_SLOW] = None  # type: ignore[assignment] # importing it is an ImportError, which jsonschema expects
    try:
        import altair
    finally:
        del sys.modules[_SLOW]
    del altair
