"""Workbooks of tables sent in: what changes, what is asked, what is refused at its cell."""

import datetime as dt
import shutil

import duckdb
import openpyxl
import pytest

from assess.exchange.forms.make_forms import make_forms
from assess.exchange.intake import take_in
from assess.exchange.intake.marked import send_back
from assess.exchange.intake.reread import reread
from assess.exchange.store import Store
from kit.office_book import Edit, office_store, rows_by_key, write_book

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 20, 9)
BEGUN = dt.datetime(2025, 7, 1)


@pytest.fixture
def store(tmp_path):
    return office_store(tmp_path / "s.duckdb")


@pytest.fixture
def take(rules):
    """Take one workbook in, a day later each time; return the intake and what was told."""
    moment = [NOW]

    def run(store, *paths):
        intake = take_in(store, rules, paths, recorded_at=moment[0])
        moment[0] += DAY
        return intake

    return run


def told(intake, severity="error"):
    return [
        (f.code, f.place.cell) for r in intake.files for f in r.findings if f.severity == severity
    ]


def sentences(intake):
    return "\n".join(str(f) for r in intake.files for f in r.findings)


@pytest.fixture
def new(tmp_path, rules, take):
    """Fill in an empty workbook from nothing: a ward with three chi bộ, by name, without a code."""

    def fill(name="moi.xlsx"):
        path = write_book(tmp_path / name, None, rules)
        units = Edit(path, "Đơn vị")
        ward = "Đảng bộ phường Thử Nghiệm"
        units.add(name=ward, level="Cấp cơ sở", kind="cấp uỷ", valid_from=BEGUN, place="Thử")
        for number in (1, 2, 3):
            units.add(
                name=f"Chi bộ Tổ dân phố {number}",
                level="chi bộ",
                kind="thôn, tổ dân phố",
                parent_id="ĐẢNG BỘ phường thử nghiệm",
                valid_from="1/7/2025",
                official_members=f"{number}0 đ/c",
                has_chi_uy="x",
                has_deputy="có",
                leads_mass_organisations="ko",
            )
        units.save()
        adopted = Edit(path, "Áp dụng biểu")
        since = dt.datetime(2025, 10, 28)
        for what, value in (
            ("biểu chấm thường kỳ", rules["an-phu-hd42"].short),
            ("khoảng ngày họp", "25-5"),
            ("quy định xếp loại năm", rules.annual["qd366-2025"].short.upper()),
            ("mỗi quý một chuyên đề", "không"),
            ("ngày báo cáo lần đầu", "05/01/2026"),
        ):
            adopted.add(unit_id=ward, what=what, value=value, valid_from=since)
        adopted.save()
        visits = Edit(path, "Dự sinh hoạt")
        for number in (1, 2):
            visits.add(
                post="Phó Bí thư Thường trực",
                office_id=ward,
                role="lãnh đạo",
                chi_bo_id=f"Chi bộ Tổ dân phố {number}",
                planned_for="3/2026",
                status="theo kế hoạch",
            )
        return visits.save()

    return fill


def test_an_office_begins_with_names_alone(new, take, tmp_path, rules):
    store = Store(tmp_path / "moi.duckdb", create=True)
    intake = take(store, new())
    assert sentences(intake) == ""
    rows = rows_by_key(store)
    units = {row["unit_id"]: row for row in rows["unit"].values()}
    assert set(units) == {"phuong-thu-nghiem", "to-dan-pho-1", "to-dan-pho-2", "to-dan-pho-3"}
    first = units["to-dan-pho-1"]
    assert first["parent_id"] == "phuong-thu-nghiem"
    assert (first["official_members"], first["has_chi_uy"]) == (10, True)
    assert first["leads_mass_organisations"] is False
    values = {key[1]: row["value"] for key, row in rows["adoption"].items()}
    assert values == {
        "rule_set": "an-phu-hd42",
        "meeting_window": "25-5",
        "annual_rules": "qd366-2025",
        "thematic_quarterly": "khong",
        "first_report": "2026-01-05",
    }
    assert {row["planned_for"] for row in rows["visit"].values()} == {"2026-03"}
    assert make_forms(store, rules, "chi bộ tổ dân phố 2", "3/2026", tmp_path / "f")


def test_a_row_without_a_code_means_the_unit_of_that_name_below_that_unit(new, take, tmp_path):
    store = Store(tmp_path / "moi.duckdb", create=True)
    path = new()
    take(store, path)
    units = Edit(path, "Đơn vị")
    old = units.head + 2  # the first chi bộ ends, and goes on under another name
    units.put(old, valid_to=dt.datetime(2026, 6, 30))
    units.blank = units.head + 5
    about = {"level": "chi bộ", "kind": "thôn, tổ dân phố", "official_members": 9}
    ward = {"parent_id": "Đảng bộ phường Thử Nghiệm"}
    since = {"valid_from": dt.datetime(2026, 7, 1)}
    units.add(name="Chi bộ Tổ dân phố 1", **about, **ward, **since)
    units.add(name="Đảng bộ phường Khác", level="cấp cơ sở", kind="cấp ủy", valid_from=BEGUN)
    intake = take(store, units.save())
    assert told(intake) == []
    rows = rows_by_key(store)["unit"]
    assert {key for key in rows if key[0] == "to-dan-pho-1"} == {
        ("to-dan-pho-1", "2025-07-01"),
        ("to-dan-pho-1", "2026-07-01"),
    }
    other = units.add(name="Chi bộ Tổ dân phố 2", parent_id="Đảng bộ phường Khác", **about, **since)
    intake = take(store, units.save())
    assert told(intake) == [("unit-id-needed", units.at(other, "unit_id").coordinate)]
    assert "mã to-dan-pho-2" in sentences(intake)


def test_new_units_of_one_name_below_two_units_are_two(take, tmp_path, rules):
    store = Store(tmp_path / "moi.duckdb", create=True)
    path = write_book(tmp_path / "tinh.xlsx", None, rules, ["unit"])
    units = Edit(path, "Đơn vị")
    units.add(name="Đảng bộ tỉnh", level="cấp tỉnh", kind="cấp ủy", valid_from=BEGUN)
    for ward in ("Đảng bộ phường Một", "Đảng bộ phường Hai"):
        about = {"level": "cấp trên cơ sở", "kind": "cấp ủy", "valid_from": BEGUN}
        units.add(name=ward, parent_id="Đảng bộ tỉnh", **about)
        about = {"level": "chi bộ", "kind": "thôn, tổ dân phố", "valid_from": BEGUN}
        units.add(name="Chi bộ Tổ dân phố 1", parent_id=ward, official_members=9, **about)
    path = units.save()
    assert told(take(store, path)) == []
    parents = {key[0]: row["parent_id"] for key, row in rows_by_key(store)["unit"].items()}
    assert parents["to-dan-pho-1"] == "phuong-mot"
    assert parents["to-dan-pho-1-2"] == "phuong-hai"


def test_the_same_workbook_with_one_row_more_adds_one_row(new, take, tmp_path):
    store = Store(tmp_path / "moi.duckdb", create=True)
    path = new()
    take(store, path)
    before = rows_by_key(store)
    visits = Edit(path, "Dự sinh hoạt")
    visits.blank = visits.head + 3
    visits.add(
        post="Trưởng ban",
        role="trưởng, phó phòng",
        chi_bo_id="Chi bộ Tổ dân phố 3",
        planned_for="4/2026",
        status="theo kế hoạch",
    )
    intake = take(store, visits.save())
    assert (intake.added, intake.revised) == (1, 0)
    after = rows_by_key(store)
    assert {k: v for k, v in after["visit"].items() if k in before["visit"]} == before["visit"]


def test_a_row_sent_without_its_mark_never_overwrites_one_on_record(new, take, tmp_path):
    store = Store(tmp_path / "moi.duckdb", create=True)
    path = new()
    take(store, path)
    visits = Edit(path, "Dự sinh hoạt")
    visits.put(visits.head + 1, status="đã dự", done_on=dt.datetime(2026, 3, 5))
    intake = take(store, visits.save())
    assert told(intake) == [("row-on-record", f"C{visits.head + 1}")]


def test_tables_come_before_the_forms_that_need_them(new, take, tmp_path, rules):
    first = Store(tmp_path / "mot.duckdb", create=True)
    take(first, new())
    [form] = make_forms(first, rules, "to-dan-pho-1", "2026-03", tmp_path / "f")
    inbox = tmp_path / "in"
    inbox.mkdir()
    shutil.copyfile(new("z.xlsx"), inbox / "z.xlsx")  # read last
    sheet = openpyxl.load_workbook(form)
    page = sheet.worksheets[0]
    keys = {page.cell(row, 1).value: row for row in range(1, page.max_row + 1)}
    for fact, value in {"status": "hủy", "reason": "bão"}.items():
        page.cell(keys[f"fact:{fact}"], 5).value = value
    sheet.save(inbox / "a.xlsx")
    store = Store(tmp_path / "hai.duckdb", create=True)
    intake = take(store, inbox)
    assert {r.name: r.outcome for r in intake.files} == {"a.xlsx": "taken", "z.xlsx": "taken"}
    assert len(store.tables(("meeting",))["meeting"]) == 1


def test_a_deleted_row_is_asked_about_and_stays(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    edit.sheet.delete_rows(edit.rows[2])
    before = rows_by_key(store)
    intake = take(store, edit.save())
    assert told(intake) == []
    assert told(intake, "warning") == [("row-deleted", "")]
    assert (intake.added, intake.revised) == (0, 0)
    assert rows_by_key(store) == before


def test_a_reason_withdraws_a_row_on_record(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    edit.put(edit.rows[0], withdraw="Ghi nhầm chi bộ")
    before = rows_by_key(store)["visit"]
    intake = take(store, edit.save())
    assert told(intake) == []
    after = rows_by_key(store)["visit"]
    [gone] = set(before) - set(after)
    assert set(after) < set(before)
    withdrawn = store.records(NOW + DAY).withdrawn
    assert list(withdrawn["reason"]) == ["Ghi nhầm chi bộ"]
    assert list(withdrawn["what"]) == [gone[0]]
    assert store.check() == []


def test_a_unit_that_others_name_cannot_be_withdrawn(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["unit"])
    edit = Edit(path, "Đơn vị")
    row = next(r for r in edit.rows if edit.at(r, "unit_id").value == "phuong-vi-du")
    edit.put(row, withdraw="Không còn")
    intake = take(store, edit.save())
    assert [code for code, _ in told(intake)] == ["withdraw-in-use"]


def test_a_changed_key_needs_a_reason_and_then_replaces_the_row(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["assignment"])
    edit = Edit(path, "Phân công")
    before = rows_by_key(store)["assignment"]
    edit.put(edit.rows[0], valid_from=dt.datetime(2025, 12, 1), valid_to=None)
    refused = take(store, edit.save())
    cell = edit.at(edit.rows[0], "valid_from").coordinate
    assert told(refused) == [("key-changed", cell)]
    edit.put(edit.rows[0], withdraw="Ghi sai ngày bắt đầu")
    taken = take(store, edit.save())
    assert told(taken) == []
    after = rows_by_key(store)["assignment"]
    [gone], [come] = set(before) - set(after), set(after) - set(before)
    assert (gone[:2], come[2]) == (come[:2], "2025-12-01")


def test_an_older_workbook_does_not_undo_later_changes(store, take, rules, tmp_path):
    old = write_book(tmp_path / "cu.xlsx", store, rules, ["annual"])
    newer = write_book(tmp_path / "moi.xlsx", store, rules, ["annual"])
    first = Edit(newer, "Hồ sơ năm")
    row = first.rows[1]
    first.put(row, votes=7, peer_group="Khối phường")
    assert told(take(store, first.save())) == []
    second = Edit(old, "Hồ sơ năm")
    second.put(row, common_points=12.5)
    intake = take(store, second.save())
    assert told(intake) == []
    key = (second.at(row, "unit_id").value, str(second.at(row, "year").value))
    found = [
        r
        for r in rows_by_key(store)["annual"].values()
        if (r["votes"], r["common_points"]) == (7, 12.5)
    ]
    assert len(found) == 1, key
    assert found[0]["peer_group"] == "Khối phường"


def test_a_value_that_both_changed_is_refused_at_its_cell(store, take, rules, tmp_path):
    old = write_book(tmp_path / "cu.xlsx", store, rules, ["annual"])
    newer = write_book(tmp_path / "moi.xlsx", store, rules, ["annual"])
    for path, votes in ((newer, 7), (old, 9)):
        edit = Edit(path, "Hồ sơ năm")
        edit.put(edit.rows[1], votes=votes)
        intake = take(store, edit.save())
    assert told(intake) == [("changed-since", edit.at(edit.rows[1], "votes").coordinate)]
    assert "đã được sửa thành “7”" in sentences(intake)


def test_a_copied_row_is_a_new_row(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit", "assignment"])
    before = rows_by_key(store)
    for title, month in (("Dự sinh hoạt", "12/2026"), ("Phân công", None)):
        edit = Edit(path, title)
        source, target = edit.rows[0], edit.blank
        for column in range(1, max(edit.columns.values())):  # the hidden mark too
            edit.sheet.cell(target, column).value = edit.sheet.cell(source, column).value
        if month:
            edit.put(target, planned_for=month, status="theo kế hoạch", done_on=None)
            edit.put(target, reason=None, moved_to=None)
        else:
            edit.put(target, post="Ủy viên Ủy ban Kiểm tra")
        edit.save()
    intake = take(store, path)
    assert told(intake) == []
    assert (intake.added, intake.revised) == (2, 0)
    after = rows_by_key(store)
    for name in ("visit", "assignment"):
        assert {k: v for k, v in after[name].items() if k in before[name]} == before[name]


def test_every_mistake_is_told_at_its_cell_and_once(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    wrong = {
        "chi_bo_id": ("Chi bộ tổ dân phố 99", "no-such-unit"),
        "planned_for": ("13/2026", "bad-value"),
        "status": ("đang đi", "value-not-allowed"),
        "done_on": ("31/2/2026", "bad-value"),
        "role": (None, "empty-value"),
        "reason": ("=SUM(A1)", "formula-in-entry"),
    }
    for number, (name, (value, _)) in enumerate(wrong.items()):
        edit.put(edit.rows[number], **{name: value})
    before = rows_by_key(store)
    intake = take(store, edit.save())
    assert sorted(told(intake)) == sorted(
        (code, edit.at(edit.rows[number], name).coordinate)
        for number, (name, (_, code)) in enumerate(wrong.items())
    )
    assert rows_by_key(store) == before


def test_a_name_of_several_units_needs_the_code(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["unit", "visit"])
    units = Edit(path, "Đơn vị")
    named = units.at(units.rows[-1], "name").value
    units.add(
        name=named,
        unit_id="khac",
        level="chi bộ",
        kind="thôn, tổ dân phố",
        parent_id="phuong-vi-du",
        valid_from=BEGUN,
    )
    units.save()
    visits = Edit(path, "Dự sinh hoạt")
    visits.add(
        post="Trưởng ban",
        role="trưởng, phó phòng",
        chi_bo_id=named,
        planned_for="4/2026",
        status="theo kế hoạch",
    )
    intake = take(store, visits.save())
    assert ("unit-name-shared", visits.at(visits.blank - 1, "chi_bo_id").coordinate) in told(intake)
    assert "(khac)" in sentences(intake)


def test_the_marked_copy_is_mended_and_taken(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    edit.put(edit.rows[0], planned_for="thang ba")
    intake = take(store, edit.save())
    [copy] = send_back(intake, tmp_path / "ra").values()
    marked = Edit(tmp_path / "ra" / copy.path, "Dự sinh hoạt")
    cell = marked.at(edit.rows[0], "planned_for")
    assert "không phải tháng" in cell.comment.text
    assert marked.sheet.column_dimensions["A"].hidden
    cell.value = "3/2026"
    again = take(store, marked.save())
    assert told(again) == []
    assert again.revised == 1


def test_a_plain_worksheet_with_the_titles_of_a_table_is_read(store, take, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Danh sách theo dõi"])
    sheet.append(
        ["Chức danh", "Mã chi bộ", "TT", "Nhóm chức danh", "Tháng theo kế hoạch", "Tình trạng"]
    )
    sheet.append(["Trưởng ban", "pvd-05", 1, "lãnh đạo", "12/2026", "theo kế hoạch"])
    book.save(tmp_path / "visit.xlsx")
    intake = take(store, tmp_path / "visit.xlsx")
    assert told(intake) == []
    assert (intake.added, intake.revised) == (1, 0)


def test_rows_below_the_total_are_refused_not_lost(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    edit.put(edit.end + 6, post="Trưởng ban")
    intake = take(store, edit.save())
    assert [code for code, _ in told(intake)] == ["row-below-table"]


def test_a_workbook_of_another_store_says_all_of_its_rows(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules)
    other = Store(tmp_path / "khac.duckdb", create=True)
    assert told(take(other, path)) == []
    assert rows_by_key(other) == rows_by_key(store)


def test_changing_the_hidden_id_is_noticed(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    edit = Edit(path, "Dự sinh hoạt")
    edit.sheet["A1"].value = str(edit.sheet["A1"].value).replace("visit", "annual")
    intake = take(store, edit.save())
    assert told(intake) == [("table-id-changed", "")]


def test_two_workbooks_for_one_table_are_not_mixed(store, take, rules, tmp_path):
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name in ("a.xlsx", "b.xlsx"):
        write_book(inbox / name, store, rules, ["visit"])
    intake = take(store, inbox)
    assert [code for code, _ in told(intake)] == ["tables-wait", "two-tables"]


def test_what_was_blacked_out_does_not_come_back(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["visit"])
    key, said = next(
        (k, r["reason"]) for k, r in rows_by_key(store)["visit"].items() if r["reason"]
    )
    store.redact("visit", key, "reason", "Có tên người")
    intake = take(store, path)
    assert told(intake) == [("table-base-changed", "")]
    assert rows_by_key(store)["visit"][key]["reason"] != said


def test_what_a_workbook_says_is_compared_with_the_store(store, take, rules, tmp_path):
    path = write_book(tmp_path / "b.xlsx", store, rules, ["unit", "visit"])
    units = Edit(path, "Đơn vị")
    units.put(units.rows[-1], official_members=44)
    unit_id = units.at(units.rows[-1], "unit_id").value
    units.save()
    visits = Edit(path, "Dự sinh hoạt")
    visits.put(visits.rows[0], withdraw="Ghi nhầm")
    take(store, visits.save())
    assert list(reread(store, rules)) == []
    changed = "UPDATE unit SET official_members = 45 WHERE official_members = 44 AND unit_id = ?"
    connection = duckdb.connect(str(store.path))
    connection.execute(changed, [unit_id])
    connection.close()
    [found] = reread(store, rules)
    assert "tệp gốc ghi 44, trong kho 45" in found.sentence
