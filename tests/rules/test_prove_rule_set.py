"""The prover against brute force over random levels."""

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assess.rules.intervals import critical_values, pieces
from assess.rules.model import Level
from kit.examples import examples

edges = st.integers(0, 8).map(lambda n: n / 8)


@st.composite
def levels(draw):
    made = []
    for i in range(draw(st.integers(1, 4))):
        span = {}
        if draw(st.booleans()):
            span[draw(st.sampled_from(["at_least", "above"]))] = draw(edges)
        if draw(st.booleans()):
            span[draw(st.sampled_from(["at_most", "below"]))] = draw(edges)
        made.append(Level(id=f"l{i}", title="x", points=i, **span))
    return made


def covered(level, value):
    checks = {
        "at_least": value.__ge__,
        "above": value.__gt__,
        "at_most": value.__le__,
        "below": value.__lt__,
    }
    return all(
        check(Fraction(repr(bound.plus)))
        for name, check in checks.items()
        if (bound := getattr(level, name)) is not None
    )


@given(levels())
@examples(300)
def test_every_point_of_the_domain_is_in_the_piece_that_holds_it(found):
    cut = list(pieces(found, (0.0, 1.0)))
    for sixteenths in range(33):
        value = Fraction(sixteenths, 32)
        by_hand = tuple(k for k, level in enumerate(found) if covered(level, value))
        holding = [p for p in cut if (p.low == p.high == value) or p.low < value < p.high]
        assert [p.covered_by for p in holding] == [by_hand]


@given(levels())
def test_pieces_join_without_gap_from_end_to_end(found):
    cut = list(pieces(found, (0.0, 1.0)))
    assert cut[0].low == 0
    assert cut[-1].high == 1
    assert all(a.high == b.low for a, b in itertools.pairwise(cut))


def test_the_edges_of_own_minutes_change_order_only_at_the_critical_values():
    half = Level(id="half", title="x", points=1, equals={"of": "required_minutes", "times": 0.5})
    less = Level(id="less", title="x", points=2, at_least={"of": "required_minutes", "plus": -30})
    assert Fraction(60) in critical_values([half, less], Fraction(1), Fraction(600))
