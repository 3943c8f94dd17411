"""Compare the total of a sheet stated by the monthly table with the sum of the sheet's lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.base.numbers import points
from assess.exchange.forms.monthly_table import class_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assess.exchange.intake.on_record import OnRecord, Rows
    from assess.rules import RuleSet

_SAME = 0.00501
"""Tolerance for equal totals, since a stated total has at most two decimals."""


def contradictions(rows: Rows, record: OnRecord, rules: Mapping[str, RuleSet]) -> Iterator[Finding]:
    """Yield a finding for each sheet whose stated total and lines disagree.

    A file's rows are compared together with those on record, whichever came first.
    """
    own = {sheet["sheet_id"]: sheet for sheet in rows.get("sheet", ())}
    lines: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in rows.get("line", ()):
        lines.setdefault(line["sheet_id"], {})[line["criterion_id"]] = line
    for sheet_id in dict.fromkeys((*own, *lines)):
        sheet = own.get(sheet_id) or record.stated.get(sheet_id)
        form = rules.get(str(sheet["rule_set_id"])) if sheet is not None else None
        stated = None if sheet is None else _number(sheet.get("stated_total"))
        if sheet is None or form is None or stated is None:
            continue
        totals = totals_of(form, {**record.lines_of(sheet_id), **lines.get(sheet_id, {})})
        if totals and all(abs(stated - total) > _SAME for total in totals):
            at = own.get(sheet_id) or next(iter(lines[sheet_id].values()))
            band = next(
                (b for b in form.bands if b.id == sheet.get("stated_class")), None
            ) or class_of(form, stated)
            by_lines = class_of(form, totals[0])
            facts = {"found": _said(stated, band), "wanted": _said(totals[0], by_lines)}
            yield Finding("stated-sum", Place(str(at.get("address", "")), label=sheet_id), facts)


def totals_of(rules: RuleSet, lines: Mapping[str, Mapping[str, Any]]) -> tuple[float, ...]:
    """Return a sheet's total from its lines: scaled to those that apply, as on a form; unscaled.

    Return an empty tuple if a line is blank or missing, since the sheet then has no total.
    """
    known = [lines.get(c.id) for c in rules.criteria]
    if not rules.has_points or any(line is None or line["state"] == "blank" for line in known):
        return ()
    entered = [
        (c, _number(line["points"]))
        for c, line in zip(rules.criteria, known, strict=True)
        if line and line["state"] == "entered"
    ]
    whole = sum(c.max for c, _ in entered)
    total = sum(value or 0.0 for c, value in entered if c.kind != "mark")
    return (total / whole * rules.total, total) if whole else ()


def _said(total: float, band: Any) -> str:
    return f"{points(total)} điểm" + (f", {band.title}" if band is not None else "")


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
