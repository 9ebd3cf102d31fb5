"""The cache of references: what is kept, and whose word is taken."""

from __future__ import annotations

import json
import os
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.verify.cache import MOST_TESTS, Cache, Kept

NAME = "a" * 64
SECONDS, LINES = [0.1, 0.25], [b"v1", b"v2"]


def filled(folder: Path) -> Path:
    """Fill a cache and return the entry's file."""
    cache = Cache(folder)
    cache.write(NAME, SECONDS, LINES)
    cache.close()
    return folder / "references" / NAME


def read(folder: Path | None, name: str = NAME) -> Kept | None:
    cache = Cache(folder)
    try:
        return cache.read(name)
    finally:
        cache.close()


@pytest.mark.parametrize("lasting", [True, False])
@given(st.lists(st.floats(0, 100), max_size=5), st.lists(st.binary(max_size=9).filter(lambda b: b"\n" not in b)))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, lasting: bool, seconds: list[float], lines: list[bytes]
) -> None:
    """An entry comes back as it was, in a folder and in a temporary file; no entry is None."""
    cache = Cache(tmp_path_factory.mktemp("cache") if lasting else None)
    assert cache.read(NAME) is None
    cache.write(NAME, seconds, lines or [b"v0"])
    assert cache.read(NAME) == (seconds, lines or [b"v0"], 0)
    cache.close()


def test_another_process_reads_what_was_kept(tmp_path: Path) -> None:
    """A lasting entry is there for the next audit, for its own user's eyes only."""
    entry = filled(tmp_path)
    assert read(tmp_path) == (SECONDS, LINES, 0)
    assert entry.stat().st_mode & 0o077 == 0
    assert entry.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o707])
def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    """Anyone who can write the cache decides verdicts: one line names the folder and what to do."""
    entry = filled(tmp_path)
    entry.parent.chmod(mode)
    with pytest.raises(UsageError, match=r"references: .* written by another user — .*AUDITOR_CACHE"):
        Cache(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_another_user_owns_is_refused(tmp_path: Path) -> None:
    """A folder of another user is refused; an entry of another user counts as absent."""
    entry = filled(tmp_path)
    os.chown(entry, 12345, 12345)
    assert read(tmp_path) is None
    os.chown(entry.parent, 12345, 12345)
    with pytest.raises(UsageError, match="another user"):
        Cache(tmp_path)


def test_an_entry_that_others_may_write_or_that_is_a_link_is_absent(tmp_path: Path) -> None:
    """Neither a shared file nor a link to a good one is believed."""
    entry = filled(tmp_path)
    entry.chmod(0o666)
    assert read(tmp_path) is None
    entry.chmod(0o600)
    assert read(tmp_path) == (SECONDS, LINES, 0)
    entry.rename(entry.with_name("elsewhere"))
    entry.symlink_to("elsewhere")
    assert read(tmp_path) is None
    entry.unlink()
    os.mkfifo(entry)
    assert read(tmp_path) is None


@given(st.binary(max_size=200), st.integers(0, 60))
def test_a_damaged_entry_is_absent(tmp_path_factory: pytest.TempPathFactory, noise: bytes, cut: int) -> None:
    """Cut, exchanged or overwritten, an entry is never half believed."""
    folder = tmp_path_factory.mktemp("cache")
    entry = filled(folder)
    whole = entry.read_bytes()
    for text in (noise, whole[: min(cut, len(whole) - 1)], whole[: -1 - cut % 20] + noise):
        if text != whole:
            entry.write_bytes(text)
            assert read(folder) is None
    entry.write_bytes(whole)
    entry.rename(entry.with_name("b" * 64))
    assert read(folder, "b" * 64) is None


@pytest.mark.parametrize("body", [b"x" * 2**28, b"\n" * 2**24], ids=["long line", "many lines"])
def test_a_bomb_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Even an entry with a right digest unpacks to a bounded size."""
    from auditor.verify import cache as module

    entry = filled(tmp_path)
    packed = zlib.compress(json.dumps(SECONDS).encode() + b"\n" + body, 1)
    entry.write_bytes(module._digest(NAME, packed) + packed)
    del packed, body
    tracemalloc.start()
    assert read(tmp_path) is None
    assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    tracemalloc.stop()


def test_an_entry_too_large_is_not_kept(tmp_path: Path) -> None:
    """What could not be read back is not written."""
    cache = Cache(tmp_path)
    cache.write(NAME, [0.0], [b"v"] * (MOST_TESTS + 1))
    assert cache.read(NAME) is None
    cache.close()


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    """A file in the folder's place means a cache for this process alone."""
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    cache.write(NAME, SECONDS, LINES)
    assert cache.read(NAME) == (SECONDS, LINES, 0)
    cache.close()
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
