"""A digest that equal values share, to compare outputs that are too large to send.

Elsewhere ``==`` decides, so here 1, 1.0 and True are one number, sets and dicts have no order, and an instance of a
subclass equals its base. The hashed bytes describe the value, not how it is written. Tolerances do not apply. Loaded
inside the sandbox too.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from auditor.verify.values import Array
from auditor.verify.wire import MAX_DEPTH

_EXACT = float(1 << 53)
"""Integers up to here are doubles without loss."""
_LONGEST = 300
"""Upper limit of the bytes of a double's fraction."""
_MOST_DECIMAL_DIGITS = 1 << 16
"""A Decimal with more digits when written out, such as 1e100000000, equals nothing here."""
_CHUNK = 4096
"""Items of a sequence written at a time, so that a list of a million needs no more memory than one chunk."""
_NUMBERS = frozenset({int, float, bool})
_INFINITY = float("inf")
_type, _subclass, _set, _map, _sorted, _array, _sha256 = type, issubclass, set, map, sorted, array, hashlib.sha256
_max, _min, _sum, _all, _islice, _join, _length = max, min, sum, all, islice, "".join, str.__len__
_real, _imaginary = complex.real.__get__, complex.imag.__get__


class _UnequalError(ValueError):
    """The value contains something that equals nothing: NaN, an opaque object, infinite nesting."""


def digest(value: Any) -> str:
    """Return a value's SHA-256 in hex; empty for a value that equals nothing, not even itself."""
    try:
        return _sha256(_bytes(value, 0)).hexdigest()
    except _UnequalError:
        return ""


def _bytes(value: Any, depth: int) -> bytes:
    kind = _type(value)
    if depth > MAX_DEPTH:
        raise _UnequalError
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, depth)
    for base, base_writer in _BASES:
        if _subclass(kind, base):
            return base_writer(value, depth)
    module, name = str(kind.__module__), str(kind.__name__)
    if (module, name) == ("decimal", "Decimal"):
        return _decimal(value)
    if (module, name) == ("fractions", "Fraction"):
        return _ratio(value)
    if module == "numpy" and name == "ndarray":
        return b"A" + _bytes(value.tolist(), depth + 1)
    if module == "numpy" and hasattr(value, "item"):
        return _bytes(value.item(), depth + 1)
    raise _UnequalError


def _framed(tag: bytes, content: bytes) -> bytes:
    return b"%s%d;%s" % (tag, len(content), content)


def _none(_value: Any, _depth: int) -> bytes:
    return b"0"


def _integer(value: Any, _depth: int) -> bytes:
    return b"n%x/1;" % int.__int__(value)


def _float(value: Any, _depth: int) -> bytes:
    value = float.__float__(value)
    if value != value:
        raise _UnequalError
    return _ratio(value) if -_INFINITY < value < _INFINITY else b"n+;" if value > 0 else b"n-;"


def _ratio(value: Any) -> bytes:
    """Write a finite number exactly, whatever its type."""
    try:
        return b"n%x/%x;" % value.as_integer_ratio()
    except (ValueError, OverflowError):  # NaN and infinities of Decimal
        raise _UnequalError from None


def _decimal(value: Any) -> bytes:
    """Write a Decimal; the work grows with its exponent, which a few characters can make arbitrarily large."""
    _, digits, exponent = value.as_tuple()
    if not value:
        return _integer(0, 0)
    if isinstance(exponent, int) and len(digits) + abs(exponent) > _MOST_DECIMAL_DIGITS:
        raise _UnequalError
    return _ratio(value)


def _complex(value: Any, depth: int) -> bytes:
    real, imaginary = _real(value), _imaginary(value)
    return b"c" + _float(real, depth) + _float(imaginary, depth) if imaginary else _float(real, depth)


def _text(value: Any, _depth: int) -> bytes:
    return _framed(b"s", str.encode(value, "utf-8", "surrogatepass"))


def _binary(value: Any, _depth: int) -> bytes:
    return _framed(b"b", memoryview(value).tobytes())


def _items(items: Iterator[Any], length: int, depth: int) -> bytes:
    """Write a sequence; a long one by the hash of its chunks, which are equal if the sequences are."""
    if length <= _CHUNK:
        return _chunk([*items], depth)
    name = _sha256()
    while chunk := [*_islice(items, _CHUNK)]:
        name.update(_chunk(chunk, depth))
    return b"#%d;" % length + name.digest()


def _chunk(items: list[Any], depth: int) -> bytes:
    """Write some items: texts together, and numbers that doubles hold exactly, whatever their types, as doubles."""
    kinds = _set(_map(_type, items))
    if items and _all(_subclass(kind, str) for kind in kinds):
        lengths = _array("q", _map(_length, items))
        return b"x%d;" % len(items) + lengths.tobytes() + _text(_join(items), depth)
    if items and kinds <= _NUMBERS and _max(items) <= _EXACT and _min(items) >= -_EXACT:
        doubles = _array("d", [item + 0.0 for item in items])  # + 0.0 makes -0.0 the 0.0 that it equals
        if (total := _sum(doubles)) != total:
            raise _UnequalError
        return b"d%d;" % len(items) + doubles.tobytes()
    parts = [_bytes(item, depth + 1) for item in items]
    doubles = _array("d")
    if not kinds <= _NUMBERS:
        doubles.extend(double for part in parts if (double := _double(part)) is not None)
    if parts and len(doubles) == len(parts):
        return b"d%d;" % len(items) + doubles.tobytes()
    return b"%d;" % len(items) + b"".join(parts)


def _double(part: bytes) -> float | None:
    """Read a written number back if it is exactly a double of moderate size."""
    if part[:1] != b"n" or part[1:2] in b"+-;" or len(part) > _LONGEST:
        return None
    numerator, denominator = (int(half, 16) for half in part[1:-1].split(b"/"))
    try:
        double = numerator / denominator
    except OverflowError:
        return None
    return double if abs(double) <= _EXACT and double.as_integer_ratio() == (numerator, denominator) else None


def _list(value: Any, depth: int) -> bytes:
    return b"l" + _items(list.__iter__(value), list.__len__(value), depth)


def _tuple(value: Any, depth: int) -> bytes:
    return b"t" + _items(tuple.__iter__(value), tuple.__len__(value), depth)


def _deque(value: Any, depth: int) -> bytes:
    return b"q" + _items(deque.__iter__(value), deque.__len__(value), depth)


def _unordered(tag: bytes, parts: Iterable[bytes]) -> bytes:
    names = _sorted([_sha256(part).digest() for part in parts])
    return tag + b"%d;" % len(names) + b"".join(names)


def _members(value: Any, depth: int) -> bytes:
    return _unordered(b"u", (_bytes(item, depth + 1) for item in value))


def _dict(value: Any, depth: int) -> bytes:
    pairs = dict.items(value)
    return _unordered(b"m", (_bytes(key, depth + 1) + _bytes(item, depth + 1) for key, item in pairs))


def _range(value: Any, _depth: int) -> bytes:
    """Write what decides equality of ranges: length, first element, step."""
    length = len(value)
    return b"r%d;%d;%d;" % (length, value.start if length else 0, value.step if length > 1 else 0)


_WRITERS: dict[type, Callable[[Any, int], bytes]] = {
    type(None): _none,
    bool: _integer,
    int: _integer,
    float: _float,
    complex: _complex,
    str: _text,
    bytes: _binary,
    bytearray: _binary,
    list: _list,
    tuple: _tuple,
    deque: _deque,
    set: lambda value, depth: _members(set.__iter__(value), depth),
    frozenset: lambda value, depth: _members(frozenset.__iter__(value), depth),
    type({}.keys()): _members,
    dict: _dict,
    range: _range,
    Array: lambda value, depth: b"A" + _bytes(value.values, depth + 1),
}
_BASES = [
    (base, _WRITERS[base])
    for base in (int, float, complex, str, bytes, bytearray, list, tuple, deque, set, frozenset, dict)
]
