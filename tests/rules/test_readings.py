import pytest

from assess.base.errors import InputError
from assess.rules import catalogue, check_readings, options_of, resolve


def test_the_form_decides_a_default_where_its_text_does(an_phu):
    chosen = resolve(an_phu, {})
    assert chosen["no_chi_uy"].option.id == "full_if_lone_secretary"
    assert chosen["no_chi_uy"].origin == "rule_set"
    assert chosen["not_applicable"].origin == "default"


def test_a_given_reading_wins_and_says_so(an_phu):
    chosen = resolve(an_phu, {"no_chi_uy": "full"})
    assert (chosen["no_chi_uy"].option.id, chosen["no_chi_uy"].origin) == ("full", "given")


def test_questions_that_the_form_does_not_raise_are_not_listed(an_phu):
    assert "gate_fall" not in resolve(an_phu, {"gate_fall": "one_class"})
    assert options_of(resolve(an_phu, {}))["gate_fall"] == "one_class"


def test_unknown_questions_and_options_are_refused_together_with_the_nearest_name():
    with pytest.raises(InputError) as caught:
        check_readings({"not_aplicable": "zero", "blank_line": "zeros"})
    assert [f.hint for f in caught.value.findings] == ["not_applicable", "zero"]


def test_every_question_of_the_catalogue_has_its_default_first_and_distinct_options():
    for question in catalogue().values():
        options = [o.id for o in question.options]
        assert question.default == options[0]
        assert len(set(options)) == len(options)
