"""Figures sent to the superior, by month and by unit, and where units sent other figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedList
from assess.reports.results.forms import on_form
from assess.reports.results.period import by_month
from assess.studies import upward

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet

COUNTS = {
    upward.DUE: "Theo quy định",
    upward.HELD: "Đã tổ chức",
    upward.THEMATIC: "Có chuyên đề",
    upward.ASSESSED: "Được xếp loại",
}
"""The measures sent to the superior besides the classes of each form."""


@dataclass(frozen=True)
class SentForm:
    """The classes of the meetings on one form, by month.

    ``titles`` are those of its columns; ``frame``: ``month``, a column for each, ``all``.
    """

    rules: RuleSet
    on: str
    titles: dict[str, str]
    frame: pd.DataFrame


@dataclass(frozen=True)
class SentUp:
    """The figures of a đảng bộ for its superior, and how those from below agree with them.

    ``months`` and ``below`` have the columns of ``titles`` (chi bộ and months): ``month``; or
    ``unit_id``, ``unit`` (directly below) and ``sent`` (the day of its own report). ``forms`` are
    the classes. ``is_chi_bo``: there is nobody below. ``senders`` of ``units`` units below have
    sent theirs; not ``silent``. ``lacking`` names units that sent nothing for some months, with the
    months. ``differences``: ``unit``, ``month``, ``measure``, ``sent``, ``computed``,
    ``difference`` (computed less sent).
    """

    is_chi_bo: bool
    titles: dict[str, str]
    months: pd.DataFrame
    forms: tuple[SentForm, ...]
    below: pd.DataFrame
    units: NamedCount
    senders: NamedCount
    silent: NamedList
    lacking: NamedList
    different: NamedCount
    differences: pd.DataFrame


def sent_up(report: Report) -> SentUp:
    """Return the figures of a đảng bộ for its superior."""
    wide = _wide(upward.totals(report.figures), report)
    below = upward.below(report.slice, report.figures)
    sent = _sent(report, below)
    units, senders = sorted(set(below["unit_id"])), set(sent["unit_id"])
    lacking = upward.unsent(below, sent)
    by_unit = lacking.groupby("unit_id", sort=True)["month"].agg(
        lambda months: ", ".join(numbers.month(month) for month in months)
    )
    differences = _differences(report, upward.differences(below, sent)) if senders else _NONE
    return SentUp(
        is_chi_bo=report.slice.chi_bo == (report.slice.dang_bo,),
        titles=dict(COUNTS),
        months=by_month(report, wide[["month", *COUNTS]]),
        forms=tuple(_form(report, rules, wide) for rules in report.forms),
        below=_below(report, below, sent),
        units=NamedCount("reconciled.units", len(units)),
        senders=NamedCount("reconciled.senders", len(senders)),
        silent=NamedList(
            "reconciled.silent", (report.unit_name(u) for u in units if u not in senders)
        ),
        lacking=NamedList(
            "reconciled.lacking",
            (f"{report.unit_name(str(unit))} ({months})" for unit, months in by_unit.items())
            if senders
            else (),
        ),
        different=NamedCount("reconciled.differences", len(differences)),
        differences=differences,
    )


_NONE = pd.DataFrame(columns=["unit", "month", "measure", "sent", "computed", "difference"])


def measure_in_words(report: Report, measure: str) -> str:
    """Return what a measure counts, in words."""
    if measure in COUNTS:
        return COUNTS[measure]
    form, _, class_id = measure.rpartition(".")
    rules = report.slice.rule_sets.get(form)
    if rules is None or class_id not in {c.id for c in rules.classes}:
        return measure
    return f"Xếp loại {rules.class_title(class_id)}{on_form(report, rules)}"


def _wide(totals: pd.DataFrame, report: Report) -> pd.DataFrame:
    """Return a row for each month and a column for each measure, those without figures too."""
    classes = [f"{rules.id}.{c.id}" for rules in report.forms for c in rules.classes]
    wide = totals.pivot_table(
        index="month", columns="measure", values="value", aggfunc="sum", fill_value=0
    ).reindex(index=list(report.slice.months), columns=[*COUNTS, *classes], fill_value=0)
    return wide.astype(int).rename_axis(index="month", columns=None).reset_index()


def _form(report: Report, rules: RuleSet, wide: pd.DataFrame) -> SentForm:
    titles = {f"{rules.id}.{c.id}": c.title for c in rules.classes}
    frame = wide[["month", *titles]].assign(all=wide[list(titles)].sum(axis=1))
    return SentForm(rules, on_form(report, rules), titles, by_month(report, frame))


def _sent(report: Report, below: pd.DataFrame) -> pd.DataFrame:
    """Return the figures for this period sent by the units that report to the đảng bộ."""
    filed = report.slice.tables["filed"]
    mine = (filed["period"] == report.slice.period.text) & filed["unit_id"].isin(below["unit_id"])
    return filed[mine & (filed["unit_id"] != report.slice.dang_bo)]


def _below(report: Report, below: pd.DataFrame, sent: pd.DataFrame) -> pd.DataFrame:
    counted = below[below["measure"].isin(list(COUNTS))].pivot_table(
        index="unit_id", columns="measure", values="value", aggfunc="sum", fill_value=0
    )
    counted = counted.reindex(columns=list(COUNTS), fill_value=0).astype(int)
    days = sent.groupby("unit_id")["filed_on"].max()
    made = counted.rename_axis(columns=None).reset_index()
    return with_kinds(
        made.assign(
            unit=[report.unit_name(str(unit)) for unit in made["unit_id"]],
            sent=[days.get(unit) for unit in made["unit_id"]],
        ),
        {"sent": "date"},
    )


def _differences(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    made = table.assign(
        unit=[report.unit_name(unit) for unit in table["unit_id"]],
        measure=[measure_in_words(report, measure) for measure in table["measure"]],
        difference=table["computed"] - table["sent"],
    )
    return with_kinds(made[list(_NONE.columns)], {"month": "month"})
