"""Meetings recorded after as_of are reported by plan, run, index and ledger.

They are not in the report. A report that cannot be made stops no other.
"""

import datetime as dt
import json
from pathlib import Path

import pytest
from lxml import html

from assess.base.errors import InputError
from assess.base.periods import moment
from assess.cli import main
from assess.exchange.csv import CsvFolder
from assess.exchange.intake import take_in
from assess.exchange.store import Store
from assess.runs import make_plan
from assess.runs.late_records import LateCount
from assess.runs.ledger import Ledger
from assess.runs.verify import verify
from kit.batches import published
from kit.year_under_way import write_year

NOVEMBER = dt.date(2026, 11, 20)
HEAD = "id: thu\ntitle: Bộ thử\nrecords: {records}\nreports:\n"
Q1 = "template: period_summary, dang_bo: phuong-hb, period: 2026-Q1, as_of: 2026-04-10"
NOT_BEGUN = "template: period_summary, dang_bo: phuong-hb, period: 2026-11, as_of: 2026-10-10"
NOW = "template: period_summary, dang_bo: phuong-hb, period: 2026-11"


def matrix(workspace, *entries, records="data/nam"):
    path = workspace.root / "params/runs/thu.yaml"
    path.write_text(
        HEAD.format(records=records) + "".join(f"  - {{{entry}}}\n" for entry in entries),
        encoding="utf-8",
    )
    return path


def planned(workspace, path):
    return {
        step.run.period: step
        for step in make_plan(path, workspace, lambda name: workspace.root / "out" / name).steps
    }


@pytest.mark.parametrize("kind", ["csv", "store"])
def test_a_plan_tells_how_many_meetings_came_in_later_and_which_as_of_holds_them(laid, rules, kind):
    write_year(laid.root / "data/nam", recorded=lambda _: NOVEMBER)
    records = "data/nam"
    if kind == "store":
        records = "data/store.duckdb"
        intake = take_in(
            Store(laid.root / records, create=True),
            rules,
            [laid.root / "data/nam"],
            recorded_at=dt.datetime(2026, 11, 21),
        )
        assert {result.outcome for result in intake.files} == {"taken"}
    steps = planned(
        laid, matrix(laid, Q1, NOT_BEGUN, NOW.replace("2026-11", "2026-10"), records=records)
    )
    later = dt.datetime(2026, 11, 20, 9)
    assert steps["2026-Q1"].late == LateCount(moment("2026-04-10"), 36, 0, 0, later)
    assert steps["2026-11"].late == LateCount(moment("2026-10-10"), 11, 0, 0, later)
    assert (steps["2026-10"].late, steps["2026-10"].action) == (None, "run")
    assert "36 buổi của kỳ được ghi nhận sau ngày 10/4/2026" in steps["2026-Q1"].late.in_words
    assert "as_of từ 2026-11-20 trở đi" in steps["2026-Q1"].late.in_words
    # with that as_of all of them are there
    taken = planned(laid, matrix(laid, Q1.replace("2026-04-10", "2026-11-20"), records=records))[
        "2026-Q1"
    ]
    assert taken.late is None


def test_only_what_came_late_is_told_by_chi_bo_and_period(laid):
    folder = laid.root / "data/nam"
    write_year(
        folder, recorded=lambda held: NOVEMBER if held.month == 3 else held + dt.timedelta(days=3)
    )
    path = matrix(laid, Q1, Q1.replace("phuong-hb", "cb05"), Q1.replace("2026-Q1", "2026-02"))
    found = {
        (s.run.dang_bo, s.run.period): s.late and s.late.meetings
        for s in make_plan(path, laid, lambda name: laid.root / name).steps
    }
    assert found == {
        ("phuong-hb", "2026-Q1"): 12,
        ("cb05", "2026-Q1"): 1,
        ("phuong-hb", "2026-02"): None,
    }


def test_a_correction_and_a_visit_that_came_later_are_told_apart_from_new_meetings(laid, rules):
    folder = laid.root / "data/nam"
    write_year(folder)
    store = Store(laid.root / "data/store.duckdb", create=True)
    take_in(store, rules, [folder], recorded_at=dt.datetime(2026, 11, 21))
    late = laid.root / "sau"
    late.mkdir()
    (late / "line.csv").write_text(
        "sheet_id,criterion_id,state,points\ncb01.2602.tc,c7_result,entered,20\n", encoding="utf-8"
    )
    (late / "visit.csv").write_text(
        "visit_id,post,role,chi_bo_id,planned_for,status,done_on\nv1,Bí thư,lanh_dao,cb01,2026-02,done,2026-02-03\n",
        encoding="utf-8",
    )
    take_in(store, rules, [late], recorded_at=dt.datetime(2026, 11, 25, 8, 30))
    (late,) = [
        s.late
        for s in planned(
            laid,
            matrix(laid, Q1.replace("2026-04-10", "2026-11-21T12:00"), records="data/store.duckdb"),
        ).values()
    ]
    assert (late.meetings, late.changed, late.others, late.until) == (
        0,
        1,
        1,
        dt.datetime(2026, 11, 25, 8, 30),
    )
    assert late.in_words.startswith("phiếu hoặc chỗ sửa của 1 buổi, 1 dòng ở các bảng khác")
    assert "sau 12:00 ngày 21/11/2026" in late.in_words
    assert LateCount.from_json(json.loads(json.dumps(late.as_json()))) == late


def test_run_index_and_ledger_tell_it_and_what_cannot_be_made_stops_nothing(laid, capsys):
    folder = laid.root / "data/nam"
    write_year(folder, recorded=lambda _: NOVEMBER)
    path, out = matrix(laid, NOT_BEGUN, Q1), laid.root / "out"

    def call(verb, *more):
        code = 0
        try:
            main([verb, str(path), "--out", str(out), *more])
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    key, made_key = "2026-11/phuong-hb/period_summary", "2026-Q1/phuong-hb/period_summary"
    why = "tháng 11/2026 bắt đầu từ ngày 01/11/2026, nhưng số liệu chỉ lấy đến ngày 10/10/2026"
    code, said, _ = call("plan")
    assert (code, f"không lập được {key}: thu.yaml:5:5: {why}" in said) == (0, True)
    assert f"{made_key}: 36 buổi của kỳ được ghi nhận sau ngày 10/4/2026" in said
    rows = json.loads(call("plan", "--json")[1])
    assert [(row["action"], row["late"]["meetings"]) for row in rows] == [("fail", 11), ("run", 36)]
    code, said, complaint = call("run", "--draft")
    assert (code, "1/2 báo cáo" in said, f"✗ {key}: thu.yaml:5:5: {why}" in complaint) == (
        1,
        True,
        True,
    )
    assert "36 buổi của kỳ được ghi nhận sau ngày 10/4/2026" in said
    made = out / "thu.nhap"
    assert why in (made / f"{key}.failed.html").read_text(encoding="utf-8")
    index = " ".join(html.parse(str(made / "index.html")).getroot().body.text_content().split())
    assert "Với 2 báo cáo, có số liệu của kỳ được ghi nhận sau as_of" in index
    assert index.count(why) == 1
    assert "36 buổi của kỳ được ghi nhận sau ngày 10/4/2026" in index
    ledger = Ledger(made)
    assert {name: found["meetings"] for name, found in ledger.late.items()} == {
        key: 11,
        made_key: 36,
    }
    assert {name: entry.ok for name, entry in ledger.entries.items()} == {
        key: False,
        made_key: True,
    }
    assert "ghi nhận sau" not in (made / f"{made_key}.html").read_text(encoding="utf-8")
    assert verify(made, sample=0).problems == ()
    # what comes in afterwards changes no report, and is reported though the report is kept
    (folder / "visit.csv").write_text(
        "visit_id,post,role,chi_bo_id,planned_for,status,recorded_at\nv1,Bí thư,lanh_dao,cb01,2026-02,planned,2026-11-20T09:00\n",
        encoding="utf-8",
    )
    before, noted = (
        published(made),
        (made / "ledger.jsonl").read_text(encoding="utf-8").count('"late"'),
    )
    code, said, _ = call("run", "--draft")
    assert (
        code,
        "1/2 báo cáo (1 giữ nguyên)" in said,
        "36 buổi của kỳ, 1 dòng ở các bảng khác" in said,
    ) == (1, True, True)
    assert {name for name, content in published(made).items() if before.get(name) != content} == {
        "index.html",
        "MANIFEST.sha256",
    }
    assert (made / "ledger.jsonl").read_text(encoding="utf-8").count('"late"') == noted + 1
    assert Ledger(made).late[made_key]["others"] == 1


def test_when_no_report_can_be_made_it_is_one_clear_error(laid):
    write_year(laid.root / "data/nam")
    with pytest.raises(InputError) as caught:
        make_plan(matrix(laid, NOT_BEGUN), laid, lambda name: laid.root / name)
    assert [f.code for f in caught.value.findings] == ["period-not-begun"]
    assert Path(caught.value.findings[0].place.file).name == "thu.yaml"


def test_a_run_that_is_not_asked_for_and_cannot_be_made_is_passed_over(laid):
    write_year(laid.root / "data/nam")
    path = matrix(laid, NOT_BEGUN, Q1)
    steps = make_plan(path, laid, lambda name: laid.root / name, only=["2026-Q1"]).steps
    assert [step.action for step in steps] == ["skip", "run"]
    assert CsvFolder(laid.root / "data/nam").latest() == dt.datetime(2026, 11, 12, 9)


def test_all_takes_the_units_that_stand_on_the_day_while_the_period_lasts(laid):
    ends = [
        "dot",
        "Đảng bộ phường Đợt",
        "tren_co_so",
        "cap_uy",
        "tinh",
        "2020-01-01",
        "2026-11-30",
        "phuong-hb",
        "",
        "",
        "",
        "",
        "",
    ]
    cell = [
        "dot-01",
        "Chi bộ Đợt Một",
        "chi_bo",
        "thon_to_dan_pho",
        "dot",
        "2020-01-01",
        "2026-11-30",
        "phuong-hb",
        "",
        9,
        "true",
        "true",
        "true",
    ]
    write_year(laid.root / "data/nam", units=[ends, cell])
    found = {
        at: [
            s.run.dang_bo
            for s in make_plan(
                matrix(laid, f"template: annual_review, period: 2026, as_of: {at}"),
                laid,
                lambda n: laid.root / n,
            ).steps
        ]
        for at in ("2026-11-28", "2026-12-03")
    }
    assert found == {"2026-11-28": ["dot", "phuong-hb"], "2026-12-03": ["phuong-hb"]}
