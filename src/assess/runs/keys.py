"""What a report is made from, as digests: equal keys mean equal bytes, and what differs is the reason to make it again.

A key has six components: the notebook template, the source of the package, the environment (Python and the exact version
of every package that reports depend on), the slice (records, rule sets, period, dates), the readings, and the
formats. What else could change a byte of a report is fixed by :mod:`assess.runs.kernel`; a template that reads other files, the network
or the clock is beyond it.
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
    "formats": "định dạng",
}
"""The components in the order in which a change is told."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process would make reports with: the digest of the package's source, and the packages it has."""

    assess: str
    packages: Mapping[str, str]

    @property
    def environment(self) -> str:
        """The digest of Python's and the packages' versions."""
        return digests.of_text(digests.canonical(dict(self.packages)))


@lru_cache(maxsize=1)
def this_machine() -> Machine:
    """Return what this process makes reports with."""
    return Machine(_source_digest(Path(__file__).parents[1]), _packages())


def components(run: Run, template: str, slice_digest: str) -> dict[str, Any]:
    """Return the components of a run's key; ``template`` is the digest of its notebook."""
    here = this_machine()
    return {
        "template": template,
        "assess": here.assess,
        "environment": here.environment,
        "slice": slice_digest,
        "readings": dict(sorted(run.readings.items())),
        "formats": sorted(run.formats),
    }


def of_components(parts: Mapping[str, Any]) -> str:
    """Return the content key."""
    return digests.of_text(digests.canonical(dict(parts)))


def of_inputs(matrix: Path, records: str, workspace: Workspace, *, draft: bool) -> str:
    """Return one digest of all that a whole matrix depends on: when it is the same, so is every key."""
    here = this_machine()
    folders = (workspace.rules_folder, workspace.annual_folder, workspace.templates_folder)
    of_folders = [
        of_files(folder, sorted(p for p in folder.glob("*") if p.suffix in (".yaml", ".ipynb")))
        for folder in folders
    ]
    return digests.of_text(
        digests.canonical(
            [digests.of_file(matrix), records, here.assess, here.environment, of_folders, draft]
        )
    )


def of_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return one digest of some files below a folder: their places and their bytes."""
    return digests.of_text(
        digests.canonical(
            [[path.relative_to(folder).as_posix(), digests.of_file(path)] for path in paths]
        )
    )


def _source_digest(package: Path) -> str:
    """Digest of the files that make up the package, wherever it is installed; the workspace it ships is not part of it."""
    paths = (p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return of_files(
        package, sorted(p for p in paths if p.relative_to(package).parts[0] != "_workspace")
    )


def _packages() -> dict[str, str]:
    """Versions of Python and of every package that the installed package needs, and those they need."""
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
