"""The index: what failed, what changed and why, drafts, and the results by unit and period."""

from lxml import html

from assess.runs import run_matrix
from kit.batches import add_template, entry, write_matrix

WARD = "Đảng bộ phường Ví Dụ"


def page_of(batch):
    return html.parse(str(batch.folder / "index.html")).getroot()


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def boxes(page):
    return [words(box) for box in page.xpath("//div[contains(@class, 'box')]")]


def drop_sheets(laid, meeting):
    """Take the sheets of a meeting out of the records."""
    for name in ("sheet", "line"):
        path = laid.root / f"data/sample/{name}.csv"
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(f"{meeting}.")]
        assert len(kept) < len(lines)
        path.write_text("".join(kept), encoding="utf-8")


def test_results_stand_by_unit_and_period_with_their_counts(laid, tmp_path):
    matrix = write_matrix(
        laid,
        entry("period_summary", "phuong-vi-du", "2026-Q1"),
        entry("annual_review", "phuong-vi-du", "2026"),
        entry("class_list", "qs-tinh", "2026-03"),
        entry("compliance_calendar", "qs-tinh", "2026-H1"),
    )
    page = page_of(run_matrix(matrix, laid, tmp_path, draft=True))
    (table,) = page.xpath("//div[@aria-label='Kết quả theo đơn vị và kỳ']/table")
    heads = [words(head) for head in table.xpath("thead//th")]
    assert heads == ["Đơn vị", "quý I/2026", "năm 2026", "Tất cả"]
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in table.xpath("tbody/tr")}
    assert rows[WARD][0].startswith("70,5% Tốt 31 trên 44")
    assert rows[WARD][1].startswith("75,3% Tốt 131 trên 174 2 dưới Khá dự thảo")
    assert rows[WARD][2] == "2 báo cáo"
    assert rows["Đảng bộ Quân sự tỉnh Minh Họa"][:2] == ["", ""]
    (drafts,) = boxes(page)
    assert "1 báo cáo là dự thảo" in drafts
    assert "còn 5 chi bộ chưa được kiểm tra" in drafts
    places = [link.get("href") for link in page.xpath("//a") if "#" not in link.get("href")]
    assert places
    assert all((tmp_path / "thu.nhap" / place).is_file() for place in places)
    assert len(page.xpath("//details")) == 2


def test_what_changed_since_the_last_report_is_told_with_its_reason_and_stays_told(laid, tmp_path):
    matrix = write_matrix(
        laid,
        entry("period_summary", "phuong-vi-du", "2026-Q1"),
        entry("period_summary", "qs-tinh", "2026-Q1"),
    )
    assert boxes(page_of(run_matrix(matrix, laid, tmp_path, draft=True))) == []
    drop_sheets(laid, "pvd-02.2601")
    batch = run_matrix(matrix, laid, tmp_path, draft=True)
    assert batch.made == 1
    (told,) = boxes(page_of(batch))
    assert "1 báo cáo có kết quả khác lần lập trước" in told
    assert f"{WARD}, Tổng hợp quý I/2026: Tốt 31 → 30 (số liệu đầu vào đã khác)" in told
    assert "khác lần trước" in words(page_of(batch).xpath("//tbody/tr")[0])
    before = (batch.folder / "index.html").read_bytes()
    assert run_matrix(matrix, laid, tmp_path, draft=True).made == 0
    assert (batch.folder / "index.html").read_bytes() == before


def test_a_failure_is_told_once_with_its_reason_and_marked_wherever_the_report_stands(
    laid, tmp_path
):
    add_template(laid, "hong", "1 / 0")
    matrix = write_matrix(
        laid, entry("hong", "qs-tinh", "2026-Q1"), entry("period_summary", "qs-tinh", "2026-Q1")
    )
    batch = run_matrix(matrix, laid, tmp_path, draft=True)
    page = page_of(batch)
    assert words(page).count("ZeroDivisionError") == 1
    (box,) = boxes(page)
    assert "không làm được" in box
    assert "xem lỗi" in box
    states = [words(row[2]) for row in page.xpath("//details//tbody/tr")]
    assert states == ["✗ không làm được", "✓ đã lập"]
    assert words(page.xpath("//main/p")[0]) == "2 báo cáo của 1 đơn vị, 1 báo cáo không làm được."
