"""The annual class of a unit's file: worked cases, and what must hold for every file."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assess.base import marked_yaml
from assess.base.errors import InputError
from assess.base.schema import validate
from assess.rule_tools.annual_cases import AnnualCaseFile, annual_differences, run_annual_cases
from assess.rule_tools.case_file import cases_path
from assess.rules import catalogue, parse_annual_rules
from assess.scoring.annual.annual_class import ANNUAL_QUESTIONS, file_facts, propose
from assess.scoring.annual.annual_list import annual_options
from kit.examples import examples
from kit.reached import Reached

ROOT = Path(__file__).parents[2]
PATH = ROOT / "params/annual/qd366-2025.yaml"
RULES = parse_annual_rules(None, PATH)
LADDER = [c.id for c in RULES.classes]


def test_every_case_holds():
    assert run_annual_cases(RULES, cases_path(PATH)) >= 30


def numbers(path):
    def walk(node):
        children = (
            [v for _, v in node.value]
            if isinstance(node, yaml.MappingNode)
            else node.value
            if isinstance(node, yaml.SequenceNode)
            else []
        )
        for child in children:
            yield from walk(child)
        if isinstance(node, yaml.ScalarNode) and node.tag.rpartition(":")[2] in (
            "int",
            "float",
            "bool",
        ):
            yield node.value, node.start_mark.line, node.start_mark.column, node.end_mark.column

    return list(walk(yaml.compose(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("old", "line", "start", "end"), numbers(PATH), ids=str)
def test_a_changed_number_anywhere_is_caught_by_a_proof_or_a_case(old, line, start, end):
    lines = PATH.read_text(encoding="utf-8").splitlines()
    new = {"true": "false", "false": "true"}.get(old) or (
        f"{float(old) + 0.01:.2f}" if "." in old else str(int(old) + 1)
    )
    lines[line] = lines[line][:start] + new + lines[line][end:]
    try:
        changed = parse_annual_rules("\n".join(lines), PATH)
    except InputError:
        return
    marked = marked_yaml.read(cases_path(PATH))
    assert (
        next(annual_differences(changed, validate(AnnualCaseFile, marked), marked), None)
        is not None
    )


def test_rules_whose_conditions_are_not_known_propose_nothing():
    for name in ("qd124-2023", "qd132-2018"):
        rules = parse_annual_rules(None, ROOT / f"params/annual/{name}.yaml")
        assert (
            propose(
                rules, {"common_points": 30, "result_points": 70}, annual_options(rules, {})
            ).status
            == "unknown"
        )
        assert all(not c.complete for c in rules.classes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fact: beyond_share, at_least: 0.3|fact: beyond_shar, at_least: 0.3", "unknown-fact"),
        ("fact: disciplined, is: false|fact: disciplined, at_least: 1", "condition-kind"),
        ("fact: late_share, at_most: 0.2|fact: late_share", "condition-empty"),
        ("    at_least: 70\n    below: 90|    at_least: 75\n    below: 90", "gap"),
        ("max: 30,|max: 31,", "wrong-sum"),
        ("up_to: 25|up_to: 15", "cap-up-to"),
        (
            "cite: {source: hd43, at: thẩm quyền}|cite: {source: hd44, at: thẩm quyền}",
            "unknown-source",
        ),
        ("- id: cap_tie|- id: cap_tied", "unknown-question"),
        ("month: 2, day: 1,|month: 2, day: 31,", "no-such-day"),
        ("month: 2, day: 1,|month: 2, day: 29,", "no-such-day"),
        (
            "month: 1, day: 15, years_later: 1, levels: [tinh]|month: 11, day: 15, due: decision, levels: [chi_bo]",
            "decision-days",
        ),
    ],
)
def test_a_wrong_rule_is_refused_where_it_stands(text, code):
    old, new = text.split("|")
    source = PATH.read_text(encoding="utf-8")
    assert old in source
    with pytest.raises(InputError) as caught:
        parse_annual_rules(source.replace(old, new, 1), PATH)
    assert code in [f.code for f in caught.value.findings]
    assert all(f.place.line > 1 for f in caught.value.findings)


def test_the_day_of_the_decision_is_found_by_what_it_is_whatever_its_line():
    text = PATH.read_text(encoding="utf-8")
    start = text.index("deadlines:\n") + len("deadlines:\n")
    lines = text[start : text.index("questions:\n")].splitlines(keepends=True)
    for order in ([1, 0, 2, 3], [3, 2, 1, 0]):
        for due in ("due: decision, ", ""):
            turned = (
                text[:start]
                + "".join(lines[i] for i in order).replace("due: decision, ", due)
                + text[text.index("questions:\n") :]
            )
            rules = parse_annual_rules(turned, PATH)
            for level in ("chi_bo", "co_so", "tren_co_so"):
                assert [d.on(2026) for d in rules.decision_deadlines(level)] == [
                    dt.date(2026, 12, 31)
                ]


def test_a_case_written_wrongly_is_refused(tmp_path):
    path = tmp_path / "x.cases.yaml"
    path.write_text(
        "rules: qd366-2025\ncases:\n  - {name: sai, file: {task_set: 3}, expect: {class: htnv}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        run_annual_cases(RULES, path)
    assert caught.value.findings[0].hint == "tasks_set"


def halves(low, high):
    return st.integers(low * 2, high * 2).map(lambda n: n / 2)


@st.composite
def files(draw):
    """Draw a file with the best values, points for any class, and a few facts changed."""
    result = st.sampled_from(
        [st.just(70.0), halves(58, 71), halves(40, 59), halves(20, 39), halves(0, 19)]
    )
    file = {
        "common_points": 30.0,
        "result_points": draw(draw(result)),
        "tasks_set": 12,
        "tasks_on_time": 12,
        "tasks_late": 0,
        "tasks_beyond": 12,
        "disciplined": False,
        "shortcomings": 4,
        "shortcomings_remedied": 4,
        "listed_case": None,
    }
    others = {
        "common_points": st.one_of(halves(26, 31), halves(0, 31)),
        "result_points": st.none(),
        "tasks_set": st.none(),
        "tasks_on_time": st.integers(0, 12),
        "tasks_late": st.integers(0, 12),
        "tasks_beyond": st.integers(0, 12),
        "disciplined": st.sampled_from([True, None]),
        "shortcomings_remedied": st.integers(0, 3),
        "listed_case": st.just("personnel"),
    }
    for name in draw(st.permutations(sorted(others)))[: draw(st.integers(0, 3))]:
        file[name] = draw(others[name])
    return file


READINGS = st.fixed_dictionaries(
    {q: st.sampled_from([o.id for o in catalogue()[q].options]) for q in ANNUAL_QUESTIONS}
)


def test_a_class_is_never_above_its_points_or_its_conditions():
    reached = Reached()

    @examples(500, derandomize=True)
    @given(files(), READINGS, st.sampled_from([True, True, False, None]))
    def check(file, readings, best):
        found = propose(RULES, file, readings, best_meetings=best)
        facts = file_facts(file)
        reached.note(found.class_id or found.status)
        if found.class_id is None:
            assert found.status in ("returned", "incomplete", "over", "no_class")
            return
        if found.listed:
            assert found.class_id == LADDER[-1]
            return
        assert found.points == file["common_points"] + file["result_points"]
        assert LADDER.index(found.class_id) >= LADDER.index(found.by_points)
        if found.class_id in ("htxsnv", "httnv"):
            assert facts["on_time_share"] == 1
        if found.class_id == "htxsnv":
            assert found.points >= 90
            assert facts["beyond_share"] >= 0.3
            assert not file["disciplined"]
            assert file["shortcomings_remedied"] == 4
        if found.class_id == "khtnv":
            assert found.points < 50

    check()
    reached.must_have_seen(*LADDER, "returned", "incomplete")


def test_what_the_file_does_not_say_is_not_taken_for_good_or_bad():
    assert file_facts({"tasks_set": 0}) == {}
    assert file_facts({"shortcomings": 0}) == {"remedied_share": 1.0}
    assert "done_share" not in file_facts({"tasks_set": 10, "tasks_on_time": 8})
