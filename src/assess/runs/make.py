"""Make one report: execute, render, check, publish. Everything happens in a private folder until the last step."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import InputError, refuse
from assess.reports.block_json import MIME, flatten
from assess.runs.check import Expected, check_attachment, check_office, check_report
from assess.runs.execute import CellFailedError, execute, spare_the_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbformat import NotebookNode

    from assess.runs.matrix import Run

FORMATS = (".ipynb", ".html", ".pdf")
"""What every report has; a matrix may ask for those of an office beside them."""
FAILED = ".failed.ipynb"
_SUFFIX = re.compile(r"[a-z0-9-]+\.(?:csv|json|txt)")


@dataclass(frozen=True, slots=True)
class Order:
    """A run with all that its worker needs: where things are, and what the result must say."""

    run: Run
    template: Path
    slice_folder: Path
    known: Path
    work: Path
    final: Path
    dang_bo_name: str
    period_label: str
    digest: str


Results = tuple[str, tuple[tuple[str, int], ...]]
"""The title of a table of results and the meetings of each class in it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run. ``results`` is what the report itself shows, form by form: (title, ((class, meetings), …))."""

    key: str
    ok: bool
    message: str = ""
    results: tuple[Results, ...] = ()


def make_report(order: Order) -> Outcome:
    """Make one report and give it its final name, or say why not. A failure never touches another report."""
    run = order.run
    order.work.mkdir(parents=True, exist_ok=True)
    notebook_path = order.work / f"{run.name}.ipynb"
    slice_name = f"{run.name}.slice"
    try:
        shutil.copytree(order.slice_folder, order.work / slice_name, dirs_exist_ok=True)
        parameters = {
            "dang_bo": run.dang_bo, "period": run.period, "rule_set": run.rule_set, "readings": run.readings, "slice": slice_name,
        }  # fmt: skip
        notebook = execute(order.template, notebook_path, parameters, run.document_date)
        _render(notebook, order.work, run.name, run.also)
        attached = _attach(notebook, order.work, run.name)
        expected = _expected(order)
        problems = check_report(expected, order.work / f"{run.name}.html", order.work / f"{run.name}.pdf")
        for kind in run.also:
            problems += check_office(expected, order.work / f"{run.name}.{kind}")
        for suffix in attached:
            problems += check_attachment(expected, order.work / f"{run.name}{suffix}")
        if problems:
            return _failed(order, "báo cáo không qua kiểm tra sau khi dựng: " + "; ".join(problems))
        _publish(order, [*(f".{kind}" for kind in run.also), *attached])
    except CellFailedError as error:
        said = error.value if error.name == InputError.__name__ else f"{error.name}: {error.value}"
        return _failed(order, f"lỗi ở ô lệnh {error.cell} của mẫu báo cáo: {said}")
    except InputError as error:
        return _failed(order, str(error))
    except shutil.Error as error:
        return _failed(order, f"không chép được số liệu của báo cáo, có thể đĩa đã đầy: {error.args[0][0][2]}")
    except OSError as error:
        return _failed(order, f"không đọc hoặc ghi được tệp: {error.strerror or error}")
    except Exception as error:
        # whatever a template does to its kernel or its outputs spoils its own report only
        return _failed(order, f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(order.work, ignore_errors=True)
    return Outcome(run.key, ok=True, results=_results(notebook))


def _render(notebook: NotebookNode, folder: Path, name: str, also: Sequence[str]) -> None:
    spare_the_start()
    from assess.reports.document import read_document
    from assess.reports.html import render_html
    from assess.reports.pdf import render_pdf

    document = read_document(notebook, name)
    (folder / f"{name}.html").write_text(render_html(document), encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(render_pdf(document))
    if "docx" in also:
        from assess.reports.word import render_docx

        (folder / f"{name}.docx").write_bytes(render_docx(document))
    if "xlsx" in also:
        from assess.reports.excel import render_xlsx

        (folder / f"{name}.xlsx").write_bytes(render_xlsx(document))


def _attach(notebook: NotebookNode, folder: Path, name: str) -> list[str]:
    """Write the files that go with the report beside it; return what follows the report's name in theirs."""
    found = [block for block in _blocks(notebook) if block["type"] == "attachment"]
    if len({block["name"] for block in found}) < len(found):
        raise refuse("attachment-twice", name, found=found[-1]["name"])
    for block in found:
        if _SUFFIX.fullmatch(block["name"]) is None or f".{block['name']}" in FORMATS:
            raise refuse("bad-attachment", name, found=block["name"])
        (folder / f"{name}.{block['name']}").write_text(block["content"], encoding="utf-8")
    return [f".{block['name']}" for block in found]


def _blocks(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    """Yield every block in the outputs of an executed notebook."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield from flatten(output["data"][MIME])


def _publish(order: Order, more: Sequence[str]) -> None:
    """Rename the finished files into place, each at once; what stood there is replaced, never mixed."""
    order.final.mkdir(parents=True, exist_ok=True)
    name = order.run.name
    (order.final / f"{name}{FAILED}").unlink(missing_ok=True)
    published = order.final / f"{name}.slice"
    shutil.rmtree(published, ignore_errors=True)
    (order.work / f"{name}.slice").replace(published)
    suffixes = (*FORMATS, *more)
    kept = {f"{name}{suffix}" for suffix in suffixes}
    for path in order.final.glob(f"{name}.*"):
        if path.is_file() and path.name not in kept:
            path.unlink()
    for suffix in suffixes:
        (order.work / f"{name}{suffix}").replace(order.final / f"{name}{suffix}")


def withdraw(order: Order) -> None:
    """Take away an older report that no longer stands for the inputs."""
    for path in order.final.glob(f"{order.run.name}.*"):
        if path.is_file() and not path.name.endswith(FAILED):
            path.unlink()
    shutil.rmtree(order.final / f"{order.run.name}.slice", ignore_errors=True)


def _failed(order: Order, message: str) -> Outcome:
    """Keep the notebook with the failing cell beside the inputs it ran on, in place of an older report."""
    name = order.run.name
    with contextlib.suppress(OSError):
        order.final.mkdir(parents=True, exist_ok=True)
        withdraw(order)
        executed = order.work / f"{name}.ipynb"
        if executed.exists():
            executed.replace(order.final / f"{name}{FAILED}")
            (order.work / f"{name}.slice").replace(order.final / f"{name}.slice")
    return Outcome(order.run.key, ok=False, message=message)


def _results(notebook: NotebookNode) -> tuple[Results, ...]:
    """Read the class distribution out of the executed notebook: its tables of results, one for each form."""
    found: list[Results] = []
    for block in _blocks(notebook):
        if block["type"] == "table" and block["id"].startswith("ket-qua"):
            counts = tuple((str(name), int(count)) for name, count, _ in block["rows"][:-1])
            found.append((str(block["title"]), counts))
    return tuple(found)


def _expected(order: Order) -> Expected:
    known = _names(str(order.known))
    own = _names(str(order.slice_folder.with_suffix(".own.json")))
    # a name that is part of our own names ("xã Mẫu" in "xã Mẫu Thử") or of the rules we cite says nothing
    ours = "\n".join(own["names"]).casefold()
    foreign = {name for name in known["names"] if name.casefold() not in ours}
    return Expected(
        order.run.dang_bo, order.dang_bo_name, order.run.period, order.period_label, order.digest,
        frozenset(known["ids"]) - frozenset(own["ids"]), frozenset(foreign),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _names(path: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found
