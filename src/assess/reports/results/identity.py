"""The subject of a report: a chi bộ's own record, or the chi bộ of a đảng bộ by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.records import words
from assess.reports.named_figures import NamedCount, NamedList
from assess.reports.results.forms import form_name

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report


@dataclass(frozen=True)
class Identity:
    """Who a report is about, on ``day``; None, empty or missing is not on record.

    Of one chi bộ (``is_chi_bo``): ``upper`` the unit above it, ``kind``, ``place``, ``since`` (its
    first day under that unit), official ``members``, whether it ``has_chi_uy``, ``has_deputy``,
    ``leads_mass_organisations``, the ``forms`` in use, the chi bộ that it ``took_over``. Of a đảng
    bộ: ``by_kind`` with ``kind`` and ``count``, the ``members`` of the ``with_members`` chi bộ that
    record them.
    """

    day: dt.date
    is_chi_bo: bool
    upper: str
    kind: str
    place: str
    since: dt.date | None
    members: NamedCount | None
    with_members: NamedCount
    has_chi_uy: bool | None
    has_deputy: bool | None
    leads_mass_organisations: bool | None
    forms: tuple[str, ...]
    took_over: NamedList
    by_kind: pd.DataFrame


def identity(report: Report) -> Identity:
    """Return who a report is about, at the end of its period or of the data."""
    made = report.slice
    day = min(made.period.end, made.as_of.date())
    units = made.tree.on(day)
    own = units.get(made.dang_bo)
    row = made.tree.row_on(made.dang_bo, day) or {}
    upper = made.tree.reports_to(made.dang_bo, day)
    is_chi_bo = own is not None and own.level == "chi_bo"
    below = made.tree.chi_bo_under(made.dang_bo, day)
    recorded = [
        int(found["official_members"])
        for chi_bo in below
        if (found := made.tree.row_on(chi_bo, day)) and not pd.isna(found["official_members"])
    ]
    kinds = pd.Series([units[chi_bo].kind for chi_bo in below], dtype=object).value_counts()
    known = [(title, int(kinds[kind])) for kind, title in words.KINDS.items() if kind in kinds]

    def flag(name: str) -> bool | None:
        value = row.get(name)
        return None if value is None or pd.isna(value) else bool(value)

    return Identity(
        day=day,
        is_chi_bo=is_chi_bo,
        upper=upper.name if upper else "",
        kind=words.KINDS.get(own.kind, own.kind) if own else "",
        place=next((u.place for u in made.tree.above(made.dang_bo, day) if u.place), ""),
        since=row["valid_from"].date() if row else None,
        members=NamedCount("identity.members", sum(recorded)) if recorded else None,
        with_members=NamedCount("identity.with_members", len(recorded)),
        has_chi_uy=flag("has_chi_uy"),
        has_deputy=flag("has_deputy"),
        leads_mass_organisations=flag("leads_mass_organisations"),
        forms=tuple(form_name(rules) for rules in report.forms),
        took_over=NamedList(
            "identity.took_over",
            (
                report.unit_name(unit)
                for unit in sorted(made.tree.merged_into(made.dang_bo) - {made.dang_bo})
            )
            if is_chi_bo
            else (),
        ),
        by_kind=pd.DataFrame(known, columns=["kind", "count"]),
    )
