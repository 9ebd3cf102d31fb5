"""Read TOML settings into closed pydantic models, or reject them with file, line, key and remedy."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from auditor.deprecation import replace_keys
from auditor.errors import ConfigError, ErrorSlug
from auditor.positions import Location, line_of
from auditor.refusals import explained, place_of

SectionT = TypeVar("SectionT", bound="Section")

_SYNTAX = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
"""How tomllib ends its messages."""


def misplaced(message: str, *at: str | int) -> PydanticCustomError:
    """Return a validation error for the value at these keys and indices below the table being checked."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "at": at})


def conflicting(message: str, *keys: str) -> PydanticCustomError:
    """Return a validation error for keys of the table being checked; its line is that of the last one."""
    return PydanticCustomError("conflicting", "{message}", {"message": message, "keys": keys})


class Section(BaseModel):
    """A table of a settings file: no unknown keys, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    example: ClassVar[str] = ""
    """The command that writes an example file of this kind; empty if there is none."""
    named_by: ClassVar[tuple[str, ...]] = ()
    """Keys of which the first that is given names one of several such tables in a message."""

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, data: object) -> object:
        for key, value in data.items() if isinstance(data, dict) else ():
            field = cls.model_fields.get(key)
            kinds = set() if field is None else {field.annotation, *_arguments(field.annotation)}
            if isinstance(value, bool) and kinds & {int, float} and bool not in kinds:
                raise misplaced(f"is {str(value).lower()} — it must be a number", key)
        return data


def parse_toml(path: Path, schema: type[SectionT]) -> SectionT:
    """Read a TOML file into a closed pydantic model.

    Raises :class:`~auditor.errors.ConfigError` with file, line, key and remedy.
    """
    text = _text(path, schema)
    try:
        data = replace_keys(tomllib.loads(text), str(path))
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from None
    _refuse_large(path, text, data, schema)
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, text, schema, error) from None


def place(path: Path, *location: str | int) -> str:
    """Return ``file:line`` of a key in a settings file that parses; only the file if it cannot be read."""
    try:
        return f"{path}:{line_of(path.read_text(encoding='utf-8-sig'), location)}"
    except (OSError, UnicodeDecodeError):
        return str(path)


class PathKind(Enum):
    """What the text of a setting may name, as a marker of its type; a ``Path`` without a marker is a file."""

    FILE = "file"
    SOURCE = "source"
    """A file beside the settings, or a hub's id."""
    RECORDED = "recorded"
    """The same, where the format says ``hub``; else a file."""
    NAME_OR_FILE = "name or file"
    """The name of a ready-made thing, or a path: with a suffix or a ``/``."""


class PathChange(Protocol):
    """Returns what takes the place of a path of a section; ``at`` is where it is in the settings."""

    def __call__(self, section: Section, path: str, kind: PathKind, at: Location) -> str | Path:
        """Return the path instead."""


def map_paths(section: SectionT, change: PathChange, at: Location = ()) -> SectionT:
    """Return settings with every path replaced: values that are a ``Path``, and texts with a :class:`PathKind`."""
    changed: dict[str, object] = {}
    for key, field in type(section).model_fields.items():
        kind = next((one for one in field.metadata if isinstance(one, PathKind)), None)
        old: object = getattr(section, key)
        new = _mapped(section, old, kind, change, (*at, key))
        if new != old:
            changed[key] = new
    return section.model_copy(update=changed) if changed else section


def _mapped(section: Section, value: object, kind: PathKind | None, change: PathChange, at: Location) -> object:
    match value:
        case Section():
            return map_paths(value, change, at)
        case Path():
            return Path(change(section, str(value), kind or PathKind.FILE, at))
        case str() if kind is not None:
            return str(change(section, value, kind, at))
        case tuple():
            return tuple(_mapped(section, one, kind, change, (*at, place)) for place, one in enumerate(value))
        case _:
            return value


class Paths:
    """Resolve paths written in a settings file; ``location`` is the position of a value in the file."""

    def __init__(self, settings: Path) -> None:
        self._settings = settings
        self._folder = settings.resolve().parent

    def file(self, value: str, *location: str | int) -> Path:
        """Resolve the path of a file."""
        return self._folder / self._expanded(value, location)

    def source(self, value: str, *location: str | int) -> str:
        """Resolve a source of tasks; anything that is not a file next to the settings is a hub id."""
        beside = self.file(value, *location)
        return str(beside) if beside.exists() else self._expanded(value, location)

    def recorded(self, value: str, form: str | None, *location: str | int) -> str:
        """Resolve ``recorded``; a name that is not a file is a data set's id if the format is ``hub``."""
        beside = self.file(value, *location)
        return value if form == "hub" and not beside.exists() else str(beside)

    def name_or_file(self, value: str, *location: str | int) -> str:
        """Resolve the name of a built-in file, or a path, which has a suffix or a ``/``."""
        is_path = "/" in value or Path(value).suffix
        return str(self.file(value, *location)) if is_path else value

    def _expanded(self, value: str, location: tuple[str | int, ...]) -> str:
        """Expand ``~`` and ``$NAME``; an unset variable is an error."""
        try:
            expanded = os.path.expandvars(Path(value).expanduser() if value.startswith("~") else value)
        except RuntimeError:
            remedy = f"write the whole path instead of {value!r}"
            raise ConfigError("no such user", where=place(self._settings, *location), remedy=remedy) from None
        if unset := re.search(r"\$\{?([A-Za-z_]\w*)", expanded):
            raise ConfigError(
                f"the environment variable {unset[1]} is not set",
                where=place(self._settings, *location),
                remedy=f"set it, or write the whole path instead of {value!r}",
            )
        return expanded


def _text(path: Path, schema: type[Section]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = f"{schema.example} writes one to start from" if schema.example else "check the path"
        raise ConfigError("no such file", where=str(path), remedy=remedy, slug=ErrorSlug.CONFIG_MISSING) from None
    except UnicodeDecodeError:
        raise ConfigError(
            "not UTF-8 text", where=str(path), remedy="save it as UTF-8", slug=ErrorSlug.CONFIG_SYNTAX
        ) from None
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            remedy="name an audit's .toml file; a run folder goes to --out",
        ) from None


def _syntax_error(path: Path, text: str, message: str) -> ConfigError:
    """Rewrite tomllib's message with file and line in front."""
    hit = _SYNTAX.search(message)
    line, column = (hit[1], hit[2]) if hit and hit[1] else (text.rstrip().count("\n") + 1, None)
    if text.lstrip().startswith("{"):
        remedy = "name an audit.toml; recorded answers are named in it by `recorded` of a [[model]]"
        return ConfigError("holds JSON, not TOML", where=str(path), remedy=remedy, slug=ErrorSlug.CONFIG_SYNTAX)
    reason = _SYNTAX.sub(f" (column {column})" if column else " (the file ends too early)", message)
    where = f"{path}:{line}"
    return ConfigError(
        f"not valid TOML: {reason}", where=where, remedy="correct this line", slug=ErrorSlug.CONFIG_SYNTAX
    )


def _refusal(path: Path, text: str, schema: type[Section], error: ValidationError) -> ConfigError:
    """Turn pydantic's first error into one line with place and remedy.

    A misspelt key is reported as such, rather than as the required key that it leaves missing.
    """
    found = error.errors(include_url=False)
    unknown = [one for one in found if one["type"] == "extra_forbidden" and one["loc"][:-1] == found[0]["loc"][:-1]]
    first = unknown[0] if unknown and found[0]["type"] == "missing" else found[0]
    location = (*place_of(first), *first.get("ctx", {}).get("at", ()))
    where = f"{path}:{_line(text, location, first)}"
    table, key = _names(tomllib.loads(text), location, schema)
    last = str(location[-1]) if location else ""
    if first["type"] == "extra_forbidden":
        remedy = _known_keys(last, sorted(_fields_at(schema, location[:-1])))
        return ConfigError(f"{table}unknown key {key!r}", where=where, remedy=remedy, slug=ErrorSlug.CONFIG_UNKNOWN_KEY)
    if first["type"] == "missing":
        what, example = f"{key!r}", f"; {schema.example} shows an example" if schema.example else ""
        if _section_at(schema, last) is not None:
            many = isinstance(first.get("input"), dict) and "tuple" in str(schema.model_fields[last].annotation)
            what = f"[[{key}]]" if many else f"[{key}]"
        return ConfigError(
            f"{table}{what} is missing", where=where, remedy=f"add it{example}", slug=ErrorSlug.CONFIG_MISSING_KEY
        )
    problem, remedy = explained([first, *(one for one in found if one is not first)])
    if len(location) == 1 and isinstance(first.get("input"), dict) and first["type"] == "tuple_type":
        problem, remedy = "is a single table", f"write [[{key}]], in double brackets"
    said = " ".join(filter(None, (key, problem)))
    return ConfigError(f"{table}{said}", where=where, remedy=remedy or None, slug=ErrorSlug.CONFIG_VALUE)


def _line(text: str, location: Location, error: ErrorDetails) -> int:
    """Return the line of an error, or of the last of the keys that it is about."""
    places = [(*location, key) for key in error.get("ctx", {}).get("keys", ())] or [location]
    return max(line_of(text, one) for one in places)


def _known_keys(key: str, known: Sequence[str]) -> str:
    """Name the key that a misspelt one may mean, else all that are known there."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"


def _refuse_large(path: Path, text: str, data: object, schema: type[Section], at: Location = ()) -> None:
    """Reject an integer that TOML itself does not allow: one beyond 64 bits."""
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        table, key = _names(tomllib.loads(text), at, schema)
        where = f"{path}:{line_of(text, at)}"
        message, remedy = f"{table}{key} is too large", "integers of TOML have 64 bits"
        raise ConfigError(message, where=where, remedy=remedy, slug=ErrorSlug.CONFIG_VALUE)
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, value in items:
        _refuse_large(path, text, value, schema, (*at, part))


def _names(data: object, location: Location, schema: type[BaseModel]) -> tuple[str, str]:
    """Name the table and the key at a location: ``('[[gate]] 2, metric "pass_at_k": ', "confidence")``.

    The table is empty at the top of a file, the key where the table itself is meant.
    """
    if not location:
        return "", "the file"
    name, *rest = location
    table = ""
    inner = data.get(name) if isinstance(data, dict) else None
    section = _section_at(schema, name)
    if section is None:
        rest = list(location)
    elif rest and isinstance(rest[0], int) and isinstance(inner, list):
        number, rest = rest[0], rest[1:]
        table = f"[[{name}]] {number + 1}{_identity(inner[number], section)}: "
    elif rest:
        table = f"[{name}] "
    else:
        rest = [name]
    key = ".".join(str(part) for part in rest if isinstance(part, str))
    return table, key + "".join(f", item {part + 1}," for part in rest if isinstance(part, int))


def _identity(table: object, section: type[Section]) -> str:
    """Return what names one of several tables: ``, metric "pass_at_k"``."""
    given = table if isinstance(table, dict) else {}
    key = next((key for key in section.named_by if isinstance(given.get(key), str)), None)
    return "" if key is None else f', {key} "{given[key][:40]}"'


def _section_at(schema: type[BaseModel], key: object) -> type[Section] | None:
    """Return the type of the table, or of each of the tables, under a key of a file."""
    field = schema.model_fields.get(str(key))
    kinds = [] if field is None else [field.annotation, *_arguments(field.annotation)]
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)), None)


def _fields_at(schema: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """Return the keys that the table at ``location`` may have."""
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


def _arguments(annotation: object) -> list[object]:
    """Return the arguments of a generic annotation as a flat sequence."""
    found: list[object] = []
    for argument in getattr(annotation, "__args__", ()):
        found += [argument, *_arguments(argument)]
    return found
