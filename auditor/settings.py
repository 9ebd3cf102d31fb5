"""Settings files: TOML read into closed pydantic models, or refused by file, line, key and remedy."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from auditor.errors import ConfigError

SectionT = TypeVar("SectionT", bound="Section")


def misplaced(message: str, *at: str | int) -> PydanticCustomError:
    """Make the refusal of a value that stands ``at`` these keys and indices below the table that is checked."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "at": at})


class Section(BaseModel):
    """A table of a settings file: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    example: ClassVar[str] = ""
    """The command that writes a file of this kind to start from; none where empty."""


def parse_toml(path: Path, schema: type[SectionT]) -> SectionT:
    """Read a TOML file into a closed pydantic model, or refuse it by file, line and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = f"{schema.example} writes one to start from" if schema.example else "check the path"
        raise ConfigError("no such file", where=str(path), remedy=remedy) from None
    except UnicodeDecodeError:
        raise ConfigError("not UTF-8 text", where=str(path), remedy="save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path), remedy="name a .toml file") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=str(path), remedy="mend the line named") from None
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, text, schema, error) from None


def _refusal(path: Path, text: str, schema: type[Section], error: ValidationError) -> ConfigError:
    """Turn pydantic's first complaint into one line with place and remedy; a key misspelt is not a key missing."""
    found = error.errors(include_url=False)
    unknown = [one for one in found if one["type"] == "extra_forbidden" and one["loc"][:-1] == found[0]["loc"][:-1]]
    first = unknown[0] if unknown and found[0]["type"] == "missing" else found[0]
    location = (*first["loc"], *first.get("ctx", {}).get("at", ()))
    keys = [str(part) for part in location if isinstance(part, str)]
    key = keys[-1] if keys else ""
    where = f"{path}:{line_of(text, location)}"
    dotted = ".".join(str(part) for part in location) or "the file"
    if first["type"] == "extra_forbidden":
        known = sorted(_fields_at(schema, location[:-1]))
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return ConfigError(f"unknown key {dotted!r}", where=where, remedy=remedy)
    if first["type"] == "missing":
        example = f"; {schema.example} shows an example" if schema.example else ""
        return ConfigError(f"{dotted!r} is missing", where=where, remedy=f"add {key!r}{example}")
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{dotted}: {message}", where=where, remedy="change the value named")


def _fields_at(schema: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """List the keys that the table at ``location`` may hold."""
    current: type[BaseModel] = schema
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        if field is None:
            break
        inner = [field.annotation, *_arguments(field.annotation)]
        nested = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not nested:
            break
        current = nested[0]
    return set(current.model_fields)


def _arguments(annotation: Any) -> list[Any]:
    """Flatten the arguments of a generic annotation."""
    found: list[Any] = []
    for argument in getattr(annotation, "__args__", ()):
        found += [argument, *_arguments(argument)]
    return found


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Find the line, from 1, on which a location of the parsed TOML stands, or its nearest table.

    A location is what pydantic calls one: keys, and an index after each array. A value in a list is found
    on its key's line.
    """
    lines = text.split("\n")
    start, line = 0, 1
    for position, part in enumerate(location):
        if not isinstance(part, str):
            continue
        index = location[position + 1] if position + 1 < len(location) else 0
        pattern = re.compile(rf"\s*(\[+[\w.\"' -]*\b{re.escape(part)}\s*\]+|[\"']?{re.escape(part)}[\"']?\s*=)")
        first = start + 1 if position else 0
        hits = [n for n in range(start, len(lines)) if pattern.match(lines[n]) and _is_at_hand(lines, first, n)]
        if not hits:
            break
        # Only tables are counted: the index of a value within a key's list does not lead to another line.
        skip = index if isinstance(index, int) and lines[hits[0]].lstrip().startswith("[[") else 0
        start = hits[min(skip, len(hits) - 1)]
        line = start + 1
    return line


def _is_at_hand(lines: list[str], first: int, number: int) -> bool:
    """Say whether a line begins a table, or is of the table whose lines start at ``first``: no other begins between."""
    return not any(line.lstrip().startswith("[") for line in lines[first:number]) or lines[number].lstrip()[0] == "["
