"""Exporters registered with nbconvert: ``jupyter nbconvert --to assess-html`` and ``--to assess-pdf``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter

from assess.reports.document import read_document
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf

if TYPE_CHECKING:
    from nbformat import NotebookNode


class AssessHTMLExporter(Exporter):
    """One accessible file: no script, no request to anywhere."""

    export_from_notebook = "Assess HTML"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Return the page and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_html(read_document(nb, resources.get("metadata", {}).get("name", ""))), resources


class AssessPDFExporter(Exporter):
    """The official A4 copy: PDF/A-2a and PDF/UA-1."""

    export_from_notebook = "Assess PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """Return the PDF and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_pdf(read_document(nb, resources.get("metadata", {}).get("name", ""))), resources
