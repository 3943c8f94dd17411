"""Later changes of records: replacing a value is a correction, filling in a blank is not."""

from __future__ import annotations

import pandas as pd


def with_fills(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes with ``fills``: whether a blank was filled in.

    ``changes`` has the columns :data:`~assess.records.source.CHANGE_COLUMNS`. A blank line that
    gets an entry is filled in (*bổ sung*), with its points. A line marked as not applicable that
    gets points is corrected (*sửa*), though it had no points before. Emptying a value is a
    correction.
    """
    state = changes["item"].str.endswith(".state").astype(bool)
    was_said = state & (changes["before"] != "blank")
    line = pd.MultiIndex.from_arrays(
        [changes["sheet_id"], changes["item"].str.removesuffix(".state"), changes["recorded_at"]]
    )
    of_corrected_line = line.isin(line[was_said])
    filled = (state & ~was_said) | changes["before"].isna()
    return changes.assign(
        fills=(filled & ~of_corrected_line & changes["after"].notna()).astype(bool)
    )
