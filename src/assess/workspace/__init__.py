"""A workspace: the folder with ``params/``, ``notebooks/`` and ``data/`` that a user edits."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.arguments import as_path
from assess.base.errors import input_error
from assess.base.machine import warn_user
from assess.base.periods import FAR_OFF
from assess.base.text import tidy
from assess.exchange.csv import CsvFolder
from assess.rules import RuleBook, as_used, load_rule_sets

if TYPE_CHECKING:
    import datetime as dt

    from assess.exchange.store import Store
    from assess.records import RecordSource

STORE_SUFFIX = ".duckdb"
ACTOR_FILE = "nguoi-ghi.txt"
USUAL_STORE = "data/store.duckdb"
SAMPLE = "data/sample"
WORDS = "loi-van"
"""The folder below ``params`` with the office's own words: ``PERIOD/DANG_BO/NAME.md``."""
FACE = "phong-chu"
"""The folder below ``params`` with the fonts of the PDF."""
_PARTS = (
    "params",
    "notebooks",
    "data/sample",
    "data/tu-lieu",
    "data/README.md",
    "docs/huong-dan.md",
    "docs/img/ban",
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of a workspace."""

    root: Path

    @classmethod
    def find(cls, start: Path | str = ".") -> Workspace:
        """Return the workspace that contains ``start``.

        It is the nearest folder upwards that has ``params/rules`` and ``notebooks``; raise
        ``InputError`` where there is none.
        """
        start = as_path(start, "workspace").resolve()
        for folder in (start, *start.parents):
            if (folder / "params" / "rules").is_dir() and (folder / "notebooks").is_dir():
                return cls(folder)
        raise input_error("no-workspace", str(start))

    @property
    def rules_folder(self) -> Path:
        """The folder of the rule sets."""
        return self.root / "params" / "rules"

    @property
    def annual_folder(self) -> Path:
        """The folder of the rules of the annual class."""
        return self.root / "params" / "annual"

    @property
    def templates_folder(self) -> Path:
        """The folder of the report templates."""
        return self.root / "notebooks"

    @property
    def office_folder(self) -> Path:
        """The folder of what offices print on their documents."""
        return self.root / "params" / "office"

    @property
    def face_folder(self) -> Path:
        """The folder of the fonts of the PDF, if the workspace has any."""
        return self.root / "params" / FACE

    @property
    def actor_path(self) -> Path:
        """The file that says who works in this workspace."""
        return self.root / "params" / ACTOR_FILE

    @property
    def actor(self) -> str:
        """The name or post of who works here; empty if it was never said."""
        try:
            return tidy(self.actor_path.read_text(encoding="utf-8-sig"))
        except OSError:
            return ""

    def set_actor(self, actor: str) -> None:
        """Say who works here, for the records from now on."""
        self.actor_path.write_text(f"{tidy(actor)}\n", encoding="utf-8")

    def words_path(self, period: str, dang_bo: str, name: str) -> Path:
        """The file with the office's own words for a report."""
        return self.root / "params" / WORDS / period / dang_bo / f"{name}.md"

    def rules(self) -> RuleBook:
        """Load and prove all rules of the workspace."""
        return load_rule_sets(self.rules_folder, self.annual_folder)

    def rules_for(self, source: RecordSource, as_of: dt.datetime = FAR_OFF) -> RuleBook:
        """Return the rules by which records of a moment are scored.

        A store keeps the rule files that were used, and they count until they are corrected on
        record; a file that has been changed without that is told. Records that are no store, and
        rules that nothing was scored by, have the files of the workspace.
        """
        book, find = self.rules(), getattr(source, "kept_rules", None)
        if find is None:
            return book
        changed = [
            rule_id
            for rule_id, kept in find(FAR_OFF).items()
            if book.texts.get(rule_id, kept.text) != kept.text
        ]
        if changed:
            _tell_changed(self.root, ", ".join(changed))
        return as_used(book, find(as_of))

    @property
    def has_store(self) -> bool:
        """Whether the workspace has a store of its own."""
        return (self.root / USUAL_STORE).is_file()

    def records_path(self, where: str = "") -> Path:
        """Return the path of the records that :meth:`source` opens."""
        return self.root / (where or (USUAL_STORE if self.has_store else SAMPLE))

    def source(self, where: str = "") -> CsvFolder | Store:
        """Return the records of a CSV folder or of a store.

        A relative path counts from the workspace's root. The default is the workspace's own store,
        or the sample if there is no store yet.
        """
        path = self.records_path(where)
        if path.suffix == STORE_SUFFIX or path.is_file():
            from assess.exchange.store import Store

            return Store(path)
        return CsvFolder(path)

    def end_of_data(self, where: str = "") -> dt.datetime:
        """Return the latest moment recorded: *now* for a reader that may not use the clock."""
        return self.source(where).latest() or FAR_OFF


@lru_cache
def _tell_changed(_: Path, names: str) -> None:
    """Tell, once in a process, that files of rules in use were changed without a correction."""
    warn_user(
        f"Bộ quy tắc đã sửa mà chưa ghi đính chính: {names}; vẫn tính theo tệp đã dùng. "
        "Ghi đính chính: assess rules correct BỘ_QUY_TẮC --reason …"
    )


def lay_workspace(folder: Path) -> Workspace:
    """Copy the shipped workspace into ``folder``, which must be new or empty."""
    from assess.workspace.update import note_laid

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise input_error("not-empty", str(folder))
    shipped = shipped_files()
    for name, path in shipped.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # only the bytes: the package's permissions must not carry over to the user's copy
        shutil.copyfile(path, folder / name)
    note_laid(folder, shipped)
    return Workspace(folder)


def shipped_files() -> dict[str, Path]:
    """Return the files of the shipped workspace by their paths in a workspace."""
    shipped = shipped_workspace()
    found = {}
    for part in _PARTS:
        source = shipped / part
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            inside = path.relative_to(source)
            if path.is_file() and not any(
                step == "__pycache__" or step.startswith(".") for step in inside.parts
            ):
                found[path.relative_to(shipped).as_posix()] = path
    return found


def shipped_workspace() -> Path:
    """Return the workspace inside the installed package, or the repository itself if editable."""
    package = Path(__file__).parents[1]
    inside = package / "_workspace"
    return inside if inside.is_dir() else package.parents[1]
