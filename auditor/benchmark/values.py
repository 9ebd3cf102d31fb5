r"""Python values that JSON lacks, written as tagged objects, and a canonical text of any value.

An own task's row is JSON, but a task may take or return tuples, sets and similar. Such a value is an
object with one key that starts with a dollar sign::

    {"$tuple": [1, 2]}      (1, 2)              {"$set": [1, 2]}      {1, 2}
    {"$frozenset": [1]}     frozenset({1})      {"$dict": [[1, "a"]]} {1: "a"}
    {"$complex": [0, 1]}    1j                  {"$bytes": "00ff"}    b"\x00\xff"

An object whose own only key starts with a dollar sign is written as ``$dict``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.hashing import build_dict, build_set

MAX_DEPTH = 100
"""Deeper values are rejected: they are mistakes, or attacks on a recursive reader."""


def decode_value(value: object, depth: int = 0) -> object:
    """Turn parsed JSON with tags into plain Python values.

    Raises ``ValueError`` with one line about the first unreadable value.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"a value is nested deeper than {MAX_DEPTH}")
    if isinstance(value, list):
        return [decode_value(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if len(value) != 1 or not tag.startswith("$"):
        return {key: decode_value(item, depth + 1) for key, item in value.items()}
    build = _BUILDERS.get(tag)
    if build is None:
        raise ValueError(f"unknown tag {tag!r}; known are {', '.join(sorted(_BUILDERS))}")
    try:
        return build(decode_value(value[tag], depth + 1))
    except TypeError as error:
        raise ValueError(f"{tag}: {error}") from None


def encode_value(value: object) -> object:
    """Turn a plain Python value into tagged JSON, the inverse of :func:`decode_value`.

    Raises ``TypeError`` for a value of any other type. Sets are written in a fixed order.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [encode_value(item) for item in value]
        case tuple():
            return {"$tuple": [encode_value(item) for item in value]}
        case set() | frozenset():
            return {f"${type(value).__name__}": [encode_value(item) for item in sorted(value, key=canonical)]}
        case complex():
            return {"$complex": [value.real, value.imag]}
        case bytes():
            return {"$bytes": value.hex()}
        case dict() if all(isinstance(key, str) for key in value) and not _looks_tagged(value):
            return {key: encode_value(item) for key, item in value.items()}
        case dict():
            return {"$dict": [[encode_value(key), encode_value(item)] for key, item in value.items()]}
    raise TypeError(f"a {type(value).__name__} cannot be written as a test's value")


def canonical(value: object) -> str:
    """Write a plain value as text that depends only on the value.

    Unlike ``repr``, it does not depend on a set's order, and accepts integers of any size.
    """
    match value:
        case bool():
            return repr(value)
        case int():
            return hex(value)
        case list():
            return f"[{','.join(map(canonical, value))}]"
        case tuple():
            return f"({','.join(map(canonical, value))},)"
        case set() | frozenset():
            return f"{type(value).__name__}{{{','.join(sorted(map(canonical, value)))}}}"
        case dict():
            return f"{{{','.join(f'{canonical(key)}:{canonical(item)}' for key, item in value.items())}}}"
    return repr(value)


def _looks_tagged(value: Mapping[str, object]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith("$")


def _pairs(items: list[object]) -> dict[object, object]:
    found: list[tuple[object, object]] = []
    for pair in items:
        if not isinstance(pair, list):  # dict(items) would take strings of length two
            raise TypeError("a pair is not a list")
        key, item = pair
        found.append((key, item))
    return build_dict(found)


def _frozen(items: list[object]) -> frozenset[object]:
    return frozenset(build_set(items))


def _complex(parts: list[object]) -> complex:
    real, imaginary = parts
    if not (isinstance(real, int | float) and isinstance(imaginary, int | float)):
        raise TypeError("its parts are not two numbers")
    return complex(real, imaginary)


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("it is not a text of hexadecimal digits")
    return bytes.fromhex(text)


def _of_list(build: Callable[[list[object]], object]) -> Callable[[object], object]:
    """Restrict ``build`` to lists."""

    def checked(value: object) -> object:
        if not isinstance(value, list):
            raise TypeError("it is not a list")
        return build(value)

    return checked


_BUILDERS: dict[str, Callable[[object], object]] = {
    "$tuple": _of_list(tuple),
    "$set": _of_list(build_set),
    "$frozenset": _of_list(_frozen),
    "$dict": _of_list(_pairs),
    "$complex": _of_list(_complex),
    "$bytes": _bytes,
}
