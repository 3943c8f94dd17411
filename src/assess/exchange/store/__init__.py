"""The store: an append-only DuckDB file in which a correction is a new revision of a row.

Offers :class:`Store`, a source of records, with batches, history, export, withdrawal and checks
of integrity.
Must not know: forms and workbooks, intake, and what a row means beyond its table.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.machine import clock_now, file_lock, now
from assess.base.periods import FAR_OFF
from assess.base.text import nearest, tidy
from assess.exchange.store import queries as read
from assess.exchange.store import write
from assess.exchange.store.chain import (
    CORRECTION,
    HANDED_OVER,
    OWN_MOMENTS,
    Link,
    Writer,
    add_link,
    checked_clock,
    later_moment,
    latest_moment,
    next_moment,
    next_number,
    read_links,
)
from assess.exchange.store.chain_text import SealedLink, sealed_links
from assess.exchange.store.database import StoreFile, rewrite
from assess.exchange.store.export import export
from assess.exchange.store.history import (
    KnownRow,
    all_revisions,
    history_about,
    keys_on_record,
    keys_revised_in,
)
from assess.exchange.store.integrity import check_store
from assess.exchange.store.kept_rules import RULES, check_correction, kept_rules, names_of
from assess.exchange.store.originals import Originals
from assess.exchange.store.redact import Redaction, black_out, redactions
from assess.exchange.store.repair import repair_moment
from assess.exchange.store.take_back import left_without, rows_as_before
from assess.exchange.store.write import FileOutcome, FileRecord, StoreBatch, WriteResult
from assess.records.origin import Batch
from assess.records.source import Records, drop_orphans, units_about
from assess.records.tables import TABLES
from assess.records.tree import Tree
from assess.records.words import TABLE_NAMES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from assess.base.errors import Finding
    from assess.rules import KeptRules, RuleBook

__all__ = ["FileRecord", "Link", "SealedLink", "Store", "StoreBatch", "WriteResult", "Writer"]

_KEPT = 3
SHOWN = 16
"""How many characters of a link are printed: enough to name one."""


class Store:
    """The records in one DuckDB file, as known at any moment.

    No connection stays open after a call, so that readers and a writer take turns. As a
    :class:`~assess.records.source.RecordSource` it provides the slices of reports, like a folder of
    CSV files.
    """

    def __init__(self, path: Path, *, create: bool = False, by: Writer | None = None) -> None:
        """Use the file at ``path``; with ``create``, create a missing one on first use.

        ``by`` is who writes, for the links of the chain. Raise
        :class:`~assess.base.errors.InputError` if the file is missing, is no store, or is of a
        newer version.
        """
        self.path, self.by = path, by or Writer()
        self.originals = Originals(path)
        self._file = StoreFile(path, create=create)
        self._records: OrderedDict[dt.datetime, Records] = OrderedDict()
        if not create or path.exists():
            self._file.prepare(create=create)

    @property
    def tree(self) -> Tree:
        """The unit tree as known now, for all days."""
        if FAR_OFF in self._records:
            return self._records[FAR_OFF].tree
        with self._file.reader() as connection:
            return Tree(read.tables_at(connection, FAR_OFF, only=("unit",))["unit"])

    def records(self, as_of: dt.datetime) -> Records:
        """Return the records as known at a moment: the last revision of each row by then.

        The result is cached: it includes each :meth:`append` of this object, but a new
        :class:`Store` is needed to see those of another process.
        """
        if as_of not in self._records:
            with self._file.reader() as connection:
                tables = drop_orphans(read.tables_at(connection, as_of, batches=True))
                changes = read.changes_at(connection, as_of)
                withdrawn = read.withdrawals_at(connection, as_of)
                links = read_links(connection)
            batches = {
                link.number: Batch(link.number, link.link, link.moment, link.kind in OWN_MOMENTS)
                for link in links
            }
            self._records[as_of] = Records(
                tables, Tree(tables["unit"]), changes, withdrawn, batches
            )
            while len(self._records) > _KEPT:
                self._records.popitem(last=False)
        self._records.move_to_end(as_of)
        return self._records[as_of]

    def records_of(self, as_of: dt.datetime, unit_id: str) -> Records:
        """Return the records about one unit and those below it; nothing else is read.

        All units, adoptions and answers are in it, no corrections and no withdrawals.
        """
        with self._file.reader() as connection:
            every = read.tables_at(connection, as_of, only=read.OF_EVERY_UNIT)
            about = units_about(every["unit"], unit_id)
            return _of_units(every | read.tables_about(connection, as_of, about))

    def tables(
        self, names: Collection[str], as_of: dt.datetime = FAR_OFF
    ) -> dict[str, pd.DataFrame]:
        """Return some tables as known at a moment; nothing else is read."""
        with self._file.reader() as connection:
            return read.tables_at(connection, as_of, only=tuple(names))

    def records_naming(self, names: Collection[str]) -> Records:
        """Return the current records about the units that some ids name, and nothing else.

        An id may be that of a unit, a meeting, a sheet, a visit or an inspection: then the unit is
        the one whose it is, or ever was. All units, adoptions and answers are in the records.
        """
        with self._file.reader() as connection:
            every = read.tables_at(connection, FAR_OFF, only=read.OF_EVERY_UNIT)
            units = read.units_named(connection, names)
            return _of_units(every | read.tables_about(connection, FAR_OFF, units))

    def append(self, batch: StoreBatch) -> WriteResult:
        """Record a batch in one transaction: its new or changed rows, and its files.

        Raise :class:`~assess.base.errors.InputError` if the batch is earlier than the last one.
        """
        with self._file.writer() as connection:
            written = write.append(connection, batch, self.by)
        self._records.clear()
        return written

    def files(self) -> pd.DataFrame:
        """Return all files sent in, in order: digest, name, outcome, batch, moment, findings."""
        with self._file.reader() as connection:
            return read.files(connection)

    def files_with(self, outcome: FileOutcome, digests: Collection[str]) -> dict[str, dt.datetime]:
        """Return when some files had an outcome, the last time, by digest; others are left out."""
        with self._file.reader() as connection:
            return read.files_with(connection, outcome, digests)

    def recorded_after(self, meetings: Collection[str], moment: dt.datetime) -> set[str]:
        """Return those of some meetings with a row, or one of their sheets, of after a moment."""
        with self._file.reader() as connection:
            return read.recorded_after(connection, meetings, moment)

    def superseded_files(self, digests: Collection[str]) -> dict[str, str]:
        """Return, of some files, those with a row *withdrawn*, or *revised* by another source."""
        with self._file.reader() as connection:
            return read.superseded_files(connection, digests)

    def kept_files(self) -> dict[str, str]:
        """Return the names of the files that are kept, by digest, in the order of their intake."""
        with self._file.reader() as connection:
            return read.kept_files(connection)

    def rows_of_files(
        self, digests: Collection[str]
    ) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """Return by file all revisions of rows that came from it, each with its table's name."""
        with self._file.reader() as connection:
            return read.rows_of_files(connection, digests)

    def log(self) -> pd.DataFrame:
        """Return the batches in order, one row each.

        The columns are number, moment, files taken and set aside, rows added, revised and (of the
        revised) withdrawn, and the reason.
        """
        with self._file.reader() as connection:
            return read.batches(connection)

    def info(self) -> dict[str, object]:
        """Return path, size, version, batches, last moment, and rows and revisions per table."""
        with self._file.reader() as connection:
            found = read.info(connection)
        return {"path": str(self.path), "bytes": self.path.stat().st_size, **found}

    def latest(self) -> dt.datetime | None:
        """Return the moment of the last batch, or None in an empty store."""
        return latest_moment(self.links())

    def links(self) -> list[Link]:
        """Return the links of the chain in order, as they stand on record."""
        with self._file.reader() as connection:
            return read_links(connection)

    def sealed_links(self) -> list[SealedLink]:
        """Return the links with the texts that they are the digests of, to prove them elsewhere."""
        with self._file.reader() as connection:
            return sealed_links(connection)

    def prove(self, link: str) -> Link:
        """Return the link of the chain that begins with ``link``, as printed on a report.

        It proves something only where :meth:`check` finds nothing. Raise ``InputError`` for a link
        that is not in the chain, or shorter than :data:`SHOWN` characters.
        """
        link = link.strip().lower()
        if len(link) < SHOWN:
            raise input_error("link-short", "--contains", found=link, limit=SHOWN)
        for each in self.links():
            if each.link.startswith(link):
                return each
        raise input_error("no-link", self.path.name, found=link)

    def repair_clock(self, number: int, moment: dt.datetime, reason: str) -> list[int]:
        """State the right moment of a batch that a wrong clock stamped; return the batches.

        These are all batches of that intake. The wrong moment stays on record. Raise ``InputError``
        without a reason, for an unknown batch, a history with moments of its own, and a moment out
        of the order of the batches.
        """
        if not tidy(reason):
            raise input_error("no-reason", "--reason", what="sửa thời điểm")
        with self.exclusive_writer(), self._file.writer() as connection:
            return repair_moment(connection, number, moment, tidy(reason), self.by)

    def history_about(
        self, units: Collection[str], within: Callable[[str, str, str], bool]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return all revisions of the rows about some units, by table.

        See :func:`~assess.exchange.store.history.history_about`.
        """
        with self._file.reader() as connection:
            return history_about(connection, units, within)

    def keys_on_record(
        self, table: str, some: Sequence[Mapping[str, Any]], batches: Collection[int]
    ) -> dict[tuple[str, ...], KnownRow]:
        """Return which rows with the keys of ``some`` a table has, by key.

        See :func:`~assess.exchange.store.history.keys_on_record`.
        """
        with self._file.reader() as connection:
            return keys_on_record(connection, TABLES[table], some, batches)

    def revisions(self, table: str) -> list[dict[str, Any]]:
        """Return every revision of a table, as rows of its columns."""
        with self._file.reader() as connection:
            return all_revisions(connection, TABLES[table])

    def revised_in(self, number: int) -> list[tuple[str, tuple[str, ...]]]:
        """Return the table and key, as texts, of each row that a batch revised."""
        with self._file.reader() as connection:
            return [
                (name, key)
                for name, table in TABLES.items()
                for key in keys_revised_in(connection, table, number)
            ]

    def note_hand_over(self, digest: str, about: Mapping[str, Any]) -> None:
        """Add the link that says what was handed over, in a file with this digest.

        Whoever hands over holds :meth:`exclusive_writer`.
        """
        with self._file.writer() as connection:
            links = read_links(connection)
            add_link(
                connection,
                kind=HANDED_OVER,
                moment=latest_moment(links) or now(),
                clock=checked_clock(links, self.by),
                actor=self.by.actor,
                about={**about, "file": digest},
            )

    def kept_rules(self, as_of: dt.datetime = FAR_OFF) -> dict[str, KeptRules]:
        """Return the rule files that were in use at a moment, by id, as they stood then.

        Raise :class:`~assess.base.errors.InputError` where a kept file is gone or changed.
        """
        if not self.path.exists():
            return {}
        return kept_rules(self.links(), self.originals, as_of)

    def correct_rules(
        self, rules: RuleBook, rule_id: str, reason: str, recorded_at: dt.datetime | None = None
    ) -> None:
        """Use a rule file as it is now in place of the one that was used, from a moment on.

        The moment is the one stated, or now; records as of an earlier one keep the earlier file.
        Raise :class:`~assess.base.errors.InputError` without a reason, for rules that nothing on
        record uses, and for a file that is as it was.
        """
        if not tidy(reason):
            raise input_error("no-reason", "--reason", what="đính chính bộ quy tắc")
        with self.exclusive_writer(), self._file.writer() as connection:
            links = read_links(connection)
            clock = checked_clock(links, self.by)
            check_correction(kept_rules(links, self.originals, FAR_OFF), rules, rule_id)
            about = {RULES: self.keep_rules(names_of(rules, [rule_id]))}
            add_link(
                connection,
                kind=CORRECTION,
                moment=later_moment(links, recorded_at),
                clock=clock,
                actor=self.by.actor,
                reason=tidy(reason),
                about=about,
            )

    def keep_rules(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Keep the texts of rule files beside the store; return their digests by the same names."""
        return {
            name: self.originals.keep_bytes(text.encode(), ".yaml") for name, text in texts.items()
        }

    def note_restored(self, digest: str) -> None:
        """Add the link that says that the store was restored from a backup with this digest."""
        with self.exclusive_writer(), self._file.writer() as connection:
            links = read_links(connection)
            add_link(
                connection,
                kind="restore",
                moment=latest_moment(links) or now(),
                clock=clock_now(),
                actor=self.by.actor,
                about={"backup": digest},
            )

    def redact(self, table: str, key: tuple[str, ...], column: str, reason: str) -> Redaction:
        """Black out a free text of all revisions of a row, and where it is quoted, on record.

        The files it came in are kept no longer, and the store is written anew, so that nothing of
        it stays. The chain stays whole. Exports, backups and reports made before still have the
        text. Raise :class:`~assess.base.errors.InputError` without a reason, and see
        :func:`assess.exchange.store.redact.black_out`.
        """
        if not tidy(reason):
            raise input_error("no-reason", "--reason", what="che nội dung")
        with self.exclusive_writer():
            self._let_go()  # what a redaction that was cut off left
            with self._file.writer() as connection:
                links = read_links(connection)
                clock = checked_clock(links, self.by)
                number = next_number(connection)
                done = black_out(connection, number, table, key, column)
                add_link(
                    connection,
                    kind="redaction",
                    moment=latest_moment(links) or now(),
                    clock=clock,
                    actor=self.by.actor,
                    reason=tidy(reason),
                    number=number,
                    about={
                        "what": redactions(connection, number),
                        "originals": list(done.originals),
                    },
                )
            self._let_go()
        return done

    def _let_go(self) -> None:
        """Remove the originals with blacked-out texts, and write the store anew if there are any.

        Also where there is no original: the text of the last redaction may stand in unused blocks.
        """
        links = [link for link in self.links() if link.link and link.kind == "redaction"]
        if not links:
            return
        rewrite(self.path)
        for digest in {digest for link in links for digest in link.about["originals"]}:
            kept = self.originals.find(digest)
            if kept is not None:
                kept.unlink()

    def withdraw(
        self, table: str, key: tuple[str, ...], recorded_at: dt.datetime, reason: str
    ) -> int:
        """Withdraw a row with the sheets and lines that depend on it; return the number of rows.

        Records as of earlier moments still have them, and the log keeps the reason. Raise
        :class:`~assess.base.errors.InputError` for an unknown table or key, without a reason, and
        for a unit that other rows still refer to.
        """
        if not tidy(reason):
            raise input_error("no-reason", "--reason", what="rút số liệu")
        if table not in TABLES:
            raise input_error(
                "not-allowed", "BẢNG", allowed=TABLES, hint=nearest(table, TABLES), found=table
            )
        with self.exclusive_writer():
            known = self.records(FAR_OFF) if table == "unit" else self.records_naming(key)
            tables = known.tables
            rows = write.rows_to_withdraw(tables, table, key)
            if not rows[table]:
                raise input_error(
                    "withdraw-unknown",
                    "KHÓA",
                    found=", ".join(key),
                    table=table,
                    key=", ".join(TABLES[table].key),
                )
            held = write.still_referred_to(tables, table, key)
            if held:
                raise input_error("withdraw-in-use", "KHÓA", found=", ".join(key), table=held)
            written = self.append(StoreBatch(recorded_at, rows, reason=reason, kind="withdrawal"))
        return sum(written.revised.values())

    def take_back(self, moment: dt.datetime, reason: str) -> int:
        """Undo what was recorded at a moment; return the number of rows.

        Rows go back to what they were, new ones are withdrawn, and all of it stays in the history.
        Raise :class:`~assess.base.errors.InputError` without a reason, if nothing was recorded at
        that moment, or if later records rest on it.
        """
        if not tidy(reason):
            raise input_error("no-reason", "--reason", what="rút lại một lượt nhận")
        with self.exclusive_writer():
            with self._file.reader() as connection:
                back, later = rows_as_before(connection, moment)
            later += left_without(self.records(FAR_OFF).tables, back)
            if later:
                raise input_error(
                    "rests-on-it",
                    f"{moment:%H:%M:%S %d/%m/%Y}",
                    found=later[0][1],
                    table=TABLE_NAMES[later[0][0]],
                    count=len(later),
                )
            if not back:
                raise input_error("nothing-then", "THỜI_ĐIỂM", found=f"{moment:%Y-%m-%dT%H:%M:%S}")
            at = next_moment(self.links(), None)
            written = self.append(StoreBatch(at, back, reason=reason, kind="withdrawal"))
        return sum(written.revised.values())

    @contextlib.contextmanager
    def exclusive_writer(self) -> Iterator[None]:
        """Lock out other writers and drop the cached records; readers are not blocked."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(self.path.with_name(f".{self.path.name}.lock")):
            self._records.clear()
            yield

    def export(self, folder: Path, as_of: dt.datetime = FAR_OFF) -> list[Path]:
        """Write all tables and their history; see :mod:`assess.exchange.store.export`."""
        with self._file.reader() as connection:
            return export(connection, folder, as_of)

    def check(self) -> list[Finding]:
        """Return findings on chain, originals, revisions and references; none if all is sound."""
        with self._file.reader() as connection:
            return check_store(connection, self.path.name, self.originals)


def _of_units(tables: dict[str, pd.DataFrame]) -> Records:
    return Records(drop_orphans(tables), Tree(tables["unit"]))
