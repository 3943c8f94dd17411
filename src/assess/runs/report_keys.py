"""Content keys of reports: equal keys mean equal bytes; a changed component is a reason to remake.

A key has eleven components: the notebook template, the source of the package, the environment
(Python and the exact version of every package that reports depend on), the slice (records, rule
sets, period, dates), the readings, the parameters of the template, its own files, what its office
prints on documents, its own words, the fonts of its PDF, and the formats.
:mod:`assess.runs.environment` fixes all else that could change a byte, except in a template that
reads other files, the network or the clock.
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.workspace import WORDS
from assess.workspace.face import face_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assess.runs.matrix import Run
    from assess.workspace import Workspace

TITLES = {
    "template": "mẫu báo cáo",
    "assess": "mã nguồn assess",
    "environment": "môi trường",
    "slice": "số liệu đầu vào",
    "readings": "cách hiểu",
    "parameters": "tham số",
    "files": "tệp kèm số liệu",
    "office": "thể thức văn bản",
    "words": "lời văn",
    "face": "phông chữ",
    "formats": "định dạng",
}
"""The components in Vietnamese, in the order in which changes are reported."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process makes reports with: the digest of the package's source, and the versions."""

    assess: str
    packages: Mapping[str, str]

    @property
    def environment(self) -> str:
        """The digest of the versions of Python and of the packages."""
        return digests.of_text(digests.canonical(dict(self.packages)))


@lru_cache(maxsize=1)
def this_machine() -> Machine:
    """Return the package source and versions of this process."""
    return Machine(_source_digest(Path(__file__).parents[1]), _packages())


def components(
    run: Run,
    template: str,
    slice_digest: str,
    files: Mapping[str, str],
    *,
    office: str,
    words: str,
    face: str,
) -> dict[str, Any]:
    """Return the components of a run's content key.

    ``template`` is its notebook's digest, ``files`` has the digests of its own files by name,
    ``office`` is the digest of what its office prints on documents, ``words`` that of its own
    words, ``face`` that of the fonts of the PDF, each empty for nothing.
    """
    here = this_machine()
    return {
        "template": template,
        "assess": here.assess,
        "environment": here.environment,
        "slice": slice_digest,
        "readings": dict(sorted(run.readings.items())),
        "parameters": dict(sorted(run.parameters.items())),
        "files": dict(sorted(files.items())),
        "office": office,
        "words": words,
        "face": face if run.pdf else "",
        "formats": sorted(run.formats),
    }


def of_components(parts: Mapping[str, Any]) -> str:
    """Return the content key of some components."""
    return digests.of_text(digests.canonical(dict(parts)))


def of_inputs(
    matrix: Path, records: str, workspace: Workspace, files: Iterable[str], *, draft: bool
) -> str:
    """Return a digest of all inputs of a matrix: when it is unchanged, so is every content key.

    ``files`` are those that the matrix names, as paths from the workspace.
    """
    here = this_machine()
    folders = (
        workspace.rules_folder,
        workspace.annual_folder,
        workspace.templates_folder,
        workspace.office_folder,
    )
    of_folders = [
        of_files(folder, sorted(p for p in folder.glob("*") if p.suffix in (".yaml", ".ipynb")))
        for folder in folders
    ]
    own = sorted(workspace.root / name for name in set(files))
    return digests.of_text(
        digests.canonical(
            [
                *(
                    digests.of_file(matrix),
                    records,
                    here.assess,
                    here.environment,
                    of_folders,
                    draft,
                ),
                of_files(workspace.root, sorted((workspace.root / "params" / WORDS).rglob("*.md"))),
                of_files(workspace.root, face_paths(workspace.face_folder)),
                of_files(
                    workspace.root,
                    [
                        path
                        for path in own
                        if path.is_relative_to(workspace.root) and path.is_file()
                    ],
                ),
            ]
        )
    )


def of_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return a digest of files below a folder: of their relative paths and their bytes."""
    return digests.of_text(
        digests.canonical(
            [[path.relative_to(folder).as_posix(), digests.of_file(path)] for path in paths]
        )
    )


def _source_digest(package: Path) -> str:
    """Return a digest of the package's files, wherever it is installed, without ``_workspace``."""
    paths = (p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return of_files(
        package, sorted(p for p in paths if p.relative_to(package).parts[0] != "_workspace")
    )


def _packages() -> dict[str, str]:
    """Return the versions of Python and of all direct and indirect dependencies of the package."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    waiting = ["assess"]
    while waiting:
        name = waiting.pop()
        try:
            about = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        if name != "assess":
            found[name] = about.version
        for requirement in about.requires or ():
            wanted = _NAME.match(requirement)
            if wanted is None or "extra ==" in requirement:
                continue
            needed = re.sub(r"[-_.]+", "-", wanted[0]).lower()
            if needed not in found and needed not in waiting:
                waiting.append(needed)
    return dict(sorted(found.items()))
