from assess.studies.readings.concerned_lines import leads_to_not_applicable, lines_of


def ids(rules, question):
    return [line.id for line in lines_of(rules, question)]


def test_a_question_is_about_the_lines_that_name_it(an_phu):
    assert ids(an_phu, "thematic_points_off_month") == ["c4_thematic"]
    assert ids(an_phu, "unexcused") == ["c2_rate"]
    assert ids(an_phu, "bonus_line") == ["c2_bonus"]
    assert ids(an_phu, "level_gap") == ["c1_time", "c4_discuss"]


def test_a_question_of_a_fact_or_of_two_lines_is_about_those_that_follow_it(an_phu):
    assert ids(an_phu, "speakers_base") == ["c4_discuss"]
    assert ids(an_phu, "required_minutes_at_30") == ["c1_time"]
    assert ids(an_phu, "combined_maximum") == ["c4_regular", "c4_thematic"]
    assert ids(an_phu, "blank_line") == []  # concerns every line


def test_a_line_whose_own_question_may_lead_there_is_one_that_may_not_apply(an_phu):
    assert ids(an_phu, "not_applicable") == [
        "c3_meeting",
        "c4_thematic",
        "c6_criticism",
        "c7_result",
    ]
    assert leads_to_not_applicable("thematic_points_off_month")
    assert not leads_to_not_applicable("not_applicable")
    assert not leads_to_not_applicable("unexcused")


def test_a_gate_is_about_the_lines_it_needs(rules):
    form = rules["binh-thuan-khoi"]
    assert ids(form, "gate_fall") == [need.criterion for gate in form.gates for need in gate.needs]
