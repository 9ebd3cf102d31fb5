"""An event loop that a signal ends: its tasks end in order, with Ctrl-C ignored or not."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from auditor.sampling import interruptible
from tests.e2e.command import environment

_AUDIT = """
[benchmark]
source = "demo"
[[model]]
name = "m"
simulated = "weak"
samples_per_task = 500
concurrency = 32
"""


@pytest.fixture(params=[signal.SIG_IGN, signal.default_int_handler], ids=["ignored", "handled"])
def sigint(request: pytest.FixtureRequest) -> Iterator[None]:
    """SIGINT as in a script's background job, or as on a terminal; SIGTERM raises what Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    signal.signal(signal.SIGINT, request.param)
    signal.signal(signal.SIGTERM, interrupt)
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("sigint")
@pytest.mark.parametrize("signals", [1, 3])
def test_a_signal_cancels_every_task_and_is_raised_once_they_have_ended(signals: int) -> None:
    """No task is left with a failure that nobody awaits, however many signals arrive, and the handlers are restored."""
    ended: list[str] = []
    unheard: list[object] = []

    async def work(name: str, at: Callable[[], None]) -> None:
        try:
            await asyncio.sleep(0.01)
            at()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)  # an orderly end takes a turn of the loop
            ended.append(name)

    def stop() -> None:
        for _ in range(signals):
            signal.raise_signal(signal.SIGTERM)

    async def everything() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        async with asyncio.TaskGroup() as group:
            for name, at in (("a", stop), ("b", lambda: None)):
                group.create_task(work(name, at))

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        interruptible.run(everything())
    assert sorted(ended) == ["a", "b"]
    assert not unheard
    assert signal.getsignal(signal.SIGTERM) is before


def test_without_a_signal_it_returns_and_raises_what_the_coroutine_does() -> None:
    async def result(value: int) -> int:
        if value < 0:
            raise ValueError(value)
        return value

    assert interruptible.run(result(3)) == 3
    with pytest.raises(ValueError, match="-1"):
        interruptible.run(result(-1))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.3, 0.7, 1.5])
def test_sampling_in_a_scripts_background_ends_in_one_line(tmp_path: Path, seconds: float) -> None:
    """SIGTERM to a process for which SIGINT is ignored: exit code 130, and no traceback."""
    (tmp_path / "a.toml").write_text(_AUDIT)
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "auditor", "sample", "a.toml"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while not (line := process.stderr.readline()).startswith("sampling"):
        assert line, "ended before it sampled"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=600)
    assert said.splitlines()[-1:] == ["auditor: interrupted; run the same command again to continue"]
    assert "Traceback" not in said
    assert "never retrieved" not in said
    assert process.returncode == 130
