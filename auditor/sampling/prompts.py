"""Prompts as jinja2 templates: built-in ones by name, the user's own by path.

A template sees ``prompt``, ``task_id``, ``kind`` (function, class, method or program), ``name`` (what is required, such
as ``f`` or ``Solution().f``) and ``entry_point`` (the name at module level); any other name is an error.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.config import ModelConfig
from auditor.errors import ConfigError
from auditor.records import Task

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent / "prompts"
COMPLETION = "completion"
"""Default template of the completions endpoint."""


def template_names() -> list[str]:
    """List the built-in templates."""
    return sorted(path.stem for path in FOLDER.glob("*.jinja"))


def render(model: ModelConfig, task: Task) -> str:
    """Render the prompt of one task.

    Raises :class:`~auditor.errors.ConfigError` if the template is missing, broken, or reads an unknown name.
    """
    from jinja2 import TemplateError

    name = COMPLETION if model.endpoint == "completions" and model.prompt == "plain" else model.prompt
    try:
        return _template(name).render(
            prompt=task.prompt, task_id=task.task_id, kind=task.target.kind.value, name=task.target.name,
            entry_point=task.entry_point,
        )  # fmt: skip
    except TemplateError as error:
        raise ConfigError(
            f"prompt template cannot be rendered: {error}",
            where=name,
            remedy="it may use prompt, task_id, kind, name and entry_point",
        ) from None


@lru_cache(maxsize=32)
def _template(name: str) -> Template:
    """Load a built-in template by its name, else a file."""
    from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    path = FOLDER / f"{name}.jinja" if name in template_names() else Path(name)
    if not path.is_file():
        raise ConfigError(
            "prompt template not found",
            where=name,
            remedy=f"name a jinja2 file or one of {', '.join(template_names())}",
        )
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(path.parent), FileSystemLoader(FOLDER)]),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )
    try:
        return environment.get_template(path.name)
    except (TemplateError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        raise ConfigError(
            f"prompt template is broken: {error}",
            where=f"{path}:{line}" if line else str(path),
            remedy="fix it; jinja2 explains the syntax",
        ) from None
