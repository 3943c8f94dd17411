import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.base.periods import moment
from assess.records import make_slice, open_slice, write_slice
from assess.records.answers import Answers
from assess.records.slice_checks import answer_findings
from assess.records.slices import digest_of, head_of
from assess.records.tables import from_rows
from kit.score_forms import little_tree

D = dt.date


def row(unit_id, option, begins, ends=None, question="level_gap", rule_set_id="an-phu-hd42"):
    return {
        "unit_id": unit_id,
        "rule_set_id": rule_set_id,
        "question": question,
        "option": option,
        "valid_from": begins,
        "valid_to": ends,
        "citation": "CV 1",
    }


def test_the_nearest_unit_that_answered_counts_from_its_day_on(rules):
    rows = [
        row("tinh", "next_worse", D(2026, 1, 1)),
        row("db-an-phu-hd42", "next_better", D(2026, 3, 1), D(2026, 6, 30)),
    ]
    found = Answers(little_tree(rules), from_rows("answer", rows))
    days = [D(2025, 12, 31), D(2026, 1, 1), D(2026, 3, 1), D(2026, 6, 30), D(2026, 7, 1)]
    options = [
        [answer.option for answer in found.on("cb-an-phu-hd42", "an-phu-hd42", day).values()]
        for day in days
    ]
    assert options == [[], ["next_worse"], ["next_better"], ["next_better"], ["next_worse"]]
    assert found.on("cb-an-phu-hd42", "hd12-2018", D(2026, 4, 1)) == {}
    assert found.on("cb-hd12-2018", "an-phu-hd42", D(2026, 4, 1))["level_gap"].unit_id == "tinh"


@pytest.mark.parametrize(
    ("changes", "code", "hint"),
    [
        ({"rule_set_id": "an-phu-hd24"}, "unknown-rule-set", "an-phu-hd42"),
        ({"question": "shares_to_100"}, "answer-not-asked", ""),
        ({"question": "cap_tie"}, "answer-not-asked", ""),
        ({"question": "cap_tie", "rule_set_id": "qd366-2025"}, "unknown-option", ""),
        ({"option": "next_wors"}, "unknown-option", "next_worse"),
        ({"valid_from": D(2025, 10, 1)}, "adoption-too-early", ""),
    ],
)
def test_what_answers_nothing_is_refused_at_its_cell(rules, changes, code, hint):
    table = from_rows("answer", [row("tinh", "next_worse", D(2026, 1, 1)) | changes])
    found = answer_findings(table, rules, lambda at, column: (at, column))
    assert [(finding.code, finding.hint) for finding in found] == [(code, hint)]
    assert found[0].place[0] == 0


def with_answers(source, rows):
    records = source.records(moment("2027-01-10"))
    return replace(records, tables={**records.tables, "answer": from_rows("answer", rows)})


def cut_from(records, rules, dang_bo="qs-tinh"):
    day = dt.date(2027, 1, 12)
    about = {"period": "2026-Q1", "as_of": "2027-01-10", "document_date": day}
    return make_slice(records, rules, dang_bo=dang_bo, **about)


def test_a_slice_without_answers_has_the_digest_and_the_files_of_before_there_were_any(
    cut, tmp_path
):
    made = cut("qs-tinh", "2026-Q1")
    write_slice(made, tmp_path)
    assert not (tmp_path / "answer.parquet").exists()
    without = {name: table for name, table in made.tables.items() if name != "answer"}
    head = head_of(
        made.dang_bo, made.period, made.as_of, made.document_date, made.rule_set, made.origin
    )
    assert digest_of(head, without, made.rule_texts) == made.digest == open_slice(tmp_path).digest


def test_a_slice_has_the_answers_of_the_units_above_and_its_digest_covers_them(
    source, rules, tmp_path
):
    mine, elsewhere = (
        row("tinh", "next_better", D(2026, 2, 1)),
        row("xa-mau-thu", "next_better", D(2026, 2, 1)),
    )
    plain = cut_from(with_answers(source, []), rules)
    assert cut_from(with_answers(source, [elsewhere]), rules).digest == plain.digest
    made = cut_from(with_answers(source, [mine]), rules)
    assert made.digest != plain.digest
    write_slice(made, tmp_path)
    again = open_slice(tmp_path)
    pd.testing.assert_frame_equal(again.tables["answer"], made.tables["answer"])
    other = cut_from(with_answers(source, [mine | {"citation": "CV 2"}]), rules)
    assert len({plain.digest, made.digest, other.digest}) == 3


def test_an_answer_that_no_rules_ask_for_stops_the_slice(source, rules):
    with pytest.raises(InputError) as caught:
        cut_from(with_answers(source, [row("tinh", "x", D(2026, 2, 1))]), rules)
    assert caught.value.findings[0].code == "unknown-option"
