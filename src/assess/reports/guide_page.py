"""The staff's guide as a page to open in a browser, from its Markdown."""

from __future__ import annotations

from html import escape

from assess.reports.html import style

_LOOK = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
li { margin: 0.35rem 0; }
code { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: 0.9em; }
pre { overflow-x: auto; padding: 0.6rem; border: 1px solid; }
table { border-collapse: collapse; }
th, td { border: 1px solid; padding: 0.25rem 0.4rem; text-align: left; vertical-align: top; }
"""


def guide_page(markdown: str) -> str:
    """Return a page that needs nothing but itself; HTML in the Markdown stays text."""
    import mistune

    title = next((line[2:] for line in markdown.splitlines() if line.startswith("# ")), "")
    parse = mistune.create_markdown(escape=True, plugins=["table"])
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style('page')}{_LOOK}</style>\n</head>\n"
        f"<body><main>\n{parse(markdown)}</main></body>\n</html>\n"
    )
