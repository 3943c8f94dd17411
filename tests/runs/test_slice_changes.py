import datetime as dt
from types import SimpleNamespace

import pandas as pd

from assess.records.tables import TABLES, from_rows
from assess.runs.slice_changes import record_changes

LINE = {"sheet_id": "s", "criterion_id": "1a", "state": "entered", "points": 30.0}
MEETING = {
    "meeting_id": "cb.2603",
    "chi_bo_id": "cb",
    "for_month": "2026-03",
    "kind": "thuong_ky",
    "status": "held",
    "held_on": dt.date(2026, 3, 5),
    "chi_uy_met": True,
    "minutes": 95,
}


def slice_with(in_period, **rows):
    tables = {name: from_rows(name, rows.get(name, ())) for name in TABLES}
    tables["due"] = pd.DataFrame({"chi_bo_id": ["cb"], "for_month": ["2026-03"]})
    tables["change"] = pd.DataFrame({"item": pd.Series(dtype=str)})
    tables["meeting"]["in_period"] = in_period
    return SimpleNamespace(tables=tables, withdrawn=pd.DataFrame())


def test_a_change_is_told_by_titles_and_words_and_not_by_names_of_columns_and_codes():
    old = slice_with(False, line=[LINE], meeting=[MEETING])
    new = slice_with(
        True,
        line=[{**LINE, "state": "blank", "points": None}],
        meeting=[{**MEETING, "held_on": dt.date(2026, 3, 6), "chi_uy_met": False, "minutes": 90}],
    )
    prepared = "chi ủy họp (bí thư, phó bí thư hội ý) trước, có biên bản"
    meeting, line = record_changes(old, new)
    assert meeting == (
        "buổi sinh hoạt cb.2603: ngày họp 05/3/2026 → 06/3/2026, thời lượng 95 → 90, "
        f"{prepared} Có → Không, thuộc kỳ của báo cáo Không → Có"
    )
    assert line == "phiếu s · 1a: cách ghi đã chấm → bỏ trống, điểm 30 → trống"


def test_the_same_records_have_no_changes():
    assert record_changes(slice_with(True, line=[LINE]), slice_with(True, line=[LINE])) == []
