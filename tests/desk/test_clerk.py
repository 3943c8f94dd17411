"""A clerk's work without a terminal: from an empty workspace to a document that is out."""

import zipfile
from pathlib import Path

import pytest

from assess.workspace import Workspace
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

    def make(self, template, period, words, dated=""):
        self.go(f"bao-cao/lap?mau={template}&ky={period}")
        self.page.fill("#ngay", dated)
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


def begin(clerk, page, chi_bo):
    """Declare the ward and its chi bộ by the workbook, adopt the form, send the forms out."""
    assert clerk.heading == "Bắt đầu"
    book = clerk.download("Tải tệp Excel để điền")
    fill_units(book, chi_bo)
    assert clerk.send([book]) == "1 tệp: 1 đã nhận, 0 để riêng"
    clerk.go("hom-nay")
    page.select_option("#bieu", value="an-phu-hd42")
    page.fill("#tu", "28/10/2025")
    page.click("button:has-text('Áp dụng biểu này')")
    page.wait_for_selector("h1:has-text('đã nhận')")
    clerk.go("phieu?thang=2026-10")
    with zipfile.ZipFile(clerk.download("Mỗi chi bộ một tệp")) as file:
        assert len(file.namelist()) == chi_bo
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


WORDS = "Tiếp tục duy trì nền nếp sinh hoạt."


@pytest.mark.chromium
@pytest.mark.parametrize(
    ("chi_bo", "first", "wrong", "reports"),
    [
        (3, 9, 2, (("period_summary", "2026-10", "Tổng hợp"),)),
        pytest.param(
            10,
            5,
            6,
            (("period_summary", "2026-Q3", "Tổng hợp"), ("annual_review", "2026", "Báo cáo năm")),
            marks=pytest.mark.soak,
        ),
    ],
)
def test_from_an_empty_workspace_to_a_document_that_is_out(
    empty, desk, tmp_path, chi_bo, first, wrong, reports
):
    walk(desk(empty), empty, tmp_path, chi_bo, first, wrong, reports)


HIDDEN = Path(__file__).parents[1] / "kit" / "hidden"


@pytest.mark.chromium
@pytest.mark.soak
def test_the_same_on_a_machine_without_fork_fcntl_and_resource(empty, desk, tmp_path):
    # getuid is asked for by send2trash, on Linux alone; Windows always says who the user is
    there = {"NOT_HIDDEN": "getuid", "USERNAME": "van-phong"}
    running = desk(empty, PYTHONPATH=str(HIDDEN), **there)
    walk(running, empty, tmp_path, 3, 9, 2, (("period_summary", "2026-10", "Tổng hợp"),))


def walk(running, empty, tmp_path, chi_bo, first, wrong, reports):
    """Go from the first step to a document that is out."""
    with browser(accept_downloads=True) as page:
        clerk = Clerk(running, page, tmp_path)
        begin(clerk, page, chi_bo)
        months = [f"2026-{month:02d}" for month in range(first, 11)]
        forms = [
            path
            for month in months
            for path in fill_month(
                empty, WARD, month, tmp_path / "ve", wrong=wrong if month == "2026-10" else 0
            )
        ]
        clerk.go("phieu")
        many = chi_bo * len(months)
        assert clerk.send(forms) == f"{many} tệp: {many - wrong} đã nhận, {wrong} để riêng"
        mend_all(clerk, page, wrong)
        clerk.go("phieu?thang=2026-10")
        assert f"{chi_bo} trên {chi_bo} phiếu đã vào số liệu; đủ" in plain(
            page.locator(".lead").first.inner_text()
        )
        for template, period, title in reports:
            assert clerk.make(template, period, WORDS).startswith(title)
        page.fill("#so", "46")
        page.click("button:has-text('Xem trước khi phát hành')")
        page.click("button:has-text('Phát hành số 46')")
        page.wait_for_selector("h1:has-text('xong')", timeout=60_000)
        clerk.go("bao-cao")
        assert "46-BC" in plain(page.locator("section:has(#ph)").inner_text())
        href = page.locator("section:has(#ph) a:has-text('PDF')").first.get_attribute("href")
        answer = page.context.request.get(clerk.origin + href)
        assert answer.body()[:5] == b"%PDF-"
        template, period, _ = reports[-1]
        clerk.make(template, period, "Lời văn sửa sau khi phát hành.")
        page.click("a:has-text('Nay lập lại thì khác gì?')")
        assert "khác bản đã phát hành 46-BC" in plain(page.locator("main").inner_text())
        assert page.said == []
        assert [url for url in page.asked if not url.startswith((clerk.origin, "data:"))] == []


@pytest.mark.chromium
def test_a_change_of_the_organisation_is_shown_before_it_is_written(working, tmp_path):
    running = working
    with browser() as page:
        clerk = Clerk(running, page, tmp_path)
        clerk.go("to-chuc")
        page.check("#v-hop")
        page.select_option("#dv", label="Chi bộ tổ dân phố 2")
        page.select_option("#vao", label="Chi bộ tổ dân phố 1")
        page.fill("#cc", "98-QĐ/ĐU")
        page.click("button:has-text('Xem trước thay đổi')")
        assert "Ghi ngày có hiệu lực" in page.locator("[role=alert]").inner_text()
        assert page.locator("#dv").input_value() == "to-dan-pho-2"  # what was chosen stays
        page.fill("#tu", "1/1/2027")
        page.click("button:has-text('Xem trước thay đổi')")
        assert "phiếu chung, 40 đảng viên" in plain(page.locator(".note.info").inner_text())
        page.click("button:has-text('Ghi thay đổi')")
        page.wait_for_selector("h1:has-text('1 đã nhận')")
        clerk.go("to-chuc?ngay=2/1/2027")
        assert clerk.heading == "Tổ chức: 5 chi bộ"
        clerk.go("to-chuc?ngay=31/12/2026")
        assert clerk.heading == "Tổ chức: 6 chi bộ"
    log = Workspace.find(running.root).source().log()
    assert "98-QĐ/ĐU" in log["reason"].tolist()


@pytest.mark.chromium
def test_a_line_of_the_years_books_is_typed_and_a_wrong_one_told_at_its_field(working, tmp_path):
    running = working
    with browser() as page:
        clerk = Clerk(running, page, tmp_path)
        clerk.go("so-viec/visit")
        page.click("button:has-text('Ghi dòng')")
        assert "ô bắt buộc còn trống" in page.locator("[role=alert]").inner_text()
        page.fill("#f-post", "Bí thư Đảng ủy")
        page.fill("#f-chi_bo_id", "Chi bộ tổ dân phố 3")
        page.fill("#f-planned_for", "10/2026")
        page.select_option("#f-role", label="lãnh đạo")
        page.select_option("#f-status", label="đã dự")
        page.fill("#f-done_on", "32/10/2026")
        page.press("#f-done_on", "Control+Enter")
        page.wait_for_selector("h1:has-text('1 để riêng')")
        assert "F2" in page.locator("table").inner_text()
        clerk.go("so-viec/visit")
        for name, value in (
            ("post", "Bí thư Đảng ủy"),
            ("chi_bo_id", "Chi bộ tổ dân phố 3"),
            ("planned_for", "10/2026"),
            ("done_on", "3/10/2026"),
        ):
            page.fill(f"#f-{name}", value)
        page.select_option("#f-role", label="lãnh đạo")
        page.select_option("#f-status", label="đã dự")
        page.click("button:has-text('Ghi dòng')")
        page.wait_for_selector("h1:has-text('1 đã nhận')")
        clerk.go("so-viec/visit")
        shown = plain(page.locator("table").inner_text())
        assert "Chi bộ tổ dân phố 3" in shown
        assert "03/10/2026" in shown


@pytest.mark.chromium
def test_a_form_is_typed_in_from_paper_with_the_keyboard_alone(working, tmp_path):
    running = working
    with browser() as page:
        clerk = Clerk(running, page, tmp_path)
        clerk.go("phieu/giay?thang=2026-11&ten=to dan pho 4")
        assert clerk.heading == "Nhập từ giấy: Chi bộ tổ dân phố 4, tháng 11/2026"
        page.select_option("#s-status", label="đã họp")
        page.focus("#s-held_on")
        for name, value in (
            ("held_on", "3/11/2026"),
            ("minutes", "95"),
            ("roll", "20"),
            ("exempt", "0"),
            ("special_duty", "0"),
            ("present", "20"),
        ):
            page.fill(f"#s-{name}", value)
        page.focus("#s-minutes")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") != "s-minutes"
        for name in (
            "absent_excused",
            "absent_unexcused",
            "exempt_present",
            "longest_excused_streak",
        ):
            page.fill(f"#s-{name}", "0")
        page.fill("#s-speakers", "12")
        lines = page.locator("input[id^=self-]")
        for number in range(lines.count()):
            row = page.locator("tbody tr:not(.group)").nth(number)
            lines.nth(number).fill(row.locator("td").first.inner_text())
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("h1:has-text('1 đã nhận')")
        clerk.go("giai-thich/to-dan-pho-4/2026-11")
        assert "100 điểm" in clerk.heading


@pytest.mark.chromium
def test_an_intake_is_taken_back_with_a_reason_and_may_be_taken_in_again(working, tmp_path):
    running = working
    forms = fill_month(running.root, WARD, "2026-08", tmp_path / "ve")[:2]
    with browser() as page:
        clerk = Clerk(running, page, tmp_path)
        clerk.go("phieu?thang=2026-08")
        assert clerk.send(forms) == "2 tệp: 2 đã nhận, 0 để riêng"
        result = page.url
        page.fill("#ly-do", "nhầm tháng")
        page.click("button:has-text('Rút lại lượt này')")
        page.wait_for_selector("h1:has-text('xong')")
        clerk.go("phieu?thang=2026-08")
        assert "0 trên 6" in plain(page.locator(".lead").first.inner_text())
        page.goto(result)
        assert "đã được rút lại" in page.locator("main").inner_text()
        clerk.go("phieu?thang=2026-08")
        assert clerk.send(forms) == "2 tệp: 2 đã nhận, 0 để riêng"


@pytest.mark.chromium
def test_a_report_whose_meetings_changed_since_says_so_on_every_page(filled, desk, tmp_path):
    running = desk(filled)
    with browser() as page:
        clerk = Clerk(running, page, tmp_path)
        clerk.make("period_summary", "2026-10", WORDS, dated="31/12/2026")
        (made,) = filled.glob("reports/*/*/*/period_summary.html")
        assert "ngày 31 tháng 12 năm 2026" in made.read_text("utf-8")
        assert "Số liệu đã khác" not in page.locator("main").inner_text()
        made = page.url
        page.click("a:has-text('Nay lập lại thì khác gì?')")
        assert "Không có gì thay đổi" in plain(page.locator("main").inner_text())
        path = fill_month(filled, WARD, "2026-10", tmp_path / "sua", minutes=120)[0]
        clerk.go("phieu")
        assert clerk.send([path]) == "1 tệp: 1 đã nhận, 0 để riêng"
        page.goto(made)
        assert "1 buổi được ghi hoặc sửa" in plain(page.locator("main").inner_text())
        page.click("a:has-text('Nay lập lại thì khác gì?')")
        reasons = [plain(said) for said in page.locator("main li").all_inner_texts()]
        assert len(reasons) == 1
        assert "số liệu" in reasons[0]
        for where in ("bao-cao", "hom-nay"):
            clerk.go(where)
            assert "Số liệu đã khác" in page.locator("main").inner_text()
