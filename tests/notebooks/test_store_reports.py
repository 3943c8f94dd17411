"""Reports from the store: an earlier one can be made again; a chi bộ that moved counts once."""

import datetime as dt
import re

import duckdb

from assess.base.periods import FAR_OFF, Period, moment
from assess.exchange.intake import take_in
from assess.exchange.store import Store, Writer
from assess.records import make_slice, open_slice
from assess.records.tables import TABLES
from assess.runs import run_matrix
from assess.runs.ledger import Ledger
from assess.scoring import score
from kit.batches import published
from kit.command import assess
from kit.filled_store import HEAD, made, rows_of, text_of


def test_an_old_report_is_remade_to_the_byte_and_a_new_one_says_what_was_corrected(
    kept, rules, tmp_path
):
    report = "template: annual_review, dang_bo: qs-tinh, period: 2026"
    first = made(kept, tmp_path / "a", "nam", "2027-01-15", report)
    correction = tmp_path / "sua" / "line.csv"
    correction.parent.mkdir()
    correction.write_text(
        "sheet_id,criterion_id,state,points\nqst-02.2605.ct,c2_rate,entered,1\nqst-02.2605.ct,c8_upload,blank,\n",
        encoding="utf-8",
    )
    intake = take_in(
        Store(kept.root / "data/store.duckdb"),
        rules,
        [correction],
        recorded_at=dt.datetime(2027, 2, 1, 8, 30),
    )
    assert intake.revised == 2
    again = made(kept, tmp_path / "b", "nam", "2027-01-15", report)
    told = {"index.html", "MANIFEST.sha256"}
    before, now = published(first), published(again)
    assert {name: content for name, content in before.items() if name not in told} == {
        name: now[name] for name in now if name not in told
    }
    # what was recorded after as_of is shown beside the report, not in it
    assert "phiếu hoặc chỗ sửa của 1 buổi được ghi nhận sau ngày 15/01/2027" in text_of(
        again / "index.html"
    )
    assert "được ghi nhận sau" not in text_of(first / "index.html")
    assert "đã được sửa" not in text_of(again / "2026/qs-tinh/annual_review.html")
    after = (
        made(kept, tmp_path / "c", "nam", "2027-03-01", report) / "2026/qs-tinh/annual_review.html"
    )
    assert after.read_bytes() != (first / "2026/qs-tinh/annual_review.html").read_bytes()
    told = rows_of(after, "da-sua")
    assert [row[0] for row in told] == ["qst-02.2605"] * len(told)
    assert [
        (row[1], row[2], row[3], row[4], row[5], row[6]) for row in told if row[2] == "Tỷ lệ dự họp"
    ] == [("cấp trên", "Tỷ lệ dự họp", "3", "1", "01/02/2027", "line.csv")]
    assert "1 phiếu trong kỳ đã được sửa sau khi ghi nhận lần đầu" in text_of(after)


def test_a_link_on_a_report_is_proved_and_an_intake_elsewhere_changes_no_byte(
    kept, rules, tmp_path
):
    report = "template: period_summary, dang_bo: qs-tinh, period: 2026-Q1"
    first = made(kept, tmp_path / "a", "quy", "2027-01-25", report)
    page = first / "2026-Q1/qs-tinh/period_summary.html"
    before = published(first)
    link = re.search(r"lượt (\d+), 00:00 ngày 20/01/2027, mã ([0-9a-f]{16})", text_of(page))
    store = Store(kept.root / "data/store.duckdb")
    assert store.check() == []
    assert store.prove(link[2]).number == int(link[1])
    # every row of the slice came with the sample, in one batch with moments of its own
    cut = open_slice(page.with_name("period_summary.slice"))
    rows = sum(len(cut.tables[name]) for name in TABLES)
    said = re.search(r"([\d.]+) dòng số liệu được đưa vào kho cùng một lúc", text_of(page))
    assert int(said[1].replace(".", "")) == rows == cut.origin.brought_in
    elsewhere = tmp_path / "sua" / "line.csv"
    elsewhere.parent.mkdir()
    elsewhere.write_text(
        "sheet_id,criterion_id,state,points\npvd-02.2602.tc,c2_rate,entered,1\n", encoding="utf-8"
    )
    intake = take_in(store, rules, [elsewhere], recorded_at=dt.datetime(2027, 1, 22))
    assert intake.revised == 1
    path = kept.root / "params/runs/quy.yaml"
    again = run_matrix(path, kept, tmp_path / "a")
    assert (again.made, again.held) == (0, {})
    assert published(first) == before
    assert store.prove(link[2]).number == int(link[1])


def test_what_was_withdrawn_is_told_with_its_reason(kept, tmp_path):
    store = Store(kept.root / "data/store.duckdb", by=Writer("Chuyên viên"))
    inspections = store.records(FAR_OFF)["inspection"]
    mine = inspections[
        (inspections["chi_bo_id"].str.startswith("pvd-"))
        & (inspections["inspected_on"].dt.year == 2026)
    ]
    gone = mine.iloc[0]
    store.withdraw(
        "inspection", (gone["inspection_id"],), dt.datetime(2027, 1, 22), "ghi nhầm chi bộ"
    )
    sheet = "pvd-02.2602.tc"
    store.withdraw("sheet", (sheet,), dt.datetime(2027, 1, 23), "phiếu nộp hai lần")
    report = "template: annual_review, dang_bo: phuong-vi-du, period: 2026"
    page = made(kept, tmp_path / "a", "nam", "2027-01-25", report) / (
        "2026/phuong-vi-du/annual_review.html"
    )
    told = [[row[0], row[3], row[5], row[6]] for row in rows_of(page, "da-rut")]
    assert told == [
        ["kiểm tra", gone["inspection_id"], "22/01/2027", "ghi nhầm chi bộ"],
        ["phiếu", sheet, "23/01/2027", "phiếu nộp hai lần"],
    ]
    assert int(rows_of(page, "da-rut")[1][4]) > 20  # with its lines
    assert "2 mục số liệu đã ghi nhận rồi được rút" in text_of(page)


def test_a_report_whose_past_changed_is_left_until_somebody_says_yes(kept, rules, tmp_path):
    report = "template: period_summary, dang_bo: qs-tinh, period: 2025-Q1"
    # the as_of was over when the report was made: nothing recorded from now on changes it
    first = made(kept, tmp_path / "a", "quy", "2025-06-30", report)
    page = first / "2025-Q1/qs-tinh/period_summary.html"
    before = page.read_bytes()
    connection = duckdb.connect(str(kept.root / "data/store.duckdb"))
    (sheet, points) = connection.execute(
        "SELECT sheet_id, points FROM line WHERE sheet_id LIKE 'qst-%.2502.tc' AND points > 1 LIMIT 1"
    ).fetchone()
    connection.execute(
        "UPDATE line SET points = 1 WHERE sheet_id = ? AND points = ?", [sheet, points]
    )
    connection.close()
    path = kept.root / "params/runs/quy.yaml"
    done = assess("run", path, "--out", tmp_path / "a", cwd=kept.root)
    assert done.returncode == 1
    assert "số liệu quá khứ đã đổi" in done.stderr
    assert f"phiếu {sheet}" in done.stderr
    assert "--past-changed" in done.stderr
    assert page.read_bytes() == before
    planned = assess("plan", path, "--out", tmp_path / "a", cwd=kept.root)
    assert "số liệu quá khứ đã đổi" in planned.stdout
    yes = run_matrix(path, kept, tmp_path / "a", past_changed=True)
    assert (yes.made, yes.held, yes.failed) == (1, {}, ())
    assert page.read_bytes() != before


def test_a_chi_bo_that_moved_on_1_july_2025_counts_once_in_each_half_and_in_the_year(
    kept, rules, tmp_path
):
    folder = made(
        kept,
        tmp_path / "r",
        "chuyen",
        "2026-01-10",
        "template: period_summary, dang_bo: tt-vi-du, period: 2025-H1",
        "template: period_summary, dang_bo: phuong-vi-du, period: 2025-H2",
        "template: annual_review, dang_bo: [phuong-vi-du, tinh], period: 2025",
        draft=True,
    )
    at = moment("2026-01-10")
    records = Store(kept.root / "data/store.duckdb").records(at)

    def meetings(dang_bo, period):
        cut = make_slice(
            records,
            rules,
            dang_bo=dang_bo,
            period=Period.parse(period),
            as_of=at,
            document_date=dt.date(2026, 1, 12),
        )
        scores = score(cut).meetings
        return set(scores.loc[scores["chi_bo_id"] == "pvd-01", "meeting_id"]), (
            cut.tables["due"]["chi_bo_id"] == "pvd-01"
        ).sum()

    first, due_first = meetings("tt-vi-du", "2025-H1")
    second, due_second = meetings("phuong-vi-du", "2025-H2")
    own_year, due_own = meetings("phuong-vi-du", "2025")
    year, due_year = meetings("tinh", "2025")
    assert (due_first, due_second, due_own, due_year) == (6, 6, 6, 12)
    assert first
    assert not first & second
    assert (first | second, own_year) == (year, second)
    old = meetings("tt-vi-du", "2025")
    assert (old[0], old[1]) == (first, 6)
    # and the reports mention it
    said = text_of(folder / "2025/phuong-vi-du/annual_review.html")
    assert (
        "Từ ngày 01/7/2025, 8 chi bộ chuyển đến từ Đảng bộ thị trấn Ví Dụ, các tháng trước tính ở đơn vị cũ"
        in said
    )
    assert "chi bộ đổi cấp trên trực tiếp, trước đó thuộc" in text_of(
        folder / "2025/tinh/annual_review.html"
    )
    for path in ("2025-H1/tt-vi-du", "2025-H2/phuong-vi-du"):
        assert "Từ ngày 01/7/2025" not in text_of(folder / path / "period_summary.html")


def test_a_total_without_lines_is_classed_and_its_lines_are_not_lost_points(kept, rules, tmp_path):
    """A monthly summary brings totals: they give classes, and no line earns or loses a point."""
    from assess.exchange.forms import monthly_table_of, write_monthly_table

    store = Store(kept.root / "data/store.duckdb")
    tree = store.tree
    values = {
        c: {"held_on": "03/01/2027", "self": 80 + i, "class:kha" if i < 10 else "class:tot": "x"}
        for i, c in enumerate(tree.chi_bo_under("qs-tinh", dt.date(2027, 1, 31)))
    }
    write_monthly_table(
        tmp_path / "t.xlsx",
        monthly_table_of(rules["an-phu-hd42"], tree, "qs-tinh", "2027-01"),
        values,
    )
    assert (
        take_in(store, rules, [tmp_path / "t.xlsx"], recorded_at=dt.datetime(2027, 2, 5)).count(
            "taken"
        )
        == 1
    )
    cut = make_slice(
        store.records(FAR_OFF),
        rules,
        dang_bo="qs-tinh",
        period=Period.parse("2027-01"),
        as_of=dt.datetime(2027, 3, 1),
        document_date=dt.date(2027, 3, 1),
    )
    scores = score(cut)
    sheets = scores.sheets.set_index("sheet_id")
    mine = sheets[sheets.index.str.contains("2701")]
    assert sorted(mine["total"]) == [80, 81, 82, 83, 84, 85]
    assert set(mine["class_id"]) == {"kha"}
    assert mine["by_total"].all()
    lines = scores.lines[scores.lines["sheet_id"].isin(mine.index)]
    assert lines[["points", "weight", "left_out"]].to_numpy().sum() == 0
    assert lines["share"].isna().all()
    folder = made(
        kept,
        tmp_path / "r",
        "thang",
        "2027-03-01",
        "template: period_summary, dang_bo: qs-tinh, period: 2027-01",
    )
    assert ["Khá", "6", "100,0%"] in rows_of(
        folder / "2027-01/qs-tinh/period_summary.html", "ket-qua"
    )


def test_the_ledger_and_the_index_name_the_last_link_of_the_store_and_the_manifest_covers_it(
    kept, rules, tmp_path
):
    report = "template: period_summary, dang_bo: qs-tinh, period: 2026-Q1"
    folder = made(kept, tmp_path / "a", "quy", "2027-01-25", report)
    last = Store(kept.root / "data/store.duckdb").links()[-1]
    assert f"lượt {last.number}, mã {last.link}." in text_of(folder / "index.html")
    assert Ledger(folder).head == {"number": last.number, "link": last.link}
    assert "  index.html\n" in (folder / "MANIFEST.sha256").read_text(encoding="utf-8")
    no_store = kept.root / "params/runs/mau.yaml"
    head = HEAD.format(id="mau", as_of="2027-01-10").replace("store.duckdb", "sample")
    no_store.write_text(f"{head}  - {{{report}}}\n", encoding="utf-8")
    plain = run_matrix(no_store, kept, tmp_path / "b").folder
    assert Ledger(plain).head == {}
    assert "Kho số liệu khi lập" not in text_of(plain / "index.html")
