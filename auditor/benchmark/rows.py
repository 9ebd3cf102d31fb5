"""Where rows come from: JSONL files, and data sets of the hub or in the hub's layout.

A row is a plain dict with the place it was read from, so that whoever finds it wanting can say where.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from auditor.errors import EndpointError, InputError

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
SPLIT = "test"
FILE_SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source."""

    values: dict[str, Any]
    where: str
    """``file:line``, or ``data set, row N``."""


def read_rows(source: str) -> Iterator[Row]:
    """Read the rows of a JSONL file, of a folder in the hub's layout, or of a data set on the hub.

    Raises :class:`~auditor.errors.InputError` by file and line, and
    :class:`~auditor.errors.EndpointError` where the hub cannot be reached.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        return _data_set(str(path), source, streaming=True)
    if path.exists():
        return jsonl_rows(path)
    if source.endswith(FILE_SUFFIXES) or not HUB_ID.fullmatch(source):
        raise InputError("no such file or folder", where=source, remedy="check [benchmark] source")
    return _data_set(source, source, streaming=False)


def jsonl_rows(path: Path) -> Iterator[Row]:
    """Read a JSONL file, gzipped or not; blank lines are skipped.

    Raises :class:`~auditor.errors.InputError` with ``file:line`` for what is not a JSON object.
    """
    for number, line in text_lines(path):
        yield Row(_parse(line, f"{path}:{number}"), f"{path}:{number}")


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream the lines of a UTF-8 file that are not blank, numbered from 1; gzip is told by content, not by name.

    The byte order mark that some editors write is no text. Raises :class:`~auditor.errors.InputError`, with
    ``file:line`` for what is no text.
    """
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if text.strip():
                    yield number, text
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), remedy="check the path") from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", where=f"{path}:{number}", remedy="save the file as UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        where = f"{path}:{number + 1}"
        raise InputError("the gzip file is cut off or damaged", where=where, remedy="fetch it again") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def id_text(value: Any) -> Any:
    """Return a task id that was written as a whole number as text; anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if gzipped else path.open("rb")


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not valid JSON: {error}", where=where, remedy="write one JSON object a line") from None
    if not isinstance(row, dict):
        raise InputError(
            f"holds a {type(row).__name__}, not an object", where=where, remedy="write one JSON object a line"
        )
    return row


def _data_set(name: str, source: str, *, streaming: bool) -> Iterator[Row]:
    """Read the test split through ``datasets``; local folders stream, so that no cache is written."""
    with _quiet_datasets():
        import datasets

        try:
            for number, row in enumerate(datasets.load_dataset(name, split=SPLIT, streaming=streaming)):
                yield Row(dict(row), f"{source}, row {number}")
        except datasets.exceptions.DatasetNotFoundError:
            raise InputError(
                "the hub has no such data set, or it is not open to you",
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
                remedy=f"it must load with datasets.load_dataset(…, split={SPLIT!r})",
            ) from None


@contextmanager
def _quiet_datasets() -> Iterator[None]:
    """Keep ``datasets`` and its hub client from drawing bars and logging to the user's terminal."""
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
