from assess.studies import moves
from assess.studies.moves import CAME, ENDED, FOUNDED, LEFT, WITHIN


def of(cut, dang_bo, period, as_of="2027-01-10"):
    table = moves(cut(dang_bo, period, as_of))
    return {
        (row.what, str(row.day)): set(
            table.loc[(table["what"] == row.what) & (table["day"] == row.day), "chi_bo_id"]
        )
        for row in table.itertuples()
    }


def test_the_end_of_the_districts_is_a_move_for_the_communes(cut, source):
    found = of(cut, "phuong-vi-du", "2025")
    assert list(found) == [(CAME, "2025-07-01")]
    assert len(found[CAME, "2025-07-01"]) == 15
    assert (
        of(cut, "phuong-vi-du", "2025-H2") == {}
    )  # the day is the first of the period: nothing changed within it
    old = of(cut, "tt-vi-du", "2025")
    assert list(old) == [(LEFT, "2025-07-01")]
    whole = of(cut, "tinh", "2025")
    assert whole[WITHIN, "2025-07-01"] >= found[CAME, "2025-07-01"]


def test_cells_that_begin_or_end_within_a_period_are_told_with_their_successor(cut):
    assert of(cut, "ct-mo-phong", "2026") == {(FOUNDED, "2026-05-01"): {"cmp-07"}}
    made = cut("xa-mau-thu", "2026")
    table = moves(made)
    assert [(r.chi_bo_id, r.what, str(r.day), r.other) for r in table.itertuples()] == [
        ("xmt-14", ENDED, "2026-04-01", "xmt-01")
    ]
