"""Year rules: every kind of year is checked, none is sampled."""

import itertools
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import parse_rule_set
from assess.rules.intervals import exact
from assess.rules.parts import Edge
from assess.rules.year import YearShape, all_years, first_class, unreachable
from kit.examples import examples

ROOT = Path(__file__).parents[2]


BINH_THUAN, PHU_THO = (
    parse_rule_set(None, ROOT / f"params/rules/{name}.yaml")
    for name in ("binh-thuan-khoi", "phu-tho-khoi")
)
KINDS = {(tuple(y.months.items()), y.thematic): y for y in all_years(BINH_THUAN)}


@pytest.fixture(scope="module")
def binh_thuan():
    return BINH_THUAN


def test_every_spread_of_twelve_months_over_the_classes_is_a_kind_of_year(binh_thuan):
    found = {(tuple(y.months.values()), y.thematic) for y in all_years(binh_thuan)}
    assert len(found) == comb(12 + 4, 4) * 5
    assert all(
        sum(y.months.values()) == y.held <= 12 for y in itertools.islice(all_years(binh_thuan), 500)
    )


@given(
    st.lists(st.integers(0, 400).map(lambda n: n / 4), min_size=1, max_size=12), st.integers(0, 4)
)
@examples(200)
def test_a_real_year_has_its_mean_within_the_ends_of_its_kind(totals, quarters):
    form = BINH_THUAN
    classes = [
        "tot" if t >= 90 else "kha" if t >= 70 else "trung_binh" if t >= 50 else "kem"
        for t in totals
    ]
    months = {c.id: classes.count(c.id) for c in form.classes}
    kind = KINDS[tuple(months.items()), quarters]
    mean = sum(map(exact, totals)) / len(totals)
    assert kind.low <= mean <= kind.high
    assert mean < kind.high or kind.high_in


@given(st.integers(0, 12), st.integers(0, 12))
def test_the_order_of_tests_decides_which_class_a_year_gets(good, held):
    good = min(good, held)
    form = PHU_THO
    year = YearShape(
        {"tot": good, "kha": held - good, "trung_binh": 0, "kem": 0},
        held,
        0,
        Fraction(80),
        True,
        Fraction(80),
        True,
    )
    wanted = -1 if not held else 0 if good >= 7 else 1
    assert first_class(form, lambda test: year.value(test, Fraction(80))) == wanted


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{of: months_held, equals: 12}", "{of: months_held, equals: 13}", "edge-outside"),
        ("{of: mean, at_least: 90}", "{of: mean, at_least: 101}", "edge-outside"),
        (
            "classes: [trung_binh, kem], at_most: 0",
            "classes: [tot, kha, trung_binh, kem], at_most: 9",
            "year-unreachable",
        ),
        ("{of: mean, at_least: 90}", "{of: mean, at_least: 0}", "condition-always"),
        ("{of: mean, at_least: 90}", "{of: mean, above: 100}", "condition-never"),
        ("classes: [tot], at_least: 10", "classes: [tott], at_least: 10", "unknown-class"),
        (
            "{of: months_classed, classes: [tot], at_least: 10}",
            "{of: months_classed, at_least: 10}",
            "year-test-classes",
        ),
        ("{of: mean, at_least: 90}", "{of: mean}", "condition-empty"),
        ("{of: mean, at_least: 90}", "{of: meen, at_least: 90}", "not-allowed"),
    ],
)
def test_a_year_rule_that_no_year_can_meet_is_refused_where_it_stands(old, new, code):
    path = ROOT / "params/rules/binh-thuan-khoi.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError) as caught:
        parse_rule_set(text.replace(old, new), path)
    assert code in [f.code for f in caught.value.findings]
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if old in row)
    assert any(
        line - 10 <= f.place.line <= line and f.place.column > 0
        for f in caught.value.findings
        if f.code == code
    )


def test_a_class_behind_one_that_always_comes_first_is_unreachable():
    tot, kha = PHU_THO.year
    whole = kha.model_copy(update={"complete": True})
    assert unreachable(PHU_THO) == []
    assert unreachable(PHU_THO.model_copy(update={"year": (whole, tot)})) == [1]
    # where the known text breaks off, a missing test may fail, and the next class is reached
    assert unreachable(PHU_THO.model_copy(update={"year": (kha, tot)})) == []


def test_a_condition_lets_totals_of_a_better_class_stand_in_a_lower_one():
    test = BINH_THUAN.year[0].tests[0]
    none_good = (
        BINH_THUAN.year[0].tests[3].model_copy(update={"at_least": None, "at_most": Edge(plus=0)})
    )
    year = BINH_THUAN.year[0].model_copy(update={"tests": (test, none_good)})
    assert unreachable(BINH_THUAN.model_copy(update={"year": (year,)})) == []
    assert unreachable(BINH_THUAN.model_copy(update={"year": (year,), "gates": ()})) == [0]
