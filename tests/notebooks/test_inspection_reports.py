"""The published plan, dossier and follow-up of inspections.

Also the way of a finding into next year's dossier.
"""

import datetime as dt
import json
import re

import openpyxl
import pypdfium2
import pytest

from assess.base import marked_yaml
from assess.base.errors import InputError
from assess.base.periods import Period, moment
from assess.cli import main
from assess.exchange.store import Store
from assess.records import make_slice
from assess.reports import sections
from assess.reports.report import Report
from assess.runs import run_matrix
from assess.runs.page_check import html_text
from assess.scoring import score
from assess.studies.inspection.choose import PlanOptions, inspection_plan
from assess.studies.inspection.coverage import COUNTED, inspected
from assess.studies.signals import SIGNALS, signals
from assess.workspace import lay_workspace
from kit.command import assess
from kit.planted_troubles import Province
from kit.rendered_tables import html_tables, number
from kit.templates import run_template, said, table


@pytest.fixture(scope="module")
def published(tmp_path_factory, workspace, root):
    batch = run_matrix(
        root / "params/runs/kiem-tra-2026.yaml",
        workspace,
        tmp_path_factory.mktemp("kt") / "reports",
    )
    assert batch.failed == ()
    return batch.folder / "2026"


@pytest.fixture(scope="module")
def ward(workspace, rules):
    records = workspace.source("data/sample").records(moment("2027-01-10"))
    return make_slice(
        records,
        rules,
        dang_bo="phuong-vi-du",
        period=Period.parse("2026"),
        as_of=moment("2027-01-10"),
        document_date=dt.date(2027, 1, 12),
    )


def text_of(path):
    return html_text(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("unit", ["tinh", "phuong-vi-du"])
def test_the_plan_that_is_sent_out_names_whom_and_gives_no_reason_need_or_signal(
    published, workspace, rules, unit
):
    at = moment("2027-01-10")
    records = workspace.source("data/sample").records(at)
    made = make_slice(
        records,
        rules,
        dang_bo=unit,
        period=Period.parse("2026"),
        as_of=at,
        document_date=dt.date(2027, 1, 12),
    )
    tables = html_tables(published / f"{unit}/inspection_plan.html")
    assert list(tables) == ["ke-hoach"]
    head, rows, _ = tables["ke-hoach"]
    scores = score(made)
    frame = inspection_plan(made, scores, PlanOptions())
    names = made.tree.on(min(made.period.end, at.date()))
    assert head == ["TT", "Chi bộ", "Đơn vị"]
    by_need = [names[c].name for c in frame["chi_bo_id"]]
    assert sorted(row[1] for row in rows) == sorted(by_need)
    assert [row[1] for row in rows] != by_need  # the order does not reveal the need either
    pdf = pypdfium2.PdfDocument(published / f"{unit}/inspection_plan.pdf")
    printed = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pdf).split())
    pdf.close()
    for text in (text_of(published / f"{unit}/inspection_plan.html"), printed):
        for word in (
            "ưu tiên",
            "cần làm rõ",
            "Lý do",
            "chưa được kiểm tra",
            *(signal.title for signal in SIGNALS),
        ):
            assert word.lower() not in text.lower(), word
        places = [text.index(part) for part in ("2. Đối tượng:", "Nơi nhận", "Danh sách chi bộ")]
        assert places == sorted(places)  # the list is an annex, after the signature


def test_the_annex_of_the_plan_is_marked_as_kept_inside_and_bears_no_number(published):
    text = text_of(published / "phuong-vi-du/inspection_plan_annex.html")
    assert "Lưu nội bộ, dành cho tổ kiểm tra. Không gửi chi bộ" in text
    assert not re.search(r"Số\s+-|Nơi nhận|T/M", text)
    assert (published / "phuong-vi-du/inspection_plan_annex.pdf").stat().st_size > 10_000


def test_the_annex_lists_everybody_by_need_with_a_reason_for_each(published, ward):
    _, rows, _ = html_tables(published / "phuong-vi-du/inspection_plan_annex.html")["ly-do"]
    scores = score(ward)
    frame = inspection_plan(ward, scores, PlanOptions())
    assert [int(row[0]) for row in rows] == frame["order"].tolist()
    assert [row[6].rstrip(".").lower() for row in rows] == frame["why"].str.lower().tolist()
    assert "-KH/ĐU" in text_of(published / "phuong-vi-du/inspection_plan.html")


def test_every_page_with_signals_says_that_they_are_no_findings_and_defines_them(published):
    for page in (
        published / "phuong-vi-du/inspection_dossier.html",
        published / "tinh/inspection_plan_annex.html",
    ):
        text = text_of(page)
        assert "Nội dung cần làm rõ là lý do để xem kỹ hơn, không phải dấu hiệu vi phạm" in text
        assert all(signal.limits in text for signal in SIGNALS)


def test_the_dossier_shows_the_signals_of_its_units_and_of_no_others(published, ward):
    _, rows, _ = html_tables(published / "phuong-vi-du/inspection_dossier.html")["dau-hieu"]
    found = signals(ward, score(ward))
    titles = {signal.id: signal.title for signal in SIGNALS}
    plain = found[found["p"].isna()]
    assert sorted(row[0] for row in rows) == sorted(plain["signal_id"].map(titles))
    assert all(row[-1].endswith("?") for row in rows)  # each with what to ask on site
    alone = text_of(published / "cqd-09/inspection_dossier.html")
    assert "Chi bộ tổ dân phố" not in alone


def test_the_programme_keeps_forms_apart_and_counts_under_each_reading(published, workspace, rules):
    records = workspace.source("data/sample").records(moment("2027-01-10"))
    made = make_slice(
        records,
        rules,
        dang_bo="tinh",
        period=Period.parse("2026"),
        as_of=moment("2027-01-10"),
        document_date=dt.date(2027, 1, 12),
    )
    _, rows, _ = html_tables(published / "tinh/inspection_programme.html")["chuong-trinh"]
    total = [number(cell) for cell in rows[-1][1:]]
    done = {option: inspected(made, option) for option in COUNTED}
    forms = [
        int(done["inspection_only"][form].sum())
        for form in ("kiem_tra", "giam_sat", "du_sinh_hoat", "ho_so")
    ]
    assert total == [
        len(done["inspection_only"]),
        *forms,
        *(int(table["covered"].sum()) for table in done.values()),
    ]


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_the_two_duties_are_told_apart_by_who_inspected(published, workspace, rules, year):
    records = workspace.source("data/sample").records(moment("2027-01-10"))
    made = make_slice(
        records,
        rules,
        dang_bo="tinh",
        period=Period.parse(year),
        as_of=moment("2027-01-10"),
        document_date=dt.date(2027, 1, 12),
    )
    _, rows, _ = html_tables(published.parent / year / "tinh/inspection_programme.html")[
        "hai-nhiem-vu"
    ]
    found = inspected(made, "inspection_only")
    total = [number(cell) for cell in rows[-1][2:]]
    unsaid = found["covered"] & ~found["direct"] & ~found["higher"]
    assert total == [
        len(found),
        *(
            int(column.sum())
            for column in (found["direct"], ~found["direct"], found["higher"], unsaid)
        ),
    ]
    there = made.tree.on(made.period.end)
    merged = set(made.tables["unit"].dropna(subset="successor_id")["unit_id"]) - set(there)
    assert merged
    assert not set(found["chi_bo_id"]) & merged  # merged chi bộ are not asked for
    by_unit = {row[0]: row for row in rows}
    assert (
        by_unit["Đảng bộ Trường Đại học Giả Lập"][4] == "0"
    )  # whose own committee inspected every one


def test_a_plan_says_why_what_when_and_who_with_room_for_what_is_not_decided(published):
    text = text_of(published / "phuong-vi-du/inspection_plan.html")
    for part in (
        "Mục đích, yêu cầu",
        "Nội dung, đối tượng, mốc thời gian kiểm tra",
        "Phương pháp, thời gian tiến hành",
        "Tổ chức thực hiện",
        "Ban Thường vụ Đảng ủy phường Ví Dụ xây dựng Kế hoạch",
        "về kiểm tra, giám sát năm 2027",
        "Danh sách chi bộ được kiểm tra",
    ):
        assert part in text
    assert "Tổ 1: ……" in text


def test_a_plan_prints_what_the_committee_decided(workspace, tmp_path):
    """Each đảng bộ with its own capacity: the plan, its annex and the command give one list."""
    laid = lay_workspace(tmp_path / "ws")
    matrix = laid.root / "params/runs/ke-hoach.yaml"
    decided = (
        "parameters: {capacity: 5, few: 0.95, under: 'Quyết định 5-QĐ/UBKT', begins: '2027-03-01',"
        " ends: '2027-03-31', issuer: commission,"
        " teams: ['Tổ 1: Chủ nhiệm Ủy ban Kiểm tra, tổ trưởng']}"
    )
    matrix.write_text(
        "id: ke-hoach\ntitle: Kế hoạch\nrecords: data/sample\nas_of: 2027-01-10\n"
        "document_date: 2027-01-12\nreports:\n"
        "  - {template: inspection_plan, dang_bo: [phuong-vi-du, tinh], period: 2026,"
        f" {decided}, parameters_of: {{tinh: {{capacity: 20}}}}}}\n"
        "  - {template: inspection_plan_annex, dang_bo: [phuong-vi-du], period: 2026,"
        " parameters: {capacity: 5, few: 0.95, issuer: commission}}\n",
        encoding="utf-8",
    )
    batch = run_matrix(matrix, laid, tmp_path / "r", draft=True)
    assert batch.failed == ()
    folder = batch.folder / "2026"
    page = folder / "phuong-vi-du/inspection_plan.html"
    text = text_of(page)
    for part in (
        "Thực hiện Quyết định 5-QĐ/UBKT, Ủy ban Kiểm tra Đảng ủy phường Ví Dụ xây dựng",
        "từ ngày 01/3/2027 đến ngày 31/3/2027",
        "Tổ kiểm tra gồm: Tổ 1: Chủ nhiệm Ủy ban Kiểm tra, tổ trưởng.",
        "2. Đối tượng: 5 trên 15 chi bộ",
    ):
        assert part in text
    assert "Tổ 2" not in text
    printed = {row[1] for row in html_tables(page)["ke-hoach"][1]}
    assert len(printed) == 5
    assert len(html_tables(folder / "tinh/inspection_plan.html")["ke-hoach"][1]) == 20
    reasons = html_tables(folder / "phuong-vi-du/inspection_plan_annex.html")["ly-do"][1]
    assert {row[1] for row in reasons} == printed
    asked = ("inspect", "plan", "phuong-vi-du", "2026", "--matrix", matrix)
    said = assess(*asked, "--json").stdout
    names = {
        laid.source("data/sample").tree.name_on(row["chi_bo_id"], dt.date(2026, 12, 31))
        for row in json.loads(said)
        if row["chosen"]
    }
    assert names == printed
    # the thresholds of signals are parameters too: most chi bộ now have one more kind of signal
    usual = assess("inspect", "plan", "phuong-vi-du", "2026", "--capacity", "5", "--json").stdout
    kinds = [sum(row["signals"] for row in json.loads(text)) for text in (usual, said)]
    assert kinds[1] > kinds[0] + 5
    page = text_of(folder / "phuong-vi-du/inspection_plan_annex.html")
    assert "Có buổi thường kỳ mà dưới 95% số đảng viên" in page
    wrong = assess("inspect", "plan", "phuong-vi-du", "2026", "--threshold", "late=3")
    assert (wrong.returncode, "gợi ý: late_days" in wrong.stderr) == (2, True)
    refused = assess(*asked, "--capacity", "3")
    assert (refused.returncode, "[option-in-matrix]" in refused.stderr) == (2, True)
    absent = assess("inspect", "plan", "qs-tinh", "2026", "--matrix", matrix)
    assert (absent.returncode, "[unknown-run]" in absent.stderr) == (2, True)


def test_an_issuer_that_is_none_is_told(ward):
    with pytest.raises(InputError) as caught:
        sections.signature(Report(ward, {}), issuer="commision")
    assert caught.value.findings[0].code == "not-allowed"


def test_the_dossier_of_one_chi_bo_says_who_it_is(published):
    text = text_of(published / "cqd-09/inspection_dossier.html")
    for fact in (
        "Cấp trên trực tiếp: Đảng bộ các cơ quan Đảng tỉnh Minh Họa",
        "Đảng viên chính thức: 6.",
        "Chi ủy: không. Phó bí thư: có.",
        "đã tổ chức 12/12 buổi sinh hoạt thường kỳ",
    ):
        assert fact in text
    _, rows, _ = html_tables(published / "cqd-09/inspection_dossier.html")["dau-hieu"]
    assert "01/2026, 7/2026" in [row[2] for row in rows]


def test_each_dossier_of_a_plan_holds_its_own_chi_bo_and_no_other(workspace, tmp_path):
    laid = lay_workspace(tmp_path / "ws")
    matrix = laid.root / "params/runs/ho-so.yaml"
    asked = (
        "inspect",
        "plan",
        "phuong-vi-du",
        "2026",
        "--capacity",
        "2",
        "--dossiers",
        str(matrix),
        "-w",
        str(laid.root),
    )
    main([*asked])
    (entry,) = marked_yaml.read(matrix).data["reports"]
    assert entry["dang_bo"] == ["pvd-02", "pvd-13"]
    batch = run_matrix(matrix, laid, tmp_path / "out")
    pages = sorted(batch.folder.rglob("inspection_dossier.html"))
    assert len(pages) == 2
    records = workspace.source("data/sample").records(moment("2027-01-10"))
    day = dt.date(2026, 12, 31)
    names = {
        chi_bo: records.tree.name_on(chi_bo, day)
        for chi_bo in records.tree.chi_bo_under("tinh", day)
    }
    for page in pages:
        text = text_of(page)
        own = page.parent.name
        # one name may begin with another: "tổ dân phố 1", "tổ dân phố 13"
        there = {
            chi_bo
            for chi_bo, name in names.items()
            if re.search(rf"{re.escape(name)}(?! ?\w)", text)
        }
        assert own in there
        assert all(names[own].startswith(names[other]) for other in there - {own})
    with pytest.raises(SystemExit) as refused:
        main([*asked])
    assert refused.value.code == 2


def test_a_dang_bo_without_troubles_has_a_calm_dossier(rules):
    made = next(
        made
        for seed in range(30)
        if signals(
            made := Province(seed, rules["an-phu-hd42"], troubled=False, groups=1, cells=2).slice(),
            score(made),
        ).empty
    )
    report = Report(made, {})
    blocks = run_template("inspection_dossier", report)
    assert f"Chưa có nội dung cần làm rõ trong {len(SIGNALS)} loại được xét" in said(blocks)
    assert table(blocks, "dau-hieu") is None
    assert "Chưa ghi nhận hạn chế, khuyết điểm hoặc kiến nghị nào." in said(blocks)


def test_an_inspectors_sheet_and_findings_come_back_and_are_followed_up_the_year_after(  # noqa: PLR0915 - one story
    tmp_path, rules
):
    folder = tmp_path / "ws"
    lay_workspace(folder)
    store = ("-w", str(folder), "--out", str(tmp_path / "nhan"))
    sample = folder / "data/sample"
    main(
        [
            "intake",
            str(sample / "unit.csv"),
            str(sample / "adoption.csv"),
            "--recorded-at",
            "2026-01-01",
            "--reason",
            "số liệu mẫu",
            *store,
        ]
    )
    main(
        [
            "form",
            "cqd-09",
            "2026-03",
            "--out",
            str(tmp_path / "phieu"),
            "--filled",
            "--records",
            str(sample),
            "-w",
            str(folder),
        ]
    )
    main(
        [
            "intake",
            str(tmp_path / "phieu"),
            "--recorded-at",
            "2026-04-10",
            "--reason",
            "số liệu mẫu",
            *store,
        ]
    )
    taken_along = tmp_path / "kiem-tra"
    main(
        [
            "inspect",
            "plan",
            "cqd-09",
            "2026-Q1",
            "--checklists",
            str(taken_along),
            "--number",
            "KH 1",
            "-w",
            str(folder),
        ]
    )
    (checklist,) = taken_along.glob("*.xlsx")
    book = openpyxl.load_workbook(checklist)
    sheet = book.worksheets[-1]
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    lines = [key for key in rows if key.startswith("line:")]
    for key in lines:
        sheet[f"G{rows[key]}"] = sheet[f"E{rows[key]}"].value
    judged = next(
        key
        for key in lines
        if isinstance(sheet[f"G{rows[key]}"].value, int | float)
        and sheet[f"G{rows[key]}"].value > 1
    )
    sheet[f"G{rows[judged]}"] = 1
    sheet[f"D{rows['signed']}"], sheet[f"D{rows['check:evidence']}"] = "20/4/2026", "sổ biên bản"
    finding = {
        "C": "biên bản tháng 3 không ghi giờ kết thúc",
        "D": "nhóm 1",
        "G": "30/6/2026",
        "H": "ghi giờ bắt đầu và kết thúc",
    }
    for column, text in finding.items():
        sheet[f"{column}{rows['finding:1']}"] = text
    book.save(checklist)
    main(
        ["intake", str(checklist), "--recorded-at", "2026-05-01", "--reason", "số liệu mẫu", *store]
    )
    records = Store(folder / "data/store.duckdb").records(moment("2027-03-01"))

    def report(period):
        at = moment("2027-03-01")
        made = make_slice(
            records,
            rules,
            dang_bo="cqd-09",
            period=Period.parse(period),
            as_of=at,
            document_date=dt.date(2027, 3, 1),
        )
        return Report(made, {})

    later = run_template("inspection_report", report("2027-Q1"))
    (row,) = table(later, "kien-nghi")["rows"]
    assert "biên bản tháng 3 không ghi giờ kết thúc" in row
    assert "1 hạn chế, kiến nghị của các cuộc kiểm tra, giám sát: quá hạn" in said(later)
    then = run_template("inspection_report", report("2026-Q1"))
    (row,) = table(then, "cham-khac")["rows"]  # one line that the chi bộ scored higher
    judged_line = next(key for key in lines if key == judged).partition(":")[2]
    assert row[1] == next(c.title for c in rules["an-phu-hd42"].criteria if c.id == judged_line)
    assert (row[0], row[3]) == ("2026-03", 1)
    assert row[4] == row[2] - row[3] > 0
    assert row[-1] == "KH 1"
    (found,) = table(then, "phat-hien")["rows"]
    assert found[2] == "2026-03"  # the month of the meeting that was looked at
    assert table(then, "ke-hoach-thuc-hien")["rows"] == [["KH 1", 1, 1, 0]]
    # the meeting of the quarter was inspected after the quarter: both reports show it
    text = said(then)
    assert "Đã thực hiện 1 cuộc tại 1 chi bộ, gồm kiểm tra 1 cuộc; 1 cuộc có ghi" in text
    assert "1 cuộc thực hiện sau kỳ" in text
    assert "thực hiện sau kỳ" not in said(run_template("inspection_report", report("2026-Q2")))

    asked = ("inspect", "plan", "cqd-09", "2026-Q1", "--number", "KH 2", "-w", str(folder))
    with pytest.raises(SystemExit) as refused:
        main([*asked, "--checklists", str(taken_along)])  # a file there may be an inspector's work
    assert refused.value.code == 2
    main([*asked, "--checklists", str(tmp_path / "lan-hai")])
    book = openpyxl.load_workbook(next((tmp_path / "lan-hai").glob("*.xlsx")))
    sheet = book.worksheets[-1]
    (row,) = (cell.row for cell in sheet["A"] if str(cell.value).startswith("remedy:"))
    assert "ghi giờ bắt đầu và kết thúc" in sheet[f"B{row}"].value
    sheet[f"G{row}"] = "15/7/2026"
    book.save(tmp_path / "lan-hai.xlsx")
    main(
        [
            "intake",
            str(tmp_path / "lan-hai.xlsx"),
            "--recorded-at",
            "2026-08-01",
            "--reason",
            "số liệu mẫu",
            *store,
        ]
    )
    records = Store(folder / "data/store.duckdb").records(moment("2027-03-01"))
    assert "khắc phục muộn 1" in said(run_template("inspection_report", report("2027-Q1")))
