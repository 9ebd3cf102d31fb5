"""Values across the sandbox boundary as tagged JSON: what a candidate may claim, and nothing more.

JSON itself carries None, bool, float, str, list and int below 2**63, except for a text that holds the two
halves of a surrogate pair as characters, which is ``{"str": [part, part]}``. Anything else is an object with
one key, its tag: ``{"tuple": [1]}``, ``{"dict": [[1, 2]]}``, ``{"int": "-ff"}``. An instance of a
subclass travels as its base, wrapped in ``{"sub": …}``. Anything without a tag is *opaque* and equals nothing. The
decoder only builds plain builtins, so hostile bytes can only claim a value.

This module is loaded on both sides of the boundary and imports next to nothing.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from json.encoder import encode_basestring_ascii as _quote
from typing import Any

from auditor import hashing
from auditor.verify import sharing
from auditor.verify.values import SUBCLASSED, Array, Opaque, WireError

MAX_DEPTH = 60
"""Containers nested deeper than this are opaque."""
_TREE_DEPTH = 3 * MAX_DEPTH + 3
"""A dict takes three levels of JSON: its tag, its pairs, each pair."""
FRACTION_DIGITS = 1 << 15
"""Hex digits of a fraction from the wire: reducing it takes time quadratic in them."""
_LONG = 10_000
"""Number of items from which the size of a list's encoding is estimated before it is built."""
MAX_DRAINED = 100_000
"""Most items of an iterator that is converted to a list."""
OPAQUE_MARK = b'{"opaque"'
"""Occurs in an encoding only if it contains something opaque, since every quote in texts is escaped."""
SUBCLASS_MARK = b'{"sub"'
"""Appears wherever a value holds an instance of a subclass that travels as its base."""

_SMALL = 1 << 63
_VALUES: type = type({}.values())
_INFINITY = float("inf")
_COMPLEX = (complex.real, complex.imag)
_most: Any = deque.maxlen
_PLAIN = frozenset({int, float, str, bool, type(None)})
_ASTRAL = "\\ud"
"""Prefix with which ASCII JSON writes a surrogate or a character beyond 16 bits."""
_between_pair = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")
_json_list = json.JSONEncoder(ensure_ascii=True, check_circular=False, separators=(",", ":")).encode
_subclass, _type, _map, _sorted, _max, _min = issubclass, type, map, sorted, max, min


_tell_class: Callable[[Any, type], tuple[str, Any, Any] | None] | None = None


def keep_classes(
    tell: Callable[[Any, type], tuple[str, Any, Any] | None], revive: Callable[[str, Any, Any], Any]
) -> None:
    """Let some classes keep their identity in this process, encoded as ``{"class": [name, made from, content]}``.

    ``tell`` returns a value's class, or ``None``; ``revive`` creates the instance. Elsewhere such a value is read as
    its content, of a subclass. And a mutable container that occurs more than once in a value stays one object
    (:mod:`auditor.verify.sharing`).
    """
    global _tell_class  # noqa: PLW0603 - a process speaks one dialect all its life
    _tell_class = tell
    _READERS[sharing.TAG] = _read_shared
    _READERS["class"] = lambda content, depth: revive(content[0], *(_build(one, depth + 1) for one in content[1:]))


# to the wire ------------------------------------------------------------------------------------


def encode(value: Any) -> str:
    """Encode a value as one line of ASCII; never calls code of the value's own class."""
    return _encode(value, 0) if _tell_class is None else sharing.write(value, _encode)


def _encode(value: Any, depth: int) -> str:
    kind = _type(value)
    if _tell_class is not None and sharing.can_be_shared(kind) and (found := sharing.known(value)) is not None:
        return sharing.write_shared(found, lambda: _encode(value, depth))
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, depth)
    if _tell_class is not None and (told := _tell_class(value, kind)) is not None:
        name, made_from, content = told
        return f'{{"class":[{_quote(name)},{_encode(made_from, depth + 1)},{_encode(content, depth)}]}}'
    for base, base_writer in _BASES:
        if _subclass(kind, base):
            return f'{{"sub":{base_writer(value, depth)}}}'
    return _encode_foreign(value, kind, depth)


def _encode_foreign(value: Any, kind: type, depth: int) -> str:
    """Encode numpy values, Decimal and Fraction by their module's name, without importing it."""
    module, name = str(kind.__module__), str(kind.__name__)
    if module == "numpy":
        if name == "ndarray":
            return f'{{"array":[{_quote(str(value.dtype))},{_encode(value.tolist(), depth + 1)}]}}'
        if hasattr(value, "item"):
            return f'{{"sub":{_encode(value.item(), depth + 1)}}}' if depth < MAX_DEPTH else _opaque(kind)
    if (module, name) == ("decimal", "Decimal"):
        return f'{{"decimal":{_quote(str(value))}}}'
    if (module, name) == ("fractions", "Fraction"):
        return f'{{"fraction":["{value.numerator:x}","{value.denominator:x}"]}}'
    return f'{{"opaque":{_quote(value.kind)}}}' if kind is Opaque else _opaque(kind)


def _opaque(kind: type) -> str:
    return f'{{"opaque":{_quote(f"{kind.__module__}.{kind.__qualname__}"[:200])}}}'


def _write_none(_value: Any, _depth: int) -> str:
    return "null"


def _write_bool(value: Any, _depth: int) -> str:
    return "true" if value else "false"


def _write_int(value: Any, _depth: int) -> str:
    value = int.__int__(value)
    return int.__repr__(value) if -_SMALL < value < _SMALL else f'{{"int":"{value:x}"}}'


def _write_float(value: Any, _depth: int) -> str:
    value = float.__float__(value)
    if value != value:
        return "NaN"
    if value in (_INFINITY, -_INFINITY):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _write_str(value: Any, _depth: int) -> str:
    text = str.__str__(value)
    quoted = _quote(text)
    if _ASTRAL in quoted and len(parts := _split(text)) > 1:
        return f'{{"str":[{",".join(map(_quote, parts))}]}}'
    return quoted


def _split(text: str) -> list[str]:
    """Split a text between surrogates that JSON would read as the halves of one character."""
    return _between_pair.split(text)


def _write_items(items: Sequence[Any], depth: int) -> str:
    """Write a JSON array, in C if every element is plain and small."""
    if depth >= MAX_DEPTH:
        return '[{"opaque":"too deep"}]'
    kinds = set(_map(_type, items))
    if kinds <= _PLAIN:
        whole = items if kinds == {int} else [item for item in items if _type(item) is int] if int in kinds else ()
        if not whole or (_max(whole) < _SMALL and _min(whole) > -_SMALL):
            written = _json_list(items)
            if _ASTRAL not in written or not any(_type(one) is str and len(_split(one)) > 1 for one in items):
                return written
    return f"[{','.join([_encode(item, depth + 1) for item in items])}]"


def _write_list(value: Any, depth: int) -> str:
    return _write_items(list(list.__iter__(value)), depth)


def _write_tuple(value: Any, depth: int) -> str:
    return f'{{"tuple":{_write_items(list(tuple.__iter__(value)), depth)}}}'


def _write_dict(value: Any, depth: int) -> str:
    pairs = list(dict.items(value))
    if depth >= MAX_DEPTH:
        return '{"opaque":"too deep"}'
    written = [f"[{_encode(key, depth + 1)},{_encode(item, depth + 1)}]" for key, item in pairs]
    return f'{{"dict":[{",".join(written)}]}}'


def _sorted_set(items: list[Any], tag: str, depth: int) -> str:
    """Write a set in the order of its elements' encodings, so that equal sets usually have equal encodings."""
    if depth >= MAX_DEPTH:
        return '{"opaque":"too deep"}'
    if _tell_class is None:
        written = [_encode(item, depth + 1) for item in items]
    else:  # each by itself: sorted, what refers to an earlier place might come before that
        written = [sharing.write(item, lambda item, _: _encode(item, depth + 1)) for item in items]
    return f'{{"{tag}":[{",".join(_sorted(written))}]}}'


def _write_set(value: Any, depth: int) -> str:
    return _sorted_set(list(set.__iter__(value)), "set", depth)


def _write_frozenset(value: Any, depth: int) -> str:
    return _sorted_set(list(frozenset.__iter__(value)), "frozenset", depth)


def _write_view(value: Any, depth: int) -> str:
    return f'{{"sub":{_sorted_set(list(value), "set", depth)}}}'


def _write_deque(value: Any, depth: int) -> str:
    items = _write_items(list(deque.__iter__(value)), depth)
    most = None if _tell_class is None else _most.__get__(value)  # it does not count where values are compared
    return f'{{"deque":{items}}}' if most is None else f'{{"bounded":[{most},{items}]}}'


def _write_bytes(value: Any, _depth: int) -> str:
    return f'{{"bytes":"{memoryview(value).hex()}"}}'


def _write_bytearray(value: Any, _depth: int) -> str:
    return f'{{"bytearray":"{memoryview(value).hex()}"}}'


def _write_complex(value: Any, depth: int) -> str:
    real, imaginary = (_write_float(part.__get__(value), depth) for part in _COMPLEX)
    return f'{{"complex":[{real},{imaginary}]}}'


def _write_range(value: Any, depth: int) -> str:
    return f'{{"range":[{",".join(_write_int(part, depth) for part in (value.start, value.stop, value.step))}]}}'


_WRITERS: dict[type, Callable[[Any, int], str]] = {
    type(None): _write_none,
    bool: _write_bool,
    int: _write_int,
    float: _write_float,
    str: _write_str,
    list: _write_list,
    tuple: _write_tuple,
    dict: _write_dict,
    set: _write_set,
    frozenset: _write_frozenset,
    type({}.keys()): _write_view,
    type({}.items()): _write_view,
    deque: _write_deque,
    bytes: _write_bytes,
    bytearray: _write_bytearray,
    complex: _write_complex,
    range: _write_range,
}
_BASES = [
    (base, _WRITERS[base])
    for base in (int, float, str, tuple, dict, list, set, frozenset, bytes, bytearray, complex, deque)
]


def least_size(value: Any) -> int:
    """Return a lower bound of the size of a long list's or tuple's encoding in bytes; 0 if not estimated.

    This needs no memory, whereas the encoding of a value too large to send may need most of what is left.
    """
    kind = _type(value)
    if kind not in (list, tuple) or len(value) < _LONG:
        return 0
    sized = set(_map(_type, value)) <= {list, tuple, str}
    return 2 * len(value) + (sum(_map(len, value)) if sized else 0)


def drain(value: Any) -> Any:
    """Convert an iterator or a view of values to a list, if requested; return anything else unchanged.

    One with more than ``MAX_DRAINED`` items also stays, and is opaque. Runs the candidate's own code.
    """
    if not (hasattr(_type(value), "__next__") or isinstance(value, _VALUES)):
        return value
    items = [*islice(value, MAX_DRAINED + 1)]
    return value if len(items) > MAX_DRAINED else items


# from the wire ----------------------------------------------------------------------------------


def decode(line: bytes | str) -> Any:
    """Build plain builtins from an encoding; raises :class:`WireError` on anything else."""
    try:
        tree = json.loads(line)
        return _build(tree, 0) if _tell_class is None else sharing.read(line, tree, _build)
    except WireError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever hostile bytes set off, they say nothing
        raise WireError(f"{type(error).__name__}: {error}"[:200]) from None


def _build(tree: Any, depth: int) -> Any:
    if type(tree) is list:
        if depth > _TREE_DEPTH:
            raise WireError("nested too deep")
        return [_build(item, depth + 1) if type(item) in (list, dict) else item for item in tree]
    if type(tree) is dict:
        if len(tree) != 1 or depth > _TREE_DEPTH:
            raise WireError("not a tagged value")
        ((tag, content),) = tree.items()
        reader = _READERS.get(tag)
        if reader is None:
            raise WireError(f"unknown tag {tag[:40]!r}")
        return reader(content, depth + 1)
    return tree


def build_set(items: list[Any]) -> set[Any]:
    """Build a set; raises :class:`WireError` if so many elements collide that it takes far too long."""
    try:
        return hashing.build_set(items)
    except hashing.CollisionError as error:
        raise WireError(str(error)) from None


def _read_list(content: Any, depth: int) -> list[Any]:
    if type(content) is not list:
        raise WireError("not an array")
    built: list[Any] = _build(content, depth)
    return built


def _read_dict(content: Any, depth: int) -> dict[Any, Any]:
    pairs = _read_list(content, depth)
    if not all(type(pair) is list and len(pair) == 2 for pair in pairs):
        raise WireError("not pairs")
    try:
        return hashing.build_dict(pairs)
    except hashing.CollisionError as error:
        raise WireError(str(error)) from None


def _read_str(content: Any, depth: int) -> str:
    return "".join(_read_list(content, depth))


def _read_complex(content: Any, _depth: int) -> complex:
    real, imaginary = content
    return complex(float(real), float(imaginary))


def _read_fraction(content: Any, _depth: int) -> Any:
    from fractions import Fraction

    over, under = content
    if len(over) + len(under) > FRACTION_DIGITS:
        raise WireError("a fraction of huge integers")
    return Fraction(int(over, 16), int(under, 16))


def _read_decimal(content: Any, _depth: int) -> Any:
    from decimal import Decimal

    return Decimal(content)


def _read_array(content: Any, depth: int) -> Array:
    dtype, values = content
    return Array(str(dtype), _build(values, depth))


def _read_shared(content: Any, depth: int) -> Any:
    return sharing.read_shared(content, lambda tree: _build(tree, depth - 1))


def _read_sub(content: Any, depth: int) -> Any:
    value = _build(content, depth)
    wrapper = SUBCLASSED.get(type(value))
    return value if wrapper is None else wrapper(value)


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "tuple": lambda content, depth: tuple(_read_list(content, depth)),
    "dict": _read_dict,
    "str": _read_str,
    "set": lambda content, depth: build_set(_read_list(content, depth)),
    "frozenset": lambda content, depth: frozenset(build_set(_read_list(content, depth))),
    "deque": lambda content, depth: deque(_read_list(content, depth)),
    "bounded": lambda content, depth: deque(_read_list(content[1], depth), content[0]),
    "int": lambda content, _depth: int(content, 16),
    "bytes": lambda content, _depth: bytes.fromhex(content),
    "bytearray": lambda content, _depth: bytearray.fromhex(content),
    "complex": _read_complex,
    "range": lambda content, depth: range(*_read_list(content, depth)),
    "decimal": _read_decimal,
    "fraction": _read_fraction,
    "array": _read_array,
    "sub": _read_sub,
    "class": lambda content, depth: _read_sub(content[2], depth),
    "iterator": lambda content, depth: iter(_read_list(content, depth)),
    "opaque": lambda content, _depth: Opaque(str(content)[:200]),
}
