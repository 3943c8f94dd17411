"""Every page of the desk in a real browser: accessible, valid, nothing fetched from elsewhere."""

import shutil

import html5lib
import nbformat
import pytest

from kit.accessible import violations
from kit.command import assess
from kit.desk import browser, multipart
from kit.desk_forms import WARD, fill_month

PAGES = (
    "hom-nay",
    "phieu",
    "phieu?thang=2026-10",
    "phieu/de-rieng",
    "phieu/giay?thang=2026-11&ten=to dan pho 2",
    "phieu/giay?thang=2026-11&ten=khong co",
    "chi-bo/to-dan-pho-1",
    "giai-thich/to-dan-pho-1/2026-10",
    "so-viec",
    "so-viec/inspection",
    "so-viec/annual",
    "bao-cao",
    "bao-cao/lap",
    "bao-cao/co-quan",
    "kiem-tra",
    "to-chuc",
    "quy-dinh",
    "quy-dinh/an-phu-hd42",
    "tim?q=to dan pho",
    "tim?q=khong co",
    "phim",
    "dong",
    "nguoi-lam",
    "khong-co-trang-nay",
)


def check(page, address, origin):
    page.asked.clear()
    page.goto(address)
    assert violations(page) == [], address
    html5lib.HTMLParser(strict=True).parse(page.content())
    assert [url for url in page.asked if not url.startswith(origin)] == []
    assert page.locator("h1").count() == 1
    assert page.title().endswith("· Bàn làm việc")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (address, wide)


@pytest.mark.chromium
@pytest.mark.parametrize(
    "look", [("dark", 320), pytest.param(("light", 1200), marks=pytest.mark.soak)]
)
def test_each_page_is_accessible_valid_and_fetches_nothing_from_elsewhere(shared, look):
    running = shared
    scheme, width = look
    with browser(color_scheme=scheme) as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(running.address)
        assert "token" not in page.url
        for path in PAGES:
            check(page, f"{running.at}/{path}", running.at.split("/ban-lam-viec")[0])
        assert [said for said in page.said if "404" not in said] == []


@pytest.mark.chromium
def test_an_empty_workspace_shows_the_first_step_and_every_page_says_what_will_stand_there(
    empty, desk
):
    running = desk(empty)
    with browser() as page:
        page.goto(running.address)
        assert page.locator("h1").inner_text() == "Bắt đầu"
        for path in (
            "phieu",
            "so-viec",
            "bao-cao",
            "bao-cao/lap",
            "kiem-tra",
            "to-chuc",
            "quy-dinh",
            "tim?q=a",
        ):
            check(page, f"{running.at}/{path}", running.at.split("/ban-lam-viec")[0])


@pytest.mark.chromium
def test_the_keyboard_alone_reaches_everything_in_reading_order_with_a_visible_ring(shared):
    running = shared
    with browser() as page:
        page.goto(running.address)
        page.goto(f"{running.at}/phieu")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        places = []
        for _ in range(40):
            page.keyboard.press("Tab")
            here = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                const shown = e.className === 'vh' ? e.nextElementSibling : e;
                return [e.tagName, r.top, parseFloat(getComputedStyle(shown).outlineWidth), s.visibility]; }"""
            )
            if here[0] == "BODY":
                break
            places.append(here)
        assert len(places) > 20
        assert all(ring >= 3 for _, _, ring, _ in places), [p for p in places if p[2] < 3]
        page.keyboard.press("Control+k")
        assert page.evaluate("document.activeElement.id") == "tim-kiem"


@pytest.fixture(scope="module")
def busy(_ward, tmp_path_factory):
    """A ward with a form set aside, a report issued and changed since, and one that fails."""
    root = tmp_path_factory.mktemp("viec") / "w"
    shutil.copytree(_ward, root)
    template = root / "notebooks" / "period_summary.ipynb"
    spoilt = nbformat.read(template, as_version=4)
    spoilt.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(spoilt, root / "notebooks" / "mau_hong.ipynb")
    words = ("--period", "2026-10", "--dang-bo", WARD, "--out", root / "reports", "-w", root)
    assert assess("run", "--template", "period_summary", *words).returncode == 0
    assert assess("run", "--template", "mau_hong", *words).returncode == 1
    forms = fill_month(root, WARD, "2026-11", tmp_path_factory.mktemp("phieu"), wrong=3)
    assert assess("intake", forms[0].parent, "-w", root, "--out", root / "intake").returncode == 1
    return root, forms


@pytest.mark.chromium
@pytest.mark.parametrize(
    "look", [("light", 320), pytest.param(("dark", 1200), marks=pytest.mark.soak)]
)
def test_so_are_the_pages_of_jobs_and_of_reports(busy, desk, look):
    root, forms = busy
    running = desk(root)
    clerk = running.client()
    body, headers = multipart([(form.name, form.read_bytes()) for form in forms])
    assert clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)[0] == 200
    scheme, width = look
    with browser(color_scheme=scheme) as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(running.address)
        page.goto(f"{running.at}/viec/{max((root / 'ban-lam-viec/viec').glob('*-*')).name}")
        page.wait_for_selector("h1:has-text('để riêng')")
        results = page.url
        mend = page.locator("a[href*='/sua/']").first.get_attribute("href")
        origin = running.at.split("/ban-lam-viec")[0]
        made, failed = (
            next(root.glob(f"reports/*/*/*/{name}")).relative_to(root / "reports").as_posix()
            for name in ("period_summary.html", "mau_hong.failed.html")
        )
        made, failed = made.removesuffix(".html"), failed.removesuffix(".failed.html")
        for address in (
            results,
            origin + mend,
            f"{running.at}/bao-cao/ket-qua/{made}",
            f"{running.at}/bao-cao/vi-sao/{made}",
            f"{running.at}/bao-cao/phat-hanh/{made}?so=1",
            f"{running.at}/bao-cao/ket-qua/{failed}",
        ):
            check(page, address, origin)
            assert page.locator("h1").inner_text() != "Không có trang này", address
        pages = [*root.glob("reports/*/*.html"), *root.glob("reports/*/*/*/*.html")]
        pages += root.glob("intake/**/*.html")
        assert len(pages) >= 5
        for path in pages:
            page.goto(path.as_uri())
            assert violations(page) == [], path
