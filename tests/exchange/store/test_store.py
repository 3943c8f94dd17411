import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from assess.base.errors import Finding, InputError, Place
from assess.base.periods import FAR_OFF
from assess.exchange.csv import CsvFolder
from assess.exchange.store import FileRecord, Store, StoreBatch
from assess.exchange.store.database import StoreFile
from assess.records import Tree, make_slice
from assess.records.tables import TABLES
from kit.examples import examples
from kit.old_stores import make_old
from kit.score_forms import little_rows, little_store
from kit.small_dang_bo import unit
from kit.wards import ward_store

MEETING = {
    "meeting_id": "m",
    "chi_bo_id": "cb-an-phu-hd42",
    "for_month": "2026-03",
    "held_on": dt.date(2026, 3, 3),
    "status": "held",
    "kind": "thuong_ky",
    "minutes": 90.0,
}
SHEET = {"sheet_id": "m.tc", "meeting_id": "m", "rater": "self", "rule_set_id": "an-phu-hd42"}
LINE = {"sheet_id": "m.tc", "criterion_id": "c1_time", "state": "entered", "points": 5.0}
_OLD = ["batch", "recorded_at", "taken", "set_aside", "added", "revised", "withdrawn"]
APRIL, MAY, JUNE = (dt.datetime(2026, month, 10, 9, 30) for month in (4, 5, 6))


@pytest.fixture
def store(rules, tmp_path):
    made = little_store(rules, tmp_path / "s.duckdb")
    made.append(
        StoreBatch(
            APRIL,
            {"meeting": [MEETING], "sheet": [SHEET], "line": [LINE]},
            [FileRecord("d1", "a.xlsx", "taken")],
        )
    )
    return made


def minutes(store, as_of):
    return store.records(as_of)["meeting"]["minutes"].tolist()


def code(caught):
    return [finding.code for finding in caught.value.findings]


def test_a_correction_is_a_revision_and_every_earlier_moment_stays(store):
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 75.0}]}))
    store.append(StoreBatch(JUNE, {"meeting": [{**MEETING, "minutes": 80.0}]}))
    assert minutes(store, APRIL - dt.timedelta(seconds=1)) == []
    assert (
        minutes(store, APRIL),
        minutes(store, MAY),
        minutes(store, MAY + dt.timedelta(days=1)),
        minutes(store, FAR_OFF),
    ) == (
        [90],
        [75],
        [75],
        [80],
    )
    changes = store.records(FAR_OFF).changes
    assert changes[["item", "before", "after"]].to_numpy().tolist() == [
        ["minutes", "90", "75"],
        ["minutes", "75", "80"],
    ]
    assert store.records(APRIL).changes.empty
    assert store.check() == []


@pytest.mark.parametrize(
    ("table", "row", "item"),
    [
        ("meeting", {**MEETING, "minutes": 75.0}, "minutes"),
        ("sheet", {**SHEET, "rater": "superior"}, "rater"),
        ("line", {**LINE, "points": 0.5}, "c1_time"),
    ],
)
def test_a_single_correction_of_any_table_is_told(store, table, row, item):
    store.append(StoreBatch(MAY, {table: [row]}))
    assert store.records(FAR_OFF).changes["item"].tolist() == [item]


def test_what_says_nothing_new_changes_nothing(store):
    before = store.info()
    written = store.append(
        StoreBatch(
            MAY,
            {"meeting": [MEETING], "sheet": [SHEET], "line": [LINE]},
            [FileRecord("d1", "a.xlsx", "taken")],
        )
    )
    assert not written.changed
    assert store.info() == {**before, "bytes": store.info()["bytes"]}
    assert len(store.log()) == 2


def test_a_later_moment_is_never_put_before_what_is_on_record(store):
    with pytest.raises(InputError) as caught:
        store.append(
            StoreBatch(APRIL - dt.timedelta(minutes=1), {"meeting": [{**MEETING, "minutes": 1.0}]})
        )
    assert code(caught) == ["moment-too-early"]
    assert minutes(store, FAR_OFF) == [90]


def test_only_the_first_batch_may_bring_its_own_moments(rules, tmp_path):
    rows = {**little_rows(rules), "meeting": [{**MEETING, "recorded_at": dt.datetime(2026, 3, 5)}]}
    store = Store(tmp_path / "s.duckdb", create=True)
    store.append(StoreBatch(MAY, rows, keep_moments=True))
    assert minutes(store, dt.datetime(2026, 3, 4)) == []
    assert minutes(store, dt.datetime(2026, 3, 5)) == [90]
    assert (
        len(store.records(dt.datetime(2020, 1, 1))["unit"]) == 2 * len(rules) + 1
    )  # without a moment, from the beginning
    late = {**MEETING, "meeting_id": "m2", "recorded_at": dt.datetime(2026, 3, 5)}
    store.append(StoreBatch(JUNE, {"meeting": [late]}, keep_moments=True))
    assert store.records(MAY)["meeting"]["meeting_id"].tolist() == ["m"]


def test_a_row_can_be_withdrawn_with_what_hangs_on_it_and_come_back(store):
    assert store.withdraw("meeting", ("m",), MAY, "phiếu của chi bộ khác") == 3
    assert [len(store.records(FAR_OFF)[name]) for name in ("meeting", "sheet", "line")] == [0, 0, 0]
    assert [len(store.records(APRIL)[name]) for name in ("meeting", "sheet", "line")] == [1, 1, 1]
    store.append(StoreBatch(JUNE, {"meeting": [MEETING]}))
    assert minutes(store, FAR_OFF) == [90]
    assert store.check() == []
    for table, key, wanted in (
        ("meeting", ("x",), "withdraw-unknown"),
        ("meting", ("m",), "not-allowed"),
        ("line", ("m.tc",), "withdraw-unknown"),
    ):
        with pytest.raises(InputError) as caught:
            store.withdraw(table, key, JUNE, "thử")
        assert code(caught) == [wanted]


def test_the_sample_is_the_same_from_a_store_as_from_its_folder(source, tmp_path, root):
    tables = CsvFolder(root / "data/sample").records(FAR_OFF).tables
    rows = {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in tables.items()
    }
    store = Store(tmp_path / "s.duckdb", create=True)
    with pytest.raises(InputError) as caught:
        store.append(StoreBatch(dt.datetime(2025, 1, 1), rows, keep_moments=True))
    assert code(caught) == ["moment-ahead"]
    assert store.records(FAR_OFF)["unit"].empty
    store.append(StoreBatch(dt.datetime(2027, 1, 20), rows, keep_moments=True))
    for at in (dt.datetime(2025, 6, 30), dt.datetime(2026, 4, 10, 12), FAR_OFF):
        ours, theirs = store.records(at), source.records(at)
        for name, table in TABLES.items():
            key = list(table.key)
            wanted = theirs[name].sort_values(key, kind="stable").reset_index(drop=True)
            pd.testing.assert_frame_equal(
                ours[name]
                .drop(columns="batch", errors="ignore")  # an empty table has none
                .sort_values(key, kind="stable")
                .reset_index(drop=True),
                wanted,
            )


VALUES = st.fixed_dictionaries(
    {
        "minutes": st.one_of(st.none(), st.integers(0, 300).map(float)),
        "topic": st.one_of(
            st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        ),
        "chi_uy_met": st.sampled_from([None, True, False]),
        "papers_at": st.one_of(st.none(), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))),
    }
)


@examples(5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(VALUES, min_size=1, max_size=6))
def test_any_history_of_a_row_can_be_asked_for_at_each_of_its_moments(
    rules, tmp_path_factory, versions
):
    store = little_store(rules, tmp_path_factory.mktemp("s") / "s.duckdb")
    moments = [dt.datetime(2026, 4, 1) + dt.timedelta(days=i) for i in range(len(versions))]
    for at, values in zip(moments, versions, strict=True):
        store.append(StoreBatch(at, {"meeting": [{**MEETING, **values}]}))
    for at, values in zip(moments, versions, strict=True):
        row = store.records(at)["meeting"].iloc[0]
        plain = {name: None if pd.isna(row[name]) else row[name] for name in values}
        plain["papers_at"] = plain["papers_at"].date() if plain["papers_at"] is not None else None
        assert plain == values
    assert store.check() == []


def test_an_older_store_is_brought_up_to_date_and_loses_nothing(store):
    make_old(store.path, 1)
    opened = Store(store.path)
    assert opened.records(FAR_OFF)["sheet"]["sheet_id"].tolist() == ["m.tc"]
    assert opened.records(FAR_OFF)["sheet"]["stated_total"].isna().all()
    opened.append(StoreBatch(MAY, {"sheet": [{**SHEET, "stated_total": 91.5}]}))
    assert opened.records(FAR_OFF)["sheet"]["stated_total"].tolist() == [91.5]
    visit = {
        "visit_id": "v",
        "post": "Lãnh đạo 01",
        "role": "lanh_dao",
        "chi_bo_id": MEETING["chi_bo_id"],
        "planned_for": "2026-03",
        "status": "planned",
    }
    opened.append(StoreBatch(MAY, {"visit": [visit]}))
    opened.append(
        StoreBatch(JUNE, {"visit": [{**visit, "status": "missed", "reason": "đi công tác"}]})
    )
    assert opened.records(MAY)["visit"]["status"].tolist() == ["planned"]
    assert opened.records(FAR_OFF)["visit"]["status"].tolist() == ["missed"]
    assert opened.info()["version"] == 7
    assert opened.check() == []


def test_a_store_from_before_inspections_said_who_inspected_keeps_its_inspections(store):
    chi_bo = MEETING["chi_bo_id"]
    row = {
        "inspection_id": "kt",
        "chi_bo_id": chi_bo,
        "form": "kiem_tra",
        "inspected_on": dt.date(2026, 4, 2),
        "finding": "sổ ghi thiếu",
    }
    store.append(StoreBatch(MAY, {"inspection": [row]}))
    make_old(store.path, 3)
    opened = Store(store.path)
    assert opened.records(FAR_OFF)["inspection"]["finding"].tolist() == ["sổ ghi thiếu"]
    opened.append(StoreBatch(JUNE, {"inspection": [{**row, "inspected_by": "tinh"}]}))
    assert opened.records(FAR_OFF)["inspection"]["inspected_by"].tolist() == ["tinh"]
    assert opened.records(MAY)["inspection"]["inspected_by"].isna().all()
    assert opened.check() == []


def test_a_store_from_before_reasons_were_kept_keeps_its_log_and_takes_reasons(store):
    before = store.log()
    make_old(store.path, 4)
    opened = Store(store.path)
    pd.testing.assert_frame_equal(opened.log().head(len(before))[_OLD], before[_OLD])
    opened.append(
        StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 75.0}]}, reason="  máy ghi  nhầm ngày ")
    )
    assert opened.withdraw("meeting", ("m",), JUNE, "phiếu của chi bộ khác") == 3
    log = opened.log()
    assert log["reason"].tolist() == [
        *("", "", "khuôn 4 sang khuôn 7"),
        *("máy ghi nhầm ngày", "phiếu của chi bộ khác"),
    ]
    assert log["withdrawn"].tolist()[-2:] == [0, 3]
    assert opened.check() == []


def test_nothing_is_withdrawn_without_a_reason(store):
    before = store.info()
    for none in ("", " \u200b"):
        with pytest.raises(InputError) as caught:
            store.withdraw("meeting", ("m",), MAY, none)
        assert code(caught) == ["no-reason"]
    assert store.info() == before


def test_a_fault_that_nobody_foresaw_is_told_without_the_words_of_duckdb(store):
    with (
        pytest.raises(InputError) as caught,
        StoreFile(store.path).reader() as connection,
    ):
        connection.execute("SELECT nothing_of_the_kind FROM unit")
    [finding] = caught.value.findings
    assert finding.code == "store-failed"
    assert "thiếu bảng hoặc cột" in finding.sentence
    assert "Referenced" not in finding.sentence


def test_what_is_no_store_or_a_newer_one_is_refused(store, tmp_path):
    (tmp_path / "bad.duckdb").write_bytes(b"khong phai kho" * 500)
    (tmp_path / "folder.duckdb").mkdir()
    duckdb.connect(str(tmp_path / "other.duckdb")).execute("CREATE TABLE t (a INTEGER)").close()
    connection = duckdb.connect(str(store.path))
    connection.execute("UPDATE store SET version = 99")
    connection.close()
    for path, wanted in (
        (tmp_path / "bad.duckdb", "not-a-store"),
        (tmp_path / "folder.duckdb", "not-a-store"),
        (tmp_path / "none.duckdb", "no-store"),
        (tmp_path / "other.duckdb", "not-a-store"),
        (store.path, "store-newer"),
    ):
        with pytest.raises(InputError) as caught:
            Store(path)
        assert code(caught) == [wanted]


HOLD = "import duckdb, sys, time\nc = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'r')\nprint('open', flush=True)\ntime.sleep(float(sys.argv[3]))\nc.close()"


def held(path, how, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how, str(seconds)], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"open\n"
    return process


@pytest.mark.parametrize("how", ["w", "r"], ids=["a writer", "a reader"])
def test_a_store_in_use_is_waited_for(store, how, capfd):
    process = held(store.path, how, 2.5)
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 70.0}]}))
    process.wait()
    assert minutes(store, FAR_OFF) == [70]
    assert "đang được dùng, đang chờ" in capfd.readouterr().err


def test_a_store_that_stays_in_use_is_one_plain_answer(store):
    process = held(store.path, "w", 600)
    with pytest.raises(InputError) as caught, StoreFile(store.path, wait_seconds=1.2).reader():
        pass
    assert process.poll() is None  # the answer came while the other process still held the store
    process.kill()
    process.wait()
    assert code(caught) == ["store-in-use"]
    assert f"bởi {Path(sys.executable).resolve().name} (tiến trình {process.pid})" in str(
        caught.value
    )


def test_readers_do_not_wait_for_each_other_and_see_whole_batches(store):
    process = held(store.path, "r", 600)
    assert minutes(Store(store.path), FAR_OFF) == [90]
    assert process.poll() is None  # the other reader still holds it
    process.kill()
    process.wait()


def test_an_append_that_fails_leaves_nothing(store, monkeypatch):
    from assess.exchange.store import write

    def spoil(*_):
        raise RuntimeError

    monkeypatch.setattr(write, "_append_files", spoil)
    with pytest.raises(RuntimeError):
        store.append(
            StoreBatch(
                MAY, {"meeting": [{**MEETING, "minutes": 1.0}]}, [FileRecord("d2", "b", "taken")]
            )
        )
    monkeypatch.undo()
    assert minutes(store, FAR_OFF) == [90]
    assert store.check() == []


def test_an_export_is_records_again_and_holds_the_history(store, tmp_path):
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 75.0, "topic": "=1+1"}]}))
    written = store.export(tmp_path / "out")
    assert all(path.is_file() for path in written)
    again = CsvFolder(tmp_path / "out/csv").records(FAR_OFF)
    assert again["meeting"]["minutes"].tolist() == [75]
    assert again["meeting"]["topic"].tolist() == ["=1+1"]
    history = pd.read_parquet(tmp_path / "out/history/meeting.parquet")
    assert history[["minutes", "revision"]].to_numpy().tolist() == [[90, 1], [75, 2]]
    assert minutes(store, APRIL) == [90]
    store.export(tmp_path / "april", APRIL)
    assert CsvFolder(tmp_path / "april/csv").records(FAR_OFF)["meeting"]["minutes"].tolist() == [90]
    with pytest.raises(InputError) as caught:
        store.export(tmp_path / "out")
    assert code(caught) == ["not-empty"]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM meeting WHERE revision = 1",
        "UPDATE meeting SET revision = 7 WHERE revision = 2",
        "DELETE FROM batch",
        "DELETE FROM sheet",
        "UPDATE meeting SET recorded_at = '2020-01-01' WHERE revision = 2",
        "UPDATE line SET source = 'x'",
    ],
)
def test_a_check_finds_what_was_done_behind_its_back(store, damage):
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 75.0}]}))
    assert store.check() == []
    connection = duckdb.connect(str(store.path))
    connection.execute(damage)
    connection.close()
    assert "store-damaged" in [finding.code for finding in store.check()]


def test_a_file_that_was_set_aside_is_kept_with_what_was_found(store):
    finding = Finding("no-form-id", Place("b.xlsx"))
    store.append(StoreBatch(MAY, {}, [FileRecord("d2", "b.xlsx", "set_aside", (finding,))]))
    last = store.files().iloc[-1]
    assert (last["digest"], last["outcome"]) == ("d2", "set_aside")
    assert "no-form-id" in last["findings"]


def test_a_store_copied_elsewhere_is_the_store(store, tmp_path):
    shutil.copy(store.path, tmp_path / "copy.duckdb")
    assert isinstance(Store(tmp_path / "copy.duckdb").tree, Tree)
    assert minutes(Store(tmp_path / "copy.duckdb"), FAR_OFF) == [90]


def test_a_first_batch_that_brought_no_row_does_not_cost_the_history_its_moments(rules, tmp_path):
    store = Store(tmp_path / "s.duckdb", create=True)
    store.append(StoreBatch(APRIL, {}, [FileRecord("d0", "x.xlsx", "set_aside")]))
    rows = {**little_rows(rules), "meeting": [{**MEETING, "recorded_at": dt.datetime(2026, 3, 5)}]}
    store.append(StoreBatch(MAY, rows, keep_moments=True))
    assert minutes(store, dt.datetime(2026, 3, 5)) == [90]


def test_a_unit_that_is_still_referred_to_is_not_withdrawn(store):
    with pytest.raises(InputError) as caught:
        store.withdraw("unit", ("cb-an-phu-hd42", "2020-01-01"), MAY, "thử")
    assert code(caught) == ["withdraw-in-use"]
    assert store.check() == []


def test_a_number_beyond_all_measure_does_not_lock_the_store(store):
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 1e20}]}))
    store.append(StoreBatch(JUNE, {"meeting": [{**MEETING, "minutes": 90.5}]}))
    assert minutes(store, FAR_OFF) == [90.5]
    assert store.records(FAR_OFF).changes["after"].tolist() == ["1e+20", "90.5"]


def test_what_another_process_recorded_is_seen_and_not_undone(store, rules, tmp_path):
    from assess.exchange.intake import take_in

    assert minutes(store, FAR_OFF) == [90]
    Store(store.path).append(StoreBatch(MAY, {"meeting": [{**MEETING, "minutes": 60.0}]}))
    (tmp_path / "meeting.csv").write_text(
        "meeting_id,chi_bo_id,for_month,status,kind,held_on\nm,cb-an-phu-hd42,2026-03,held,ket_hop,2026-03-03\n",
        encoding="utf-8",
    )
    take_in(store, rules, [tmp_path / "meeting.csv"], recorded_at=JUNE)
    assert minutes(store, FAR_OFF) == [60]


def test_an_export_keeps_seconds_and_guards_what_a_spreadsheet_would_run(store, tmp_path):
    late = {**MEETING, "meeting_id": "m2", "topic": "=cmd|x", "reason": "'đã hủy"}
    store.append(StoreBatch(dt.datetime(2026, 5, 10, 9, 0, 45), {"meeting": [late]}))
    store.export(tmp_path / "out")
    text = (tmp_path / "out/csv/meeting.csv").read_text(encoding="utf-8")
    assert "'=cmd|x" in text
    assert ",=cmd" not in text
    again = (
        CsvFolder(tmp_path / "out/csv")
        .records(FAR_OFF)["meeting"]
        .set_index("meeting_id")
        .loc["m2"]
    )
    assert (again["topic"], again["reason"], again["recorded_at"]) == (
        "=cmd|x",
        "'đã hủy",
        pd.Timestamp(2026, 5, 10, 9, 0, 45),
    )


def test_two_that_make_a_store_at_once_make_one(tmp_path):
    script = "import sys\nfrom pathlib import Path\nfrom assess.exchange.store import Store\nprint(len(Store(Path(sys.argv[1]), create=True).log()))"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "s.duckdb")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [(process.communicate(), process.returncode)[1] for process in both] == [0, 0, 0]


@pytest.fixture(scope="module")
def whole(root, tmp_path_factory):
    """A store with the sample."""
    tables = CsvFolder(root / "data/sample").records(FAR_OFF).tables
    rows = {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in tables.items()
    }
    store = Store(tmp_path_factory.mktemp("whole") / "s.duckdb", create=True)
    store.append(StoreBatch(dt.datetime(2027, 1, 20), rows, keep_moments=True))
    return store


@pytest.mark.parametrize("unit", ["pvd-01", "phuong-vi-du", "qst-02", "qs-tinh", "tinh"])
def test_what_is_read_about_a_unit_gives_the_slice_that_all_records_give(whole, rules, unit):
    known = {"period": "2026", "as_of": "2027-01-10", "document_date": "2027-01-12"}
    at = dt.datetime(2027, 1, 10, 23, 59, 59)
    every, own = (
        make_slice(records, rules, dang_bo=unit, **known).tables
        for records in (whole.records(at), whole.records_of(at, unit))
    )
    for name in {*TABLES, "due"}:
        pd.testing.assert_frame_equal(own[name], every[name])
    if unit != "tinh":
        assert len(whole.records_of(at, unit)["line"]) < len(whole.records(at)["line"]) / 2


def test_a_meeting_that_was_corrected_to_another_chi_bo_is_no_longer_about_the_first(store):
    other = "cb-nghe-an-qd27-bieu1"
    assert other in store.tree.ids
    store.append(StoreBatch(MAY, {"meeting": [{**MEETING, "chi_bo_id": other}]}))
    mine, theirs = (store.records_of(FAR_OFF, unit) for unit in (MEETING["chi_bo_id"], other))
    assert (len(mine["meeting"]), len(mine["line"])) == (0, 0)
    assert (len(theirs["meeting"]), len(theirs["line"])) == (1, 1)
    assert len(store.records_of(APRIL, MEETING["chi_bo_id"])["line"]) == 1
    assert store.records_of(FAR_OFF, "không có")["meeting"].empty


def test_what_was_withdrawn_of_the_tree_is_told_of_the_unit_above_from_its_day_on(tmp_path, rules):
    store = ward_store(tmp_path, rules)
    new = unit("cb-4", "phuong", begins=dt.date(2025, 3, 1))
    store.append(StoreBatch(MAY, {"unit": [new]}))
    store.withdraw("unit", ("cb-4", "2025-03-01"), JUNE, "ghi nhầm nơi")
    store.withdraw("adoption", ("phuong", "rule_set", "2025-10-28"), JUNE, "ghi nhầm biểu")
    adopted = {"unit_id": "phuong", "what": "rule_set", "value": "an-phu-hd42"}
    again = {**adopted, "valid_from": dt.date(2025, 11, 1)}
    store.append(StoreBatch(JUNE, {"adoption": [again]}))
    told = {}
    for dang_bo, period in (("phuong", "2026-Q1"), ("cb-1", "2026-Q1"), ("phuong", "2024")):
        made = make_slice(
            store.records(FAR_OFF),
            rules,
            dang_bo=dang_bo,
            period=period,
            as_of=JUNE,
            document_date=JUNE.date(),
        )
        told[dang_bo, period] = sorted(
            zip(made.withdrawn["table"], made.withdrawn["reason"], strict=True)
        )
    both = [("adoption", "ghi nhầm biểu"), ("unit", "ghi nhầm nơi")]
    assert told == {("phuong", "2026-Q1"): both, ("cb-1", "2026-Q1"): [], ("phuong", "2024"): []}
