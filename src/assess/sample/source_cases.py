"""Four small synthetic đảng bộ, each with one year as described by a source of the project.

* **2018**, half a year of a provincial board: ten leaders planned to sit in at 22 chi bộ and did at
  18, heads of sections at 28 of 32; the rest moved to the next meeting because of trips
  (Ban Tổ chức Tỉnh ủy, 29/6/2018).
* **2019**, a block of agencies: the window of the 25th to the 5th, sheets kept at the chi bộ,
  quarterly summaries, ten thematic topics, a first report by 10/11/2018 (Công văn 285-CV/ĐUK,
  Lai Châu, 24/10/2018), on an illustrative rule set.
* **2022**, a district: model meetings at the end of 2021, briefing in January, monthly and thematic
  sheets, half-year and year reports (Công văn 677-CV/BTCTU, Nghệ An, 22/9/2021), on an illustrative
  pair of rule sets.
* **2023**, a block whose sheets carry a total and four conditions, and whose rule set has a rule
  for the year (khung Đảng ủy Khối Bình Thuận).

All names, numbers and days not stated in these documents are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from assess.base.periods import month_start, shift_month
from assess.records.tables import TABLES, from_rows
from assess.sample.meeting_rows import TOPICS, meetings_of
from assess.sample.sheet_rows import has_thematic, sheets_of
from assess.sample.units import ChiBoProfile, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from assess.rules import RuleSet
    from assess.sample.year_work import Rows

BEGIN = dt.date(2018, 1, 1)
ROOT = "tinh-tu-lieu"
BOARD, BLOCK, DISTRICT, YEAR_RULE = "ban-du-2018", "khoi-2019", "huyen-2022", "khoi-2023"
_WORD = ("Sen", "Mai", "Trúc", "Đào", "Cúc", "Lan", "Huệ", "Quế", "Tùng", "Bách")


def make_sources(rules: Mapping[str, RuleSet], seed: int = 2026) -> dict[str, pd.DataFrame]:
    """Return the tables of the four đảng bộ; the same seed gives the same rows."""
    rows: Rows = {name: [] for name in TABLES}
    rows["unit"].append(
        _unit(ROOT, "Đảng bộ tỉnh Tư Liệu (giả định)", "tinh", None, place="Tư Liệu")
    )
    _visits_of_2018(rows, Random(f"{seed}:2018"))
    for make in (_block_of_2019, _district_of_2022, _year_rule_of_2023):
        make(rows, rules, seed)
    return {name: from_rows(name, found) for name, found in rows.items()}


def _unit(
    unit_id: str,
    name: str,
    level: str,
    parent: str | None,
    begins: dt.date = BEGIN,
    ends: dt.date | None = None,
    **more: Any,
) -> dict[str, Any]:
    about = {"kind": "cap_uy", "valid_from": begins, "valid_to": ends}
    return {"unit_id": unit_id, "name": name, "level": level, "parent_id": parent, **about, **more}


def _cell(
    rows: Rows, unit_id: str, name: str, parent: str, rng: Random, begins: dt.date = BEGIN
) -> ChiBoProfile:
    members = rng.randint(6, 28)
    has_chi_uy = members >= 9
    about: dict[str, Any] = {
        "official_members": members,
        "has_chi_uy": has_chi_uy,
        "has_deputy": True,
        "leads_mass_organisations": rng.random() < 0.7,
    }
    rows["unit"].append(
        _unit(unit_id, name, "chi_bo", parent, begins, **(about | {"kind": "co_quan_hanh_chinh"}))
    )
    habit = rng.choices(("start", "end", "next"), (45, 35, 20))[0]
    quality = 0.45 + 0.5 * rng.random()
    return ChiBoProfile(
        unit_id,
        "co_quan_hanh_chinh",
        members,
        members,
        0,
        has_chi_uy,
        True,
        about["leads_mass_organisations"],
        quality,
        habit,
        begins,
        None,
    )


def _adopt(
    rows: Rows, unit_id: str, what: str, value: str, begins: dt.date, ends: dt.date | None = None
) -> None:
    rows["adoption"].append(
        {"unit_id": unit_id, "what": what, "value": value, "valid_from": begins, "valid_to": ends}
    )


# --- 2018: leaders at the meetings of chi bộ ------------------------------------------------------


def _visits_of_2018(rows: Rows, rng: Random) -> None:
    rows["unit"].append(
        _unit(BOARD, "Đảng bộ các ban Đảng tỉnh Tư Liệu", "tren_co_so", ROOT, place="Tư Liệu")
    )
    cells = [
        _cell(
            rows, f"b18-{i:02d}", f"Chi bộ Ấp {_WORD[i % 10]} {in_words(i // 10 + 1)}", BOARD, rng
        ).unit_id
        for i in range(32)
    ]
    for role, post, holders, planned, missed in (
        ("lanh_dao", "Lãnh đạo ban", 10, 22, 4),
        ("truong_pho_phong", "Trưởng, phó phòng", 16, 32, 4),
    ):
        for i in range(planned):
            month = f"2018-{i % 6 + 1:02d}"
            follower = f"{post} {i % holders + 1:02d}"
            about = {
                "visit_id": f"{role}-{i + 1:02d}",
                "post": follower,
                "office_id": BOARD,
                "role": role,
                "chi_bo_id": cells[i],
                "planned_for": month,
            }
            rows["assignment"].append(
                {
                    "chi_bo_id": cells[i],
                    "post": follower,
                    "office_id": BOARD,
                    "role": role,
                    "valid_from": BEGIN,
                    "valid_to": dt.date(2018, 12, 31),
                }
            )
            day = month_start(month) + dt.timedelta(days=rng.randint(0, 9))
            # the last planned visits clash with trips in June and move to July
            if i >= planned - missed:
                about |= {
                    "planned_for": "2018-06",
                    "status": "moved",
                    "moved_to": "2018-07",
                    "reason": "thời gian họp trùng với thời gian đi công tác",
                }
                done = dt.date(2018, 7, rng.randint(1, 9)) if i % 2 else None
                rows["visit"].append(
                    about
                    | {
                        "done_on": done,
                        "recorded_at": dt.datetime.combine(dt.date(2018, 6, 28), dt.time(16, 0)),
                    }
                )
            else:
                rows["visit"].append(
                    about
                    | {
                        "status": "done",
                        "done_on": day,
                        "recorded_at": dt.datetime.combine(day, dt.time(16, 0)),
                    }
                )


# --- 2019: a block of agencies --------------------------------------------------------------------


def _block_of_2019(rows: Rows, rules: Mapping[str, RuleSet], seed: int) -> None:
    rows["unit"].append(
        _unit(BLOCK, "Đảng bộ Khối cơ quan Thử 2019", "tren_co_so", ROOT, place="Tư Liệu")
    )
    cells = [
        _cell(
            rows,
            f"k19-{i + 1:02d}",
            f"Chi bộ cơ sở Sở {_WORD[i]}",
            BLOCK,
            Random(f"{seed}:k19:{i}"),
        )
        for i in range(4)
    ]
    for d, name in enumerate(("Trúc", "Đào")):
        top = f"k19-du-{d + 1}"
        rows["unit"].append(_unit(top, f"Đảng bộ cơ sở Sở {name} Lớn", "co_so", BLOCK))
        under = top
        if d == 1:
            under = "k19-bp"
            rows["unit"].append(_unit(under, "Đảng bộ bộ phận Chi cục Đào", "bo_phan", top))
        for i in range(3):
            parent = under if i else top
            cells.append(
                _cell(
                    rows,
                    f"k19-{d + 2}{i + 1}",
                    f"Chi bộ Phòng {_WORD[5 + i]} {name}",
                    parent,
                    Random(f"{seed}:k19:{d}:{i}"),
                )
            )
        _adopt(rows, top, "quarter_report", "8", dt.date(2019, 1, 1))
    form = rules["lai-chau-qd14"]
    _adopt(rows, BLOCK, "rule_set", form.id, form.valid_from)
    _adopt(rows, BLOCK, "meeting_window", "25-5", dt.date(2018, 10, 24))
    _adopt(rows, BLOCK, "first_report", "2018-11-10", dt.date(2018, 10, 24))
    _adopt(rows, BLOCK, "quarter_report", "10", dt.date(2019, 1, 1))
    _adopt(rows, BLOCK, "thematic_quarterly", "co", dt.date(2018, 10, 24))
    _adopt(rows, ROOT, "annual_rules", "qd132-2018", dt.date(2018, 3, 8), dt.date(2023, 10, 3))
    months = (*(f"2018-{m:02d}" for m in (10, 11, 12)), *(f"2019-{m:02d}" for m in range(1, 13)))
    _live(rows, rules, cells, months, form.id, "", seed)
    # the report on applying the rules, due on 10/11/2018: one unit is late
    for i, unit_id in enumerate(("k19-01", "k19-02", "k19-03", "k19-du-1", "k19-du-2")):
        day = dt.date(2018, 11, 6 + i) if unit_id != "k19-du-2" else dt.date(2018, 11, 14)
        about = {
            "unit_id": unit_id,
            "period": "2018-11",
            "month": "2018-11",
            "measure": "due",
            "value": 1.0,
            "filed_on": day,
        }
        rows["filed"].append(about | {"recorded_at": dt.datetime.combine(day, dt.time(9, 0))})


# --- 2022: a district that starts scoring ---------------------------------------------------------


def _district_of_2022(rows: Rows, rules: Mapping[str, RuleSet], seed: int) -> None:
    rows["unit"].append(_unit(DISTRICT, "Đảng bộ huyện Thử 2022", "tren_co_so", ROOT, place="Thử"))
    cells = []
    for d in range(3):
        top = f"h22-xa-{d + 1}"
        rows["unit"].append(
            _unit(top, f"Đảng bộ xã {_WORD[d]} Thử", "co_so", DISTRICT, place=f"{_WORD[d]} Thử")
        )
        cells += [
            _cell(
                rows,
                f"h22-{d + 1}{i + 1}",
                f"Chi bộ xóm {_WORD[d + i]} {in_words(i + 1)}",
                top,
                Random(f"{seed}:h22:{d}:{i}"),
            )
            for i in range(4)
        ]
        _model(rows, top, d)
        _adopt(rows, top, "half_report", "10", dt.date(2021, 12, 1))
        _adopt(rows, top, "year_report", "10", dt.date(2021, 12, 1))
    for what, form in (
        ("rule_set", "nghe-an-qd08-bieu1"),
        ("thematic_rule_set", "nghe-an-qd08-bieu2"),
    ):
        _adopt(rows, DISTRICT, what, form, rules[form].valid_from, rules[form].valid_to)
    _adopt(rows, DISTRICT, "half_report", "15", dt.date(2021, 12, 1))
    _adopt(rows, DISTRICT, "year_report", "15", dt.date(2021, 12, 1))
    _adopt(rows, DISTRICT, "first_briefing", "co", dt.date(2021, 12, 1))
    _adopt(rows, DISTRICT, "thematic_quarterly", "co", dt.date(2021, 9, 15))
    _model(rows, DISTRICT, -1)
    months = ("2021-12", *(f"2022-{m:02d}" for m in range(1, 13)))
    _live(rows, rules, cells, months, "nghe-an-qd08-bieu1", "nghe-an-qd08-bieu2", seed)
    for i, cell in enumerate(cells):
        done = None if i == 7 else dt.date(2022, 1, 1 + i % 5)
        rows["milestone"].append(
            {
                "unit_id": cell.unit_id,
                "what": "briefing",
                "year": "2022",
                "done_on": done,
                "recorded_at": dt.datetime.combine(dt.date(2022, 1, 8), dt.time(9, 0)),
            }
        )


_STEPS = (
    ("model_plan", 9, 30),
    ("model_guidance", 10, 10),
    ("model_meeting", 11, 15),
    ("model_review", 11, 15),
    ("rolled_out", 12, 5),
)
"""The steps with their planned days, within the months named in the letter of 22/9/2021."""


def _model(rows: Rows, unit_id: str, late: int) -> None:
    """Add a unit's steps; the second commune meets late, the third has not rolled out."""
    for i, (what, month, day) in enumerate(_STEPS):
        planned = dt.date(2021, month, day)
        done: dt.date | None = planned - dt.timedelta(days=2)
        if late == 1 and i in (2, 3):
            done = planned + dt.timedelta(days=12)
        if late == 2 and what == "rolled_out":
            done = None
        at = dt.datetime.combine(done or planned, dt.time(9, 0))
        rows["milestone"].append(
            {
                "unit_id": unit_id,
                "what": what,
                "year": "2021",
                "planned_on": planned,
                "done_on": done,
                "recorded_at": at,
            }
        )


# --- 2023: totals, four conditions, and a rule for the year ---------------------------------------


def _year_rule_of_2023(rows: Rows, rules: Mapping[str, RuleSet], seed: int) -> None:
    rows["unit"].append(
        _unit(YEAR_RULE, "Đảng bộ Khối Thử 2023", "tren_co_so", ROOT, place="Tư Liệu")
    )
    _adopt(rows, YEAR_RULE, "rule_set", "binh-thuan-khoi", rules["binh-thuan-khoi"].valid_from)
    _adopt(rows, ROOT, "annual_rules", "qd124-2023", dt.date(2023, 10, 4), dt.date(2025, 8, 29))
    years: dict[str, tuple[dt.date, list[float | str]]] = {
        "chín tháng 95, ba tháng 85": (BEGIN, [*[95.0] * 9, *[85.0] * 3]),
        "mười một tháng 91, một tháng 68": (BEGIN, [*[91.0] * 11, 68.0]),
        "mười tháng Tốt": (BEGIN, [*[95.0] * 10, 88.0, 88.0]),
        "một tháng hủy": (BEGIN, [*[95.0] * 10, "cancelled", 95.0]),
        "một tháng gộp": (BEGIN, [*[95.0] * 4, "merged", *[96.0] * 7]),
        "lập từ tháng 4": (dt.date(2023, 4, 1), [*[95.0] * 8, 85.0]),
        "thiếu một phiếu": (BEGIN, [*[94.0] * 10, "no_sheet", 94.0]),
        "dự sinh hoạt không đủ điểm": (BEGIN, [*[95.0] * 9, -95.0, -95.0, -95.0]),
    }
    for i, (name, (begins, months)) in enumerate(years.items()):
        cell = _cell(
            rows,
            f"k23-{i + 1:02d}",
            f"Chi bộ {_WORD[i]} ({name})",
            YEAR_RULE,
            Random(f"{seed}:k23:{i}"),
            begins,
        )
        for k, value in enumerate(months):
            _totals_only(
                rows, cell, f"2023-{k + begins.month if begins.year == 2023 else k + 1:02d}", value
            )


def _totals_only(rows: Rows, cell: ChiBoProfile, month: str, value: float | str) -> None:
    """Add one month with a total and four marks; a negative total means attendance was not met."""
    day, meeting_id = (
        month_start(month) + dt.timedelta(days=2),
        f"{cell.unit_id}.{month[2:].replace('-', '')}",
    )
    at = dt.datetime.combine(day, dt.time(16, 0))
    about: dict[str, Any] = {
        "meeting_id": meeting_id,
        "chi_bo_id": cell.unit_id,
        "for_month": month,
        "kind": "thuong_ky",
        "recorded_at": at,
    }
    if value in ("cancelled", "merged"):
        reason = (
            "bão, mưa lũ"
            if value == "cancelled"
            else f"gộp với tháng {int(shift_month(month, 1)[5:])}"
        )
        rows["meeting"].append(about | {"status": value, "reason": reason})
        return
    thematic = int(month[5:7]) % 3 == 0
    topic = list(TOPICS.values())[int(month[5:7]) % 10] if thematic else None
    counts = {
        "roll": cell.members,
        "exempt": 0,
        "special_duty": 0,
        "present": cell.members,
        "absent_excused": 0,
        "absent_unexcused": 0,
    }
    rows["meeting"].append(
        about
        | counts
        | {
            "status": "held",
            "held_on": day,
            "kind": "ket_hop" if thematic else "thuong_ky",
            "topic": topic,
            "minutes": 120 if thematic else 90,
            "speakers": cell.members // 2,
        }
    )
    if isinstance(value, str):
        return
    sheet = f"{meeting_id}.tc"
    rows["sheet"].append(
        {
            "sheet_id": sheet,
            "meeting_id": meeting_id,
            "rater": "self",
            "rule_set_id": "binh-thuan-khoi",
            "signed_on": day,
            "recorded_at": at,
        }
    )
    marks = dict.fromkeys(("b_attend", "b_time", "b_opinions", "b_minutes"), 1.0) | (
        {"b_attend": 0.0} if value < 0 else {}
    )
    for criterion, points in {"b_total": abs(value), **marks}.items():
        rows["line"].append(
            {"sheet_id": sheet, "criterion_id": criterion, "state": "entered", "points": points}
        )


# --- shared by the years --------------------------------------------------------------------------


def _live(
    rows: Rows,
    rules: Mapping[str, RuleSet],
    cells: Sequence[ChiBoProfile],
    months: tuple[str, ...],
    regular: str,
    thematic: str,
    seed: int,
) -> None:
    """Add meetings and score sheets; thematic meetings have sheets if ``thematic`` is given."""
    titles = [*TOPICS.values()]
    for c, cell in enumerate(cells):
        rng = Random(f"{seed}:{cell.unit_id}:meetings")
        held = meetings_of(replace(cell, begins=dt.date(2018, 1, 1)), months, rng)
        for meeting in held:
            if meeting.get("topic"):
                meeting["topic"] = titles[(c + int(meeting["for_month"][5:7])) % len(titles)]
            rows["meeting"].append(meeting)
            form = thematic if meeting["kind"] == "chuyen_de" else regular
            if meeting["status"] != "held" or not form:
                continue
            for sheet, lines in sheets_of(
                cell, meeting, rules[form], rng, thematic=has_thematic(meeting, held)
            ):
                rows["sheet"].append(sheet)
                rows["line"].extend(lines)
