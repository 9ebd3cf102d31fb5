"""Before money is spent: references are checked, and a budget that cannot last is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from auditor.config import PriceConfig, load_config
from auditor.errors import BudgetError, ConfigError
from auditor.pipeline import Run, carry_out, estimates
from auditor.pipeline.document import provenance
from auditor.sampling import Spent, estimate, sample_model, shortfall
from auditor.store import Store
from tests.drawing import make_tasks
from tests.e2e.command import inside
from tests.scripted import Scripted, completion, error, scripted_server
from tests.unit.sampling.test_failures import model

GOOD = completion("```python\ndef double(x):\n    return 2 * x\n```")


class Notes:
    """Keeps what would be shown."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0):
        return lambda done, work=0.0: None

    def tell(self, message: str) -> None:
        pass

    def note(self, message: str) -> None:
        self.notes.append(message)


def own_tasks(folder: Path) -> None:
    rows = [
        {"task_id": f"Own/{number}", "prompt": "def double(x):\n    # twice x\n", "entry_point": "double",
         "reference": f"def double(x):\n    return {factor} * x\n",
         "base": {"inputs": [[2]], "outputs": [4]}, "plus": {"inputs": [[3]], "outputs": [6]}}
        for number, factor in enumerate((2, 3, 2))
    ]  # fmt: skip
    (folder / "tasks.jsonl").write_text("\n".join(map(json.dumps, rows)))


def config(folder: Path, url: str, more: str = "") -> Path:
    own_tasks(folder)
    path = folder / "audit.toml"
    path.write_text(
        f'[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "m"\nbase_url = "{url}"\nsamples_per_task = 4\n'
        f"seed = 0\n{more}\n"
    )
    return path


def test_unfit_tasks_are_not_paid_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task whose reference fails is named by the dry run with its price, and never asked for."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")
    prices = "price = { prompt = 1.0, completion = 10.0 }"
    with scripted_server(lambda asked: GOOD) as server:
        path = config(tmp_path, server.base_url, prices)
        lines = list(estimates(Run.open(path)))
        assert lines[0].startswith("Own/1 is unfit, so it will not be sampled: ")
        assert lines[1].startswith("m: 8 samples in 8 requests")
        assert lines[2].startswith("m: 1 of 3 tasks left out, which saves 4 samples in 4 requests")
        assert "cost" in lines[2]
        assert server.asked == []
        run = Run.open(path, tmp_path / "run", Notes())
        carry_out(run, ("sample",))
        assert len(server.asked) == 8
        assert sum(note.startswith("Own/1 is left out") for note in run.progress.notes) == 1
        carry_out(run, ("sample", "verify"))
        assert len(server.asked) == 8, "what is missing of the unfit task is not asked for later either"
        assert sum(note.startswith("Own/1 is left out") for note in run.progress.notes) == 1
    with Store(tmp_path / "run" / "audit.db") as store:
        assert {sample.task_id for sample in store.samples()} == {"Own/0", "Own/2"}


@pytest.mark.parametrize("command", ["run", "sample"])
def test_a_dry_run_tells_the_price_and_writes_nothing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unfit tasks, what the others may cost and that max_cost is too little; no request, no file, exit code 0."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")
    with scripted_server(lambda asked: GOOD) as server:
        price = 'price = { prompt = 1.0, completion = 10.0, currency = "USD" }'
        config(tmp_path, server.base_url, f"{price}\nmax_cost = 0.015")
        before = {path.name for path in tmp_path.rglob("*")}
        done = inside(command, "audit.toml", "--dry-run", "--out", "run", cwd=tmp_path)
        assert server.asked == []
    unfit, wanted, saved, short = done.stdout.splitlines()
    assert unfit.startswith("Own/1 is unfit, so it will not be sampled: ")
    assert wanted.startswith("m: 8 samples in 8 requests")
    assert "which saves 4 samples in 4 requests" in saved
    assert re.search(r"; cost 0\.0\d+ to 0\.0\d+ USD; stops before max_cost = 0\.015 USD is exceeded", wanted)
    assert "max_cost = 0.015 USD will not last: 0.015 USD left, 0.0" in short
    assert {path.name for path in tmp_path.rglob("*")} == before


def test_a_budget_that_cannot_last_is_told_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note comes before the first request, with what is left, what is needed and the share it covers."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")
    seen: list[int] = []
    more = "price = { prompt = 1.0, completion = 10.0 }\nmax_cost = 0.015"

    def script(asked: object) -> Scripted:
        seen.append(len(run.progress.notes))
        return GOOD

    with scripted_server(script) as server:
        run = Run.open(config(tmp_path, server.base_url, more), tmp_path / "run", Notes())
        carry_out(run, ("sample",))
    (warning,) = [note for note in run.progress.notes[: seen[0]] if "max_cost" in note]
    assert "max_cost = 0.015 will not last: 0.015 left, " in warning


def test_shortfall_is_told_only_where_it_is_one() -> None:
    tasks = make_tasks(4)
    price = PriceConfig(prompt=1.0, completion=10.0)
    rich = model(price=price, max_cost=1.0, samples_per_task=10)
    wanted = estimate(rich, tasks)
    assert wanted.cost is not None
    assert shortfall(wanted, rich, Spent()) is None
    assert shortfall(wanted, rich, Spent(cost=0.95)) is not None
    half = rich.model_copy(update={"max_cost": wanted.cost[0] / 2})
    assert "about 50 %" in str(shortfall(wanted, half, Spent()))
    few = model(max_tokens=100, samples_per_task=10)
    told = str(shortfall(estimate(few, tasks), few, Spent()))
    assert told.startswith("max_tokens = 100 tokens will not last: 100 tokens left, ")
    assert shortfall(estimate(few, [], frozenset()), few, Spent()) is None


def test_the_report_says_that_no_temperature_was_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the server refused the default temperature, the settings in the report do not claim it."""
    monkeypatch.setenv("AUDITOR_CACHE", "off")

    def script(asked: dict[str, object]) -> Scripted:
        return error(400, "no 'temperature' here", param="temperature") if "temperature" in asked else GOOD

    with scripted_server(script) as server:
        run = Run.open(config(tmp_path, server.base_url), tmp_path / "run", Notes())
        carry_out(run, ("sample", "verify"))
    with run.store(create=False) as store:
        (model,) = provenance(store).config["model"]
    assert model["temperature"] == "default"


def test_every_cost_has_its_currency_or_says_which_it_is_in(tmp_path: Path) -> None:
    """An estimate, a budget that is spent, and a report name the currency that the prices name."""
    tasks = make_tasks(2)
    for currency, told in (("EUR", " EUR"), ("", " in the currency of `price`")):
        priced = model(price=PriceConfig(prompt=1.0, completion=10.0, currency=currency), max_cost=0.0001)
        wanted = str(estimate(priced, tasks))
        assert re.search(rf"; cost [\d.]+ to [\d.]+{told}; stops before max_cost = 0.0001", wanted), wanted
        unit = f" {currency}" if currency else ""
        with pytest.raises(
            BudgetError, match=rf"max_cost = 0.0001{unit} leaves .*: 0{unit} are spent, .* [\d.]+{unit}"
        ):
            sample_model(priced, tasks, write=lambda _: None)
    assert "cost not known: the model has no price" in str(estimate(model(), tasks))


@pytest.mark.parametrize(("prices", "why"), [(("USD", "EUR"), "is 'EUR', and 'USD' in model 'a'"), (("USD", ""), "")])
def test_all_prices_are_in_one_currency(tmp_path: Path, prices: tuple[str, str], why: str) -> None:
    """Costs of models are compared, so two currencies are refused; a model may leave the name to another."""
    path = tmp_path / "audit.toml"
    rows = (
        f'[[model]]\nname = "{name}"\nbase_url = "http://127.0.0.1:9/v1"\n'
        f"price = {{ prompt = 1.0, completion = 2.0{f', currency = {currency!r}' if currency else ''} }}\n"
        for name, currency in zip("ab", prices, strict=True)
    )
    path.write_text('[benchmark]\nsource = "demo"\n' + "".join(rows))
    if why:
        with pytest.raises(ConfigError, match=rf"audit.toml:10: .*price.currency {why} — give all"):
            load_config(path)
    else:
        assert load_config(path).currency == "USD"
