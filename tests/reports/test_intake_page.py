import datetime as dt
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.intake import take_in
from assess.exchange.intake.marked import send_back
from assess.reports.intake_page import intake_page
from kit.score_forms import form, full_entries, good_facts, little_store


@pytest.fixture
def page(rules, tmp_path):
    """The page of a second intake of one wrong form and a photo, and its folder."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    made = form(rules, "an-phu-hd42")
    facts = {**good_facts("an-phu-hd42"), "held_on": "x"}
    write_forms(inbox / "sai 50% #1 <b>.xlsx", [(made, FilledValues(facts, full_entries(made)))])
    store = little_store(rules, tmp_path / "s.duckdb")
    (inbox / "ảnh.jpg").write_bytes(b"x")
    for day in (10, 11):
        intake = take_in(store, rules, [inbox], recorded_at=dt.datetime(2026, 4, day, 9, 0))
    folder = tmp_path / "lần này"
    copies = {digest: copy.path for digest, copy in send_back(intake, folder).items()}
    return intake_page(intake, copies), folder


def test_a_file_set_aside_is_named_by_chi_bo_and_month_and_links_its_marked_copy(page):
    text, folder = page
    assert "Chi bộ" in re.search(r"<td>([^<]*), tháng 3/2026<", text)[1]
    links = re.findall(r'<a href="([^"]+\.xlsx)">', text)
    assert [Path(unquote(link)).parts[0] for link in links] == ["danh-dau"]
    assert (folder / unquote(links[0])).is_file()
    assert "<b>" not in text


def test_what_is_not_told_again_is_still_listed(page):
    text, _ = page
    assert ">ảnh.jpg<td>không phải phiếu, đã để riêng lúc 09:00:00 ngày 10/4/2026" in text
    assert text.count("ảnh.jpg") == 1
