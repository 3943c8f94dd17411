import datetime as dt
import shutil
import subprocess
import sys

import openpyxl
import pytest
from xlsxwriter import Workbook

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF, Period
from assess.exchange.csv.folder import write_folder
from assess.exchange.forms import (
    FilledValues,
    form_of,
    monthly_table_of,
    write_forms,
    write_monthly_table,
)
from assess.exchange.intake import take_in
from assess.exchange.store import Store
from assess.records.tables import TABLES
from assess.sample import make_sample
from assess.sample.filled_forms import MISTAKES, write_filled
from kit.score_forms import chi_bo_of, codes, form, full_entries, good_facts, little_tree


def outcomes(intake):
    return {result.name: result.outcome for result in intake.files}


def of(intake, name="f.xlsx"):
    return next(result for result in intake.files if result.name == name)


def test_a_form_is_taken_and_the_same_file_changes_nothing(store, send, take):
    path = send()
    first = take()
    assert (outcomes(first), first.added, first.revised) == ({"f.xlsx": "taken"}, 30, 0)
    before = {name: len(store.records(FAR_OFF)[name]) for name in TABLES}
    again = take()
    assert (outcomes(again), again.added, again.revised, codes(again.files[0].findings)) == (
        {"f.xlsx": "known"},
        0,
        0,
        ["already-taken"],
    )
    shutil.copy(path, path.with_name("ten khac.xlsx"))
    assert set(outcomes(take()).values()) == {"known"}
    assert {name: len(store.records(FAR_OFF)[name]) for name in TABLES} == before
    assert len(store.log()) == 2


def test_every_row_says_from_which_cell_of_which_file_it_came(store, send, take):
    send()
    digest = take().files[0].digest
    store.export(store.path.parent / "out")
    import pandas as pd

    lines = pd.read_parquet(store.path.parent / "out/history/line.parquet")
    assert set(lines["source"]) == {digest}
    assert lines["address"].str.fullmatch(r"cb-an-phu-hd42!E\d+").all()


def test_a_corrected_form_is_a_revision_and_says_what_it_changes(store, send, take):
    send()
    take()
    send("sua", facts={"minutes": 70}, entries={("self", "c1_time"): 3})
    intake = take()
    assert (of(intake, "sua.xlsx").outcome, intake.added, intake.revised) == ("taken", 0, 2)
    found = [f for f in of(intake, "sua.xlsx").findings if f.code == "revises"]
    assert {
        (f.place.label.rsplit(" · ", 1)[-1], f.facts["found"], f.facts["wanted"]) for f in found
    } == {
        ("Thời lượng", "95", "70"),
        ("Điểm", "5", "3"),
    }
    assert all(f.place.cell for f in found)


def test_a_form_with_an_error_is_set_aside_whole_and_the_others_go_on(store, send, take):
    send("sai", facts={"held_on": "x"})
    send("dung", "hd12-2018")
    intake = take()
    assert outcomes(intake) == {"sai.xlsx": "set_aside", "dung.xlsx": "taken"}
    assert store.records(FAR_OFF)["meeting"]["chi_bo_id"].tolist() == [chi_bo_of("hd12-2018")]
    assert store.files()["outcome"].tolist() == ["taken", "set_aside"]
    send("sai")  # corrected
    assert outcomes(take())["sai.xlsx"] == "taken"


def test_two_files_that_contradict_each_other_are_both_set_aside_and_two_that_agree_are_not(
    store, send, take
):
    send("a")
    send("b", facts={"minutes": 91})
    intake = take()
    assert set(outcomes(intake).values()) == {"set_aside"}
    assert "b.xlsx" in of(intake, "a.xlsx").findings[0].facts["where"]
    assert store.records(FAR_OFF)["meeting"].empty
    send("b", facts={"minutes": "95"})  # the same value, written otherwise
    intake = take()
    assert set(outcomes(intake).values()) == {"taken"}
    assert len(store.records(FAR_OFF)["meeting"]) == 1


def test_forms_of_another_period_or_unit_than_asked_for_are_refused_by_their_id(send, take):
    send()
    assert codes(take(period=Period.parse("2026-Q2")).files[0].findings) == ["form-other-period"]
    assert codes(take(dang_bo="db-hd12-2018").files[0].findings) == ["form-other-unit"]
    assert (
        take(period=Period.parse("2026-Q1"), dang_bo="db-an-phu-hd42").files[0].outcome == "taken"
    )
    with pytest.raises(InputError) as caught:
        take(dang_bo="db-an-phu-hd24")
    assert (caught.value.findings[0].code, caught.value.findings[0].hint) == (
        "unknown-dang-bo",
        "db-an-phu-hd42",
    )


def test_a_form_on_rules_its_chi_bo_did_not_adopt_is_refused_with_the_ones_it_did(
    rules, send, take, tmp_path
):
    from assess.exchange.forms import FilledValues, form_of, write_forms
    from kit.score_forms import form, full_entries, little_tree

    made = form_of(rules["an-phu-hd42"], little_tree(rules), chi_bo_of("lai-chau-qd14"), "2022-03")
    (tmp_path / "in").mkdir()
    write_forms(
        tmp_path / "in/f.xlsx",
        [(made, FilledValues(good_facts("lai-chau-qd14"), full_entries(form(rules))))],
    )
    finding = take().files[0].findings[0]
    assert (finding.code, finding.facts["wanted"]) == ("form-not-adopted", "lai-chau-qd14")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"held_on": dt.date(2025, 3, 3)}, "month-far"),
        ({"held_on": dt.date(2026, 4, 12)}, "outside-month"),
        ({"minutes": 4}, "odd-minutes"),
    ],
)
def test_what_does_not_fit_the_month_is_said(send, take, facts, code):
    send(facts=facts)
    result = take().files[0]
    assert code in codes(result.findings)
    assert all(f.place.cell for f in result.findings)


def test_a_meeting_outside_the_window_is_a_warning_and_one_on_record_under_another_id_is_the_same_meeting(
    rules, store, send, take
):
    from assess.exchange.store import StoreBatch

    adoption = [
        {
            "unit_id": "tinh",
            "what": "meeting_window",
            "value": "25-5",
            "valid_from": dt.date(2020, 1, 1),
        }
    ]
    other = {
        "meeting_id": "x1",
        "chi_bo_id": chi_bo_of("an-phu-hd42"),
        "for_month": "2026-03",
        "held_on": dt.date(2026, 3, 2),
        "status": "held",
        "kind": "thuong_ky",
    }
    store.append(StoreBatch(dt.datetime(2026, 4, 1), {"adoption": adoption, "meeting": [other]}))
    send(facts={"held_on": dt.date(2026, 3, 12)})
    result = take().files[0]
    assert (result.outcome, set(codes(result.findings))) == (
        "taken",
        {"outside-window", "revises", "completes"},
    )
    records = store.records(FAR_OFF)
    assert records["meeting"]["meeting_id"].tolist() == ["x1"]
    assert set(records["sheet"]["meeting_id"]) == {"x1"}


def test_a_workbook_of_a_whole_dang_bo_and_foreign_sheets_beside_forms(
    rules, store, take, tmp_path
):
    import openpyxl

    from assess.exchange.forms import FilledValues, write_forms
    from kit.score_forms import form, full_entries

    (tmp_path / "in").mkdir()
    pairs = [
        (form(rules, r), FilledValues(good_facts(r), full_entries(form(rules, r)))) for r in rules
    ]
    write_forms(tmp_path / "in/f.xlsx", pairs)
    book = openpyxl.load_workbook(tmp_path / "in/f.xlsx")
    book.create_sheet("Ghi chú riêng")["A1"] = "của văn phòng"
    book.save(tmp_path / "in/f.xlsx")
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("taken", ["sheet-not-a-form"])
    assert len(result.holds) == len(rules)
    assert len(store.records(FAR_OFF)["sheet"]) == len(rules)


def summary(rules, path, values, tree):
    write_monthly_table(
        path, monthly_table_of(rules["an-phu-hd42"], tree, "db-an-phu-hd42", "2026-03"), values
    )


def test_a_monthly_summary_gives_stated_totals_and_keeps_what_forms_said(
    rules, store, send, take, tmp_path
):
    send()
    take()
    shutil.rmtree(tmp_path / "in")
    (tmp_path / "in").mkdir()
    values = {
        chi_bo_of("an-phu-hd42"): {
            "held_on": "3/3/2026",
            "roll": 12,
            "self": "92,5",
            "class:tot": "x",
            "note": "=1+1",
        }
    }
    summary(rules, tmp_path / "in/t.xlsx", values, store.tree)
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == (
        "taken",
        ["stated-sum", "completes", "completes", "completes"],
    )
    assert (
        result.findings[0].sentence
        == "bảng tổng hợp ghi 92,5 điểm, Tốt; các dòng của phiếu cho 100 điểm, Tốt"
    )
    records = store.records(FAR_OFF)
    sheet = records["sheet"].iloc[0]
    assert (sheet["stated_total"], sheet["stated_class"], sheet["remark"]) == (92.5, "tot", "=1+1")
    assert records["meeting"].iloc[0]["minutes"] == 95  # the summary has no minutes
    assert len(records["line"]) == 28


def test_a_form_and_a_summary_in_one_intake_complete_each_other_or_are_both_set_aside(
    rules, store, send, take, tmp_path
):
    send()
    values = {"held_on": "3/3/2026", "roll": 12, "self": 92}
    summary(rules, tmp_path / "in/t.xlsx", {chi_bo_of("an-phu-hd42"): values}, store.tree)
    assert set(outcomes(take()).values()) == {"taken"}
    records = store.records(FAR_OFF)
    assert (
        records["meeting"].iloc[0]["minutes"],
        records["sheet"].iloc[0]["stated_total"],
        len(records["line"]),
    ) == (95, 92, 28)
    assert store.check() == []
    send("moi", facts={"minutes": 99})
    summary(
        rules,
        tmp_path / "in/t2.xlsx",
        {chi_bo_of("an-phu-hd42"): {**values, "roll": 13}},
        store.tree,
    )
    intake = take()
    assert (of(intake, "moi.xlsx").outcome, of(intake, "t2.xlsx").outcome) == (
        "set_aside",
        "set_aside",
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"self": 120}, "over-maximum"),
        ({"self": "chín mươi"}, "bad-points"),
        ({"self": -3}, "negative-points"),
        ({"self": 95, "class:kha": "x"}, "stated-class"),
        ({"self": 95, "class:tot": "x", "class:kha": "x"}, "stated-two"),
        ({"self": dt.date(2026, 5, 9)}, "date-in-points"),
        ({"held_on": "32/3/2026"}, "date-unreadable"),
        ({"held_on": None, "self": 90}, "held-without-day"),
        ({"roll": 5, "present": 9}, "part-over-whole"),
    ],
)
def test_a_wrong_cell_of_a_summary_is_named(rules, store, take, tmp_path, values, code):
    (tmp_path / "in").mkdir()
    summary(
        rules,
        tmp_path / "in/t.xlsx",
        {chi_bo_of("an-phu-hd42"): {"held_on": "3/3/2026", **values}},
        store.tree,
    )
    findings = take().files[0].findings
    assert [f.code for f in findings] == [code]
    assert findings[0].place.cell


def test_an_empty_summary_says_so_and_a_form_that_needs_its_lines_has_none(
    rules, store, take, tmp_path
):
    (tmp_path / "in").mkdir()
    summary(rules, tmp_path / "in/t.xlsx", {}, store.tree)
    assert codes(take().files[0].findings) == ["summary-empty"]
    for rule_set_id in ("hd12-2018", "binh-thuan-khoi"):
        with pytest.raises(InputError) as caught:
            monthly_table_of(rules[rule_set_id], store.tree, f"db-{rule_set_id}", "2022-03")
        assert codes(caught.value.findings) == ["form-no-total"]


def csv_folder(tmp_path, rules, **changes):
    tables = make_sample(rules, 6, form="an-phu-hd42")
    write_folder(tmp_path / "in", tables)
    for name, change in changes.items():
        path = tmp_path / "in" / f"{name}.csv"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return tables


def test_csv_tables_are_taken_together_or_not_at_all(rules, take, tmp_path):
    csv_folder(tmp_path, rules, sheet=lambda text: text.replace("an-phu-hd42", "", 1))
    intake = take()
    assert set(outcomes(intake).values()) == {"set_aside"}
    assert codes(of(intake, "sheet.csv").findings) == ["empty-value"]
    assert (
        of(intake, "sheet.csv").findings[0].place.line,
        of(intake, "unit.csv").findings[0].code,
    ) == (2, "tables-wait")


def test_one_table_may_come_alone_and_refers_to_what_is_on_record(rules, store, take, tmp_path):
    tables = csv_folder(tmp_path, rules)
    assert set(outcomes(take()).values()) == {"taken"}
    first = tables["meeting"].iloc[0]
    (tmp_path / "in2").mkdir()
    (tmp_path / "in2/meeting.csv").write_text(
        f"meeting_id;chi_bo_id;for_month;status;kind;reason;held_on\n{first['meeting_id']};{first['chi_bo_id']};{first['for_month']};cancelled;{first['kind']};bão;\n",
        encoding="utf-8",
    )
    intake = take(tmp_path / "in2")
    assert (intake.files[0].outcome, intake.revised) == ("taken", 1)
    assert {f.place.label.rsplit(" · ", 1)[-1] for f in intake.files[0].findings} == {
        "Ngày họp",
        "Buổi sinh hoạt",
        "Lý do hoãn, hủy, gộp (nếu có)",
    }
    row = store.records(FAR_OFF)["meeting"].set_index("meeting_id").loc[first["meeting_id"]]
    assert (row["status"], row["roll"]) == (
        "cancelled",
        first["roll"],
    )  # a column that the file lacks changes nothing
    (tmp_path / "in2/meeting.csv").write_text(
        "meeting_id,chi_bo_id,for_month,status,kind\nx,khong-co,2026-03,cancelled,thuong_ky\n",
        encoding="utf-8",
    )
    assert codes(take(tmp_path / "in2").files[0].findings) == ["unknown-reference"]


def test_a_unit_span_that_overlaps_what_is_on_record_is_refused(rules, take, tmp_path):
    csv_folder(tmp_path, rules)
    take()
    (tmp_path / "in2").mkdir()
    (tmp_path / "in2/unit.csv").write_text(
        "unit_id,name,level,kind,valid_from\ntinh,Đảng bộ tỉnh Khác,tinh,cap_uy,2026-01-01\n",
        encoding="utf-8",
    )
    intake = take(tmp_path / "in2")
    assert (intake.files[0].outcome, codes(intake.files[0].findings)) == (
        "set_aside",
        ["overlapping-validity"],
    )


def test_csv_is_known_by_name_or_header_and_other_files_are_set_aside(rules, take, tmp_path):
    csv_folder(tmp_path, rules)
    (tmp_path / "in/meeting.csv").rename(tmp_path / "in/Buổi họp 2026.csv")
    (tmp_path / "in/la.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "in/anh.png").write_bytes(b"\x89PNG")
    (tmp_path / "in/.an").write_bytes(b"x")
    (tmp_path / "in/~$mo.xlsx").write_bytes(b"x")
    intake = take()
    assert {n: codes(of(intake, n).findings) for n in ("la.csv", "anh.png")} == {
        "la.csv": ["not-a-table"],
        "anh.png": ["kind-of-file"],
    }
    assert len(intake.files) == len(list((tmp_path / "in").glob("[!.~]*")))
    (tmp_path / "in/la.csv").unlink()
    wanted = {path.name for path in (tmp_path / "in").glob("*.csv")}
    assert {r.name for r in take().files if r.outcome == "taken"} == wanted
    assert {"Buổi họp 2026.csv", "unit.csv", "visit.csv", "decision.csv"} <= wanted


def test_what_is_no_form_is_told_once_and_what_windows_lays_down_never(send, take, tmp_path):
    send()
    inbox = tmp_path / "in"
    for name in ("Thumbs.db", "desktop.ini"):
        (inbox / name).write_bytes(b"x")
    (inbox / "ảnh.jpg").write_bytes(b"\xff\xd8")
    with Workbook(inbox / "thư.xlsx") as book:
        book.add_worksheet().write(0, 0, "Kính gửi")
    assert outcomes(take()) == {
        "f.xlsx": "taken",
        "thư.xlsx": "set_aside",
        "ảnh.jpg": "set_aside",
    }
    again = take()
    assert set(outcomes(again).values()) == {"known"}
    assert codes(of(again, "thư.xlsx").findings) == ["no-form-again"]
    assert "09:00:00 ngày 10/4/2026" in of(again, "ảnh.jpg").findings[0].sentence
    assert outcomes(take(again=True))["thư.xlsx"] == "set_aside"


@pytest.mark.parametrize(
    ("name", "code"),
    [("phiếu.xls", "other-workbook"), ("phiếu.ODS", "other-workbook"), ("phiếu.zip", "packed")],
)
def test_what_may_hold_forms_is_told_every_time_with_what_to_do(take, tmp_path, name, code):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(b"x")
    for _ in range(2):
        (finding,) = of(take(), name).findings
        assert (finding.code, finding.severity) == (code, "error")
        assert finding.fix


def test_a_file_that_was_mended_since_is_not_told_again(store, send, take):
    wrong = send("sai", facts={"held_on": "x"})
    assert outcomes(take()) == {"sai.xlsx": "set_aside"}
    assert outcomes(take()) == {"sai.xlsx": "set_aside"}  # nobody has mended it
    send("dung")
    assert outcomes(take()) == {"sai.xlsx": "set_aside", "dung.xlsx": "taken"}
    before = store.records(FAR_OFF)
    again = take()
    assert outcomes(again) == {"sai.xlsx": "known", "dung.xlsx": "known"}
    assert codes(of(again, "sai.xlsx").findings) == ["mended"]
    assert store.records(FAR_OFF)["meeting"].equals(before["meeting"])
    assert outcomes(take(wrong, again=True)) == {"sai.xlsx": "set_aside"}


def test_a_wrong_correction_is_told_until_a_right_one_comes(rules, send, take):
    send("dau")
    take()
    line = next(iter(full_entries(form(rules, "an-phu-hd42"))))
    send("sai", entries={line: "abc"})
    assert outcomes(take())["sai.xlsx"] == "set_aside"
    assert outcomes(take())["sai.xlsx"] == "set_aside"
    send("dung", facts={"minutes": 100})
    assert outcomes(take())["dung.xlsx"] == "taken"
    assert outcomes(take())["sai.xlsx"] == "known"


def test_nothing_to_take_and_a_moment_too_early_are_refused_before_anything_is_read(
    send, take, tmp_path, store, rules
):
    (tmp_path / "trong").mkdir()
    for paths, wanted in (
        ([tmp_path / "trong"], "nothing-to-take"),
        ([tmp_path / "khong-co"], "unreadable"),
    ):
        with pytest.raises(InputError) as caught:
            take(*paths)
        assert codes(caught.value.findings) == [wanted]
    path = send()
    with pytest.raises(InputError) as caught:
        take_in(store, rules, [path], recorded_at=dt.datetime(2019, 1, 1))
    assert codes(caught.value.findings) == ["moment-too-early"]


def test_user_files_are_never_touched(send, take, tmp_path):
    send("a")
    send("b", facts={"held_on": "x"})
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "in").iterdir()
    }
    for path in before:
        path.chmod(0o444)
    take()
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "in").iterdir()
    } == before


@pytest.mark.soak
def test_sixty_chi_bo_and_twelve_months_of_forms_one_in_twenty_damaged(rules, root, tmp_path):
    """Taken + set aside = total; every damage is named at its cell.

    Taking the files in again changes nothing.
    """
    tables = make_sample(rules)
    write_folder(tmp_path / "tables", {name: tables[name] for name in ("unit", "adoption")})
    plan = write_filled(tables, rules, tmp_path / "forms", share=0.05, year="2026")
    assert len({name for _, name, _, _ in plan}) >= 15
    assert len(plan) >= 30
    assert len({m.name for m in MISTAKES}) == len(MISTAKES)
    store = Store(tmp_path / "s.duckdb", create=True)
    take_in(store, rules, [tmp_path / "tables"], recorded_at=dt.datetime(2025, 1, 1))
    intake = take_in(
        store, rules, [tmp_path / "forms"], recorded_at=dt.datetime(2027, 1, 5), jobs=2
    )
    assert (
        intake.count("taken") + intake.count("set_aside")
        == len(intake.files)
        == len(list((tmp_path / "forms").iterdir()))
        > 680
    )
    damaged = {}
    for name, mistake, code, row in plan:
        result = of(intake, name)
        found = [f for f in result.findings if f.code == code]
        assert found, (name, mistake, code, [str(f) for f in result.findings])
        if row:
            assert all(f.place.cell and f.place.sheet for f in found), (name, mistake)
            damaged[name] = row
        warning = mistake == "over_maximum"
        assert result.outcome == ("taken" if warning else "set_aside"), (name, mistake)
    sound = {result.name for result in intake.files} - {name for name, *_ in plan}
    assert all(of(intake, name).outcome == "taken" for name in sound)
    # the store holds what the score forms of the files taken hold
    records = store.records(FAR_OFF)
    wanted = tables["line"].merge(tables["sheet"][["sheet_id", "meeting_id"]], on="sheet_id")
    wanted = wanted[wanted["meeting_id"].map(lambda m: f"{m}.xlsx" in sound)]
    both = wanted.merge(
        records["line"], on=["sheet_id", "criterion_id"], suffixes=("", "_on_record")
    )
    assert len(both) == len(wanted) > 18_000
    assert (both["state"] == both["state_on_record"]).all()
    assert (
        (both["points"] == both["points_on_record"])
        | (both["points"].isna() & both["points_on_record"].isna())
    ).all()
    before = store.info()
    again = take_in(store, rules, [tmp_path / "forms"], recorded_at=dt.datetime(2027, 1, 6), jobs=2)
    assert (again.added, again.revised, again.count("known"), again.count("set_aside")) == (
        0,
        0,
        intake.count("taken"),
        intake.count("set_aside"),
    )
    assert {k: v for k, v in store.info().items() if k != "bytes"} == {
        k: v for k, v in before.items() if k != "bytes"
    }
    assert store.check() == []


def test_two_intakes_at_once_on_one_store_end_as_if_one_had_waited(
    rules, root, tmp_path, send, store
):
    for i, rule_set_id in enumerate(rules):
        send(f"f{i}", rule_set_id)
    code = (
        "import sys, datetime as dt\nfrom pathlib import Path\nimport assess\nfrom assess.exchange.intake import take_in\nfrom assess.exchange.store import Store\n"
        "rules = assess.Workspace(Path(sys.argv[1])).rules()\n"
        "intake = take_in(Store(Path(sys.argv[2])), rules, [Path(sys.argv[3])], recorded_at=dt.datetime(2026, 4, 10))\nprint(intake.added, intake.count('taken'), intake.count('known'))"
    )
    script = tmp_path / "run.py"
    script.write_text(
        f"def main():\n    {code.replace(chr(10), chr(10) + '    ')}\nif __name__ == '__main__':\n    main()\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(script), str(root), str(store.path), str(tmp_path / "in")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate()[0].split() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == ["0", "0", str(len(rules))]
    assert said[1][1:] == [str(len(rules)), "0"]
    assert store.check() == []


def test_what_was_withdrawn_comes_back_with_its_file_and_an_older_version_only_when_asked_for(
    store, send, take
):
    path = send()
    take()
    store.withdraw(
        "meeting",
        store.records(FAR_OFF)["meeting"]["meeting_id"].tolist()[:1],
        dt.datetime(2026, 4, 10, 12),
        "ghi nhầm",
    )
    assert store.records(FAR_OFF)["meeting"].empty
    assert outcomes(take()) == {"f.xlsx": "taken"}
    assert len(store.records(FAR_OFF)["line"]) == 28
    raw = path.read_bytes()
    send(facts={"minutes": 70})
    take()
    path.write_bytes(raw)
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("known", ["superseded"])
    assert store.records(FAR_OFF)["meeting"]["minutes"].tolist() == [70]
    assert take(again=True).revised == 1
    assert store.records(FAR_OFF)["meeting"]["minutes"].tolist() == [95]
    assert store.check() == []


def test_a_form_of_january_comes_in_with_the_month_as_printed_now_and_as_printed_before(
    rules, take, tmp_path
):
    import openpyxl

    made = form_of(rules["an-phu-hd42"], little_tree(rules), chi_bo_of("an-phu-hd42"), "2026-01")
    facts = {**good_facts(), "held_on": "5/1/2026"}
    path = tmp_path / "in/f.xlsx"
    path.parent.mkdir()
    for minutes, printed in ((95, "Tháng 01/2026"), (96, "Tháng 1/2026")):
        values = FilledValues({**facts, "minutes": minutes}, full_entries(made))
        write_forms(path, [(made, values)])
        book = openpyxl.load_workbook(path)
        assert book.active["B6"].value == "Tháng 01/2026"
        book.active["B6"] = printed
        book.save(path)
        assert take().files[0].outcome == "taken"


def test_a_form_of_another_chi_bo_or_month_with_its_head_changed_is_refused(send, take):
    import openpyxl

    for cell, text in (("B3", "CHI BỘ KHÁC"), ("B6", "Tháng 4/2026")):
        path = send()
        book = openpyxl.load_workbook(path)
        assert book.active[cell].value
        book.active[cell] = text
        book.save(path)
        assert codes(take().files[0].findings) == ["form-heading"]


def test_a_summary_whose_rows_were_sorted_added_or_lost_is_refused(rules, store, take, tmp_path):
    import openpyxl

    (tmp_path / "in").mkdir()
    path = tmp_path / "in/t.xlsx"
    values = {chi_bo_of("an-phu-hd42"): {"held_on": "3/3/2026", "self": 90}}
    for change, code in (
        (lambda sheet: sheet.__setitem__("C9", "cb-khac"), "row-moved"),
        (lambda sheet: sheet.__setitem__("H11", 77), "row-added"),
        (lambda sheet: sheet.delete_rows(9), "row-missing"),
        (lambda sheet: sheet.__setitem__("J9", "không"), "stated-mark"),
        (
            lambda sheet: (sheet.__setitem__("H9", None), sheet.__setitem__("J9", "x")),
            "stated-alone",
        ),
    ):
        summary(rules, path, values, store.tree)
        book = openpyxl.load_workbook(path)
        change(book.active)
        book.save(path)
        assert code in codes(take().files[0].findings)


def test_one_untouched_form_is_said_and_in_a_shared_workbook_it_is_passed_over(
    rules, take, tmp_path
):
    from assess.exchange.forms import FilledValues, write_forms
    from kit.score_forms import form, full_entries

    (tmp_path / "in").mkdir()
    write_forms(tmp_path / "in/f.xlsx", [(form(rules), None)])
    assert codes(take().files[0].findings) == ["form-blank"]
    other = form(rules, "hd12-2018")
    write_forms(
        tmp_path / "in/f.xlsx",
        [(form(rules), None), (other, FilledValues(good_facts("hd12-2018"), full_entries(other)))],
    )
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("taken", ["sheet-blank"])


def test_a_workbook_that_contradicts_itself_is_set_aside(rules, take, tmp_path):
    from assess.exchange.forms import FilledValues, write_forms
    from kit.score_forms import form, full_entries

    (tmp_path / "in").mkdir()
    made = form(rules)
    write_forms(
        tmp_path / "in/f.xlsx",
        [
            (made, FilledValues(good_facts(), full_entries(made))),
            (made, FilledValues({**good_facts(), "minutes": 70}, full_entries(made))),
        ],
    )
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("set_aside", ["form-twice"])
    assert result.findings[0].sentence.count("trang “") == 2


def test_the_same_file_many_times_in_one_intake_is_kept_once(store, send, take, tmp_path):
    path = send()
    for number in range(30):
        shutil.copyfile(path, tmp_path / f"in/{number}.xlsx")
    intake = take()
    assert {result.outcome for result in intake.files} == {"taken"}
    assert len(list(store.originals.folder.rglob("*.xlsx"))) == 1
    assert store.check() == []


def test_a_hidden_worksheet_with_a_form_is_called_hidden(rules, send, take):
    path = send()
    book = openpyxl.load_workbook(path)
    book.active.sheet_state = "hidden"
    book.create_sheet("Ghi chú")["A1"] = "xem trang phiếu"
    book.save(path)
    [found] = [f for f in take().files[0].findings if f.code == "sheet-hidden"]
    assert "đang ẩn" in str(found)
    assert found.place.sheet != "Ghi chú"


def test_a_meeting_that_was_scored_cannot_become_one_that_was_not_held(
    store, send, take, rules, tmp_path
):
    from assess.exchange.forms import FilledValues, write_forms
    from kit.score_forms import form

    send()
    take()
    write_forms(
        tmp_path / "in/hoan.xlsx",
        [(form(rules), FilledValues({"status": "hoãn", "reason": "bão"}))],
    )
    result = of(take(), "hoan.xlsx")
    assert (result.outcome, codes(result.findings)) == ("set_aside", ["held-before"])
    assert store.records(FAR_OFF)["meeting"]["status"].tolist() == ["held"]


@pytest.mark.parametrize("value", ["1E999", "1E+40", "-1E+300"])
def test_an_absurd_number_is_one_finding_and_harms_nobody_else(send, take, value):
    import re
    import zipfile

    path = send("x")
    send("y", "hd12-2018")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = re.sub(r"<v>95</v>", f"<v>{value}</v>", sheet).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    intake = take()
    assert outcomes(intake)["y.xlsx"] == "taken"
    assert of(intake, "x.xlsx").outcome == "set_aside"


def test_the_moment_of_what_is_on_record_finishes_an_intake_but_changes_nothing_in_it(
    rules, store, send, take, tmp_path
):
    path = send()
    at = take().recorded_at
    other = send("y", "hd12-2018")
    assert take_in(store, rules, [other], recorded_at=at).added == 19
    send(facts={"minutes": 70})
    with pytest.raises(InputError) as caught:
        take_in(store, rules, [path], recorded_at=at)
    assert codes(caught.value.findings) == ["moment-too-early"]
    assert store.records(at)["meeting"]["minutes"].tolist() == [95, 95]


def test_a_correction_in_csv_is_checked_as_it_will_stand(rules, store, take, tmp_path):
    tables = csv_folder(tmp_path, rules)
    take()
    held = tables["meeting"][tables["meeting"]["status"] == "held"].iloc[0]
    (tmp_path / "in2").mkdir()
    head = "meeting_id,chi_bo_id,for_month,status,kind"
    row = f"{held['meeting_id']},{held['chi_bo_id']},{held['for_month']},held,{held['kind']}"
    (tmp_path / "in2/meeting.csv").write_text(f"{head},minutes\n{row},77\n", encoding="utf-8")
    assert outcomes(take(tmp_path / "in2")) == {"meeting.csv": "taken"}
    (tmp_path / "in2/meeting.csv").write_text(f"{head},roll\n{row},1\n", encoding="utf-8")
    assert codes(take(tmp_path / "in2").files[0].findings) == ["counts-differ"]


def lines_csv(tmp_path, *rows):
    folder = tmp_path / "csv"
    folder.mkdir(exist_ok=True)
    path = folder / "line.csv"
    path.write_text(
        "\n".join(
            (
                "sheet_id,criterion_id,state,points",
                *(f"cb-an-phu-hd42.2603.tc,{row}" for row in rows),
                "",
            )
        ),
        encoding="utf-8",
    )
    return path


def test_entries_between_levels_are_told_once_a_file_alike_by_excel_and_csv(
    store, send, take, tmp_path
):
    send(
        entries={
            ("self", "c3_content"): 1.5,
            ("self", "c4_regular"): 9,
            ("superior", "c4_regular"): 9.5,
        }
    )
    result = take().files[0]
    assert (result.outcome, codes([f for f in result.findings if f.code != "blank-line"])) == (
        "taken",
        ["partial-points"],
    )
    told = next(f for f in result.findings if f.code == "partial-points")
    assert (told.facts["count"], told.place.cell) == (3, "E41")
    assert [part.split(": ")[1] for part in told.facts["found"].split("; ")] == ["1,5", "9", "9,5"]
    result = take(
        lines_csv(tmp_path, "c3_content,entered,2.5", "c4_regular,entered,8", "c1_time,entered,6")
    ).files[0]
    assert (result.outcome, [c for c in codes(result.findings) if c != "revises"]) == (
        "taken",
        ["partial-points", "over-maximum"],
    )
    assert result.findings[0].facts == {"count": 2, "found": "dòng 2: 2,5; dòng 3: 8"}
    assert (result.findings[1].place.line, result.findings[1].place.column) == (4, 4)


def test_an_entry_that_no_reading_allows_sets_the_file_aside_alike_by_excel_and_csv(
    store, send, take, tmp_path
):
    send(entries={("self", "c7_result"): 29})
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("set_aside", ["off-form-points"])
    assert result.findings[0].allowed == ("30", "27", "24", "20", "15", "10")
    send()
    take()
    path = lines_csv(tmp_path, "c7_result,entered,29", "c4_regular,entered,-1")
    result = take(path).files[0]
    assert (result.outcome, sorted(codes(result.findings))) == (
        "set_aside",
        ["value-too-small"],
    )  # the table itself comes first
    path = lines_csv(tmp_path, "c7_result,entered,29")
    result = take(path).files[0]
    assert (result.outcome, codes(result.findings)) == ("set_aside", ["off-form-points"])
    assert (result.findings[0].place.line, result.findings[0].allowed) == (
        2,
        ("30", "27", "24", "20", "15", "10"),
    )


def test_a_workbook_of_first_edition_forms_says_so_once(rules, store, take, tmp_path):
    from pathlib import Path

    (tmp_path / "in").mkdir()
    shutil.copy(Path(__file__).parents[1] / "forms/first-edition.xlsx", tmp_path / "in/f.xlsx")
    result = take().files[0]
    assert (result.outcome, codes(result.findings)) == ("taken", ["form-first-edition"])


@pytest.mark.parametrize("value", ["1.234", '"1,234"', "1.003", "1.000"])
def test_a_count_of_a_filing_with_a_thousands_point_is_refused_as_a_roll_is(take, tmp_path, value):
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "filed.csv").write_text(
        f"unit_id,period,month,measure,value,filed_on\ndb-an-phu-hd42,2026-Q1,2026-01,held,{value},2026-04-05\n",
        encoding="utf-8",
    )
    result = take(folder).files[0]
    assert (result.outcome, codes(result.findings)) == ("set_aside", ["bad-value"])
    plain = value.strip('"')
    assert result.findings[0].sentence == f"“{plain}” không phải số nguyên"
    assert (result.findings[0].place.line, result.findings[0].place.column) == (2, 5)


KHA = {
    ("self", "c4_thematic"): "Không áp dụng",
    ("self", "c7_result"): 10,
    ("self", "c3_content"): 0,
}
"""72 points of the 95 that apply: 75.79 of 100, Khá."""


@pytest.mark.parametrize("order", [("form", "table"), ("table", "form"), ("both",)])
def test_a_form_and_a_monthly_table_that_contradict_each_other_are_told_with_both_numbers_in_either_order(
    rules, store, send, take, tmp_path, order
):
    def table():
        values = {"held_on": "3/3/2026", "roll": 12, "self": "96,84", "class:tot": "x"}
        summary(rules, tmp_path / "in/t.xlsx", {chi_bo_of("an-phu-hd42"): values}, store.tree)

    (tmp_path / "in").mkdir()
    told = []
    for what in order:
        if what != "table":
            send(entries=KHA)
        if what != "form":
            table()
        told.append(
            [f for result in take().files for f in result.findings if f.code == "stated-sum"]
        )
    assert [len(found) for found in told] == [0] * (len(order) - 1) + [1]
    assert told[-1][0].facts == {"found": "96,84 điểm, Tốt", "wanted": "75,79 điểm, Khá"}
    assert told[-1][0].severity == "warning"
    sheet = store.records(FAR_OFF)["sheet"].iloc[0]
    assert (sheet["stated_total"], sheet["stated_class"]) == (
        96.84,
        "tot",
    )  # the table's values stay on record


def test_a_form_that_says_what_the_table_said_completes_it_and_is_no_correction(
    rules, store, send, take, tmp_path
):
    (tmp_path / "in").mkdir()
    values = {"held_on": "3/3/2026", "roll": 12, "present": 10, "self": "75,79", "class:kha": "x"}
    summary(rules, tmp_path / "in/t.xlsx", {chi_bo_of("an-phu-hd42"): values}, store.tree)
    take()
    (tmp_path / "in/t.xlsx").unlink()
    send(entries=KHA, facts={"topic": "Chủ đề"})
    intake = take()
    assert set(codes(intake.files[0].findings)) == {"completes"}
    assert {f.severity for f in intake.files[0].findings} == {"note"}
    assert (intake.added, intake.completed, intake.revised) == (28, 1, 0)
    send(entries=KHA, facts={"topic": "Chủ đề khác"})
    intake = take()
    assert (codes(intake.files[0].findings), intake.completed, intake.revised) == (
        ["revises"],
        0,
        1,
    )


def test_a_line_left_blank_and_filled_in_later_is_completed_and_one_emptied_is_a_correction(
    store, send, take
):
    send(entries={("self", "c4_minutes"): None})
    take()
    send()
    intake = take()
    assert (codes(intake.files[0].findings), intake.completed, intake.revised) == (
        ["completes", "completes"],
        1,
        0,
    )
    send(entries={("self", "c4_minutes"): None})
    intake = take(again=True)
    assert (set(codes(intake.files[0].findings)), intake.completed, intake.revised) == (
        {"blank-line", "revises"},
        0,
        1,
    )


def test_a_class_marked_by_hand_against_its_points_is_told_and_stays_on_record(
    rules, store, take, tmp_path
):
    (tmp_path / "in").mkdir()
    values = {"held_on": "3/3/2026", "roll": 12, "self": "85,26", "class:tot": "x"}
    summary(rules, tmp_path / "in/t.xlsx", {chi_bo_of("an-phu-hd42"): values}, store.tree)
    (found,) = take().files[0].findings
    assert (found.code, found.facts) == (
        "stated-class",
        {"found": "85,26", "wanted": "Khá", "marked": "Tốt"},
    )
    sheet = store.records(FAR_OFF)["sheet"].iloc[0]
    assert (sheet["stated_total"], sheet["stated_class"]) == (85.26, "tot")


def test_a_table_of_lines_that_contradicts_the_monthly_table_is_told_too(
    rules, store, send, take, tmp_path
):
    send()
    summary(
        rules,
        tmp_path / "in/t.xlsx",
        {chi_bo_of("an-phu-hd42"): {"held_on": "3/3/2026", "roll": 12, "self": 100}},
        store.tree,
    )
    assert "stated-sum" not in [c for result in take().files for c in codes(result.findings)]
    found = take(lines_csv(tmp_path, "c7_result,entered,10")).files[0].findings
    assert [(f.code, f.place.line) for f in found if f.code == "stated-sum"] == [("stated-sum", 2)]
    assert found[0].facts == {"found": "100 điểm, Tốt", "wanted": "80 điểm, Khá"}
