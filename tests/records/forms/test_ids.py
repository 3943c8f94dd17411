import pytest

from assess.base import digests
from assess.base.errors import InputError
from assess.records.forms.ids import FormId, is_id, meeting_id_for, parse_id, rules_digest


def test_an_id_reads_back_as_it_was_written(rules):
    about = FormId("form", "an-phu-hd42", rules_digest(rules["an-phu-hd42"]), "pvd-01", "2026-03", "pvd-01.2603")
    assert parse_id(str(about)) == about
    assert is_id(str(about))


@pytest.mark.parametrize("changed", [
    {"month": "2026-13"}, {"month": "2026-Q1"}, {"unit_id": "a b"}, {"unit_id": "../x"}, {"meeting_id": "m" * 500}, {"meeting_id": 'a"; x'}, {"rule_set_id": ""},
])  # fmt: skip
def test_an_id_with_a_right_check_but_impossible_parts_is_no_id(changed):
    parts = {"rule_set_id": "an-phu-hd42", "rules_digest": "0" * 12, "unit_id": "pvd-01", "month": "2026-03", "meeting_id": "m", **changed}
    with pytest.raises(ValueError, match="assess"):
        parse_id(str(FormId("form", **parts)))


def test_any_slip_in_an_id_is_noticed():
    text = str(FormId("form", "an-phu-hd42", "0" * 12, "pvd-01", "2026-03", "m"))
    for i in range(len(text)):
        changed = text[:i] + ("x" if text[i] != "x" else "y") + text[i + 1 :]
        with pytest.raises(ValueError, match=r"\|"):
            parse_id(changed)


def test_the_digest_follows_what_a_rater_sees_and_nothing_else(rules):
    found = {rules_digest(rule_set) for rule_set in rules.values()}
    assert len(found) == len(rules)
    noted = rules["an-phu-hd42"].model_copy(update={"note": "khác"})
    assert rules_digest(noted) == rules_digest(rules["an-phu-hd42"])
    assert digests.of_text("x") != rules_digest(noted)


def test_a_meeting_id_that_would_be_too_long_is_refused():
    assert meeting_id_for("pvd-01", "2026-03", "chuyen_de") == "pvd-01.2603cd"
    with pytest.raises(InputError):
        meeting_id_for("x" * 60, "2026-03", "thuong_ky")
