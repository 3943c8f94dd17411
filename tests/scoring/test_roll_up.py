"""The class of a period: the tests in order, under every reading.

A class that no rule gives is never given.
"""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess import Period, make_slice, score
from assess.base import marked_yaml
from assess.base.schema import validate
from assess.exchange.csv import CsvFolder
from assess.rule_tools.case_file import CaseFile, cases_path
from assess.rule_tools.case_results import roll_up_case
from assess.rules import catalogue, load_rule_sets, parse_rule_set
from assess.rules.intervals import exact
from assess.scoring.period.counts import (
    CANCELLED,
    CLASSED,
    MERGED,
    NO_RECORD,
    UNCLASSED,
    MonthResult,
    RollUpInput,
)
from assess.scoring.period.period_class import (
    YEAR_QUESTIONS,
    best_meetings,
    roll_up_one,
    year_options,
)
from assess.scoring.period.roll_up import period_results
from kit.examples import examples
from kit.reached import Reached
from kit.small_dang_bo import adopted, meeting, unit, year_slice

ROOT = Path(__file__).parents[2]
BINH_THUAN, PHU_THO, AN_PHU, HD12 = (
    parse_rule_set(None, ROOT / f"params/rules/{name}.yaml")
    for name in ("binh-thuan-khoi", "phu-tho-khoi", "an-phu-hd42", "hd12-2018")
)
YEAR = Period.parse("2023").months


def klass(rules, total):
    return next(b.id for b in rules.bands if total >= float(b.lower[0].plus if b.lower[0] else 0))


def months(rules, totals, period=YEAR):
    return [
        MonthResult(m, CLASSED, ((exact(float(t)), klass(rules, t)),))
        for m, t in zip(period, totals, strict=False)
    ]


def rolled(rules, listed, readings=None, period=YEAR, thematic=4, apart=()):
    parts = {period[3 * q] for q in range(min(thematic, len(period) // 3))}
    totals = [exact(t) for t in apart]
    return roll_up_one(
        RollUpInput(
            rules, period, listed, frozenset(parts), totals, year_options(rules, readings or {})
        )
    )


@pytest.mark.parametrize(
    ("totals", "binh_thuan", "phu_tho", "mean"),
    [
        ([95] * 9 + [85] * 3, ("none_known", None), ("classed", "tot"), 92.5),
        ([91] * 11 + [68], ("none_known", None), ("necessary_only", "kha"), 89.083),
    ],
)
def test_the_worked_differences_of_two_provinces(totals, binh_thuan, phu_tho, mean):
    for rules, wanted in ((BINH_THUAN, binh_thuan), (PHU_THO, phu_tho)):
        found = rolled(rules, months(rules, totals))
        assert (found.status, found.class_id) == wanted
        assert float(found.mean) == pytest.approx(mean, abs=0.001)
    failed = [
        t.test
        for tried in rolled(BINH_THUAN, months(BINH_THUAN, totals)).tried
        for t in tried.tests
        if not t.holds
    ]
    assert {t.of for t in failed} == (
        {"months_classed"} if mean > 90 else {"mean", "months_classed"}
    )


@pytest.mark.parametrize(
    ("option", "status", "class_id", "mean"),
    [
        ("excluded", "classed", "tot", 95),
        ("breaks_every_month", "none_known", None, 95),
        ("zero", "none_known", None, 87.083),
        ("kem", "none_known", None, 95),
    ],
)
def test_a_cancelled_month_under_each_reading(option, status, class_id, mean):
    listed = [*months(BINH_THUAN, [95] * 11), MonthResult(YEAR[11], CANCELLED)]
    found = rolled(BINH_THUAN, listed, {"cancelled_month": option})
    assert (found.status, found.class_id) == (status, class_id)
    assert float(found.mean) == pytest.approx(mean, abs=0.001)
    # Phú Thọ asks for no months held and no mean: only a month of the lowest class matters to it
    found = rolled(
        PHU_THO,
        [*months(PHU_THO, [95] * 11), MonthResult(YEAR[11], CANCELLED)],
        {"cancelled_month": option},
    )
    assert found.class_id == (None if option in ("zero", "kem") else "tot")


@pytest.mark.parametrize(("option", "class_id"), [("pro_rata", "tot"), ("absolute", None)])
def test_a_chi_bo_that_came_in_april_under_each_reading(option, class_id):
    listed = months(BINH_THUAN, [95] * 8 + [85], YEAR[3:])
    found = rolled(BINH_THUAN, listed, {"part_year": option})
    assert found.class_id == class_id
    assert found.base == (9 if option == "pro_rata" else 12)


def test_months_without_a_class_make_the_year_wait_unless_a_reading_says_otherwise():
    for state in (NO_RECORD, UNCLASSED):
        listed = [*months(BINH_THUAN, [95] * 11), MonthResult(YEAR[11], state)]
        assert rolled(BINH_THUAN, listed).status == "waits"
        assert rolled(BINH_THUAN, listed, {"unclassed_month": "excluded"}).class_id == "tot"
        worse = {"unclassed_month": "as_cancelled", "cancelled_month": "kem"}
        assert rolled(BINH_THUAN, listed, worse).status == "none_known"
    assert (
        rolled(BINH_THUAN, [*months(BINH_THUAN, [95] * 11), MonthResult(YEAR[11], MERGED)]).class_id
        == "tot"
    )


@pytest.mark.parametrize(
    ("reading", "class_id"), [("mean", "kha"), ("minimum", "trung_binh"), ("majority", "tot")]
)
def test_a_quarter_has_a_class_only_under_a_named_reading(reading, class_id):
    period = Period.parse("2026-Q1").months
    listed = months(AN_PHU, [95, 92, 60], period)
    assert rolled(AN_PHU, listed, period=period).status == "no_rule"
    assert rolled(AN_PHU, listed, period=period).counts == {
        "tot": 2,
        "kha": 0,
        "trung_binh": 1,
        "kem": 0,
    }
    found = rolled(AN_PHU, listed, {"period_class": reading}, period=period)
    assert (found.class_id, found.reading) == (class_id, reading)


def test_equal_counts_give_the_lower_class_and_a_form_without_points_no_mean():
    period = Period.parse("2026-Q1").months
    assert (
        rolled(
            AN_PHU, months(AN_PHU, [95, 60], period), {"period_class": "majority"}, period=period
        ).class_id
        == "trung_binh"
    )
    marks = [MonthResult(m, CLASSED, ((None, "dat"),)) for m in period]
    names = [c.id for c in HD12.classes]
    marks = [MonthResult(m, CLASSED, ((None, names[0]),)) for m in period]
    assert rolled(HD12, marks, {"period_class": "mean"}, period=period).status == "no_points"
    assert rolled(HD12, marks, {"period_class": "minimum"}, period=period).class_id == names[0]


def test_a_half_year_under_the_scaled_rule_of_the_year():
    period = Period.parse("2023-H1").months
    scaled = {"period_class": "scaled_year_rule"}
    # five of six months is ten of twelve
    assert (
        rolled(
            BINH_THUAN, months(BINH_THUAN, [95] * 5 + [85], period), scaled, period=period
        ).class_id
        == "tot"
    )
    assert (
        rolled(
            BINH_THUAN, months(BINH_THUAN, [95] * 4 + [85] * 2, period), scaled, period=period
        ).class_id
        is None
    )
    assert (
        rolled(AN_PHU, months(AN_PHU, [95] * 6, period), scaled, period=period).status == "no_rule"
    )


def quarters(low, high):
    return st.integers(round(low * 4), round(high * 4)).map(lambda n: n / 4)


@st.composite
def months_near_the_top(draw, least=12, states=()):
    """Draw months near the edge of the best class.

    So many months are of the best class as the rules of a year ask for, or one fewer.
    """
    count = draw(st.integers(least, 12))
    best = min(count, draw(st.sampled_from([6, 7, 9, 10, 12])))
    others = quarters(draw(st.sampled_from([70, 70, 45])), 89.75)
    if states:
        others = draw(
            st.sampled_from(
                [others, st.one_of(others, st.sampled_from(states)), st.sampled_from(states)]
            )
        )
    found = [draw(quarters(90, 97)) for _ in range(best)] + [
        draw(others) for _ in range(count - best)
    ]
    return draw(st.permutations(found))


@st.composite
def years_and_better_ones(draw):
    """Draw a year, and the same year with better points in one month.

    The month is one below the best class, if there is any.
    """
    totals = draw(months_near_the_top())
    where = draw(st.sampled_from([k for k, total in enumerate(totals) if total < 90] or range(12)))
    points = draw(st.one_of(quarters(90, 100), quarters(totals[where], 100)))
    return totals, [*totals[:where], max(points, totals[where]), *totals[where + 1 :]]


YEAR_VALUES = months_near_the_top(1, (CANCELLED, MERGED, NO_RECORD, UNCLASSED))
READINGS = st.fixed_dictionaries(
    {q: st.sampled_from([o.id for o in catalogue()[q].options]) for q in YEAR_QUESTIONS}
)


def built(rules, values, period=YEAR):
    made = []
    for month, value in zip(period, values, strict=False):
        made.append(
            MonthResult(month, value)
            if isinstance(value, str)
            else months(rules, [value], [month])[0]
        )
    return made


def test_a_class_always_has_every_test_hold_and_none_has_one_that_fails():
    reached = Reached()

    @examples(300, derandomize=True)
    @given(YEAR_VALUES, st.one_of(READINGS, st.just({})), st.integers(0, 4))
    def check(values, readings, thematic):
        for rules in (BINH_THUAN, PHU_THO):
            found = rolled(rules, built(rules, values), readings, thematic=thematic)
            reached.note(rules.id, found.status)
            if found.status in ("classed", "necessary_only"):
                assert found.tried[-1].holds
                assert not any(tried.holds for tried in found.tried[:-1])
                assert found.title == found.tried[-1].found.title
            else:
                assert found.class_id is None
                assert not any(tried.holds for tried in found.tried)
            if found.counts is not None and found.mean is not None:
                assert 0 <= found.mean <= 100

    check()
    for rules in (BINH_THUAN, PHU_THO):
        reached.must_have_seen(
            *((rules.id, status) for status in ("classed", "none_known", "waits"))
        )
    reached.must_have_seen((PHU_THO.id, "necessary_only"))


def test_better_points_in_one_month_never_make_a_known_class_worse():
    reached = Reached()

    @examples(300, derandomize=True)
    @given(years_and_better_ones())
    def check(years):
        for rules in (BINH_THUAN, PHU_THO):
            rank = {c.id: k for k, c in enumerate(rules.year)} | {None: len(rules.year)}
            before, after = (rolled(rules, months(rules, values)) for values in years)
            reached.note(rules.id, before.class_id, after.class_id)
            assert rank[after.class_id] <= rank[before.class_id]

    check()
    # classes that stay and classes that the better month reaches; comparing no class with no class
    # would prove nothing
    reached.must_have_seen((BINH_THUAN.id, "tot", "tot"), (BINH_THUAN.id, None, "tot"))
    reached.must_have_seen(
        (PHU_THO.id, "tot", "tot"), (PHU_THO.id, "kha", "kha"), (PHU_THO.id, "kha", "tot")
    )


@examples(100)
@given(st.lists(st.integers(0, 10000).map(lambda n: n / 100), min_size=12, max_size=12))
def test_rounding_moves_a_mean_by_half_a_step_at_most(totals):
    means = {
        o: rolled(BINH_THUAN, months(BINH_THUAN, totals), {"mean_rounding": o}).mean
        for o in ("exact", "one_decimal", "whole")
    }
    assert abs(means["one_decimal"] - means["exact"]) <= Fraction(1, 20)
    assert abs(means["whole"] - means["exact"]) <= Fraction(1, 2)


def test_every_option_of_every_question_of_a_year_moves_a_worked_year():
    moved = set()
    for rules in (BINH_THUAN, PHU_THO):
        path = cases_path(ROOT / f"params/rules/{rules.id}.yaml")
        for case in validate(CaseFile, marked_yaml.read(path)).years:
            for question, option in case.readings.items():
                other = case.model_copy(
                    update={"readings": {**case.readings, question: catalogue()[question].default}}
                )
                shown = [
                    (o.class_id, o.status, o.mean)
                    for o in (roll_up_case(rules, case), roll_up_case(rules, other))
                ]
                if shown[0] != shown[1]:
                    moved.add((question, option))
    wanted = {(q, o.id) for q in YEAR_QUESTIONS for o in catalogue()[q].options[1:]}
    assert wanted - moved == set()


@pytest.fixture(scope="module")
def year_2023():
    rules = load_rule_sets(ROOT / "params/rules", ROOT / "params/annual")
    at = dt.datetime(2024, 1, 10)
    records = CsvFolder(ROOT / "data/tu-lieu").records(at)
    made = make_slice(
        records,
        rules,
        dang_bo="khoi-2023",
        period=Period.parse("2023"),
        as_of=at,
        document_date=at.date(),
    )
    return made, score(made)


def test_records_give_the_same_as_worked_years(year_2023):
    made, scores = year_2023
    found = period_results(made, scores)
    assert {k: (o.status, o.class_id) for k, o in found.items()} == {
        "k23-01": ("none_known", None),  # nine months of 95 and three of 85
        "k23-02": ("none_known", None),  # eleven of 91 and one of 68
        "k23-03": ("classed", "tot"),  # ten months Tốt
        "k23-04": ("classed", "tot"),  # one month cancelled, left out
        "k23-05": ("classed", "tot"),  # one month merged, left out
        "k23-06": ("classed", "tot"),  # from April on
        "k23-07": ("waits", None),  # one sheet missing
        "k23-08": ("none_known", None),  # three months held down by the condition
    }
    other = period_results(
        made,
        scores,
        {
            "cancelled_month": "breaks_every_month",
            "part_year": "absolute",
            "unclassed_month": "excluded",
        },
    )
    assert {k for k, o in other.items() if o.class_id == "tot"} == {"k23-03", "k23-05", "k23-07"}


def test_a_year_on_two_forms_has_no_class(rules, source):
    at = dt.datetime(2026, 1, 10)
    made = make_slice(
        source.records(at),
        rules,
        dang_bo="qs-tinh",
        period=Period.parse("2025"),
        as_of=at,
        document_date=at.date(),
    )
    assert {o.status for o in period_results(made, score(made)).values()} == {"several_forms"}


def test_a_second_sitting_is_not_a_second_month():
    totals = [(95, 95), *[95] * 8, *[85] * 3]
    listed = [
        MonthResult(
            m,
            CLASSED,
            tuple(
                (exact(float(t)), klass(BINH_THUAN, t))
                for t in (v if isinstance(v, tuple) else (v,))
            ),
        )
        for m, v in zip(YEAR, totals, strict=True)
    ]
    # nine months are Tốt, though ten meetings are
    assert rolled(BINH_THUAN, listed).status == "none_known"
    assert rolled(BINH_THUAN, listed).counts["tot"] == 10
    six = [*listed[:6], *months(PHU_THO, [85] * 6, YEAR[6:])]
    assert (
        rolled(PHU_THO, six).class_id == "tot"
    )  # "at least seven meetings", of which one month has two


def test_the_best_of_two_sittings_is_the_one_of_the_better_class():
    held_down = MonthResult(YEAR[0], CLASSED, ((exact(95.0), "kha"), (exact(94.0), "tot")))
    found = rolled(
        BINH_THUAN, [held_down, *months(BINH_THUAN, [95] * 11, YEAR[1:])], {"extra_meeting": "best"}
    )
    assert found.counts["tot"] == 12
    names = [c.id for c in HD12.classes]
    marks = [MonthResult("2026-01", CLASSED, ((None, names[1]), (None, names[0])))]
    got = rolled(
        HD12,
        marks,
        {"extra_meeting": "best", "period_class": "minimum"},
        period=Period.parse("2026-Q1").months,
    )
    assert got.class_id == names[0]


def test_a_month_counted_as_of_the_lowest_class_was_not_held():
    listed = [*months(PHU_THO, [95] * 11), MonthResult(YEAR[11], CANCELLED)]
    assert rolled(PHU_THO, listed, {"cancelled_month": "kem"}).held == 11


def test_whether_the_best_class_was_reached_is_known_where_its_tests_are():
    assert best_meetings(BINH_THUAN, rolled(BINH_THUAN, months(BINH_THUAN, [95] * 12))) is True
    assert best_meetings(BINH_THUAN, rolled(BINH_THUAN, months(BINH_THUAN, [85] * 12))) is False
    assert best_meetings(PHU_THO, rolled(PHU_THO, months(PHU_THO, [75] * 12))) is False
    waits = rolled(BINH_THUAN, [*months(BINH_THUAN, [85] * 11), MonthResult(YEAR[11], NO_RECORD)])
    assert best_meetings(BINH_THUAN, waits) is None
    quarter = Period.parse("2026-Q1").months
    assert (
        best_meetings(
            AN_PHU,
            rolled(
                AN_PHU, months(AN_PHU, [95] * 3, quarter), {"period_class": "mean"}, period=quarter
            ),
        )
        is True
    )
    assert (
        best_meetings(AN_PHU, rolled(AN_PHU, months(AN_PHU, [95] * 3, quarter), period=quarter))
        is None
    )


def year_of(*, dang_bo, as_of=dt.datetime(2025, 1, 10), scored=95, readings=None, units=()):
    """Score and roll up chi bộ ``a`` on Bình Thuận's rule set for 2024.

    The units are those of the small đảng bộ, or ``units``.
    """
    rows = {"meeting": [], "sheet": [], "line": []}
    for month in Period.parse("2024").months:
        row = meeting("a", month, f"{month}-03", kind="ket_hop")
        rows["meeting"].append(row)
        rows["sheet"].append(
            {
                "sheet_id": row["meeting_id"],
                "meeting_id": row["meeting_id"],
                "rater": "self",
                "rule_set_id": "binh-thuan-khoi",
            }
        )
        entries = {
            "b_total": scored,
            **dict.fromkeys(("b_attend", "b_time", "b_opinions", "b_minutes"), 1),
        }
        rows["line"] += [
            {"sheet_id": row["meeting_id"], "criterion_id": c, "state": "entered", "points": p}
            for c, p in entries.items()
        ]
    form = adopted(
        "rule_set", "binh-thuan-khoi", "tinh", dt.date(2024, 1, 1), dt.date(2025, 10, 27)
    )
    made = year_slice("2024", dang_bo=dang_bo, as_of=as_of, adoption=[form], units=units, **rows)
    return period_results(made, score(made), readings)


def test_a_year_that_is_not_over_has_no_class_for_anybody():
    assert year_of(dang_bo="xa")["a"].class_id == "tot"
    assert {o.status for o in year_of(dang_bo="xa", as_of=dt.datetime(2024, 7, 15)).values()} == {
        "open"
    }


def test_a_chi_bo_that_moved_is_classed_once_where_it_stands_at_the_end():
    moved = [
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
        unit("a", "xa", valid_to=dt.date(2024, 6, 30)),
        unit("a", "xa2", begins=dt.date(2024, 7, 1)),
    ]
    assert year_of(dang_bo="xa", units=moved)["a"].status == "left"
    found = year_of(dang_bo="xa2", units=moved)["a"]
    assert (found.class_id, found.base, found.held) == ("tot", 12, 12)
    both = {
        u: year_of(dang_bo=u, units=moved, readings={"moved_chi_bo": "split_by_date"})["a"]
        for u in ("xa", "xa2")
    }
    assert {u: (o.base, o.class_id) for u, o in both.items()} == {
        "xa": (6, "tot"),
        "xa2": (6, "tot"),
    }
