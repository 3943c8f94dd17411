"""Who has sent the score forms of a month: taken, set aside, missing, late, not due."""

import datetime as dt

import openpyxl
import pytest

from assess.base.periods import FAR_OFF, Period
from assess.exchange.forms.make_forms import make_forms
from assess.exchange.intake import take_in
from assess.exchange.store import Store, StoreBatch
from assess.reports.excel import render_xlsx
from assess.reports.html import render_html
from assess.reports.receipts_page import in_sentences, receipts_document
from assess.studies.receipts import receipts
from kit.score_forms import good_facts
from kit.small_dang_bo import adopted, unit

NAMES = {"a": "Chi bộ Một", "b": "Chi bộ Hai", "c": "Chi bộ Ba"}
NOW = dt.datetime(2026, 4, 9, 9)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "s.duckdb", create=True)
    units = [unit("xa", None, "co_so", "cap_uy")]
    units += [unit(unit_id, "xa", name=name) for unit_id, name in NAMES.items()]
    rows = {
        "unit": units,
        "adoption": [
            adopted("rule_set", "an-phu-hd42", begins=dt.date(2025, 10, 28)),
            adopted("meeting_window", "25-5"),
        ],
    }
    store.append(StoreBatch(dt.datetime(2026, 1, 1), rows))
    return store


@pytest.fixture
def send(store, rules, tmp_path):
    """Send forms of March, each with some facts of its own; return the intake."""
    moment = [NOW]

    def run(**facts_of):
        inbox = tmp_path / f"in{moment[0]:%d}"
        paths = {
            path.name.split("-")[1]: path
            for path in make_forms(store, rules, "xa", "3/2026", inbox)
        }
        for unit_id, path in paths.items():
            if unit_id not in facts_of:
                path.unlink()
                continue
            book = openpyxl.load_workbook(path)
            sheet = book.active
            rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
            facts = {**good_facts(), **facts_of[unit_id]}
            for name, value in facts.items():
                if f"fact:{name}" in rows:
                    sheet.cell(rows[f"fact:{name}"], 5).value = value
            if facts_of[unit_id].get("status") != "hủy":
                sheet.cell(rows["line:c1_time"], 5).value = 1
            book.save(path)
        intake = take_in(store, rules, [inbox], recorded_at=moment[0])
        moment[0] += dt.timedelta(days=3)
        return intake

    return run


def found(store, today, due=None, period="2026-Q1"):
    return receipts(store.records(FAR_OFF), store.files(), "xa", Period.parse(period), today, due)


def states(rows, month="2026-03"):
    rows = rows[rows["month"] == month]
    return dict(zip(rows["chi_bo_id"], rows["state"], strict=True))


CANCELLED = {"status": "hủy", "reason": "bão", "held_on": None} | dict.fromkeys(
    ("minutes", "roll", "exempt", "present", "special_duty"), None
)


def test_each_chi_bo_is_told_by_what_came(store, send):
    send(a={}, b={"held_on": "hôm qua"})
    rows = found(store, NOW.date())
    assert states(rows) == {"a": "taken", "b": "aside", "c": "missing"}
    assert states(rows, "2026-02") == dict.fromkeys("abc", "missing")
    [aside] = rows[rows["state"] == "aside"].to_dict("records")
    assert "phieu-b-2026-03.xlsx" in aside["file"]
    assert aside["why"].startswith("ô E")
    assert "hôm qua" in aside["why"]


def test_a_form_that_came_later_ends_what_was_set_aside(store, send):
    send(b={"held_on": "hôm qua"})
    send(b={})
    assert states(found(store, NOW.date()))["b"] == "taken"


def test_a_correction_that_is_set_aside_leaves_the_form_taken(store, send):
    send(a={})
    send(a={"held_on": "hôm qua"})
    assert states(found(store, NOW.date()))["a"] == "taken"


def test_nobody_is_missing_before_the_last_day_for_the_meeting(store):
    assert set(states(found(store, dt.date(2026, 4, 5))).values()) == {"not_due"}
    assert set(states(found(store, dt.date(2026, 4, 6))).values()) == {"missing"}


def test_late_is_after_the_day_that_is_stated_and_unknown_without_one(store, send):
    send(a={})
    send(b={})
    rows = found(store, NOW.date(), due=10)
    late = dict(zip(rows["chi_bo_id"], rows["late"], strict=True))
    assert late == {"a": False, "b": True, "c": False}
    assert set(found(store, NOW.date())["late"]) == {None}
    told = list(in_sentences(found(store, dt.date(2026, 4, 20), due=10)))
    assert told[-1] == "Tháng 3/2026: đã nhận 2/3 phiếu; gửi chậm: Chi bộ Hai; chưa gửi: Chi bộ Ba."


def test_a_meeting_said_not_to_be_held_is_no_missing_form(store, send):
    send(c=CANCELLED)
    assert states(found(store, NOW.date()))["c"] == "not_held"


def test_months_that_have_not_begun_are_not_asked_for(store):
    rows = found(store, dt.date(2026, 2, 10), period="2026")
    assert sorted(set(rows["month"])) == ["2026-01", "2026-02"]


def test_the_page_and_the_workbook_say_the_same(store, send, tmp_path):
    send(a={}, b={"held_on": "hôm qua"})
    document = receipts_document(found(store, NOW.date()), "Đảng bộ xã", NOW.date())
    page = render_html(document)
    for words in ("Chi bộ Một", "để riêng", "chưa gửi", "hôm qua"):
        assert words in page
    (tmp_path / "s.xlsx").write_bytes(render_xlsx(document))
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    cells = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert {"Chi bộ Ba", "để riêng", "chưa gửi"} <= set(cells)
