"""The staff's guide: its page, and the year of a ward by its commands, with Excel alone."""

import datetime as dt
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from assess.reports.guide_page import guide_page
from assess.workspace import lay_workspace
from kit.command import assess
from kit.office_book import Edit

GUIDE = (Path(__file__).parents[1] / "docs/huong-dan.md").read_text(encoding="utf-8")
WARD = "Đảng bộ phường Ví Dụ"
"""As in the guide, which is followed to the letter: a ward of the user's own with that name."""
CHI_BO = [f"Chi bộ Tổ dân phố {number}" for number in (1, 2, 3)]


def said(command):
    """Return the words of a command that stands in the guide, with nothing changed."""
    assert f"`{command}`" in GUIDE, command
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)][1:]


@pytest.fixture
def home(tmp_path):
    lay_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def run(home, command, *more):
    done = assess(*said(command), *more, cwd=home)
    assert "Traceback" not in done.stderr
    return done


def fill_in_tables(path, rules):
    units = Edit(path, "Đơn vị")
    begun = dt.datetime(2025, 7, 1)
    units.add(name=WARD, level="cấp trên cơ sở", kind="cấp ủy", valid_from=begun, place="Ví Dụ")
    for name in CHI_BO:
        units.add(
            name=name,
            level="chi bộ",
            kind="thôn, tổ dân phố",
            parent_id=WARD,
            valid_from=begun,
            official_members=12,
            has_chi_uy="Có",
            has_deputy="Có",
            leads_mass_organisations="Có",
        )
    units.save()
    adopted = Edit(path, "Áp dụng biểu")
    since = dt.datetime(2025, 10, 28)
    for what, value in (
        ("biểu chấm thường kỳ", rules["an-phu-hd42"].short),
        ("khoảng ngày họp", "25-5"),
        ("quy định xếp loại năm", rules.annual["qd366-2025"].short),
    ):
        adopted.add(unit_id=WARD, what=what, value=value, valid_from=since)
    adopted.save()


def fill_in_form(path, *, held_on, minutes="95 phút", rng=None):
    book = openpyxl.load_workbook(path)
    sheet = book.active
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    facts = {
        "status": "đã họp",
        "held_on": held_on,
        "kind": "thường kỳ",
        "mode": "trực tiếp",
        "minutes": minutes,
        "roll": "12 đ/c",
        "exempt": 0,
        "special_duty": 0,
        "present": 12,
        "absent_excused": 0,
        "absent_unexcused": 0,
        "exempt_present": 0,
        "longest_excused_streak": 0,
        "speakers": 10,
        "chi_uy_met": "x",
        "targets_set": 5,
        "targets_met": 5,
    }
    for name, value in facts.items():
        sheet.cell(rows[f"fact:{name}"], 5).value = value
    for key, row in rows.items():
        if str(key).startswith("line:"):
            most = sheet.cell(row, 4).value
            sheet.cell(row, 5).value = 0 if most == 1 and rng and rng.random() < 0.3 else most
    book.save(path)


def test_a_year_begins_and_a_report_is_made_with_excel_alone(home, rules):
    assert run(home, 'assess store who "CHUYÊN VIÊN VĂN PHÒNG"').returncode == 0
    assert run(home, "assess tables").returncode == 0
    fill_in_tables(home / "so-bang.xlsx", rules)
    assert run(home, "assess intake so-bang.xlsx").returncode == 0
    rng = random.Random(1)
    for month in (1, 2, 3):
        asked = f'assess form "{WARD}" 3/2026'
        said(asked)
        done = assess("form", WARD, f"{month}/2026", "--out", "ve", cwd=home)
        assert done.returncode == 0, done.stderr
        for path in sorted((home / "ve").glob(f"*-2026-{month:02d}.xlsx")):
            wrong = month == 3 and "pho-2-" in path.name
            day = "hôm qua" if wrong else dt.datetime(2026, month, 3)
            fill_in_form(path, held_on=day, rng=rng)
    (home / "ve/phieu-to-dan-pho-3-2026-03.xlsx").unlink()
    assert run(home, "assess intake ve").returncode == 1
    told = run(home, f'assess status "{WARD}" 3/2026').stdout
    assert "đã nhận 1/3 phiếu" in told
    assert "chưa gửi: Chi bộ Tổ dân phố 3" in told
    assert "để riêng vì có lỗi: Chi bộ Tổ dân phố 2" in told
    fill_in_form(home / "ve/phieu-to-dan-pho-2-2026-03.xlsx", held_on=dt.datetime(2026, 3, 4))
    assert run(home, "assess intake ve").returncode == 0
    assert run(home, f'assess form "{WARD}" 3/2026 --filled').returncode == 0
    corrected = home / "forms/phieu-to-dan-pho-1-2026-03.xlsx"
    fill_in_form(corrected, held_on=dt.datetime(2026, 3, 3), minutes="1h20")
    taken = assess("intake", corrected, cwd=home)
    assert "sửa" in taken.stdout
    assert run(home, "assess tables --force").returncode == 0
    again = run(home, "assess intake so-bang.xlsx")
    assert "Thêm 0 dòng, sửa 0 dòng" in again.stdout
    made = run(home, f'assess run --template period_summary --period 2026-Q1 --dang-bo "{WARD}"')
    assert made.returncode == 0, made.stderr
    pages = list((home / "reports").rglob("period_summary.html"))
    assert len(pages) == 1
    assert "8 buổi" in pages[0].read_text(encoding="utf-8")
    assert run(home, "assess backup").returncode == 0


class _Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def test_the_guide_is_laid_as_a_page_that_needs_nothing_else(tmp_path):
    assert assess("init", tmp_path / "moi").returncode == 0
    page = (tmp_path / "moi/docs/huong-dan.html").read_text(encoding="utf-8")
    found = _Outline()
    found.feed(page)
    assert found.tags.count("h2") == GUIDE.count("\n## ")
    assert {"table", "ol", "pre", "code"} <= set(found.tags)
    assert not {"script", "link"} & set(found.tags)
    pictures = re.findall(r'src="([^"]{1,30})', page)
    assert len(pictures) == GUIDE.count("](img/ban/")
    assert all(address.startswith("data:image/png;base64,") for address in pictures)
    assert "%%" not in page[:2000]
    assert assess("init", tmp_path / "moi", "--update").returncode == 0
    assert (tmp_path / "moi/docs/huong-dan.html").read_text(encoding="utf-8") == page


def test_markup_in_the_guide_stays_text():
    assert "<script>" not in guide_page("# A\n\n<script>x</script>")
