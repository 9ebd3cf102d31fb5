"""Which fork server a program gets: one that has loaded the packages that it imports."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from auditor.sandbox import SandboxLevel
from auditor.verify import runner as running
from auditor.verify.inside.confine import Plan
from auditor.verify.memory import MemoryBudget


class Server:
    """Stands in for a fork server."""

    def __init__(self, plan: Plan) -> None:
        self.loaded = tuple(plan.preload_packages)
        self.closed = False

    def close(self) -> None:
        self.closed = True


def plan(loaded: Collection[str], _files_mb: int) -> Plan:
    return Plan(SandboxLevel.LANDLOCK, 1 << 30, None, False, "python", [], preload_packages=list(loaded))


@pytest.mark.parametrize(
    ("source", "with_landlock", "without"),
    [
        ("import numpy as np\n", ("numpy",), ("numpy",)),
        ("import os, numpy.linalg\n", ("numpy",), ("numpy",)),
        ("def f():\n    from six import moves\n", ("six",), ("six",)),
        ("x = 'six of numpy'\n", (), ("numpy", "six")),
        ("import sixteen\n", (), ("six",)),
        ("__import__('num' + 'py')\n", (), ()),
    ],
)
def test_packages_are_loaded_for_programs_that_import_them(
    monkeypatch: pytest.MonkeyPatch, source: str, with_landlock: tuple[str, ...], without: tuple[str, ...]
) -> None:
    """An import loads a package; if nothing can be loaded later on, a mention of it is enough."""
    monkeypatch.setattr(running, "Zygote", Server)
    for level, loaded in ((SandboxLevel.LANDLOCK, with_landlock), (SandboxLevel.SECCOMP, without)):
        one = running.Runner(level, plan, ["numpy", "six"], MemoryBudget(1), 1)
        server = one.zygote(source)
        assert isinstance(server, Server)
        assert server.loaded == loaded
        assert one.zygote("", source) is server


def test_few_servers_live_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that was not used for longest gives way to a new one."""
    monkeypatch.setattr(running, "Zygote", Server)
    names = [f"p{number}q" for number in range(6)]
    one = running.Runner(SandboxLevel.LANDLOCK, plan, names, MemoryBudget(1), 1)
    servers = [one.zygote(f"import {name}\n") for name in names]
    assert [server.closed for server in servers if isinstance(server, Server)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert one.zygote(f"import {names[2]}\n") is servers[2]
    one.zygote("import p0q\n")
    assert isinstance(servers[2], Server)
    assert not servers[2].closed
