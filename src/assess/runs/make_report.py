"""Make one report in a private folder: execute, render, check; return its files as bytes."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import InputError, input_error
from assess.base.machine_faults import NO_MEMORY, reason
from assess.reports.block_json import MIME, flatten
from assess.reports.named_figures import figures_of
from assess.reports.own_words import (
    WORDS_FILE,
    parse_words,
    strange_numbers,
    unused_parts,
    without_own_words,
)
from assess.runs.execute_notebook import as_text, execute, skip_slow_imports
from assess.runs.failed_cell import CellFailedError
from assess.runs.job import Failure, JobResult
from assess.runs.page_check import check_attachment, check_office, check_pdf, check_report
from assess.runs.report_keys import this_machine
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nbformat import NotebookNode

    from assess.reports.document import Document
    from assess.runs.engine.cell_process import CellProcess
    from assess.runs.job import Job
    from assess.runs.ledger import Results
    from assess.workspace.face import Face

FORMATS = (".ipynb", ".html", ".pdf")
"""Formats of every report (a draft has no PDF); a matrix may add Word and Excel."""
FAILED = ".failed.ipynb"
FAILED_SLICE = ".failed.slice"
_UNFIT = "không qua kiểm tra sau khi dựng"
_RESULT_COLUMNS = 3
"""Columns of a table of results: the class, its meetings, their share."""
FIGURES = ".figures.json"
"""Suffix of the file with the named numbers of a report's sentences; tables are on its page."""
_SUFFIX = re.compile(r"[a-z0-9-]+\.(?:csv|json|txt)")


def make_report(order: Job, cells: CellProcess | None = None) -> JobResult:
    """Make one report, or return why it failed; a template's faults affect this report only.

    ``cells`` is the process for the template's cells; without one papermill's own engine runs them.
    """
    began = time.monotonic()
    files: dict[str, bytes] = {}
    results: Results = ()
    failure = None
    lacking: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    try:
        with Scratch() as private:
            folder = Path(private).resolve() / "report"
            folder.mkdir()
            notebook = _execute(order, folder, cells)
            figures = json.dumps(figures_of(_blocks(notebook)), ensure_ascii=False, indent=1)
            found = {
                ".ipynb": as_text(notebook).encode(),
                FIGURES: f"{figures}\n".encode(),
                **attachments(notebook, order.run.name),
            }
            rendered = render(notebook, order.run.name, order.run.formats, order.face)
            problems, unfit = _problems(order, folder, found, rendered.files)
            if problems:
                failure = Failure(f"báo cáo {_UNFIT}: " + "; ".join(problems))
            else:
                results, notes, lacking = (
                    _results(notebook),
                    (*rendered.notes, *_notes_on_words(order, notebook)),
                    rendered.lacking | unfit,
                )
                marks = next(
                    (tuple(b["marks"]) for b in _blocks(notebook) if b["type"] == "header"), ()
                )
                files = found | {
                    f".{kind}": content
                    for kind, content in rendered.files.items()
                    if kind not in unfit
                }
    except CellFailedError as error:
        said = error.value if error.name == InputError.__name__ else error.in_words
        hint = f" ({NO_MEMORY}; xem --memory và -j)" if error.name.endswith("MemoryError") else ""
        message = f"lỗi ở ô lệnh {error.cell} của mẫu báo cáo: {said}{hint}"
        failure = Failure(
            message, error.cell, error.source, f"{error.name}: {error.value}", error.trace
        )
        files = {
            FAILED: _on_its_own(error.notebook, order.run.name).encode(errors="backslashreplace")
        }
    except Exception as error:
        failure = Failure(_why(error))
    here = this_machine()
    seconds = round(time.monotonic() - began, 3)
    return JobResult(
        order.run.key,
        files,
        failure,
        results,
        seconds,
        here.assess,
        here.environment,
        lacking,
        notes,
        "papermill" if cells is None else "assess",
        marks,
    )


def _why(error: Exception) -> str:
    """Return in Vietnamese what went wrong outside the template's cells."""
    if isinstance(error, InputError):
        return str(error)
    return (
        f"không đọc hoặc ghi được tệp: {reason(error)}"
        if isinstance(error, OSError)
        else reason(error)
    )


def _on_its_own(notebook: NotebookNode, name: str) -> str:
    """Return a failed notebook that opens its own slice: ``NAME.slice`` may be an older one."""
    for cell in notebook.cells:
        if cell.get("id") == "injected-parameters":
            cell["source"] = cell["source"].replace(f'"{name}.slice"', f'"{name}{FAILED_SLICE}"')
    return as_text(notebook)


def _execute(order: Job, folder: Path, cells: CellProcess | None) -> NotebookNode:
    """Write the slice into ``folder`` and execute the template there."""
    run = order.run
    slice_name = f"{run.name}.slice"
    for name, content in order.slice.items():
        path = folder / slice_name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    parameters = {
        "dang_bo": run.dang_bo,
        "period": run.period,
        "rule_set": run.rule_set,
        "readings": run.readings,
        "slice": slice_name,
        **run.parameters,
    }
    limits = order.limits
    return execute(
        order.template,
        folder,
        parameters,
        run.document_date,
        cells=cells,
        memory=limits.memory,
        cell_seconds=limits.cell_seconds,
    )


@dataclass(slots=True)
class Rendered:
    """A rendered report: files by format, the reasons for formats not made, notes for staff."""

    files: dict[str, bytes] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def render(
    notebook: NotebookNode, name: str, formats: Sequence[str], face: Face | None = None
) -> Rendered:
    """Render an executed notebook in some formats; raise if HTML fails, else note the reason."""
    skip_slow_imports()
    from assess.reports.document import read_document

    document = read_document(notebook, name)
    done = Rendered()
    for kind in formats:
        try:
            if kind == "pdf":
                from assess.reports.pdf import render_with_notes

                done.files[kind], done.notes = render_with_notes(document, face)
            else:
                done.files[kind] = _renderer(kind)(document)
        except Exception as error:
            if kind == "html":
                raise
            done.lacking[kind] = (
                "; ".join(f.sentence for f in error.findings)
                if isinstance(error, InputError)
                else _why(error)
            )
    return done


def _renderer(kind: str) -> Callable[[Document], bytes]:
    """Return the function that renders a format; its module is imported on demand."""
    if kind == "html":
        from assess.reports.html import render_html

        return lambda document: render_html(document).encode()
    if kind == "docx":
        from assess.reports.word import render_docx

        return render_docx
    from assess.reports.excel import render_xlsx

    return render_xlsx


def attachments(notebook: NotebookNode, name: str) -> dict[str, bytes]:
    """Return the files attached to a report, by suffix.

    Raise :class:`~assess.base.errors.InputError` for a bad or repeated name.
    """
    found: dict[str, bytes] = {}
    for block in _blocks(notebook):
        if block["type"] != "attachment":
            continue
        suffix = f".{block['name']}"
        if suffix in found:
            raise input_error("attachment-twice", name, found=block["name"])
        if _SUFFIX.fullmatch(block["name"]) is None or suffix in (*FORMATS, FIGURES):
            raise input_error("bad-attachment", name, found=block["name"])
        found[suffix] = block["content"].encode()
    return found


def _problems(
    order: Job, folder: Path, attached: Mapping[str, bytes], rendered: Mapping[str, bytes]
) -> tuple[list[str], dict[str, str]]:
    """Check the files made; return the problems of the report, and the reasons to drop formats."""
    expected = order.expected
    for suffix, content in {
        **attached,
        **{f".{kind}": content for kind, content in rendered.items()},
    }.items():
        (folder / f"{order.run.name}{suffix}").write_bytes(content)

    def path(suffix: str) -> Path:
        return folder / f"{order.run.name}{suffix}"

    problems = check_report(expected, path(".html"), None)
    for suffix in attached:
        # the figures have texts of the page, which is checked, and names that are not of units
        problems += (
            check_attachment(expected, path(suffix)) if suffix not in (".ipynb", FIGURES) else []
        )
    checks = {"pdf": check_pdf, "docx": check_office, "xlsx": check_office}
    unfit = {kind: checks[kind](expected, path(f".{kind}")) for kind in rendered if kind in checks}
    return problems, {
        kind: f"{_UNFIT}: " + "; ".join(found) for kind, found in unfit.items() if found
    }


def _blocks(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    """Yield every block in the outputs of an executed notebook."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield from flatten(output["data"][MIME])


def _notes_on_words(order: Job, notebook: NotebookNode) -> list[str]:
    """Return remarks on the office's own words: parts not printed, numbers the report has not."""
    text = order.slice.get(WORDS_FILE, b"").decode("utf-8", "replace")
    written = parse_words(text, WORDS_FILE)
    if not written:
        return []
    from assess.reports.document import read_document

    parts = read_document(without_own_words(notebook)).parts
    headings = [part["text"] for part in parts if part["type"] == "heading"]
    strange = strange_numbers(written, json.dumps(parts, ensure_ascii=False))
    unused = unused_parts(written, headings)
    notes = [f"lời văn nêu số không có trong báo cáo: {', '.join(strange)}"] if strange else []
    return notes + [f"lời văn có phần “{part}” mà mẫu báo cáo không in" for part in unused]


def _results(notebook: NotebookNode) -> Results:
    """Return the class distributions of an executed notebook: a table of results per rule set."""
    return tuple(
        (
            str(block["title"]),
            tuple((str(name), int(count)) for name, count, _ in block["rows"][:-1]),
        )
        for block in _blocks(notebook)
        if block["type"] == "table"
        and block["id"].startswith("ket-qua")
        and all(len(row) == _RESULT_COLUMNS for row in block["rows"])
    )
