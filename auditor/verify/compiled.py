"""Pass a compiled program from its first run to later ones.

The process that compiles a program leaves the code among its notes before it runs it; the judge hands it to the next
run of the same program without looking inside.
"""

from __future__ import annotations

CODE_BYTES = 64 << 10
"""The largest compiled program that is kept for the next run; larger ones are compiled again."""


def frame_code(code: bytes) -> bytes:
    """Encode a compiled program for the notes."""
    return b"%08x%s" % (len(code), code)


def read_code(data: bytes) -> tuple[bytes, bytes]:
    """Split notes into the compiled program at their start and the rest; the program is empty if it is incomplete."""
    try:
        end = 8 + int(data[:8], 16)
    except ValueError:
        return b"", data
    return (data[8:end], data[end:]) if len(data) >= end else (b"", b"")


_OWN_TEXT = ("__file__", "argv", "inspect", "linecache", "traceback", "program.py", "getsource")


def reads_itself(source: str) -> bool:
    """Return whether a program may read its own text, so that each of its runs needs it."""
    return any(word in source for word in _OWN_TEXT)
