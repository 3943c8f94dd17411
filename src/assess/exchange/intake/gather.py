"""Collect the files of an intake."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import Finding, Place, input_error
from assess.base.machine_faults import reason
from assess.base.text import tidy
from assess.exchange.intake.result import FileResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

KINDS = (".xlsx", ".csv")
_MAY_HOLD_FORMS = {
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".et"), "other-workbook"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "packed"),
}
"""Kinds of file that are not read but may have forms in them, and the code of their finding."""
_OF_WINDOWS = {"thumbs.db", "ehthumbs.db", "desktop.ini"}


def gather(paths: Iterable[Path], without: Path | None = None) -> list[FileResult]:
    """Return every file of ``paths`` and of the folders among them, each once, sorted by name.

    In folders, names that begin with a dot or ``~$`` (a workbook open in Excel) and the files that
    Windows lays down are skipped, and so is the folder ``without``, which holds the results of
    earlier intakes. Unreadable files and files of an unsupported kind are set aside.

    Raise ``InputError`` for a missing path or no files.
    """
    found: dict[Path, FileResult] = {}
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise input_error("unreadable", str(path), reason="không có tệp hay thư mục này")
        if not path.is_dir() and not path.is_file():
            raise input_error("unreadable", str(path), reason="không phải tệp thường")
        for name, file in _files(path):
            if without is not None and without.resolve() in file.resolve().parents:
                continue
            found.setdefault(file.resolve(), FileResult(file, tidy(name)))
    twice = Counter(result.name for result in found.values())
    for result in found.values():
        if twice[result.name] > 1:
            result.name = tidy(str(result.path))
    if not found:
        raise input_error("nothing-to-take", ", ".join(str(path) for path in paths))
    results = sorted(found.values(), key=lambda result: (result.name, str(result.path)))
    for result in results:
        _look(result)
    return results


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if file.name.lower() in _OF_WINDOWS:
            continue
        if file.is_file() and not any(part.startswith((".", "~$")) for part in inside.parts):
            yield inside.as_posix(), file


def _look(result: FileResult) -> None:
    place = Place(result.name)
    try:
        result.digest = digests.of_file(result.path)
    except OSError as error:
        result.findings.append(Finding("unreadable", place, {"reason": reason(error)}))
    kind = result.path.suffix.lower()
    if kind not in KINDS and not result.findings:
        code = _MAY_HOLD_FORMS.get(kind, "kind-of-file")
        result.findings.append(Finding(code, place, {"found": kind}, KINDS))
    if result.findings:
        result.outcome = "set_aside"
