"""What was recorded later than first: a value put in the place of another is a correction, one put where nothing stood is not."""

from __future__ import annotations

import pandas as pd


def with_fills(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes (:data:`~assess.records.source.CHANGE_COLUMNS`) with ``fills``: whether a blank was filled in (*bổ sung*).

    A line left blank that gets an entry is filled in, with its points; one marked as not applicable that gets points is corrected
    (*sửa*), though no points stood there before. Emptying a value is a correction.
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
