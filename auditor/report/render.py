"""From contexts to pages: templates, assets and the Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule
from markupsafe import Markup

from auditor.report.code import told, web, with_marks
from auditor.report.text import visible

_STYLES = ("base.css", "tables.css", "code.css")
_SCRIPTS = ("page.js", "charts.js", "tables.js", "examples.js", "answer.js")
_BROWSER = (("samples.css",), ("python.js", "sample_data.js", "sample_view.js", "samples.js"))
"""Styles and scripts of the browser of samples, besides the others."""


def page(template: str, context: Mapping[str, object], *, browser: bool = False) -> str:
    """Render a page; whatever a text holds, it comes out as text.

    Scripts and styles are inline and named to the browser by their hashes; nothing else may run or load. Only the
    page of the ``browser`` of samples loads more: what its own script asks for, which is its data files.
    """
    more = _BROWSER if browser else ((), ())
    style, script = _asset((*_STYLES, *more[0])), _asset((*_SCRIPTS, *more[1]))
    scripts = f"'{_hash(script)}'" + (" 'strict-dynamic'" if browser else "")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {scripts}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    html = _environment().get_template(template).render(
        # our own files, read from the package
        policy=policy, sheet=Markup(style), program=Markup(script), **context,  # noqa: S704
    )  # fmt: skip
    return html.encode("utf-8", "backslashreplace").decode()


def macro(template: str, name: str, *values: object) -> str:
    """Render one macro of a template, with texts made harmless as in a page."""
    html = str(getattr(_module(template), name)(*values))
    return html.encode("utf-8", "backslashreplace").decode()


@cache
def _module(template: str) -> TemplateModule:
    return _environment().get_template(template).module


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("auditor.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, finalize=_harmless,
    )  # fmt: skip
    environment.filters |= {"show": _show, "told": _told, "visible": visible, "web": web, "raw_data": _raw_data}
    return environment


def _harmless(value: object) -> object:
    """Show the special characters of any text that a template writes, wherever it writes it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _show(text: object) -> Markup:
    """Escape a text of the document, with what would be invisible set apart; markup of ours passes."""
    return text if isinstance(text, Markup) else with_marks(visible(str(text)))


def _told(text: object) -> Markup:
    """Escape a sentence of ours, with commands set as code."""
    return text if isinstance(text, Markup) else told(visible(str(text)))


def _raw_data(block: str) -> Markup:
    """Pass the data block of :func:`auditor.report.example_data.pack`, which cannot leave its element."""
    if "<" in block:
        raise ValueError("a data block must not hold a <")
    return Markup(block)  # noqa: S704 - JSON without the characters of markup


@cache
def _asset(names: tuple[str, ...]) -> str:
    folder = resources.files("auditor.report") / "assets"
    return "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in names) + "\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
