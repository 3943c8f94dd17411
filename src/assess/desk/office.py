"""What the pages show of a workspace: read from the store when a page is asked for.

What takes long is kept until the store or the rules change.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from assess.api import classify
from assess.base import numbers
from assess.base.errors import InputError
from assess.base.machine import now
from assess.base.periods import FAR_OFF, Period, shift_month
from assess.base.text import committee_of
from assess.desk.names import is_like, natural, when
from assess.desk.open_files import OpenFile, waiting_files
from assess.desk.year_sheet import MonthCount, YearRow, cell_of
from assess.records import make_slice
from assess.studies.receipts import ASIDE, MISSING, NOT_DUE, NOT_HELD, TAKEN, UNSCORED, receipts
from assess.workspace.practice import is_practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from assess.desk.jobs import Jobs
    from assess.exchange.store import Store
    from assess.records import Slice, Tree
    from assess.rules import RuleBook
    from assess.workspace import Workspace

BACKUPS = "sao-luu"
INTAKES = ("nhan", "sua", "dong")
"""The kinds of jobs that take files in."""
_KEPT = 40
_OF_LAST_YEAR = 3
"""Months of last year that are still asked for."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: the office, what waits in each section, the foot."""

    office: str
    has_units: bool
    practice: bool
    waiting: Mapping[str, int]
    facts: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """Values by what they were made of, the last used ones only."""

    made: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Office:
    """A workspace as the desk shows it."""

    def __init__(self, workspace: Workspace, jobs: Jobs) -> None:
        """Show a workspace and the jobs that the desk started in it."""
        self.workspace = workspace
        self.jobs = jobs
        self._kept = _Kept()

    # what is on record

    @property
    def today(self) -> dt.date:
        """The day of this machine, in Vietnam."""
        return now().date()

    @property
    def store(self) -> Store | None:
        """The store, whose file each reading opens anew; None before anything came in."""
        if not self.workspace.has_store:
            return None
        # has_store says that the source is a Store
        return self.once("store", self.workspace.source)  # type: ignore[return-value]

    def _stamp(self) -> tuple[Any, ...]:
        """Return what changes when the store or the rules do."""
        found: list[Any] = [self.today]
        for path in (self.workspace.records_path(), self.workspace.rules_folder):
            files = [path] if path.is_file() else sorted(path.glob("*"))
            found += [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
        return tuple(found)

    def once(self, name: str, make: Callable[[], _T], *about: Any) -> _T:
        """Return a value that is made anew only when the store, the rules or the day changed.

        Who asks while it is being made waits for it; who asks for something else does not.
        """
        key = (name, *about, self._stamp())
        with self._kept.lock:
            waited: Future[_T] | None = self._kept.made.get(key)
            mine: Future[_T] | None = None
            if waited is None:
                waited = mine = Future()
                self._kept.made[key] = mine
                while len(self._kept.made) > _KEPT:
                    self._kept.made.popitem(last=False)
            self._kept.made.move_to_end(key)
        if mine is not None:
            try:
                mine.set_result(make())
            except BaseException as error:
                with self._kept.lock:
                    self._kept.made.pop(key, None)
                mine.set_exception(error)
                raise
        return waited.result()

    @property
    def rules(self) -> RuleBook:
        """The rules by which what is on record is scored."""
        store = self.store
        if store is None:
            return self.once("rules", self.workspace.rules)
        return self.once("rules", lambda: self.workspace.rules_for(store))

    @property
    def tree(self) -> Tree | None:
        """The units on record; None before there are any."""
        store = self.store
        return None if store is None else self.once("tree", lambda: store.tree)

    @property
    def has_units(self) -> bool:
        """Whether any unit is on record."""
        tree = self.tree
        return tree is not None and bool(tree.ids)

    @property
    def has_rules(self) -> bool:
        """Whether a unit has adopted a rule set."""
        store = self.store
        if store is None:
            return False
        return self.once(
            "adopted",
            lambda: bool(store.tables(("adoption",))["adoption"]["what"].eq("rule_set").any()),
        )

    def home(self) -> str:
        """Return the unit whose office this is: the lowest that has all chi bộ below it."""
        tree = self.tree
        if tree is None or not tree.ids:
            return ""
        return self.once("home", lambda: _lowest(tree, self.today))

    def units_with_chi_bo(self) -> list[tuple[str, str]]:
        """Return ids and names of the đảng bộ that have chi bộ below them, home first."""
        tree, home = self.tree, self.home()
        if tree is None or not home:
            return []
        below = [unit for unit in tree.below(home, self.today) if unit.level != "chi_bo"]
        ids = [home, *(unit.unit_id for unit in below)]
        return [
            (unit, tree.name_on(unit, self.today))
            for unit in ids
            if tree.chi_bo_under(unit, self.today)
        ]

    def name_of(self, unit: str) -> str:
        """Return the name of a unit today."""
        tree = self.tree
        return unit if tree is None else tree.name_on(unit, self.today)

    # the forms of a year

    def receipts(self, year: int, dang_bo: str = "") -> pd.DataFrame:
        """Return what became of each form of a year that has begun."""
        store, unit = self.store, dang_bo or self.home()
        if store is None or not unit:
            raise InputError([])
        span = Period.parse(str(year))
        return self.once(
            "receipts",
            lambda: receipts(
                store.records_of(FAR_OFF, unit), store.files(), unit, span, self.today
            ),
            unit,
            year,
        )

    def months(self, year: int) -> list[MonthCount]:
        """Return what came of the forms, month by month."""
        if not self.has_units or year > self.today.year:
            return []
        return self.once("months", lambda: self._months(year), year)

    def _months(self, year: int) -> list[MonthCount]:
        found = self.receipts(year)
        counts = []
        for month, theirs in found.groupby("month", sort=True):
            by_state = theirs["state"].value_counts()
            counts.append(
                MonthCount(
                    str(month),
                    len(theirs),
                    int(by_state.get(TAKEN, 0)),
                    int(by_state.get(NOT_HELD, 0)),
                    int(by_state.get(ASIDE, 0)),
                    int(by_state.get(UNSCORED, 0)),
                    tuple(sorted(theirs[theirs["state"] == MISSING]["name"], key=natural)),
                    int(by_state.get(NOT_DUE, 0)),
                )
            )
        return counts

    def recent_months(self) -> list[MonthCount]:
        """Return the months of this year, after those of the end of last year."""
        year = self.today.year
        return self.months(year - 1)[-_OF_LAST_YEAR:] + self.months(year)

    def current_month(self) -> str:
        """Return the month whose forms are being collected: the last that is wholly due."""
        due = [count.month for count in self.recent_months() if not count.waiting]
        return due[-1] if due else shift_month(f"{self.today:%Y-%m}", -1)

    def year_sheet(self, year: int) -> list[YearRow]:
        """Return a row for each chi bộ of a year, with a cell for each month."""
        return self.once("year", lambda: list(self._rows(year)), year)

    def _rows(self, year: int) -> Iterator[YearRow]:
        found = self.receipts(year)
        classes = self._classes(year) if len(found) else {}
        by_chi_bo: dict[str, dict[str, Any]] = {}
        names: dict[str, str] = {}
        for row in found.itertuples(index=False):
            by_chi_bo.setdefault(row.chi_bo_id, {})[row.month] = row
            names[row.chi_bo_id] = row.name
        months = Period.parse(str(year)).months
        for chi_bo in sorted(names, key=lambda each: natural(names[each])):
            theirs = by_chi_bo[chi_bo]
            yield YearRow(
                chi_bo,
                names[chi_bo],
                tuple(
                    cell_of(month, theirs.get(month), classes.get((chi_bo, month)))
                    for month in months
                ),
            )

    def slice_of(self, year: int) -> Slice | None:
        """Return what the scores of a year rest on, as on record now; None without a store."""
        store = self.store
        if store is None:
            return None
        return make_slice(
            store.records_of(FAR_OFF, self.home()),
            self.rules,
            dang_bo=self.home(),
            period=Period.parse(str(year)),
            as_of=FAR_OFF,
            document_date=self.today,
        )

    def _classes(self, year: int) -> dict[tuple[str, str], tuple[str, float | None, int]]:
        """Return class, total, and place of the class from the best."""
        made = self.slice_of(year)
        if made is None:
            return {}
        found = {}
        for row in classify(made).itertuples(index=False):
            bands = (
                []
                if row.class_id is None or row.class_id != row.class_id
                else [band.id for band in made.rule_sets[row.rule_set_id].bands]
            )
            place = bands.index(row.class_id) if bands else -1
            total = None if row.total is None or row.total != row.total else float(row.total)
            found[row.chi_bo_id, row.month] = (row.class_title, total, place)
        return found

    # files that wait

    def open_files(self) -> list[OpenFile]:
        """Return the files that were set aside and that nothing has replaced, the newest first."""
        store = self.store
        if store is None:
            return []
        intakes = [job for job in self.jobs.latest(INTAKES) if job.ended]
        names = tuple(job.name for job in intakes)
        return self.once("open", lambda: waiting_files(store, intakes), names)

    # the frame

    def frame(self) -> Frame:
        """Return what stands around every page; a store that cannot be read leaves it bare."""
        practice = is_practice(self.workspace.root)
        try:
            has_units = self.has_units
            home = self.home()
            office = committee_of(self.name_of(home)) if home else "Chưa khai tên cơ quan"
            waiting = self._waiting() if has_units else {}
        except InputError:
            return Frame("", has_units=False, practice=practice, waiting={}, facts=())
        return Frame(office, has_units, practice, waiting, self._facts())

    def _waiting(self) -> dict[str, int]:
        months = self.recent_months()
        missing = sum(len(count.missing) for count in months if not count.untouched)
        return {"phieu": missing + len(self.open_files())}

    def _facts(self) -> tuple[str, ...]:
        store = self.store
        facts = ["Chưa có số liệu."] if store is None else []
        checked = next(
            (job for job in self.jobs.latest(("doi-chieu",)) if job.state == "done"), None
        )
        if checked is not None:
            whole = "nguyên vẹn" if checked.code == 0 else "có chỗ không khớp"
            facts.append(f"Kho số liệu: {whole}, đối chiếu lúc {when(checked.began)}")
        backup = self.last_backup()
        facts.append(
            f"Sao lưu lần cuối: {numbers.day(backup)}" if backup else "Chưa sao lưu lần nào"
        )
        facts.append(f"Người làm: {self.workspace.actor or 'chưa khai'}")
        return tuple(facts)

    def last_backup(self) -> dt.date | None:
        """Return the day of the last backup in the workspace."""
        found = sorted((self.workspace.root / BACKUPS).glob("*.zip"))
        if not found:
            return None
        try:
            return dt.date.fromisoformat(found[-1].name[:10])
        except ValueError:
            return None

    # finding things

    def chi_bo_like(self, text: str) -> list[tuple[str, str]]:
        """Return ids and names of the chi bộ whose names hold all words, with or without marks."""
        tree, home = self.tree, self.home()
        if tree is None or not home:
            return []
        names = [
            (unit, tree.name_on(unit, self.today)) for unit in tree.chi_bo_under(home, self.today)
        ]
        return sorted(
            (pair for pair in names if is_like(pair[1], text)), key=lambda pair: natural(pair[1])
        )


def _lowest(tree: Tree, today: dt.date) -> str:
    """Return the lowest unit with all chi bộ below it; the first of several tops."""
    tops = tree.tops_on(today) or tuple(sorted(tree.ids))[:1]
    tops = tuple(top for top in tops if tree.chi_bo_under(top, today)) or tops
    here = tops[0]
    everything = set(tree.chi_bo_under(here, today))
    while everything:
        lower = [
            unit.unit_id
            for unit in tree.on(today).values()
            if unit.parent_id == here
            and unit.level != "chi_bo"
            and set(tree.chi_bo_under(unit.unit_id, today)) == everything
        ]
        if not lower:
            break
        here = lower[0]
    return here
