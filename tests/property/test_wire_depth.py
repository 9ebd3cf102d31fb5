"""What may be written may be read: the two depth limits of the wire agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.verify import wire

WRAPPERS: list[Callable[[Any], Any]] = [
    lambda value: [value],
    lambda value: (value,),
    lambda value: {"key": value},
    lambda value: {"key": [(value,)]},
]


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_whatever_is_written_plainly_is_read_back(wrap: Callable[[Any], Any]) -> None:
    """A value of any depth either comes back equal, or holds the mark of what was too deep; never an error."""
    value: Any = 1
    for _ in range(100):
        value = wrap(value)
        line = wire.encode(value)
        read = wire.decode(line)
        assert (read == value) is ('"opaque"' not in line)
    assert '"opaque"' in wire.encode(value)
