"""The synthetic province's yearly work: visits, inspections, annual files and decisions."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import TYPE_CHECKING, Any

from assess.base.periods import month_start, shift_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.sample.units import ChiBoProfile

Rows = dict[str, list[dict[str, Any]]]

_AWAY = "trùng lịch đi công tác"
_OTHER = "dự hội nghị của cấp trên"
_CLASSES = ("htxsnv", "httnv", "htnv", "khtnv")
_LEADERS, _HEADS = 3, 6
_WHOLE_GATE = ("dh-gia-lap",)
"""The đảng bộ in which every chi bộ is inspected by its own committee by the end of the year."""


def year_work(
    units: Sequence[Mapping[str, Any]],
    cells: Sequence[ChiBoProfile],
    years: Sequence[int],
    seed: int,
) -> Rows:
    """Return the rows of the year's work for some years; the same arguments give the same rows."""
    rows: Rows = {
        name: []
        for name in ("assignment", "visit", "inspection", "milestone", "annual", "decision")
    }
    for year in years:
        end = dt.date(year, 12, 31)
        parents = {u["unit_id"]: u["parent_id"] for u in units if _stands(u, end)}
        tops = sorted({_top(parents, cell.unit_id) for cell in cells if cell.unit_id in parents})
        for top in tops:
            theirs = [cell for cell in cells if _top(parents, cell.unit_id) == top]
            rng = Random(f"{seed}:{top}:{year}:work")
            _follow(rows, top, theirs, year, rng)
            _inspect(rows, top, theirs, year, rng, units)
            for cell in theirs:
                rows["milestone"].append(_briefing(cell.unit_id, year, rng))
        for unit in units:
            if unit["level"] in ("co_so", "tren_co_so", "chi_bo") and _stands(unit, end):
                mine = next((c for c in cells if c.unit_id == unit["unit_id"]), None)
                _annual(rows, unit, mine, year, Random(f"{seed}:{unit['unit_id']}:{year}:annual"))
    return rows


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9, 0))


def _stands(unit: Mapping[str, Any], day: dt.date) -> bool:
    return unit["valid_from"] <= day and (unit["valid_to"] is None or unit["valid_to"] >= day)


def _top(parents: Mapping[str, str | None], unit_id: str) -> str:
    """Return the unit directly below the province that contains a unit."""
    while parents.get(unit_id) is not None and parents.get(parents[unit_id] or "") is not None:
        unit_id = parents[unit_id] or ""
    return unit_id


def _follow(rows: Rows, top: str, cells: Sequence[ChiBoProfile], year: int, rng: Random) -> None:
    """Assign each chi bộ to one leader or head of a section, who plans two visits a year."""
    posts = [(f"Ủy viên Ban Thường vụ {n:02d}", "lanh_dao") for n in range(1, _LEADERS + 1)]
    posts += [(f"Trưởng, phó phòng, ban {n:02d}", "truong_pho_phong") for n in range(1, _HEADS + 1)]
    for i, cell in enumerate(cells):
        post, role = posts[i % len(posts)]
        begins = max(dt.date(year, 1, 1), cell.begins)
        rows["assignment"].append(
            {
                "chi_bo_id": cell.unit_id,
                "post": post,
                "office_id": top,
                "role": role,
                "valid_from": begins,
                "valid_to": dt.date(year, 12, 31),
            }
        )
        for half in (0, 6):
            month = f"{year}-{half + rng.randint(1, 6):02d}"
            visit = {
                "visit_id": f"{cell.unit_id}.{month.replace('-', '')}.d",
                "post": post,
                "office_id": top,
                "role": role,
                "chi_bo_id": cell.unit_id,
                "planned_for": month,
            }
            rows["visit"].append(visit | _kept(month, rng))


def _kept(month: str, rng: Random) -> dict[str, Any]:
    day = month_start(month) + dt.timedelta(days=rng.randint(0, 4))
    luck = rng.random()
    recorded = dt.datetime.combine(day, dt.time(10, 0)) + dt.timedelta(days=6)
    if luck < 0.8:
        return {"status": "done", "done_on": day, "recorded_at": recorded}
    if luck < 0.93:
        later = shift_month(month, 1)
        done = (
            month_start(later) + dt.timedelta(days=rng.randint(0, 4))
            if rng.random() < 0.7
            else None
        )
        at = (
            recorded
            if done is None
            else dt.datetime.combine(done, dt.time(10, 0)) + dt.timedelta(days=6)
        )
        return {
            "status": "moved",
            "reason": _AWAY,
            "moved_to": later,
            "done_on": done,
            "recorded_at": at,
        }
    return {"status": "missed", "reason": rng.choice((_AWAY, _OTHER)), "recorded_at": recorded}


_SLIPS = 0.03
"""The share of visits recorded on a day when the chi bộ did not meet."""


def sit_in(
    visits: Sequence[Mapping[str, Any]], meetings: Sequence[Mapping[str, Any]], seed: int
) -> list[dict[str, Any]]:
    """Return the visits, moved to the day of the chi bộ's meeting in that month if there was one.

    A small share (``_SLIPS``) keeps its wrong day.
    """
    days = {
        (row["chi_bo_id"], f"{row['held_on']:%Y-%m}"): row["held_on"]
        for row in meetings
        if row.get("held_on")
    }
    found = []
    for visit in visits:
        done = visit.get("done_on")
        day = days.get((visit["chi_bo_id"], f"{done:%Y-%m}")) if done else None
        if day is None or Random(f"{seed}:{visit['visit_id']}:slip").random() < _SLIPS:
            found.append(dict(visit))
        else:
            found.append(
                {
                    **visit,
                    "done_on": day,
                    "recorded_at": dt.datetime.combine(day, dt.time(10, 0)) + dt.timedelta(days=6),
                }
            )
    return found


def _inspect(
    rows: Rows,
    top: str,
    cells: Sequence[ChiBoProfile],
    year: int,
    rng: Random,
    units: Sequence[Mapping[str, Any]],
) -> None:
    for number, cell in enumerate(cells):
        if top not in _WHOLE_GATE and rng.random() < 0.25:
            continue
        day = dt.date(year, rng.randint(3, 11), rng.randint(1, 28))
        form = (
            rng.choices(("kiem_tra", "giam_sat", "ho_so"), (5, 3, 2))[0]
            if top not in _WHOLE_GATE
            else "kiem_tra"
        )
        rows["inspection"].append(
            {
                "inspection_id": f"{cell.unit_id}.{year}.kt",
                "chi_bo_id": cell.unit_id,
                "form": form,
                "inspected_by": _inspector(
                    units, cell.unit_id, day, higher=number % 5 == 4 and top not in _WHOLE_GATE
                ),
                "plan": f"Chương trình kiểm tra, giám sát năm {year}",
                "inspected_on": day,
                "evidence": "sổ biên bản",
                "recorded_at": dt.datetime.combine(day, dt.time(15, 0)) + dt.timedelta(days=3),
            }
        )


def _inspector(
    units: Sequence[Mapping[str, Any]], chi_bo: str, day: dt.date, *, higher: bool
) -> str | None:
    """Return the committee directly above a chi bộ on a day, or with ``higher`` the next one up.

    It is None if the chi bộ did not exist yet.
    """
    standing = {u["unit_id"]: u for u in units if _stands(u, day)}
    line = []
    current = standing.get(chi_bo)
    while current is not None:
        current = standing.get(current["parent_id"] or "")
        if current is not None and current["level"] != "bo_phan":
            line.append(current["unit_id"])
    return (line[1:2] or line)[0] if higher and line else next(iter(line), None)


def _briefing(chi_bo: str, year: int, rng: Random) -> dict[str, Any]:
    day = dt.date(year, 1, rng.randint(1, 5))
    done = None if rng.random() < 0.08 else day
    return {
        "unit_id": chi_bo,
        "what": "briefing",
        "year": str(year),
        "planned_on": dt.date(year, 1, 5),
        "done_on": done,
        "recorded_at": _at(dt.date(year, 1, 8)),
    }


def _annual(
    rows: Rows, unit: Mapping[str, Any], cell: ChiBoProfile | None, year: int, rng: Random
) -> None:
    """Add a file by the unit's quality, and in some đảng bộ a decision.

    Some files have the points without the conditions; one in fifty is a listed case.
    """
    quality = cell.quality if cell is not None else 0.55 + 0.4 * rng.random()
    tasks = rng.randint(8, 20)
    late = 0 if rng.random() < 0.55 + 0.4 * quality else rng.randint(1, 3)
    undone = 0 if rng.random() < 0.85 + 0.14 * quality else rng.randint(1, 3)
    on_time = tasks - late - undone
    beyond = min(on_time, round(tasks * (0.12 + 0.3 * quality * (0.6 + rng.random()))))
    faults = rng.randint(0, 4)
    common = round(30 * min(1.0, 0.74 + 0.25 * quality + 0.04 * rng.random()) * 2) / 2
    result = (
        round(
            70
            * min(1.0, 0.72 + 0.26 * quality + 0.05 * rng.random() - 0.02 * late - 0.05 * undone)
            * 2
        )
        / 2
    )
    total = common + result
    self_class = _CLASSES[0 if total >= 90 else 1 if total >= 70 else 2 if total >= 50 else 3]
    day = _at(dt.date(year, 12, rng.randint(5, 15)))
    about = {"unit_id": unit["unit_id"], "year": str(year)}
    rows["annual"].append(
        about
        | {
            "self_class": self_class,
            "common_points": common,
            "result_points": result if rng.random() > 0.02 else None,
            "tasks_set": tasks,
            "tasks_on_time": on_time,
            "tasks_late": late,
            "tasks_beyond": beyond,
            "disciplined": rng.random() < 0.02,
            "shortcomings": faults,
            "shortcomings_remedied": faults if rng.random() < 0.9 else max(0, faults - 1),
            "listed_case": "personnel" if rng.random() < 0.02 else None,
            "votes": rng.randint(5, 30),
            "recorded_at": day,
        }
    )
    if (
        unit["parent_id"] not in ("dh-gia-lap", "qs-tinh", "xa-mau-thu", "tinh")
        or unit["parent_id"] == "tinh"
    ):
        return
    decided = {"decided_by": unit["parent_id"], "number": f"{rng.randint(10, 90)}-QĐ/ĐU"}
    rows["decision"].append(
        about
        | decided
        | {
            "version": 1,
            "annual_class": self_class if self_class != "htxsnv" or rng.random() < 0.2 else "httnv",
            "decided_on": dt.date(year, 12, 24),
            "recorded_at": _at(dt.date(year, 12, 26)),
        }
    )
    if rng.random() < 0.04:
        rows["decision"].append(
            about
            | decided
            | {
                "version": 2,
                "annual_class": "htnv",
                "decided_on": dt.date(year, 12, 29),
                "reason": "có kết luận kiểm tra sau ngày xếp loại",
                "recorded_at": _at(dt.date(year, 12, 30)),
            }
        )
