"""Pages of the site that are written from the code when it is built, and links to files of the repository.

A hook of MkDocs, named in mkdocs.yml: the pages below ``reference/`` cannot disagree with the code, because they are
not kept anywhere. Links that leave ``docs/`` lead to copies below ``files/``, a folder's to a zip file, or to the pages
below ``project/``. A reader of the site may have the wheel alone: a page that names tests says where they are.
"""

from __future__ import annotations

import ast
import inspect
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
PROJECT = {
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "README.md": "index.md",
}
"""Files of the repository that are pages of the site."""
_LINK = re.compile(r"(?<=\]\()([^)#\s:]+)(?=[)#])")
_PAGE_PATH = re.compile(r"(?<![\w/(])`{0,2}docs/([\w/-]+\.md)`{0,2}")
"""A page of the site, named by its path in the repository."""
_TESTS = re.compile(r"`(?:python -m )?tests[./]")
TESTS_NOTE = (
    "*Commands that begin with `python -m tests.`, and files below `tests/` and `auditor/`, are in the repository; "
    "the wheel does not contain the tests.*"
)
"""Ends each page of the site that names a test or benchmark of the repository."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, the project's pages, and the files that pages link to."""
    for path, make in PAGES.items():
        files.append(File.generated(config, path, content=make()))
    for name, path in PROJECT.items():
        if not path.startswith("index"):
            files.append(File.generated(config, path, content=(ROOT / name).read_text(encoding="utf-8")))
    for file in list(files):
        if file.src_uri.endswith(".md"):
            for target in _outside(file.src_uri, file.content_string):
                place = _copy_of(target)
                if place is not None and target not in PROJECT and files.get_file_from_path(place) is None:
                    content = _zipped(ROOT / target) if place.endswith(".zip") else (ROOT / target).read_bytes()
                    files.append(File.generated(config, place, content=content))
    return files


def _copy_of(target: str) -> str | None:
    """Return where the site keeps a copy of a file or folder of the repository; ``None`` if there is neither."""
    path = ROOT / target
    return f"files/{target}" if path.is_file() else f"files/{target}.zip" if path.is_dir() else None


def _zipped(folder: Path) -> bytes:
    """Pack a folder's files without what runs leave in it; equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and not {"reports", "__pycache__"} & set(name.parts):
                archive.writestr(zipfile.ZipInfo(f"{folder.name}/{name}", (1980, 1, 1, 0, 0, 0)), path.read_bytes())
    return packed.getvalue()


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Turn links to the repository, and paths of its pages, into links within the site."""
    here = page.file.src_uri
    markdown = re.sub(r"(?m)^(\s*```\w+) file=(\S+)$", r'\1 title="\2"', markdown)

    def lead(hit: re.Match[str]) -> str:
        target = _resolved(here, hit[1])
        if target is None:
            return hit[0]
        if target in PROJECT:
            place = PROJECT[target]
        elif target.startswith("docs/"):
            place = target.removeprefix("docs/")
        else:
            place = _copy_of(target) or hit[1]  # a link that leads nowhere fails the build
        return posixpath.relpath(place, posixpath.dirname(here) or ".")

    def name(hit: re.Match[str]) -> str:
        path = ROOT / "docs" / hit[1]
        if not path.is_file():
            return hit[0]
        title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        return f"[{title}]({posixpath.relpath(hit[1], posixpath.dirname(here) or '.')})"

    parts = re.split(r"(?ms)(^```.*?^```$)", _LINK.sub(lead, markdown))
    parts[::2] = [_PAGE_PATH.sub(name, part) for part in parts[::2]]  # code blocks stay as they are
    text = "".join(parts)
    return f"{text}\n\n---\n\n{TESTS_NOTE}\n" if _TESTS.search(text) and not here.startswith("project/") else text


def _resolved(page: str, link: str) -> str | None:
    """Return a link's target in the repository if it lies outside ``docs/``, or the page comes from there."""
    origin = next((name for name, path in PROJECT.items() if path == page and name != "README.md"), None)
    start = "" if origin else posixpath.dirname(f"docs/{page}")
    target = posixpath.normpath(posixpath.join(start, link))
    if origin:
        return target
    return None if target.startswith("docs/") or link.startswith("/") else target


def _outside(page: str, text: str) -> Iterator[str]:
    for hit in _LINK.finditer(text):
        target = _resolved(page, hit[1])
        if target is not None and not target.startswith("docs/"):
            yield target


def commands() -> str:
    """Render every command's help, as ``--help`` prints it."""
    import typer.main
    from typer.testing import CliRunner

    from auditor.cli.app import app

    parts = ["# Commands\n", "What `--help` prints, of every command.\n"]

    def show(command: Any, words: tuple[str, ...]) -> None:
        text = CliRunner().invoke(app, [*words, "--help"], prog_name="auditor", terminal_width=100).stdout
        parts.append(
            f"{'#' * (2 if len(words) < 2 else 3)} `{' '.join(('auditor', *words))}`\n\n```text\n{text.strip()}\n```\n"
        )
        for name, inner in getattr(command, "commands", {}).items():
            show(inner, (*words, name))

    show(typer.main.get_command(app), ())
    return "\n".join(parts)


def settings() -> str:
    """Render every table of audit.toml: key, type, default and meaning."""
    import auditor.config as module

    comments = _comments((ROOT / "auditor" / "audit.example.toml").read_text(encoding="utf-8"))
    docs = _field_docs(module) | _field_docs(module.gates)
    parts = [
        "# audit.toml\n",
        "`auditor init` writes a commented file with every key. An unknown key is refused, and the nearest named.\n",
    ]
    for name, field in module.AuditConfig.model_fields.items():
        section = _section_of(field.annotation)
        many = get_origin(field.annotation) is tuple
        parts.append(f"## `[[{name}]]`\n" if many else f"## `[{name}]`\n")
        parts += _table(name, section, docs, comments)
        if name == "model":
            parts += ["### `price`\n", *_table("price", module.PriceConfig, docs, comments)]
    return "\n".join(parts)


def _table(table: str, section: Any, docs: dict[tuple[str, str], str], comments: dict[str, str]) -> list[str]:
    parts = [_tidy(inspect.cleandoc(section.__doc__ or "")) + "\n"]
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, field in section.model_fields.items():
        default = "needed" if field.is_required() else f"`{_toml(field.get_default(call_default_factory=True))}`"
        if default == "`None`":
            default = ""
        meaning = docs.get((section.__name__, key)) or comments.get(f"{table}.{key}", "")
        rows.append(f"| `{key}` | {_kind(field.annotation)} | {default} | {_tidy(meaning)} |")
    return [*parts, "\n".join(rows) + "\n"]


def _section_of(annotation: Any) -> Any:
    return annotation if inspect.isclass(annotation) and get_origin(annotation) is None else get_args(annotation)[0]


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return " or ".join(_kind(one) for one in get_args(annotation) if one is not type(None))
    if origin is Literal:
        return ", ".join(f"`{_toml(one)}`" for one in get_args(annotation))
    if origin is tuple:
        return f"list of {_kind(get_args(annotation)[0])}"
    if hasattr(annotation, "__metadata__"):
        return _kind(get_args(annotation)[0])
    if origin is dict:
        return "table"
    names = {"str": "text", "Path": "path", "int": "integer", "float": "number", "bool": "true or false"}
    return names.get(getattr(annotation, "__name__", ""), "table")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return f'"{value}"' if isinstance(value, str) else "{}" if value == {} else str(value)


def _tidy(text: str) -> str:
    """Lay a docstring out for a table's cell; a bar between backticks is none of the table's."""
    parts = " ".join(text.replace("``", "`").split()).split("`")
    return "`".join(part if index % 2 else part.replace("|", "\\|") for index, part in enumerate(parts))


def _field_docs(module: ModuleType) -> dict[tuple[str, str], str]:
    """Return the text under each field of each class: (class, field) → docstring."""
    found = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            for field, text in zip(node.body, node.body[1:], strict=False):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(text, ast.Expr)
                    and isinstance(text.value, ast.Constant)
                ):
                    found[node.name, ast.unparse(field.target)] = str(text.value.value)
    return found


def _comments(example: str) -> dict[str, str]:
    """Return the comment behind each key of the commented example, by ``table.key``."""
    found, table = {}, ""
    for line in example.splitlines():
        if header := re.match(r"(?:# )?\[+(\w+)\]+", line):
            table = header[1]
        elif hit := re.match(r"(?:# )?(\w+) = .*?  +# (.*)$", line):
            found.setdefault(f"{table}.{hit[1]}", hit[2])
    return found


def rubric_sources() -> str:
    """Render what a criterion's source may name."""
    from typer.testing import CliRunner

    from auditor.cli.app import app

    text = CliRunner().invoke(app, ["rubric", "sources"]).stdout
    return (
        "# Rubric sources\n\nWhat `source` of a criterion may name, with the linters that built this site; "
        f"`auditor rubric sources` prints yours.\n\n```text\n{text.strip()}\n```\n"
    )


def exit_codes() -> str:
    """Render exit codes and errors from their classes."""
    from auditor import errors

    docs = _enum_docs(errors, "ExitCode")
    words = {0: "passed", 3: "a gate failed", 4: "no gate failed, and one was inconclusive"}
    rows = [f"| {code.value} | {docs.get(code.name) or words[code.value]} |" for code in errors.ExitCode]
    parts = ["# Exit codes and errors\n", "| code | meaning |\n|--:|---|\n" + "\n".join(rows) + "\n"]
    parts.append(
        "The rule between 1 and 2: if something that the command was given cannot be used, it is 2, and nothing has "
        "been written; if a file or folder cannot be written, it is 1, in every command.\n"
    )
    parts.append(
        "An error is one line on stderr: `where: what happened — what to do`. With `AUDITOR_ERRORS=json` in the "
        "environment it is one line of JSON instead, also for mistakes on the command line: `schema` "
        '(`"auditor/error/1"`), `slug`, `message`, `where`, `remedy`, `exit_code`. Slugs keep their meaning; new '
        "ones may come.\n"
    )
    slugs = ["| slug | when | what to do |", "|---|---|---|"]
    for slug, text in zip(errors.ErrorSlug, _enum_docs(errors, "ErrorSlug").values(), strict=True):
        when, _, advice = text.partition(" — ")
        slugs.append(f"| `{slug}` | {when} | {advice} |")
    parts.append("## Slugs\n\n" + "\n".join(slugs) + "\n")
    parts.append("## Exceptions\n\nIn Python an error is an exception, with `slug` and the other fields above:\n")
    kinds = ["| exception | exit code | slug, unless a closer one fits | when |", "|---|--:|---|---|"]
    kinds += [
        f"| `{kind.__name__}` | {int(kind.exit_code)} | `{kind.slug}` | {_tidy((kind.__doc__ or '').splitlines()[0])} |"
        for kind in _tree(errors.AuditorError)
    ]
    parts.append("\n".join(kinds) + "\n")
    parts.append("Any other exception is a bug: please [report it](../howto/bug.md).\n")
    return "\n".join(parts)


def codes() -> str:
    """Render the closed sets of words that JSON and exports use, each with its meaning."""
    parts = [
        "# Codes in JSON and exports\n",
        "The fixed words that fields of reports, gates, histories and exports have. A word keeps its meaning.\n",
    ]
    for title, name, where in CODES:
        module = import_module(name.rpartition(".")[0])
        kind = getattr(module, name.rpartition(".")[2])
        docs = _enum_docs(module, kind.__name__)
        rows = [f"| `{member.value}` | {docs[member.name]} |" for member in kind]
        about = _tidy(inspect.cleandoc(kind.__doc__ or ""))
        parts.append(f"## {title}\n\n{about} Where: {where}.\n")
        parts.append("\n".join(["| word | meaning |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


CODES = (
    ("Outcome of a request", "auditor.records.SampleStatus", "`status` of samples"),
    ("Verdict", "auditor.records.Outcome", "`base` and `plus` of verdicts"),
    ("Why a test failed", "auditor.records.FailureKind", "`failing.kind`"),
    ("What a sample is", "auditor.records.Label", "`label`"),
    ("Where a suite ran", "auditor.suites.Trust", "`trust` of verdicts"),
    ("Gate", "auditor.results.gate.Judgement", "`verdict` of a gate's result"),
    ("What a gate may do", "auditor.results.gate.Severity", "`severity` of a gate's result"),
    ("Why tasks are left out", "auditor.results.analysis.ExclusionRule", "`exclusions.rule`"),
    ("Whether resampling reaches a stronger model", "auditor.results.analysis.Reach", "`across.reach[].verdict`"),
    ("Change over time", "auditor.results.history.ChangeVerdict", "`change.verdict` of a history"),
    ("What else changed", "auditor.results.history.OtherKind", "`since_baseline[].kind` of a history"),
)
"""Closed sets that documents use: title, enum, where its words are found."""


def _tree(kind: Any) -> Iterator[Any]:
    yield kind
    for inner in kind.__subclasses__():
        if inner.__module__ == "auditor.errors":
            yield from _tree(inner)


def _enum_docs(module: ModuleType, name: str) -> dict[str, str]:
    (node,) = (
        one for one in ast.parse(inspect.getsource(module)).body if isinstance(one, ast.ClassDef) and one.name == name
    )
    return {
        ast.unparse(member.targets[0]): _tidy(str(text.value.value))
        for member, text in zip(node.body, node.body[1:], strict=False)
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands,
    "reference/settings.md": settings,
    "reference/rubric-sources.md": rubric_sources,
    "reference/exit-codes.md": exit_codes,
    "reference/codes.md": codes,
}
"""Generated page → what writes it."""
