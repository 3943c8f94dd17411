"""Slices with answers of authorities."""

import datetime as dt

from assess.records.tables import from_rows
from kit.small_slices import with_tables

CITED = "Công văn số 15-CV/BTC (tự đặt)"


def answered(made, *rows):
    """Return a slice with answers: (unit, rule set, question, option, first day[, last day])."""
    names = ("unit_id", "rule_set_id", "question", "option", "valid_from", "valid_to")
    days = {"valid_from", "valid_to"}
    table = [
        {
            name: dt.date.fromisoformat(value) if name in days else value
            for name, value in zip(names, row, strict=False)
        }
        | {"citation": CITED}
        for row in rows
    ]
    return with_tables(made, answer=from_rows("answer", table))
