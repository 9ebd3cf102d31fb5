"""Read rows from JSONL files, and from data sets of the hub or in the hub's layout.

A row is a plain dict with its position in the source, for error messages.
"""

from __future__ import annotations

import json
import logging
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from auditor.benchmark.unpacked import DAMAGED, check_packed, open_text
from auditor.errors import EndpointError, InputError
from auditor.json_types import JsonObject, JsonValue, why_not_json

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
SPLIT = "test"
_LONGEST_LINE = 512 << 20
"""Longest line in bytes."""
FILE_SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a source."""

    values: JsonObject
    where: str
    """``file:line``, or ``data set, row N``."""

    def text(self, key: str) -> str:
        """Return the text in a column; raises :class:`~auditor.errors.InputError` if it contains none."""
        value = self.values.get(key)
        if not isinstance(value, str):
            remedy = "fetch the data set again"
            raise InputError(f"column {key!r} is missing or not a string", where=self.where, remedy=remedy)
        return value


def read_rows(source: str) -> Iterator[SourceRow]:
    """Read the rows of a JSONL file, of a folder in the hub's layout, or of a data set on the hub.

    Raises :class:`~auditor.errors.InputError` by file and line, and
    :class:`~auditor.errors.EndpointError` if the hub cannot be reached.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        return hub_rows(str(path), SPLIT)
    if path.exists():
        return jsonl_rows(path)
    if source.endswith(FILE_SUFFIXES) or not HUB_ID.fullmatch(source):
        raise InputError("no such file or folder", where=source, remedy="check the path")
    return hub_rows(source, SPLIT)


def jsonl_rows(path: Path) -> Iterator[SourceRow]:
    """Read a JSONL file, gzipped or not; blank lines are skipped. A file that is one JSON array is read as its items.

    Raises :class:`~auditor.errors.InputError` with ``file:line`` for what is not a JSON object.
    """
    for number, line in text_lines(path):
        if number == 1 and line.lstrip().startswith("["):
            yield from _array_rows(path)
            return
        yield SourceRow(_parse(line, f"{path}:{number}"), f"{path}:{number}")


def _array_rows(path: Path) -> Iterator[SourceRow]:
    """Read a file that is one JSON array of objects, whole."""
    text = "".join(line for _, line in text_lines(path))
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"not valid JSON: {why_not_json(error)}", where=str(path), remedy="write one JSON object per line"
        ) from None
    for number, item in enumerate(items):
        if not isinstance(item, dict):
            kind = type(item).__name__
            raise InputError(f"item {number} is a {kind}, not an object", where=str(path), remedy="list objects only")
        yield SourceRow(item, f"{path}, item {number}")


def text_lines(path: Path, *, keep_blank: bool = False) -> Iterator[tuple[int, str]]:
    """Stream the lines of a UTF-8 file, numbered from 1; blank ones are skipped unless requested.

    A line ends only with a line feed. Compression is detected from the content, not the name. The byte order mark that
    some editors write is not part of the text. Raises :class:`~auditor.errors.InputError`, with ``file:line`` for
    anything but text.
    """
    number = 0
    try:
        with open_text(path) as file:
            for number, line in enumerate(_bounded_lines(file, path), 1):
                if not keep_blank and line.isspace():  # checked before decoding: a file may contain millions of these
                    continue
                text = line.removeprefix(
                    BOM_UTF8
                ).decode()  # files that begin with a byte order mark may have been concatenated
                if keep_blank or text.strip():
                    yield number, text
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), remedy="check the path") from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", where=f"{path}:{number}", remedy="save the file as UTF-8") from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", where=str(path), remedy="name one of its files") from None
    except OSError as error:
        if error.errno is not None:
            raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from None
        raise _damaged(path, number + 1) from None
    except DAMAGED:
        raise _damaged(path, number + 1) from None


def _bounded_lines(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Read lines of bounded length."""
    number = 1
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise InputError(f"a line of more than {_LONGEST_LINE >> 20} MiB", where=f"{path}:{number}")
        yield line
        number += 1


def _damaged(path: Path, line: int) -> InputError:
    where = f"{path}:{line}"
    return InputError("the compressed file is cut off or damaged", where=where, remedy="fetch it again")


def id_text(value: JsonValue) -> JsonValue:
    """Return an integer task id as text; anything else unchanged."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _parse(line: str, where: str) -> JsonObject:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"not valid JSON: {why_not_json(error)}", where=where, remedy="write one JSON object per line"
        ) from None
    if not isinstance(row, dict):
        raise InputError(
            f"holds a {type(row).__name__}, not an object", where=where, remedy="write one JSON object per line"
        )
    return row


def hub_rows(source: str, split: str | None = None) -> Iterator[SourceRow]:
    """Stream the rows of a Parquet file, of a folder in the hub's layout, or of a data set on the hub.

    ``split`` may be omitted if there is only one. Local data is streamed, so no cache is written. Raises
    :class:`~auditor.errors.InputError`, and :class:`~auditor.errors.EndpointError` if the hub cannot be reached.
    """
    with _quiet_datasets():
        import datasets

        path = Path(source).expanduser()
        try:
            for part in [path, *sorted(path.rglob("*"))] if path.exists() else ():
                if part.is_file():
                    check_packed(part)
            if path.is_file():
                data = datasets.load_dataset("parquet", data_files=str(path), split="train", streaming=True)
            else:
                data = datasets.load_dataset(
                    str(path) if path.is_dir() else source, split=split, streaming=path.is_dir()
                )
            if split is None and hasattr(data, "keys"):
                data = data[_only_split(list(data), source)]
            for number, row in enumerate(data):
                yield SourceRow(dict(row), f"{source}, row {number}")
        except datasets.exceptions.DatasetNotFoundError:
            raise InputError(
                "not found on the hub, or not accessible to you",
                where=source,
                remedy="check the name; set HF_TOKEN if it is gated; or name a local folder",
            ) from None
        except ConnectionError as error:
            raise EndpointError(
                f"the hub cannot be reached ({_first_line(error)})",
                where=source,
                remedy="check the network and HF_ENDPOINT, or name a local copy of the data set",
            ) from None
        except (datasets.exceptions.DatasetsError, OSError, ValueError) as error:
            raise InputError(
                f"cannot be read as a data set: {_first_line(error)}",
                where=source,
                remedy=f"it must load with datasets.load_dataset(…, split={split!r})",
            ) from None


def _only_split(names: list[str], source: str) -> str:
    if len(names) == 1:
        return names[0]
    remedy = 'choose one with split = "…"'
    raise InputError(f"has several splits ({', '.join(names)})", where=source, remedy=remedy)


@contextmanager
def _quiet_datasets() -> Iterator[None]:
    """Keep ``datasets`` and its hub client from showing progress bars and logs on the user's terminal."""
    from datasets.utils import disable_progress_bars, enable_progress_bars, is_progress_bar_enabled

    loggers = [logging.getLogger(name) for name in ("datasets", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bars = is_progress_bar_enabled()
    disable_progress_bars()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            enable_progress_bars()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
