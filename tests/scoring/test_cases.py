"""The worked cases beside the rule sets: they hold, and they fail when a rule changes."""

import re
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.rules import parse_rule_set, rule_files
from assess.scoring.cases import cases_path, run_cases

ROOT = Path(__file__).parents[2]
FILES = rule_files(ROOT / "params/rules")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_case_of_every_rule_set_holds(path):
    assert run_cases(parse_rule_set(None, path), cases_path(path)) >= 8


def numbers(path):
    """Every number of a rule file that is part of a rule, as (line, start, end)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if (
            re.search(r"(title|note|why|at|short|number|date|valid_from):", line)
            and "points" not in line
            and "at_least" not in line
            and "below" not in line
        ):
            continue
        code = re.sub(r"(title|at): *(\"[^\"]*\"|[^,}]*)", lambda m: " " * len(m[0]), line)
        for match in re.finditer(r"(?<=: )-?\d+(?:\.\d+)?(?=[,}\n]|$)", code):
            yield number, match.start(), match.end()


PATH = ROOT / "params/rules/an-phu-hd42.yaml"


@pytest.mark.parametrize("where", list(numbers(PATH)), ids=lambda w: f"line-{w[0] + 1}-{w[1]}")
def test_a_changed_number_anywhere_in_the_form_is_caught_by_a_proof_or_a_case(where):
    line, start, end = where
    lines = PATH.read_text(encoding="utf-8").splitlines()
    old = lines[line][start:end]
    lines[line] = lines[line][:start] + (f"{float(old) + 0.01:.2f}" if "." in old else str(int(old) + 1)) + lines[line][end:]
    with pytest.raises(InputError):
        run_cases(parse_rule_set("\n".join(lines), PATH), cases_path(PATH))


def test_a_case_that_does_not_hold_says_what_was_expected_and_what_came_out(tmp_path, an_phu):
    path = tmp_path / "x.cases.yaml"
    path.write_text("rule_set: an-phu-hd42\ncases:\n  - name: sai\n    expect: {total: 99, class: kha}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_cases(an_phu, path)
    assert [str(f.place) for f in caught.value.findings] == [f"{path}:4:21", f"{path}:4:32"]
    assert "tổng điểm phải là 99, tính ra 100" in str(caught.value)


@pytest.mark.parametrize(("text", "code"), [
    ("lines: {c1_tme: 3}\n    expect: {total: 1}", "case-criterion"),
    ("meeting: {minute: 3}\n    expect: {total: 1}", "unknown-key"),
    ("readings: {blank_line: zeros}\n    expect: {total: 1}", "unknown-option"),
    ("expect: {totl: 1}", "unknown-key"),
])  # fmt: skip
def test_a_misspelled_case_is_refused_with_the_nearest_name(tmp_path, an_phu, text, code):
    path = tmp_path / "x.cases.yaml"
    path.write_text(f"rule_set: an-phu-hd42\ncases:\n  - name: sai\n    {text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_cases(an_phu, path)
    assert caught.value.findings[0].code == code
    assert caught.value.findings[0].hint
