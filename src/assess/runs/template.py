"""Report templates: what each is about, and the parameters that its ``parameters`` cell declares.

A parameter is an assignment of a literal, with its meaning as the comment on its line, as papermill
reads them too::

    capacity = 0  # số chi bộ mà các tổ kiểm tra làm được; 0: tất cả
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.text import nearest
from assess.reports.document import EDITOR_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from assess.workspace import Workspace

SHARED = ("dang_bo", "period", "rule_set", "readings", "slice")
"""The parameters of every template; a batch gives them to each report."""
_TAG = "parameters"
_OWN = re.compile(r"\.words(?:_part)?\(([^()]*)\)")
_TEXT = re.compile(r'"([^"]+)"')
_WORDS = {
    str: "chữ",
    bool: "True hoặc False",
    int: "số nguyên",
    float: "số",
    list: "danh sách chữ",
    dict: "bảng tên: chữ",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a template: its default says which type it has."""

    name: str
    default: Any
    meaning: str = ""

    @property
    def wanted(self) -> str:
        """The type in Vietnamese."""
        return _WORDS[type(self.default)]

    def accepts(self, value: Any) -> bool:
        """Whether a value has the type of the default; a whole number is also a number."""
        kind = type(self.default)
        if kind is list:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        if kind is dict:
            return isinstance(value, dict) and all(
                isinstance(part, str) for item in value.items() for part in item
            )
        if kind is float:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return type(value) is kind


@dataclass(frozen=True, slots=True)
class Template:
    """A notebook of ``notebooks/``: its title, what it answers (``about``), its parameters."""

    name: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    words: tuple[str, ...] = ()
    """The parts that the office writes in its own words, by their headings."""

    @property
    def own(self) -> Mapping[str, Parameter]:
        """The parameters beyond those of every template, by name."""
        return {each.name: each for each in self.parameters if each.name not in SHARED}


class NotATemplateError(Exception):
    """Why a file is no template, in Vietnamese where its author can mend it."""


def read_template(path: Path) -> Template:
    """Read a template; raise :class:`NotATemplateError` where it is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = [source for tags, source in _cells(notebook) if _TAG in tags]
        notes = [source for tags, source in _cells(notebook) if EDITOR_NOTE in tags]
        if len(cells) != 1:
            found = "không có ô nào" if not cells else f"có {len(cells)} ô"
            raise NotATemplateError(f"{found} gắn nhãn {_TAG}; phải có đúng một ô")
        title, _, about = (notes[0] if notes else path.stem).partition("\n")
        declared = tuple(_parameters(cells[0]))
        words = tuple(_words(source for _, source in _cells(notebook)))
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, tokenize.TokenError) as error:
        raise NotATemplateError(f"{type(error).__name__}: {error}") from error
    first = about.strip().split("\n")[0]
    return Template(path.stem, title.lstrip("# "), first, declared, words)


def template_paths(workspace: Workspace) -> dict[str, Path]:
    """Return the templates of a workspace by name, sorted."""
    return {path.stem: path for path in sorted(workspace.templates_folder.glob("*.ipynb"))}


def find_template(workspace: Workspace, name: str) -> Template:
    """Return a template of a workspace; raise ``InputError`` where there is none of this name."""
    paths = template_paths(workspace)
    if name not in paths:
        near = nearest(name, paths)
        raise input_error("unknown-template", name, allowed=list(paths), found=name, hint=near)
    try:
        return read_template(paths[name])
    except NotATemplateError as error:
        raise input_error(
            "template-unreadable", str(paths[name]), found=name, reason=str(error)
        ) from error


def _cells(notebook: Mapping[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Yield the tags and the source of each cell."""
    for cell in notebook["cells"]:
        source = cell["source"]
        tags = cell.get("metadata", {}).get("tags", [])
        yield tags, source if isinstance(source, str) else "".join(source)


def _words(sources: Iterable[str]) -> Iterator[str]:
    """Yield the headings of the parts that a template leaves to the office, each once.

    They are the texts given to ``report.words`` and ``report.words_part``; with several texts the
    first is the heading above the parts.
    """
    seen: set[str] = set()
    for found in (match for source in sources for match in _OWN.finditer(source)):
        names = _TEXT.findall(found[1])
        for name in names[1:] or names:
            if name not in seen:
                seen.add(name)
                yield name


def _parameters(source: str) -> Iterator[Parameter]:
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign):
            targets: list[ast.expr] = [node.target]
        elif isinstance(node, ast.Assign):
            targets = node.targets
        else:
            continue
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            try:
                default = ast.literal_eval(node.value) if node.value is not None else None
            except ValueError:
                default = None
            if type(default) not in _WORDS:
                raise NotATemplateError(
                    f"giá trị mặc định của tham số {target.id} (dòng {node.lineno} của ô {_TAG})"
                    f" phải là {', '.join(_WORDS.values())}"
                )
            yield Parameter(target.id, default, comments.get(node.end_lineno or node.lineno, ""))
