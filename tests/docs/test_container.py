"""The Containerfile, as far as it can be checked without a container runtime."""

from __future__ import annotations

import re
import shlex

from typer.testing import CliRunner

from auditor.cli.app import app
from tests.docs.blocks import ROOT

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
INSTRUCTIONS = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Instruction and argument of each line, continuations joined."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in TEXT.splitlines() if not line.startswith("#")))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def test_it_is_made_of_known_instructions_and_copies_what_is_there() -> None:
    """Two stages; what is copied from the repository exists; the build ends as an ordinary user."""
    found = instructions()
    assert {name for name, _ in found} <= INSTRUCTIONS
    assert [name for name, _ in found].count("FROM") == 2
    for name, rest in found:
        if name == "COPY" and not rest.startswith("--from"):
            assert all((ROOT / source).exists() for source in shlex.split(rest)[:-1])
    names = [name for name, _ in found]
    assert names[names.index("USER") :] == ["USER", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"]


def test_its_commands_are_commands_with_those_options() -> None:
    """Each ``auditor …`` of the build is parsed by the program: its options exist."""
    scripts = " ; ".join(rest for name, rest in instructions() if name == "RUN")
    commands = re.findall(r"(?:^|[;&] )auditor ([^;&]+)", scripts)
    assert [command.split()[0] for command in commands] == ["doctor", "demo"]
    for command in commands:
        name, *options = shlex.split(command)
        text = CliRunner().invoke(app, [name, "--help"]).output
        assert all(option in text for option in options if option.startswith("--")), command


def test_the_documented_options_are_those_of_the_file() -> None:
    """docs/howto/container.md and the file's head name the same options for ``podman run``."""
    page = (ROOT / "docs" / "howto" / "container.md").read_text(encoding="utf-8")
    of_file, of_page = (
        sorted(set(re.findall(r"--[a-z-]+", re.search(r"podman run(?:.|\n)*?audit\.toml", text)[0])))  # type: ignore[index]
        for text in (TEXT, page)
    )
    assert of_file == of_page
    assert {"--network", "--read-only", "--cap-drop", "--security-opt", "--memory"} <= set(of_file)
