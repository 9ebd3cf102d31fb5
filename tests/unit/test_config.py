"""audit.toml: what is refused, and how it is said."""

from __future__ import annotations

import re
import tomllib
import typing
from importlib import resources
from pathlib import Path

import pytest

from auditor.analysis.exclusions import RULES
from auditor.config import AuditConfig, BenchmarkConfig, ModelConfig, load_config
from auditor.errors import ConfigError, ExitCode

GOOD = '[benchmark]\nsource = "demo"\n\n[[model]]\nname = "a"\nsimulated = "weak"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "audit.toml"
    path.write_text(text)
    return path


def test_defaults_fill_what_is_not_said(tmp_path: Path) -> None:
    """A benchmark and a model are enough."""
    config = load_config(write(tmp_path, GOOD))
    assert config.model[0].samples_per_task == 20
    assert config.analysis.fp_cost == (0, 1, 2, 4, 8)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + "temprature = 1\n", 7, ["temprature", "did you mean 'temperature'"]),
        (GOOD + '[[model]]\nname = "b"\nsimulated = "weak"\nseeed = 1\n', 10,
         ['[[model]] 2, name "b": unknown key \'seeed\'', "'seed'"]),
        (GOOD + "[verify]\nworkers = -1\n", 8, ["[verify] workers is -1 — it must be at least 0"]),
        ('[benchmark]\nsource = "demo"\n', 1, ["[[model]] is missing — add it"]),
        (GOOD + '[[model]]\nname = "a"\nsimulated = "weak"\n', 8, ["'a' is used twice"]),
        (GOOD + "[[modell]]\nname = 'b'\n", 7, ["unknown key 'modell'", "did you mean 'model'"]),
        ("[benchmrk]\nsource = 'demo'\n", 1, ["unknown key 'benchmrk'", "did you mean 'benchmark'"]),
        (GOOD + "max_cost = 1\n", 7, ["max_cost needs prices"]),
        (GOOD + "api_key_env = 'sk-proj-0123'\n", 7, ["api_key_env", "never the key itself"]),
        (GOOD + 'recorded = "x.jsonl"\n', 7, ["recorded and simulated exclude each other"]),
        (GOOD + '[[gate]]\nmetric = "x"\nmin = 2\nmax = 1\n', 10,
         ['[[gate]] 1, metric "x": min 2 is above max 1 — correct one of them']),
        (GOOD + '[[gate]]\nmetric = "x"\n', 7, ['[[gate]] 1, metric "x": no threshold — give min, max, or margin']),
        (GOOD + "[analysis\n", 7, ["not valid TOML"]),
        (GOOD + '[verify]\nsandbox = "docker"\n', 8,
         ["[verify] sandbox is 'docker'", "'auto', 'landlock+seccomp', 'seccomp' or 'none'"]),
        (GOOD + '[verify]\noracle_for = "some"\n', 8, ["[verify] oracle_for is 'some'", "'accepted' or 'all'"]),
        (GOOD + '[analysis]\nas_published = ["figures"]\n', 8,
         ["[analysis] as_published, item 1, is 'figures'", "'attempts', 'sound"]),
        (GOOD + '[[gate]]\nmetric = "x"\nmin = 0\nseverity = "bad"\n', 10,
         ['metric "x": severity is \'bad\'', "'error' or 'warning'"]),
        (GOOD + "[analysis]\nfp_cost = [0, -1]\n[[gate]]\nmetric = 'utility'\nfp_cost = 1\nmin = 0\n", 8,
         ["[analysis] fp_cost, item 2, is -1 — it must be at least 0"]),
        (GOOD + "[gate]\nmetric = 'x'\nmin = 0\n", 7, ["gate is a single table — write [[gate]], in double brackets"]),
        (GOOD + "[verify]\nworkers = true\n", 8, ["[verify] workers is true — it must be a number"]),
        (GOOD + f"[verify]\nmemory_mb = {2**63}\n", 8, ["[verify] memory_mb is too large — integers of TOML have 64"]),
        (GOOD + f"[analysis]\nfp_cost = [0,\n  {10**30}]\n", 8, ["[analysis] fp_cost, item 2, is too large"]),
        (GOOD + "[analysis]\nfp_cost = []\n", 8, ["fp_cost is an empty list — give at least one entry"]),
        (GOOD + "[analysis]\nmax_attempts = 21\n", 8, ["max_attempts is 21", "'a'", "20 samples_per_task"]),
        (GOOD + "[[gate]]\nmetric = 'x'\nmin = 0\nmodels = ['a', 3]\n[[gate]]\nmetric = 'x'\nmin = 0\nmodels = ['a']\n",
         10, ['[[gate]] 1, metric "x": models, item 2, is 3']),
        ('[benchmark]\nsource = "~no.such.user/x"\n[[model]]\nname = "a"\nsimulated = "weak"\n', None,
         ["no such user", "~no.such.user/x"]),
        ('[benchmark]\nsource = "$NO_SUCH_VARIABLE_/x"\n[[model]]\nname = "a"\nsimulated = "weak"\n', None,
         ["NO_SUCH_VARIABLE_ is not set"]),
    ],
)  # fmt: skip
def test_bad_settings_are_refused_by_line_and_key(
    tmp_path: Path, text: str, line: int | None, words: list[str]
) -> None:
    """Every refusal is one line that names the place and what is wrong with it, and exits 2."""
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code is ExitCode.USAGE
    for word in words:
        assert word in message
    if line is not None and "not valid TOML" not in message:
        assert message.startswith(f"{path}:{line}: ")


def test_a_key_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    """What was pasted where the variable's name belongs shows on no screen and in no log."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, GOOD + 'api_key_env = "sk-proj-0123"\n'))
    assert "sk-proj" not in str(caught.value)


def test_an_editors_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """What Windows editors put before the text does not count, and does not move a line."""
    path = tmp_path / "audit.toml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert load_config(path).model[0].name == "a"
    path.write_text("\ufeff" + GOOD + "x = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"audit.toml:7: \[\[model\]\] 1, name .a.: unknown key"):
        load_config(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The remedy for no audit.toml is `auditor init`."""
    with pytest.raises(ConfigError, match="auditor init"):
        load_config(tmp_path / "audit.toml")


def test_relative_paths_count_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run means the same from whichever folder it is started."""
    (tmp_path / "tasks.jsonl").write_text("")
    monkeypatch.setenv("AUDITOR_TEST_FOLDER", "samples")
    text = """
[benchmark]
source = "tasks.jsonl"
[[model]]
name = "a"
recorded = "$AUDITOR_TEST_FOLDER/a.jsonl"
prompt = "asks/mine.jinja"
[[model]]
name = "b"
simulated = "weak"
[style]
rubric = "team.toml"
"""
    config = load_config(write(tmp_path, text))
    assert config.benchmark.source == str(tmp_path / "tasks.jsonl")
    assert config.model[0].recorded == tmp_path / "samples" / "a.jsonl"
    assert config.model[0].prompt == str(tmp_path / "asks" / "mine.jinja")
    assert config.style.rubric == str(tmp_path / "team.toml")
    assert config.model[1].prompt == "plain"


def test_the_example_is_the_defaults() -> None:
    """What `auditor init` writes parses, and every value it shows as a default is the default."""
    text = resources.files("auditor").joinpath("audit.example.toml").read_text()
    written = tomllib.loads(text)
    config = AuditConfig.model_validate(written)
    for section in ("verify", "style", "analysis", "report"):
        assert getattr(config, section) == type(getattr(config, section))()


def test_the_example_shows_every_key() -> None:
    """`auditor init` writes every key of every section, in use or commented out, so none has to be looked up."""
    text = resources.files("auditor").joinpath("audit.example.toml").read_text()
    defaults = AuditConfig.model_validate(tomllib.loads(GOOD))
    sections = {name: type(getattr(defaults, name)) for name in ("benchmark", "verify", "style", "analysis", "report")}
    sections["model"] = ModelConfig
    for name, section in sections.items():
        pattern = rf"^(?:# )?\[+{name}\]+.*?(?=^(?:# )?\[\[?(?!{name}\])|\Z)"
        written = "".join(re.findall(pattern, text, flags=re.MULTILINE | re.DOTALL))
        for key in section.model_fields:
            assert re.search(rf"^(?:# )?{key} = ", written, flags=re.MULTILINE), f"[{name}] {key}"


def test_the_rules_of_exclusion_are_those_of_the_analysis() -> None:
    """What `exclude` may name is what the analysis knows, a list of ids apart."""
    annotation = BenchmarkConfig.model_fields["exclude"].annotation
    assert sorted(typing.get_args(typing.get_args(annotation)[0])) == sorted(RULES)
