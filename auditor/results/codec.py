"""Convert between typed results and JSON; nothing else does.

Writing walks the dataclasses. Reading validates every field with pydantic, which is imported on first use, and names
the path of a wrong field. The JSON Schemas are generated from the same types, with the docstring under each field as
its description.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from auditor.errors import InputError
from auditor.json_types import why_not_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
Json = Any
"""A JSON value: a number, text, boolean, null, or a list or object of these."""

REWRITE = "write it again with this version"
_SHOWN = 5
"""Number of faults that an error lists."""


def to_json(value: object, *, indent: int | None = None) -> str:
    """Write a result as JSON text: ASCII, no NaN, infinite numbers as null."""
    return json.dumps(to_plain(value), indent=indent, allow_nan=False)


def to_plain(value: object) -> Json:
    """Convert a result to JSON values; infinite numbers become null, numeric keys are written short (``0.5``)."""
    match value:
        case str() | bool() | int() | None if not isinstance(value, Enum):
            return value
        case float():
            return value if math.isfinite(value) else None
        case Enum():
            return value.value
        case Mapping():
            return {_key(key): to_plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [to_plain(inner) for inner in value]
        case _ if is_dataclass(value):
            return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _key(key: object) -> str:
    return f"{key:.12g}" if isinstance(key, float) else str(key)


def from_json(kind: type[T], text: str | bytes, *, where: str | None = None) -> T:
    """Read JSON text as a result of the type ``kind``; unknown keys are ignored.

    ``where`` names the file in errors. Raises :class:`~auditor.errors.InputError` for text that is not JSON,
    and for a document of another shape, naming the path of each wrong field.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {why_not_json(error)}", where=where, remedy=REWRITE) from None
    return from_plain(kind, plain, where=where)


def from_plain(kind: type[T], plain: Json, *, where: str | None = None, remedy: str = REWRITE) -> T:
    """Read JSON values as a result of the type ``kind``, see :func:`from_json`."""
    from pydantic import ValidationError

    from auditor.refusals import worded

    try:
        read: T = _adapter(kind).validate_python(plain)
        return read
    except ValidationError as error:
        faults = [f"{path_of(fault['loc'])} {worded([fault])}" for fault in error.errors(include_url=False)]
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise InputError(
            f"not a document of this version of auditor: {'; '.join(faults[:_SHOWN])}{more}",
            where=where,
            remedy=remedy,
        ) from None


def path_of(location: Sequence[str | int]) -> str:
    """Format the position of a field as ``models[0].curve[3].accepted``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != "[key]")
    return path.removeprefix(".") or "document"


def json_schema(kind: type) -> dict[str, Json]:
    """Generate the JSON Schema (2020-12) of a type of document."""
    from pydantic.json_schema import GenerateJsonSchema

    schema = _adapter(kind).json_schema(mode="serialization")
    described = {one.__name__: one for one in _all_types(kind)}
    for name, part in [(kind.__name__, schema), *schema.get("$defs", {}).items()]:
        if name in described:
            _inherit_descriptions(described[name], part)
    identity = schema["properties"].get("schema", {}).get("const")
    head = {"$schema": GenerateJsonSchema.schema_dialect} | ({"$id": identity} if identity else {})
    return {**head, **_without_titles(schema)}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
"""Cached, because building one takes a tenth of a second."""


def _all_types(kind: type) -> set[type]:
    """Collect the dataclasses that a document is made of, with their bases."""
    import typing

    found: set[type] = set()
    waiting: list[Any] = [kind]
    while waiting:
        one = waiting.pop()
        waiting += typing.get_args(one)
        if isinstance(one, type) and is_dataclass(one) and one not in found:
            found.add(one)
            waiting += [*one.__mro__[1:], *typing.get_type_hints(one).values()]
    return found


def _inherit_descriptions(kind: type, part: dict[str, Json]) -> None:
    """Copy descriptions of inherited fields from the base; pydantic reads only a class's own lines."""
    for base in kind.__mro__[1:]:
        if is_dataclass(base):
            for name, field in _adapter(base).json_schema().get("properties", {}).items():
                if "description" in field:
                    part["properties"][name].setdefault("description", field["description"])


def _without_titles(node: Json) -> Json:
    """Drop the titles that pydantic derives from names: they add nothing to the names."""
    if isinstance(node, list):
        return [_without_titles(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without_titles(inner) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else _without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
