import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import Place
from assess.exchange.located_table import Located
from assess.exchange.table_checks import (
    check_tables,
    count_findings,
    in_window,
    odd_about,
    suspicious_counts,
)
from assess.records.adoption import Adoptions
from assess.records.tables import from_rows
from assess.records.tree import Tree

D = dt.date
COUNTS = {
    "roll": 12.0,
    "exempt": 1.0,
    "special_duty": 0.0,
    "present": 10.0,
    "absent_excused": 1.0,
    "absent_unexcused": 0.0,
}


def codes(pairs):
    return [(finding.code, name) for finding, name in pairs]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"roll": 13.0}, [("counts-differ", "roll")]),
        ({"roll": 11.0}, [("counts-differ", "roll")]),
        ({"roll": None}, []),
        ({"absent_excused": None, "roll": 15.0}, []),
        ({"absent_excused": None, "roll": 10.0}, [("counts-differ", "roll")]),
        ({"exempt_present": 2.0}, [("part-over-whole", "exempt_present")]),
        ({"speakers": 11.0}, [("part-over-whole", "speakers")]),
        ({"speakers": 11.0, "exempt_present": 1.0}, []),
        ({"targets_set": 4.0, "targets_met": 5.0}, [("part-over-whole", "targets_met")]),
    ],
)
def test_present_absent_exempt_and_special_duty_add_up_to_the_roll(changed, found):
    assert codes(count_findings({**COUNTS, **changed})) == found


NUMBER = st.one_of(st.none(), st.integers(0, 6).map(float))


@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(
                (*COUNTS, "exempt_present", "speakers", "targets_set", "targets_met"), NUMBER
            )
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_quick_look_never_misses_what_the_close_one_finds(rows):
    table = from_rows("meeting", rows)
    for row, suspicious in zip(rows, suspicious_counts(table), strict=True):
        assert suspicious or not list(count_findings(row))


@given(st.dates(D(2020, 1, 1), D(2030, 12, 31)), st.integers(1, 31), st.integers(1, 31))
def test_a_window_over_the_months_end_is_its_two_ends(day, first, last):
    wanted = first <= day.day <= last if first <= last else day.day >= first or day.day <= last
    assert in_window(day, (first, last)) == wanted


def unit(unit_id, parent, begins, ends=None, level="chi_bo"):
    return {
        "unit_id": unit_id,
        "name": unit_id,
        "level": level,
        "kind": "cap_uy",
        "parent_id": parent,
        "valid_from": begins,
        "valid_to": ends,
    }


TREE = [
    unit("tinh", None, D(2020, 1, 1), level="tinh"),
    unit("db", "tinh", D(2020, 1, 1), level="tren_co_so"),
    unit("cb", "db", D(2020, 1, 1)),
]
WINDOW = [{"unit_id": "db", "what": "meeting_window", "value": "25-5", "valid_from": D(2020, 1, 1)}]


def odd(meeting, others=(), window=WINDOW):
    adoptions = Adoptions(Tree(from_rows("unit", TREE)), from_rows("adoption", window))
    base = {
        "meeting_id": "m",
        "chi_bo_id": "cb",
        "for_month": "2026-03",
        "status": "held",
        "kind": "thuong_ky",
        "minutes": 90.0,
    }
    return codes(odd_about({**base, **meeting}, adoptions, others))


@pytest.mark.parametrize(
    ("held_on", "found"),
    [
        (D(2026, 3, 1), []),
        (D(2026, 3, 5), []),
        (D(2026, 3, 6), ["outside-window"]),
        (D(2026, 3, 24), ["outside-window"]),
        (D(2026, 3, 25), []),
        (D(2026, 4, 5), []),
        (D(2026, 4, 6), ["outside-window", "outside-month"]),
        (D(2026, 2, 27), ["outside-month"]),
        (D(2025, 3, 3), ["month-far"]),
        (D(2026, 5, 30), ["month-far"]),
    ],
)
def test_a_meeting_is_held_against_its_window_and_its_month(held_on, found):
    assert [code for code, name in odd({"held_on": held_on})] == found


def test_without_a_window_any_day_of_the_month_will_do_and_thematic_meetings_have_none():
    assert odd({"held_on": D(2026, 3, 15)}, window=[]) == []
    assert odd({"held_on": D(2026, 3, 15), "kind": "chuyen_de"}) == []
    assert odd({"held_on": None, "status": "cancelled"}) == []


def test_a_second_regular_meeting_of_a_month_is_said_and_a_thematic_one_is_not():
    assert odd({"held_on": D(2026, 3, 1)}, others={"m0"}) == [("two-meetings", "held_on")]
    assert odd({"held_on": D(2026, 3, 1), "kind": "chuyen_de"}, others={"m0"}) == []
    assert odd({"held_on": D(2026, 3, 1), "minutes": 9.0}) == [("odd-minutes", "minutes")]


def check(units):
    place = lambda row, column: Place("unit.csv", row + 2, label=column)  # noqa: E731
    return [
        (f.code, f.place.line)
        for f in check_tables({"unit": Located(from_rows("unit", units), place)})
    ]


def test_a_unit_that_outlives_the_one_above_it_would_be_lost_and_is_refused():
    gone = [
        *TREE[:1],
        unit("db", "tinh", D(2020, 1, 1), D(2025, 6, 30), level="tren_co_so"),
        unit("cb", "db", D(2020, 1, 1)),
    ]
    assert check(gone) == [("parent-gone", 4)]
    moved = [
        *gone[:2],
        unit("moi", "tinh", D(2025, 7, 1), level="tren_co_so"),
        unit("cb", "db", D(2020, 1, 1), D(2025, 6, 30)),
        unit("cb", "moi", D(2025, 7, 1)),
    ]
    assert check(moved) == []
    early = [*TREE[:2], unit("cb", "db", D(2019, 1, 1))]
    assert check(early) == [("parent-gone", 4)]


def test_a_unit_above_itself_is_refused():
    assert (
        check(
            [
                unit("a", "b", D(2020, 1, 1), level="co_so"),
                unit("b", "a", D(2020, 1, 1), level="co_so"),
            ]
        )[0][0]
        == "parent-cycle"
    )


@pytest.mark.parametrize("name", ["con", "AUX", "nul.1", "lpt1", "a."])
def test_an_id_that_can_name_no_file_on_windows_is_refused(name):
    assert check([*TREE[:2], unit(name, "db", D(2026, 1, 1))]) == [("id-no-file", 4)]


@pytest.mark.parametrize("name", ["con-1", "com", "a.b", "nul1"])
def test_an_id_that_only_begins_like_one_is_fine(name):
    assert check([*TREE[:2], unit(name, "db", D(2026, 1, 1))]) == []


def test_ids_that_differ_in_case_only_are_refused():
    alike = [*TREE[:2], unit("cb", "db", D(2026, 1, 1)), unit("CB", "db", D(2026, 1, 1))]
    assert check(alike) == [("id-alike", 5)]


@pytest.mark.parametrize(
    ("facts", "code", "hint"),
    [
        ({"held_on": dt.date(2026, 5, 3)}, "outside-month", "05/3/2026"),
        ({"held_on": dt.date(2026, 12, 3)}, "month-far", "12/3/2026"),
        ({"held_on": dt.date(2026, 5, 20)}, "month-far", ""),
        ({"held_on": dt.date(2026, 4, 20)}, "outside-month", ""),
        ({"papers_at": dt.date(2026, 1, 3)}, "odd-day", "01/3/2026"),
        ({"result_at": dt.date(2026, 4, 3)}, "odd-day", "04/3/2026"),
        ({"result_at": dt.date(2026, 4, 20)}, "odd-day", ""),
    ],
)
def test_day_and_month_exchanged_by_a_computer_are_proposed_where_they_fit(facts, code, hint):
    meeting = {"chi_bo_id": "a", "for_month": "2026-03", "status": "held", "kind": "thuong_ky"}
    meeting |= {"held_on": dt.date(2026, 3, 2)} | facts
    adoptions = Adoptions(Tree(from_rows("unit", TREE)), from_rows("adoption", ()))
    found = {finding.code: finding for finding, _ in odd_about(meeting, adoptions, ())}
    assert found[code].hint == hint
    assert (f"có phải là “{hint}”?" in found[code].fix) == bool(hint)


def test_papers_and_results_of_the_same_weeks_are_not_odd():
    meeting = {"chi_bo_id": "a", "for_month": "2026-03", "status": "held", "kind": "thuong_ky"}
    meeting |= {"held_on": dt.date(2026, 3, 5), "papers_at": dt.date(2026, 2, 9)}
    meeting |= {"result_at": dt.date(2026, 4, 1)}
    adoptions = Adoptions(Tree(from_rows("unit", TREE)), from_rows("adoption", ()))
    assert list(odd_about(meeting, adoptions, ())) == []
