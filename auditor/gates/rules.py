"""Rules from audit.toml, a rules file or a built-in set, checked as far as possible before any work."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from auditor.config import GateConfig
from auditor.errors import ConfigError, UsageError
from auditor.gates.metrics import METRICS, NAMES, Metric, MetricEvidence, Parameters, Unit
from auditor.gates.ready import ready_sets
from auditor.json_types import list_or_empty
from auditor.refusals import worded
from auditor.results import ReportDocument
from auditor.settings import Section, parse_toml, place

KEYS = tuple(Parameters.__slots__)
"""Keys that define a metric."""


class RulesFile(Section):
    """A rules file or a built-in set: ``[[gate]]`` tables and their purpose."""

    title: str = ""
    reason: str = ""
    gate: tuple[GateConfig, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedRules:
    """Rules, and where each one was written."""

    rules: tuple[GateConfig, ...] = ()
    places: tuple[str, ...] = ()
    """``file:line`` of each rule's table, for messages."""

    def __add__(self, other: PlacedRules) -> PlacedRules:
        """Join two lists of rules."""
        return PlacedRules(self.rules + other.rules, self.places + other.places)

    def check(self, models: Collection[str] = ()) -> None:
        """Raise :class:`~auditor.errors.ConfigError` with the position of what :func:`check_rules` rejects."""
        check_rules(self.rules, models=models, wheres=self.places)


def metric_of(rule: GateConfig) -> Metric:
    """Return the rule's metric; its name must have been checked."""
    return NAMES[rule.metric]


def name_of(rule: GateConfig) -> str:
    """Return a rule's name, else its metric, keys and thresholds."""
    if rule.name:
        return rule.name
    parameters = str(Parameters.of(rule))
    metric = metric_of(rule).name + (f"({parameters})" if parameters else "")
    parts = []
    if rule.min is not None:
        parts.append(f">= {rule.min:g}")
    if rule.max is not None:
        parts.append(f"<= {rule.max:g}")
    if not parts:
        parts.append(f"no worse by {rule.margin:g}")
    return f"{metric} {' and '.join(parts)}"


def load_rules(source: str | Path) -> tuple[GateConfig, ...]:
    """Read the rules in a TOML file (including audit.toml), or a built-in set by its name.

    Raises :class:`~auditor.errors.ConfigError` with file, line and remedy.
    """
    return placed_rules(source).rules


def placed_rules(source: str | Path) -> PlacedRules:
    """Read rules as :func:`load_rules` does, each with its file and line."""
    source = str(source)
    ready = ready_sets()
    path = ready.get(source) or ready.get(f"gates-{source}") or Path(source)
    if not path.is_file():
        names = [name.removeprefix("gates-") for name in ready]
        near = difflib.get_close_matches(source, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"built-in sets: {', '.join(names)}"
        raise ConfigError("neither a rules file nor a built-in set", where=source, remedy=hint)
    found = rules_in(path)
    if not found.rules:
        raise ConfigError(
            "contains no rules", where=str(path), remedy="add a [[gate]] table with a metric and a threshold"
        )
    found.check()
    return found


def rules_in(path: Path) -> PlacedRules:
    """Read the gates of a rules file or of a whole audit.toml, which may have none; metrics are not checked."""
    import tomllib

    from auditor.config import AuditConfig

    try:
        whole = "benchmark" in tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        whole = False  # parse_toml reports what is wrong, with the line
    gates = parse_toml(path, AuditConfig).gate if whole else parse_toml(path, RulesFile).gate
    return PlacedRules(gates, places_in(path, len(gates)))


class RulePlace(str):
    """A rule's place in a settings file, ``audit.toml:12: [[gate]] 2``, with the lines of its keys."""

    _path: Path
    _index: int

    def __new__(cls, path: Path, index: int) -> Self:
        """Name the table at ``index``, from 0."""
        made = super().__new__(cls, f"{place(path, 'gate', index)}: [[gate]] {index + 1}")
        made._path, made._index = path, index
        return made

    def key(self, name: str) -> str:
        """Return the same with the line of a key of the rule."""
        return f"{place(self._path, 'gate', self._index, name)}: [[gate]] {self._index + 1}"


def _at(where: str, key: str) -> str:
    """Return the line of a rule's key, if the rule was read from a file."""
    return where.key(key) if isinstance(where, RulePlace) else where


def places_in(path: Path, count: int) -> tuple[str, ...]:
    """Name the first ``count`` ``[[gate]]`` tables of a settings file."""
    return tuple(RulePlace(path, index) for index in range(count))


def rules_of(document: ReportDocument | None, where: str = "the run") -> PlacedRules:
    """Return the rules with which the run itself was configured, if any; ``where`` names the run in messages."""
    config = document.provenance.config if document else {}
    try:
        rules = tuple(GateConfig.model_validate(table) for table in list_or_empty(config.get("gate")))
    except ValidationError as error:
        what = worded(error.errors(include_url=False))
        raise UsageError(f"the run's own rules cannot be read: {what}", remedy="give rules with --rules") from None
    found = PlacedRules(rules, tuple(f"{where}, rule {number} of the run" for number in range(1, len(rules) + 1)))
    found.check()
    return found


def check_rules(
    rules: Sequence[GateConfig], *, models: Collection[str] = (), wheres: Sequence[str] | None = None
) -> None:
    """Reject what cannot be judged: unknown metrics, wrong keys, impossible or contradictory thresholds.

    ``models`` are the run's models if they are known; ``wheres`` gives the position of each rule.
    Raises :class:`~auditor.errors.ConfigError`.
    """
    places = wheres or [f"rule {number}" for number in range(1, len(rules) + 1)]
    for rule, where in zip(rules, places, strict=True):
        metric = _known(rule, where)
        _check_keys(rule, metric, where)
        _check_range(rule, metric, where)
        _check_models(rule, models, where)
    _check_contradictions(rules, places)


def _known(rule: GateConfig, where: str) -> Metric:
    if rule.metric not in NAMES:
        near = difflib.get_close_matches(rule.metric, sorted(NAMES), n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}?" if near else f"metrics: {', '.join(METRICS)}"
        raise ConfigError(f"unknown metric {rule.metric!r}", where=_at(where, "metric"), remedy=hint)
    return NAMES[rule.metric]


def _check_keys(rule: GateConfig, metric: Metric, where: str) -> None:
    given = set(Parameters.of(rule).given())
    for key in metric.needs:
        if key not in given:
            example = metric.example.replace("\n", ", ")
            raise ConfigError(f"{metric.name} needs {key!r}", where=where, remedy=f"for example {example}")
    if metric.evidence is MetricEvidence.TASKS:
        given.discard("slice")
    for key in sorted(given - {*metric.needs, *metric.takes}):
        takes = ", ".join((*metric.needs, *metric.takes)) or "none of these keys"
        raise ConfigError(
            f"{metric.name} does not take {key!r}", where=_at(where, key), remedy=f"it takes {takes}; remove {key!r}"
        )
    if rule.margin is not None and not metric.against_baseline:
        raise ConfigError(
            f"{metric.name} does not take a margin: it has no better direction, or no value per task",
            where=_at(where, "margin"),
            remedy="use min or max",
        )


def _check_range(rule: GateConfig, metric: Metric, where: str) -> None:
    lowest, highest = metric.lowest, metric.highest
    for key in ("min", "max"):
        threshold = getattr(rule, key)
        if threshold is None or lowest <= threshold <= highest:
            continue
        percent = metric.unit is Unit.SHARE and 1 < threshold <= 100
        remedy = f"shares are written as fractions: {threshold / 100:g}" if percent else "choose a threshold within it"
        raise ConfigError(
            f"{key} = {threshold:g} lies outside what {metric.name} can be ({lowest:g} to {highest:g})",
            where=_at(where, key),
            remedy=remedy,
        )


def _check_models(rule: GateConfig, models: Collection[str], where: str) -> None:
    for name in rule.models if models else ():
        if name not in models:
            near = difflib.get_close_matches(name, sorted(models), n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"models here: {', '.join(sorted(models))}"
            raise ConfigError(f"the run has no model {name!r}", where=_at(where, "models"), remedy=hint)


def _check_contradictions(rules: Sequence[GateConfig], places: Sequence[str]) -> None:
    """Reject two rules on one number that no value can satisfy."""
    by_number: dict[tuple[str, Parameters], list[tuple[GateConfig, str]]] = defaultdict(list)
    for rule, where in zip(rules, places, strict=True):
        by_number[metric_of(rule).name, Parameters.of(rule)].append((rule, where))
    for (metric, _), together in by_number.items():
        for lower, where in together:
            for upper, other in together:
                if lower.min is None or upper.max is None or lower.min <= upper.max or not _meet(lower, upper):
                    continue
                raise ConfigError(
                    f"contradictory rules on {metric}: at least {lower.min:g} here, "
                    f"at most {upper.max:g} at {_at(other, 'max')}",
                    where=_at(where, "min"),
                    remedy="no value satisfies both; change one of them",
                )


def _meet(one: GateConfig, other: GateConfig) -> bool:
    """Return whether two rules apply to a common model."""
    if "any" in (one.over, other.over):
        return False
    return not one.models or not other.models or bool(set(one.models) & set(other.models))
