"""Whatever is done to a workbook of tables but to its values, nothing changes by it."""

import datetime as dt
import random
import string

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.excel.workbook import read_workbook
from assess.exchange.intake import take_in
from assess.exchange.tables import parse_tables
from assess.exchange.tables.code_words import CodeWords
from assess.exchange.tables.judge import judge_tables, name_rows
from assess.exchange.tables.layout import OFFICE_TABLES, columns_shown, titles
from assess.exchange.tables.on_record import tables_book
from assess.exchange.tables.rows import text_of
from assess.records import words
from assess.records.tables import TABLES
from kit.examples import examples
from kit.office_book import Edit, office_store, rows_by_key, write_book

LATER = dt.datetime(2026, 11, 20, 9)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return office_store(tmp_path_factory.mktemp("kho") / "s.duckdb")


@pytest.fixture(scope="module")
def standing(store):
    return store.records(LATER).tables


def changes(path, rules, standing, base):
    """Return the rows that a workbook changes, and the findings, without a store."""
    sheets, findings = parse_tables(path.name, read_workbook(path))
    named = {sheet.name: sheet for sheet in sheets}
    findings += name_rows(named, standing["unit"], CodeWords(rules))
    judged = judge_tables(named, standing, lambda about: base[about.table], rules)
    return judged.rows, [*findings, *judged.findings]


@pytest.mark.parametrize("name", OFFICE_TABLES)
def test_a_table_as_on_record_comes_back_unchanged(name, store, standing, rules, tmp_path):
    book = tables_book(store, rules, [name])
    path = write_book(tmp_path / "b.xlsx", store, rules, [name])
    assert len(book.frames[name]) > 0 or name in ("decision", "milestone")
    rows, findings = changes(path, rules, standing, book.frames)
    assert (rows, findings) == ({name: []}, [])


def test_titles_of_a_table_differ_and_each_column_has_help(rules):
    for name in OFFICE_TABLES:
        called = titles(TABLES[name])
        assert len(set(called.values())) == len(called), name
        assert not any("_" in title for title in called.values()), name


@examples(4)
@given(seed=st.integers(0, 10**6))
@pytest.mark.parametrize("name", OFFICE_TABLES)
def test_rows_and_columns_moved_sorted_and_filtered_change_nothing(
    name, store, standing, rules, tmp_path_factory, seed
):
    rng = random.Random(seed)
    path = write_book(tmp_path_factory.mktemp("b") / "b.xlsx", store, rules, [name])
    edit = Edit(path, words.TABLE_NAMES[name].capitalize())
    sheet = edit.sheet
    width = max(edit.columns.values())
    # without the hidden column, what stands in the cells tells which row it is
    first = rng.choice([1, 2])
    block = [[sheet.cell(row, c).value for c in range(first, width + 1)] for row in edit.rows]
    rng.shuffle(block)
    for row, values in zip(edit.rows, block, strict=True):
        for column, value in zip(range(first, width + 1), values, strict=True):
            sheet.cell(row, column).value = value
    sheet.insert_rows(rng.choice(edit.rows or [edit.head + 1]), rng.randint(1, 2))
    sheet.insert_cols(rng.randint(2, width), rng.randint(1, 2))
    sheet.row_dimensions[edit.head + rng.randint(1, 5)].hidden = True
    edit.save()
    base = tables_book(store, rules, [name]).frames
    rows, findings = changes(path, rules, standing, base)
    assert (rows, [str(f) for f in findings]) == ({name: []}, [])


TEXTS = ["Chữ “thử” 5%", "=1+1", "Số 12-CV/ĐU", "01", "Ghi lại\nhai dòng"]


def drawn(rng, column):
    """Return a value that a clerk may write in a column, and how it is written."""
    if column.dtype == "flag":
        return rng.choice([(True, "x"), (False, "ko"), (True, "Có")])
    if column.dtype == "text":
        text = rng.choice(TEXTS)
        return text if column.free else " ".join(text.split()), text
    number = rng.randint(0, 40) if column.dtype == "integer" else rng.randint(0, 400) / 4
    return number, rng.choice([number, str(number).replace(".", ",")])


FREE = {
    "unit": ("place", "official_members", "has_deputy"),
    "adoption": (),
    "answer": ("citation",),
    "assignment": (),
    "visit": ("reason",),
    "annual": ("peer_group", "common_points", "result_points", "disciplined", "votes"),
    "decision": ("number",),
    "milestone": ("note",),
    "inspection": ("evidence", "finding", "clause", "recommendation"),
    "filed": ("value",),
}


@examples(4)
@given(seed=st.integers(0, 10**6))
@pytest.mark.parametrize("name", [name for name in OFFICE_TABLES if FREE[name]])
def test_only_the_changed_cells_are_changes(name, store, standing, rules, tmp_path_factory, seed):
    rng, table = random.Random(seed), TABLES[name]
    path = write_book(tmp_path_factory.mktemp("b") / "b.xlsx", store, rules, [name])
    edit = Edit(path, words.TABLE_NAMES[name].capitalize())
    base = tables_book(store, rules, [name]).frames[name].to_dict("records")
    wanted = {}
    for _ in range(rng.randint(1, 5) if edit.rows else 0):
        at, column = rng.randrange(len(edit.rows)), table[rng.choice(FREE[name])]
        value, written = drawn(rng, column)
        edit.put(edit.rows[at], **{column.name: written})
        if isinstance(written, str):
            edit.at(edit.rows[at], column.name).data_type = "s"
        wanted[at, column.name] = text_of(column, value)
    edit.save()
    rows, findings = changes(path, rules, standing, {name: pd.DataFrame(base)})
    assert [str(f) for f in findings] == []
    found = {
        (at, column.name): text_of(column, row[column.name])
        for row in rows[name]
        for at in [edit.rows.index(_row_of(row))]
        for column in columns_shown(table)
        if text_of(column, row[column.name]) != text_of(column, base[at][column.name])
    }
    assert found == {
        (at, column): text
        for (at, column), text in wanted.items()
        if text != text_of(table[column], base[at][column])
    }


def _row_of(row):
    return int(row["address"].rpartition("!")[2].strip(string.ascii_uppercase))


@pytest.mark.libreoffice
def test_a_workbook_saved_by_libreoffice_twice_changes_nothing(rules, tmp_path, convert_by_office):
    store = office_store(tmp_path / "s.duckdb")
    before = rows_by_key(store)
    path = write_book(tmp_path / "so-bang.xlsx", store, rules)
    convert_by_office("ods", tmp_path / "o", path)
    convert_by_office("xlsx", tmp_path / "x", tmp_path / "o" / "so-bang.ods")
    intake = take_in(store, rules, [tmp_path / "x" / "so-bang.xlsx"], recorded_at=LATER)
    assert [str(f) for f in intake.files[0].findings if f.severity != "note"] == []
    assert (intake.added, intake.revised) == (0, 0)
    assert rows_by_key(store) == before


def test_an_older_workbook_without_a_column_keeps_what_is_on_record(
    store, standing, rules, tmp_path
):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["unit"])
    book = openpyxl.load_workbook(path)
    sheet = book["Đơn vị"]
    last = next(c.column for c in sheet[1] if c.value == "@leads_mass_organisations")
    sheet.delete_cols(last)
    book.save(path)
    rows, findings = changes(path, rules, standing, tables_book(store, rules, ["unit"]).frames)
    assert (rows, findings) == ({"unit": []}, [])
