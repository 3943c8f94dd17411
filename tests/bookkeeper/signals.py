"""Reasons to look closer, chi bộ by chi bộ, and the plan of inspections.

What is drawn at random is not worked out again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from statistics import median

from bookkeeper.audit import Numbers, Points, Ratio
from bookkeeper.results import contradictions_of, in_month
from bookkeeper.scoring import day
from bookkeeper.work import COUNTED, inspections_of

ORDER = (
    "entered_above_facts",
    "above_others",
    "same_sheets",
    "all_maximum",
    "no_variation",
    "counts_off",
    "few_present",
    "exact_minutes",
    "signed_late",
    "no_thematic",
    "lifted_by_leaving_out",
)
TITLES = {
    "entered_above_facts": "Điểm ghi cao hơn mức tính từ số liệu",
    "above_others": "Tự chấm cao hơn cấp trên hoặc người kiểm tra",
    "same_sheets": "Phiếu giống hệt nhau nhiều tháng",
    "all_maximum": "Luôn tự chấm điểm tối đa",
    "no_variation": "Tổng điểm không bao giờ thay đổi",
    "few_present": "Buổi họp ít người dự",
    "exact_minutes": "Thời lượng đúng bằng mức tối thiểu",
    "signed_late": "Ngày ký phiếu cách xa ngày họp, hoặc nhiều phiếu cùng ngày ký",
    "no_thematic": "Quý không có sinh hoạt chuyên đề",
    "lifted_by_leaving_out": "Xếp loại phụ thuộc các dòng ghi “không áp dụng”",
}


def seen_of(book):
    """Map chi bộ → signal → (the numbers in its text, the months behind it)."""
    found = defaultdict(dict)
    held = [m for m in book.meetings if m.held and m.regular]
    own = [m for m in held if m.class_of("self")]
    for chi_bo in book.chi_bo:
        theirs, mine = (
            [m for m in held if m.chi_bo == chi_bo],
            [m for m in own if m.chi_bo == chi_bo],
        )
        for name, look in (
            ("entered_above_facts", _above_facts),
            ("above_others", _above_others),
            ("same_sheets", _same_sheets),
            ("all_maximum", _maximum),
            ("no_variation", _steady),
            ("few_present", _few),
            ("exact_minutes", _exact),
            ("signed_late", _late),
            ("no_thematic", _no_thematic),
            ("lifted_by_leaving_out", _lifted),
        ):
            said = look(book, chi_bo, theirs, mine)
            if said is not None:
                found[chi_bo][name] = said
    return found


def _above_facts(book, chi_bo, theirs, mine):
    rows = [
        (m, line)
        for m, rater, line in contradictions_of(book)
        if m.chi_bo == chi_bo and rater == "self"
    ]
    rows = [
        (m, line)
        for m, line in rows
        if line.entered > line.implied.points and line.implied.clause not in {"gap", "overlap"}
    ]
    if rows:
        most = max(line.entered - line.implied.points for _, line in rows)
        return [len(rows), len({m.id for m, _ in rows}), Points(most)], {m.month for m, _ in rows}
    return None


def _above_others(book, chi_bo, theirs, mine):
    said, months = [], []
    for rater in ("superior", "inspector"):
        for m in mine:
            if m.class_of(rater) is None:
                continue
            one, other = m.sheets["self"], m.sheets[rater]
            points = [None if s.total is None else 100 * s.total / s.out_of for s in (one, other)]
            if other.rank > one.rank or (None not in points and points[0] - points[1] >= 5):
                said.append([Points(value) for value in points if value is not None])
                months.append(m.month)
    if not said:
        return None
    more = [len(said) - 6] if len(said) > 6 else []
    return [value for some in said[:6] for value in some] + more, set(months)


def _same_sheets(book, chi_bo, theirs, mine):
    run, months, before = [], [], None
    for m in theirs:
        sheet = m.sheets.get("self")
        if sheet is None or not any(line.state != "blank" for line in sheet.lines):
            run, before = [], None
            continue
        look = [(line.rule["id"], line.state, line.entered) for line in sheet.lines], m.form.id
        run = [*run, m] if before == look and _next(run[-1].month) == m.month else [m]
        before = look
        if len(run) >= 3:
            months = [x.month for x in run]
    return None if not months else ([len(months)], set(months))


def _next(month):
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _maximum(book, chi_bo, theirs, mine):
    with_points = [m for m in mine if m.sheets["self"].total is not None]
    full = all(m.sheets["self"].total >= m.sheets["self"].out_of for m in with_points)
    return (
        ([len(with_points)], {m.month for m in with_points})
        if len(with_points) >= 3 and full
        else None
    )


def _steady(book, chi_bo, theirs, mine):
    sums = {
        m.id: [line.entered for line in m.sheets["self"].lines if line.entered is not None]
        for m in mine
    }
    some = [m for m in mine if sums[m.id] and m.sheets["self"].total is not None]
    same = len({sum(sums[m.id]) for m in some}) == 1 and any(
        m.sheets["self"].total < m.sheets["self"].out_of for m in some
    )
    moving = any(
        len({m.facts[name] for m in some if m.facts[name] is not None}) > 1
        for name in ("attendance_rate", "minutes")
    )
    return (
        ([len(some), Points(sum(sums[some[0].id]))], {m.month for m in some})
        if len(some) >= 6 and same and moving
        else None
    )


def _few(book, chi_bo, theirs, mine):
    some = [
        m
        for m in theirs
        if m.facts["attendance_rate"] is not None and 2 * m.facts["attendance_rate"] < 1
    ]
    return (
        ([len(some), Ratio(min(m.facts["attendance_rate"] for m in some))], {m.month for m in some})
        if some
        else None
    )


def _exact(book, chi_bo, theirs, mine):
    some = [
        m
        for m in theirs
        if m.facts["minutes"] is not None and m.facts["required_minutes"] is not None
    ]
    exact = [m for m in some if m.facts["minutes"] == m.facts["required_minutes"]]
    return (
        ([len(exact), len(some)], {m.month for m in exact})
        if len(some) >= 6 and 10 * len(exact) >= 9 * len(some)
        else None
    )


def _late(book, chi_bo, theirs, mine):
    signed = [
        (m, day(m.sheets["self"].row["signed_on"]))
        for m in theirs
        if "self" in m.sheets and m.sheets["self"].row["signed_on"]
    ]
    late = [m for m, when in signed if (when - m.held_on).days > 31]
    days = defaultdict(set)
    for m, when in signed:
        days[when].add(m.month)
    together = [m for m, when in signed if len(days[when]) >= 3]
    if not late and not together:
        return None
    said = ([len(late), 31] if late else []) + ([max(map(len, days.values()))] if together else [])
    return said, {m.month for m in (*late, *together)}


def quarter(month):
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _no_thematic(book, chi_bo, theirs, mine):
    quarters = Counter(quarter(month) for c, month in book.due if c == chi_bo)
    everything = [m for m in book.meetings if m.chi_bo == chi_bo and m.held]
    known, having = (
        {quarter(m.month) for m in everything},
        {quarter(m.month) for m in everything if m.kind != "thuong_ky"},
    )
    without = [name for name in sorted(quarters) if quarters[name] == 3 and name in known - having]
    return ([], set()) if without else None


def _lifted(book, chi_bo, theirs, mine):
    strict = {m.id: m for m in book.strictly}
    marked = {
        m.id: sum(line.state == "not_applicable" for line in m.sheets["self"].lines) for m in mine
    }
    usual = median(marked.values()) if marked else 0
    more = [
        m
        for m in mine
        if marked[m.id] > usual and strict[m.id].sheets["self"].rank > m.sheets["self"].rank
    ]
    return ([len(more), 0], {m.month for m in more}) if more else None


def signals_seen(book, want):
    found = seen_of(book)
    rows = []
    for chi_bo in sorted(found, key=lambda chi_bo: (-len(found[chi_bo]), chi_bo)):
        for name in ORDER:
            if name in found[chi_bo]:
                said, months = found[chi_bo][name]
                told = ", ".join(in_month(month) for month in sorted(months)) or None
                rows.append(
                    (
                        f"{chi_bo}.{name}",
                        {"signal": TITLES[name], "text": Numbers(said), "months": told},
                    )
                )
    want.table("dau-hieu", rows)
    want.figures |= {
        "signals.chi_bo": len(found),
        "signals.of_chi_bo": len(book.chi_bo),
        "signals.left": 0,
        "signals.kinds": len({name for seen in found.values() for name in seen}),
    }


def plan_of_inspection(book, want):
    """Work out the plan that is sent out: the chi bộ by unit, without needs or signals."""
    here = book.chi_bo_under(book.dang_bo, book.last)
    placed = sorted((book.reports_to(chi_bo, book.last), chi_bo) for chi_bo in here)
    rows = [
        (
            (book.name(chi_bo),),
            {"number": number, "name": book.name(chi_bo), "unit": book.name(place)},
        )
        for number, (place, chi_bo) in enumerate(placed, start=1)
    ]
    want.table("ke-hoach", rows)
    want.figures |= {
        "plan.chosen": len(here),
        "plan.of": len(here),
        "plan.gone": len(set(book.chi_bo) - set(here)),
    }


def reasons_of_plan(book, want):
    here = book.chi_bo_under(book.dang_bo, book.last)
    found, rows = seen_of(book), []
    rows_of = inspections_of(book)
    for chi_bo in here:
        last = [
            row["inspected_on"]
            for row in rows_of
            if row["chi_bo_id"] == chi_bo
            and row["inspected_on"]
            and row["form"] in COUNTED["inspection_only"]
        ]
        weak = any(
            m.chi_bo == chi_bo
            and m.assessed
            and len(m.form.classes) > 3
            and m.counting.rank >= len(m.form.classes) - 2
            for m in book.meetings
        )
        row = book.on(book.last)[chi_bo]
        hard = row["kind"] == "doanh_nghiep_tu_nhan"
        seen = len(found.get(chi_bo, {}))
        need = 3 * (not last) + 2 * min(seen, 3) + weak + hard
        number = hashlib.sha256(f"1:{chi_bo}".encode()).digest()[:7]
        place = book.reports_to(chi_bo, book.last)
        rows.append(
            (
                -need,
                max(last, default=dt.date.min),
                number,
                chi_bo,
                place,
                max(last, default=None),
                seen,
                row["kind"],
            )
        )
    table = []
    for order, (need, _, _, chi_bo, place, last, seen, _) in enumerate(sorted(rows), start=1):
        cells = {
            "order": order,
            "name": book.name(chi_bo),
            "unit": book.name(place),
            "need": -need,
            "last": last,
            "signals": seen,
        }
        table.append(
            (
                (chi_bo, book.name(chi_bo), str(order)),
                {**cells, "why": Numbers([seen] if seen else [])},
            )
        )
    want.table("ly-do", table)
    strata = Counter((row[-1], row[4]) for row in rows)
    want.table(
        "nhom",
        [
            (
                (KINDS[kind], f"{KINDS[kind]} · {book.name(place)}"),
                {"unit": book.name(place), "all": n, "chosen": n},
            )
            for (kind, place), n in sorted(strata.items())
        ],
    )
    want.figures |= {
        "plan.chosen": len(here),
        "plan.of": len(here),
        "plan.gone": len(set(book.chi_bo) - set(here)),
    }


KINDS = {
    "thon_to_dan_pho": "Thôn, tổ dân phố",
    "co_quan_hanh_chinh": "Cơ quan hành chính",
    "don_vi_su_nghiep": "Đơn vị sự nghiệp",
    "doanh_nghiep_tu_nhan": "Doanh nghiệp tư nhân",
}
