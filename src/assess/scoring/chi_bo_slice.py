"""The slice of one chi bộ over one period, from all that is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.periods import FAR_OFF
from assess.base.text import nearest
from assess.records import make_slice

if TYPE_CHECKING:
    import pandas as pd

    from assess.base.periods import Period
    from assess.records import Records, Slice
    from assess.rules import RuleBook


def meetings_of(records: Records, chi_bo: str) -> pd.DataFrame:
    """Return the meetings of a chi bộ; raise ``InputError`` if no meeting of it is on record."""
    meetings = records["meeting"]
    if chi_bo not in set(meetings["chi_bo_id"]):
        units = records["unit"]
        known = sorted(set(units.loc[units["level"] == "chi_bo", "unit_id"]) - {chi_bo})
        hint = nearest(chi_bo, known)
        raise input_error("unknown-chi-bo", "CHI_BO", hint=hint, found=chi_bo)
    return meetings[meetings["chi_bo_id"] == chi_bo]


def slice_of_chi_bo(
    records: Records, rules: RuleBook, chi_bo: str, period: Period, rule_set: str
) -> Slice:
    """Cut the slice of a chi bộ; raise ``InputError`` if no meeting of it is on record."""
    meetings_of(records, chi_bo)
    return make_slice(
        records,
        rules,
        dang_bo=chi_bo,
        period=period,
        as_of=FAR_OFF,
        document_date=period.end,
        rule_set=rule_set,
    )
