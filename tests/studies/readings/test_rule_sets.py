"""A study over several rule sets in turn, against scoring on each by itself."""

import itertools

import pytest

from assess.studies.readings import PERIOD, study_readings
from assess.studies.readings.space import RULE_SET
from assess.studies.reform import slice_on_rule_set
from kit.each_combination import base_of, results, results_of_periods
from kit.slices_to_read import slice_of
from kit.study_checks import check


def stricter(rules):
    """Return the rule set with the edge of its best class five points higher."""
    best, second, *rest = rules.bands
    edge = best.at_least.model_copy(update={"plus": best.at_least.plus + 5})
    bands = (
        best.model_copy(update={"at_least": edge}),
        second.model_copy(update={"below": edge}),
        *rest,
    )
    return rules.model_copy(update={"id": "chat-hon", "short": "Biểu chặt hơn", "bands": bands})


def brute(made, forms, questions, readings, of_slice):
    """Return results by case and combination, the rule set last.

    On its own rule set each case is scored as it is.
    """
    used = made.tables["meeting"].set_index("meeting_id")["rule_set_id"]
    by_chi_bo = (
        made.tables["meeting"]
        .groupby("chi_bo_id")["rule_set_id"]
        .agg(lambda ids: ids.dropna().iloc[0])
    )
    own, everything = of_slice(made, questions, readings)
    form = {case: used.get(case, by_chi_bo.get(case)) for case in own}
    carried = {
        rules.id: of_slice(slice_on_rule_set(made, rules), questions, readings)[0]
        for rules in forms
    }
    known = {
        case: {
            (*combination, rules.id): (own if rules.id == form[case] else carried[rules.id])[case][
                combination
            ]
            for combination in everything
            for rules in forms
        }
        for case in own
    }
    base = {
        case: (*base_of(made.rule_sets[form[case]], questions, readings), form[case])
        for case in own
    }
    return (
        known,
        list(itertools.starmap(lambda c, r: (*c, r.id), itertools.product(everything, forms))),
        base,
        form,
    )


@pytest.mark.parametrize(
    ("name", "of", "asked"),
    [
        ("a chi bộ on the sample's form", "meeting", ["not_applicable"]),
        ("a year by tests on points", PERIOD, ["unclassed_month"]),
    ],
)
def test_every_number_equals_that_of_scoring_on_each_form_by_itself(name, of, asked):
    made = slice_of(name)
    (rules,) = made.rule_sets.values()
    forms = [rules, stricter(rules)]
    study = study_readings(made, asked, of=of, rule_sets=[stricter(rules)])
    questions = [q.id for q in study.space.questions if q.id != RULE_SET]
    known, everything, base, form = brute(
        made, forms, questions, {}, results_of_periods if of == PERIOD else results
    )
    chi_bo = {case: case for case in known} | made.tables["meeting"].set_index("meeting_id")[
        "chi_bo_id"
    ].to_dict()
    check(study, known, everything, base, chi_bo, form)
    moved = study.questions.set_index("question_id").loc[RULE_SET]
    assert moved["class_moves"] > 0


def test_a_form_with_other_lines_leaves_the_meetings_waiting(rules):
    made = slice_of("a chi bộ on the sample's form")
    study = study_readings(made, [], rule_sets=[rules["binh-thuan-khoi"]])
    by_option = study.counts.merge(
        study.combinations[[RULE_SET]], left_on="combination", right_index=True
    )
    assert by_option.loc[by_option[RULE_SET] == "binh-thuan-khoi", "cases"].sum() == 0
    assert by_option.loc[by_option[RULE_SET] == "an-phu-hd42", "cases"].sum() > 0
