"""Meetings, pairs of raters and contradicted entries, as frames for tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.records.words import MEETING_KINDS, RATERS
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedPoints
from assess.reports.results.forms import form_name
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_meeting import entry_in_words
from assess.studies import rater_summary

if TYPE_CHECKING:
    from assess.reports.report import Report

_NOT_HELD = {"cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}


def meeting_list(report: Report) -> pd.DataFrame:
    """Return every meeting of the period, by chi bộ and month.

    Columns: ``meeting_id``; ``name`` of the chi bộ; ``month``; ``held_on`` and ``attendance``
    (missing where it was not held); ``kind`` in words, or that it was not held; the points by
    ``self`` and ``superior`` and the ``total`` that counts; ``class`` (None without); ``note``: why
    it was not held, why it has no class, that a condition held its class down, or that attendance
    is over the whole roll (None without).
    """
    meetings = report.scores.meetings.sort_values(
        ["chi_bo_id", "month", "meeting_id"], kind="stable"
    )
    reasons = report.slice.tables["meeting"].set_index("meeting_id")["reason"].to_dict()
    held = meetings["status"] == "held"
    rows = [
        (
            m.meeting_id,
            report.names[m.chi_bo_id],
            m.month,
            m.held_on if m.status == "held" else None,
            MEETING_KINDS[m.kind] if m.status == "held" else _NOT_HELD[m.status],
            m.self_total,
            m.superior_total,
            m.total if m.assessed else None,
            report.class_title(m.rule_set_id, m.class_id) if m.assessed else None,
            "; ".join(_notes(m, reasons)) or None,
        )
        for m in meetings.itertuples()
    ]
    columns = (
        "meeting_id", "name", "month", "held_on", "kind",
        "self", "superior", "total", "class", "note",
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    frame["attendance"] = meetings["attendance_rate"].where(held).to_numpy()
    cuts = class_cuts(report.scores)
    rates = tuple(sorted({c for r in report.forms for c in r.cuts_of("attendance_rate")}))
    points = dict.fromkeys(("self", "superior", "total"), ("points", cuts))
    return with_kinds(
        frame, {**points, "attendance": ("percent", rates), "month": "month", "held_on": "date"}
    )


def _notes(meeting: object, reasons: dict[str, object]) -> list[str]:
    def its(name: str) -> object:
        return getattr(meeting, name)

    held = its("status") == "held"
    reason = reasons.get(str(its("meeting_id")))
    found = [reason] if isinstance(reason, str) and not held else []
    if its("waiting"):
        found.append("phiếu cần bổ sung")
    if its("assessed") and its("gate"):
        found.append("đủ điểm, hạ mức vì không đạt điều kiện")
    rate = its("attendance_rate")
    if held and its("attendance_over_all") and rate == rate and rate is not None:
        found.append("tỷ lệ dự tính trên toàn bộ đảng viên")
    return found


@dataclass(frozen=True)
class RaterResults:
    """How the chi bộ and their superiors scored the same meetings.

    ``pairs`` meetings were scored by both: ``same_class``, or the chi bộ ``class_higher`` or
    ``class_lower``. Of the ``with_points`` meetings with points of both, ``equal``, ``self_higher``
    or ``self_lower``; ``mean_difference`` (self less superior), ``largest_difference`` in points.
    ``frame``, the largest difference first: ``meeting_id``, ``name``, ``month``, ``self``,
    ``self_class``, ``superior``, ``superior_class``, ``difference``.
    """

    pairs: NamedCount
    same_class: NamedCount
    class_higher: NamedCount
    class_lower: NamedCount
    with_points: NamedCount
    equal: NamedCount
    self_higher: NamedCount
    self_lower: NamedCount
    mean_difference: NamedPoints
    largest_difference: NamedPoints
    frame: pd.DataFrame


_COUNTS = (
    "pairs", "same_class", "class_higher", "class_lower",
    "with_points", "equal", "self_higher", "self_lower",
)  # fmt: skip


def rater_results(report: Report) -> RaterResults:
    """Return how the chi bộ and their superiors scored the same meetings of the period."""
    pairs = report.pairs
    found = rater_summary(pairs)
    found["equal"] = found["with_points"] - found["self_higher"] - found["self_lower"]
    ordered = pairs.sort_values(
        ["difference", "chi_bo_id", "month"], ascending=[False, True, True], kind="stable"
    )
    rows = [
        (
            p.meeting_id,
            report.names[p.chi_bo_id],
            p.month,
            p.self_total,
            report.class_title(p.rule_set_id, p.self_class_id),
            p.superior_total,
            report.class_title(p.rule_set_id, p.superior_class_id),
            p.difference,
        )
        for p in ordered.itertuples()
    ]
    columns = [
        "meeting_id", "name", "month", "self", "self_class",
        "superior", "superior_class", "difference",
    ]  # fmt: skip
    points = dict.fromkeys(("self", "superior"), ("points", class_cuts(report.scores)))
    frame = with_kinds(
        pd.DataFrame(rows, columns=columns),
        {**points, "difference": ("points", (0.0,)), "month": "month"},
    )
    return RaterResults(
        **{name: NamedCount(f"raters.{name}", int(found[name])) for name in _COUNTS},
        mean_difference=NamedPoints("raters.mean_difference", found["mean_difference"]),
        largest_difference=NamedPoints("raters.largest_difference", found["largest_difference"]),
        frame=frame,
    )


@dataclass(frozen=True)
class ContradictedResults:
    """Entries of score sheets against what the facts of their meetings imply.

    ``compared`` entries of ``sheets`` sheets were compared; ``lines`` differ. ``entered`` and
    ``recomputed``: whether classes of the report rest on the one or on the other. ``by_line``:
    ``key``, ``title``, ``count``, ``higher``, ``lower``, ``chi_bo``, the most frequent first, the
    last row is their sum. ``frame``: ``name``, ``meeting_id``, ``month``, ``rater``, ``title``,
    ``entered``, ``recomputed``.
    """

    compared: NamedCount
    sheets: NamedCount
    lines: NamedCount
    entered: bool
    recomputed: bool
    by_line: pd.DataFrame
    frame: pd.DataFrame


def contradicted_results(report: Report) -> ContradictedResults:
    """Return the entries that contradict the facts of their meetings."""
    compared, sheets = report.compared
    found = report.contradictions
    bases = {chosen["score_basis"].option.id for _, chosen in report.scores.in_use}
    return ContradictedResults(
        NamedCount("contradictions.compared", compared),
        NamedCount("contradictions.sheets", sheets),
        NamedCount("contradictions.lines", len(found)),
        "entered" in bases,
        "recomputed" in bases,
        _by_line(report, found),
        _lines(report, found),
    )


def _by_line(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    several = len(report.forms) > 1
    forms = {r.id: f" ({form_name(r)})" if several else "" for r in report.forms}
    marked = found.assign(higher=found["difference"] > 0, lower=found["difference"] < 0)
    sums = {
        "title": ("title", "first"),
        "count": ("title", "size"),
        "higher": ("higher", "sum"),
        "lower": ("lower", "sum"),
        "chi_bo": ("chi_bo_id", "nunique"),
    }
    grouped = marked.groupby(["rule_set_id", "criterion_id"], as_index=False).agg(**sums)
    grouped = grouped.sort_values(["count", "title"], ascending=[False, True], kind="stable")
    pairs = list(zip(grouped["rule_set_id"], grouped["criterion_id"], strict=True))
    grouped["key"] = [f"{form}.{line}" if several else line for form, line in pairs]
    grouped["title"] = [
        f"{title}{forms[form]}" for title, (form, _) in zip(grouped["title"], pairs, strict=True)
    ]
    total = {
        "key": "total",
        "title": "Cộng",
        "count": len(marked),
        "higher": int(marked["higher"].sum()),
        "lower": int(marked["lower"].sum()),
        "chi_bo": marked["chi_bo_id"].nunique(),
    }
    shown = grouped[list(total)].astype({"higher": int, "lower": int})
    return pd.concat([shown, pd.DataFrame([total])], ignore_index=True) if len(shown) else shown


def _lines(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    marks = {(r.id, c.id) for r in report.forms for c in r.criteria if c.kind == "mark"}
    months = report.scores.every_meeting.set_index("meeting_id")["month"]
    rows = []
    for r in found.itertuples(index=False):
        values: tuple[float | str, ...] = (r.entered, r.recomputed)
        if (r.rule_set_id, r.criterion_id) in marks:
            values = tuple(entry_in_words(v, mark=True) for v in (r.entered, r.recomputed))
        rows.append(
            (
                report.names[r.chi_bo_id],
                r.meeting_id,
                months[r.meeting_id],
                RATERS[r.rater],
                r.title,
                *values,
            )
        )
    columns = ["name", "meeting_id", "month", "rater", "title", "entered", "recomputed"]
    return with_kinds(
        pd.DataFrame(rows, columns=columns),
        {"month": "month", "entered": "points", "recomputed": "points"},
    )
