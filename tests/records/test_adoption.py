import datetime as dt

from assess.records.adoption import Adoptions
from assess.records.tables import from_rows
from kit.score_forms import little_tree

D = dt.date


def adoptions(rules, rows):
    return Adoptions(little_tree(rules), from_rows("adoption", rows))


def test_the_nearest_unit_above_decides_on_that_day(rules):
    rows = [
        {"unit_id": "tinh", "what": "rule_set", "value": "hd12-2018", "valid_from": D(2020, 1, 1)},
        {
            "unit_id": "db-an-phu-hd42",
            "what": "rule_set",
            "value": "an-phu-hd42",
            "valid_from": D(2025, 10, 28),
            "valid_to": D(2026, 6, 30),
        },
    ]
    found = adoptions(rules, rows)
    days = (D(2025, 10, 27), D(2025, 10, 28), D(2026, 6, 30), D(2026, 7, 1))
    assert [found.form_on("cb-an-phu-hd42", "thuong_ky", day) for day in days] == [
        "hd12-2018",
        "an-phu-hd42",
        "an-phu-hd42",
        "hd12-2018",
    ]
    assert found.form_on("cb-an-phu-hd42", "chuyen_de", D(2026, 1, 1)) is None


def test_a_window_is_inherited_and_a_committee_sets_its_own(rules):
    """S3: the 25th to the 5th directly below; grassroots committees set their own window."""
    rows = [
        {
            "unit_id": "tinh",
            "what": "meeting_window",
            "value": "25-5",
            "valid_from": D(2018, 10, 24),
        },
        {
            "unit_id": "db-hd12-2018",
            "what": "meeting_window",
            "value": "3-3",
            "valid_from": D(2020, 1, 1),
        },
    ]
    found = adoptions(rules, rows)
    assert found.window_on("cb-an-phu-hd42", D(2026, 3, 1)) == (25, 5)
    assert found.window_on("cb-hd12-2018", D(2026, 3, 1)) == (3, 3)
    assert found.window_on("cb-hd12-2018", D(2019, 12, 31)) is None
