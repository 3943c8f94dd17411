"""Number, recipients, signer: written from a day on, kept for earlier documents."""

import datetime as dt
import urllib.parse

from assess.workspace.office import load_offices

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED = {
    "symbol": "ĐU",
    "authority": "T/M BAN THƯỜNG VỤ",
    "post": "PHÓ BÍ THƯ",
    "stored": "Lưu Văn phòng Đảng ủy",
    "recipients": "Tỉnh ủy (báo cáo),\r\nCác chi bộ,",
}


def send(clerk, **values):
    data = urllib.parse.urlencode({"_xsrf": clerk.xsrf, **values}).encode()
    return clerk.post("/bao-cao/co-quan", data, **FORM)


def test_what_is_typed_holds_from_its_day_and_earlier_entries_stay(filled, desk):
    clerk = desk(filled).client()
    assert send(clerk, **TYPED, tu_ngay="1/1/2026")[0] == 200
    status, text = send(clerk, **{**TYPED, "post": "BÍ THƯ"}, tu_ngay="1/10/2026")
    assert (status, "BÍ THƯ" in text, "01/10/2026" in text) == (200, True, True)
    kept = load_offices(filled / "params/office")["phuong-gia-dinh"].committee
    assert [(entry.since, entry.post) for entry in kept] == [
        (dt.date(2026, 1, 1), "PHÓ BÍ THƯ"),
        (dt.date(2026, 10, 1), "BÍ THƯ"),
    ]
    assert kept[0].recipients == ("Tỉnh ủy (báo cáo),", "Các chi bộ,")
    send(clerk, **TYPED, tu_ngay="1/10/2026")  # the same day once more
    assert len(load_offices(filled / "params/office")["phuong-gia-dinh"].committee) == 2


def test_a_day_that_is_none_is_told_and_what_was_typed_stays(filled, desk):
    clerk = desk(filled).client()
    status, text = send(clerk, **TYPED, tu_ngay="31/02/2026")
    assert (status, "T/M BAN THƯỜNG VỤ" in text) == (400, True)
    assert not (filled / "params/office").exists()
