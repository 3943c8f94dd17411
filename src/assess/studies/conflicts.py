"""Sources that contradict each other: one row per conflict with both values. Findings only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.base.periods import Period, month_end
from assess.base.text import casefold_vi
from assess.scoring.sheets.totals import rank
from assess.studies import upward

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from assess.records import Slice
    from assess.rules import RuleSet
    from assess.scoring.score import Scores

TOTAL, CLASS, FILED = "total", "class", "filed"
COLUMNS = (
    "kind",
    "unit_id",
    "month",
    "meeting_id",
    "what",
    "rule_set_id",
    "first",
    "first_class",
    "second",
    "second_class",
    "first_source",
    "second_source",
)
SUMMARY, LINES, MARK, POINTS, SENT, RECORDS = (
    "summary",
    "lines",
    "mark",
    "points",
    "sent",
    "records",
)
_EQUAL = 0.005
"""The tolerance for totals, which are stated with two decimals."""
_ByMonth = dict[str, dict[str, int]]
"""The values that one unit sent or that its records give, by month and measure."""


def conflicts(made: Slice, scores: Scores, figures: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return every conflict of two sources in the period: :data:`COLUMNS`; scoring uses ``second``.

    ``kind`` is one of

    * *total*: the total that a monthly summary states for a sheet, now or before its lines were
      entered, against the total of the lines (the stated total equals neither the sum as entered
      nor the total under the readings);
    * *class*: the class marked by hand on a sheet against the class that follows from its points or
      marks;
    * *filed*: a figure that the đảng bộ, or a unit that reports to it, has sent up for the period
      or a part of it (of several, the last sent after the month) against what the records give
      today (``figures``: see :func:`assess.studies.upward.by_chi_bo`; called only if needed).

    ``unit_id`` is the chi bộ, or the unit that sent the figure; ``what`` the rater, or the measure;
    ``first`` and ``second`` points or a count; ``first_class`` and ``second_class`` ids of classes,
    empty where there is none; ``first_source`` and ``second_source`` *summary*/*lines*,
    *mark*/*points*, *sent*/*records*.
    """
    parts = [of_sheets(made, scores)]
    if len(made.tables["filed"]):
        parts.append(of_filings(made, figures()))
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def of_sheets(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return the conflicts of kind *total* and *class*, by chi bộ, month and rater."""
    stated = made.tables["sheet"].set_index("sheet_id")[["stated_total", "stated_class"]]
    was_total, was_class = (
        _emptied(made.tables["change"], item) for item in ("stated_total", "stated_class")
    )
    with_source = {*stated.index[stated.notna().any(axis=1)], *was_total, *was_class}
    if not with_source:
        return pd.DataFrame(columns=list(COLUMNS))
    meetings = scores.meetings.loc[
        scores.meetings["status"] == "held", ["meeting_id", "chi_bo_id", "month"]
    ]
    sheets = scores.sheets[
        scores.sheets["sheet_id"].isin(with_source)
        & scores.sheets["class_id"].notna()
        & (scores.sheets["rater"] != "inspector")
    ].merge(meetings, on="meeting_id")
    sheets = sheets.join(stated, on="sheet_id").sort_values(
        ["chi_bo_id", "month", "rater"], kind="stable"
    )
    rows = []
    for s in sheets.itertuples(index=False):
        rules = made.rule_sets[s.rule_set_id]
        total = (
            s.stated_total
            if s.stated_total == s.stated_total
            else float(was_total.get(s.sheet_id, np.nan))
        )
        marked = _class_id(
            rules,
            s.stated_class if isinstance(s.stated_class, str) else was_class.get(s.sheet_id, ""),
        )
        about = {
            "unit_id": s.chi_bo_id,
            "month": s.month,
            "meeting_id": s.meeting_id,
            "what": s.rater,
            "rule_set_id": s.rule_set_id,
        }
        about |= {"first": total, "second": s.total, "second_class": s.class_id}
        if not s.by_total and abs(total - s.total) > _EQUAL and abs(total - s.raw) > _EQUAL:
            first_class = marked or _class_of(rules, total)
            rows.append(
                {
                    **about,
                    "kind": TOTAL,
                    "first_class": first_class,
                    "first_source": SUMMARY,
                    "second_source": LINES,
                }
            )
        elif marked and marked != s.class_id:
            rows.append(
                {
                    **about,
                    "kind": CLASS,
                    "first_class": marked,
                    "first_source": MARK,
                    "second_source": POINTS,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _emptied(changes: pd.DataFrame, item: str) -> dict[str, str]:
    """Return the last value of a column of sheets before it was emptied, by sheet."""
    gone = changes[(changes["item"] == item) & changes["before"].notna() & changes["after"].isna()]
    return dict(zip(gone["sheet_id"], gone["before"], strict=True))


def _class_id(rules: RuleSet, text: str) -> str:
    """Return the class that a text names by id or title; the text itself if there is none."""
    return next(
        (
            c.id
            for c in rules.classes
            if text == c.id or (text and casefold_vi(text) == casefold_vi(c.title))
        ),
        text,
    )


def _class_of(rules: RuleSet, total: float) -> str:
    """Return the class of a total without its lines; empty if the rule set has class conditions."""
    if rules.gates or not rules.has_points:
        return ""
    position = int(rank(rules, np.array([total]), np.array([1.0]))[0])
    return rules.bands[position].id if position >= 0 else ""


def of_filings(made: Slice, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the conflicts of kind *filed*, by unit, month and measure."""
    below = (
        upward.below(made, figures)
        if made.chi_bo != (made.dang_bo,)
        else figures.iloc[:0].assign(unit_id="")
    )
    computed = pd.concat([below, upward.totals(figures).assign(unit_id=made.dang_bo)])[
        ["unit_id", "month", "measure", "value"]
    ]
    filed = made.tables["filed"]
    filed = filed[filed["unit_id"].isin(set(computed["unit_id"]))].sort_values(
        ["filed_on", "period"], kind="stable"
    )
    filings: dict[tuple[str, dt.date, str], _ByMonth] = {}
    for unit_id, day, period, month, measure, value in _rows(
        filed.assign(day=filed["filed_on"].dt.date),
        ("unit_id", "day", "period", "month", "measure", "value"),
    ):
        sent = filings.setdefault((unit_id, day, period), {}).setdefault(month, {})
        sent[measure] = int(value)
    last: dict[tuple[str, str], dict[str, int]] = {}
    for (unit_id, day, period), by_month in filings.items():
        last |= {
            (unit_id, month): by_month.get(month, {})
            for month in Period.parse(period).months
            if month_end(month) <= day
        }
    records: dict[str, _ByMonth] = {}
    for unit_id, month, measure, value in _rows(computed, ("unit_id", "month", "measure", "value")):
        records.setdefault(unit_id, {}).setdefault(month, {})[measure] = int(value)
    about = {
        "kind": FILED,
        "meeting_id": "",
        "rule_set_id": "",
        "first_class": "",
        "second_class": "",
        "first_source": SENT,
        "second_source": RECORDS,
    }
    found: list[dict[str, object]] = []
    for (unit_id, month), sent in sorted(last.items()):
        known = records.get(unit_id, {}).get(month, {})
        found += [
            {
                **about,
                "unit_id": unit_id,
                "month": month,
                "what": measure,
                "first": sent.get(measure, 0),
                "second": known.get(measure, 0),
            }
            for measure in sorted({*sent, *known})
            if sent.get(measure, 0) != known.get(measure, 0)
        ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _rows(table: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Return the rows of some columns; a column of text is iterated much faster as an array."""
    return zip(*(table[name].to_numpy() for name in columns), strict=True)
