import numpy as np
import pytest

from assess.scoring import score
from assess.studies.readings.margins import margins
from kit.small_slices import small_slice


@pytest.mark.parametrize(
    ("lost", "spare", "short"),
    [(0, 10, None), (10, 0, None), (11, 19, 1), (35, 15, 5), (60, None, 10)],
)
def test_margins_are_points_to_the_edges_of_the_class_by_the_forms_own_bands(
    an_phu, lost, spare, short
):
    # losses are taken from the largest lines, one after the other
    entries, left = {}, lost
    for c in sorted(an_phu.criteria, key=lambda c: -c.max):
        taken = min(left, c.max)
        entries[c.id], left = c.max - taken, left - taken
    scores = score(
        small_slice(an_phu, {"a": {"kind": "ket_hop"}}, {("a", "self"): entries}),
        {"partial_entry": "as_entered"},
    )
    row = margins(scores).iloc[0]
    for found, wanted in ((row["spare"], spare), (row["short"], short)):
        assert np.isnan(found) if wanted is None else found == pytest.approx(wanted)


def test_cuts_that_are_scaled_move_the_edges(an_phu):
    made = small_slice(an_phu, {"a": {}}, {("a", "self"): {}})
    scores = score(made, {"not_applicable": "scale_cuts"})
    assert scores.meetings["out_of"].iloc[0] == 95
    assert margins(scores)["spare"].iloc[0] == pytest.approx(95 - 0.9 * 95)
