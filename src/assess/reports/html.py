"""Parts as HTML: one small template, everything escaped, nothing that runs or asks the network."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from assess.reports.document import Document, block_parts
from assess.reports.layouts import by_id

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(document: Document) -> str:
    """Return a whole page in one file."""
    header = next((part for part in document.parts if part["type"] == "header"), None)
    style = files("assess.reports.templates").joinpath("report.css").read_text(encoding="utf-8")
    return _template("page.html.j2").render(document=document, header=header, style=style, layout=_layout(document))


def block_html(data: dict[str, Any]) -> str:
    """Return one block as an HTML fragment, for JupyterLab."""
    return _template("fragment.html.j2").render(parts=block_parts(data), layout=by_id("hd36"))


def _layout(document: Document) -> Any:  # noqa: ANN401 - a layout
    header = next((part for part in document.parts if part["type"] == "header"), None)
    return by_id(header["layout"] if header else "hd36")


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    folder = files("assess.reports.templates")
    loader = FunctionLoader(lambda wanted: folder.joinpath(wanted).read_text(encoding="utf-8"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
