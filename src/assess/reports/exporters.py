"""Exporters registered with nbconvert: ``assess-html``, ``-pdf``, ``-docx`` and ``-xlsx``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException

from assess.reports.document import read_document
from assess.reports.excel import render_xlsx
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf
from assess.reports.word import render_docx

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from assess.reports.document import Document

_NOT_EXECUTED = (
    "sổ này chưa chạy nên không có gì để in: chạy nó trước (nbconvert --execute, papermill,"
    " hoặc Run All trong JupyterLab)"
)


class _ReportExporter(Exporter):
    """Reads an executed notebook into parts; a subclass renders them."""

    suffix = ""

    def _file_extension_default(self) -> str:
        return self.suffix

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Return the rendered notebook and nbconvert's resources.

        Raise nbconvert's ``ConversionException`` for a notebook whose cells were never executed. A
        cell that failed is shown with its error.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
        if code and not any(cell.outputs or cell.execution_count for cell in code):
            raise ConversionException(_NOT_EXECUTED)
        name = resources.get("metadata", {}).get("name", "")
        return self.render(read_document(nb, name)), resources

    def render(self, document: Document) -> str | bytes:
        """Return a document in the exporter's format."""
        raise NotImplementedError  # no ABC: the metaclass of Exporter is that of traitlets


class AssessHTMLExporter(_ReportExporter):
    """One accessible HTML file without scripts or network requests."""

    export_from_notebook = "Assess HTML"
    output_mimetype = "text/html"
    suffix = ".html"

    def render(self, document: Document) -> str:
        """Return the page."""
        return render_html(document)


class AssessPDFExporter(_ReportExporter):
    """The official A4 copy: PDF/A-2a and PDF/UA-1."""

    export_from_notebook = "Assess PDF"
    output_mimetype = "application/pdf"
    suffix = ".pdf"

    def render(self, document: Document) -> bytes:
        """Return the PDF."""
        return render_pdf(document)


class AssessDocxExporter(_ReportExporter):
    """An editable Word file with real headings and table heads that repeat on each page."""

    export_from_notebook = "Assess Word"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    suffix = ".docx"

    def render(self, document: Document) -> bytes:
        """Return the Word file."""
        return render_docx(document)


class AssessXlsxExporter(_ReportExporter):
    """The report's tables as a workbook for further calculation, with typed cells."""

    export_from_notebook = "Assess Excel"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    suffix = ".xlsx"

    def render(self, document: Document) -> bytes:
        """Return the workbook."""
        return render_xlsx(document)
