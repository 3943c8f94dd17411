"""Which rule set each đảng bộ of the synthetic province applied, and when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.rules import pick
from assess.sample.units import FOUNDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.rules import RuleSet

_TODAY = "an-phu-hd42"
_EARLIER = (
    ("tinh", "rule_set", "hd12-2018"),
    ("khoi-co-quan", "rule_set", "lai-chau-qd14"),
    ("cq-dang-tinh", "rule_set", "lai-chau-qd14"),
    ("dh-gia-lap", "rule_set", "phu-tho-khoi"),
    ("ct-mo-phong", "rule_set", "nghe-an-qd27-bieu1"),
    ("ct-mo-phong", "thematic_rule_set", "nghe-an-qd27-bieu2"),
    ("qs-tinh", "rule_set", "binh-thuan-khoi"),
)
"""Rule sets before the current one: HD 12 for the province, others where a đảng bộ has its own."""


def plan(
    rules: Mapping[str, RuleSet], units: Sequence[dict[str, Any]], form: str
) -> list[dict[str, Any]]:
    """Return the rows of ``adoption``; if given, ``form`` is the whole province's only rule set."""
    if form:
        found = pick(rules, form)
        what = "rule_set" if found.meeting == "thuong_ky" else "thematic_rule_set"
        return [
            _row("tinh", what, form, max(FOUNDED, found.valid_from), found.valid_to),
            _window(max(FOUNDED, found.valid_from)),
        ]
    today = pick(rules, _TODAY)
    until = today.valid_from - dt.timedelta(days=1)
    rows = []
    for key, what, form_id in _EARLIER:
        for unit in units:
            if unit["level"] != "chi_bo" and unit["unit_id"].rstrip("-0123456789") == key:
                begins = max(unit["valid_from"], pick(rules, form_id).valid_from)
                rows.append(
                    _row(
                        unit["unit_id"],
                        what,
                        form_id,
                        begins,
                        min(until, unit["valid_to"] or until),
                    )
                )
    return [
        *rows,
        _row("tinh", "rule_set", _TODAY, today.valid_from, None),
        _window(today.valid_from),
        *_year_duties(units),
    ]


def _year_duties(units: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return other adoptions: annual rules, report days, briefing, inspection, a higher cap."""
    begins = dt.date(2026, 1, 1)
    rows = [
        _row("tinh", "annual_rules", "qd124-2023", dt.date(2023, 10, 4), dt.date(2025, 8, 29)),
        _row("tinh", "annual_rules", "qd366-2025", dt.date(2025, 8, 30), None),
        _row("tinh", "first_briefing", "co", begins, None),
        _row("tinh", "quarter_report", "10", begins, None),
        _row("tinh", "year_report", "20", begins, None),
    ]
    for unit in units:
        key = unit["unit_id"].rstrip("-0123456789")
        if unit["level"] != "chi_bo" and unit["valid_to"] is None and unit["unit_id"] != "tinh":
            rows.append(
                _row(unit["unit_id"], "quarter_report", "6", max(begins, unit["valid_from"]), None)
            )
            rows += (
                [
                    _row(
                        unit["unit_id"],
                        "inspection_gate",
                        "co",
                        max(begins, unit["valid_from"]),
                        None,
                    )
                ]
                if key in _GATE
                else []
            )
            rows += (
                [_row(unit["unit_id"], "cap_percent", "25", begins, None)]
                if key == "cq-dang-tinh"
                else []
            )
    return rows


_GATE = ("phuong-vi-du", "dh-gia-lap")
"""The đảng bộ that have adopted the inspection prerequisite of the annual class."""


def _row(
    unit_id: str, what: str, value: str, begins: dt.date, ends: dt.date | None
) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "what": what,
        "value": value,
        "valid_from": begins,
        "valid_to": ends,
    }


def _window(begins: dt.date) -> dict[str, Any]:
    return _row("tinh", "meeting_window", "25-5", begins, None)
