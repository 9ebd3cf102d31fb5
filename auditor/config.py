"""audit.toml as typed settings: what may be written there, its defaults and its limits.

Unknown keys are refused with the nearest right one; every refusal names file, line and key.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from auditor.errors import ConfigError
from auditor.settings import Section, misplaced, parse_toml


class BenchmarkConfig(Section):
    """``[benchmark]``: where the tasks come from and which are left out."""

    source: str = Field(min_length=1)
    """Hub id, folder in the hub's layout, EvalPlus JSONL(.gz), own JSONL, or ``demo``."""
    base: str | None = None
    """Source of the base suites, where ``source`` has none of its own."""
    exclude: Literal["auto", "paper", "none"] | tuple[str, ...] = "auto"
    """Tasks with suspected false negatives to leave out of the analysis."""
    tasks: tuple[str, ...] = ()
    """Only these task ids; empty means all."""


class PriceConfig(Section):
    """``[model.price]``: what a million tokens cost, in one currency of the user's."""

    prompt: float = Field(0.0, ge=0)
    completion: float = Field(0.0, ge=0)
    cached: float | None = Field(None, ge=0)


class ModelConfig(Section):
    """``[[model]]``: an endpoint to sample, or recorded samples to read."""

    name: str = Field(min_length=1, max_length=200)
    recorded: Path | None = None
    """JSONL(.gz) of recorded samples, instead of an endpoint."""
    recorded_model: str | None = None
    """Take only the rows of this ``model``; default all rows."""
    join: str = ""
    """What stands between prompt and recorded ``completion``."""
    extract: Literal["auto", "raw"] = "auto"
    """``auto`` extracts code from recorded completions; ``raw`` joins prompt and completion as they are."""
    stop: tuple[str, ...] = ()
    """Cut a recorded completion at the first of these; sent as ``stop`` to an endpoint."""
    model: str | None = None
    """The name that the server knows; default ``name``."""
    base_url: str | None = None
    api_key_env: str | None = None
    """The *name* of the environment variable that holds the key."""
    api_version: str | None = None
    """Azure's ``api-version``; its presence selects the Azure client."""
    endpoint: Literal["chat", "completions", "responses"] = "chat"
    samples_per_task: int = Field(20, ge=1, le=100_000)
    temperature: Annotated[float, Field(ge=0)] | Literal["default"] = 0.8
    """``default`` sends none: the server's own applies."""
    top_p: float | None = Field(None, gt=0, le=1)
    max_output_tokens: int | None = Field(1024, ge=1)
    seed: int | None = None
    """Sample i is asked for with seed + i; ``None`` sends no seed."""
    choices_per_request: int = Field(1, ge=1, le=1024)
    prompt: str = "plain"
    """Name of a ready template, or path of a jinja2 file: with a suffix or a ``/``."""
    system: str | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)
    extra_headers: dict[str, str] = Field(default_factory=dict)
    concurrency: int = Field(8, ge=1, le=4096)
    timeout: float = Field(120.0, gt=0)
    """Seconds for one request."""
    max_retries: int = Field(8, ge=0)
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    price: PriceConfig | None = None
    max_cost: float | None = Field(None, gt=0)
    max_tokens: int | None = Field(None, gt=0)
    """Budget: total tokens of this model's samples."""
    simulated: Literal["weak", "medium", "strong"] | None = None
    """Use the simulated model's own loopback server at this strength; needs no endpoint."""

    @field_validator("api_key_env")
    @classmethod
    def _names_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z_]\w*", value, re.ASCII):
            raise ValueError("must be the name of an environment variable that holds the key, never the key itself")
        return value

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.max_cost is not None and self.price is None:
            raise misplaced("needs price = { prompt = …, completion = … }, per million tokens", "max_cost")
        return self

    @model_validator(mode="after")
    def _what_responses_lacks(self) -> Self:
        if self.endpoint == "responses":
            for key, given in (("stop", self.stop), ("choices_per_request", self.choices_per_request > 1)):
                if given:
                    raise misplaced('is not known to endpoint = "responses"', key)
        return self

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [key for key in ("recorded", "base_url", "simulated") if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other; keep one")
        if not given and self.api_key_env is None:
            raise ValueError("needs one of recorded, base_url, api_key_env or simulated")
        return self

    @property
    def served_name(self) -> str:
        """The model name to send to the server."""
        return self.model or self.name


class VerifyConfig(Section):
    """``[verify]``: how programs are run."""

    workers: int = Field(0, ge=0)
    """Processes that run programs; 0 = one a core."""
    timeout: float = Field(1.0, gt=0)
    """Least CPU seconds a test gets; more where the reference itself is slow."""
    timeout_factor: float = Field(4.0, ge=1)
    """A test may take this many times the reference's CPU time."""
    memory_mb: int = Field(4096, ge=64)
    sandbox: Literal["auto", "landlock", "seccomp", "none"] = "auto"
    """The least level to accept; ``auto`` takes the best that works and refuses none."""
    oracle_for: Literal["accepted", "all"] = "accepted"
    """Run plus only where base passed, or always."""
    per_test: Literal["base", "all", "none"] = "base"
    """Which suites run on after a failing test, so that per-test results are complete."""


class StyleConfig(Section):
    """``[style]``: which rubric, on which programs."""

    rubric: str = "pep8"
    """Name of a ready rubric, or path of a TOML file: with a suffix or a ``/``."""
    scope: Literal["accepted", "all"] = "accepted"
    workers: int = Field(0, ge=0)


class AnalysisConfig(Section):
    """``[analysis]``: cost ratios, attempts, resampling."""

    fp_cost: tuple[Annotated[float, Field(ge=0)], ...] = Field((0.0, 1.0, 2.0, 4.0, 8.0), min_length=1)
    """What a false positive costs, in units of what a correct solution is worth."""
    max_attempts: int | None = Field(None, ge=1)
    """Largest K; default the smallest number of samples per task, at most 10,000."""
    draw_cost: float = Field(0.0, ge=0)
    """What a draw costs, in units of what a correct solution is worth."""
    solution_worth: float | None = Field(None, gt=0)
    """What a correct solution is worth in the currency of the prices; with it, the price of a draw
    follows from the tokens that it took and takes the place of ``draw_cost``."""
    seed: int = Field(0, ge=0)
    resamples: int = Field(2000, ge=0)
    confidence: float = Field(0.95, gt=0, lt=1)


class ReportConfig(Section):
    """``[report]``: title and formats."""

    title: str = "Audit report"
    formats: tuple[Literal["html", "markdown", "json"], ...] = ("html", "markdown", "json")


class GateConfig(Section):
    """``[[gate]]``: one rule. Which metrics there are, and which keys each takes: ``docs/metrics.md``."""

    metric: str = Field(min_length=1)
    name: str | None = Field(None, min_length=1)
    """What to call the rule; default its metric and thresholds."""
    min: float | None = None
    max: float | None = None
    margin: float | None = Field(None, ge=0)
    """No worse than the baseline by more than this, paired by task; needs a baseline."""
    attempts: int | None = Field(None, ge=1)
    """Draws allowed (K), for metrics at a number of attempts."""
    fp_cost: float | None = Field(None, ge=0)
    """What a false positive costs, for utilities and optimal attempts."""
    group: Literal["accepted", "true_positive", "false_positive"] | None = None
    """Whose style."""
    criterion: str | None = None
    """A criterion of the rubric, or ``score``."""
    measure: str | None = None
    """A measured quantity of the programs, e.g. ``complexity``."""
    percentile: float | None = Field(None, gt=0, lt=100)
    path: str | None = None
    """Dotted path into the model's entry of report.json, for ``metric = "report"``."""
    confidence: float = Field(0.95, ge=0, lt=1)
    """0 compares the value itself; else the interval's bound must clear the threshold."""
    models: tuple[str, ...] = ()
    """Only these models; empty means each."""
    over: Literal["each", "all", "any"] = "each"
    """One verdict a model; or one over the models: all must pass, or any."""
    min_tasks: int = Field(0, ge=0)
    min_samples: int = Field(0, ge=0)
    max_errors: float = Field(0.01, ge=0, le=1)
    """A larger share of samples with an error of ours in the way leaves the rule inconclusive."""
    max_unscored: float = Field(0.2, ge=0, le=1)
    """The same for samples without a label for any cause: truncated, refused, no code found, errors."""
    severity: Literal["error", "warning"] = "error"
    """A warning is shown and never changes the exit code."""
    reason: str = ""

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        if self.min is None and self.max is None and self.margin is None:
            raise ValueError("needs min, max, or margin with a baseline")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"contradicts itself: min {self.min} is above max {self.max}")
        return self


class AuditConfig(Section):
    """The whole of audit.toml."""

    example: ClassVar[str] = "`auditor init`"

    benchmark: BenchmarkConfig
    model: tuple[ModelConfig, ...] = Field(min_length=1)
    verify: VerifyConfig = VerifyConfig()
    style: StyleConfig = StyleConfig()
    analysis: AnalysisConfig = AnalysisConfig()
    report: ReportConfig = ReportConfig()
    gate: tuple[GateConfig, ...] = ()

    @model_validator(mode="after")
    def _distinct_models(self) -> Self:
        names = [model.name for model in self.model]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            second = len(names) - 1 - names[::-1].index(twice[0])
            raise misplaced(f"model name {twice[0]!r} is used twice; names must differ", "model", second, "name")
        return self

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        wanted = self.analysis.max_attempts or 1
        for model in self.model:
            if model.recorded is None and model.samples_per_task < wanted:
                few = f"model {model.name!r} is asked for only {model.samples_per_task} samples_per_task"
                raise misplaced(f"is {wanted}, and {few}", "analysis", "max_attempts")
        return self


def load_config(path: Path) -> AuditConfig:
    """Read and check audit.toml.

    In ``source``, ``base``, ``recorded``, ``prompt`` and ``rubric``, ``~`` and ``$NAME`` are expanded and a
    relative path counts from the file's own folder. A source that is no file there stays as it is (a hub id,
    or ``demo``), and so does the bare name of a ready prompt or rubric.
    Raises :class:`~auditor.errors.ConfigError` with file, line, key and remedy.
    """
    config = parse_toml(path, AuditConfig)
    folder = path.resolve().parent

    def source(value: str) -> str:
        beside = folder / _expanded(value, path)
        return str(beside) if beside.exists() else _expanded(value, path)

    def own_file(value: str) -> str:
        is_path = "/" in value or Path(value).suffix
        return str(folder / _expanded(value, path)) if is_path else value

    benchmark = config.benchmark.model_copy(
        update={
            "source": source(config.benchmark.source),
            "base": config.benchmark.base and source(config.benchmark.base),
        }
    )
    models = tuple(
        model.model_copy(
            update={
                "recorded": model.recorded and folder / _expanded(str(model.recorded), path),
                "prompt": own_file(model.prompt),
            }
        )
        for model in config.model
    )
    style = config.style.model_copy(update={"rubric": own_file(config.style.rubric)})
    return config.model_copy(update={"benchmark": benchmark, "model": models, "style": style})


def _expanded(value: str, path: Path) -> str:
    """Expand ``~`` and ``$NAME``; an unset variable is refused by name."""
    try:
        expanded = os.path.expandvars(Path(value).expanduser() if value.startswith("~") else value)
    except RuntimeError:
        remedy = f"write the path out in place of {value!r}"
        raise ConfigError("there is no such user's folder", where=str(path), remedy=remedy) from None
    if unset := re.search(r"\$\{?([A-Za-z_]\w*)", expanded):
        raise ConfigError(
            f"the environment variable {unset[1]} is not set",
            where=str(path),
            remedy=f"set it, or write the path out in place of {value!r}",
        )
    return expanded
