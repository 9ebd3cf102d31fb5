"""Check that the sandbox does what it claims: a confined child tries what is forbidden.

Every verification starts with this and with one program known to be right and one known to be wrong;
if any result differs, nothing is verified.
"""

from __future__ import annotations

import os
import platform
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.records import InputSuite, Outcome
from auditor.sandbox import SandboxLevel
from auditor.verify import levels, wire
from auditor.verify.escapes import SOURCE
from auditor.verify.inside import landlock
from auditor.verify.inside.syscalls import MACHINES
from auditor.verify.kinds.calls import expected as expecting
from auditor.verify.kinds.calls import run as running
from auditor.verify.limits import Clocks, Limits
from auditor.verify.protocol import Entry, Message, said
from auditor.verify.runner import Runner
from auditor.verify.server import ENVIRONMENT, PASSED_ON, ZygoteDiedError

_NOT_PROTECTED = {
    SandboxLevel.LANDLOCK: (
        "flaws of the kernel behind the allowed calls",
        "time taken from other workers",
        "stat() of paths",
    ),
    SandboxLevel.SECCOMP: (
        "flaws of the kernel behind the allowed calls",
        "time taken from other workers",
        "stat() of paths",
        "modules that are not loaded beforehand cannot be imported",
    ),
    SandboxLevel.NONE: ("files, network and processes of this user", "everything that a program of this user may do"),
}


_TRIED = frozenset({("Linux", "x86_64")})
"""The platforms on which the hostile corpus of the tests was run."""


def never_run(system: str, machine: str) -> str:
    """Say what was never run on a platform; empty if the whole corpus was run."""
    if (system, machine) in _TRIED:
        return ""
    known = ", ".join(" ".join(one) for one in sorted(_TRIED))
    if system == "Linux" and machine in MACHINES:
        return (
            f"the hostile programs of the tests ran on {known} only; here the filter of system calls was checked "
            "against the kernel's numbers and by an interpreter, and the checks below are tried now"
        )
    return f"nothing of the sandbox was ever run on {system} {machine}, only on {known}; the checks below are tried now"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried from inside."""

    what: str
    """The promise, in words."""
    kept: bool
    answer: str
    """The child's answer."""


@dataclass(frozen=True, slots=True)
class Report:
    """What ``auditor doctor`` shows."""

    level: SandboxLevel
    """The level reached: ``landlock+seccomp``, ``seccomp`` or ``none``."""
    checks: tuple[Check, ...]
    facts: dict[str, str]
    unprotected: tuple[str, ...]
    """What this level does not protect."""
    problem: str = ""
    """Reason why a better level was not reached, if one should have been."""

    @property
    def confined(self) -> bool:
        """Return whether unknown code may be run here."""
        return self.level is not SandboxLevel.NONE and all(check.kept for check in self.checks)


@contextmanager
def _bait() -> Iterator[list[tuple[str, str, object]]]:
    """Set up what the probe must not reach; yield (promise, attempt, argument)."""
    with tempfile.TemporaryDirectory(prefix="auditor-probe-") as name, socket.socket() as port:
        folder = Path(name)
        folder.chmod(0o777)
        canary = folder / "canary"
        canary.write_text("x", encoding="ascii")
        canary.chmod(0o666)
        port.bind(("127.0.0.1", 0))
        port.listen()
        with socket.socket(socket.AF_UNIX) as local:
            local.bind(str(folder / "socket"))
            local.listen()
            (folder / "socket").chmod(0o777)
            yield [
                ("cannot read /etc/passwd", "read", "/etc/passwd"),
                ("cannot read other files", "read", str(canary)),
                ("cannot list folders", "list", name),
                ("cannot read /proc", "read", f"/proc/{os.getpid()}/cmdline"),
                ("cannot write files", "write", str(canary)),
                ("cannot create files", "write", str(folder / "new")),
                ("cannot open connections", "connect", port.getsockname()[1]),
                ("cannot send datagrams", "datagram", 0),
                ("cannot reach local sockets", "unix", str(folder / "socket")),
                ("cannot start processes", "fork", 0),
                ("cannot start programs", "execute", 0),
                ("cannot signal other processes", "kill", os.getpid()),
                ("cannot trace other processes", "ptrace", os.getpid()),
                ("does not see our environment", "environment", [*ENVIRONMENT, PASSED_ON]),
                ("inherits no descriptors", "descriptors", 0),
                ("cannot take more memory than allowed", "memory", 1 << 45),
                ("may use threads", "thread", 0),
                ("may import the standard library", "modules", 0),
            ]


def probe(runner: Runner, level: SandboxLevel) -> tuple[Check, ...]:
    """Try everything once in a confined child; raises :class:`~auditor.errors.SandboxError` if it cannot run."""
    with _bait() as attempts:
        inputs = wire.encode([[kind, value] for _, kind, value in attempts]).encode("ascii")
        try:
            said_all, problem = running.calibrate(
                runner, SOURCE, Entry("attempt"), "probe", inputs, len(attempts), Clocks(20.0, 20.0)
            )
            lines = said_all.lines
        except ZygoteDiedError as error:
            remedy = "raise the limits of processes (ulimit -u, a container's pids) and of memory; see `auditor doctor`"
            raise SandboxError(f"no program could be started: {error}", where="sandbox", remedy=remedy) from None
    answers = [str(wire.decode(line[1:])) for line in lines if said(line) is Message.VALUE]
    if problem or len(answers) != len(attempts):
        raise SandboxError(
            f"the probe did not finish at level {level.value!r}: {problem or lines[-1:]}",
            where="sandbox",
            remedy="free memory and processors; see `auditor doctor`",
        )
    return tuple(
        Check(promise, (answer == "done") == promise.startswith("may "), answer)
        for (promise, _, _), answer in zip(attempts, answers, strict=True)
    )


def broken(checks: Sequence[Check], level: SandboxLevel) -> list[Check]:
    """List the broken promises of a level."""
    if level is SandboxLevel.NONE:
        return [check for check in checks if check.what.startswith("may ") and not check.kept]
    return [check for check in checks if not check.kept]


_GOOD = "def known(n):\n    return [n, (n, {n})]\n"
_BAD = "def known(n):\n    return [n, (n, [n])]\n"


def _check_honesty(runner: Runner, level: SandboxLevel) -> None:
    """Run a program known to be right and one known to be wrong; raise an error unless both get that verdict."""
    suite = InputSuite(tuple((n,) for n in range(3)))
    lines = [expecting.value_line([n, (n, {n})]) for n in range(3)]
    expected = expecting.build(suite, lines, expecting.encode_inputs(suite))
    limits = Limits((0.0,) * 3, 10.0, 1.0, 60.0)
    wanted = {_GOOD: Outcome.PASS, _BAD: Outcome.FAIL}
    for source, outcome in wanted.items():
        run = running.run(runner, source, Entry("known"), "honesty", expected, limits, running.Settings(alone=True))
        if run.outcome[0] is not outcome:
            raise SandboxError(
                f"a program known to {outcome} came out as {run.outcome[0]} at level {level.value!r}: {run.outcome[1]}",
                where="self-check",
                remedy="nothing was verified; `auditor doctor` shows more",
            )


def prove(runner: Runner, level: SandboxLevel) -> None:
    """Probe a level and run a good and a bad program.

    Raises :class:`~auditor.errors.SandboxError` unless everything is as it should be.
    """
    if failed := broken(probe(runner, level), level):
        raise SandboxError(
            f"level {level.value!r} promises that a program {failed[0].what}, but it answered {failed[0].answer!r}",
            where="sandbox",
            remedy="`auditor doctor` shows every check; nothing was verified",
        )
    _check_honesty(runner, level)


def doctor(config: VerifyConfig | None = None, *, level: SandboxLevel | None = None) -> Report:
    """Find the best level that works here, and show what it protects; with ``level``, check only that one."""
    config = config or VerifyConfig()
    best = level or levels.available()
    problem = ""
    for candidate in (level,) if level else tuple(SandboxLevel)[best.rank :]:
        runner = levels.Plans(candidate, config).runner(0)
        try:
            checks = probe(runner, candidate)
            _check_honesty(runner, candidate)
        except SandboxError as error:
            problem = problem or str(error)
            continue
        finally:
            runner.close()
        failed = broken(checks, candidate)
        if failed and candidate is not SandboxLevel.NONE:
            problem = problem or f"{candidate}: {failed[0].what}: {failed[0].answer}"
            if level is None:
                continue
        return Report(candidate, checks, _facts(candidate, config), _NOT_PROTECTED[candidate], problem)
    return Report(
        SandboxLevel.NONE,
        (),
        _facts(SandboxLevel.NONE, config),
        _NOT_PROTECTED[SandboxLevel.NONE],
        problem or "nothing runs here",
    )


def _facts(level: SandboxLevel, config: VerifyConfig) -> dict[str, str]:
    """Describe what decides the level on this machine."""
    plans = levels.Plans(level, config)
    plan, found = plans.plan(0), plans.environment
    version = landlock.abi() if platform.system() == "Linux" else 0
    user = f"becomes user {plan.uid}" if plan.uid is not None else "stays this user, without capabilities"
    untried = never_run(platform.system(), os.uname().machine)
    return ({"untried": untried} if untried else {}) | {
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "python": found.interpreter.version,
        "landlock": f"version {version}" if version else "not there",
        "user": user + (", keeps the right to pass closed folders" if plan.read_search else ""),
        "memory": f"{config.memory_mb} MB a program, {plans.budget.total >> 20} MB all together",
        "packages": ", ".join(f"{name} {version}" for name, version in found.versions.items()) or "none",
    }
