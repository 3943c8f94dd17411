"""An inspector's checklist: written, filled in with another program, parsed and taken in."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF
from assess.excel.workbook import read_workbook
from assess.exchange.forms import FilledValues, form_of, parse_form, write_forms
from assess.exchange.forms.checklist import (
    Checklist,
    OpenRecommendation,
    checklist_of,
    write_checklists,
)
from assess.exchange.intake import take_in
from assess.exchange.store import Store
from assess.records import Tree
from kit.score_forms import (
    chi_bo_of,
    codes,
    form,
    full_entries,
    good_facts,
    little_store,
    little_tree,
)

RULES = "an-phu-hd42"
FIRST = dt.datetime(2026, 4, 10, 9, 0)


def checklist(form_, **more):
    facts = {c.name: None for c in form_.facts} | good_facts(form_.rules.id)
    return Checklist(
        checklist_of(form_, "tinh 2026 12-KH"),
        facts,
        FilledValues({}, full_entries(form_)),
        inspected_by="tinh",
        plan="12-KH",
        **more,
    )


def fill(path, values):
    """Fill in a checklist as an office program does.

    A cell is found by the hidden name of its row and the letter of its column.
    """
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]  # the worksheet for the team alone may come before it
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    for (key, column), value in values.items():
        sheet[f"{column}{rows[key]}"] = value
    book.save(path)
    return path


def written(tmp_path, rules, values, rule_set_id=RULES, **more):
    path = tmp_path / "kt.xlsx"
    write_checklists(path, [checklist(form(rules, rule_set_id), **more)])
    return fill(path, values)


def read(path, rules):
    book = read_workbook(path)
    return parse_form(path.name, book.sheets[-1], book, rules)


def judged(found):
    return [line for line in found.rows["line"] if line["state"] != "blank" or line["note"]]


def stated(found):
    return [row for row in found.rows["inspection"] if not row.get("only_if_known")]


VISIT = {("signed", "D"): dt.date(2026, 4, 20)}


def test_what_the_inspector_wrote_is_read_and_what_was_left_empty_is_not_judged(tmp_path, rules):
    found = read(
        written(
            tmp_path,
            rules,
            VISIT
            | {
                ("line:c1_time", "G"): 3,
                ("line:c1_time", "H"): "biên bản không ghi giờ kết thúc",
                ("check:evidence", "D"): "sổ biên bản",
                ("finding:2", "C"): "thời lượng chưa đủ",
                ("finding:2", "D"): "nhóm 1",
                ("finding:2", "G"): "30/6/2026",
                ("finding:2", "H"): "ghi giờ bắt đầu, kết thúc",
            },
        ),
        rules,
    )
    assert found.findings == []
    (sheet,), (line,), (inspection,) = found.rows["sheet"], judged(found), stated(found)
    assert (sheet["rater"], sheet["signed_on"]) == ("inspector", dt.date(2026, 4, 20))
    assert (line["criterion_id"], line["points"], line["note"]) == (
        "c1_time",
        3.0,
        "biên bản không ghi giờ kết thúc",
    )
    assert (
        inspection["inspection_id"] == found.form_id.inspection_id
    )  # the first that was written, whatever its row
    kept = (
        "chi_bo_id",
        "form",
        "inspected_by",
        "plan",
        "inspected_on",
        "evidence",
        "finding",
        "clause",
        "recommendation",
        "remedy_by",
    )
    assert [inspection[name] for name in kept] == [
        chi_bo_of(RULES),
        "kiem_tra",
        "tinh",
        "12-KH",
        dt.date(2026, 4, 20),
        "sổ biên bản",
        "thời lượng chưa đủ",
        "nhóm 1",
        "ghi giờ bắt đầu, kết thúc",
        dt.date(2026, 6, 30),
    ]
    assert found.rows["meeting"] == []


def test_a_checklist_nobody_wrote_on_is_blank_though_it_shows_what_is_on_record(tmp_path, rules):
    found = read(
        written(
            tmp_path, rules, {}, reasons=("vì sao",), open=(OpenRecommendation("kt-0", "sửa sổ"),)
        ),
        rules,
    )
    assert found.blank
    assert found.findings == []


def test_an_inspection_that_found_nothing_is_on_record_all_the_same(tmp_path, rules):
    found = read(written(tmp_path, rules, VISIT | {("check:form", "D"): "giám sát"}), rules)
    (row,) = stated(found)
    assert (row["form"], row["inspection_id"], row.get("finding")) == (
        "giam_sat",
        found.form_id.inspection_id,
        None,
    )
    assert found.rows["sheet"] == []


def test_evidence_without_points_is_kept(tmp_path, rules):
    found = read(written(tmp_path, rules, VISIT | {("line:c1_time", "H"): "đã xem sổ"}), rules)
    (line,) = judged(found)
    assert (line["state"], line["points"], line["note"]) == ("blank", None, "đã xem sổ")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({("finding:1", "C"): "có sai sót"}, "checklist-without-day"),
        ({("signed", "D"): "31/4/2026", ("finding:1", "C"): "có sai sót"}, "date-unreadable"),
        (VISIT | {("line:c1_time", "G"): "năm"}, "bad-points"),
        (VISIT | {("line:c1_time", "G"): "=2+1"}, "formula-in-entry"),
        (VISIT | {("check:form", "D"): "đi xem"}, "value-not-allowed"),
        (
            VISIT | {("finding:1", "G"): "01/01/2026", ("finding:1", "C"): "có sai sót"},
            "checklist-remedy",
        ),
        (
            VISIT | {("finding:1", "G"): "tháng sau", ("finding:1", "C"): "có sai sót"},
            "date-unreadable",
        ),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_cell(tmp_path, rules, values, code):
    found = read(written(tmp_path, rules, values), rules)
    assert codes(found.findings) == [code]
    assert not found.ok
    assert found.findings[0].place.line > 1


def test_a_row_that_was_deleted_is_told(tmp_path, rules):
    path = written(tmp_path, rules, VISIT)
    book = openpyxl.load_workbook(path)
    row = next(cell.row for cell in book.active["A"] if cell.value == "line:c1_time")
    book.active.delete_rows(row)
    book.save(path)
    assert "row-missing" in codes(read(path, rules).findings)


@pytest.mark.parametrize("rule_set_id", ["hd12-2018", "nghe-an-qd27-bieu2", "binh-thuan-khoi"])
def test_a_checklist_can_be_made_of_every_kind_of_form(tmp_path, rules, rule_set_id):
    criterion = form(rules, rule_set_id).rules.criteria[0]
    value = "Đạt" if criterion.kind == "mark" else criterion.top
    found = read(
        written(
            tmp_path,
            rules,
            {("signed", "D"): dt.date(2026, 12, 1), (f"line:{criterion.id}", "G"): value},
            rule_set_id,
        ),
        rules,
    )
    assert found.findings == []
    assert judged(found)[0]["points"] == (1.0 if criterion.kind == "mark" else criterion.top)


def test_hostile_text_stays_text(tmp_path, rules):
    path = written(
        tmp_path,
        rules,
        VISIT | {("finding:1", "C"): "<script>alert(1)</script>"},
        reasons=("=1+1", "x" * 900),
        open=(OpenRecommendation("kt-0", "=cmd()"),),
    )
    values = [
        cell
        for sheet in openpyxl.load_workbook(path)
        for row in sheet
        for cell in row
        if isinstance(cell.value, str)
    ]
    told = [cell for cell in values if "=1+1" in cell.value or "=cmd()" in cell.value]
    assert len(told) == 2
    assert all(cell.data_type == "s" for cell in told)
    assert read(path, rules).rows["inspection"][0]["finding"] == "<script>alert(1)</script>"


def test_the_same_checklist_has_the_same_bytes_and_another_plan_another_inspection(tmp_path, rules):
    one, two = checklist_of(form(rules), "tinh 2026 1"), checklist_of(form(rules), "tinh 2026 2")
    assert one.form_id.inspection_id != two.form_id.inspection_id
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_checklists(path, [checklist(form(rules))])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.fixture(scope="module")
def store_with_a_form(tmp_path_factory, rules):
    """The bytes of a store that the score form of a meeting was taken into."""
    folder = tmp_path_factory.mktemp("taken")
    store = little_store(rules, folder / "s.duckdb")
    made = form(rules)
    path = folder / "phieu.xlsx"
    write_forms(path, [(made, FilledValues(good_facts(RULES), full_entries(made)))])
    assert take_in(store, rules, [path], recorded_at=FIRST).count("taken") == 1
    return store.path.read_bytes()


@pytest.fixture
def inbox(tmp_path, rules, store_with_a_form):
    """A store with the score form of a meeting, and a function that takes checklists of it in."""
    (tmp_path / "s.duckdb").write_bytes(store_with_a_form)
    store = Store(tmp_path / "s.duckdb")
    days = iter(range(30, 90))

    def send(values, **more):
        number = next(days)
        path = written(tmp_path, rules, values, **more)
        return store, take_in(
            store, rules, [path], recorded_at=FIRST + dt.timedelta(days=number)
        ).files[0]

    return send


def test_a_checklist_is_taken_in_beside_the_chi_bo_s_own_sheet(inbox):
    store, result = inbox(
        VISIT
        | {
            ("line:c1_time", "G"): 3,
            ("finding:1", "C"): "thời lượng chưa đủ",
            ("finding:1", "H"): "ghi giờ",
        }
    )
    assert (result.outcome, result.findings) == ("taken", [])
    records = store.records(FAR_OFF)
    assert sorted(records["sheet"]["rater"]) == ["inspector", "self"]
    assert len(records["meeting"]) == 1
    assert records["inspection"]["finding"].tolist() == ["thời lượng chưa đủ"]


def test_sent_again_with_a_correction_it_revises_and_says_so(inbox):
    inbox(VISIT | {("finding:1", "C"): "thời lượng chưa đủ"})
    store, result = inbox(
        {("signed", "D"): dt.date(2026, 4, 21), ("finding:1", "C"): "thời lượng chưa đủ"}
    )
    assert result.outcome == "taken"
    assert [f.code for f in result.findings] == ["revises"]
    assert len(store.records(FAR_OFF)["inspection"]) == 1


def test_the_next_checklist_asks_what_became_of_a_recommendation(inbox):
    store, _ = inbox(VISIT | {("finding:1", "H"): "ghi giờ bắt đầu"})
    (name,) = store.records(FAR_OFF)["inspection"]["inspection_id"]
    store, result = inbox(
        {(f"remedy:{name}", "G"): dt.date(2026, 5, 2)},
        open=(OpenRecommendation(name, "ghi giờ bắt đầu"),),
    )
    assert result.outcome == "taken"
    (row,) = store.records(FAR_OFF)["inspection"].to_dict("records")
    assert row["remedied_on"].date() == dt.date(2026, 5, 2)
    assert row["recommendation"] == "ghi giờ bắt đầu"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({("remedy:kt-la", "G"): dt.date(2026, 5, 2)}, "checklist-no-inspection"),
        ({("signed", "D"): dt.date(2026, 3, 1)}, "checklist-before"),
        (VISIT | {("check:inspected_by", "D"): "tihn"}, "form-no-unit"),
        (VISIT | {("check:inspected_by", "D"): chi_bo_of(RULES)}, "checklist-not-above"),
        (VISIT | {("check:inspected_by", "D"): chi_bo_of("hd12-2018")}, "checklist-not-above"),
        ({("signed", "D"): dt.date(2062, 4, 20)}, "checklist-future"),
    ],
)
def test_what_contradicts_the_records_is_set_aside_whole(inbox, values, code):
    store, result = inbox(values, open=(OpenRecommendation("kt-la", "không có"),))
    assert result.outcome == "set_aside"
    assert [f.code for f in result.findings] == [code]
    assert store.records(FAR_OFF)["inspection"].empty


def test_a_remedy_before_its_inspection_is_refused(inbox):
    store, _ = inbox(VISIT | {("finding:1", "H"): "ghi giờ bắt đầu"})
    (name,) = store.records(FAR_OFF)["inspection"]["inspection_id"]
    _, result = inbox(
        {(f"remedy:{name}", "G"): dt.date(2026, 4, 2)},
        open=(OpenRecommendation(name, "ghi giờ bắt đầu"),),
    )
    assert [f.code for f in result.findings] == ["checklist-remedy"]


def test_a_checklist_of_a_meeting_that_is_not_on_record_waits_for_its_form(tmp_path, rules):
    store = little_store(rules, tmp_path / "s.duckdb")
    path = written(tmp_path, rules, VISIT | {("line:c1_time", "G"): 3})
    (result,) = take_in(store, rules, [path], recorded_at=FIRST).files
    assert [f.code for f in result.findings] == ["checklist-no-meeting"]
    assert result.outcome == "set_aside"


def test_an_id_that_would_be_too_long_is_refused_when_it_goes_out(rules):
    tree = little_tree(rules)
    name = "c" * 52
    row = dict(tree.row_on(chi_bo_of(RULES), dt.date(2026, 3, 31)))
    units = [tree.row_on(u, dt.date(2026, 3, 31)) for u in ("tinh", f"db-{RULES}")] + [
        row | {"unit_id": name}
    ]
    with pytest.raises(InputError) as caught:
        checklist_of(form_of(rules[RULES], Tree(pd.DataFrame(units)), name, "2026-03"), "x")
    assert caught.value.findings[0].code == "id-too-long"


def test_what_was_erased_is_gone_when_it_is_sent_again(inbox):
    inbox(
        VISIT
        | {
            ("line:c1_time", "G"): 3,
            ("line:c2_rate", "G"): 4,
            ("finding:1", "C"): "một",
            ("finding:2", "C"): "hai",
        }
    )
    store, result = inbox(
        {("signed", "D"): dt.date(2026, 4, 21), ("line:c2_rate", "G"): 4, ("finding:2", "C"): "hai"}
    )
    assert result.outcome == "taken"
    assert {f.code for f in result.findings} == {"revises"}
    records = store.records(FAR_OFF)
    lines = records["line"][records["line"]["sheet_id"].str.endswith(".kt")]
    assert lines.loc[lines["state"] == "entered", "criterion_id"].tolist() == ["c2_rate"]
    rows = records["inspection"]
    assert rows["finding"].dropna().tolist() == ["hai"]
    assert len(set(rows["inspected_on"])) == 1  # still one inspection


def test_a_form_and_the_checklist_of_its_meeting_can_come_in_together(tmp_path, rules):
    store = little_store(rules, tmp_path / "s.duckdb")
    made = form(rules)
    folder = tmp_path / "in"
    folder.mkdir()
    write_forms(
        folder / "z-phieu.xlsx", [(made, FilledValues(good_facts(RULES), full_entries(made)))]
    )
    written(tmp_path, rules, VISIT | {("line:c1_time", "G"): 3}).rename(folder / "a-kt.xlsx")
    intake = take_in(store, rules, [folder], recorded_at=FIRST + dt.timedelta(days=130))
    assert [(r.outcome, [f.code for f in r.findings]) for r in intake.files] == [
        ("taken", []),
        ("taken", []),
    ]


def test_two_copies_that_differ_are_both_set_aside(inbox, tmp_path, rules):
    store, _ = inbox({})
    folder = tmp_path / "two"
    folder.mkdir()
    for name, finding in (("a", "một"), ("b", "hai")):
        written(tmp_path, rules, VISIT | {("finding:1", "C"): finding}).rename(
            folder / f"{name}.xlsx"
        )
    intake = take_in(store, rules, [folder], recorded_at=FIRST + dt.timedelta(days=130))
    assert [[f.code for f in r.findings] for r in intake.files] == [["form-twice"], ["form-twice"]]
    assert store.records(FAR_OFF)["inspection"].empty


def test_a_checklist_on_a_form_that_is_not_in_use_is_refused(inbox, tmp_path, rules):
    store, _ = inbox({})
    other = form_of(rules["hd12-2018"], little_tree(rules), chi_bo_of(RULES), "2026-03")
    path = tmp_path / "other.xlsx"
    facts = {c.name: None for c in other.facts}
    write_checklists(path, [Checklist(checklist_of(other, "x"), facts)])
    key = f"line:{other.rules.criteria[0].id}"
    fill(path, VISIT | {(key, "G"): other.rules.criteria[0].top})
    (result,) = take_in(store, rules, [path], recorded_at=FIRST + dt.timedelta(days=130)).files
    assert [f.code for f in result.findings] == ["form-not-adopted"]


def test_sitting_in_on_another_day_is_taken_and_said(inbox):
    _, result = inbox(VISIT | {("check:form", "D"): "dự sinh hoạt"})
    assert (result.outcome, [f.code for f in result.findings]) == ("taken", ["checklist-sat-in"])


def test_the_page_for_the_team_is_passed_over(inbox):
    _, result = inbox(VISIT | {("finding:1", "C"): "thiếu"}, reasons=("vì sao chọn",))
    assert (result.outcome, result.findings) == ("taken", [])


def test_an_intake_that_fails_leaves_no_empty_store(tmp_path, rules):
    store = little_store(rules, tmp_path / "kept.duckdb")
    for name in ("unit", "adoption"):
        store.records(FAR_OFF)[name].to_csv(tmp_path / f"{name}.csv", index=False)
    fresh = Store(tmp_path / "new.duckdb", create=True)
    with pytest.raises(InputError):
        take_in(fresh, rules, [tmp_path / "unit.csv"], recorded_at=FIRST, dang_bo="khong-co")
    assert not (tmp_path / "new.duckdb").exists() or fresh.latest() is not None


def test_an_inspectors_entry_is_judged_as_a_raters_is(tmp_path, rules):
    found = read(written(tmp_path, rules, VISIT | {("line:c7_result", "G"): 29}), rules)
    assert (codes(found.findings), found.ok) == (["off-form-points"], False)
    found = read(written(tmp_path, rules, VISIT | {("line:c4_regular", "G"): 9}), rules)
    assert (codes(found.findings), found.ok) == (["partial-points"], True)


@pytest.mark.parametrize(
    ("key", "column", "value", "code"),
    [
        ("line:c4_minutes", "C", "Có biện pháp chuyển đổi số", "row-unlike"),
        ("line:c1_time", "D", 4, "max-other"),
        ("check:plan", "B", "Hình thức", "row-other"),
    ],
)
def test_a_checklist_prints_what_belongs_to_its_rows(tmp_path, rules, key, column, value, code):
    found = read(written(tmp_path, rules, VISIT | {(key, column): value}), rules)
    assert [(f.code, f.place.cell[0]) for f in found.findings] == [(code, column)]
