"""Signals from plain facts: entries that contradict the records, and entries that are all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.periods import Period, month_end, shift_month
from assess.base.text import listing
from assess.exchange.table_checks import count_findings, suspicious_counts
from assess.scoring import score
from assess.studies.contradictions import contradictions
from assess.studies.signals.habits import runs_of_same_sheets
from assess.studies.signals.sighting import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.studies.signals.sighting import SignalInput

_NAMED = 6
_ROUNDING = 1e-9


def entered_above_facts(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ whose own sheets have lines with more points than the recorded facts give.

    Lines that depend on a reading of a gap or overlap in the rule set are left out.
    """
    found = contradictions(seen.scores)
    found = found[
        (found["rater"] == "self")
        & (found["difference"] > 0)
        & ~found["clause"].isin(["gap", "overlap"])
    ]
    for chi_bo, lines in found.groupby("chi_bo_id"):
        meetings = tuple(dict.fromkeys(lines["meeting_id"]))
        most = numbers.points(float(lines["difference"].max()))
        yield Sighting(
            str(chi_bo),
            f"{len(lines)} dòng ở {len(meetings)} buổi ghi cao hơn điểm tính từ số liệu, nhiều nhất {most} điểm",
            meetings,
        )


def above_others(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ that rated a meeting a class or many points above a superior or inspector."""
    apart: dict[str, list[tuple[str, str]]] = {}
    for rater, name in (("superior", "cấp trên"), ("inspector", "người kiểm tra")):
        both = seen.own[seen.own[f"{rater}_class_id"].notna()]
        better = both[f"{rater}_rank"] > both["self_rank"]
        own, other = (100 * both[f"{who}_total"] / both[f"{who}_out_of"] for who in ("self", rater))
        found = both.assign(own=own, other=other)[
            better | (own - other >= seen.thresholds.points_apart - _ROUNDING)
        ]
        for row in found.itertuples():
            said = _apart(seen, row, rater, name)
            apart.setdefault(row.chi_bo_id, []).append((row.meeting_id, said))
    for chi_bo, sightings in sorted(apart.items()):
        meetings, said_of_each = zip(*sightings, strict=True)
        more = f"; và {len(sightings) - _NAMED} buổi khác" if len(sightings) > _NAMED else ""
        yield Sighting(
            chi_bo, "; ".join(said_of_each[:_NAMED]) + more, tuple(dict.fromkeys(meetings))
        )


def _apart(seen: SignalInput, row: Any, rater: str, name: str) -> str:
    rules = seen.made.rule_sets[row.rule_set_id]
    own, other = (rules.class_title(getattr(row, f"{who}_class_id")) for who in ("self", rater))
    cuts = [100 * cut / rules.total for cut in rules.cuts]
    points = [
        f"{numbers.points_beside(value, cuts)} " if value == value else ""
        for value in (row.own, row.other)
    ]
    return f"{numbers.month(row.month)}: tự chấm {points[0]}({own}), {name} {points[1]}({other})"


def same_sheets(seen: SignalInput) -> Iterator[Sighting]:
    """Yield runs of months whose sheets are the same on every line."""
    sheets = seen.own_sheets
    for chi_bo, months in runs_of_same_sheets(sheets, seen.made.tables["line"]):
        if len(months) >= seen.thresholds.alike:
            mine = sheets[(sheets["chi_bo_id"] == chi_bo) & sheets["month"].isin(months)]
            span = f"{Period.parse(months[0]).label} đến {Period.parse(months[-1]).label}"
            yield Sighting(
                chi_bo,
                f"{len(months)} tháng liền phiếu giống hệt nhau ở mọi dòng, từ {span}",
                tuple(mine["meeting_id"]),
            )


def all_maximum(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ whose own sheets all have the maximum."""
    for chi_bo, theirs in seen.own[seen.own["self_total"].notna()].groupby("chi_bo_id"):
        if (
            len(theirs) >= seen.thresholds.alike
            and (theirs["self_total"] >= theirs["self_out_of"]).all()
        ):
            yield Sighting(
                str(chi_bo),
                f"cả {len(theirs)} buổi tự chấm điểm tối đa",
                tuple(theirs["meeting_id"]),
            )


def no_variation(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ with the same sum of entered points though attendance or length changes."""
    entered = seen.scores.lines.groupby("sheet_id")["entered"].sum(min_count=1)
    sums = seen.own_sheets.assign(entered=seen.own_sheets["sheet_id"].map(entered)).set_index(
        "meeting_id"
    )["entered"]
    own = seen.own[seen.own["self_total"].notna()]
    own = own.assign(entered=own["meeting_id"].map(sums))
    for chi_bo, theirs in own[own["entered"].notna()].groupby("chi_bo_id"):
        same = (
            theirs["entered"].nunique() == 1
            and (theirs["self_total"] < theirs["self_out_of"]).any()
        )
        moving = theirs["attendance_rate"].nunique() > 1 or theirs["minutes"].nunique() > 1
        if len(theirs) >= seen.thresholds.steady and same and moving:
            total = numbers.points(float(theirs["entered"].iloc[0]))
            text = f"cả {len(theirs)} buổi ghi tổng cộng {total} điểm, trong khi tỷ lệ dự họp hoặc thời lượng thay đổi"
            yield Sighting(str(chi_bo), text, tuple(theirs["meeting_id"]))


def counts_off(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ with counts of members that do not add up, or with a part above its whole."""
    odd = seen.held[suspicious_counts(seen.held)]
    plain = odd.astype(object).where(odd.notna(), None)
    found: dict[str, list[str]] = {}
    for meeting in plain.to_dict("records"):
        if (
            next(iter(count_findings({str(name): value for name, value in meeting.items()})), None)
            is not None
        ):
            found.setdefault(meeting["chi_bo_id"], []).append(meeting["meeting_id"])
    for chi_bo, meetings in found.items():
        yield Sighting(chi_bo, f"{len(meetings)} buổi có số đảng viên không khớp", tuple(meetings))


def few_present(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ with meetings at which few of those who must attend were present."""
    few, share = seen.thresholds.few, seen.thresholds.in_words()["few"]
    for chi_bo, theirs in seen.held[seen.held["attendance_rate"] < few].groupby("chi_bo_id"):
        least = numbers.percent_beside(float(theirs["attendance_rate"].min()), (few,))
        yield Sighting(
            str(chi_bo),
            f"{len(theirs)} buổi dự họp dưới {share} số phải dự, ít nhất {least}",
            tuple(theirs["meeting_id"]),
        )


def exact_minutes(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ whose meetings nearly all lasted exactly the required minutes."""
    held = seen.held[seen.held["minutes"].notna() & seen.held["required_minutes"].notna()]
    for chi_bo, theirs in held.groupby("chi_bo_id"):
        exact = theirs["minutes"] == theirs["required_minutes"]
        if len(theirs) >= seen.thresholds.steady and exact.mean() >= seen.thresholds.exact_share:
            text = f"{int(exact.sum())} trên {len(theirs)} buổi dài đúng bằng thời lượng tối thiểu"
            yield Sighting(str(chi_bo), text, tuple(theirs.loc[exact, "meeting_id"]))


def signed_late(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ with sheets signed long after the meeting, or of several months on one day."""
    sheets = seen.own_sheets[seen.own_sheets["signed_on"].notna()]
    if sheets.empty:
        return
    days, together = seen.thresholds.late_days, seen.thresholds.signed_together
    late = (sheets["signed_on"] - sheets["held_on"]).dt.days > days
    months = sheets.groupby(["chi_bo_id", "signed_on"])["month"].transform("nunique")
    found = sheets.assign(late=late, months=months)[late | (months >= together)]
    for chi_bo, theirs in found.groupby("chi_bo_id"):
        number, most = int(theirs["late"].sum()), int(theirs["months"].max())
        said = [f"{number} phiếu ký sau buổi họp hơn {days} ngày"] if number else []
        said += [f"phiếu của {most} tháng ký cùng một ngày"] if most >= together else []
        yield Sighting(str(chi_bo), "; ".join(said), tuple(theirs["meeting_id"]))


def no_thematic(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ with finished quarters that have meetings but no thematic part.

    Only quarters in which the chi bộ was due in all three months count.
    """
    made = seen.made
    meetings = seen.scores.meetings
    held = meetings[meetings["status"] == "held"]
    known = set(zip(held["chi_bo_id"], held["month"].map(_quarter), strict=True))
    thematic = held[held["kind"] != "thuong_ky"]
    having = set(zip(thematic["chi_bo_id"], thematic["month"].map(_quarter), strict=True))
    due: dict[str, dict[str, set[str]]] = {}
    for chi_bo, month in made.tables["due"][["chi_bo_id", "month"]].itertuples(index=False):
        due.setdefault(chi_bo, {}).setdefault(_quarter(month), set()).add(month)
    for chi_bo, quarters in sorted(due.items()):
        without = [
            q
            for q, months in sorted(quarters.items())
            if len(months) == 3
            and (chi_bo, q) in known - having
            and month_end(_last(q)) <= made.as_of.date()
        ]
        if without:
            yield Sighting(
                chi_bo,
                f"không có sinh hoạt chuyên đề trong {listing(Period.parse(q).label for q in without)}",
            )


def lifted_by_leaving_out(seen: SignalInput) -> Iterator[Sighting]:
    """Yield chi bộ whose class depends on lines marked as not applicable.

    With zero for these lines a meeting would be in a lower class, and more lines are so marked than
    usual.
    """
    lines = seen.scores.lines
    marked = (
        lines[(lines["rater"] == "self") & (lines["state"] == "not_applicable")]
        .groupby("meeting_id")
        .size()
    )
    strict = score(seen.made, {**_given(seen), "not_applicable": "zero"}).meetings.set_index(
        "meeting_id"
    )
    ids = seen.own["meeting_id"]
    own = seen.own.assign(
        marked=marked.reindex(ids, fill_value=0).to_numpy(),
        strict=strict["self_rank"].reindex(ids).to_numpy(),
    )
    usual = own.groupby("chi_bo_id")["marked"].transform("median")
    more = own[(own["marked"] > usual) & (own["strict"] > own["self_rank"])]
    for chi_bo, theirs in more.groupby("chi_bo_id"):
        text = f"{len(theirs)} buổi ghi không áp dụng nhiều dòng hơn thường lệ, và nếu các dòng ấy tính 0 điểm thì xếp loại thấp hơn"
        yield Sighting(str(chi_bo), text, tuple(theirs["meeting_id"]))


def _given(seen: SignalInput) -> dict[str, str]:
    """Return the readings chosen for the report, over all rule sets."""
    every = (item for _, chosen in seen.scores.in_use for item in chosen.items())
    return {question: found.option.id for question, found in every if found.origin == "given"}


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // 3 + 1}"


def _last(quarter: str) -> str:
    return shift_month(f"{quarter[:4]}-{3 * int(quarter[-1]):02d}", 0)
