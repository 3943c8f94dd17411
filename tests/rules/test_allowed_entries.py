import pytest

from assess.rules.allowed_entries import allowed, as_read, entry_questions, offers
from assess.rules.model import Criterion

CITE = {"source": "s", "at": "x"}
WRITTEN = {"decimal_points": "as_written", "partial_entry": "as_entered"}


def line(kind, top, **more):
    return Criterion(id="l", title="Dòng", kind=kind, max=top, cite=CITE, **more)


LEVELS = line(
    "levels",
    30.0,
    levels=[
        {"id": f"v{i}", "title": "Mức", "points": p} for i, p in enumerate((30.0, 22.5, 15.0, 0.0))
    ],
)
YES_NO, FREE, MARK = line("yes_no", 2.0), line("points", 5.0), line("mark", 0.0)
STEP_2, STEP_TENTH = line("deduct", 10.0, step=2.0), line("points", 1.0, step=0.1)


@pytest.mark.parametrize(
    ("criterion", "points", "verdict"),
    [
        (LEVELS, 22.5, "offered"),
        (LEVELS, 29.0, "not_offered"),
        (LEVELS, 14.6, "not_offered"),
        (LEVELS, 31.0, "out_of_range"),
        (YES_NO, 2.0, "offered"),
        (YES_NO, 1.5, "read"),
        (YES_NO, -1.0, "out_of_range"),
        (FREE, 3.7, "offered"),
        (STEP_2, 6.0, "offered"),
        (STEP_2, 7.0, "not_offered"),
        (STEP_2, 10.5, "out_of_range"),
        (STEP_TENTH, 0.3, "offered"),
        (STEP_TENTH, 0.7, "offered"),
        (STEP_TENTH, 0.35, "not_offered"),
        (MARK, 1.0, "offered"),
        (MARK, 0.5, "not_offered"),
    ],
)
def test_what_may_stand_on_a_line_is_what_the_form_offers_or_a_reading_counts(
    criterion, points, verdict
):
    assert allowed(criterion, points) == verdict
    assert offers(criterion, points) == (verdict == "offered")


def test_decimals_that_a_reading_rounds_to_a_level_may_stand_under_that_reading():
    assert allowed(LEVELS, 14.6, {"decimal_points": "whole"}) == "read"
    assert (
        allowed(LEVELS, 29.0, {"decimal_points": "whole", "partial_entry": "halves"})
        == "not_offered"
    )
    assert allowed(STEP_2, 7.6, {"decimal_points": "whole"}) == "read"


def test_a_level_with_decimals_is_not_rounded_away_and_free_points_are():
    assert as_read(LEVELS, 22.5, WRITTEN | {"decimal_points": "whole"}) == 22.5
    assert as_read(FREE, 2.5, WRITTEN | {"decimal_points": "whole"}) == 3.0
    assert as_read(YES_NO, 1.5, WRITTEN | {"partial_entry": "halves"}) == 1.0


def test_only_questions_that_would_count_an_entry_otherwise_are_named():
    assert entry_questions(LEVELS, 29.0) == ()
    assert entry_questions(STEP_2, 7.0) == ()
    assert entry_questions(LEVELS, 14.6) == ("decimal_points",)
    assert entry_questions(YES_NO, 1.0) == ("partial_entry",)
    assert entry_questions(YES_NO, 1.5) == ("partial_entry", "decimal_points")
    assert entry_questions(YES_NO, 2.0) == ()
