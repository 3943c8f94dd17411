"""An intake taken back: everything as it was before it, nothing erased."""

import datetime as dt

import pytest

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF
from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.intake import take_in
from assess.exchange.store import Store, StoreBatch, Writer
from assess.records.tables import TABLES
from kit.score_forms import form, full_entries, good_facts, little_store

FIRST, SECOND = (dt.datetime(2026, month, 10, 9, 30) for month in (4, 5))


@pytest.fixture
def store(rules, tmp_path):
    little_store(rules, tmp_path / "s.duckdb")
    return Store(tmp_path / "s.duckdb", by=Writer("Văn phòng thử"))


def take(store, rules, tmp_path, at, name="f", **entries):
    made = form(rules)
    facts = {**good_facts(), **{k: v for k, v in entries.items() if k in ("minutes", "present")}}
    points = {("self", k): v for k, v in entries.items() if k.startswith("c")}
    path = tmp_path / f"{name}.xlsx"
    write_forms(path, [(made, FilledValues(facts, {**full_entries(made), **points}))])
    return take_in(store, rules, [path], recorded_at=at)


def rows(store):
    return {
        name: frame.drop(columns=["recorded_at", "batch"], errors="ignore").reset_index(drop=True)
        for name, frame in store.records(FAR_OFF).tables.items()
    }


def same(one, other):
    return all(one[name].equals(other[name]) for name in TABLES)


def test_new_rows_go_and_everything_is_as_before(store, rules, tmp_path):
    before = rows(store)
    take(store, rules, tmp_path, FIRST)
    assert not same(rows(store), before)
    assert store.take_back(FIRST, "thả nhầm thư mục") == 30
    assert same(rows(store), before)
    assert store.check() == []
    assert len(store.records(FIRST)["meeting"]) == 1  # the history has it
    assert store.log()["reason"].tolist()[-1] == "thả nhầm thư mục"


def test_a_correction_goes_back_to_what_stood_before_it(store, rules, tmp_path):
    take(store, rules, tmp_path, FIRST)
    before = rows(store)
    take(store, rules, tmp_path, SECOND, "sua", minutes=70, c1_time=3)
    store.take_back(SECOND, "sửa nhầm")
    assert same(rows(store), before)
    # and the file may be taken in again
    again = take_in(store, rules, [tmp_path / "sua.xlsx"], again=True)
    assert again.files[0].outcome == "taken"
    assert store.records(FAR_OFF)["meeting"]["minutes"].tolist() == [70]


def test_what_later_records_rest_on_is_not_taken_back(store, rules, tmp_path):
    take(store, rules, tmp_path, FIRST)
    take(store, rules, tmp_path, SECOND, "sua", minutes=70)
    before = rows(store)
    with pytest.raises(InputError) as caught:
        store.take_back(FIRST, "nhầm")
    assert [f.code for f in caught.value.findings] == ["rests-on-it"]
    assert same(rows(store), before)


def test_a_unit_that_others_name_is_not_taken_back(store, tmp_path):
    unit = {"level": "chi_bo", "kind": "thon_to_dan_pho", "valid_from": dt.date(2026, 1, 1)}
    new = {**unit, "unit_id": "moi", "name": "Chi bộ mới", "parent_id": "db-an-phu-hd42"}
    store.append(StoreBatch(FIRST, {"unit": [new]}))
    visit = {
        "visit_id": "v", "post": "Bí thư", "role": "lanh_dao", "chi_bo_id": "moi",
        "planned_for": "2026-05", "status": "planned",
    }  # fmt: skip
    store.append(StoreBatch(SECOND, {"visit": [visit]}))
    with pytest.raises(InputError, match="moi, bảng dự sinh hoạt"):
        store.take_back(FIRST, "nhầm")
    store.take_back(SECOND, "nhầm")
    store.take_back(FIRST, "nhầm")
    assert "moi" not in store.tree.ids


@pytest.mark.parametrize(("moment", "reason"), [(FIRST, "nhầm"), (dt.datetime(2020, 1, 1), " ")])
def test_without_a_reason_or_at_another_moment_nothing_is_done(store, moment, reason):
    with pytest.raises(InputError):
        store.take_back(moment, reason)
    assert len(store.log()) == 1
