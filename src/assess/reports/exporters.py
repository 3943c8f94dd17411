"""Exporters registered with nbconvert: ``assess-html``, ``-pdf``, ``-docx`` and ``-xlsx``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter

from assess.reports.document import read_document
from assess.reports.excel import render_xlsx
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf
from assess.reports.word import render_docx

if TYPE_CHECKING:
    from nbformat import NotebookNode


class AssessHTMLExporter(Exporter):
    """One accessible HTML file without scripts or network requests."""

    export_from_notebook = "Assess HTML"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Return the page and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_html(
            read_document(nb, resources.get("metadata", {}).get("name", ""))
        ), resources


class AssessPDFExporter(Exporter):
    """The official A4 copy: PDF/A-2a and PDF/UA-1."""

    export_from_notebook = "Assess PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the PDF and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_pdf(
            read_document(nb, resources.get("metadata", {}).get("name", ""))
        ), resources


class AssessDocxExporter(Exporter):
    """An editable Word file with real headings and table heads that repeat on each page."""

    export_from_notebook = "Assess Word"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def _file_extension_default(self) -> str:
        return ".docx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the Word file and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_docx(
            read_document(nb, resources.get("metadata", {}).get("name", ""))
        ), resources


class AssessXlsxExporter(Exporter):
    """The report's tables as a workbook for further calculation, with typed cells."""

    export_from_notebook = "Assess Excel"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def _file_extension_default(self) -> str:
        return ".xlsx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the workbook and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_xlsx(
            read_document(nb, resources.get("metadata", {}).get("name", ""))
        ), resources
