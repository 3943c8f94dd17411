"""What deserves a look before a report is signed: lists and counts, each empty if there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base.periods import Period
from assess.reports.named_figures import NamedCount, NamedList, NamedPoints, NamedRate
from assess.reports.results.forms import form_name
from assess.studies import rater_summary
from assess.studies.conflicts import CLASS, FILED, TOTAL
from assess.studies.low_attendance import HALF, known_attendance, low_attendance

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet


@dataclass(frozen=True)
class LowClasses:
    """The chi bộ with a meeting in the weak classes of a form; ``by`` names the form if several."""

    titles: tuple[str, ...]
    by: str
    chi_bo: NamedCount
    names: NamedList


@dataclass(frozen=True)
class Costly:
    """What lost most on a form: a group of criteria, or for marks without points a criterion.

    ``lost`` points a sheet on average and ``share`` of all points lost, over ``sheets``; for marks
    ``short`` of ``sheets`` did not meet it.
    """

    by: str
    title: str
    sheets: NamedCount
    lost: NamedPoints | None = None
    share: NamedRate | None = None
    short: NamedCount | None = None


@dataclass(frozen=True)
class Concerns:
    """What deserves a look.

    ``low_attendance`` names the meetings below the given rate, lowest first, of the
    ``attendance_known`` meetings whose attendance is known. ``held_down`` meetings had the points
    of a class but not its condition. ``off_form`` entries are not among the levels of their form.
    ``contradicted`` entries of ``contradicted_chi_bo`` chi bộ differ from what the facts of their
    meeting imply; ``compared`` were compared. ``raters_differ`` of ``raters_pairs`` meetings were
    classed differently by the chi bộ and its superior. ``corrected`` meetings have values that were
    corrected. ``totals``, ``marks`` and ``filed`` are contradictions between sources: a summary
    against its sheets, a class marked by hand, figures of ``filed_units`` units sent up.

    ``looked`` names what could be looked at; ``not_looked`` what could not, because it does not
    apply or nothing is on record: there an empty list says nothing.
    """

    low_classes: tuple[LowClasses, ...]
    held_down: NamedCount
    low_attendance: NamedList
    low_attendance_count: NamedCount
    attendance_known: NamedCount
    costly: tuple[Costly, ...]
    raters_differ: NamedCount
    raters_pairs: NamedCount
    off_form: NamedCount
    corrected: NamedCount
    contradicted: NamedCount
    contradicted_chi_bo: NamedCount
    compared: NamedCount
    totals: NamedCount
    marks: NamedCount
    filed: NamedCount
    filed_units: NamedCount
    looked: tuple[str, ...]
    not_looked: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to look at."""
        return any(
            (
                self.low_classes,
                self.held_down,
                self.low_attendance,
                self.costly,
                self.raters_differ,
                self.off_form,
                self.contradicted,
                self.totals,
                self.marks,
                self.filed,
            )
        )


def concerns(report: Report, few: float = HALF) -> Concerns:
    """Return what deserves a look; below the rate ``few`` attendance is low."""
    meetings = report.scores.meetings
    known = known_attendance(report.scores)
    low = low_attendance(known, few)
    pairs = rater_summary(report.pairs)
    lines = report.scores.lines
    off_form = lines.loc[lines["meeting_id"].isin(meetings["meeting_id"]), "off_form"]
    corrected = report.corrections.loc[~report.corrections["fills"], "meeting_id"]
    found = report.conflicts
    filed = found[found["kind"] == FILED]
    there = _there(report, attendance=len(known) > 0)
    return Concerns(
        low_classes=tuple(each for rules in report.forms for each in _low_classes(report, rules)),
        held_down=NamedCount(
            "held_down", int((meetings["assessed"] & (meetings["gate"] != "")).sum())
        ),
        low_attendance=NamedList(
            "attendance.low",
            (
                f"{report.names[r.chi_bo_id]} {Period.parse(r.month).label} "
                f"({NamedRate(f'attendance.low.{r.meeting_id}', r.rate).marked})"
                for r in low.itertuples(index=False)
            ),
        ),
        low_attendance_count=NamedCount("attendance.low", len(low)),
        attendance_known=NamedCount("attendance.known", len(known)),
        costly=tuple(each for rules in report.forms for each in _costly(report, rules)),
        raters_differ=NamedCount("raters.differ", int(pairs["pairs"] - pairs["same_class"])),
        raters_pairs=NamedCount("raters.pairs", int(pairs["pairs"])),
        off_form=NamedCount("lines.off_form", int(off_form.sum())),
        corrected=NamedCount("corrections.all", int(corrected.nunique())),
        contradicted=NamedCount("contradictions.lines", len(report.contradictions)),
        contradicted_chi_bo=NamedCount(
            "contradictions.chi_bo", int(report.contradictions["chi_bo_id"].nunique())
        ),
        compared=NamedCount("contradictions.compared", report.compared[0]),
        totals=NamedCount("conflicts.total", int((found["kind"] == TOTAL).sum())),
        marks=NamedCount("conflicts.class", int((found["kind"] == CLASS).sum())),
        filed=NamedCount("conflicts.filed", len(filed)),
        filed_units=NamedCount("conflicts.filed.units", int(filed["unit_id"].nunique())),
        looked=tuple(name for name, is_there in there.items() if is_there),
        not_looked=tuple(name for name, is_there in there.items() if not is_there),
    )


def _there(report: Report, *, attendance: bool) -> dict[str, bool]:
    """Return each thing that is looked at, and whether there is anything on record to look at."""
    meetings, lines = report.scores.meetings, report.scores.lines
    classed = bool(meetings["assessed"].any())
    entered = lines.loc[lines["meeting_id"].isin(meetings["meeting_id"]), "state"] == "entered"
    return {
        "nguồn số liệu trái nhau": True,
        "buổi xếp loại thấp": classed,
        "buổi bị hạ mức vì điều kiện": classed and any(rules.gates for rules in report.forms),
        "tỷ lệ đảng viên dự": attendance,
        "nội dung bị trừ điểm": len(report.scores.counting_lines) > 0,
        "xếp loại của chi bộ và cấp trên": len(report.pairs) > 0,
        "điểm ngoài mức của biểu": bool(entered.any()),
        "điểm so với số liệu buổi sinh hoạt": report.compared[0] > 0,
    }


def _by(report: Report, rules: RuleSet) -> tuple[str, str]:
    """Return how one of several forms is named in a sentence and in the names of figures."""
    if len(report.forms) < 2:
        return "", ""
    return f" theo {form_name(rules)}", f"-{rules.id}"


def _low_classes(report: Report, rules: RuleSet) -> list[LowClasses]:
    low = rules.weak_classes
    table = report.results_by_chi_bo[rules.id]
    some = table[table[[c.id for c in low]].sum(axis=1) > 0]
    if some.empty:
        return []
    by, suffix = _by(report, rules)
    name = f"low_classes{suffix}"
    return [
        LowClasses(
            tuple(c.title for c in low),
            by,
            NamedCount(f"{name}.chi_bo", len(some)),
            NamedList(name, (report.names[chi_bo] for chi_bo in some["chi_bo_id"])),
        )
    ]


def _costly(report: Report, rules: RuleSet) -> list[Costly]:
    by, suffix = _by(report, rules)
    name = f"losses{suffix}"
    found = []
    groups = report.losses[report.losses["rule_set_id"] == rules.id]
    if len(groups) > 1 and groups["lost"].sum() > 0:
        worst = groups.sort_values("lost", ascending=False, kind="stable").iloc[0]
        found.append(
            Costly(
                by,
                str(worst["title"]),
                NamedCount(f"{name}.with_lines", int(worst["sheets"])),
                NamedPoints(f"{name}.worst.lost", float(worst["lost"])),
                NamedRate(f"{name}.worst.share", float(worst["share"])),
            )
        )
    lines = report.costly_lines
    marks = lines[(lines["rule_set_id"] == rules.id) & (lines["short"] > 0)]
    if not rules.has_points and not marks.empty:
        worst = marks.sort_values("short", ascending=False, kind="stable").iloc[0]
        found.append(
            Costly(
                by,
                str(worst["title"]),
                NamedCount(f"{name}.unmet.sheets", int(worst["sheets"])),
                short=NamedCount(f"{name}.unmet.short", int(worst["short"])),
            )
        )
    return found
