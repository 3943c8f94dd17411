"""The worked cases beside the rule sets: they hold, and they fail when a rule changes."""

import functools
from pathlib import Path

import pytest
import yaml

from assess.base import marked_yaml
from assess.base.errors import InputError
from assess.base.schema import validate
from assess.rule_tools.case_file import CaseFile, cases_path
from assess.rule_tools.case_results import score_cases
from assess.rule_tools.cases import differences, run_cases
from assess.rules import catalogue, parse_rule_set, rule_files
from assess.scoring import score
from kit.small_slices import small_slice

ROOT = Path(__file__).parents[2]
FILES = rule_files(ROOT / "params/rules")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_case_of_every_rule_set_holds(path):
    assert run_cases(parse_rule_set(None, path), cases_path(path)) >= 8


def values(path):
    """Yield every number and flag of a rule file, as (old, line, start, end).

    The YAML parser finds them, so none is overlooked.
    """

    def walk(node):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if (
                    key.value != "dates_known"
                ):  # says what is known of the rule set, and decides nothing
                    yield from walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                yield from walk(value)
        elif node.tag.rpartition(":")[2] in ("int", "float", "bool"):
            yield node.value, node.start_mark.line, node.start_mark.column, node.end_mark.column

    yield from walk(yaml.compose(path.read_text(encoding="utf-8")))


@functools.cache
def cases_of(path):
    """Return the cases of a rule file, and the file they stand in."""
    marked = marked_yaml.read(cases_path(path))
    return validate(CaseFile, marked), marked


def changed(old):
    if old in ("true", "false"):
        return "false" if old == "true" else "true"
    return f"{float(old) + 0.01:.2f}" if "." in old else str(int(old) + 1)


VALUES = [(path, *where) for path in FILES for where in values(path)]


@pytest.mark.parametrize(
    ("path", "old", "line", "start", "end"),
    VALUES,
    ids=[f"{p.stem}-{n + 1}-{a}" for p, _, n, a, _ in VALUES],
)
def test_a_changed_number_or_flag_anywhere_in_a_form_is_caught_by_a_proof_or_a_case(
    path, old, line, start, end
):
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line] = lines[line][:start] + changed(old) + lines[line][end:]
    try:
        changed_form = parse_rule_set("\n".join(lines), path)
    except InputError:
        return  # a proof caught it
    assert next(differences(changed_form, *cases_of(path)), None) is not None


def test_the_numbers_of_the_forms_are_really_looked_at():
    found = {path.stem: sum(p == path for p, *_ in VALUES) for path in FILES}
    assert found["an-phu-hd42"] > 90
    assert min(found.values()) >= 8
    assert len(VALUES) > 230


def test_a_case_that_does_not_hold_says_what_was_expected_and_what_came_out(tmp_path, an_phu):
    path = tmp_path / "x.cases.yaml"
    path.write_text(
        "rule_set: an-phu-hd42\ncases:\n  - name: sai\n    expect: {total: 99, class: kha}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        run_cases(an_phu, path)
    assert [str(f.place) for f in caught.value.findings] == [f"{path}:4:21", f"{path}:4:32"]
    assert "tổng điểm phải là 99, tính ra 100" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lines: {c1_tme: 3}\n    expect: {total: 1}", "case-criterion"),
        ("meeting: {minute: 3}\n    expect: {total: 1}", "unknown-key"),
        ("readings: {blank_line: zeros}\n    expect: {total: 1}", "unknown-option"),
        ("expect: {totl: 1}", "unknown-key"),
        ("meeting: {papers_days_before: 900000}\n    expect: {total: 1}", "out-of-range"),
        ("expect: {}", "case-expects-nothing"),
        ("lines: {c2_rate: 3.5}\n    expect: {total: 1}", "off-form-points"),
        ("lines: {c3_content: -1}\n    expect: {total: 1}", "negative-points"),
    ],
)
def test_a_misspelled_case_is_refused_with_the_nearest_name(tmp_path, an_phu, text, code):
    path = tmp_path / "x.cases.yaml"
    path.write_text(f"rule_set: an-phu-hd42\ncases:\n  - name: sai\n    {text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_cases(an_phu, path)
    assert caught.value.findings[0].code == code
    assert caught.value.findings[0].hint or code in (
        "out-of-range",
        "case-expects-nothing",
        "off-form-points",
        "negative-points",
    )


def test_points_off_the_step_are_no_case_and_are_told_in_the_frame_of_lines(tmp_path, root):
    path = root / "params/rules/lai-chau-qd14.yaml"
    rules = parse_rule_set(
        path.read_text(encoding="utf-8").replace(
            "kind: points, max: 5,", "kind: points, step: 2.5, max: 5,", 1
        ),
        path,
    )
    cases = tmp_path / "x.cases.yaml"
    text = "rule_set: lai-chau-qd14\ncases:\n  - name: nấc\n    lines: {{l3_speak: {}}}\n    expect: {{class: tot}}\n"
    cases.write_text(text.format("2.5"), encoding="utf-8")
    assert run_cases(rules, cases) == 1
    cases.write_text(text.format("3"), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"điểm 3 không có trong các mức hoặc nấc điểm của dòng.*0–5, mỗi nấc 2,5"
    ):
        run_cases(rules, cases)
    lines = score(small_slice(rules, {"m": {}}, {("m", "self"): {"l3_speak": 3.0}})).lines
    assert lines.loc[lines["off_form"], "criterion_id"].tolist() == ["l3_speak"]


BY_RATERS_OR_REPORT = {
    "self_vs_superior",
    "superior_silent",
    "window_month",
    "shares_to_100",
    "score_basis",
}
"""Questions about both raters or the whole report; a case has only one sheet.

They have tests of their own, and so have the questions of a period (test_roll_up.py), of the annual
class (test_annual_class.py, test_cap.py) and of visits.
"""


def outcome(rules, case, readings):
    scores = score_cases(rules, [case], readings)
    lines = scores.lines[["criterion_id", "recomputed", "points", "weight", "share", "treatment"]]
    return scores.sheets[
        ["total", "out_of", "cuts", "class_id", "reason", "gate"]
    ].to_json(), lines.to_json()


def test_every_option_of_every_question_moves_some_case_away_from_the_default():
    moved = set()
    for path in FILES:
        rules = parse_rule_set(None, path)
        for case in cases_of(path)[0].cases:
            for question, option in case.readings.items():
                default = {**case.readings, question: catalogue()[question].default}
                if (question, option) not in moved and outcome(
                    rules, case, case.readings
                ) != outcome(rules, case, default):
                    moved.add((question, option))
    of_lines = [
        q
        for q in catalogue().values()
        if q.id not in BY_RATERS_OR_REPORT and q.role not in ("year", "period", "annual", "visit")
    ]
    wanted = {(q.id, o.id) for q in of_lines for o in q.options[1:]}
    assert wanted - moved == set()


YEAR_CASE = "rule_set: {rules}\ncases:\n  - {{name: một, expect: {{out_of: 100}}}}\nyears:\n  - name: năm\n    totals: {totals}\n    expect: {expect}\n    mean: {mean}\n"


@pytest.mark.parametrize(
    ("mean", "holds"),
    [("81.63", True), ("81.625", True), ("81.628", True), ("81.62", False), ("81.64", False)],
)
def test_a_mean_of_81_625_holds_as_reports_print_it(tmp_path, mean, holds):
    rules = parse_rule_set(None, ROOT / "params/rules/an-phu-hd42.yaml")
    path = tmp_path / "x.cases.yaml"
    totals = [81, 82, 81, 82.5] * 3
    assert sum(totals) / 12 == 81.625
    path.write_text(
        YEAR_CASE.format(rules=rules.id, totals=totals, expect="null", mean=mean), encoding="utf-8"
    )
    if holds:
        assert run_cases(rules, path) == 2
        return
    with pytest.raises(InputError, match=r"điểm bình quân phải là 81,6\d, tính ra 81,63"):
        run_cases(rules, path)


def test_a_year_with_a_total_that_no_sheet_can_have_is_refused(tmp_path, an_phu):
    path = tmp_path / "x.cases.yaml"
    path.write_text(
        YEAR_CASE.format(rules=an_phu.id, totals=[101] * 12, expect="null", mean="100"),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"giá trị 101 nằm ngoài khoảng cho phép"):
        run_cases(an_phu, path)


def test_a_case_whose_sheet_waits_says_so_instead_of_a_number_that_is_none(tmp_path, an_phu):
    path = tmp_path / "x.cases.yaml"
    path.write_text(
        "rule_set: an-phu-hd42\ncases:\n  - {name: quá, lines: {c4_process: 6}, expect: {total: 100}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="tổng điểm phải là 100, tính ra không có"):
        run_cases(an_phu, path)
