"""Small files that unpack to huge ones are refused by name, in memory that does not grow with what they hold."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pyarrow
import pytest
from backports import zstd
from backports.zstd import zipfile
from pyarrow import parquet

from auditor.errors import InputError
from auditor.sampling.readers.documents import items
from tests.recorded_files import LOG, PROGRAM, Reading, inspect_sample

MOST = 1 << 18
"""Bytes that a small file may unpack to here."""
HUGE = 64 * MOST
REFUSED = "unpacks to more than 200 times its size — it may be made to fill the memory; unpack it yourself"
ROW = json.dumps({"task_id": "HumanEval/0", "solution": f"{PROGRAM}#{' ' * 10_000}"}).encode()
INSIDES = {
    "one line": b'{"task_id": "HumanEval/0", "solution": "' + b"x" * HUGE,
    "blank lines": (b" " * 999 + b"\n") * (HUGE // 1000),
    "rows": (ROW + b"\n") * (HUGE // len(ROW)),
    "a document": b'{"eval": {"HumanEval/0": [{"solution": "' + b" " * HUGE,
    "a list": b'[{"task_id": "HumanEval/0", "solution": ""},' + b" " * HUGE,
    "a table": b"task_id,solution\n" + (b"HumanEval/0,#" + b" " * 10_000 + b"\n") * (HUGE // 10_000),
}
PACKERS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, zstd.compress]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the size from which the ratio counts, so that files of some kilobytes show it."""
    monkeypatch.setattr("auditor.benchmark.unpacked._RATIO_FROM", MOST)


def peak(path: Path, words: str) -> int:
    """Return the most bytes in use while a file is refused with these words."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=words) as refusal:
            Reading(path)
        assert refusal.value.remedy
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("inside", INSIDES)
def test_compressed_text(tmp_path: Path, inside: str) -> None:
    """Rows, documents and tables of every packing are refused by file and line."""
    path = tmp_path / "given"
    for pack in PACKERS:
        path.write_bytes(pack(INSIDES[inside]))
        assert path.stat().st_size < HUGE // 20
        assert peak(path, rf"given:\d+: {REFUSED}") < HUGE


def test_the_allowance_grows_with_the_file(tmp_path: Path) -> None:
    """What unpacks to less than the ratio allows is read, however large it is."""
    path = tmp_path / "s.jsonl.gz"
    rows = [
        json.dumps({"task_id": "HumanEval/0", "solution": f"{PROGRAM}# {token_hex(20)}{' ' * 4000}"})
        for _ in range(120)
    ]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    assert path.stat().st_size * 200 > sum(map(len, rows)) > MOST
    assert len(Reading(path).samples) == 120


def archive(path: Path, method: int, size: int) -> Path:
    """Write an inspect_ai log whose second sample holds many spaces."""
    sample = json.dumps(inspect_sample("HumanEval/0", 1, PROGRAM))
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("header.json", json.dumps(LOG))
        file.writestr("samples/HumanEval_0_epoch_1.json", sample)
        file.writestr("samples/HumanEval_0_epoch_2.json", sample + " " * size)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_ZSTANDARD])
def test_logs_of_inspect(tmp_path: Path, method: int) -> None:
    """A member of a log is refused by its name, also if the log lies about its size."""
    path = archive(tmp_path / "a.eval", method, HUGE)
    assert peak(path, f"a.eval: samples/HumanEval_0_epoch_2.json: {REFUSED}") < HUGE
    data = path.read_bytes()
    size = struct.pack("<I", HUGE + len(json.dumps(inspect_sample("HumanEval/0", 1, PROGRAM))))
    assert size in data
    path.write_bytes(data.replace(size, struct.pack("<I", 500)))
    assert peak(path, r"a.eval: samples/HumanEval_0_epoch_2.json: (not JSON|the zip is damaged)") < HUGE // 2


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_cannot_be_unpacked_in_pieces(tmp_path: Path, method: int) -> None:
    """The packings that zip readers unpack whole are refused unread; inspect_ai never writes them."""
    path = archive(tmp_path / "a.eval", method, HUGE)
    assert peak(path, r"a.eval: samples/HumanEval_0_epoch_1.json: the zip is damaged: bzip2 and lzma") < MOST


TABLES: dict[str, Callable[[], pyarrow.Table]] = {
    "one long text": lambda: pyarrow.table({"task_id": ["HumanEval/0"], "solution": ["x" * HUGE]}),
    "a text that is repeated": lambda: pyarrow.table(
        {"task_id": ["HumanEval/0"] * 50_000, "solution": pyarrow.array(["x" * 1000] * 50_000).dictionary_encode()}
    ),
    "texts in lists": lambda: pyarrow.table({"task_id": ["a"] * 500, "solution": [["x" * 1000] * 100] * 500}),
    "texts in structs": lambda: pyarrow.table({"solution": [{"a": {"b": "x" * 1000}}] * 50_000}),
}


@pytest.mark.parametrize("kind", TABLES)
def test_parquet(tmp_path: Path, kind: str) -> None:
    """A table is refused for its pages and for what its dictionaries repeat; in a folder as well."""
    (tmp_path / "set").mkdir()
    path = tmp_path / "set" / "test.parquet"
    parquet.write_table(TABLES[kind](), path, compression="zstd")
    assert path.stat().st_size < HUGE // 100
    for given in (path, path.parent):
        before = pyarrow.total_allocated_bytes()
        with pytest.raises(InputError, match=f"test.parquet: {REFUSED}"):
            Reading(given)
        assert pyarrow.total_allocated_bytes() - before < MOST


def test_a_compressed_file_in_a_folder(tmp_path: Path) -> None:
    """A data set's folder is looked through before its library reads it."""
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "test.jsonl.gz").write_bytes(gzip.compress(INSIDES["blank lines"]))
    assert peak(tmp_path / "set", rf"test.jsonl.gz:\d+: {REFUSED}") < HUGE


def test_a_document_is_read_to_its_end(tmp_path: Path) -> None:
    """What no reader unpacks is not bounded: plain text may be as large as it is."""
    text = b"[1," + b" " * (2 * MOST) + b"2]"
    assert [value for _, value in items(io.BytesIO(text), "x")] == [1, 2]
