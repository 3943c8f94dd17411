"""The staff's guide as a page to open in a browser, from its Markdown."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from assess.reports.html import style

if TYPE_CHECKING:
    from pathlib import Path

_LOOK = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
li { margin: 0.35rem 0; }
code { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: 0.9em; }
img { max-width: 100%; height: auto; border: 1px solid; }
pre { overflow-x: auto; padding: 0.6rem; border: 1px solid; }
table { border-collapse: collapse; }
th, td { border: 1px solid; padding: 0.25rem 0.4rem; text-align: left; vertical-align: top; }
"""


_PICTURE = re.compile(r"!\[([^\]]*)\]\(([\w./-]+\.png)\)")


def _inside(found: re.Match[str], folder: Path | None) -> str:
    """Return a picture of Markdown with its bytes in place of its address."""
    path = folder / found[2] if folder is not None else None
    if path is None or not path.is_file():
        return ""
    return f"![{found[1]}](data:image/png;base64,{b64encode(path.read_bytes()).decode()})"


def guide_page(markdown: str, folder: Path | None = None) -> str:
    """Return a page that needs nothing but itself; HTML in the Markdown stays text.

    Pictures that lie in ``folder`` are part of the page; others are left out.
    """
    import mistune

    title = next((line[2:] for line in markdown.splitlines() if line.startswith("# ")), "")
    markdown = _PICTURE.sub(lambda found: _inside(found, folder), markdown)
    parse = mistune.create_markdown(escape=True, plugins=["table"])
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style('page')}{_LOOK}</style>\n</head>\n"
        f"<body><main>\n{parse(markdown)}</main></body>\n</html>\n"
    )
