"""Run a template's cells on a report that is at hand, without an engine."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from unittest import mock

from assess.reports.block_json import flatten
from assess.reports.sentences import fill_in

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def run_template(name, report, **parameters):
    """Return the blocks, as plain data, that a template's cells print for a report."""
    cells = json.loads((ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    printed = []
    names = {"display": printed.append}
    with mock.patch("assess.open_report", return_value=report):
        for cell in cells:
            source = "".join(cell["source"])
            if cell["cell_type"] != "code":
                continue
            if source.startswith("%%md\n"):
                printed.append(fill_in(source.partition("\n")[2], names))
                continue
            _run(source, names, printed)
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= {"dang_bo": report.slice.dang_bo, "period": report.slice.period.text}
                names |= parameters
    return [data for block in printed for data in flatten(block.as_json())]


def _run(source, names, printed):
    """Run a cell; the value of its last line is printed, as in a notebook."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - a template is code
    if last is not None:
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)  # noqa: S307
        if value is not None:
            printed.append(value)


def said(blocks):
    """Return the texts of blocks outside of tables, one a line."""
    found = []
    for block in blocks:
        if block["type"] == "table":
            found += [block["title"], block["note"]]
        else:
            found += [block.get("title", ""), *block.get("items", ()), block.get("text", "")]
    return "\n".join(filter(None, found))


def table(blocks, name):
    """Return a table by its id, or None."""
    return next((b for b in blocks if b["type"] == "table" and b["id"] == name), None)


def column(blocks, name, key):
    """Return the values of a column of a table."""
    found = table(blocks, name)
    place = [c["key"] for c in found["columns"]].index(key)
    return [row[place] for row in found["rows"]]
