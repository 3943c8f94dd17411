"""Results of a period: meetings due and held, and by form the classes and what points were lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.text import listing
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedList, NamedRate
from assess.reports.results.forms import form_name
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_meeting import WAITING_REASONS
from assess.scoring.period.summary import on_form, shares

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report
    from assess.rules import RuleSet

_COSTLY = 8
"""Most criteria listed as those that lost most."""


@dataclass(frozen=True)
class Missed:
    """Months of chi bộ without a regular meeting: how many, of how many chi bộ, and their names."""

    months: NamedCount
    chi_bo: NamedCount
    names: NamedList


@dataclass(frozen=True)
class ClassCount:
    """One class: its title, the number of meetings and their share (None without meetings)."""

    title: str
    count: NamedCount
    share: NamedRate | None


@dataclass(frozen=True)
class FormResults:
    """The results on one form.

    ``name`` is the form within a sentence; ``on`` and ``by`` name it only where the period has
    several forms (", biểu …", " theo biểu …"), as does :meth:`key` in the id of a table. ``first``
    and ``last`` are the days of its first and last held meeting (None without).

    ``counts`` are its classes; ``classes`` the same as a frame: ``class``, ``count``, ``share``.
    ``months``: ``month``, a column for each class by id, ``assessed``. ``by_chi_bo``: ``number``
    (from 1), ``chi_bo_id``, ``name``, a column for each class, ``assessed``, ``mean``, ``minimum``.
    ``class_titles`` are the titles of the class columns.

    ``groups``: ``group_id``, ``title``, ``weight``, ``lost``, ``share`` (means over the sheets with
    lines). ``costly``: ``criterion_id``, ``title``, ``max``, ``lost``, ``short``, ``sheets``, the
    criteria that lost most. ``unmet``: ``criterion_id``, ``title``, ``short``, ``sheets``, criteria
    without points that were not met. ``sheets`` decide classes; ``with_lines`` of them have lines,
    ``by_total`` only a total.
    """

    rules: RuleSet
    name: str
    on: str
    by: str
    alone: bool
    kind: str
    first: dt.date | None
    last: dt.date | None
    meetings: NamedCount
    counts: tuple[ClassCount, ...]
    classes: pd.DataFrame
    months: pd.DataFrame
    by_chi_bo: pd.DataFrame
    class_titles: dict[str, str]
    groups: pd.DataFrame
    costly: pd.DataFrame
    unmet: pd.DataFrame
    sheets: NamedCount
    with_lines: NamedCount
    by_total: NamedCount

    @property
    def nothing_lost(self) -> bool:
        """Whether no sheet with lines lost a point or failed a mark."""
        return not len(self.costly) and not len(self.unmet) and not self.groups["lost"].sum()

    def key(self, name: str) -> str:
        """Return the id of a table of this form."""
        return name if self.alone else f"{name}-{self.rules.id}"


@dataclass(frozen=True)
class PeriodResults:
    """The results of a period.

    ``known`` is whether any meeting of the period is on record.

    ``due`` months of ``chi_bo`` chi bộ required a regular meeting: ``held``, or else ``not_held``
    (cancelled, postponed, merged) or ``no_record`` (unknown). ``held_rate`` is over the months that
    are over; ``held_over`` of ``due_over`` are their counts. Of the meetings held, ``assessed``
    were classed, ``waiting`` not yet, ``no_sheet`` have no score sheet; ``thematic_assessed``
    thematic meetings held apart were classed too. ``thematic`` chi bộ and months had a thematic
    part.
    ``founded`` is the day on which the đảng bộ began, if within the period.

    ``reasons`` are the reasons on record of meetings that were not held, each once.
    ``coverage`` is :func:`assess.scoring.period.summary.coverage` without the months before the
    đảng bộ was founded; ``by_chi_bo`` is :func:`~assess.scoring.period.summary.by_chi_bo` with
    ``number`` and ``name``. ``sheet_of_months`` has a row for each chi bộ (``number``,
    ``chi_bo_id``, ``name``) and a column for each month with the letter of the class of its regular
    meeting (``letters`` by title), why there was none, "…" for one without a class yet, or nothing.
    ``waiting_sheets``: ``meeting_id``, ``name``, ``month``, ``why``.
    """

    known: bool
    chi_bo: NamedCount
    due: NamedCount
    held: NamedCount
    held_rate: NamedRate | None
    due_over: NamedCount
    held_over: NamedCount
    not_held: Missed
    no_record: Missed
    assessed: NamedCount
    waiting: NamedCount
    no_sheet: NamedCount
    thematic: NamedCount
    thematic_assessed: NamedCount
    founded: dt.date | None
    reasons: tuple[str, ...]
    forms: tuple[FormResults, ...]
    coverage: pd.DataFrame
    by_chi_bo: pd.DataFrame
    attendance: AttendanceBase
    sheet_of_months: pd.DataFrame
    letters: dict[str, str]
    waiting_sheets: pd.DataFrame

    @property
    def month_titles(self) -> dict[str, str]:
        """The heads of the month columns of ``sheet_of_months``: T1 to T12."""
        months = [name for name in self.sheet_of_months if name[:4].isdecimal()]
        return {month: f"T{int(month[5:])}" for month in months}

    @property
    def letters_note(self) -> str:
        """What each letter stands for."""
        return "; ".join(f"{letter}: {title}" for title, letter in self.letters.items())

    @property
    def shades(self) -> dict[str, int]:
        """How much ink the letter of each class gets: none for the best, 3 for the worst."""
        found: dict[str, int] = {}
        for form in self.forms:
            titles = [each.title for each in form.rules.classes]
            for rank, title in enumerate(titles):
                ink = -(-3 * rank // max(len(titles) - 1, 1))
                found.setdefault(self.letters[title], ink)
        return found

    def months_shown(self, most: int) -> pd.DataFrame:
        """Return ``sheet_of_months``; of more than ``most`` rows, those below the best class.

        Those are the chi bộ with a month whose meeting was not in the best class of its form, was
        not held or has no class; at most ``most`` of them.
        """
        frame = self.sheet_of_months
        if len(frame) <= most:
            return frame
        best = {self.letters[form.rules.classes[0].title] for form in self.forms}
        months = frame[list(self.month_titles)]
        below = [any(v is not None and v not in best for v in row) for row in months.to_numpy()]
        return frame[below].head(most)


@dataclass(frozen=True)
class AttendanceBase:
    """What mean attendance is over.

    ``apart`` meetings of ``apart_chi_bo`` chi bộ are left out of the means, because their rate is
    over the whole roll and not over those who must attend; for the chi bộ ``over_all`` no record
    says who was exempt, so that all their rates are over the whole roll (``everywhere``: for all).
    """

    apart: NamedCount
    apart_chi_bo: NamedCount
    over_all: NamedList
    everywhere: bool


def period_results(report: Report) -> PeriodResults:
    """Return the results of a report's period."""
    frame = report.coverage
    over = frame[frame["month"] != report.slice.under_way]
    due_over, held_over = int(over["due"].sum()), int(over["held"].sum())
    meetings = report.scores.meetings
    assessed_apart = int((meetings["assessed"] & (meetings["kind"] == "chuyen_de")).sum())

    def total(column: str) -> NamedCount:
        return NamedCount(f"coverage.{column}", int(frame[column].sum()))

    not_held = meetings[meetings["status"].isin(("cancelled", "postponed", "merged"))]
    reasons = report.slice.tables["meeting"].set_index("meeting_id")["reason"]
    known = reasons.reindex(not_held["meeting_id"]).dropna()
    return PeriodResults(
        known=not meetings.empty,
        chi_bo=NamedCount("coverage.chi_bo", len(report.slice.chi_bo)),
        due=total("due"),
        held=total("held"),
        held_rate=NamedRate("coverage.held_rate", held_over / due_over) if due_over else None,
        due_over=NamedCount("coverage.over.due", due_over),
        held_over=NamedCount("coverage.over.held", held_over),
        not_held=_missed(report, "not_held"),
        no_record=_missed(report, "no_record"),
        assessed=total("assessed"),
        waiting=NamedCount("not_classed.waiting", int(meetings["waiting"].sum())),
        no_sheet=NamedCount("not_classed.no_sheet", int(frame["no_sheet"].sum())),
        thematic=total("thematic"),
        thematic_assessed=NamedCount("coverage.thematic_assessed", assessed_apart),
        founded=_founded(report),
        reasons=tuple(dict.fromkeys(str(reason) for reason in known)),
        forms=tuple(_form(report, rules) for rules in report.forms),
        coverage=by_month(report, frame[(frame["due"] + frame["still_open"]).cumsum() > 0]),
        by_chi_bo=_numbered(report, report.by_chi_bo),
        attendance=_attendance(report),
        sheet_of_months=_sheet_of_months(report),
        letters=class_letters(report),
        waiting_sheets=_waiting(report),
    )


def _numbered(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of chi bộ with their numbers and names, and what its columns measure."""
    names = [report.names[chi_bo] for chi_bo in frame["chi_bo_id"]]
    made = frame.assign(number=range(1, len(frame) + 1), name=names)
    cuts = class_cuts(report.scores)
    rates = tuple(sorted({c for r in report.forms for c in r.cuts_of("attendance_rate")}))
    kinds = {
        "attendance": ("percent", rates),
        "mean": ("points", cuts),
        "minimum": ("points", cuts),
    }
    return with_kinds(made, {name: kind for name, kind in kinds.items() if name in made})


def by_month(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame by month, with the day of the data beside the month that is under way."""
    under_way, day = report.slice.under_way, numbers.day(report.slice.as_of.date())
    months = [
        f"{numbers.month(month)} (đến ngày {day})" if month == under_way else month
        for month in frame["month"]
    ]
    return with_kinds(frame.assign(month=months), {"month": "month"})


def _missed(report: Report, column: str) -> Missed:
    frame = report.by_chi_bo
    some = frame[frame[column] > 0]
    name = f"missed.{column}"
    return Missed(
        NamedCount(name, int(some[column].sum())),
        NamedCount(f"{name}.chi_bo", len(some)),
        NamedList(name, (report.names[chi_bo] for chi_bo in some["chi_bo_id"])),
    )


def _founded(report: Report) -> dt.date | None:
    rows, period = report.slice.tables["unit"], report.slice.period
    begins: dt.date = rows.loc[rows["unit_id"] == report.slice.dang_bo, "valid_from"].min().date()
    return begins if period.start < begins <= period.end else None


def _attendance(report: Report) -> AttendanceBase:
    frame = report.by_chi_bo
    over_all = frame[frame["attendance_over_all"]]
    return AttendanceBase(
        NamedCount("attendance.apart", int(frame["attendance_apart"].sum())),
        NamedCount("attendance.apart.chi_bo", int((frame["attendance_apart"] > 0).sum())),
        NamedList("attendance.over_all", (report.names[c] for c in over_all["chi_bo_id"])),
        len(over_all) == int((frame["attendance_of"] > 0).sum()),
    )


def _sheet_of_months(report: Report) -> pd.DataFrame:
    meetings = report.scores.meetings
    regular = meetings[meetings["kind"] != "chuyen_de"].sort_values("assessed", kind="stable")
    letters = class_letters(report)
    found = {
        (m.chi_bo_id, m.month): letters[report.class_title(m.rule_set_id, m.class_id)]
        if m.assessed
        else _NO_CLASS.get(m.status, "…")
        for m in regular.itertuples()
    }
    months = list(report.slice.months)
    rows = [[found.get((chi_bo, month)) for month in months] for chi_bo in report.slice.chi_bo]
    frame = pd.DataFrame(rows, columns=months, dtype=object)
    frame.insert(0, "chi_bo_id", list(report.slice.chi_bo))
    return with_kinds(_numbered(report, frame), dict.fromkeys(months, "letter"))


_NO_CLASS = {"cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}


def class_letters(report: Report) -> dict[str, str]:
    """Return the letters for each class title of the period's forms, such as TB for Trung bình.

    A title whose first letters another one has already stands for itself.
    """
    found: dict[str, str] = {}
    for title in dict.fromkeys(c.title for rules in report.forms for c in rules.classes):
        letters = "".join(word[0] for word in title.split()).upper()
        found[title] = title if letters in found.values() else letters
    return found


def _waiting(report: Report) -> pd.DataFrame:
    meetings = report.scores.meetings
    waiting = meetings[meetings["waiting"]].sort_values(["chi_bo_id", "month"], kind="stable")
    return with_kinds(
        pd.DataFrame(
            {
                "meeting_id": list(waiting["meeting_id"]),
                "name": [report.names[chi_bo] for chi_bo in waiting["chi_bo_id"]],
                "month": list(waiting["month"]),
                "why": [
                    _why_waiting(report, m.meeting_id, m.why_waiting) for m in waiting.itertuples()
                ],
            }
        ),
        {"meeting_id": "code", "month": "month"},
    )


def _why_waiting(report: Report, meeting_id: str, reason: str) -> str:
    """Return why a sheet waits, with the criteria that cause it."""
    lines = report.scores.lines
    mine = lines[
        (lines["meeting_id"] == meeting_id)
        & (lines["reason"] == reason)
        & (lines["treatment"] == "refused")
    ]
    titles = {(r.id, c.id): c.title for r in report.slice.rule_sets.values() for c in r.criteria}
    at = dict.fromkeys(
        f"“{titles[key]}”" for key in zip(mine["rule_set_id"], mine["criterion_id"], strict=True)
    )
    return f"{WAITING_REASONS[reason]}: {listing(at)}" if at else WAITING_REASONS[reason]


def _form(report: Report, rules: RuleSet) -> FormResults:
    alone = len(report.forms) == 1
    name = form_name(rules)
    suffix = "" if alone else f"-{rules.id}"
    meetings = report.scores.meetings
    theirs = meetings[(meetings["rule_set_id"] == rules.id) & (meetings["status"] == "held")]
    months = report.classes_by_month[rules.id]
    counts = [int(months[c.id].sum()) for c in rules.classes]
    parts = shares(counts, report.shares_reading)
    titles = [c.title for c in rules.classes]
    by_chi_bo = report.results_by_chi_bo[rules.id]
    counted = report.counted_sheets
    sheets = counted.loc[rules.id] if rules.id in counted.index else dict.fromkeys(_SHEETS, 0)
    lines = report.costly_lines[report.costly_lines["rule_set_id"] == rules.id]
    groups = report.losses[report.losses["rule_set_id"] == rules.id]
    return FormResults(
        rules=rules,
        name=name,
        on="" if alone else f", {name}",
        by="" if alone else f" theo {name}",
        alone=alone,
        kind="chuyên đề" if rules.meeting == "chuyen_de" else "sinh hoạt",
        first=theirs["held_on"].min().date() if len(theirs) else None,
        last=theirs["held_on"].max().date() if len(theirs) else None,
        meetings=NamedCount(f"classes{suffix}.meetings", sum(counts)),
        counts=tuple(
            ClassCount(
                c.title,
                NamedCount(f"classes{suffix}.{c.id}", count),
                None if part is None else NamedRate(f"classes{suffix}.{c.id}.share", part),
            )
            for c, count, part in zip(rules.classes, counts, parts, strict=True)
        ),
        classes=with_kinds(
            pd.DataFrame({"class": titles, "count": counts, "share": parts}), {"share": "share"}
        ),
        months=_months(report, rules, months),
        by_chi_bo=_numbered(report, by_chi_bo if alone else by_chi_bo[by_chi_bo["assessed"] > 0]),
        class_titles={c.id: c.title for c in rules.classes},
        groups=with_kinds(
            groups.sort_values("lost", ascending=False, kind="stable")
            if len(groups) > 1
            else groups.head(0),
            {"weight": "points", "lost": "points", "share": "percent"},
        ),
        costly=with_kinds(_costly(lines), {"max": "points", "lost": "points"}),
        unmet=lines[(lines["max"] == 0) & (lines["short"] > 0)].head(_COSTLY),
        sheets=NamedCount(f"losses{suffix}.sheets", int(sheets["sheets"])),
        with_lines=NamedCount(f"losses{suffix}.with_lines", int(sheets["with_lines"])),
        by_total=NamedCount(f"losses{suffix}.by_total", int(sheets["by_total"])),
    )


_SHEETS = ("sheets", "with_lines", "by_total")


def _costly(lines: pd.DataFrame) -> pd.DataFrame:
    with_points = lines[lines["max"] > 0]
    return with_points[with_points["short"] > 0].head(_COSTLY if len(with_points) > 1 else 0)


def _months(report: Report, rules: RuleSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the months on a form; with several forms, from its first to its last meeting."""
    if len(report.forms) > 1:
        meetings = on_form(report.scores, rules.id)
        frame = frame[frame["month"].between(meetings["month"].min(), meetings["month"].max())]
    return by_month(report, frame)
