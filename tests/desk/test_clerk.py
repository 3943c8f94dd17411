"""A clerk's work without a terminal: from an empty workspace to a document that is out."""

import zipfile

import pytest

from kit.desk import browser
from kit.desk_forms import WARD, fill_month
from kit.office_book import Edit


def plain(text):
    return text.replace("\u00a0", " ").replace("\u2011", "-").replace("\u2060", "")


class Clerk:
    """Someone who has only a browser and Excel."""

    def __init__(self, running, page, folder):
        self.running, self.page, self.folder = running, page, folder
        self.origin = running.at.split("/ban-lam-viec")[0]
        page.goto(running.address)

    def go(self, path):
        self.page.goto(f"{self.running.at}/{path}")

    @property
    def heading(self):
        return plain(self.page.locator("h1").inner_text())

    def download(self, label):
        with self.page.expect_download() as got:
            self.page.locator(f"a:has-text('{label}')").first.click()
        path = self.folder / got.value.suggested_filename
        got.value.save_as(path)
        return path

    def send(self, paths):
        self.page.locator(
            "form[data-upload] input[type=file]:not([data-folder])"
        ).first.set_input_files([str(path) for path in paths])
        self.page.wait_for_selector("h1:has-text('để riêng')", timeout=60_000)
        return self.heading

    def make(self, template, period, words):
        self.go(f"bao-cao/lap?mau={template}&ky={period}")
        for field in self.page.locator("textarea").all():
            field.fill(words)
        self.page.click("button:has-text('Lập dự thảo')")
        self.page.wait_for_url("**/bao-cao/ket-qua/**", timeout=90_000)
        return self.heading


def fill_units(path, count):
    """Fill in the workbook of units as a clerk does in Excel: names, kinds, days."""
    units = Edit(path, "Đơn vị")
    begun = {"valid_from": "1/7/2025"}
    units.add(name=WARD, level="cấp trên cơ sở", kind="cấp ủy", place="Giả Định", **begun)
    for number in range(1, count + 1):
        units.add(
            name=f"Chi bộ tổ dân phố {number}",
            level="chi bộ",
            kind="thôn, tổ dân phố",
            parent_id=WARD,
            official_members=20,
            has_chi_uy="Có",
            has_deputy="Có",
            leads_mass_organisations="Có",
            **begun,
        )
    units.save()


def begin(clerk, page):
    """Declare the ward and its chi bộ by the workbook, adopt the form, send the forms out."""
    assert clerk.heading == "Bắt đầu"
    book = clerk.download("Tải sổ Excel để điền")
    fill_units(book, 10)
    assert clerk.send([book]) == "1 tệp: 1 đã nhận, 0 để riêng"
    clerk.go("hom-nay")
    page.select_option("#bieu", value="an-phu-hd42")
    page.fill("#tu", "28/10/2025")
    page.click("button:has-text('Áp dụng biểu này')")
    page.wait_for_selector("h1:has-text('đã nhận')")
    clerk.go("phieu?thang=2026-10")
    with zipfile.ZipFile(clerk.download("Mỗi chi bộ một tệp")) as file:
        assert len(file.namelist()) == 10
    assert clerk.download("Bản in PDF").read_bytes()[:5] == b"%PDF-"


ANSWERS = {"Ngày họp": "3/10", "Thời lượng": "95", "Hình thức": "trực tiếp"}


def mend_all(clerk, page, count):
    """Mend each refused file on its page."""
    for left in range(count, 0, -1):
        clerk.go("phieu/de-rieng")
        assert clerk.heading.startswith(f"{left} tệp để riêng")
        page.locator("a.b:has-text('Sửa')").first.click()
        for fix in page.locator(".fix").all():
            title = plain(fix.locator("h2").inner_text())
            of_fact = [v for name, v in ANSWERS.items() if name in title and "," not in title]
            fix.locator("input").fill(of_fact[0] if of_fact else "5")
        page.fill("#ai", "bí thư chi bộ, điện thoại")
        page.click("button:has-text('Ghi chỗ sửa')")
        page.wait_for_selector("h1:has-text('1 đã nhận')", timeout=30_000)
    clerk.go("phieu/de-rieng")
    assert clerk.heading == "Không có tệp nào để riêng"


def decide_to_class_all_the_same(clerk, page):
    """Record the decision that lets a year be classed though nobody was inspected."""
    clerk.go("so-viec/milestone")
    page.fill("#f-unit_id", WARD)
    page.select_option("#f-what", index=page.locator("#f-what option").count() - 1)
    page.fill("#f-done_on", "1/10/2026")
    page.fill("#f-note", "Ban Thường vụ cho xếp loại khi chưa kiểm tra đủ, vì mới lập đảng bộ")
    page.click("button:has-text('Ghi dòng')")
    page.wait_for_selector("h1:has-text('1 đã nhận')")


WORDS = "Tiếp tục duy trì nền nếp sinh hoạt."


@pytest.mark.chromium
def test_from_an_empty_workspace_to_a_document_that_is_out(empty, desk, tmp_path):
    running = desk(empty)
    with browser(accept_downloads=True) as page:
        clerk = Clerk(running, page, tmp_path)
        begin(clerk, page)
        months = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
        forms = [
            path
            for month in months
            for path in fill_month(
                empty, WARD, month, tmp_path / "ve", wrong=6 if month == "2026-10" else 0
            )
        ]
        clerk.go("phieu")
        assert clerk.send(forms) == "60 tệp: 54 đã nhận, 6 để riêng"
        mend_all(clerk, page, 6)
        clerk.go("phieu?thang=2026-10")
        assert "10 trên 10 đã vào số liệu; đủ" in plain(page.locator(".lead").first.inner_text())
        assert clerk.make("period_summary", "2026-Q3", WORDS).startswith("Tổng hợp quý III/2026")
        assert clerk.make("annual_review", "2026", WORDS).startswith("Báo cáo năm 2026")
        assert "Dự thảo" in plain(page.locator("main").inner_text())
        decide_to_class_all_the_same(clerk, page)
        clerk.make("annual_review", "2026", WORDS)
        page.fill("#so", "46")
        page.click("button:has-text('Xem trước khi phát hành')")
        page.click("button:has-text('Phát hành số 46')")
        page.wait_for_selector("h1:has-text('xong')", timeout=60_000)
        clerk.go("bao-cao")
        assert "46-BC" in plain(page.locator("section:has(#ph)").inner_text())
        href = page.locator("section:has(#ph) a:has-text('PDF')").first.get_attribute("href")
        answer = page.context.request.get(clerk.origin + href)
        assert answer.body()[:5] == b"%PDF-"
        assert page.said == []
        assert [url for url in page.asked if not url.startswith((clerk.origin, "data:"))] == []
