"""Reproducible zip files: entries in a fixed order with a fixed date."""

from __future__ import annotations

import io
import zipfile

_FIRST = ("[Content_Types].xml", "_rels/.rels")
"""Entries that Word and Excel expect first."""
_DAY = (1980, 1, 1, 0, 0, 0)


def strip_volatile(data: bytes) -> bytes:
    """Return a zip file rewritten so that its bytes do not depend on time or writing order.

    >>> def zipped(*names):
    ...     file = io.BytesIO()
    ...     with zipfile.ZipFile(file, "w") as folder:
    ...         for name in names:
    ...             folder.writestr(name, name)
    ...     return file.getvalue()
    >>> strip_volatile(zipped("a", "b")) == strip_volatile(zipped("b", "a"))
    True
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name not in _FIRST, name)):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.create_system = 0
            new.writestr(entry, old.read(name), compress_type=zipfile.ZIP_DEFLATED, compresslevel=6)
    return made.getvalue()
