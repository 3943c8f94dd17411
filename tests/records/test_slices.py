import datetime as dt
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.base.periods import Period, moment
from assess.records import Records, make_slice, open_slice, slices, write_slice
from assess.records.tables import from_rows
from assess.studies.inspection.coverage import inspected


def test_a_slice_holds_its_own_dang_bo_and_nothing_else(cut):
    made = cut("xa-mau-thu")
    assert set(made.tables["meeting"]["chi_bo_id"]) == set(made.chi_bo)
    assert all(chi_bo.startswith("xmt-") for chi_bo in made.chi_bo)
    assert set(made.tables["line"]["sheet_id"]) <= set(made.tables["sheet"]["sheet_id"])
    # also the units above the chi bộ when somebody inspected them, before the commune existed
    before = {"huyen-tien-le", "xa-mau-ha", "xa-mau-thuong"}
    assert set(made.tables["unit"]["unit_id"]) == {*made.chi_bo, "xa-mau-thu", "tinh", *before}


def test_rows_outside_the_period_are_context(cut):
    meetings = cut("qs-tinh", "2026-Q2").tables["meeting"]
    assert set(meetings.loc[meetings["in_period"], "for_month"]) == {
        "2026-04",
        "2026-05",
        "2026-06",
    }
    assert set(meetings["for_month"]) >= {"2026-03", "2026-07"}


def test_a_slice_opened_again_is_the_same(cut, tmp_path):
    made = cut("dh-gia-lap", "2026-Q1")
    write_slice(made, tmp_path)
    again = open_slice(tmp_path)
    assert again.digest == made.digest
    assert again.rule_sets == made.rule_sets
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_the_digest_is_over_rows_not_over_file_bytes(cut, tmp_path):
    made = cut("qs-tinh", "2026-Q1")
    write_slice(made, tmp_path)
    table = pd.read_parquet(tmp_path / "line.parquet")
    table.to_parquet(tmp_path / "line.parquet", compression="gzip")
    assert open_slice(tmp_path).digest == made.digest
    table.loc[0, "points"] = 99.0
    table.to_parquet(tmp_path / "line.parquet")
    with pytest.raises(InputError) as caught:
        open_slice(tmp_path)
    assert caught.value.findings[0].code == "slice-changed"


def test_a_changed_rule_or_head_changes_the_digest_too(cut, tmp_path):
    made = cut("qs-tinh", "2026-Q1")
    write_slice(made, tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    rules = tmp_path / "a/rules/an-phu-hd42.yaml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("short: Biểu", "short: biểu"), encoding="utf-8"
    )
    about = tmp_path / "b/slice.json"
    about.write_text(
        about.read_text(encoding="utf-8").replace("2027-01-12", "2027-01-13"), encoding="utf-8"
    )
    for folder in ("a", "b"):
        with pytest.raises(InputError):
            open_slice(tmp_path / folder)


def test_rows_recorded_later_are_not_in_a_slice_as_of_earlier(cut):
    early, late = cut("qs-tinh", "2026-Q1", as_of="2026-03-15"), cut("qs-tinh", "2026-Q1")
    assert (early.tables["meeting"]["recorded_at"] <= pd.Timestamp("2026-03-15T23:59:59")).all()
    assert len(early.tables["sheet"]) < len(late.tables["sheet"])
    assert set(early.tables["due"]["month"]) == {"2026-01", "2026-02", "2026-03"}


@pytest.mark.parametrize(
    ("dang_bo", "period", "rule_set", "code", "hint"),
    [
        ("phuong-vi-dụ", "2026", "auto", "unknown-dang-bo", "phuong-vi-du"),
        ("phuong-vi-du", "2025-Q1", "auto", "no-chi-bo", ""),
        ("qs-tinh", "2026", "an-phu-hd24", "unknown-rule-set", "an-phu-hd42"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_the_nearest_name(
    cut, dang_bo, period, rule_set, code, hint
):
    with pytest.raises(InputError) as caught:
        cut(dang_bo, period, rule_set=rule_set)
    assert (caught.value.findings[0].code, caught.value.findings[0].hint) == (code, hint)


def with_adoption(source, rows):
    records = source.records(moment("2027-01-10"))
    return replace(records, tables={**records.tables, "adoption": from_rows("adoption", rows)})


def cut_from(records, rules, dang_bo="qs-tinh", period="2025-Q1", rule_set="auto"):
    return make_slice(
        records,
        rules,
        dang_bo=dang_bo,
        period=Period.parse(period),
        as_of=moment("2027-01-10"),
        document_date=dt.date(2027, 1, 12),
        rule_set=rule_set,
    )


def row(unit_id, value, begins, ends=None, what="rule_set"):
    return {
        "unit_id": unit_id,
        "what": what,
        "value": value,
        "valid_from": dt.date.fromisoformat(begins),
        "valid_to": ends and dt.date.fromisoformat(ends),
    }


def test_a_period_in_which_nothing_was_adopted_is_refused_with_the_forms_then_in_force(
    source, rules
):
    records = with_adoption(source, [row("tinh", "an-phu-hd42", "2025-10-28")])
    with pytest.raises(InputError) as caught:
        cut_from(records, rules)
    assert caught.value.findings[0].code == "no-adoption"
    assert "hd12-2018" in caught.value.findings[0].allowed
    assert "an-phu-hd42" not in caught.value.findings[0].allowed


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (row("qs-tinh", "hd12-2081", "2025-01-01"), "unknown-rule-set"),
        (row("qs-tinh", "an-phu-hd42", "2025-01-01"), "adoption-too-early"),
        (row("qs-tinh", "nghe-an-qd27-bieu2", "2025-01-01"), "adoption-kind"),
        (row("qs-tinh", "hd12-2018", "2025-01-01", what="thematic_rule_set"), "adoption-kind"),
    ],
)
def test_a_form_that_cannot_have_been_adopted_is_refused(source, rules, wrong, code):
    records = with_adoption(source, [row("tinh", "hd12-2018", "2020-01-01"), wrong])
    with pytest.raises(InputError) as caught:
        cut_from(records, rules)
    assert [f.code for f in caught.value.findings] == [code]
    assert "qs-tinh" in str(caught.value)


def test_the_nearest_unit_above_decides_and_its_end_hands_back_to_the_one_above_it(source, rules):
    rows = [
        row("tinh", "hd12-2018", "2020-01-01"),
        row("qs-tinh", "binh-thuan-khoi", "2025-01-01", "2025-02-14"),
    ]
    made = cut_from(with_adoption(source, rows), rules)
    meetings = made.tables["meeting"]
    regular = meetings[(meetings["kind"] != "chuyen_de") & meetings["held_on"].notna()]
    early = regular["held_on"] <= "2025-02-14"
    first = regular["held_on"] >= "2025-01-01"
    assert set(regular.loc[early & first, "rule_set_id"]) == {"binh-thuan-khoi"}
    assert set(regular.loc[~early, "rule_set_id"]) == {"hd12-2018"}


def test_thematic_meetings_held_apart_are_on_the_thematic_form_only_where_one_was_adopted(cut):
    with_form = cut("ct-mo-phong", "2025-Q1").tables["meeting"]
    thematic = with_form["kind"] == "chuyen_de"
    assert set(with_form.loc[thematic, "rule_set_id"]) == {"nghe-an-qd27-bieu2"}
    assert "nghe-an-qd27-bieu2" not in set(with_form.loc[~thematic, "rule_set_id"])
    without = cut("qs-tinh", "2025-Q1").tables["meeting"]
    assert without.loc[without["kind"] == "chuyen_de", "rule_set_id"].isna().all()


def test_an_explicit_form_is_put_on_meetings_of_its_kind_only(cut):
    made = cut("ct-mo-phong", "2025-Q1", rule_set="hd12-2018")
    meetings = made.tables["meeting"]
    thematic = meetings["kind"] == "chuyen_de"
    assert set(meetings.loc[~thematic, "rule_set_id"]) == {"hd12-2018"}
    assert set(meetings.loc[thematic, "rule_set_id"]) == {"nghe-an-qd27-bieu2"}
    assert made.assumed


def test_a_rule_set_that_was_not_adopted_is_marked_as_assumed(cut):
    assert cut("qs-tinh", "2025-Q1", rule_set="an-phu-hd42").assumed
    assert not cut("qs-tinh", "2026-Q1", rule_set="an-phu-hd42").assumed
    assert not cut("qs-tinh", "2026-Q1").assumed


def test_a_line_that_its_form_does_not_have_is_refused_before_anything_is_scored(source, rules):
    at = moment("2027-01-10")
    records = source.records(at)
    line = records.tables["line"].copy()
    mine = line.index[line["sheet_id"] == "qst-01.2603.tc"][0]
    line.loc[mine, "criterion_id"] = "c1_tim"
    changed = Records({**records.tables, "line": line}, records.tree)
    period = Period.parse("2026-Q1")
    with pytest.raises(InputError) as caught:
        make_slice(
            changed, rules, dang_bo="qs-tinh", period=period, as_of=at, document_date=at.date()
        )
    finding = caught.value.findings[0]
    assert (finding.code, finding.hint) == ("criterion-not-in-form", "c1_time")
    assert "qst-01.2603.tc" in str(finding)


def test_a_foreign_folder_is_not_a_slice(tmp_path):
    with pytest.raises(InputError) as caught:
        open_slice(tmp_path)
    assert caught.value.findings[0].code == "not-a-slice"


def test_the_years_rows_are_those_of_the_records_asked_whatever_was_cut_before(source, rules):
    records = source.records(moment("2027-01-10"))
    before = cut_from(records, rules, period="2026").tables["visit"]
    assert len(before) > 0
    other = replace(records, tables={**records.tables, "visit": records["visit"].iloc[:0]})
    assert cut_from(other, rules, period="2026").tables["visit"].empty
    assert len(cut_from(records, rules, period="2026").tables["visit"]) == len(before)


def test_a_slice_from_before_a_column_opens_with_it_empty(cut, tmp_path):
    made = cut("xa-mau-thu")
    older = made.tables["inspection"].drop(columns=["inspected_by", "meeting_id"])
    tables = {**made.tables, "inspection": older}
    head = slices.head_of(
        made.dang_bo, made.period, made.as_of, made.document_date, made.rule_set, None
    )
    digest = slices.digest_of(head, tables, made.rule_texts)
    write_slice(replace(made, tables=tables, digest=digest), tmp_path / "old")
    again = open_slice(tmp_path / "old")
    assert again.tables["inspection"]["inspected_by"].isna().all()
    assert len(inspected(again, "inspection_only")) > 0
