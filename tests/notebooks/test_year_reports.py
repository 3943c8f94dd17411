"""The published reports of a year: figures of the source documents, cap, prerequisite, exports."""

import datetime as dt
import re
import shutil

import docx
import openpyxl
import pytest

from assess.base.text import tidy
from assess.exchange.csv.folder import write_folder
from assess.records.tables import TABLES, from_rows
from assess.reports.results.annual import FOUR
from assess.runs import run_matrix
from assess.runs.page_check import html_text, pdf_pages
from kit.rendered_tables import html_tables, number
from kit.small_dang_bo import adopted, unit

POOLS = {
    4: (0, 0, 1, 1),
    5: (0, 1, 1, 1),
    6: (1, 1, 1, 2),
    9: (1, 1, 2, 2),
    10: (1, 2, 2, 2),
    12: (2, 2, 2, 3),
    15: (2, 3, 3, 3),
    18: (3, 3, 4, 4),
    30: (5, 6, 6, 6),
}


WITH_PDF = "nam-2018-du-sinh-hoat"


@pytest.fixture(scope="module")
def sources(tmp_path_factory, workspace, root):
    """The four years of the source documents, made from the checked-in matrices."""
    out = tmp_path_factory.mktemp("sources")
    for name in (
        "nam-2018-du-sinh-hoat",
        "nam-2019-lai-chau",
        "nam-2022-nghe-an",
        "nam-2023-binh-thuan",
    ):
        batch = run_matrix(
            root / f"params/runs/{name}.yaml", workspace, out, draft=name != WITH_PDF
        )
        assert batch.failed == ()
        if name != WITH_PDF:
            batch.folder.rename(out / name)
    return out


def text_of(path):
    return html_text(path.read_text(encoding="utf-8"))


def test_2018_ten_leaders_at_eighteen_of_twenty_two_cells(sources):
    folder = sources / "nam-2018-du-sinh-hoat"
    first = folder / "2018-H1/ban-du-2018/attendance_programme.html"
    _, rows, _ = html_tables(first)["du-sinh-hoat"]
    assert rows == [
        ["Lãnh đạo", "10", "22", "18", "81,8%", "4"],
        ["Trưởng, phó phòng", "16", "32", "28", "87,5%", "4"],
    ]
    _, rows, _ = html_tables(first)["chua-du"]
    assert rows[-1][0] == "Cộng"
    assert rows[-1][2:] == ["8", "8"]
    assert {row[1] for row in rows[:-1]} == {"thời gian họp trùng với thời gian đi công tác"}
    said = "10 đồng chí lãnh đạo đã dự sinh hoạt tại 18/22 chi bộ theo kế hoạch (đạt 81,8%)."
    assert said in text_of(first)
    assert "16 đồng chí trưởng, phó phòng đã dự sinh hoạt tại 28/32" in text_of(first)
    assert said in tidy(" ".join(pdf_pages(first.with_suffix(".pdf"))).replace("\n", " "))
    later = folder / "2018-H2/ban-du-2018/attendance_programme.html"
    assert "có 8 buổi chuyển từ kỳ trước sang" in text_of(later)
    assert not re.search(r"Đồng chí [A-ZĐ]\w+ [A-ZĐ]", text_of(first))  # posts, never names


def test_2019_windows_quarters_topics_and_a_first_report(sources):
    folder = sources / "nam-2019-lai-chau"
    calendar = html_tables(folder / "2018-Q4/khoi-2019/compliance_calendar.html")
    days = {row[1]: row for row in calendar["lich"][1]}
    first = days["Báo cáo triển khai lần đầu, gửi Đảng ủy Khối cơ quan Thử 2019"]
    assert first[0] == "10/11/2018"
    assert "chậm 1" in first[3]
    assert "chưa thực hiện 1" in first[3]
    page = folder / "2019/khoi-2019/compliance_calendar.html"
    _, rows, _ = html_tables(page)["che-do"]
    duties = {row[0]: row for row in rows}
    assert (
        duties["Họp trong khoảng ngày quy định"][-1]
        == "theo quy định của Đảng ủy Khối cơ quan Thử 2019, từ ngày 24/10/2018"
    )
    assert (
        "Hướng dẫn 12-HD/BTCTW" in duties["Sinh hoạt thường kỳ hằng tháng"][-1]
    )  # not the guidance of 2025
    assert number(duties["Báo cáo quý"][3]) >= 6  # the third quarter's came after the day
    _, rows, _ = html_tables(page)["chu-de"]
    assert len(rows) == 12  # ten topics, khác, and the sum
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1])
    assert sum(int(row[1]) > 0 for row in rows[:10]) >= 8
    assert "Các nhóm theo Công văn 285-CV/ĐUK" in text_of(page)
    _, written, _ = html_tables(page)["chu-de-nguyen-van"]
    assert sum(int(row[-1]) for row in written) == sum(int(row[1]) for row in rows[:11])
    for quarter in ("Q1", "Q2", "Q3", "Q4"):
        summary = folder / f"2019-{quarter}/khoi-2019/period_summary.html"
        assert "Minh họa" in text_of(summary)
        _, rows, _ = html_tables(summary)["pham-vi"]
        assert rows[-1][1] == "30"  # ten chi bộ, three months
    up = html_tables(folder / "2019-Q1/khoi-2019/upward_summary.html")
    names = [row[0] for row in up["theo-don-vi"][1]]
    # four chi bộ directly below, and two committees that sum up theirs; the đảng ủy bộ phận sends
    # nothing
    assert len(names) == 7
    assert not any("bộ phận" in name for name in names)


def test_2022_model_meetings_briefing_and_two_forms(sources):
    folder = sources / "nam-2022-nghe-an/2022/huyen-2022"
    calendar = html_tables(folder / "compliance_calendar.html")
    _, rows, _ = calendar["sinh-hoat-mau"]
    last = {row[0]: (row[-3], row[-2], row[-1]) for row in rows}
    assert last["Đảng bộ xã Mai Thử"] == ("2", "0", "đã xong")
    assert last["Đảng bộ xã Trúc Thử"] == (
        "0",
        "1",
        "chấm điểm hằng tháng ở mọi chi bộ",
    )  # late apart from overdue
    assert "do bộ phận giúp việc chia" in text_of(
        folder / "compliance_calendar.html"
    )  # no known document names this district's topics
    assert "285-CV/ĐUK" not in text_of(folder / "compliance_calendar.html")
    duties = {row[0]: row for row in calendar["che-do"][1]}
    assert duties["Quán triệt quy định ở kỳ sinh hoạt đầu năm"][1] == "12"
    assert duties["Báo cáo 6 tháng"][1] == "30"  # twelve cells and three communes, twice
    review = html_tables(folder / "annual_review.html")
    assert {"ket-qua-nghe-an-qd08-bieu1", "ket-qua-nghe-an-qd08-bieu2"} <= set(review)
    assert "Minh họa" in text_of(folder / "annual_review.html")


def test_2023_a_year_class_from_totals_and_the_tests_behind_it(sources):
    folder = sources / "nam-2023-binh-thuan/2023/khoi-2023"
    tables = html_tables(folder / "annual_review.html")
    verdicts = {
        row[1].split(" (")[1].rstrip(")"): row[-1] for row in tables["xep-loai-tung-chi-bo"][1]
    }
    assert verdicts["chín tháng 95, ba tháng 85"].startswith("Chưa xếp")
    assert verdicts["mười một tháng 91, một tháng 68"].startswith("Chưa xếp")
    assert {k for k, v in verdicts.items() if v == "Tốt"} == {
        "mười tháng Tốt",
        "một tháng hủy",
        "một tháng gộp",
        "lập từ tháng 4",
    }
    other = html_tables(folder / "annual_review_doc_khac.html")
    named = {
        row[1].split(" (")[1].rstrip(")")
        for row in other["xep-loai-tung-chi-bo"][1]
        if row[-1] == "Tốt"
    }
    assert named == {"mười tháng Tốt", "một tháng gộp", "thiếu một phiếu"}
    _, rows, bands = tables["dieu-kien-nam"]
    assert len(bands) == 7  # the one that waits has no tests
    failed = [row for row in rows if row[-1] == "không"]
    assert ["Tốt", "số tháng xếp Tốt, quy về 12 tháng", "từ 10", "9", "không"] in failed
    counted = {row[0]: int(row[1]) for row in tables["xep-loai-ky"][1]}
    assert counted["Cộng"] == 8 == sum(v for k, v in counted.items() if k != "Cộng")


@pytest.fixture(scope="module")
def ranked(tmp_path_factory, workspace):
    """A đảng bộ with nine groups of the sizes of the worked table.

    One group has a tie at the cap; there are an inspection prerequisite and decisions.
    """
    folder = tmp_path_factory.mktemp("ranked")
    shutil.copytree(workspace.root / "params", folder / "ws/params")
    shutil.copytree(workspace.root / "notebooks", folder / "ws/notebooks")
    rows = {
        "unit": [
            unit("tinh", None, "tinh", "cap_uy", name="Đảng bộ tỉnh Thử"),
            unit("xa", "tinh", "tren_co_so", "cap_uy", name="Đảng bộ xã Thử"),
        ],
        "annual": [],
        "decision": [],
        "adoption": [
            adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30)),
            adopted("inspection_gate", "co"),
            adopted("rule_set", "an-phu-hd42", "tinh", dt.date(2025, 10, 28)),
        ],
    }
    good = {
        "tasks_set": 10,
        "tasks_on_time": 10,
        "tasks_late": 0,
        "tasks_beyond": 4,
        "disciplined": False,
        "shortcomings": 0,
        "year": "2026",
    }
    for pool, own in POOLS.items():
        for i in range(pool):
            unit_id = f"g{pool:02d}-{i:02d}"
            name = f"Chi bộ {unit_id}" if i else "Chi bộ <script>alert(1)</script> =1+1"
            rows["unit"].append(
                unit(unit_id, "xa", name=name if pool == 4 else f"Chi bộ {unit_id}")
            )
            best = i < max(own) + 2 if pool != 4 else i < 3
            points = 65 - i * 0.5 if pool != 18 else 64
            file = {
                "unit_id": unit_id,
                "peer_group": f"nhóm {pool:02d}",
                "common_points": 29,
                "result_points": points if best else 50.5,
                **good,
            }
            rows["annual"].append(file)
    rows["decision"] = [
        {
            "unit_id": "g10-00",
            "year": "2026",
            "version": v,
            "annual_class": c,
            "decided_by": "xa",
            "decided_on": d,
            "reason": r,
        }
        for v, c, d, r in (
            (1, "htxsnv", dt.date(2026, 12, 20), None),
            (2, "httnv", dt.date(2026, 12, 28), "có kết luận kiểm tra"),
        )
    ]
    write_folder(folder / "records", {name: from_rows(name, rows.get(name, ())) for name in TABLES})
    matrix = folder / "ws/m.yaml"
    entry = "  - {{template: classing_proposal, name: {name}, dang_bo: xa, period: 2026{more}}}\n"
    matrix.write_text(
        f"id: m\ntitle: M\nrecords: {folder}/records\nas_of: 2027-01-10\ndocument_date: 2027-01-12\nalso: [docx, xlsx]\nreports:\n"
        + entry.format(name="classing_proposal", more="")
        + entry.format(
            name="khac",
            more=", readings: {cap_denominator: httnv_and_htxsnv, cap_rounding: ceiling, cap_tie: all_in_to_25_percent}",
        ),
        encoding="utf-8",
    )
    from assess import Workspace

    batch = run_matrix(matrix, Workspace(folder / "ws"), folder / "out")
    assert batch.failed == ()
    return folder / "out/m/2026/xa"


def test_the_cap_table_of_nine_pools_and_four_readings(ranked):
    _, rows, _ = html_tables(ranked / "classing_proposal.html")["tran-cach-hieu"]
    assert {int(row[1]): tuple(int(v) for v in row[2:]) for row in rows} == POOLS
    assert [name for name, _, _ in FOUR] == ["A", "B", "C", "D"]
    joined = tidy(" ".join(pdf_pages(ranked / "classing_proposal.pdf")).replace("\n", " "))
    assert "Nhóm 30 30 5 6 6 6" in joined


def test_the_cap_in_use_decides_who_is_proposed(ranked):
    for name, column in (("classing_proposal", 0), ("khac", 3)):
        _, rows, bands = html_tables(ranked / f"{name}.html")["danh-sach"]
        _, worked, _ = html_tables(ranked / f"{name}.html")["tran"]
        limits = {
            int(row[0].split()[1]): (int(row[3]), int(row[4])) for row in worked if row[0] != "Cộng"
        }
        assert {pool: found[0] for pool, found in limits.items()} == {
            pool: values[column] for pool, values in POOLS.items()
        }
        proposed = [row for row in rows if row[6] == "HTXSNV"]
        assert len(proposed) == sum(kept for _, kept in limits.values())
        assert len(bands) == 9
        # the group of 18 is tied at the cap: all are left out, or all are in if a quarter of the
        # group holds them
        assert limits[18] == ((3, 0) if column == 0 else (4, 0))
        tied = [row for row in rows if "bằng điểm ở vị trí cuối" in row[7]]
        assert {row[1][:10] for row in tied} == {"Chi bộ g18"}


def test_the_list_is_a_draft_until_every_chi_bo_was_inspected(ranked):
    text = text_of(ranked / "classing_proposal.html")
    assert f"Dự thảo: còn {sum(POOLS)} chi bộ chưa được kiểm tra" in text
    assert f"Dự thảo: còn {sum(POOLS)} chi bộ" in pdf_pages(ranked / "classing_proposal.pdf")[0]


def test_a_decision_made_again_shows_both_versions_and_why(ranked):
    _, rows, _ = html_tables(ranked / "classing_proposal.html")["quyet-dinh"]
    assert [(row[1], row[2], row[-1]) for row in rows] == [
        ("1", "HTXSNV", "–"),
        ("2", "HTTNV", "có kết luận kiểm tra"),
    ]
    listed = next(
        row
        for row in html_tables(ranked / "classing_proposal.html")["danh-sach"][1]
        if row[1] == "Chi bộ g10-00"
    )
    assert listed[-1] == "HTTNV"


def test_word_and_excel_say_the_same_as_the_page(ranked):
    tables = html_tables(ranked / "classing_proposal.html")
    document = docx.Document(str(ranked / "classing_proposal.docx"))
    shown = {tuple(tidy(c.text) for c in table.rows[0].cells): table for table in document.tables}
    for name in ("tran", "tran-cach-hieu", "xep-loai-nam"):
        head, rows, _ = tables[name]
        found = [[tidy(c.text) for c in row.cells] for row in shown[tuple(head)].rows[1:]]
        assert found == rows
    assert [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    book = openpyxl.load_workbook(ranked / "classing_proposal.xlsx")
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any("<script>alert(1)</script> =1+1" in str(cell.value) for cell in cells)
    pools = next(
        sheet
        for sheet in book
        if any(str(c.value).startswith("Nhóm 30") for c in sheet["A"])
        and "Đủ mức tốt trở lên" in [c.value for r in sheet.iter_rows(max_row=4) for c in r]
    )
    found = [
        tuple(c.value for c in row)
        for row in pools.iter_rows()
        if str(row[0].value).startswith("Nhóm ")
    ]
    assert {row[1]: row[2:6] for row in found} == POOLS


def test_a_hostile_name_is_text_everywhere(ranked):
    page = (ranked / "classing_proposal.html").read_text(encoding="utf-8")
    assert "<script" not in page.replace("&lt;script", "")
    assert "<script>alert(1)</script> =1+1" in text_of(ranked / "classing_proposal.html")
