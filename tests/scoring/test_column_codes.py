import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from assess.scoring.sheets.column_codes import pairs_among, positions, positions_in_runs

NAMES = ["a", "b", "tốt", ""]
VALUES = st.lists(st.sampled_from([*NAMES, "c", None]), max_size=12)


def plain(values):
    return [NAMES.index(value) if value in NAMES else -1 for value in values]


@given(VALUES)
def test_positions_are_those_of_the_names_and_minus_one_for_others(values):
    column = pd.Series(values, dtype="str")
    assert positions(column, NAMES).tolist() == plain(values)
    assert positions_in_runs(column, NAMES).tolist() == plain(values)


@given(VALUES)
def test_a_column_in_several_pieces_is_read_as_one(values):
    column = pd.concat(
        [pd.Series(values, dtype="str"), pd.Series(values, dtype="str")], ignore_index=True
    )
    assert positions_in_runs(column, NAMES).tolist() == plain(values) * 2
    assert positions_in_runs(column.astype(object), NAMES).tolist() == plain(values) * 2


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"))),
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))),
)
def test_pairs_are_known_as_pairs(known, asked):
    def columns(pairs):
        return tuple(pd.Series([pair[i] for pair in pairs], dtype="str") for i in (0, 1))

    assert pairs_among(*columns(asked), columns(known)).tolist() == [
        pair in known for pair in asked
    ]
