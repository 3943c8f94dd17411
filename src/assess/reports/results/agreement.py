"""Agreement between raters of the same meetings, beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.records.words import RATERS
from assess.studies.rater_agreement import rater_agreement

if TYPE_CHECKING:
    from assess.reports.report import Report

_MEASURES = {
    "alpha_class": "Alpha của Krippendorff, xếp loại theo thứ bậc",
    "alpha_points": "Alpha của Krippendorff, điểm",
    "kappa": "Kappa có trọng số tuyến tính của Cohen, xếp loại",
}


def agreement(report: Report) -> pd.DataFrame:
    """Return coefficients of agreement between raters of the same meetings, with intervals.

    Columns: ``raters``, ``measure``, ``form``, ``meetings``, ``value``, ``low``, ``high`` (95 %,
    from 2 000 resamples of the meetings; None with few meetings or without any variation).
    """
    frame = rater_agreement(report.scores)
    rows = [
        (
            " và ".join(RATERS[rater] for rater in r.raters.split("+")),
            _MEASURES[r.measure],
            report.slice.rule_sets[r.rule_set_id].short,
            r.meetings,
            *(numbers.decimal(v, 2) if v == v else None for v in (r.value, r.low, r.high)),
        )
        for r in frame.itertuples()
    ]
    columns = ["raters", "measure", "form", "meetings", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)
