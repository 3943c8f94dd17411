"""Practice: an invented year with spoilt forms, stamped everywhere, begun anew by a button."""

import json

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
