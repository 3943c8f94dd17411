"""A condition that always or never holds is refused anywhere.

The finding gives its possible values and the likely unit.
"""

from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import parse_annual_rules, parse_rule_set
from assess.rules.facts import FACTS
from assess.rules.intervals import exact, inside
from assess.rules.parts import Condition
from assess.rules.prove_conditions import Domain, prove_edges, prove_varies, shifted, with_bounds
from kit.examples import examples

ROOT = Path(__file__).parents[2]
FORMS = [
    # file, old text, new text, code, hint
    (
        "rules/hd12-2018",
        "{fact: attendance_rate, above: 0.85}",
        "{fact: attendance_rate, above: 85}",
        "edge-outside",
        "above: 0.85",
    ),
    (
        "rules/hd12-2018",
        "{fact: attendance_rate, above: 0.85}",
        "{fact: attendance_rate, at_most: 1}",
        "condition-always",
        "",
    ),
    (
        "rules/hd12-2018",
        "{fact: attendance_rate, above: 0.85}",
        "{fact: attendance_rate, above: 1}",
        "condition-never",
        "",
    ),
    (
        "rules/hd12-2018",
        "{fact: attendance_rate, above: 0.85}",
        "{fact: attendance_rate, at_least: 1}",
        "condition-never",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "longest_excused_streak, at_most: 3",
        "longest_excused_streak, at_most: -3",
        "edge-outside",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "longest_excused_streak, at_most: 3",
        "longest_excused_streak, at_most: 0",
        "condition-never",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "longest_excused_streak, at_most: 3",
        "longest_excused_streak, above: 2, below: 3",
        "condition-never",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "absent_unexcused, at_least: 1",
        "absent_unexcused, at_least: 0",
        "condition-always",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "absent_unexcused, at_least: 1",
        "absent_unexcused, below: 0",
        "condition-never",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "points: 4, at_least: 0.9}",
        "points: 4, at_least: 90}",
        "edge-outside",
        "at_least: 0.9",
    ),
    (
        "rules/an-phu-hd42",
        "{fact: thematic_in_month, is: true}",
        "{fact: roll, at_least: 0}",
        "condition-always",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "{members: 30, minutes: 120,",
        "{members: 30, minutes: 90,",
        "minutes-no-effect",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "  max: 10\n  question: combined",
        "  max: 15\n  question: combined",
        "combined-no-effect",
        "",
    ),
    (
        "rules/an-phu-hd42",
        "        met_when: {fact: papers",
        "        fact: papers_lead_days\n        met_when: {fact: papers",
        "line-key-unused",
        "",
    ),
    (
        "annual/qd366-2025",
        "beyond_share, at_least: 0.3",
        "beyond_share, at_least: 30",
        "edge-outside",
        "at_least: 0.3",
    ),
    (
        "annual/qd366-2025",
        "late_share, at_most: 0.2",
        "late_share, at_most: 20",
        "edge-outside",
        "at_most: 0.2",
    ),
    (
        "annual/qd366-2025",
        "done_share, below: 0.7",
        "done_share, below: 70",
        "edge-outside",
        "below: 0.7",
    ),
    (
        "annual/qd366-2025",
        "late_share, at_most: 0.2",
        "late_share, at_most: 1",
        "condition-always",
        "",
    ),
    ("annual/qd366-2025", "done_share, below: 0.7", "done_share, below: 0", "condition-never", ""),
    (
        "annual/qd366-2025",
        "late_share, at_most: 0.2",
        "late_share, at_most: {of: done_share}",
        "edge-without-value",
        "",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"), FORMS, ids=[f"{f[3]}-{i}" for i, f in enumerate(FORMS)]
)
def test_what_always_or_never_holds_is_refused_at_its_line_with_the_unit_that_was_meant(
    name, old, new, code, hint
):
    path = ROOT / f"params/{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    parse = parse_annual_rules if name.startswith("annual") else parse_rule_set
    with pytest.raises(InputError) as caught:
        parse(text.replace(old, new, 1), path)
    found = [f for f in caught.value.findings if f.code == code]
    assert found, caught.value
    line = text[: text.index(old)].count("\n") + 1
    assert any(line - 1 <= f.place.line <= line + 2 for f in found), caught.value
    assert found[0].hint == hint


def test_the_sentence_names_the_values_that_there_are():
    path = ROOT / "params/annual/qd366-2025.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "beyond_share, at_least: 0.3", "beyond_share, at_least: 30", 1
    )
    with pytest.raises(InputError) as caught:
        parse_annual_rules(text, path)
    assert (
        "mốc 30 của “tỷ lệ nhiệm vụ vượt yêu cầu” nằm ngoài các giá trị có thể có (tỷ lệ, ghi từ 0 đến 1 (1 là 100%))"
        in str(caught.value)
    )
    assert "gợi ý: at_least: 0.3" in str(caught.value)


class Told:
    marked = None

    def __init__(self):
        self.findings = []

    def add(self, code, *_, **__):
        self.findings.append(code)


EDGES = {
    "attendance_rate": [0.0, 0.25, 0.5, 0.9, 1.0],
    "absent_unexcused": [0.0, 0.5, 1.0, 3.0],
    "result_lag_days": [-1.0, 0.0, 2.0],
}
VALUES = {
    "attendance_rate": [0.0, 0.1, 0.25, 0.4, 0.5, 0.7, 0.9, 0.95, 1.0],
    "absent_unexcused": [0, 1, 2, 3, 4, 1000],
    "result_lag_days": [-1000.0, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0, 1000.0],
}


@examples(400)
@given(st.data())
def test_a_condition_is_refused_exactly_where_no_value_or_every_value_meets_it(data):
    fact = data.draw(st.sampled_from(sorted(EDGES)))
    lower, upper = (
        data.draw(st.sampled_from([None, *names]))
        for names in (("at_least", "above"), ("at_most", "below"))
    )
    edges = {
        name: {"plus": data.draw(st.sampled_from(EDGES[fact]))} for name in (lower, upper) if name
    }
    condition = Condition(fact=fact, **edges)
    told = Told()
    assert prove_edges(told, (), condition, Domain.of(FACTS[fact]))
    prove_varies(told, (), condition, Domain.of(FACTS[fact]))
    met = {inside(condition, exact(float(v)), exact(float(v)), {}) for v in VALUES[fact]}
    wanted = [] if len(met) == 2 else ["condition-always" if met.pop() else "condition-never"]
    event(str(wanted))
    assert told.findings == wanted


def test_a_reading_of_the_bounds_or_of_the_streak_moves_the_interval():
    span = Condition(fact="attendance_rate", at_least={"plus": 0.9})
    assert with_bounds(span, "strict").lower[1] is False
    assert with_bounds(span, "inclusive").lower[1] is True
    assert with_bounds(span, "as_written") is span
    assert (
        shifted(Condition(fact="longest_excused_streak", at_most={"plus": 3}), 1).at_most.plus == 2
    )
