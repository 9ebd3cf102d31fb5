"""Levels of confinement and the settings that name them."""

from __future__ import annotations

import pytest

from auditor.sandbox import Sandbox, SandboxLevel


def test_a_setting_names_the_weakest_level() -> None:
    """Every level can be asked for by its name; ``auto`` accepts whichever confines."""
    assert [one.value for one in Sandbox] == ["auto", *(level.value for level in SandboxLevel)]
    assert [one.weakest for one in Sandbox if one is not Sandbox.AUTO] == list(SandboxLevel)
    assert Sandbox.AUTO.weakest is SandboxLevel.SECCOMP


def test_the_strongest_comes_first() -> None:
    """The order is that of protection, whatever the names are."""
    ranks = {level.value: level.rank for level in SandboxLevel}
    assert ranks == {"landlock+seccomp": 0, "seccomp": 1, "none": 2}


@pytest.mark.parametrize("first", SandboxLevel)
@pytest.mark.parametrize("second", SandboxLevel)
def test_the_weakest_of_two_runs_is_told(first: SandboxLevel, second: SandboxLevel) -> None:
    """Whatever the levels are called and whichever comes first, the one with less protection is the run's."""
    protection = [SandboxLevel.NONE, SandboxLevel.SECCOMP, SandboxLevel.LANDLOCK]
    assert SandboxLevel.weakest([first, second]) == min(first, second, key=protection.index)
    assert SandboxLevel.weakest([first, "landlock"]) == "landlock", "a name of another version promises nothing"


def test_another_name_is_no_level() -> None:
    """A level of another version is refused, not ranked."""
    with pytest.raises(ValueError, match="landlock"):
        SandboxLevel("landlock")
