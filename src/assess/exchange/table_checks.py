"""Checks within and between tables: counts, dates, the unit tree, and unusual meetings."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import Finding, Place
from assess.base.periods import FAR_OFF, Period, month_end, month_start
from assess.base.text import names_no_file
from assess.exchange.year_checks import check_yearly
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from assess.exchange.located_table import Located
    from assess.records.adoption import Adoptions

_FOREVER = pd.Timestamp(FAR_OFF)
_SHORT, _LONG = 15, 360
"""Minutes outside which a meeting's length is probably a typing error."""
_FAR = dt.timedelta(days=45)
_WEEKS = 28
"""Days from the meeting to its papers or its results beyond which a day is odd."""


def check_tables(tables: Mapping[str, Located]) -> list[Finding]:
    """Return every contradiction between and within tables; all are errors."""
    findings: list[Finding] = []
    if "unit" in tables:
        _check_validity(tables["unit"], ("unit_id",), findings)
        _check_file_names(tables["unit"], findings)
        _check_tree(tables["unit"], findings)
    if "adoption" in tables:
        _check_validity(tables["adoption"], ("unit_id", "what"), findings)
        _check_adopted(tables["adoption"], findings)
    if "answer" in tables:
        _check_validity(tables["answer"], ("unit_id", "rule_set_id", "question"), findings)
    if "assignment" in tables:
        _check_validity(tables["assignment"], ("chi_bo_id", "post"), findings)
    if "meeting" in tables:
        if "unit" in tables:
            _check_chi_bo(tables["unit"].frame, tables["meeting"], findings)
        _check_meetings(tables["meeting"], findings)
    if "sheet" in tables:
        _check_unique(tables["sheet"], findings)
    check_yearly(tables, findings)
    if "line" in tables:
        _check_lines(tables["line"], findings)
    return findings


def _check_validity(table: Located, by: tuple[str, ...], findings: list[Finding]) -> None:
    """Report spans of one key that end before they begin or that overlap."""
    rows = table.frame.assign(row=range(len(table.frame)))
    rows = rows[rows.set_index(list(by)).index.isin(_doubtful(rows, by))]
    for key, spans in rows.groupby(list(by), sort=False):
        ordered = spans.sort_values("valid_from", kind="stable").to_dict("records")
        last_end, last_row = None, -1
        for span in ordered:
            end = _FOREVER if pd.isna(span["valid_to"]) else span["valid_to"]
            if end < span["valid_from"]:
                facts = {"start": span["valid_from"].date(), "end": end.date()}
                findings.append(
                    Finding("dates-reversed", table.place(span["row"], "valid_to"), facts)
                )
            if last_end is not None and span["valid_from"] <= last_end:
                facts = {
                    "found": " · ".join(map(str, key)),
                    "line": table.place(last_row, "valid_from").line,
                }
                findings.append(
                    Finding("overlapping-validity", table.place(span["row"], "valid_from"), facts)
                )
            last_end, last_row = end, span["row"]


def _doubtful(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.Index:
    """Return the keys whose spans may be reversed or overlap (a fast first filter)."""
    ordered = rows.sort_values([*by, "valid_from"], kind="stable")
    ends = ordered["valid_to"].fillna(_FOREVER)
    same = (ordered[list(by)] == ordered[list(by)].shift()).all(axis=1)
    wrong = (ends < ordered["valid_from"]) | (same & (ordered["valid_from"] <= ends.shift()))
    return ordered.loc[wrong, list(by)].set_index(list(by)).index


def _check_chi_bo(units: pd.DataFrame, meetings: Located, findings: list[Finding]) -> None:
    chi_bo = set(units.loc[units["level"] == "chi_bo", "unit_id"])
    for row in (~meetings.frame["chi_bo_id"].isin(chi_bo)).to_numpy().nonzero()[0]:
        facts = {"found": meetings.frame["chi_bo_id"].iloc[row]}
        findings.append(Finding("not-a-chi-bo", meetings.place(row, "chi_bo_id"), facts))


def _check_meetings(meetings: Located, findings: list[Finding]) -> None:
    """Report held meetings without a day and counts that do not add up."""
    table = meetings.frame
    held = (table["status"] == "held") & table["held_on"].isna()
    findings.extend(
        Finding("held-without-day", meetings.place(row, "held_on"))
        for row in held.to_numpy().nonzero()[0]
    )
    for row in suspicious_counts(table).nonzero()[0]:
        facts = {name: None if pd.isna(value) else value for name, value in table.iloc[row].items()}
        findings.extend(
            Finding(f.code, meetings.place(row, name), f.facts) for f, name in count_findings(facts)
        )


def suspicious_counts(table: pd.DataFrame) -> Any:
    """Return a mask of the rows for which :func:`count_findings` may find something."""
    parts = table[["exempt", "special_duty", "present", "absent_excused", "absent_unexcused"]]
    differs = parts.sum(axis=1) != table["roll"]
    attending = table["present"] + table["exempt_present"].fillna(0)
    over = (
        (table["exempt_present"] > table["exempt"])
        | (table["targets_met"] > table["targets_set"])
        | (table["speakers"] > attending)
    )
    return (over | (differs & table["roll"].notna())).to_numpy()


def count_findings(meeting: Mapping[str, Any]) -> Iterator[tuple[Finding, str]]:
    """Yield each error in the counts of one meeting, with its column.

    Errors are a part greater than its whole, and a roll that differs from the sum of its parts. If
    a count of present or absent members is unknown, only a sum over the roll is an error.
    """
    parts = ("exempt", "special_duty", "present", "absent_excused", "absent_unexcused")
    known = [meeting.get(name) for name in parts]
    total = sum(value for value in known if value is not None)
    roll = meeting.get("roll")
    sure = all(
        meeting.get(name) is not None for name in ("present", "absent_excused", "absent_unexcused")
    )
    if roll is not None and (total > roll or (sure and total != roll)):
        facts = {
            "roll": f"{roll:g}",
            "sum": f"{total:g}",
            **{n: f"{v or 0:g}" for n, v in zip(parts, known, strict=True)},
        }
        yield Finding("counts-differ", Place(""), facts), "roll"
    attending = (
        None
        if meeting.get("present") is None
        else meeting["present"] + (meeting.get("exempt_present") or 0)
    )
    wholes = {
        "exempt_present": meeting.get("exempt"),
        "targets_met": meeting.get("targets_set"),
        "speakers": attending,
    }
    names = {"exempt_present": "exempt", "targets_met": "targets_set", "speakers": "present"}
    for name, whole in wholes.items():
        if meeting.get(name) is not None and whole is not None and meeting[name] > whole:
            facts = {"part": words.FACTS[name], "whole": words.FACTS[names[name]]}
            yield Finding("part-over-whole", Place(""), facts), name


def _check_unique(sheets: Located, findings: list[Finding]) -> None:
    """Report a second sheet of one rater for one meeting."""
    twice = sheets.frame.duplicated(["meeting_id", "rater"])
    for row in twice.to_numpy().nonzero()[0]:
        found = sheets.frame.iloc[row]
        facts = {"found": f"{found['meeting_id']} · {found['rater']}", "line": "khác"}
        findings.append(Finding("duplicate-key-row", sheets.place(row, "meeting_id"), facts))


def _check_lines(lines: Located, findings: list[Finding]) -> None:
    """Report entered lines without points, and points on lines that are not entered."""
    entered = (lines.frame["state"] == "entered").to_numpy()
    given = lines.frame["points"].notna().to_numpy()
    states = lines.frame["state"].tolist()
    findings.extend(
        Finding("entered-without-points", lines.place(row, "points"))
        for row in (entered & ~given).nonzero()[0]
    )
    findings.extend(
        Finding("points-not-entered", lines.place(row, "points"), {"state": states[row]})
        for row in (~entered & given).nonzero()[0]
    )


def _check_adopted(adoption: Located, findings: list[Finding]) -> None:
    """Report adopted values that do not fit their kind: window, days, date, percent, co/khong."""
    for row, (what, value) in enumerate(
        zip(adoption.frame["what"], adoption.frame["value"], strict=True)
    ):
        problem = _wrong_value(what, value)
        if problem:
            facts = {"found": value[:80], "what": what, "wanted": problem}
            code = "bad-window" if what == "meeting_window" else "bad-adopted"
            findings.append(Finding(code, adoption.place(row, "value"), facts))


def _wrong_value(what: str, value: str) -> str:
    """Return a description of the expected value, or an empty string if the value is valid."""
    days = value.split("-")
    if what == "meeting_window":
        return (
            ""
            if len(days) == 2 and all(d.isdecimal() and 1 <= int(d) <= 31 for d in days)
            else "NGÀY-NGÀY"
        )
    if what in ("quarter_report", "half_report", "year_report"):
        return "" if value.isdecimal() and int(value) <= 366 else "số ngày sau khi hết kỳ"
    if what == "first_report":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            return "ngày dạng NĂM-THÁNG-NGÀY"
        return ""
    if what == "cap_percent":
        return "" if value.isdecimal() and 1 <= int(value) <= 100 else "số phần trăm từ 1 đến 100"
    if what in ("first_briefing", "thematic_quarterly", "inspection_gate"):
        return "" if value in ("co", "khong") else "co hoặc khong"
    return ""


def _check_file_names(units: Located, findings: list[Finding]) -> None:
    """Report ids of units that cannot name a file, or are one name where case does not count."""
    first: dict[str, str] = {}
    for row, unit_id in enumerate(units.frame["unit_id"]):
        other = first.setdefault(unit_id.casefold(), unit_id)
        if other != unit_id:
            facts = {"found": unit_id, "other": other}
            findings.append(Finding("id-alike", units.place(row, "unit_id"), facts))
        elif names_no_file(unit_id):
            place = units.place(row, "unit_id")
            findings.append(Finding("id-no-file", place, {"found": unit_id}))


def _check_tree(units: Located, findings: list[Finding]) -> None:
    """Report units whose parent is not valid, and cycles, on each day on which the tree changes."""
    table = units.frame.assign(row=range(len(units.frame)))
    said: set[str] = set()
    ends = table["valid_to"].dropna() + pd.Timedelta(days=1)
    for day in sorted({*table["valid_from"], *ends}):
        standing = table[
            (table["valid_from"] <= day) & (table["valid_to"].isna() | (table["valid_to"] >= day))
        ]
        rows = dict(zip(standing["unit_id"], standing["row"], strict=True))
        parent = {
            u: p
            for u, p in zip(standing["unit_id"], standing["parent_id"], strict=True)
            if not pd.isna(p)
        }
        for unit_id, above in parent.items():
            if above not in rows and unit_id not in said:
                said.add(unit_id)
                facts = {"found": unit_id, "parent": above, "day": numbers.day(day.date())}
                findings.append(
                    Finding("parent-gone", units.place(rows[unit_id], "parent_id"), facts)
                )
        settled: set[str] = set()
        for start in parent:
            path: list[str] = []
            current: str | None = start
            while (
                current is not None
                and current in parent
                and current not in settled
                and current not in path
            ):
                path.append(current)
                current = parent[current]
            if current in path:
                findings.append(
                    Finding(
                        "parent-cycle",
                        units.place(rows[str(current)], "parent_id"),
                        {"found": current},
                    )
                )
                return
            settled.update(path)


def in_window(day: dt.date, window: tuple[int, int]) -> bool:
    """Whether a day lies in a window of days of the month; (25, 5) runs over the month's end.

    >>> in_window(dt.date(2026, 3, 31), (25, 5)), in_window(dt.date(2026, 3, 6), (25, 5))
    (True, False)
    """
    first, last = window
    return first <= day.day <= last if first <= last else day.day >= first or day.day <= last


def _odd_days(meeting: Mapping[str, Any], held_on: dt.date) -> Iterator[tuple[str, dt.date]]:
    """Yield papers not dated in the weeks up to the meeting, and results not in those after."""
    for name in ("papers_at", "result_at"):
        value = meeting.get(name)
        if value is not None:
            day = value.date() if isinstance(value, dt.datetime) else value
            if not _is_beside(name, day, held_on):
                yield name, day


def _is_beside(name: str, day: dt.date, held_on: dt.date) -> bool:
    first, last = (-_WEEKS, 0) if name == "papers_at" else (0, _WEEKS)
    return first <= (day - held_on).days <= last


def _exchanged(day: dt.date, fits: Callable[[dt.date], bool]) -> str:
    """Return the day with its month exchanged, as a US computer does, if it fits then."""
    try:
        other = day.replace(day=day.month, month=day.day)
    except ValueError:
        return ""
    return numbers.day(other) if other != day and fits(other) else ""


def odd_about(
    meeting: Mapping[str, Any], adoptions: Adoptions, others: Iterable[str]
) -> Iterator[tuple[Finding, str]]:
    """Yield each unusual fact about a held meeting, with its column.

    ``others`` are the other regular meetings that the chi bộ held for the same month. The window
    is the one adopted by the nearest unit above: Công văn 285-CV/ĐUK (Lai Châu, 24/10/2018) sets
    the 25th to the 5th for cells directly under it and lets grassroots committees set their own.
    The question ``window_month`` decides which month a meeting on the 1st to 5th counts for; here
    its day may be in the month it names or in the first days of the next.
    """
    held_on = meeting.get("held_on")
    if meeting.get("status") != "held" or held_on is None:
        return
    day = held_on.date() if isinstance(held_on, dt.datetime) else held_on
    month = meeting["for_month"]
    named = Period.parse(month).label
    shown = numbers.day(day)
    facts = {"found": shown, "month": named}
    meant = _exchanged(day, lambda other: f"{other:%Y-%m}" == month)
    if not month_start(month) - _FAR <= day <= month_end(month) + _FAR:
        yield Finding("month-far", Place(""), facts, hint=meant), "held_on"
        return
    window = adoptions.window_on(meeting["chi_bo_id"], day)
    regular = meeting.get("kind") != "chuyen_de"
    if regular and window is not None and not in_window(day, window):
        yield (
            Finding(
                "outside-window", Place(""), {"found": shown, "first": window[0], "last": window[1]}
            ),
            "held_on",
        )
    grace = window[1] if window is not None and window[0] > window[1] else 5
    if not month_start(month) <= day <= month_end(month) + dt.timedelta(days=grace):
        yield Finding("outside-month", Place(""), facts, hint=meant), "held_on"
    minutes = meeting.get("minutes")
    if minutes is not None and not _SHORT <= minutes <= _LONG:
        yield Finding("odd-minutes", Place(""), {"found": f"{minutes:g}"}), "minutes"
    for name, wrong in _odd_days(meeting, day):
        yield (
            Finding(
                "odd-day",
                Place(""),
                {"what": words.FACTS[name], "found": numbers.day(wrong), "held": shown},
                hint=_exchanged(wrong, partial(_is_beside, name, held_on=day)),
            ),
            name,
        )
    twin = next(iter(sorted(others)), None) if regular else None
    if twin is not None:
        yield Finding("two-meetings", Place(""), {"month": named, "found": twin}), "held_on"
