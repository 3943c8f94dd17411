"""A workspace: the folder with ``params/``, ``notebooks/`` and ``data/`` that a user edits."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.given import as_path
from assess.base.periods import FAR_OFF
from assess.exchange.csv import CsvFolder
from assess.rules import RuleBook, load_rule_sets

if TYPE_CHECKING:
    import datetime as dt

    from assess.exchange.store import Store

STORE_SUFFIX = ".duckdb"
USUAL_STORE = "data/store.duckdb"
SAMPLE = "data/sample"
_PARTS = (
    "params",
    "notebooks",
    "data/sample",
    "data/tu-lieu",
    "data/README.md",
    "docs/huong-dan.md",
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of a workspace."""

    root: Path

    @classmethod
    def find(cls, start: Path | str = ".") -> Workspace:
        """Return the workspace that holds ``start``: the nearest folder upwards with ``params/rules`` and ``notebooks``."""
        start = as_path(start, "workspace").resolve()
        for folder in (start, *start.parents):
            if (folder / "params" / "rules").is_dir() and (folder / "notebooks").is_dir():
                return cls(folder)
        raise input_error("no-workspace", str(start))

    @property
    def rules_folder(self) -> Path:
        """Where the rule sets stand."""
        return self.root / "params" / "rules"

    @property
    def annual_folder(self) -> Path:
        """Where the rules of the annual class stand."""
        return self.root / "params" / "annual"

    @property
    def templates_folder(self) -> Path:
        """Where the report templates stand."""
        return self.root / "notebooks"

    def rules(self) -> RuleBook:
        """Return every rule set, proved."""
        return load_rule_sets(self.rules_folder, self.annual_folder)

    def records_path(self, where: str = "") -> Path:
        """Return the folder or the store that :meth:`source` reads."""
        return self.root / (
            where or (USUAL_STORE if (self.root / USUAL_STORE).is_file() else SAMPLE)
        )

    def source(self, where: str = "") -> CsvFolder | Store:
        """Return the records in a folder of CSV files, or in a store; a relative path counts from the workspace's root.

        Without one: the workspace's own store, or the sample where there is none yet.
        """
        path = self.records_path(where)
        if path.suffix == STORE_SUFFIX or path.is_file():
            from assess.exchange.store import Store

            return Store(path)
        return CsvFolder(path)

    def end_of_data(self, where: str = "") -> dt.datetime:
        """Return the latest moment at which anything was recorded: *now* for a reader who may not use the clock."""
        return self.source(where).latest() or FAR_OFF


def lay_workspace(folder: Path) -> Workspace:
    """Copy the workspace that ships with the package into ``folder``, which must be new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise input_error("not-empty", str(folder))
    shipped = shipped_workspace()
    for part in _PARTS:
        source, target = shipped / part, folder / part
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            inside = path.relative_to(source)
            if path.is_file() and not any(
                step == "__pycache__" or step.startswith(".") for step in inside.parts
            ):
                (target / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(
                    path, target / inside
                )  # the bytes alone: the package's files are anybody's, these are their owner's
    return Workspace(folder)


def shipped_workspace() -> Path:
    """Return the workspace inside the installed package, or the repository's own when it is installed editable."""
    package = Path(__file__).parent
    inside = package / "_workspace"
    return inside if inside.is_dir() else package.parents[1]
