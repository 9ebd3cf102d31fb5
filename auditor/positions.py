"""Find the lines of a TOML file on which its keys and tables are.

tomlkit keeps every byte of what it parses but no line numbers. The file is therefore parsed statement by statement: a
statement ends with the first line up to which tomlkit accepts the text. Within a statement, keys of inline tables are
found by marks: each key gets one, the statement is written out, and the line breaks before each mark are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Key

Location = tuple[str | int, ...]
"""Keys, and an index after the key of each array, as pydantic gives them."""

_CLOSES = re.compile(r"""[]}]|\"{3}|'{3}""")
"""Every multi-line statement has one of these in its last line."""
_MARK = "\x00"
"""Never part of a TOML file."""


def line_of(text: str, location: Sequence[str | int]) -> int:
    """Return the line, from 1, of the key or table at ``location``, or of the nearest parent that the file has.

    ``text`` is valid TOML. An element of an array is found by its first key, or on the line of the array's key.
    """
    best, line = 0, 1
    for place, number in _places(text):
        shared = 0
        while shared < min(len(place), len(location)) and place[shared] == location[shared]:
            shared += 1
        if shared > best:
            best, line = shared, number
    return line


def _places(text: str) -> Iterator[tuple[Location, int]]:
    """Yield location and line of every table header and key, in file order."""
    table: Location = ()
    last_index: dict[Location, int] = {}
    for number, statement, is_header in _statements(text):
        if not is_header:
            yield from ((table + inner, number + offset) for inner, offset in _keys(statement))
            continue
        keys, is_array = _header(statement.unwrap())
        table = ()
        for position, key in enumerate(keys, 1):
            table = (*table, key)
            if is_array and position == len(keys):
                last_index[table] = last_index.get(table, -1) + 1
            if table in last_index:
                table = (*table, last_index[table])
        yield table, number


def _statements(text: str) -> Iterator[tuple[int, TOMLDocument, bool]]:
    """Split a file into statements: first line, parsed statement, whether it is a table header."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    start, so_far = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        is_first, so_far = not so_far, f"{so_far}{line}\n"
        if not is_first and not _CLOSES.search(line):
            continue
        try:
            statement = tomlkit.parse(so_far)
        except TOMLKitError:
            continue
        if any(key is not None for key, _ in statement.body):
            yield start, statement, line.lstrip().startswith("[") and is_first
        start, so_far = number + 1, ""


def _header(plain: object) -> tuple[list[str], bool]:
    """Return a header's keys, and whether it adds to an array of tables, from its parsed content."""
    keys: list[str] = []
    while isinstance(plain, dict) and plain:
        ((key, plain),) = plain.items()
        keys.append(key)
    return keys, isinstance(plain, list)


def _keys(statement: TOMLDocument) -> list[tuple[Location, int]]:
    """Return each key of a key-value statement with its line, from 0, within the statement."""
    found = list(_walk(statement, ()))
    for number, (_, key) in enumerate(found):
        key.sep = f"{_MARK}{number}{_MARK}{key.sep}"
    written = statement.as_string()
    line_by_number = {
        int(hit[1]): written.count("\n", 0, hit.start()) for hit in re.finditer(f"{_MARK}(\\d+){_MARK}", written)
    }
    lines: list[int] = []
    for number in reversed(range(len(found))):  # the first parts of a dotted key are not marked
        lines.append(line_by_number.get(number, lines[-1] if lines else 0))
    return [(location, line) for (location, _), line in zip(found, reversed(lines), strict=True)]


def _walk(value: object, path: Location) -> Iterator[tuple[Location, Key]]:
    """Yield every key in a value, including those of inline tables and dotted keys."""
    from tomlkit.container import Container
    from tomlkit.items import AbstractTable, Array

    if isinstance(value, AbstractTable):
        value = value.value
    if isinstance(value, Container):
        for key, item in value.body:
            if key is not None:
                yield (*path, key.key), key
                yield from _walk(item, (*path, key.key))
    elif isinstance(value, Array):
        for index, element in enumerate(value):
            yield from _walk(element, (*path, index))
