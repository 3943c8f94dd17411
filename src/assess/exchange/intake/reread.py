"""Compare the rows of a store with the files that they came from, read again."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, InputError, Place
from assess.excel.confined import read_workbooks
from assess.exchange.csv.table_file import read_file
from assess.exchange.forms import parse_form, parse_monthly_table
from assess.exchange.forms.ids import parse_id
from assess.exchange.forms.parsed import find_id
from assess.exchange.intake.judge import comparable
from assess.exchange.intake.office_tables import rows_said
from assess.exchange.store.database import stated
from assess.exchange.tables import has_tables
from assess.exchange.text_table import typed
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from assess.base.errors import Finding as Found
    from assess.excel.workbook import Workbook
    from assess.exchange.store import Store
    from assess.records.columns import TableSpec
    from assess.records.tree import Tree
    from assess.rules import RuleBook

    ByAddress = dict[tuple[str, str], list[dict[str, Any]]]

_AT_ONCE = 200
_IDS = ("meeting_id", "sheet_id", "inspection_id", "visit_id")
"""Ids that an intake replaces by those on record."""


def reread(
    store: Store,
    rules: RuleBook,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[Found]:
    """Yield where a row of the store says something else than the cell of the file it came from.

    Only what the file states is compared. A file that is not kept, or that today's rules no longer
    parse, is left out; the latter is noted. Each file is read in the confined child.
    """
    names = store.kept_files()
    digests = list(names)
    done = 0
    for start in range(0, len(digests), _AT_ONCE):
        some = {
            digest: path
            for digest in digests[start : start + _AT_ONCE]
            if (path := store.originals.find(digest)) is not None
        }
        recorded = store.rows_of_files(some)
        some = {digest: path for digest, path in some.items() if digest in recorded}
        tables = {digest: rows[0][0] for digest, rows in recorded.items()}
        for digest, read in _read(some, tables, rules, store, jobs):
            found = recorded[digest]
            if isinstance(read, str):
                yield Finding("original-unread", Place(names[digest]), {"reason": read})
            else:
                yield from _differences(names[digest], found, read)
        done += len(digests[start : start + _AT_ONCE])
        progress(done, len(digests))


def _read(
    files: Mapping[str, Path],
    tables: Mapping[str, str],
    rules: RuleBook,
    store: Store,
    jobs: int,
) -> Iterator[tuple[str, ByAddress | str]]:
    """Yield the rows of each file by table and address, or why there are none.

    ``tables`` has a table of each file; a CSV file has one.
    """
    tree = store.tree
    books = {digest: path for digest, path in files.items() if path.suffix != ".csv"}
    read = read_workbooks(list(books.values()), jobs=jobs)
    for digest, (_, book) in zip(books, read, strict=True):
        if isinstance(book, InputError):
            yield digest, book.findings[0].sentence
        else:
            yield digest, _rows_of_book(book, rules, tree, store)
    for digest, path in files.items():
        if digest not in books:
            yield digest, _rows_of_table(path, TABLES[tables[digest]])


def _rows_of_book(book: Workbook, rules: RuleBook, tree: Tree, store: Store) -> ByAddress | str:
    found: ByAddress = defaultdict(list)
    if has_tables(book):
        return rows_said(book, store, rules)
    for sheet in book.sheets:
        where = find_id(sheet)
        if where is None:
            continue
        kind = ""
        with contextlib.suppress(ValueError):
            kind = parse_id(where[1]).kind
        parsed = (
            parse_monthly_table("", sheet, book, rules, tree)
            if kind == "summary"
            else parse_form("", sheet, book, rules)
        )
        if not parsed.ok:
            return parsed.findings[0].sentence
        for table, rows in parsed.rows.items():
            for row in rows:
                found[table, row["address"]].append(row)
    return found


def _rows_of_table(path: Path, table: TableSpec) -> ByAddress | str:
    findings: list[Finding] = []
    try:
        sheet = read_file(path, table, findings)
        frame = typed(table, sheet, findings)
    except InputError as error:
        return error.findings[0].sentence
    if findings:
        return findings[0].sentence
    columns = [column for column in frame.columns if column in sheet.columns]
    whole = frame[columns].astype(object)
    rows = whole.where(whole.notna(), None).to_dict("records")
    return {
        (table.name, f"dòng {line}"): [row] for row, line in zip(rows, sheet.lines, strict=True)
    }


def _differences(
    name: str, recorded: Iterable[tuple[str, dict[str, Any]]], read: ByAddress
) -> Iterator[Finding]:
    for table, row in recorded:
        said = read.get((table, row["address"]), [])
        if not said:
            facts = {"where": row["address"], "wanted": "không có", "found": _key(table, row)}
            yield Finding("original-differs", Place(name), facts)
            continue
        wrong = [_first_difference(table, row, one) for one in said]
        if all(wrong):
            column, wanted, found = next(filter(None, wrong))
            spec = TABLES[table][column]
            facts = {
                "where": f"{row['address']}, {words.title_of(column, table)}",
                "wanted": words.value_of(spec, wanted),
                "found": words.value_of(spec, found),
            }
            yield Finding("original-differs", Place(name), facts)


def _first_difference(
    table: str, row: Mapping[str, Any], said: Mapping[str, Any]
) -> tuple[str, Any, Any] | None:
    left_out = {*_IDS, *said.get("assumed", ())}
    for column in stated(TABLES[table]):
        if column in said and column not in left_out:
            wanted, found = comparable(said[column]), comparable(row[column])
            if wanted != found:
                return column, wanted, found
    return None


def _key(table: str, row: Mapping[str, Any]) -> str:
    return " · ".join(str(row[name]) for name in TABLES[table].key)
