import datetime as dt
import io

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from assess.base.table_digest import of_table

KINDS = {"text": "str", "number": "float64", "time": "datetime64[s]", "flag": "boolean"}
VALUES = {
    "text": st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    "number": st.none()
    | st.integers(-3, 3)
    | st.floats(-9, 9, allow_nan=False).map(lambda v: round(v, 2)),
    "time": st.none()
    | st.datetimes(dt.datetime(1999, 1, 1), dt.datetime(2030, 1, 1)).map(
        lambda v: v.replace(microsecond=0)
    ),
    "flag": st.none() | st.booleans(),
}


def column(kind, values):
    return pd.Series(values, dtype="object").astype(KINDS[kind])


def frame(columns):
    return pd.DataFrame({name: column(kind, values) for name, (kind, values) in columns.items()})


@st.composite
def tables(draw):
    names = draw(
        st.lists(st.sampled_from(["a", "b", "ab", "đ"]), min_size=1, max_size=3, unique=True)
    )
    rows = draw(st.integers(1, 5))
    kinds = [draw(st.sampled_from(list(KINDS))) for _ in names]
    return {
        name: (kind, draw(st.lists(VALUES[kind], min_size=rows, max_size=rows)))
        for name, kind in zip(names, kinds, strict=True)
    }


@given(columns=tables(), data=st.data())
def test_one_changed_cell_changes_the_digest(columns, data):
    name = data.draw(st.sampled_from(sorted(columns)))
    kind, values = columns[name]
    at = data.draw(st.integers(0, len(values) - 1))
    other = data.draw(VALUES[kind])
    assume(other != values[at])
    changed = {**columns, name: (kind, [*values[:at], other, *values[at + 1 :]])}
    assert of_table(frame(changed)) != of_table(frame(columns))


@given(columns=tables(), data=st.data())
def test_so_does_a_name_the_order_of_columns_or_of_rows_and_a_row_more(columns, data):
    table = frame(columns)
    first, *others = table.columns
    digests = {
        of_table(table),
        of_table(table.rename(columns={first: "x"})),
        of_table(pd.concat([table, table[:1]])),
    }
    assert len(digests) == 3
    if others:
        assert of_table(table[[*others, first]]) != of_table(table)
    moved = table.iloc[::-1]
    assert (of_table(moved) == of_table(table)) == moved.reset_index(drop=True).equals(table)


@given(columns=tables())
def test_what_keeps_the_rows_is_no_part_of_it(columns):
    table = frame(columns)
    wanted = of_table(table)
    twice = pd.concat([table, table], ignore_index=True)
    assert of_table(twice[len(table) :]) == wanted  # a part of longer columns
    assert of_table(pd.concat([table[:1], table[1:]])) == wanted  # columns in pieces
    texts = [name for name in table.columns if table[name].dtype == "str"]
    assert of_table(table.astype(dict.fromkeys(texts, "object"))) == wanted
    assert (
        of_table(table.astype(dict.fromkeys(texts, pd.StringDtype("python", na_value=np.nan))))
        == wanted
    )
    file = io.BytesIO()
    table.to_parquet(file, compression="gzip")
    assert of_table(pd.read_parquet(file)) == wanted


def test_texts_are_told_apart_where_they_meet():
    def of(*values):
        return of_table(frame({"a": ("text", values)}))

    assert (
        len(
            {
                of("ab", "c"),
                of("a", "bc"),
                of("abc", ""),
                of("abc", None),
                of(None, "abc"),
                of("", "abc"),
            }
        )
        == 6
    )


def test_equal_numbers_are_one_number_and_missing_is_not_zero():
    def of(*values):
        return of_table(pd.DataFrame({"a": values}))

    assert of(1.0, 0.0) == of(1, -0.0) == of_table(pd.DataFrame({"a": [1, 0]}))
    assert of(0.0) != of(np.nan)
    odd = np.array([0x7FF8000000000001], dtype="u8").view("f8")
    assert of_table(pd.DataFrame({"a": odd})) == of(np.nan)


def test_an_empty_table_has_its_columns_only():
    empty = frame({"a": ("text", []), "b": ("number", [])})
    assert of_table(empty) == of_table(empty.iloc[:0].copy())
    assert of_table(empty) != of_table(empty[["a"]])
