"""Practice: an invented year with spoilt forms, stamped everywhere, begun anew by a button."""

import json
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pikepdf
import pytest

from assess.exchange.store import Store
from assess.workspace import Workspace
from assess.workspace.practice import FORMS, is_practice, lay_practice
from kit.command import assess
from kit.desk import browser


def test_it_has_a_year_on_record_and_last_months_forms_with_six_wrong_ones(tmp_path):
    root = tmp_path / "tap"
    lay_practice(root)
    store = Workspace(root).source()
    assert store.check() == []
    months = sorted(store.tables(("meeting",))["meeting"]["for_month"].unique())
    assert len(months) == 12
    forms = sorted((root / FORMS).glob("*"))
    assert len(forms) > 10
    done = assess("intake", root / FORMS, "-w", root, "--out", root / "intake", "--json")
    told = json.loads(done.stdout)
    assert (told["set_aside"] > 0, told["taken"] > 5) == (True, True)
    assert assess("init", "--practice", root).returncode == 0  # from the beginning again
    assert len(Store(root / "data/store.duckdb").log()) == 1


def test_no_other_workspace_is_ever_begun_anew(filled):
    before = (filled / "data/store.duckdb").read_bytes()
    done = assess("init", "--practice", filled)
    assert done.returncode == 2
    assert (filled / "data/store.duckdb").read_bytes() == before


@pytest.fixture(scope="module")
def practised(tmp_path_factory):
    root = tmp_path_factory.mktemp("practice") / "tap"
    lay_practice(root)
    source = Workspace(root).source()
    period = source.tables(("meeting",))["meeting"]["for_month"].max()
    (unit,) = source.tree.tops_on(pd.Period(period).end_time.date())
    run = ["run", "--template", "period_summary", "--period", period, "--dang-bo", unit]
    done = assess(*run, "--also", "docx", "--also", "xlsx", "--out", root / "reports", "-w", root)
    assert done.returncode == 0, done.stderr
    assert (
        assess("form", unit, period, "--pdf", "--out", root / "forms", "-w", root).returncode == 0
    )
    (page,) = root.glob("reports/*/*/*/period_summary.html")
    return page


def texts_of(pdf):
    with pikepdf.open(pdf) as opened:
        many = len(opened.pages)
    told = [
        subprocess.run(
            ["pdftotext", "-raw", "-f", str(n), "-l", str(n), pdf, "-"],
            check=True,
            capture_output=True,
        )
        for n in range(1, many + 1)
    ]
    return [each.stdout.decode() for each in told]


@pytest.mark.poppler
def test_every_page_of_a_report_and_of_the_forms_says_that_it_is_practice(practised):
    root = practised.parents[4]
    for pdf in (practised.with_suffix(".pdf"), *root.glob("forms/*.pdf")):
        pages = texts_of(pdf)
        assert len(pages) > 1
        assert [n for n, text in enumerate(pages) if "TẬP HUẤN" not in text] == []


def test_so_do_the_feet_of_its_word_and_excel_files(practised):
    with zipfile.ZipFile(practised.with_suffix(".docx")) as word:
        feet = [
            word.read(n).decode() for n in word.namelist() if "footer" in n and "_rels" not in n
        ]
    assert len(feet) == 2
    assert all("TẬP HUẤN · " in foot for foot in feet)
    for sheet in openpyxl.load_workbook(practised.with_suffix(".xlsx")).worksheets:
        assert "TẬP HUẤN · " in sheet.oddFooter.right.text


@pytest.mark.chromium
@pytest.mark.poppler
def test_so_does_every_page_that_a_browser_prints(practised, tmp_path):
    with browser() as page:
        page.goto(practised.as_uri())
        assert not page.locator("p.practice").is_visible()
        page.pdf(path=tmp_path / "in.pdf")
    pages = texts_of(tmp_path / "in.pdf")
    assert len(pages) > 1
    assert [n for n, text in enumerate(pages) if "TẬP HUẤN" not in text] == []


@pytest.mark.chromium
@pytest.mark.soak
def test_it_opens_from_the_desk_and_says_what_it_is_on_page_and_document(empty, desk):
    running = desk(empty)
    with browser() as page:
        page.goto(running.address)
        page.click("button:has-text('Mở tập huấn')")
        page.wait_for_selector("h1:has-text('xong')", timeout=60_000)
        page.click("button:has-text('Mở bàn tập huấn')")
        page.click("a:has-text('Sang bàn tập huấn')", timeout=60_000)
        page.wait_for_selector(".practice")
        assert is_practice(empty / "tap-huan")
        at = page.url.rsplit("/", 1)[0]
        meetings = Workspace(empty / "tap-huan").source().tables(("meeting",))["meeting"]
        period = meetings["for_month"].max()
        page.goto(f"{at}/bao-cao/lap?mau=period_summary&ky={period}")
        page.click("button:has-text('Lập dự thảo')")
        page.wait_for_url("**/ket-qua/**", timeout=60_000)
        assert "TẬP HUẤN: số liệu giả" in page.locator("main").inner_text()
        page.click("button:has-text('Làm lại từ đầu')")
        page.wait_for_selector("h1:has-text('xong')", timeout=60_000)
        page.goto(f"{at}/dong")
        page.click("button:has-text('Đóng bàn làm việc')")
        page.wait_for_selector("h1:has-text('đã đóng')")
