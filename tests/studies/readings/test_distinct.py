"""Options that are equal on all data count once, whatever the list of options.

The verdict on a period rests on the combinations that give a class.
"""

import itertools
from collections import Counter

import pytest

from assess.scoring import score
from assess.scoring.period.roll_up import period_results
from assess.studies.readings import PERIOD, study_readings
from kit.slices_to_read import cut

FIVE = [
    "thematic_points_off_month",
    "results_first_month",
    "level_gap",
    "attendance_denominator",
    "not_applicable",
]
OF_PERIOD = [
    "thematic_points_off_month",
    "results_first_month",
    "level_gap",
    "not_applicable",
    "cancelled_month",
]


def verdicts(frame):
    counts = frame["verdict"].value_counts()
    return tuple(int(counts.get(name, 0)) for name in ("robust", "fragile", "contested"))


def test_synonyms_of_an_option_do_not_vote_twice():
    quarter = study_readings(
        cut("data/sample", "phuong-vi-du", "2026-Q1", "2027-01-10"), FIVE
    ).cases.set_index("case_id")
    for meeting in ("pvd-06.2602", "pvd-13.2603"):
        assert quarter.loc[meeting, "share"] == pytest.approx(0.65)
        assert quarter.loc[meeting, "verdict"] == "contested"


def test_a_year_has_the_verdicts_of_its_different_behaviours():
    study = study_readings(cut("data/sample", "phuong-vi-du", "2026", "2027-01-10"), FIVE)
    assert verdicts(study.cases) == (105, 30, 39)
    assert (study.space.size, study.distinct.size) == (2880, 1920)
    same = {frozenset((r.option, r.other)) for r in study.same_options.itertuples()}
    assert same == {
        frozenset(("rescale_total", "scale_cuts")),
        frozenset(("minus_exempt_and_special", "minus_exempt")),
    }
    # the option in use stands for its synonyms
    assert study.counted_as("not_applicable", "scale_cuts") == "rescale_total"


def test_the_option_in_use_stands_for_its_synonyms():
    made = cut("data/sample", "phuong-vi-du", "2026-Q1", "2027-01-10")
    study = study_readings(made, ["not_applicable"], {"not_applicable": "scale_cuts"})
    assert "rescale_total" not in study.distinct.question("not_applicable").model_dump_json()
    assert study.counted_as("not_applicable", "rescale_total") == "scale_cuts"
    row = study.combinations.loc[study.in_use(made.rule_sets["an-phu-hd42"])]
    assert (row["not_applicable"], row["changed"]) == ("scale_cuts", 0)


def test_a_period_is_judged_in_each_way_that_gives_a_class():
    made = cut("data/sample", "phuong-vi-du", "2026", "2027-01-10")
    study = study_readings(made, [*OF_PERIOD, "period_class"], of=PERIOD)
    assert {way: verdicts(mine) for way, mine in study.ways().items()} == {
        "mean": (10, 2, 3),
        "minimum": (6, 2, 7),
        "majority": (11, 2, 2),
    }
    fixed = study_readings(made, OF_PERIOD, {"period_class": "minimum"}, of=PERIOD)
    assert verdicts(fixed.cases) == (6, 2, 7)
    # under the readings in use nobody has a class: that is no change of class, and no class in use
    # can flip
    assert set(study.cases["class_id"]) == {"no_rule"}
    assert study.flips.empty
    assert "no_rule" not in set(study.acceptability["class_id"])
    assert sum(verdicts(study.cases)) == len(study.cases)
    assert verdicts(study.cases) != (0, 0, len(study.cases))


def test_the_verdict_on_a_period_is_that_of_rolling_up_every_combination_by_itself():
    made = cut("data/sample", "phuong-vi-du", "2026-Q3", "2027-01-10")
    asked = {
        "not_applicable": ["rescale_total", "zero"],
        "thematic_points_off_month": ["as_not_applicable", "literal", "full", "to_regular"],
    }
    study = study_readings(made, list(asked), {"period_class": "minimum"}, of=PERIOD, basis=False)
    options = [study.distinct.options(axis) for axis in range(2)]
    results = {chi_bo: Counter() for chi_bo in made.chi_bo}
    for combination in itertools.product(*options):
        readings = dict(zip(asked, combination, strict=True)) | {"period_class": "minimum"}
        for chi_bo, outcome in period_results(made, score(made, readings), readings).items():
            results[chi_bo][outcome.class_id if outcome.status == "classed" else None] += 1
    for row in study.cases.itertuples():
        classed = {name: count for name, count in results[row.case_id].items() if name}
        if row.class_id in classed:
            assert row.share == pytest.approx(classed[row.class_id] / sum(classed.values()))
