"""The intake: gather files, parse and check them, and record or set aside each as a whole."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.machine import private_files
from assess.base.text import nearest
from assess.excel.confined import read_workbooks
from assess.exchange.entry_checks import told_once
from assess.exchange.intake.books import (
    NO_FORM,
    PartOfBook,
    has_kind,
    judge_book,
    meetings_of,
    names_of_book,
    parse_book,
)
from assess.exchange.intake.contradicting import set_contradicting_aside
from assess.exchange.intake.gather import gather
from assess.exchange.intake.judge import IntakeScope, after_all, settle
from assess.exchange.intake.office_tables import read_office_tables
from assess.exchange.intake.on_record import OnRecord, names_of_rows
from assess.exchange.intake.result import FileResult, Intake
from assess.exchange.intake.rival_totals import contradictions
from assess.exchange.intake.table_files import (
    MOST_FINDINGS,
    read_table_files,
    records_for,
    table_of,
)
from assess.exchange.intake.texts import look_at_texts
from assess.exchange.intake.to_record import (
    GROUP,
    in_file,
    notes_about,
    reasons_of,
    transactions,
)
from assess.exchange.store import FileRecord, StoreBatch
from assess.exchange.store.chain import checked_clock, in_words, next_moment, too_early
from assess.exchange.store.kept_rules import names_of, rules_used, versions
from assess.exchange.tables import has_tables
from assess.records.tables import TABLES
from assess.records.unit_names import unit_meant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from assess.base.periods import Period
    from assess.excel.workbook import Workbook
    from assess.exchange.store import Store
    from assess.records import Records
    from assess.rules import RuleBook

    ReadBook = list[PartOfBook] | Workbook

_WAVE = 6000
"""Number of files read before any is recorded, so that contradicting files are all set aside."""
_WRITERS = 4
"""Originals written to disk at a time: each waits until the disk has it."""


@private_files()
def take_in(  # noqa: PLR0913 - each is a choice that an intake has
    store: Store,
    rules: RuleBook,
    paths: Iterable[Path],
    *,
    recorded_at: dt.datetime | None = None,
    reason: str = "",
    again: bool = False,
    to_unicode: bool = False,
    without: Path | None = None,
    period: Period | None = None,
    dang_bo: str = "",
    jobs: int = 1,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Intake:
    """Take forms, monthly summaries and CSV tables into the store.

    Every file is taken or set aside as a whole, with all its findings. A file taken before is
    skipped unless its rows were withdrawn since or ``again`` is set. ``recorded_at`` is the moment
    of all that is recorded (default: now); ``reason`` says why and is kept in the log. ``without``
    is a folder to leave out; with ``to_unicode``, texts in the letters of TCVN3 and VNI are
    converted. With ``period`` or ``dang_bo``, forms of others are set aside.

    Raise :class:`~assess.base.errors.InputError` if there is nothing to take, if ``recorded_at`` is
    not later than the records, if ``dang_bo`` is unknown, or if the store cannot be written.
    """
    results = gather(paths, without)  # before the store is opened or created
    fresh = not store.path.exists()
    try:
        with store.exclusive_writer():
            links = store.links()
            checked_clock(links, store.by)
            at = next_moment(links, recorded_at)
            taking = _IntakeRun(
                store, rules, at, reason, IntakeScope(period, dang_bo), results, progress
            )
            taking.to_unicode = to_unicode
            taking.skip_known(again=again)
            taking.tables(
                [r for r in results if r.outcome == "taken" and r.path.suffix.lower() == ".csv"]
            )
            dang_bo = unit_meant(store.tree, dang_bo)
            taking.wanted = IntakeScope(period, dang_bo)
            if dang_bo and dang_bo not in store.tree.ids:
                raise input_error(
                    "unknown-dang-bo",
                    "dang_bo",
                    hint=nearest(dang_bo, store.tree.ids),
                    found=dang_bo,
                )
            taking.workbooks(
                [r for r in results if r.outcome == "taken" and r.path.suffix.lower() != ".csv"],
                jobs,
            )
            taking.set_aside()
    except InputError:
        if fresh:
            _unmake(store)
        raise
    return Intake(
        at, tuple(results), taking.added, taking.revised - taking.completed, taking.completed
    )


def _unmake(store: Store) -> None:
    """Remove a store that this intake left empty; it would replace the sample as the default."""
    with store.exclusive_writer():
        if store.path.exists() and store.latest() is None:
            store.path.unlink()


class _IntakeRun:
    """One running intake, with its counts of recorded rows and its progress."""

    def __init__(
        self,
        store: Store,
        rules: RuleBook,
        recorded_at: dt.datetime,
        reason: str,
        wanted: IntakeScope,
        results: Sequence[FileResult],
        progress: Callable[[int, int], None],
    ) -> None:
        self.store, self.rules, self.recorded_at, self.reason, self.wanted = (
            store,
            rules,
            recorded_at,
            reason,
            wanted,
        )
        self.total, self.progress = len(results), progress
        self.latest = store.latest()
        self.results = results
        self.aside: dict[str, dt.datetime] = {}
        self.to_unicode = False
        self.done = self.added = self.revised = self.completed = 0
        self._known_rules = set(versions(store.links()))

    def step(self, count: int = 1) -> None:
        self.done += count
        self.progress(self.done, self.total)

    def skip_known(self, *, again: bool) -> None:
        """Mark files with bytes taken before, under any name, as known unless withdrawn since."""
        sent = {result.digest for result in self.results if result.digest}
        known = self.store.files_with("taken", sent)
        self.aside = {} if again else self.store.files_with("set_aside", sent)
        gone = self.store.superseded_files(known)
        for result in self.results:
            fate = gone.get(result.digest, "")
            if (
                result.digest in known
                and result.outcome == "taken"
                and not again
                and fate != "withdrawn"
            ):
                code = "superseded" if fate == "revised" else "already-taken"
                result.findings.append(
                    Finding(code, Place(result.name), {"when": in_words(known[result.digest])})
                )
                result.outcome = "known"
            elif result.outcome == "set_aside":
                self._let_pass(result, [])
            if result.outcome != "taken":
                self.step()

    def tables(self, results: Sequence[FileResult]) -> None:
        """Take all CSV tables or none, because their rows refer to each other."""
        if not results:
            return
        by_table: dict[str, list[FileResult]] = defaultdict(list)
        for result in results:
            name = table_of(result.path)
            if name is None:
                result.findings.append(
                    Finding(
                        "not-a-table", Place(result.name), allowed=tuple(f"{t}.csv" for t in TABLES)
                    )
                )
            else:
                by_table[name].append(result)
        for name, several in by_table.items():
            if len(several) > 1:
                facts = {"table": name, "found": ", ".join(result.name for result in several)}
                for result in several:
                    result.findings.append(Finding("two-tables", Place(result.name), facts))
        record: Records | None = None
        if not any(result.findings for result in results):
            record = records_for(self.store, [result.path for result in results])
            files = {name: several[0] for name, several in by_table.items()}
            read_table_files(files, record, self.rules)
        self._all_or_none(results, record)

    def office_tables(self, books: Sequence[tuple[FileResult, Workbook]]) -> None:
        """Take all workbooks of tables or none, like CSV tables."""
        if books:
            record = read_office_tables(books, self.store, self.rules)
            self._all_or_none([result for result, _ in books], record)

    def _all_or_none(self, results: Sequence[FileResult], record: Records | None) -> None:
        """Record tables unless one of them has an error."""
        wrong = [result.name for result in results if result.has_errors]
        for result in results:
            if wrong and not result.has_errors:
                result.findings.append(
                    Finding("tables-wait", Place(result.name), {"found": ", ".join(wrong[:5])})
                )
            if wrong:
                result.outcome = "set_aside"
        if not wrong and record is not None:
            self._settle(results, OnRecord(record))
            self._record(results, keep_moments=True)
        self.step(len(results))

    def workbooks(self, results: Sequence[FileResult], jobs: int) -> None:
        """Take tables, then score forms and summaries, then checklists.

        Forms need the units on record, and checklists the meetings.
        """
        for start in range(0, len(results), _WAVE):
            wave = results[start : start + _WAVE]
            tables: list[tuple[FileResult, Workbook]] = []
            later: list[tuple[FileResult, ReadBook]] = []
            forms: list[tuple[FileResult, ReadBook]] = []
            tree = self.store.tree
            for result, (_, book) in zip(
                wave, read_workbooks([r.path for r in wave], jobs=jobs), strict=True
            ):
                if isinstance(book, InputError):
                    forms.append((result, parse_book(result, book, self.rules, tree)))
                elif has_tables(book):
                    tables.append((result, book))
                elif has_kind(book, "checklist"):
                    later.append((result, book))
                elif has_kind(book, "summary"):
                    forms.append((result, book))  # parsed when the units of the tables are known
                else:
                    forms.append((result, parse_book(result, book, self.rules, tree)))
            self.office_tables(tables)
            self._take_books(forms)
            self._take_books(later)

    def _take_books(self, books: Sequence[tuple[FileResult, ReadBook]]) -> None:
        """Judge and record workbooks, some at a time."""
        tree, record = self.store.tree, None
        for start in range(0, len(books), GROUP):
            some = [
                (r, book if isinstance(book, list) else parse_book(r, book, self.rules, tree))
                for r, book in books[start : start + GROUP]
            ]
            record = self._judge(some)
        if books:
            self._take([r for r, _ in books], record if len(books) <= GROUP else None)

    def _judge(self, waiting: Sequence[tuple[FileResult, list[PartOfBook]]]) -> OnRecord:
        """Judge parsed workbooks against the records about the units that they name.

        Return these records.
        """
        names = {name for _, parts in waiting for name in names_of_book(parts)}
        record = OnRecord(self.store.records_naming(names))
        today = self.recorded_at.date()
        for result, parts in waiting:
            judge_book(result, parts, record, self.wanted, today)
            if result.has_errors:
                result.outcome = "set_aside"
                self._let_pass(result, parts, record)
            self.step()
        return record

    def _let_pass(
        self, result: FileResult, parts: Sequence[PartOfBook], record: OnRecord | None = None
    ) -> None:
        """Let a file that was set aside before pass if it has no form, or they came in since."""
        when = self.aside.get(result.digest)
        if when is None:
            return
        if {f.code for f in result.findings if f.severity == "error"} <= NO_FORM:
            code = "no-form-again"
        elif record is not None and self._mended(meetings_of(parts), record, when):
            code = "mended"
        else:
            return
        result.findings = [Finding(code, Place(result.name), {"when": in_words(when)})]
        result.outcome, result.rows = "known", {}

    def _mended(self, meetings: set[str], record: OnRecord, when: dt.datetime) -> bool:
        """Whether there are meetings and all are scored, each by rows recorded after a moment."""
        scored = {meeting for meeting in meetings if record.scored(meeting)}
        return bool(scored) and meetings == self.store.recorded_after(scored, when)

    def _take(self, results: Sequence[FileResult], record: OnRecord | None) -> None:
        """Take the files that are in order; ``record`` where it is about all of them."""
        set_contradicting_aside([result for result in results if result.outcome == "taken"])
        taken = [result for result in results if result.outcome == "taken"]
        if record is None:
            names = {name for result in taken for name in names_of_rows(result.rows)}
            record = OnRecord(self.store.records_naming(names))
        self._settle(taken, record)
        for group in transactions([result for result in taken if result.outcome == "taken"]):
            self._record(group)

    def _settle(self, results: Sequence[FileResult], record: OnRecord) -> None:
        """Keep only the new rows of each file, and add findings for the values they change."""
        record.look_up(result.rows for result in results)
        for result in results:
            odd = look_at_texts(result.rows, convert=self.to_unicode)
            told = [replace(f, place=in_file(f.place, result.name)) for f in odd]
            result.findings.extend(told_once(told)[:MOST_FINDINGS])
            rows, changes, completed = settle(result.rows, record)
            found = after_all(rows, record) if result.path.suffix.lower() != ".csv" else []
            found += contradictions(rows, record, self.rules)
            result.findings.extend(replace(f, place=in_file(f.place, result.name)) for f in found)
            if result.has_errors:
                result.outcome, result.rows = "set_aside", {}
                continue
            if record.revised and self.recorded_at == self.latest:
                raise too_early(self.recorded_at, self.recorded_at)
            record.stage(rows)
            self.completed += completed
            result.rows = rows
            result.findings.extend(
                replace(f, place=in_file(f.place, result.name)) for f in changes[:MOST_FINDINGS]
            )
            if not any(result.rows.values()):
                result.findings.append(Finding("already-held", Place(result.name)))

    def _record(self, results: Sequence[FileResult], *, keep_moments: bool = False) -> None:
        """Record some files in one transaction."""
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for result in results:
            for name, theirs in result.rows.items():
                rows[name].extend({**row, "source": result.digest} for row in theirs)
            result.rows = {}
        if results:
            # notes concern this intake, not the file itself
            with ThreadPoolExecutor(_WRITERS) as pool:
                files = {r.digest: r.path for r in results}  # the same file may be there twice
                keep = self.store.originals.keep
                kept = [pool.submit(keep, path, digest) for digest, path in files.items()]
            for each in kept:
                each.result()
            said = [
                FileRecord(
                    r.digest,
                    r.name,
                    "taken",
                    tuple(f for f in r.findings if f.severity != "note"),
                    kept=True,
                )
                for r in results
            ]
            first_used = names_of(self.rules, rules_used(rows) - self._known_rules)
            written = self.store.append(
                StoreBatch(
                    self.recorded_at,
                    rows,
                    said,
                    keep_moments,
                    "; ".join(filter(None, (self.reason, *reasons_of(results)))),
                    rules=self.store.keep_rules(first_used),
                )
            )
            self._known_rules |= {name.partition("/")[2] for name in first_used}
            self.added += sum(written.added.values())
            self.revised += sum(written.revised.values())

    def set_aside(self) -> None:
        """Record the findings of the files that were set aside."""
        aside = [result for result in self.results if result.outcome == "set_aside"]
        for result in aside:
            result.rows = {}
        if aside:
            records = [
                FileRecord(r.digest, r.name, "set_aside", (*r.findings, *notes_about(r)))
                for r in aside
            ]
            self.store.append(StoreBatch(self.recorded_at, {}, records, reason=self.reason))
