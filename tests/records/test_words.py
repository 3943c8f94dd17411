import datetime as dt

import pytest

from assess.records import words
from assess.records.tables import TABLES

MEETING, LINE = TABLES["meeting"], TABLES["line"]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        (MEETING["held_on"], "2026-03-05", "05/3/2026"),
        (MEETING["held_on"], dt.date(2026, 3, 5), "05/3/2026"),
        (MEETING["minutes"], "90", "90"),
        (MEETING["minutes"], 92.5, "92,5"),
        (MEETING["status"], "held", "đã họp"),
        (MEETING["chi_uy_met"], "true", "Có"),
        (MEETING["chi_uy_met"], False, "Không"),
        (LINE["state"], "blank", "bỏ trống"),
        (LINE["note"], "inf", "inf"),
        (LINE["note"], "1e30", "1e30"),
        (LINE["note"], "true", "true"),
        (LINE["points"], None, "trống"),
        (LINE["points"], "1e+20", "1e+20"),
    ],
)
def test_a_value_is_shown_by_its_column_not_by_its_look(column, value, shown):
    assert words.value_of(column, value) == shown


def test_every_fact_has_a_label_and_every_choice_a_word():
    for column in TABLES["meeting"].columns:
        if column.name in words.FACTS and column.choices:
            assert set(words.CHOICES[column.name]) == set(column.choices)
