"""A ward's year that is not over, written as CSV by plain loops.

Twelve chi bộ, meetings to 9 November, one of them not yet on record.
"""

import csv
import datetime as dt

CHI_BO = [f"cb{n:02d}" for n in range(1, 13)]
ABSENT_IN_NOVEMBER = "cb12"
CANCELLED = ("cb03", 5)
"""A chi bộ and the month whose meeting it cancelled."""
FORM = "an-phu-hd42"
OF_FORM = {
    "c1_time": 5,
    "c2_rate": 4,
    "c2_bonus": 1,
    "c3_content": 3,
    "c3_direction": 2,
    "c3_meeting": 2,
    "c3_notify": 1,
    "c3_upload": 2,
    "c4_process": 5,
    "c4_regular": 10,
    "c4_thematic": 5,
    "c4_praise": 2,
    "c4_discuss": 5,
    "c4_minutes": 1,
    "c4_ideology": 1,
    "c4_digital": 1,
    "c5_flexible": 2,
    "c5_direction": 4,
    "c5_democratic": 3,
    "c5_conclude": 1,
    "c6_democratic": 1,
    "c6_criticism": 2,
    "c6_quality": 1,
    "c6_feedback": 1,
    "c7_result": 30,
    "c8_conclude": 2,
    "c8_approve": 2,
    "c8_upload": 1,
}
"""The maximum of each line of the rule set."""


def write_year(folder, *, recorded=lambda held: held + dt.timedelta(days=3), units=()):
    """Write the tables.

    ``recorded`` gives the day on which a meeting's score form came in; None leaves the moment out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unit = [
        [
            "tinh",
            "Đảng bộ tỉnh Thử",
            "tinh",
            "cap_uy",
            "",
            "2020-01-01",
            "",
            "",
            "Thử",
            "",
            "",
            "",
            "",
        ],
        [
            "phuong-hb",
            "Đảng bộ phường Hòa Bình",
            "tren_co_so",
            "cap_uy",
            "tinh",
            "2020-01-01",
            "",
            "",
            "Hòa Bình",
            "",
            "",
            "",
            "",
        ],
    ]
    unit += [
        [
            c,
            f"Chi bộ Tổ dân phố {c[2:]}",
            "chi_bo",
            "thon_to_dan_pho",
            "phuong-hb",
            "2025-07-01",
            "",
            "",
            "",
            20,
            "true",
            "true",
            "true",
        ]
        for c in CHI_BO
    ]
    _write(
        folder / "unit.csv",
        "unit_id,name,level,kind,parent_id,valid_from,valid_to,successor_id,place,official_members,has_chi_uy,has_deputy,leads_mass_organisations",
        [*unit, *units],
    )
    _write(
        folder / "adoption.csv",
        "unit_id,what,value,valid_from,valid_to",
        [["tinh", "rule_set", FORM, "2025-10-28", ""]],
    )
    meetings, sheets, lines = [], [], []
    for month in range(1, 12):
        for n, chi_bo in enumerate(CHI_BO, start=1):
            if month == 11 and chi_bo == ABSENT_IN_NOVEMBER:
                continue
            held = dt.date(2026, month, 2 + n % 8)
            name, moment = f"{chi_bo}.26{month:02d}", recorded(held)
            moment = f"{moment.isoformat()}T09:00" if moment else ""
            if (chi_bo, month) == CANCELLED:
                meetings.append(
                    [
                        name,
                        chi_bo,
                        f"2026-{month:02d}",
                        "",
                        "cancelled",
                        "bão",
                        "thuong_ky",
                        *[""] * 9,
                        moment,
                    ]
                )
                continue
            counts = [90, 20, 0, 0, 19, 0, 1, 0, 10]
            meetings.append(
                [
                    name,
                    chi_bo,
                    f"2026-{month:02d}",
                    held.isoformat(),
                    "held",
                    "",
                    "thuong_ky",
                    *counts,
                    moment,
                ]
            )
            sheets.append([f"{name}.tc", name, "self", FORM, moment])
            for line, most in OF_FORM.items():
                # every fourth sheet loses twenty points: Khá
                lines.append(
                    [
                        f"{name}.tc",
                        line,
                        "entered",
                        most - 20 if line == "c7_result" and (month + n) % 4 == 0 else most,
                    ]
                )
    _write(
        folder / "meeting.csv",
        "meeting_id,chi_bo_id,for_month,held_on,status,reason,kind,minutes,roll,exempt,special_duty,present,exempt_present,absent_excused,absent_unexcused,speakers,recorded_at",
        meetings,
    )
    _write(folder / "sheet.csv", "sheet_id,meeting_id,rater,rule_set_id,recorded_at", sheets)
    _write(folder / "line.csv", "sheet_id,criterion_id,state,points", lines)


def _write(path, head, rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(head.split(","))
        writer.writerows(rows)
