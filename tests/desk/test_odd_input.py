"""Odd addresses and fields: a sentence, never a fault; what was typed is never lost."""

import json
import shutil
import urllib.parse

import pytest

from assess.desk.jobs import Jobs
from kit.desk import multipart
from kit.desk_forms import WARD, fill_month

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def fields(clerk, **values):
    return urllib.parse.urlencode({"_xsrf": clerk.xsrf, **values}).encode()


@pytest.mark.parametrize(
    "path",
    [
        "/chi-bo/to-dan-pho-1?nam=abc",
        "/bao-cao?nam=1e9",
        "/kiem-tra?nam=-1",
        "/phieu?thang=2026-Q1",
        "/phieu?thang=2026",
        "/phieu?thang=x",
        "/phieu?trang=%C2%B2",
        "/phieu/giay?thang=2026-13",
        "/phieu/gui?thang=2026-11&don_vi=--help&kieu=x",
        "/to-chuc?ngay=abc",
        "/to-chuc?trang=0",
        "/bao-cao/lap?mau=khong-co",
        "/bao-cao/lap?ky=abc",
        "/bao-cao/xem/a%00b",
        "/giai-thich/to-dan-pho-1/2026-99",
        "/giai-thich/khong-co/2026-10",
    ],
)
def test_an_odd_address_is_answered_in_a_sentence(shared, path):
    status, text = shared.client().get(path)
    assert status in (400, 404), (path, status)
    assert "Traceback" not in text
    assert "Trang này gặp lỗi" not in text


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/bao-cao/lap", {"mau": "period_summary", "ky": "abc", "dang_bo": "phuong-gia-dinh"}),
        ("/bao-cao/lap", {"mau": "period_summary", "ky": "2026", "dang_bo": "khong-co"}),
        (
            "/bao-cao/lap",
            {"mau": "period_summary", "ky": "2026", "dang_bo": "phuong-gia-dinh", "ngay": "31/2"},
        ),
        (
            "/to-chuc",
            {
                "viec": "them",
                "ten_moi": "Chi bộ mới",
                "cap_tren": "khong-co",
                "tu_ngay": "1/1/2027",
            },
        ),
        ("/to-chuc", {"viec": "het", "don_vi": "to-dan-pho-1", "tu_ngay": "01/01/0001"}),
        ("/to-chuc", {"viec": "khac"}),
        ("/to-chuc/ap-dung", {"don_vi": "", "bieu": "an-phu-hd42", "tu_ngay": ""}),
        ("/nguoi-lam", {"chuc_danh": " "}),
        ("/so-viec/visit", {"post": "Bí thư"}),
        ("/phieu/giay", {"chi_bo": "to-dan-pho-1", "thang": "2026-11"}),
    ],
)
def test_a_field_that_cannot_be_meant_is_told_and_nothing_is_started(shared, path, values):
    clerk = shared.client()
    before = len(shared.jobs())
    status, text = clerk.post(path, fields(clerk, **values), **FORM)
    assert status in (400, 404), text[:300]
    assert "Trang này gặp lỗi" not in text
    assert len(shared.jobs()) == before


def test_a_form_that_is_too_large_is_refused(shared):
    clerk = shared.client()
    data = fields(clerk, chuc_danh="x" * 3_000_000)
    assert clerk.post("/nguoi-lam", data, **FORM)[0] == 413


def test_words_of_one_report_are_never_written_over_those_of_another(filled, desk):
    running = desk(filled)
    clerk = running.client()
    path = filled / "params/loi-van/2026-10/phuong-gia-dinh/period_summary.md"
    path.parent.mkdir(parents=True)
    path.write_text("# Nhiệm vụ trọng tâm\nGiữ nền nếp.\n", encoding="utf-8")
    about = {"mau": "period_summary", "ky": "2026-10", "dang_bo": "phuong-gia-dinh"}
    assert clerk.post("/bao-cao/lap", fields(clerk, **about), **FORM)[0] == 200
    assert "Giữ nền nếp." in path.read_text(encoding="utf-8")  # fields that were not sent
    other = {"lv-cua": "2026-09|phuong-gia-dinh|period_summary", "lv-Nhiệm vụ trọng tâm": "Khác."}
    status, text = clerk.post("/bao-cao/lap", fields(clerk, **about, **other), **FORM)
    assert (status, "Giữ nền nếp." in text) == (400, True)  # the fields of another month
    assert "Khác." not in path.read_text(encoding="utf-8")
    mine = {**other, "lv-cua": "2026-10|phuong-gia-dinh|period_summary"}
    assert clerk.post("/bao-cao/lap", fields(clerk, **about, **mine), **FORM)[0] == 200
    assert "Khác." in path.read_text(encoding="utf-8")


def test_a_job_that_was_not_written_down_whole_harms_no_page(filled, desk):
    broken = filled / "ban-lam-viec/viec/20261130-080000-abcdef"
    broken.mkdir(parents=True)
    (broken / "viec.json").write_text("", encoding="utf-8")
    running = desk(filled)
    clerk = running.client()
    for path in ("/hom-nay", "/phieu", "/to-chuc"):
        assert clerk.get(path)[0] == 200
    assert clerk.get("/viec/20261130-080000-abcdef")[0] == 404
    assert list(Jobs(filled).latest()) == []


def test_a_refused_form_waits_until_a_right_one_comes_whatever_its_month(filled, desk, tmp_path):
    running = desk(filled)
    clerk = running.client()
    path = fill_month(filled, WARD, "2027-02", tmp_path / "p", wrong=1)[0]  # a month to come
    body, headers = multipart([(path.name, path.read_bytes())])
    clerk.post(f"/phieu/nhan?_xsrf={clerk.xsrf}", body, **headers)
    (job,) = Jobs(filled).latest()
    while not Jobs(filled).get(job.name).ended:
        pass
    status, text = clerk.get("/phieu/de-rieng")
    assert (status, "1 tệp để riêng" in text.replace("\u00a0", " ")) == (200, True)
    told = json.loads(Jobs(filled).get(job.name).result("findings.json").read_text("utf-8"))
    assert told["set_aside"] == 1


def test_settings_of_a_jupyter_of_ones_own_do_not_open_the_desk(filled, desk, tmp_path):
    config = tmp_path / "cau-hinh"
    config.mkdir()
    open_to_all = {"IdentityProvider": {"token": ""}, "ServerApp": {"disable_check_xsrf": True}}
    (config / "jupyter_server_config.json").write_text(json.dumps(open_to_all), encoding="utf-8")
    running = desk(filled, JUPYTER_CONFIG_DIR=str(config))
    assert running.client(known=False).get("/hom-nay")[0] == 403
    assert running.client().post("/sao-luu", b"", **FORM)[0] == 403
    shutil.rmtree(config)
