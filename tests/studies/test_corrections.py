"""A blank that is filled in is distinguished from a value that is corrected."""

import pandas as pd

from assess.records.source import CHANGE_COLUMNS, no_changes
from assess.studies.corrections import with_fills

DAY, LATER = pd.Timestamp(2026, 11, 10), pd.Timestamp(2026, 11, 12)


def changes(*rows):
    """Return the changes of one meeting, each as (sheet, item, before, after, moment)."""
    full = [
        ("m", sheet, item, before, after, at, "f.xlsx") for sheet, item, before, after, at in rows
    ]
    kinds = dict.fromkeys(CHANGE_COLUMNS, "str") | {"recorded_at": "datetime64[s]"}
    return pd.DataFrame(full, columns=list(CHANGE_COLUMNS)).astype(kinds)


def fills(*rows):
    return with_fills(changes(*rows))["fills"].tolist()


def test_a_blank_filled_in_is_no_correction_and_an_emptied_value_is():
    assert fills(
        ("", "minutes", None, "95", DAY),
        ("", "roll", "12", "13", DAY),
        ("", "roll", "13", None, LATER),
    ) == [True, False, False]
    assert with_fills(no_changes())["fills"].tolist() == []


def test_a_line_left_blank_that_gets_points_is_filled_in_and_one_marked_as_not_applicable_is_corrected():
    rows = [
        ("s", "c1.state", "blank", "entered", DAY),
        ("s", "c1", None, "5", DAY),
        ("s", "c2.state", "not_applicable", "entered", DAY),
        ("s", "c2", None, "5", DAY),
        ("s", "c3.state", "entered", "blank", DAY),
        ("s", "c3", "5", None, DAY),
        ("s", "c2", None, "4", LATER),
        ("s", "c3.note", None, "xem", DAY),
    ]
    assert fills(*rows) == [True, True, False, False, False, False, True, True]
