"""audit.toml as typed settings: keys, defaults and limits.

An unknown key is an error that suggests the nearest known one; every error names file, line and key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, assert_never

from pydantic import Field, JsonValue, field_validator, model_validator

from auditor.config.choices import PerTest as PerTest
from auditor.config.choices import ProgramScope as ProgramScope
from auditor.config.choices import ReadingScope as ReadingScope
from auditor.config.gates import GateConfig as GateConfig
from auditor.config.gates import SliceText
from auditor.positions import Location
from auditor.results import Pairs, Published, Unanswered
from auditor.results.options import MOST_COST, MOST_RESAMPLES
from auditor.sandbox import Sandbox
from auditor.settings import PathKind, Paths, Section, conflicting, map_paths, misplaced, parse_toml


class BenchmarkConfig(Section):
    """``[benchmark]``: the source of the tasks, and which to leave out."""

    source: Annotated[str, PathKind.SOURCE] = Field(min_length=1)
    """Hub id, folder in the hub's layout, EvalPlus JSONL(.gz), own JSONL, or ``demo``."""
    base: Annotated[str | None, PathKind.SOURCE] = None
    """Source of the base suites, if ``source`` has none of its own."""
    exclude: Literal["auto", "contradicted", "published-rates", "paper", "none"] | tuple[str, ...] = "auto"
    """Tasks with suspected false negatives to leave out of the analysis."""
    tasks: tuple[str, ...] = ()
    """Only these task ids; empty means all."""


class PriceConfig(Section):
    """``[model.price]``: price per million tokens, in one currency for all models; ``max_cost`` is in it too."""

    currency: str = Field("", max_length=12, pattern=r"^[^\s\d]*$")
    """Name of the currency, such as ``USD``: shown beside every cost."""
    prompt: float = Field(0.0, ge=0)
    """Price of prompt tokens."""
    completion: float = Field(0.0, ge=0)
    """Price of answer tokens."""
    cached: float | None = Field(None, ge=0)
    """Price of prompt tokens that the server found in its cache; default: as ``prompt``."""

    def told(self, amount: str) -> str:
        """Return an amount with its currency."""
        return f"{amount} {self.currency}" if self.currency else f"{amount} in the currency of `price`"


class ModelConfig(Section):
    """``[[model]]``: an endpoint to sample, or recorded samples to read."""

    named_by: ClassVar[tuple[str, ...]] = ("name",)

    name: str = Field(min_length=1, max_length=200)
    recorded: Annotated[Path | None, PathKind.RECORDED] = None
    """A file or folder of recorded samples, instead of an endpoint; formats: see ``docs/recorded.md``."""
    format: str | None = None
    """Format of ``recorded``; detected from its content by default. ``hub`` also accepts a data set's id on the hub."""
    split: str | None = None
    """Split of a recorded data set; default: the only one."""
    filter: str | None = None
    """Filter whose responses to take from a file of lm-evaluation-harness; default: the only one."""
    take: Literal["judged", "answer"] | None = None
    """Which to read if a recorded file holds both an answer and the code that its own tool judged."""
    recorded_model: str | None = None
    """Take only the rows of this ``model``; default: all rows."""
    join: str = ""
    """Text between the prompt and a recorded ``completion``."""
    extract: Literal["auto", "raw"] = "auto"
    """``auto`` extracts code from recorded completions; ``raw`` joins prompt and completion as they are."""
    stop: tuple[str, ...] = ()
    """Cut a recorded completion at the first of these; sent as ``stop`` to an endpoint."""
    model: str | None = None
    """Model name sent to the server; default: ``name``."""
    base_url: str | None = None
    """Address of the server, up to ``/v1``; default: OpenAI's."""
    api_key_env: str | None = None
    """The *name* of the environment variable that holds the key."""
    api_version: str | None = None
    """Azure's ``api-version``; setting it selects the Azure client."""
    endpoint: Literal["chat", "completions", "responses"] = "chat"
    samples_per_task: int = Field(20, ge=1, le=100_000)
    """Samples to draw per task; samples that a run already has beyond it are kept and analysed."""
    temperature: Annotated[float, Field(ge=0)] | Literal["default"] = 0.8
    """``default`` sends none, so that the server's own applies."""
    top_p: float | None = Field(None, gt=0, le=1)
    max_output_tokens: Annotated[int, Field(ge=1)] | Literal["default"] = 1024
    """``default`` sends no limit, so that the server's own applies."""
    seed: int | None = None
    """Sample i is requested with seed + i; ``None`` sends no seed."""
    choices_per_request: int = Field(1, ge=1, le=1024)
    prompt: Annotated[str, PathKind.NAME_OR_FILE] = "plain"
    """Name of a built-in template, or path of a jinja2 file, which has a suffix or a ``/``."""
    system: str | None = None
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    extra_headers: dict[str, str] = Field(default_factory=dict)
    concurrency: int = Field(8, ge=1, le=4096)
    timeout: float = Field(120.0, gt=0, le=86_400)
    """Seconds allowed for one request."""
    max_retries: int = Field(8, ge=0, le=1_000_000)
    """Retries of a request that failed for a transient reason."""
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    price: PriceConfig | None = None
    max_cost: float | None = Field(None, gt=0)
    """Budget in the currency of ``price``, over all samples of this model."""
    max_tokens: int | None = Field(None, gt=0)
    """Budget in tokens, prompt and completion, over all samples of this model."""
    simulated: Literal["weak", "medium", "strong"] | None = None
    """Sample from the simulated model of this strength, on a loopback server; needs no endpoint."""

    @field_validator("api_key_env")
    @classmethod
    def _names_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z_]\w*", value, re.ASCII):
            raise ValueError(
                "names no environment variable — give the name of the one that holds the key, never the key itself"
            )
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^/\s]", value):
            raise ValueError(
                "is no address — begin with http:// or https:// and a host, such as http://localhost:8000/v1"
            )
        return value

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.max_cost is not None and self.price is None:
            raise misplaced(
                "needs prices — give price = { prompt = …, completion = … }, per million tokens", "max_cost"
            )
        return self

    @model_validator(mode="after")
    def _what_responses_lacks(self) -> Self:
        if self.endpoint == "responses":
            for key, given in (("stop", self.stop), ("choices_per_request", self.choices_per_request > 1)):
                if given:
                    raise misplaced(
                        'is not known to endpoint = "responses" — remove it, or choose another endpoint', key
                    )
        return self

    @model_validator(mode="after")
    def _about_recorded(self) -> Self:
        for key in ("format", "split", "filter", "take"):
            if self.recorded is None and getattr(self, key) is not None:
                raise misplaced("applies to recorded samples only — set recorded, or remove it", key)
        return self

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [key for key in ("recorded", "base_url", "simulated") if getattr(self, key) is not None]
        if len(given) > 1:
            raise conflicting(f"{' and '.join(given)} exclude each other — keep one", *given)
        if not given and self.api_key_env is None:
            raise ValueError("no source of answers — give recorded, base_url, api_key_env or simulated")
        return self

    @property
    def output_limit(self) -> int | None:
        """Return the most tokens to ask for in an answer; ``None``: no limit."""
        return None if self.max_output_tokens == "default" else self.max_output_tokens

    @property
    def served_name(self) -> str:
        """Return the model name to send to the server."""
        return self.model or self.name

    @property
    def first_seed(self) -> int | None:
        """Return the seed of sample 0.

        A simulated model always has one, so that a resumed run draws the missing samples.

        The responses endpoint has no seed, so none is sent to it.
        """
        if self.endpoint == "responses":
            return None
        return 0 if self.simulated and self.seed is None else self.seed


class VerifyConfig(Section):
    """``[verify]``: limits and sandbox for programs."""

    workers: int = Field(0, ge=0, le=4096)
    """Processes that run programs; 0 = one per core."""
    timeout: float = Field(1.0, ge=0.001, le=86_400)
    """Least CPU seconds allowed per test; more if the reference itself is slow."""
    timeout_factor: float = Field(4.0, ge=1, le=1e6)
    """CPU time allowed per test, as a multiple of the reference's."""
    suite_timeout: float = Field(30.0, ge=0.001, le=86_400)
    """CPU seconds allowed for a whole suite, in addition to one test's; more if the reference itself is slow."""
    memory_mb: int = Field(4096, ge=64, le=2**24)
    """Memory limit of a program, in MB."""
    packages: tuple[str, ...] = ()
    """Packages that programs may import besides numpy, as requirements (``pandas>=2.2``); tasks may require more."""
    python: Path | None = None
    """Interpreter that runs programs, or the folder of a virtual environment; default: auditor's own."""
    sandbox: Sandbox = Sandbox.AUTO
    """Weakest level to accept; ``auto`` accepts the strongest that works here, whichever it is."""
    oracle_for: ProgramScope = ProgramScope.ACCEPTED
    """Run the plus suite only if base passes, or always."""
    readings: ReadingScope = ReadingScope.CHOSEN
    """Also judge the other programs that an answer can be read as, if the chosen one fails base."""
    plus: Literal["full"] | Path = "full"
    """The whole plus suite, or a file of a smaller one, made by ``auditor tasks mini``: for quick looks."""
    reuse: bool = True
    """Reuse verdicts from the user's cache that an earlier run reached under the same limits and environment."""
    per_test: PerTest = PerTest.BASE
    """Suites that continue after a failing test, for complete per-test results."""


class StyleConfig(Section):
    """``[style]``: the rubric, and the programs to apply it to."""

    rubric: Annotated[str, PathKind.NAME_OR_FILE] = "pep8"
    """Name of a built-in rubric, or path of a TOML file, which has a suffix or a ``/``."""
    scope: ProgramScope = ProgramScope.ACCEPTED
    workers: int = Field(0, ge=0, le=4096)


class AnalysisConfig(Section):
    """``[analysis]``: cost ratios, attempts, bootstrap."""

    fp_cost: tuple[Annotated[float, Field(ge=0, le=MOST_COST)], ...] = Field((0.0, 1.0, 2.0, 4.0, 8.0), min_length=1)
    """Costs of a false positive, in units of a correct solution's value."""
    max_attempts: int | None = Field(None, ge=1, le=10_000_000)
    """Largest number of attempts (K); default: what nine tasks in ten of a model have samples for, at most 10,000."""
    unanswered: Unanswered = Unanswered.COUNT
    """Samples without a program (truncated, refused, no code, rejected by the server): counted as rejected draws, or
    left out.
    """
    pairs: Pairs = Pairs.AUTO
    """Pairs of models to compare: all pairs of up to 20 models and none of more, or always all."""
    draw_cost: float = Field(0.0, ge=0, le=MOST_COST)
    """Cost of a draw, in units of a correct solution's value."""
    solution_worth: float | None = Field(None, gt=0)
    """Value of a correct solution in the currency of the prices. If set, the cost of a draw is computed from its tokens
    and replaces ``draw_cost``.
    """
    seed: int = Field(0, ge=0, lt=2**63)
    resamples: int = Field(2000, ge=0, le=MOST_RESAMPLES)
    """Bootstrap resamples behind each interval; 0 = no intervals."""
    confidence: float = Field(0.95, gt=0, lt=1)
    as_published: tuple[Published, ...] = ()
    """Figures to give also as the notebooks behind arXiv 2411.17501 compute them."""
    slices: tuple[SliceText, ...] = ()
    """Groups of tasks to give figures for: ``difficulty``, ``difficulty=hard``, ``date>=2024-08``."""


class ReportConfig(Section):
    """``[report]``: title and formats."""

    title: str = "Audit report"
    """Heading of every page."""
    formats: tuple[Literal["html", "markdown", "json"], ...] = ("html", "markdown", "json")
    """Formats to write into the report folder."""


class EngineConfig(Section):
    """``[engine]``: a Dask cluster to verify and score on, instead of this machine."""

    scheduler: str | None = None
    """Address of its scheduler, such as ``tcp://10.0.0.5:8786`` or ``tls://…``."""
    tls_ca: Path | None = None
    """Certificate that signed the scheduler's certificate, in PEM, for ``tls://``."""
    tls_cert: Path | None = None
    """This client's certificate."""
    tls_key: Path | None = None
    """This client's key."""
    patience: float = Field(60.0, gt=0)
    """Seconds to wait for a missing scheduler or worker before the command fails."""

    @field_validator("scheduler")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"(tcp|tls)://\S+:\d+", value, re.ASCII):
            raise ValueError("is no address of a scheduler — write tcp://HOST:PORT or tls://HOST:PORT")
        return value

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        files = ("tls_ca", "tls_cert", "tls_key")
        missing = [key for key in files if getattr(self, key) is None]
        if len(missing) in {1, 2}:
            raise misplaced("is missing — TLS takes tls_ca, tls_cert and tls_key", missing[0])
        if self.scheduler is not None and self.scheduler.startswith("tls:") and missing:
            raise misplaced("is tls:// — give tls_ca, tls_cert and tls_key too", "scheduler")
        return self


class HistoryConfig(Section):
    """``[history]``: earlier runs to compare this one with in the report."""

    runs: tuple[Path, ...] = ()
    """Their folders, report.json or baseline files, oldest first; this run is the last."""
    baseline: Path | None = None
    """The run that changes are measured against; default: the first of ``runs``."""
    models: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """A model's name here → its names in earlier runs; by default, models match by name."""


class AuditConfig(Section):
    """The whole of audit.toml."""

    example: ClassVar[str] = "`auditor init`"

    benchmark: BenchmarkConfig
    model: tuple[ModelConfig, ...] = Field(min_length=1)
    verify: VerifyConfig = VerifyConfig()
    style: StyleConfig = StyleConfig()
    engine: EngineConfig = EngineConfig()
    analysis: AnalysisConfig = AnalysisConfig()
    history: HistoryConfig = HistoryConfig()
    report: ReportConfig = ReportConfig()
    gate: tuple[GateConfig, ...] = ()

    @model_validator(mode="after")
    def _distinct_models(self) -> Self:
        names = [model.name for model in self.model]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            second = len(names) - 1 - names[::-1].index(twice[0])
            raise misplaced(f"{twice[0]!r} is used twice — names must differ", "model", second, "name")
        return self

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        named = [(at, one.price.currency) for at, one in enumerate(self.model) if one.price and one.price.currency]
        for at, currency in named:
            if currency != named[0][1]:
                first = self.model[named[0][0]].name
                message = f"is {currency!r}, and {named[0][1]!r} in model {first!r} — give all prices in one currency"
                raise misplaced(message, "model", at, "price", "currency")
        return self

    @property
    def currency(self) -> str:
        """Return the currency of all prices; empty if no model names it."""
        return next((one.price.currency for one in self.model if one.price and one.price.currency), "")

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        wanted = self.analysis.max_attempts or 1
        for model in self.model:
            if model.recorded is None and model.samples_per_task < wanted:
                few = f"model {model.name!r} has only {model.samples_per_task} samples_per_task"
                raise misplaced(f"is {wanted}, and {few} — change one of them", "analysis", "max_attempts")
        return self


def load_config(path: str | Path) -> AuditConfig:
    """Read and check audit.toml.

    In every path ``~`` and ``$NAME`` are expanded, and a relative one is relative to the file's own folder. A source
    that is not a file there stays unchanged (a hub id, or ``demo``), as does the bare name of a built-in prompt or
    rubric. Raises :class:`~auditor.errors.ConfigError` with file, line, key and remedy.
    """
    paths = Paths(Path(path))

    def resolved(section: Section, path: str, kind: PathKind, at: Location) -> str | Path:
        match kind:
            case PathKind.FILE:
                return paths.file(path, *at)
            case PathKind.SOURCE:
                return paths.source(path, *at)
            case PathKind.RECORDED:
                return paths.recorded(path, section.format if isinstance(section, ModelConfig) else None, *at)
            case PathKind.NAME_OR_FILE:
                return paths.name_or_file(path, *at)
        assert_never(kind)

    return map_paths(parse_toml(Path(path), AuditConfig), resolved)
