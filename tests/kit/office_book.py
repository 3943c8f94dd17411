"""A store with an office's tables, the workbook of them, and edits to it as a clerk makes them."""

import datetime as dt

import openpyxl

from assess.exchange.csv import CsvFolder
from assess.exchange.store import Store, StoreBatch
from assess.exchange.tables import write_tables
from assess.exchange.tables.layout import OFFICE_TABLES
from assess.exchange.tables.on_record import tables_book
from assess.exchange.tables.rows import key_of
from assess.records.source import units_about
from assess.records.tables import TABLES
from kit.small_dang_bo import ROOT

BEGUN = dt.datetime(2026, 11, 2, 8)
SCOPE = "phuong-vi-du"
MORE = {
    "answer": [
        {
            "unit_id": "tinh",
            "rule_set_id": "an-phu-hd42",
            "question": "score_basis",
            "option": "recomputed",
            "valid_from": dt.date(2026, 1, 1),
            "citation": "Công văn số 12-CV/BTC ngày 05/01/2026 (ví dụ)",
        }
    ],
}


def sample_rows():
    """Return the rows of the sample about one ward, by table, and those of every unit."""
    tables = CsvFolder(ROOT / "data/sample").records(dt.datetime(2027, 6, 1)).tables
    units = units_about(tables["unit"], SCOPE)
    found = {}
    for name in OFFICE_TABLES:
        rows = tables[name]
        whose = "chi_bo_id" if "chi_bo_id" in rows else "unit_id"
        if name not in ("unit", "adoption"):
            rows = rows[rows[whose].isin(units)]
        elif name == "unit":
            rows = rows[rows[whose].isin({*units, "tinh", "huyen-tien-le"})]
        plain = (rows if name == "unit" else rows.head(12)).astype(object)
        found[name] = plain.where(plain.notna(), None).to_dict("records")
    months = tables["meeting"][tables["meeting"]["chi_bo_id"].isin(units)].astype(object)
    found["meeting"] = months.where(months.notna(), None).to_dict("records")
    found["answer"] = found["answer"] + MORE["answer"]
    known = {row["unit_id"] for row in found["unit"]}
    found["adoption"] = [row for row in found["adoption"] if row["unit_id"] in known]
    return {
        name: [{k: v for k, v in row.items() if k != "recorded_at"} for row in rows]
        for name, rows in found.items()
    }


def office_store(path, rows=None):
    """Return a store with these rows on record, by default those of the ward."""
    store = Store(path, create=True)
    store.append(StoreBatch(BEGUN, sample_rows() if rows is None else rows))
    return store


def write_book(path, source, rules, names=OFFICE_TABLES, **more):
    """Write the workbook of some tables as on record."""
    write_tables(path, tables_book(source, rules, names, **more))
    return path


def rows_by_key(store):
    """Return the rows on record now, as text by table and key."""
    found = {}
    for name, frame in store.tables(OFFICE_TABLES).items():
        plain = frame.drop(columns="recorded_at", errors="ignore").astype(object)
        rows = plain.where(plain.notna(), None).to_dict("records")
        found[name] = {key_of(TABLES[name], row): row for row in rows}
    return found


class Edit:
    """A worksheet of a workbook, by column names and rows on record."""

    def __init__(self, path, title):
        """Open the worksheet."""
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.sheet = self.book[title]
        self.columns = {
            str(cell.value)[1:]: cell.column
            for cell in self.sheet[1]
            if str(cell.value).startswith("@")
        }
        marks = {row: self.sheet.cell(row, 1).value for row in range(1, self.sheet.max_row + 1)}
        self.head = next(row for row, mark in marks.items() if mark == "@head")
        self.end = next(row for row, mark in marks.items() if mark == "@end")
        self.rows = [row for row, mark in marks.items() if str(mark).startswith("row:")]
        self.blank = (self.rows[-1] if self.rows else self.head) + 1

    def at(self, row, column):
        """Return a cell."""
        return self.sheet.cell(row, self.columns[column])

    def put(self, row, **values):
        """Write values into a row."""
        for name, value in values.items():
            self.at(row, name).value = value

    def add(self, **values):
        """Write a row below those on record."""
        self.put(self.blank, **values)
        self.blank += 1
        return self.blank - 1

    def save(self, path=None):
        """Save the workbook; return its path."""
        self.book.save(path or self.path)
        return path or self.path
