"""Make one report in a private folder: execute, render, check. What comes back are bytes; nobody else's files are touched."""

from __future__ import annotations

import json
import re
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import InputError, refuse
from assess.reports.block_json import MIME, flatten
from assess.reports.named import figures_of
from assess.runs.check import check_attachment, check_office, check_report
from assess.runs.environment import KernelStartError
from assess.runs.execute import ORPHANED, CellFailedError, as_text, execute, spare_the_start
from assess.runs.keys import this_machine
from assess.runs.order import Failure, Made
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbformat import NotebookNode

    from assess.reports.document import Document
    from assess.runs.ledger import Results
    from assess.runs.order import Order

FORMATS = (".ipynb", ".html", ".pdf")
"""What every report has (a draft no PDF); a matrix may ask for those of an office beside them."""
FAILED = ".failed.ipynb"
_RESULT_COLUMNS = 3
"""A table of results: the class, its meetings, their share."""
FIGURES = ".figures.json"
"""The numbers of a report's sentences by their names; those of its tables are found on its page."""
_SUFFIX = re.compile(r"[a-z0-9-]+\.(?:csv|json|txt)")


def get_ready() -> None:
    """Import what the first report would, while there is nothing to do yet."""
    spare_the_start()
    for name in ("papermill.execute", "assess.runs.engine", "assess.runs.kernel", "assess.reports.document", "assess.reports.html"):
        import_module(name)


def make_report(order: Order) -> Made:
    """Make one report, or say why not. Whatever a template does to its kernel or its outputs spoils this report only."""
    made = _make(order)
    return _make(order) if made.failure is not None and made.failure.again else made


def _make(order: Order) -> Made:
    began = time.monotonic()
    files: dict[str, bytes] = {}
    results: Results = ()
    failure = None
    try:
        with Scratch() as private:
            folder = Path(private).resolve()
            notebook = _execute(order, folder)
            _write(notebook, order, folder)
            attached = _attach(notebook, folder, order.run.name)
            suffixes = [".ipynb", *(f".{kind}" for kind in order.run.formats), FIGURES, *attached]
            problems = _problems(order, folder, attached)
            if problems:
                failure = Failure("báo cáo không qua kiểm tra sau khi dựng: " + "; ".join(problems))
            else:
                results = _results(notebook)
                files = {suffix: (folder / f"{order.run.name}{suffix}").read_bytes() for suffix in suffixes}
    except CellFailedError as error:
        said = error.value if error.name == InputError.__name__ else f"{error.name}: {error.value}"
        message = f"lỗi ở ô lệnh {error.cell} của mẫu báo cáo: {said}"
        orphaned = error.name == ORPHANED
        failure = Failure(message, error.cell, error.source, f"{error.name}: {error.value}", error.trace, again=orphaned)
        files = {FAILED: as_text(error.notebook).encode(errors="backslashreplace")}
    except InputError as error:
        failure = Failure(str(error))
    except KernelStartError as error:
        failure = Failure(str(error), again=True)
    except OSError as error:
        failure = Failure(f"không đọc hoặc ghi được tệp: {error.strerror or error}")
    except Exception as error:
        failure = Failure(f"{type(error).__name__}: {error}")
    here = this_machine()
    seconds = round(time.monotonic() - began, 3)
    return Made(order.run.key, files, failure, results, seconds, here.assess, here.environment)


def _execute(order: Order, folder: Path) -> NotebookNode:
    """Lay the slice beside the notebook and run it."""
    from assess.runs.kernel import KernelLimits

    run = order.run
    slice_name = f"{run.name}.slice"
    for name, content in order.slice.items():
        path = folder / slice_name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    parameters = {"dang_bo": run.dang_bo, "period": run.period, "rule_set": run.rule_set, "readings": run.readings, "slice": slice_name}
    limits = KernelLimits(order.limits.memory, order.limits.warm)
    return execute(order.template, folder, parameters, run.document_date, limits, order.limits.cell_seconds)


def _write(notebook: NotebookNode, order: Order, folder: Path) -> None:
    stem = folder / order.run.name
    stem.with_name(f"{stem.name}.ipynb").write_text(as_text(notebook), encoding="utf-8")
    figures = json.dumps(figures_of(_blocks(notebook)), ensure_ascii=False, indent=1)
    stem.with_name(f"{stem.name}{FIGURES}").write_text(f"{figures}\n", encoding="utf-8")
    for suffix, content in render(notebook, order.run.name, order.run.formats).items():
        stem.with_name(f"{stem.name}{suffix}").write_bytes(content)


def render(notebook: NotebookNode, name: str, formats: Sequence[str]) -> dict[str, bytes]:
    """Return an executed notebook in the formats asked for, by suffix."""
    spare_the_start()
    from assess.reports.document import read_document

    document = read_document(notebook, name)
    return {f".{kind}": _renderer(kind)(document) for kind in formats}


def _renderer(kind: str) -> Callable[[Document], bytes]:
    """Return what makes one format; each is imported when it is first asked for."""
    if kind == "html":
        from assess.reports.html import render_html

        return lambda document: render_html(document).encode()
    if kind == "pdf":
        from assess.reports.pdf import render_pdf

        return render_pdf
    if kind == "docx":
        from assess.reports.word import render_docx

        return render_docx
    from assess.reports.excel import render_xlsx

    return render_xlsx


def _attach(notebook: NotebookNode, folder: Path, name: str) -> list[str]:
    """Write the files that go with the report beside it; return what follows the report's name in theirs."""
    found = attachments(notebook, name)
    for suffix, content in found.items():
        (folder / f"{name}{suffix}").write_bytes(content)
    return list(found)


def attachments(notebook: NotebookNode, name: str) -> dict[str, bytes]:
    """Return the files that go with a report, by suffix. Raises :class:`~assess.base.errors.InputError` for a name that cannot be."""
    found: dict[str, bytes] = {}
    for block in _blocks(notebook):
        if block["type"] != "attachment":
            continue
        suffix = f".{block['name']}"
        if suffix in found:
            raise refuse("attachment-twice", name, found=block["name"])
        if _SUFFIX.fullmatch(block["name"]) is None or suffix in (*FORMATS, FIGURES):
            raise refuse("bad-attachment", name, found=block["name"])
        found[suffix] = block["content"].encode()
    return found


def _problems(order: Order, folder: Path, attached: Sequence[str]) -> list[str]:
    expected, stem = order.expected, str(folder / order.run.name)
    problems = check_report(expected, Path(f"{stem}.html"), Path(f"{stem}.pdf") if order.run.pdf else None)
    for kind in order.run.also:
        problems += check_office(expected, Path(f"{stem}.{kind}"))
    for suffix in attached:
        problems += check_attachment(expected, Path(f"{stem}{suffix}"))
    return problems


def _blocks(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    """Yield every block in the outputs of an executed notebook."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield from flatten(output["data"][MIME])


def _results(notebook: NotebookNode) -> Results:
    """Read the class distribution out of the executed notebook: its tables of results, one for each form."""
    return tuple(
        (str(block["title"]), tuple((str(name), int(count)) for name, count, _ in block["rows"][:-1]))
        for block in _blocks(notebook)
        if block["type"] == "table" and block["id"].startswith("ket-qua") and all(len(row) == _RESULT_COLUMNS for row in block["rows"])
    )
