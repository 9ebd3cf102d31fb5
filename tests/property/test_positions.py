"""The line named in an error is the line of the key, whatever surrounds it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import load_config
from auditor.errors import ConfigError
from auditor.positions import line_of

DECOYS = [
    'title = """\n[[model]]\nbad_key = 1\n[verify]\n"""',
    "title = '''\n[style]\nworkers = 1\n'''  # [[model]]",
    'title = "# [[model]]"',
    'title = """one\\"""\nbad_key = 3"""',
]
PADDING = st.lists(st.sampled_from(["", "# [[model]]", "   # bad_key = 1", "\t"]), max_size=3)
MODEL = ["name = '{}'", "simulated = 'weak'", "samples_per_task = 20", 'stop = [\n  "[[gate]]",\n  "]",\n]',
         "price = { prompt = 1.0, completion = 2.0 }", "price.prompt = 1 # x"]  # fmt: skip


@st.composite
def broken_configs(draw: st.DrawFn) -> tuple[str, int]:
    """An audit.toml with one unknown key, and that key's line."""
    models = draw(st.integers(1, 3))
    tables = [("benchmark", ["source = 'demo'"]), ("report", [draw(st.sampled_from(DECOYS))])]
    tables += [("verify", ["workers = 1", "sandbox = 'auto'"]), ("style", ["workers = 0"])]
    for index in range(models):
        keys = [MODEL[0].format(f"m{index}"), MODEL[1], *draw(st.lists(st.sampled_from(MODEL[2:5]), unique=True))]
        tables.append(("[model]", draw(st.permutations(keys))))
    tables = draw(st.permutations(tables))
    victim = draw(st.integers(0, len(tables) - 1))
    at = draw(st.integers(0, len(tables[victim][1])))
    bad = draw(st.sampled_from(["bad_key = 1", '"bad_key" = [\n 1,\n]', "  bad_key.x = '''\n'''", "bad_key={a=1}"]))
    lines: list[str] = []
    found = 0
    for number, (name, keys) in enumerate(tables):
        lines += [*draw(PADDING), f"[{name}]{draw(st.sampled_from(['', '  # [x]']))}"]
        for position, statement in enumerate([*keys[:at], bad, *keys[at:]] if number == victim else keys):
            lines += draw(PADDING)
            if statement is bad and number == victim and position == at:
                found = len(lines) + 1
            lines += statement.split("\n")
    return "\n".join(lines) + "\n", found


@given(broken_configs())
def test_the_line_named_is_the_line_of_the_key(case: tuple[str, int]) -> None:
    """One unknown key in a random audit.toml is reported by its own line."""
    text, line = case
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audit.toml"
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_config(path)
    assert str(caught.value).startswith(f"{path}:{line}: "), text
    assert "unknown key '" in str(caught.value)
    assert "bad_key" in str(caught.value)


@given(broken_configs(), st.sampled_from(["x = = 1", "[a", 'y = "', "z = [1,, 2]"]))
def test_broken_toml_is_reported_by_its_line(case: tuple[str, int], broken: str) -> None:
    """Where a file stops being TOML, that line is named."""
    text, _ = case
    lines = text.count("\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audit.toml"
        path.write_text(text + broken + "\n")
        with pytest.raises(ConfigError) as caught:
            load_config(path)
    assert str(caught.value).startswith(f"{path}:{lines + 1}: not valid TOML: ")


TEXT = """# settings
[a]
one = 1
"quoted key" = [
  { x = 1 },  # }
  { y = 2, z = { w = 3 } },
]
dotted.key.deep = 4
dotted.other = 5

[[model]]
name = "first"
[model.price]
prompt = 1

[b.c.d]
e = '''
[[model]]
'''

[[model]]
name = "second"
[[model.part]]
[[model.part]]
size = 1
[a.sub]
f = 6
"""

LINES = {
    ("a",): 2, ("a", "one"): 3, ("a", "quoted key"): 4, ("a", "quoted key", 0): 5, ("a", "quoted key", 1): 6,
    ("a", "quoted key", 1, "z", "w"): 6, ("a", "dotted"): 8, ("a", "dotted", "key", "deep"): 8,
    ("a", "dotted", "other"): 9, ("model",): 11, ("model", 0): 11, ("model", 0, "name"): 12,
    ("model", 0, "price"): 13, ("model", 0, "price", "prompt"): 14, ("b",): 16, ("b", "c", "d", "e"): 17,
    ("model", 1): 21, ("model", 1, "name"): 22, ("model", 1, "part", 0): 23, ("model", 1, "part", 1, "size"): 25,
    ("a", "sub", "f"): 27,
    ("model", 1, "missing"): 21, ("a", "one", "missing"): 3, ("missing",): 1, (): 1,
}  # fmt: skip


@pytest.mark.parametrize(("location", "line"), LINES.items())
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_every_kind_of_key(location: tuple[str | int, ...], line: int, end: str) -> None:
    """Headers, dotted and quoted keys, inline tables, arrays of tables; a missing key is found at its table."""
    text = TEXT.replace("\n", end)
    tomllib.loads(text)
    assert line_of(text, location) == line
