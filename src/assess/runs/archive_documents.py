"""Copy issued documents into an archive, with the rules, templates and locks that they used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.records import open_slice
from assess.runs.archive_check import DOCUMENTS
from assess.runs.archive_names import checked_name
from assess.runs.archive_page import ArchivedDocument
from assess.runs.crate import Tool
from assess.runs.register import FOLDER as ISSUED
from assess.runs.software import FOLDER as SOFTWARE
from assess.runs.software import kept_lock
from assess.runs.trust import INJECTED

if TYPE_CHECKING:
    from pathlib import Path

    from assess.runs.register import Issued, Register

RULES, TEMPLATES = "bo-quy-tac", "mau-bao-cao"
_SHORT = 12
"""Digits of a digest in the name of a file."""


class DocumentCopier:
    """Copies frozen documents into a draft, with the rules, templates and locks they used."""

    def __init__(self, root: Path, draft: Path, register: Register) -> None:
        """Copy from the workspace at ``root`` into ``draft``."""
        self.root, self.draft, self.register = root, draft, register
        self.tools: dict[str, Tool] = {}
        """The versions of the package that the documents were made with."""
        self._places = {(each.key, each.sign): self._place(each) for each in register.documents}
        self._replaced = {
            (each.key, each.earlier): each for each in register.documents if each.how == "replaces"
        }

    def _place(self, document: Issued) -> str:
        return checked_name(f"{DOCUMENTS}/{document.folder.removeprefix(f'{ISSUED}/')}")

    def copy(self, document: Issued) -> ArchivedDocument:
        """Copy a document; raise ``InputError`` if a file is not as it went out."""
        place = self._place(document)
        for name, digest in sorted(document.files.items()):
            source = self.root / document.folder / checked_name(name)
            try:
                content = source.read_bytes()
            except OSError:
                content = b""
            if digests.of_bytes(content) != digest:
                found = f"{document.folder}/{name}"
                raise input_error("archive-altered", found, document=document.words)
            self._put(f"{place}/{name}", content)
        made = open_slice(self.draft / place / f"{document.name}.slice")
        if made.digest != document.content:
            raise input_error("archive-altered", document.folder, document=document.words)
        used = [self._template(place, document), *self._rules(place, document)]
        replaced = self._replaced.get((document.key, document.sign))
        before = self._places.get((document.key, document.earlier), "")
        return ArchivedDocument(
            document,
            place,
            made.name,
            made.origin,
            self._tool(document),
            tuple(used),
            before if document.how == "replaces" else "",
            self._place(replaced) if replaced else "",
            replaced.sign if replaced else "",
        )

    def _put(self, name: str, content: bytes) -> str:
        path = self.draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return name

    def _template(self, place: str, document: Issued) -> str:
        content = template_of((self.draft / place / f"{document.name}.ipynb").read_bytes())
        digest = digests.of_bytes(content)[:_SHORT]
        return self._put(f"{TEMPLATES}/{document.name}.{digest}.ipynb", content)

    def _rules(self, place: str, document: Issued) -> list[str]:
        found = []
        for part in ("rules", "annual"):
            folder = self.draft / place / f"{document.name}.slice" / part
            for path in sorted(folder.glob("*.yaml")):
                content = path.read_bytes()
                digest = digests.of_bytes(content)[:_SHORT]
                found.append(self._put(f"{RULES}/{path.stem}.{digest}.yaml", content))
        return found

    def _tool(self, document: Issued) -> Tool:
        software = document.software
        lock = kept_lock(self.register.folder, software)
        if lock is None:
            found = f"{ISSUED}/{SOFTWARE}"
            raise input_error("archive-altered", found, document=document.words)
        text = f"{json.dumps(software, indent=1, sort_keys=True)}\n" if software else ""
        locked, packages = (
            self._put(f"{SOFTWARE}/{name}.{digests.of_bytes(content)[:_SHORT]}.{suffix}", content)
            if content
            else ""
            for name, suffix, content in (
                ("requirements", "lock", lock),
                ("phan-mem", "json", text.encode()),
            )
        )
        version, source, face = (str(software.get(n, "")) for n in ("version", "source", "face"))
        tool = Tool(version, source, locked, packages, face)
        return self.tools.setdefault(packages, tool)


def template_of(notebook: bytes) -> bytes:
    """Return the template of an executed notebook: without outputs and injected parameters."""
    found: dict[str, Any] = json.loads(notebook)
    cells = [
        cell for cell in found["cells"] if INJECTED not in cell.get("metadata", {}).get("tags", [])
    ]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    text = json.dumps({**found, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()
