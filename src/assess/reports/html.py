"""Render parts as HTML with a small template: all text escaped, no scripts, no network access."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from assess.reports.document import Document, block_parts
from assess.reports.layouts import PRACTICE, by_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Template

    from assess.reports.document import Part


_EMPTY_LINES = re.compile(r"\n{2,}(?=<)")
"""Empty lines that the template leaves before tags; printed text has no tag after them."""


def render_html(document: Document) -> str:
    """Return a complete page as one file."""
    header = next((part for part in document.parts if part["type"] == "header"), None)
    alignments = _alignments(document.parts)
    page = _template("page.html.j2")
    text = page.render(
        document=document,
        practice=PRACTICE,
        header=header,
        style=style("page") + style("blocks"),
        alignments=alignments,
        layout=_layout(document),
    )
    return _EMPTY_LINES.sub("\n", text)


def block_html(data: dict[str, Any]) -> str:
    """Return one block as an HTML fragment, for JupyterLab.

    The head of a document brings the style of all its blocks, in the colours of Lab's theme.
    """
    parts = block_parts(data)
    alignments = _alignments(parts)
    return _template("fragment.html.j2").render(
        parts=parts, alignments=alignments, layout=by_id("hd36"), style=style
    )


@lru_cache(maxsize=2)
def style(name: str) -> str:
    """Return the style sheet of a ``page``, or of its ``blocks``."""
    sheet = files("assess.reports.templates").joinpath(f"{name}.css")
    return sheet.read_text(encoding="utf-8")


def _alignments(parts: Iterable[Part]) -> str:
    """Give each table a class named after its alignments, such as ``a-lrr``; return the CSS."""
    rules: dict[str, str] = {}
    for part in parts:
        if part["type"] != "table":
            continue
        part["fit"] = set(part["widths"]) == {"auto"}
        part["class"] = f"a-{''.join(part['align'])}"
        for letter, word in (("r", "right"), ("c", "center")):
            columns = [
                f":nth-child({i})"
                for i, side in enumerate(part["align"], start=1)
                if side == letter
            ]
            if columns:
                selector = f".{part['class']} tbody>tr>:is({','.join(columns)})"
                rules[selector] = f"{selector}{{text-align:{word}}}"
    return "".join(rules.values())


def _layout(document: Document) -> Any:
    header = next((part for part in document.parts if part["type"] == "header"), None)
    return by_id(header["layout"] if header else "hd36")


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    folder = files("assess.reports.templates")
    loader = FunctionLoader(lambda wanted: folder.joinpath(wanted).read_text(encoding="utf-8"))
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
