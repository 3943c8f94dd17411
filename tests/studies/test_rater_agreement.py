import numpy as np
import pytest

from assess.scoring import score
from assess.studies.agreement_coefficients import alpha
from assess.studies.rater_agreement import rater_agreement
from kit.small_slices import small_slice


def test_raters_of_the_same_meetings_are_compared_by_class_and_points(an_phu):
    months = {f"m{i}": {"kind": "ket_hop", "for_month": f"2026-{i:02d}"} for i in range(1, 6)}
    sheets = {}
    for i, name in enumerate(months):
        sheets[name, "self"] = {"c7_result": 30.0 if i else 12.0}
        sheets[name, "superior"] = {"c7_result": 30.0 if i > 1 else 12.0}
    found = rater_agreement(score(small_slice(an_phu, months, sheets))).set_index("measure")
    assert found["meetings"].tolist() == [5, 5, 5]
    assert set(found["raters"]) == {"self+superior"}
    ranks = np.array([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]], dtype=float)
    assert found.loc["alpha_class", "value"] == pytest.approx(alpha(ranks, "ordinal"))
    assert found.loc["alpha_points", "value"] == pytest.approx(
        alpha(np.where(ranks > 0, 82.0, 100.0), "interval")
    )
    # of 5 pairs 4 agree; by chance 0.8 · 0.6 + 0.2 · 0.4
    assert found.loc["kappa", "value"] == pytest.approx((0.8 - 0.56) / (1 - 0.56))
    assert found["low"].isna().all()  # five meetings are too few for an interval


def test_three_raters_are_compared_together_and_by_pairs_and_one_alone_with_nobody(an_phu):
    months = {f"m{i}": {"for_month": f"2026-{i:02d}"} for i in range(1, 4)}
    three = {
        (name, rater): {"c4_regular": float(5 * i)}
        for i, name in enumerate(months)
        for rater in ("self", "superior", "inspector")
    }
    found = rater_agreement(score(small_slice(an_phu, months, three)))
    assert set(found["raters"]) == {
        "self+superior+inspector",
        "self+superior",
        "self+inspector",
        "superior+inspector",
    }
    assert found.loc[found["measure"] == "alpha_points", "value"].tolist() == pytest.approx([1] * 4)
    assert rater_agreement(
        score(small_slice(an_phu, months, {(name, "self"): {} for name in months}))
    ).empty
