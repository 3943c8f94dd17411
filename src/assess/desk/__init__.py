"""The desk: an office's whole year in the browser, as an extension of Jupyter Server.

Offers ``assess.desk.server.DeskApp``, alone (``assess desk``) or beside JupyterLab; pages show what
is on record, and every button starts the ``assess`` command that a terminal would.
Must not know: formulas, file formats, and how a verb does its work.
"""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Return what Jupyter Server loads."""
    from assess.desk.server import DeskApp

    return [{"module": "assess.desk.server", "app": DeskApp}]
