"""The exporters as nbconvert's own command runs them."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.utils.exceptions import ConversionException
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assess.reports.exporters import (
    AssessDocxExporter,
    AssessHTMLExporter,
    AssessPDFExporter,
    AssessXlsxExporter,
)

PLAIN = """
import pandas as pd
import matplotlib.pyplot as plt
display(pd.DataFrame({"Chi bộ": ["một", "hai"], "Điểm": [92.5, 80.0]}))
fig, ax = plt.subplots()
ax.plot([1, 2, 3])
plt.show()
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A plain notebook with a pandas table and a matplotlib figure, executed by nbconvert."""
    folder = tmp_path_factory.mktemp("plain")
    nbformat.write(new_notebook(cells=[new_code_cell(PLAIN)]), folder / "so.ipynb")
    convert(folder / "so.ipynb", "notebook", "--execute", "--inplace")
    return folder / "so.ipynb"


def convert(path, to, *options):
    command = [
        str(Path(sys.executable).parent / "jupyter-nbconvert"),
        "--to",
        to,
        *options,
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("to", "suffix"), [("assess-html", ".html"), ("assess-pdf", ".pdf")])
def test_nbconvert_renders_a_plain_notebook_with_a_table_and_a_figure(plain, to, suffix):
    convert(plain, to)
    made = plain.with_suffix(suffix).read_bytes()
    if suffix == ".html":
        page = made.decode()
        assert "92.5" in page
        assert "data:image/png;base64," in page
        assert "<script" not in page
    else:
        from assess.runs.page_check import pdf_pages

        assert made.startswith(b"%PDF")
        assert "92.5" in " ".join(pdf_pages(plain.with_suffix(".pdf")))


@pytest.mark.parametrize(("to", "suffix"), [("assess-html", ".html"), ("assess-pdf", ".pdf")])
def test_nbconvert_renders_an_executed_report_to_the_very_bytes_that_the_run_published(
    built, tmp_path, to, suffix
):
    report = built / "2026/qs-tinh/annual_review"
    copy = tmp_path / "annual_review.ipynb"
    copy.write_bytes(report.with_suffix(".ipynb").read_bytes())
    convert(copy, to)
    assert copy.with_suffix(suffix).read_bytes() == report.with_suffix(suffix).read_bytes()


def test_an_error_in_a_cell_is_shown_as_text(tmp_path):
    from assess.reports.document import read_document
    from assess.reports.html import render_html

    cell = new_code_cell(
        "1/0",
        outputs=[new_output("error", ename="ZeroDivisionError", evalue="<b>0</b>", traceback=[])],
    )
    page = render_html(read_document(new_notebook(cells=[cell])))
    assert "ZeroDivisionError" in page
    assert "<b>0</b>" not in page


@pytest.mark.parametrize(
    "exporter", [AssessHTMLExporter, AssessPDFExporter, AssessDocxExporter, AssessXlsxExporter]
)
def test_a_notebook_that_was_not_executed_is_refused_and_one_that_failed_shows_its_error(exporter):
    cells = [new_code_cell("1 + 1"), new_code_cell("1 / 0"), new_code_cell("'sau'")]
    with pytest.raises(ConversionException, match="chưa chạy"):
        exporter().from_notebook_node(new_notebook(cells=cells))
    exporter().from_notebook_node(new_notebook())  # of text alone there is nothing to execute
    error = new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
    cells[1].outputs, cells[1].execution_count = [error], 2
    made, _ = exporter().from_notebook_node(new_notebook(cells=cells))
    if exporter is AssessHTMLExporter:
        assert "Lỗi ở ô lệnh 2: ZeroDivisionError" in made
