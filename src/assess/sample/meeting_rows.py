"""The synthetic province's meetings: a regular one each month, with the flaws of real records."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base.periods import month_end, month_start, shift_month

if TYPE_CHECKING:
    from random import Random

    from assess.sample.units import ChiBoProfile

TOPICS = {
    "hoc_tap_bac": "Học tập và làm theo Bác",
    "nang_luc": "Nâng cao trình độ, nghiệp vụ, năng lực công tác",
    "chong_suy_thoai": "Phòng, chống suy thoái, tự diễn biến, tự chuyển hóa",
    "xay_dung_dang": "Xây dựng Đảng, cơ quan; chống tham nhũng, lãng phí, tệ nạn",
    "chi_thi_nghi_quyet": "Triển khai chỉ thị, nghị quyết, pháp luật liên quan",
    "chuyen_mon": "Chất lượng chuyên môn, tham mưu, đề án",
    "truyen_thong": "Giáo dục truyền thống",
    "viec_phuc_tap": "Giải quyết vấn đề phức tạp nảy sinh",
    "phat_trien_dang": "Tạo nguồn, phát triển đảng viên",
    "tu_hoc": "Phương pháp tự nghiên cứu, học tập",
    "khac": "Khác, phù hợp loại hình chi bộ",
}
"""Topics that the chi bộ of the samples record."""
_CANCELLED = ("bão, mưa lũ", "trùng đại hội chi bộ", "phần lớn đảng viên đi công tác")
_TOPICS = (
    TOPICS["hoc_tap_bac"],
    TOPICS["chuyen_mon"],
    TOPICS["phat_trien_dang"],
    TOPICS["viec_phuc_tap"],
    "Chuyển đổi số trong công tác đảng",
)


def meetings_of(cell: ChiBoProfile, months: tuple[str, ...], rng: Random) -> list[dict[str, Any]]:
    """Return the rows of ``meeting`` of one chi bộ, in the order of months."""
    rows: list[dict[str, Any]] = []
    thematic_month = rng.randint(0, 2)
    streak, year, resolved = 0, "", False
    for month in months:
        if month_end(month) < cell.begins or (
            cell.ends is not None and month_end(month) > cell.ends
        ):
            continue
        if month[:4] != year:
            year, streak = month[:4], 0
        meeting_id = f"{cell.unit_id}.{month[2:].replace('-', '')}"
        row: dict[str, Any] = {
            "meeting_id": meeting_id,
            "chi_bo_id": cell.unit_id,
            "for_month": month,
            "kind": "thuong_ky",
        }
        luck = rng.random()
        if luck < 0.025:
            rows.append(_not_held(row, luck, month, rng))
            resolved = False
            continue
        thematic = (int(month[5:7]) - 1) % 3 == thematic_month and rng.random() > 0.06
        combined = thematic and rng.random() < 0.5
        row["kind"] = "ket_hop" if combined else "thuong_ky"
        held = _day(cell, month, rng)
        streak = (
            streak + 1
            if rng.random() < 0.18 * (1.4 - cell.quality)
            else (streak if rng.random() < 0.5 else 0)
        )
        row |= _held(cell, held, streak, combined=combined, rng=rng)
        row |= _targets(cell, rng) if resolved else {"targets_set": 0, "targets_met": 0}
        resolved = True
        rows.append(row)
        if thematic and not combined:
            apart = {
                **row,
                "meeting_id": f"{meeting_id}cd",
                "kind": "chuyen_de",
                "topic": rng.choice(_TOPICS),
            }
            day = held + dt.timedelta(days=rng.randint(6, 12))
            if day.strftime("%Y-%m") != month:
                day = month_end(month)
            apart |= _held(cell, day, streak, combined=False, rng=rng) | {
                "targets_set": None,
                "targets_met": None,
            }
            rows.append(apart)
        elif thematic:
            row["topic"] = rng.choice(_TOPICS)
    return rows


def _not_held(row: dict[str, Any], luck: float, month: str, rng: Random) -> dict[str, Any]:
    recorded = dt.datetime.combine(month_end(month), dt.time(9, 0)) + dt.timedelta(days=2)
    if luck < 0.015:
        return row | {
            "status": "cancelled",
            "reason": rng.choice(_CANCELLED),
            "recorded_at": recorded,
        }
    if luck < 0.02:
        return row | {
            "status": "postponed",
            "reason": "chờ nghị quyết của cấp trên",
            "recorded_at": recorded,
        }
    later = shift_month(month, 1)
    return row | {
        "status": "merged",
        "reason": f"gộp với tháng {int(later[5:])}/{later[:4]}",
        "recorded_at": recorded,
    }


def _day(cell: ChiBoProfile, month: str, rng: Random) -> dt.date:
    """Return a day by the chi bộ's habit: start or end of the month, or start of the next month."""
    if rng.random() < 0.05:
        return month_start(month) + dt.timedelta(days=rng.randint(8, 20))
    if cell.habit == "end":
        return min(month_start(month) + dt.timedelta(days=rng.randint(24, 29)), month_end(month))
    first = month_start(shift_month(month, 1) if cell.habit == "next" else month)
    return first + dt.timedelta(days=rng.randint(0, 4))


def _held(
    cell: ChiBoProfile, held: dt.date, streak: int, *, combined: bool, rng: Random
) -> dict[str, Any]:
    roll = max(3, cell.members + rng.choice((-1, 0, 0, 0, 1)))
    exempt = min(cell.exempt, roll - 2)
    special = (
        min(rng.choice((0, 0, 1, 2)), roll - exempt - 2) if cell.kind == "luc_luong_vu_trang" else 0
    )
    counted = roll - exempt - special
    unexcused = 1 if rng.random() < 0.03 * (1.5 - cell.quality) else 0
    excused = sum(rng.random() < 0.16 * (1.25 - cell.quality) for _ in range(counted - unexcused))
    present = counted - excused - unexcused
    guests = sum(rng.random() < 0.25 for _ in range(exempt))
    need = 120 if roll >= 30 else 90
    minutes = need + rng.choice((0, 0, 0, 5, 5, 10, 10, 15, 20)) + (25 if combined else 0)
    luck = rng.random()
    if luck < 0.10 * (1.6 - cell.quality):
        minutes = need - rng.choice((5, 10, 15, 20, 25, 30, 35, 40, 45))
    speakers = min(
        present, max(1, round(present * (0.28 + 0.45 * cell.quality * (0.6 + 0.7 * rng.random()))))
    )
    return {
        "held_on": held,
        "status": "held",
        "mode": "truc_tuyen" if rng.random() < 0.03 else "truc_tiep",
        "minutes": minutes,
        "roll": roll,
        "exempt": exempt,
        "special_duty": special,
        "present": present,
        "exempt_present": guests,
        "absent_excused": excused,
        "absent_unexcused": unexcused,
        "longest_excused_streak": streak,
        "speakers": speakers,
        "chi_uy_met": rng.random() < 0.75 + 0.24 * cell.quality if cell.has_deputy else False,
        "papers_at": held - dt.timedelta(days=rng.choices((3, 2, 1, 0), (20, 35, 37, 8))[0]),
        "result_at": held + dt.timedelta(days=rng.choices((0, 1, 2, 3, 5), (10, 40, 42, 5, 3))[0]),
        "recorded_at": dt.datetime.combine(held, dt.time(8 + rng.randint(0, 8), 0))
        + dt.timedelta(days=rng.randint(1, 4)),
    }


def _targets(cell: ChiBoProfile, rng: Random) -> dict[str, Any]:
    targets = rng.randint(4, 12)
    met = sum(rng.random() < 0.62 + 0.37 * cell.quality for _ in range(targets))
    return {"targets_set": targets, "targets_met": met}
