import pytest

from assess.rules.model import RuleSet

FOUR = ("Tốt", "Khá", "Trung bình", "Kém")


def titles(rules, names):
    bands = tuple(
        rules.bands[0].model_copy(update={"id": f"c{i}", "title": name})
        for i, name in enumerate(names)
    )
    changed = {**{name: getattr(rules, name) for name in RuleSet.model_fields}, "bands": bands}
    return [c.title for c in RuleSet.model_construct(**changed).weak_classes]


@pytest.mark.parametrize(
    ("names", "weak"),
    [
        (FOUR, ["Trung bình", "Kém"]),
        (("Tốt", "Khá", "Trung bình", "Yếu", "Kém"), ["Trung bình", "Yếu", "Kém"]),
        (("Xuất sắc", "Tốt", "Khá", "Đạt", "Không đạt"), ["Không đạt"]),
        (("Tốt", "Đạt", "Chưa đạt"), ["Chưa đạt"]),
        (("Tốt", "Khá", "Trung bình"), ["Trung bình"]),
        (("Xuất sắc", "Tốt", "Đạt yêu cầu"), []),
        (("Loại A", "Loại B", "Loại C"), ["Loại C"]),
    ],
)
def test_the_weak_classes_of_a_form_follow_its_own_names_and_a_pass_is_none(an_phu, names, weak):
    assert titles(an_phu, names) == weak


def test_a_form_of_two_classes_has_its_lower_one(rules):
    assert [c.title for c in rules["hd12-2018"].weak_classes] == [
        rules["hd12-2018"].outcome.otherwise.title
    ]
    assert all(form.weak_classes for form in rules.values())


def test_cuts_are_the_plain_numbers_that_a_value_is_compared_with(an_phu, rules):
    assert an_phu.cuts == (50.0, 70.0, 90.0)
    assert an_phu.cuts_of("attendance_rate") == (0.65, 0.75, 0.9)
    assert an_phu.cuts_of("minutes") == ()
    assert 90.0 in rules["binh-thuan-khoi"].mean_cuts
