"""What others can do to a desk: nothing without its token, nothing through a clerk's browser."""

import concurrent.futures
import zipfile

import openpyxl
import pytest

from assess.desk.uploads import safe_parts
from kit.desk import browser, multipart

PATHS = ("/hom-nay", "/phieu", "/so-viec/visit", "/bao-cao", "/viec/20260101-000000-abcdef")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_without_the_token_no_page_answers_and_nothing_can_be_sent(shared):
    running = shared
    stranger = running.client(known=False)
    for path in PATHS:
        status, text = stranger.get(path)
        assert status == 403, path
        assert "Phiên làm việc đã hết" in text
        assert "Giả Định" not in text
    body, headers = multipart([("a.xlsx", b"x")])
    for path, data, head in (
        ("/sao-luu", b"", {}),
        ("/phieu/nhan", body, headers),
        ("/dong", b"", {}),
    ):
        assert stranger.post(path, data, **head)[0] == 403
    assert stranger.get("/hom-nay?token=sai")[0] == 403
    assert running.jobs() == []
    assert stranger.get("/tep/desk.css")[0] == 200  # the look holds nothing of anybody


def test_another_host_or_origin_gets_nothing_even_with_the_cookie(shared):
    running = shared
    clerk = running.client()
    assert clerk.get("/hom-nay")[0] == 200
    assert clerk.get("/hom-nay", Host="xau.example")[0] == 403
    body, headers = multipart([("a.xlsx", b"x")])
    assert clerk.post("/sao-luu", b"", **FORM)[0] == 403  # a form of another page has no _xsrf
    assert clerk.post("/phieu/nhan", body, **headers)[0] == 403
    evil = {"Origin": "http://xau.example"}
    assert clerk.post(f"/sao-luu?_xsrf={clerk.xsrf}", b"", **FORM, **evil)[0] in (403, 404)
    assert running.jobs() == []


def test_pages_forbid_frames_and_anything_from_elsewhere_and_reports_are_in_a_sandbox(filled, desk):
    running = desk(filled)
    with browser() as page:
        answer = page.goto(running.address)
        answer = page.goto(f"{running.at}/hom-nay")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        report = filled / "reports" / "x" / "2026" / "u"
        report.mkdir(parents=True, exist_ok=True)
        (report / "xau.html").write_text("<h1>x</h1><script>document.title='chay'</script>")
        answer = page.goto(f"{running.at}/bao-cao/xem/x/2026/u/xau.html")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert page.title() != "chay"


@pytest.mark.parametrize(
    "path",
    [
        "/bao-cao/xem/../data/store.duckdb",
        "/bao-cao/xem/..%2f..%2fdata%2fstore.duckdb",
        "/bao-cao/xem/%2e%2e/%2e%2e/params/nguoi-ghi.txt",
        "/bao-cao/van-ban/../params/nguoi-ghi.txt",
        "/tep/../handlers.py",
        "/viec/20260101-000000-abcdef/tep/../../../params/nguoi-ghi.txt",
        "/viec/..%2f..%2f/tep/x",
        "/so-viec/__class__",
        "/so-bang?bang=meeting",
        "/chi-bo/..%2f..",
        "/quy-dinh/..%2fannual",
        "/bao-cao/lap?mau=../../etc&ky=2026",
        "/bao-cao/ket-qua/a/b/c/d",
    ],
)
def test_addresses_never_lead_out_of_what_the_desk_shows(shared, path):
    running = shared
    status, text = running.client().get(path)
    assert status in (200, 400, 404)
    assert status != 200 or "lap?mau" in path
    assert "Traceback" not in text
    assert "Cán bộ Văn phòng (thử)\n" not in text


HOSTILE = (
    "../../../tmp/xau.xlsx",
    "..\\..\\xau.xlsx",
    "/etc/passwd",
    "C:\\Windows\\xau.xlsx",
    "con.xlsx",
    "a" * 300 + ".xlsx",
    "<script>alert(1)</script>.xlsx",
    "phiếu\u202excod.xlsx",
    ".hidden",
    "thư mục/con/phiếu.xlsx",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_files_are_never_paths(name):
    parts = safe_parts(name)
    assert 1 <= len(parts) <= 4
    for part in parts:
        assert part not in ("", ".", "..")
        assert not set(part) & set('/\\<>:"|?*\x00')
        assert len(part) <= 130


def test_hostile_files_and_names_are_set_aside_and_shown_as_text(filled, desk, tmp_path):
    running = desk(filled)
    bomb = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
        file.writestr("[Content_Types].xml", "<Types/>")
    book = openpyxl.Workbook()
    book.active["A1"] = "<img src=x onerror=alert(1)>"
    book.save(tmp_path / "la.xlsx")
    files = [(name, b"khong phai so") for name in HOSTILE[:7]]
    files += [
        ("bom.xlsx", bomb.read_bytes()),
        ("<b>la</b>.xlsx", (tmp_path / "la.xlsx").read_bytes()),
    ]
    clerk = running.client()
    body, headers = multipart(files)
    status, _ = clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
    assert status == 200
    with browser() as page:
        page.goto(running.address)
        page.goto(f"{running.at}/viec/{max((filled / 'ban-lam-viec/viec').glob('*-*')).name}")
        page.wait_for_selector("h1:has-text('để riêng')")
        assert page.locator("main script, main img, main b >> text=la").count() == 0
        assert page.said == []
    assert not (filled.parent / "xau.xlsx").exists()


@pytest.mark.parametrize("many", [2, pytest.param(10, marks=pytest.mark.soak)])
def test_uploads_at_once_are_taken_one_after_the_other_and_none_is_lost(
    filled, desk, tmp_path, many
):
    from kit.desk_forms import fill_month

    running = desk(filled)
    forms = fill_month(filled, "Đảng bộ phường Giả Định", "2026-09", tmp_path / "p")
    clerk = running.client()

    def send(number):
        path = forms[number % len(forms)]
        body, headers = multipart([(f"{number} {path.name}", path.read_bytes())])
        return clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)[0]

    with concurrent.futures.ThreadPoolExecutor(many) as pool:
        assert set(pool.map(send, range(many))) == {200}
    with browser() as page:
        page.goto(running.address)
        page.goto(f"{running.at}/phieu?thang=2026-09")
        for _ in range(60):
            if f"{min(many, 6)} trên 6 phiếu đã vào số liệu" in page.locator(
                ".lead"
            ).first.inner_text().replace("\u00a0", " "):
                break
            page.wait_for_timeout(500)
            page.reload()
        assert f"{min(many, 6)} trên 6" in page.locator(".lead").first.inner_text().replace(
            "\u00a0", " "
        )


def test_a_body_that_is_no_upload_or_too_large_is_refused_in_words(shared):
    running = shared
    clerk = running.client()
    status, text = clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", b"abc", **FORM)
    assert (status, "không trọn vẹn" in text) == (400, True)
    body, headers = multipart([])
    status, text = clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
    assert (status, "chưa chọn tệp" in text.lower()) == (400, True)
    assert "Traceback" not in text


def test_a_template_with_a_hostile_name_is_shown_as_text_and_never_a_path(filled, desk):
    name = '"><img src=x onerror=alert(1)>'
    source = filled / "notebooks" / "class_list.ipynb"
    (filled / "notebooks" / f"{name}.ipynb").write_bytes(source.read_bytes())
    (filled / "params" / "runs" / f"{name}.yaml").write_text("id: x", encoding="utf-8")
    running = desk(filled)
    clerk = running.client()
    status, text = clerk.get("/bao-cao/lap")
    assert (status, "<img" in text) == (200, False)
    assert "onerror=alert(1)&gt;" in text
    for path in ("/bao-cao", "/hom-nay", "/tim?q=img"):
        assert "<img" not in clerk.get(path)[1]
