"""The reports of the year's work: figures sent up, visits, duties, inspections, milestones."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from fractions import Fraction

from bookkeeper.audit import Numbers, Points, Ratio
from bookkeeper.book import NOT_HELD, label, month_end, months_of
from bookkeeper.page import spelled_day
from bookkeeper.results import in_month
from bookkeeper.scoring import day, number

ROLES = {"lanh_dao": "lãnh đạo", "truong_pho_phong": "trưởng, phó phòng"}
FORMS = ("kiem_tra", "giam_sat", "du_sinh_hoat", "ho_so")
IN_WORDS = {
    "kiem_tra": "kiểm tra",
    "giam_sat": "giám sát",
    "du_sinh_hoat": "dự sinh hoạt",
    "ho_so": "kiểm tra hồ sơ",
}
COUNTED = {
    "inspection_only": FORMS[:2],
    "inspection_or_visit": FORMS[:3],
    "document_check_too": FORMS,
}


# --- what a level sends up ------------------------------------------------------------------------

MEASURES = ("due", "held", "thematic", "assessed")
MEASURE_WORDS = {
    "due": "Theo quy định",
    "held": "Đã tổ chức",
    "thematic": "Có chuyên đề",
    "assessed": "Được xếp loại",
}


def figures_of(book):
    """Count by chi bộ, month and measure."""
    found = Counter()
    for chi_bo, month in book.standing:
        mine = [m for m in book.meetings if (m.chi_bo, m.month) == (chi_bo, month)]
        regular = [m for m in mine if m.regular]
        found[chi_bo, month, "due"] = int((chi_bo, month) in book.due)
        found[chi_bo, month, "held"] = int(any(m.held for m in regular))
        found[chi_bo, month, "thematic"] = int(any(m.held and m.kind != "thuong_ky" for m in mine))
        found[chi_bo, month, "assessed"] = int(any(m.assessed for m in regular))
        for m in mine:
            if m.assessed:
                found[chi_bo, month, f"{m.form.id}.{m.class_id}"] += 1
    return Counter({key: value for key, value in found.items() if value})


def sent_up(book, want):
    figures = figures_of(book)
    by_month = Counter()
    for (_, month, measure), value in figures.items():
        by_month[month, measure] += value
    want.table("gui-len", _months(book, by_month, {name: name for name in MEASURES}))
    for rules in book.forms:
        keys = {f"{rules.id}.{c['id']}": f"{rules.id}.{c['id']}" for c in rules.classes}
        for month in book.months:
            by_month[month, "all"] = sum(by_month[month, key] for key in keys)
        want.table(f"gui-len-{rules.id}", _months(book, by_month, {**keys, "all": "all"}))
    want.figures["filed.rows"] = len({measure for _, _, measure in figures}) * len(book.months)


def _months(book, by_month, columns):
    rows = [
        (
            book.in_month(month),
            {
                "month": book.in_month(month),
                **{c: by_month[month, name] for c, name in columns.items()},
            },
        )
        for month in book.months
    ]
    return [
        *rows,
        (
            "Cộng",
            {c: sum(by_month[month, name] for month in book.months) for c, name in columns.items()},
        ),
    ]


def below_of(book):
    """Count by the unit that reports to this one, month and measure."""
    found = Counter()
    for (chi_bo, month, measure), value in figures_of(book).items():
        when, unit = book.last_day(month), chi_bo
        while book.reports_to(unit, when) not in {book.dang_bo, None}:
            unit = book.reports_to(unit, when)
        found[unit, month, measure] += value
    return found


def from_below(book, want):
    below = below_of(book)
    units = sorted({unit for unit, *_ in below})
    sent = {}
    for row in filed(book, book.period):
        sent[row["unit_id"]] = max(sent.get(row["unit_id"], dt.date.min), day(row["filed_on"]))
    rows = []
    for unit in units:
        counts = {
            name: sum(value for (u, _, m), value in below.items() if (u, m) == (unit, name))
            for name in MEASURES
        }
        rows.append(
            ((unit, book.name(unit)), {"unit": book.name(unit), **counts, "sent": sent.get(unit)})
        )
    total = {name: sum(cells[name] for _, cells in rows) for name in MEASURES}
    want.table("theo-don-vi", [*rows, ("Cộng", total)])


def filed(book, period):
    """Return the rows of a period as each unit last sent them."""
    rows = [
        row
        for row in book.tables["filed"]
        if row["period"] == period and row["filed_on"] <= book.today.isoformat()
    ]
    last = {}
    for row in rows:
        last[row["unit_id"]] = max(last.get(row["unit_id"], ""), row["filed_on"])
    return [row for row in rows if row["filed_on"] == last[row["unit_id"]]]


def reconciled(book, want):
    below = below_of(book)
    units = sorted({unit for unit, *_ in below})
    sent = {
        (row["unit_id"], row["month"], row["measure"]): int(number(row["value"]))
        for row in filed(book, book.period)
        if row["unit_id"] in units
    }
    senders = {unit for unit, *_ in sent}
    silent = len(units) - len(senders)
    want.figures |= {
        "reconciled.units": len(units),
        "reconciled.senders": len(senders),
        "reconciled.silent.left": silent - 8,
    }
    if not senders:
        return
    keys = sorted(set(sent) | {key for key in below if key[0] in senders})
    differ = [key for key in keys if sent.get(key, 0) != below[key]]
    want.figures["reconciled.differences"] = len(differ)
    if differ:
        rows = []
        for key in differ:
            unit, month, measure = key
            cells = {
                "unit": book.name(unit),
                "month": in_month(month),
                "measure": _measure(book, measure),
                "sent": sent.get(key, 0),
                "computed": below[key],
            }
            rows.append(
                ((book.name(unit),), {**cells, "difference": str(below[key] - sent.get(key, 0))})
            )
        want.table("chenh-lech", rows)


def _measure(book, measure):
    if measure in MEASURE_WORDS:
        return MEASURE_WORDS[measure]
    form, _, class_id = measure.rpartition(".")
    rules = book.rules[form]
    which = f", {rules.short[:1].lower()}{rules.short[1:]}" if len(book.forms) > 1 else ""
    return f"Xếp loại {rules.titles[class_id]}{which}"


# --- leaders at meetings --------------------------------------------------------------------------


def visits_of(book):
    """Return the visits planned in the period, moved to it or made in it, with their state."""
    found = []
    for row in book.tables["visit"]:
        if row["chi_bo_id"] not in book.chi_bo:
            continue
        done_on = day(row["done_on"])
        done_on = done_on if done_on and done_on <= book.today else None
        month = done_on.isoformat()[:7] if done_on else None
        target = month or row["moved_to"]
        planned = row["planned_for"] in book.whole
        came = row["planned_for"] < book.whole[0] and target in book.whole
        if planned or came:
            done = month is not None and month <= book.whole[-1]
            status = "planned" if row["status"] == "done" and done_on is None else row["status"]
            later = (row["moved_to"] or "") > book.whole[-1] or (
                month is not None and month > book.whole[-1]
            )
            fits = of_day(book, row["chi_bo_id"], done_on) if done_on else "met"
            no_meeting, done = done and fits == "no meeting", done and fits != "no meeting"
            found.append(
                {
                    **row,
                    "done_on": done_on,
                    "done": done,
                    "came": came,
                    "status": status,
                    "later": later,
                    "fits": fits,
                    "no_meeting": no_meeting,
                }
            )
    return found


def of_day(book, chi_bo, when):
    """Whether a chi bộ met on a day: *met*, *no meeting*, or *unknown*.

    It is *unknown* where the month has no record.
    """
    first, last = (
        dt.date.fromisoformat(f"{month}-01") for month in (book.whole[0], book.whole[-1])
    )
    months = {
        (first - dt.timedelta(days=1)).isoformat()[:7],
        *book.whole,
        (last + dt.timedelta(days=32)).isoformat()[:7],
    }
    known = False
    for row in book.tables["meeting"]:
        if (
            row["chi_bo_id"] != chi_bo
            or row["for_month"] not in months
            or (book.today < book.end and (row["held_on"] or "") > book.today.isoformat())
        ):
            continue
        held = row["held_on"] if row["status"] == "held" else None
        if held == when.isoformat():
            return "met"
        known = known or when.isoformat()[:7] in {row["for_month"], (held or "")[:7]}
    return "no meeting" if known else "unknown"


NO_MEETING = "ngày không có buổi sinh hoạt trong số liệu"


def _and(words):
    return " và ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def days_to_look_at(book, want):
    """List the visits whose day is doubtful.

    No meeting that day, one post at several chi bộ, or no record to compare with.
    """
    visits = visits_of(book)
    made = [v for v in visits if v["done_on"]]

    def together(visit):
        same = [
            v
            for v in made
            if (v["office_id"], v["post"], v["done_on"])
            == (visit["office_id"], visit["post"], visit["done_on"])
        ]
        return sorted({v["chi_bo_id"] for v in same} - {visit["chi_bo_id"]})

    off, twice = [v for v in made if v["fits"] == "no meeting"], [v for v in made if together(v)]
    want.figures |= {
        "visits.made": len(made),
        "visits.no_meeting_that_day": len(off),
        "visits.same_day_elsewhere": len(twice),
        "visits.same_day_times": len({(v["office_id"], v["post"], v["done_on"]) for v in twice}),
        "visits.not_compared": sum(v["fits"] == "unknown" for v in made),
    }
    rows = []
    for v in sorted(
        (v for v in made if v in off or v in twice),
        key=lambda v: (v["done_on"], v["office_id"], v["post"], v["chi_bo_id"], v["visit_id"]),
    ):
        month = v["done_on"].isoformat()[:7]
        cells = {"done": v["done_on"], "chi_bo": book.name(v["chi_bo_id"])}
        cells |= {"meetings": None, "others": None}
        if v in off:
            held = [
                day(m["held_on"])
                for m in book.tables["meeting"]
                if m["chi_bo_id"] == v["chi_bo_id"]
                and m["status"] == "held"
                and month in {m["for_month"], m["held_on"][:7]}
            ]
            days = [spelled_day(d) for d in sorted(held)]
            cells["meetings"] = _and(days) or "không có buổi nào"
        if v in twice:
            cells["others"] = _and([book.name(c) for c in together(v)])
        rows.append((_post(book, v["post"], v["office_id"]), cells))
    for name in ("meetings", "others"):
        if not any(cells[name] for _, cells in rows):
            for _, cells in rows:
                del cells[name]
    if rows:
        want.table("xem-lai-ngay-du", rows)


def attendance(book, want):
    visits = visits_of(book)
    if not visits:
        return
    rows = []
    for role in sorted({v["role"] for v in visits}):
        mine = [v for v in visits if v["role"] == role]
        cells = {v["chi_bo_id"] for v in mine}
        done = {v["chi_bo_id"] for v in mine if v["done"]}
        off = {v["chi_bo_id"] for v in mine if v["no_meeting"]} - done
        posts = {(v["office_id"], v["post"]) for v in mine}
        numbers = {
            "posts": len(posts),
            "planned": len(cells),
            "done": len(done),
            "share": Ratio(Fraction(len(done), len(cells))),
            "no_meeting": len(off),
            "left": len(cells) - len(done) - len(off),
        }
        rows.append((ROLES[role].capitalize(), numbers))
        want.figures |= {
            f"visits.{role}.{'rate' if name == 'share' else name}": value
            for name, value in numbers.items()
        }
    _only_where_any(rows)
    want.table("du-sinh-hoat", rows)
    missed = [
        v for v in visits if not v["done"] and not v["no_meeting"] and v["status"] != "planned"
    ]
    if missed:
        named = defaultdict(list)
        for v in missed:
            named[v["role"], v["reason"] or "không ghi lý do"].append(v)
        rows = [
            (
                (f"{ROLES[role].capitalize()} · {reason}",),
                {"count": len(found), "moved": sum(v["later"] for v in found)},
            )
            for (role, reason), found in sorted(named.items())
        ]
        total = {name: sum(cells[name] for _, cells in rows) for name in ("count", "moved")}
        want.table("chua-du", [*rows, (("Cộng", "Cộng · –", "Cộng · "), total)])
    want.figures["visits.came"] = sum(v["came"] for v in visits)


def _only_where_any(rows, name="no_meeting"):
    """Drop the column of visits without a meeting where there are none."""
    if not any(cells[name] for _, cells in rows):
        for _, cells in rows:
            del cells[name]


def attendance_by_post(book, want):
    visits = visits_of(book)
    follows = [
        row
        for row in book.tables["assignment"]
        if row["chi_bo_id"] in book.chi_bo and row["valid_from"] <= book.end.isoformat()
    ]
    keys = sorted(
        {(row["role"], row["office_id"] or "", row["post"]) for row in (*visits, *follows)}
    )
    rows = []
    for place, (role, office, post) in enumerate(keys, start=1):
        mine = [v for v in visits if (v["role"], v["office_id"], v["post"]) == (role, office, post)]
        named = sorted(
            {
                row["chi_bo_id"]
                for row in follows
                if (row["role"], row["office_id"], row["post"]) == (role, office, post)
            }
        )
        assigned = ", ".join(book.name(chi_bo) for chi_bo in named) or None
        rows.append(
            (
                (_post(book, post, office),),
                {
                    "number": place,
                    "assigned": assigned,
                    "planned": len(mine),
                    "done": sum(v["done"] for v in mine),
                    "no_meeting": sum(v["no_meeting"] for v in mine),
                },
            )
        )
    if rows:
        _only_where_any(rows)
        want.table("theo-chuc-danh", rows)


def committee(name):
    return name.replace("Đảng bộ tỉnh", "Tỉnh ủy").replace("Đảng bộ", "Đảng ủy")


def _post(book, post, office):
    return post if office in {"", book.dang_bo} else f"{post}, {committee(book.name(office))}"


def annex_visits(book, want):
    visits = sorted(
        visits_of(book), key=lambda v: (v["role"], v["planned_for"], v["chi_bo_id"], v["visit_id"])
    )
    rows = []
    for v in visits:
        moved = v["moved_to"]
        cells = {
            "chi_bo": book.name(v["chi_bo_id"]),
            "planned": in_month(v["planned_for"]),
            "done": v["done_on"],
            "moved": in_month(moved) if moved else None,
        }
        rows.append(((_post(book, v["post"], v["office_id"]),), cells))
    if rows:
        want.table("tung-buoi-du", rows)


# --- duties ---------------------------------------------------------------------------------------

NOW = dt.date(2025, 10, 28)
DUTIES = {
    "meeting": "Sinh hoạt thường kỳ hằng tháng",
    "window": "Họp trong khoảng ngày quy định",
    "thematic": "Sinh hoạt chuyên đề mỗi quý",
    "papers": "Gửi tài liệu trước buổi họp",
    "result": "Đăng kết quả sau buổi họp",
    "briefing": "Quán triệt quy định ở kỳ sinh hoạt đầu năm",
    "first_report": "Báo cáo triển khai lần đầu",
    "quarter_report": "Báo cáo quý",
    "half_report": "Báo cáo 6 tháng",
    "year_report": "Báo cáo năm",
    "annual": "Quyết định xếp loại năm",
}
WORDS = {
    "on_time": "đúng hạn",
    "late": "chậm",
    "missing": "chưa thực hiện",
    "blank": "chưa ghi ngày",
    "unknown": "chưa có số liệu",
    "not_applicable": "không áp dụng",
    "not_due": "chưa đến hạn",
}
SELDOM = ("blank", "unknown", "not_applicable")
"""States that get a column only where they occur."""
SUMMARY = {
    "meeting_id",
    "chi_bo_id",
    "for_month",
    "recorded_at",
    "status",
    "held_on",
    "reason",
    "kind",
    "roll",
    "present",
}
"""The columns that a monthly summary fills in; other facts come from a score form."""


def occasions_of(book):
    """Return every occasion of every duty.

    An occasion has: duty, unit, what about, due on, done on, state.
    """
    found = []

    def add(duty, unit, about, due, done, state=None, otherwise="missing"):
        if state is None:
            known = done if done and done <= book.today else None
            state = (
                ("on_time" if known <= due else "late")
                if known
                else otherwise
                if book.today > due
                else "not_due"
            )
        found.append(
            {"duty": duty, "unit": unit, "about": about, "due": due, "done": done, "state": state}
        )

    full = full_records(book)
    put_off = {
        (m.chi_bo, m.month) for m in book.meetings if m.regular and m.row["status"] in NOT_HELD
    }
    regular = [m for m in book.meetings if m.regular and m.held]
    for chi_bo, month in book.due:
        days = [m.held_on for m in regular if (m.chi_bo, m.month) == (chi_bo, month)]
        otherwise = "missing" if (chi_bo, month) in put_off else "unknown"
        add(
            "meeting",
            chi_bo,
            month,
            window_end(book, chi_bo, month),
            min(days, default=None),
            otherwise=otherwise,
        )
    for m in regular:
        window = window_of(book, m.chi_bo, m.held_on)
        if window:
            add(
                "window",
                m.chi_bo,
                m.id,
                window_end(book, m.chi_bo, m.month),
                m.held_on,
                "on_time" if in_window(m.held_on, window) else "late",
            )
    for quarter in ("Q1", "Q2", "Q3", "Q4"):
        months = months_of(f"{book.period[:4]}-{quarter}")
        if not set(months) <= set(book.whole):
            continue
        for chi_bo in book.chi_bo:
            if all((chi_bo, month) in book.due for month in months):
                days = [
                    m.held_on
                    for m in book.meetings
                    if m.chi_bo == chi_bo and m.month in months and m.held and m.kind != "thuong_ky"
                ]
                told = {
                    m.month
                    for m in book.meetings
                    if m.chi_bo == chi_bo and m.regular and (not m.held or m.id in full)
                }
                otherwise = "missing" if told >= set(months) else "unknown"
                about = f"{book.period[:4]}-{quarter}"
                add(
                    "thematic",
                    chi_bo,
                    about,
                    window_end(book, chi_bo, months[-1]),
                    min(days, default=None),
                    otherwise=otherwise,
                )
    for duty, fact, sign in (("papers", "papers_lead_days", -1), ("result", "result_lag_days", 1)):
        for m in regular:
            line, days = days_asked(m.form, fact)
            if days is None:
                continue
            done, due = (
                day(m.row["papers_at" if duty == "papers" else "result_at"]),
                m.held_on + dt.timedelta(days=sign * days),
            )
            said = (
                "not_applicable"
                if done is None and sheet_says(m, line) == "not_applicable"
                else None
            )
            add(duty, m.chi_bo, m.id, due, done, said, "blank" if m.id in full else "unknown")
    _briefings(book, regular, add)
    _reports(book, add)
    _decisions(book, add)
    return found


def window_of(book, chi_bo, when):
    value = book.adopted(chi_bo, "meeting_window", when)[0]
    return tuple(int(part) for part in value.split("-")) if value else None


def in_window(when, window):
    first, last = window
    return first <= when.day <= last if first <= last else when.day >= first or when.day <= last


def window_end(book, chi_bo, month):
    """Return the last day on which a month's meeting is in time.

    In these records no window runs over the month's end.
    """
    window = window_of(book, chi_bo, month_end(month))
    return dt.date.fromisoformat(f"{month}-{window[1]:02d}") if window else month_end(month)


def full_records(book):
    """Return the meetings that a score form was filled in for.

    They have a sheet with a line, or a fact that only a score form asks for.
    """
    with_lines = {sheet_id for sheet_id, lines in book.lines_of.items() if lines}
    return {
        m.id
        for m in book.meetings
        if any(value is not None for name, value in m.row.items() if name not in SUMMARY)
        or any(sheet.row["sheet_id"] in with_lines for sheet in m.sheets.values())
    }


def sheet_says(meeting, line):
    """Return the state of a line on the chi bộ's own sheet, else on the superior's.

    None where both leave it blank.
    """
    for rater in ("self", "superior"):
        for found in meeting.sheets[rater].lines if rater in meeting.sheets else ():
            if found.rule["id"] == line and found.state != "blank":
                return found.state
    return None


def days_asked(rules, fact):
    """Return the line on a fact of the e-handbook, and how many days it asks for."""
    for line in rules.lines if rules else ():
        if line.get("met_when", {}).get("fact") == fact:
            bound = line["met_when"]
            return line["id"], int(bound.get("at_least", bound.get("at_most")))
    return None, None


def by_register(book, duty, about, asked, done, when, add):
    """Add the occasions of a duty that is kept in a register.

    A missing entry is "not done" only where the register has other units of the same superior; else
    it is unknown.
    """
    upper = {unit: book.reports_to(unit, when) for unit, _ in asked}
    kept = {upper[unit] for unit, _ in asked if unit in done}
    for unit, due in asked:
        add(
            duty,
            unit,
            about,
            due,
            done.get(unit),
            otherwise="missing" if upper[unit] in kept else "unknown",
        )


def _briefings(book, regular, add):
    year = book.period[:4]
    done = {
        row["unit_id"]: day(row["done_on"])
        for row in milestones(book)
        if row["what"] == "briefing" and row["year"] == year
    }
    asked = []
    for chi_bo, month in book.due:
        if (
            month == f"{year}-01"
            and book.adopted(chi_bo, "first_briefing", month_end(month))[0] == "co"
        ):
            first = min((m.held_on for m in regular if m.chi_bo == chi_bo), default=None)
            asked.append((chi_bo, first or window_end(book, chi_bo, month)))
    by_register(book, "briefing", year, asked, done, month_end(f"{year}-01"), add)


def milestones(book):
    """Return the milestones of this report's units; a day after today is not yet done."""
    here = {book.dang_bo} | {
        u
        for month in book.months
        for u in book.on(min(month_end(month), book.today))
        if book.dang_bo in book.above(u, min(month_end(month), book.today))
    }
    rows = [row for row in book.tables["milestone"] if row["unit_id"] in here]
    return [
        {
            **row,
            "done_on": row["done_on"]
            if row["done_on"] and row["done_on"] <= book.today.isoformat()
            else None,
        }
        for row in rows
    ]


def _reports(book, add):
    year = book.period[:4]
    for duty, parts in (
        ("quarter_report", ("Q1", "Q2", "Q3", "Q4")),
        ("half_report", ("H1", "H2")),
        ("year_report", ("",)),
    ):
        for part in parts:
            period = f"{year}-{part}" if part else year
            if not set(months_of(period)) <= set(book.whole):
                continue
            end = month_end(months_of(period)[-1])
            sent = {row["unit_id"]: day(row["filed_on"]) for row in filed(book, period)}
            asked = []
            for unit, row in sorted(book.on(end).items()):
                upper = book.reports_to(unit, end)
                if (
                    upper is None
                    or row["level"] == "bo_phan"
                    or book.dang_bo not in book.above(unit, end)
                ):
                    continue
                days = (
                    book.own_adopted(upper, duty, end)
                    if book.dang_bo in {upper, *book.above(upper, end)} or unit == book.dang_bo
                    else None
                )
                if days is not None:
                    asked.append((unit, end + dt.timedelta(days=int(days))))
            by_register(book, duty, period, asked, sent, end, add)


def listed(book):
    """Return the annual files of the units directly below, in the order of the records."""
    found = []
    for row in sorted(book.tables["annual"], key=lambda row: row["unit_id"]):
        above = book.above(row["unit_id"], book.end)
        if row["year"] == book.period[:4] and (
            above[1:2] == [book.dang_bo]
            or book.reports_to(row["unit_id"], book.end) == book.dang_bo
        ):
            found.append(row)
    return found


def _decisions(book, add):
    rules = book.adopted(book.dang_bo, "annual_rules", book.end)[0]
    due = dt.date(int(book.period[:4]), 12, 31)
    if rules is None or due > book.end:
        return
    done = {}
    for d in book.tables["decision"]:
        if day(d["decided_on"]) <= book.today:
            done[d["unit_id"]] = min(done.get(d["unit_id"], dt.date.max), day(d["decided_on"]))
    by_register(
        book,
        "annual",
        book.period[:4],
        [(row["unit_id"], due) for row in listed(book)],
        done,
        book.end,
        add,
    )


def duties(book, want):
    found = occasions_of(book)
    rows = []
    for duty, title in DUTIES.items():
        states = Counter(o["state"] for o in found if o["duty"] == duty)
        if states:
            rows.append(
                (
                    (duty, title),
                    {"due": sum(states.values()), **{state: states[state] for state in WORDS}},
                )
            )
    totals = {state: sum(cells[state] for _, cells in rows) for state in ("due", *WORDS)}
    shown = ["due", *(state for state in WORDS if state not in SELDOM or totals[state])]
    want.table("che-do", [(keys, {state: cells[state] for state in shown}) for keys, cells in rows])
    want.figures |= {f"compliance.{state}": total for state, total in totals.items()}


def calendar(book, want):
    found, rows = occasions_of(book), []
    groups = defaultdict(list)
    for o in found:
        if o["duty"] in {"meeting", "quarter_report", "half_report", "year_report"}:
            groups[o["duty"], o["about"], o["due"]].append(o)
    for (duty, about, due), mine in groups.items():
        what = (
            f"Sinh hoạt thường kỳ {label(about)}"
            if duty == "meeting"
            else f"Báo cáo {label(about)}"
        )
        uppers = {book.reports_to(o["unit"], min(due, book.end)) for o in mine} - {None}
        if duty != "meeting" and len(uppers) == 1:
            what += f", gửi {committee(book.name(uppers.pop()))}"
        rows.append((due, what, mine))
    briefings = [o for o in found if o["duty"] == "briefing"]
    if briefings:
        rows.append(
            (max(o["due"] for o in briefings), f"{DUTIES['briefing']} (muộn nhất)", briefings)
        )
    cells = []
    for due, what, mine in rows:
        late = list(
            dict.fromkeys(
                book.name(o["unit"])
                for o in sorted(mine, key=lambda o: (o["due"], o["unit"]))
                if o["state"] in {"late", "missing"}
            )
        )
        told = (
            ", ".join(late[:5]) + (f" và {len(late) - 5} đơn vị khác" if len(late) > 5 else "")
        ) or None
        cells.append(
            (
                (due, what),
                {"units": len({o["unit"] for o in mine}), "state": _states(mine), "open": told},
            )
        )
    year = int(book.period[:4])
    if len(book.whole) == 12:
        annual = [o for o in found if o["duty"] == "annual"]
        level = book.row_of(book.dang_bo, book.end)["level"]
        for place, deadline in enumerate(
            d
            for d in book.annual_data("qd366-2025")["deadlines"]
            if level in d.get("levels", [level])
        ):
            due = dt.date(year + deadline.get("years_later", 0), deadline["month"], deadline["day"])
            own = place == 0 and annual
            state = _states(annual) if own else "đã qua" if book.today > due else "chưa đến hạn"
            cells.append(
                (
                    (due, f"{deadline['title']} ({clause(book, deadline['cite'])})"),
                    {"units": len(annual) or None if place == 0 else None, "state": state},
                )
            )
    want.table("lich", [((_spelled(due, what),), row) for (due, what), row in cells])


def clause(book, cite):
    """Return a citation of the rules of the annual class in words."""
    source = book.annual_data("qd366-2025")["sources"][cite["source"]]
    return f"{source['number']}, ngày {spelled_day(source['date'])}, {cite['at']}"


def _spelled(due, what):
    return f"{spelled_day(due)} · {what}"


def _states(rows):
    counts = Counter(o["state"] for o in rows)
    return ", ".join(
        f"{WORDS[state]}{'' if len(rows) == 1 else f' {counts[state]}'}"
        for state in WORDS
        if counts[state]
    )


def annex_late(book, want):
    """List what is late or not done, one by one, and separately what is unknown."""
    found = sorted(
        occasions_of(book),
        key=lambda o: (list(DUTIES).index(o["duty"]), o["due"], o["unit"], o["about"]),
    )
    for name, states in (("muon", ("late", "missing")), ("chua-ro", ("blank", "unknown"))):
        rows = []
        for duty in DUTIES:
            groups, due = defaultdict(list), Counter()
            for o in found:
                if o["duty"] == duty:
                    due[o["about"], o["due"]] += 1
                    if o["state"] in states:
                        groups[o["about"], o["due"]].append(o)
            for key, mine in groups.items():
                if (
                    len(mine) == due[key] > 1
                    and mine[0]["state"] != "late"
                    and len({(o["state"], why(book, o)) for o in mine}) == 1
                ):
                    told = f"Tất cả {len(mine)} đơn vị"
                    cells = {
                        "unit": told,
                        "about": label(key[0]),
                        "due": key[1],
                        "done": None,
                        "state": WORDS[mine[0]["state"]],
                    }
                    rows.append((told, cells))
                else:
                    rows += [((book.name(o["unit"]), o["unit"]), one_by_one(book, o)) for o in mine]
        if rows:
            want.table(name, rows)


def why(book, occasion):
    """Return the recorded reason why a month's meeting was not held.

    Occasions share one row only if they have the same reason.
    """
    rows = (
        m.row["reason"]
        for m in book.meetings
        if m.regular and (m.chi_bo, m.month) == (occasion["unit"], occasion["about"])
    )
    return next((reason for reason in rows if reason), "") if occasion["duty"] == "meeting" else ""


def one_by_one(book, o):
    month, window = (
        next((m.month for m in book.meetings if m.id == o["about"]), o["about"]),
        o["duty"] == "window",
    )
    cells = {
        "unit": book.name(o["unit"]),
        "about": label(month),
        "due": None if window else o["due"],
        "done": o["done"],
    }
    cells["state"] = "không đúng thời gian quy định" if window else WORDS[o["state"]]
    return cells | (
        {"note": Numbers(list(window_of(book, o["unit"], o["done"])))} if window else {}
    )


STEPS = ("model_plan", "model_guidance", "model_meeting", "model_review", "rolled_out")


def model_meetings(book, want):
    rows = []
    steps = [row for row in milestones(book) if row["what"] in STEPS]
    for unit in sorted({row["unit_id"] for row in steps}):
        mine = [row for row in steps if row["unit_id"] == unit]
        done = {row["what"]: day(row["done_on"]) for row in mine}
        planned = [
            (day(row["planned_on"]), day(row["done_on"])) for row in mine if row["planned_on"]
        ]
        late, overdue = (
            sum(bool(did) and did > by for by, did in planned),
            sum(did is None and by < book.today for by, did in planned),
        )
        counts = {"late": late, "overdue": overdue} if planned else {"late": None, "overdue": None}
        rows.append(
            (
                (unit, book.name(unit)),
                {"name": book.name(unit), **{step: done.get(step) for step in STEPS}, **counts},
            )
        )
    if rows:
        want.table("sinh-hoat-mau", rows)
        want.figures |= {
            "rollout.units": len(rows),
            "rollout.done": sum(all(cells[step] for step in STEPS) for _, cells in rows),
        }


# --- inspections ----------------------------------------------------------------------------------


def merged_into(book, chi_bo):
    found, wave = {chi_bo}, {chi_bo}
    while wave:
        wave = {row["unit_id"] for row in book.units if row["successor_id"] in wave} - found
        found |= wave
    return found


def inspections_of(book):
    """Return the rows of inspections at these chi bộ and at those merged into them.

    A day after today is unknown.
    """
    here = set().union(*(merged_into(book, chi_bo) for chi_bo in book.chi_bo))
    found = []
    for row in sorted(book.tables["inspection"], key=lambda row: row["inspection_id"]):
        if row["chi_bo_id"] in here:
            known = {name: day(row[name]) for name in ("inspected_on", "remedied_on")}
            known = {
                name: value if value and value <= book.today else None
                for name, value in known.items()
            }
            found.append({**row, **known})
    return found


def made_of(rows):
    """Group rows into inspections: one chi bộ, kind, day and inspecting unit are one inspection."""
    rows = [row for row in rows if row["inspected_on"]]
    found = defaultdict(int)
    for row in rows:
        key = row["chi_bo_id"], row["form"], row["inspected_on"]
        by = row["inspected_by"] or next(
            (
                r["inspected_by"]
                for r in rows
                if (r["chi_bo_id"], r["form"], r["inspected_on"]) == key and r["inspected_by"]
            ),
            None,
        )
        found[(*key, by)] += row["finding"] is not None
    return dict(found)


def inspected(book, option):
    """Return the inspections of each chi bộ at the end: by kind, the last that counts, by whom."""
    rows = [*made_of(inspections_of(book))]
    for v in book.tables["visit"]:
        when = day(v["done_on"])
        if when and when <= book.today:
            rows.append((v["chi_bo_id"], "du_sinh_hoat", when, v["office_id"]))
    rows = [row for row in rows if row[2].year == int(book.period[:4]) and row[2] <= book.last]
    # sitting in on a day without a meeting does not count
    off = [
        row
        for row in rows
        if row[1] == "du_sinh_hoat" and of_day(book, row[0], row[2]) == "no meeting"
    ]
    rows = [row for row in rows if row not in off]
    found = {}
    for chi_bo in book.chi_bo_under(book.dang_bo, book.last):
        mine = [row for row in rows if row[0] == chi_bo]
        counting = [row for row in mine if row[1] in COUNTED[option]]
        cells = {form: sum(row[1] == form for row in mine) for form in FORMS}
        cells["last"] = max((row[2] for row in counting), default=None)
        cells["no_meeting"] = sum(row[0] == chi_bo for row in off)
        cells["covered"] = bool(counting)
        uppers = [(book.reports_to(chi_bo, when), by, when) for _, _, when, by in counting]
        cells["direct"] = any(by == upper for upper, by, _ in uppers if by)
        cells["higher"] = any(
            by != upper and upper and by in book.above(upper, when)
            for upper, by, when in uppers
            if by
        )
        found[chi_bo] = cells
    return found


def inspection_gate(book, want):
    found = inspected(book, "inspection_only")
    asked = [
        chi_bo for chi_bo in found if book.adopted(chi_bo, "inspection_gate", book.last)[0] == "co"
    ]
    if not asked:
        return
    rows = [
        (
            (chi_bo, book.name(chi_bo)),
            {name: found[chi_bo][name] for name in (*FORMS, "last")} | {"name": book.name(chi_bo)},
        )
        for chi_bo in asked
    ]
    want.table("kiem-tra", rows)
    missing = [chi_bo for chi_bo in asked if not found[chi_bo]["covered"]]
    over = {
        row["unit_id"]
        for row in milestones(book)
        if row["what"] == "gate_override" and row["done_on"] and row["note"]
    }
    waived = [chi_bo for chi_bo in missing if over & set(book.above(chi_bo, book.last))]
    want.figures |= {
        "gate.no_meeting": sum(found[chi_bo]["no_meeting"] for chi_bo in asked),
        "gate.asked": len(asked),
        "gate.done": len(asked) - len(missing),
        "gate.waived": len(waived),
        "gate.open": len(missing) - len(waived),
        "gate.missing.left": len(missing) - 5,
    }


def inspections(book, want, *, all_years=False):
    table = sorted(
        (row for row in inspections_of(book) if row["inspected_on"]),
        key=lambda row: (row["inspected_on"], row["chi_bo_id"], row["inspection_id"]),
    )
    if not all_years:
        table = [row for row in table if _of_period(book, row)]
    if not table:
        return
    visits = made_of(table)
    want.figures |= {
        "inspections.all": len(visits),
        "inspections.chi_bo": len({key[0] for key in visits}),
        "inspections.with_finding": sum(n > 0 for n in visits.values()),
        "inspections.later": len(made_of([row for row in table if row["inspected_on"] > book.end])),
        **{f"inspections.{form}": sum(key[1] == form for key in visits) for form in FORMS},
    }
    rows = [
        (
            (_spell(row["inspected_on"]),),
            {
                "when": row["inspected_on"],
                "name": book.name(row["chi_bo_id"]),
                "kind": IN_WORDS[row["form"]],
            },
        )
        for row in table
    ]
    want.table("cac-lan", rows)
    plans = sorted({row["plan"] for row in table if row["plan"]})
    if plans and not all_years:
        want.table("ke-hoach-thuc-hien", [(plan, _of_plan(book, plan)) for plan in plans])


def _of_period(book, row):
    """Whether an inspection took place in the period or is about a meeting of it."""
    ids = {m.id for m in book.meetings}
    return (
        row["chi_bo_id"] in book.chi_bo
        and bool(row["inspected_on"])
        and (book.start <= row["inspected_on"] <= book.end or row["meeting_id"] in ids)
    )


def _of_plan(book, plan):
    """Count the inspections of a plan, done and open."""
    mine = [row for row in inspections_of(book) if row["plan"] == plan]
    done = len(made_of([row for row in mine if row["inspected_on"]]))
    still = len({(row["chi_bo_id"], row["form"]) for row in mine if not row["inspected_on"]})
    return {"plan": plan, "all": done + still, "done": done, "open": still}


def all_inspections(book, want):
    inspections(book, want, all_years=True)
    follow_up(book, want, all_years=True)


def _spell(when):
    return spelled_day(when) if when else "–"


def follow_up(book, want, *, all_years=False):
    table = [row for row in inspections_of(book) if row["finding"] or row["recommendation"]]
    if not table:
        return
    table.sort(
        key=lambda row: (row["chi_bo_id"], row["inspected_on"] or dt.date.max, row["inspection_id"])
    )
    tables, counts = defaultdict(list), Counter()
    for row in table:
        now = not all_years and _of_period(book, row)
        due, done = day(row["remedy_by"]), row["remedied_on"]
        if done:
            state = "khắc phục muộn" if due and done > due else "đã khắc phục"
        else:
            state = (
                "không có hạn"
                if due is None
                else "quá hạn, chưa ghi nhận khắc phục"
                if due < book.today
                else "chưa đến hạn"
            )
        counts[state] += 1
        cells = {
            "when": row["inspected_on"],
            "remedy_by": due,
            "state": state,
        }
        key = book.name(row["chi_bo_id"]), row["chi_bo_id"]
        tables["phat-hien" if now else "kien-nghi"].append((key, cells))
    for name, rows in tables.items():
        if not any(cells["remedy_by"] for _, cells in rows):
            for _, cells in rows:
                del cells["remedy_by"]
        want.table(name, rows)
    want.figures |= {"follow_up.all": len(table)} | {
        f"follow_up.{name}": counts[state]
        for name, state in (
            ("remedied", "đã khắc phục"),
            ("late", "khắc phục muộn"),
            ("overdue", "quá hạn, chưa ghi nhận khắc phục"),
            ("not_due", "chưa đến hạn"),
            ("no_day", "không có hạn"),
        )
    }


def programme(book, want):
    by_option = {option: inspected(book, option) for option in COUNTED}
    base = by_option["inspection_only"]
    units = defaultdict(list)
    for chi_bo in base:
        units[book.reports_to(chi_bo, book.last)].append(chi_bo)

    def counted(theirs):
        counts = {form: sum(base[c][form] for c in theirs) for form in FORMS}
        return {
            "all": len(theirs),
            **counts,
            **{
                f"c_{n}": sum(found[c]["covered"] for c in theirs)
                for n, found in enumerate(by_option.values(), start=1)
            },
        }

    def ranks(theirs):
        direct, higher = ([base[c][name] for c in theirs] for name in ("direct", "higher"))
        unsaid = [
            base[c]["covered"] and not base[c]["direct"] and not base[c]["higher"] for c in theirs
        ]
        return {
            "all": len(theirs),
            "direct": sum(direct),
            "left": len(theirs) - sum(direct),
            "higher": sum(higher),
            "unsaid": sum(unsaid),
        }

    for name, how in (("chuong-trinh", counted), ("hai-nhiem-vu", ranks)):
        rows = [((unit, book.name(unit)), how(theirs)) for unit, theirs in sorted(units.items())]
        want.table(name, [*rows, ("Cộng", how(list(base)))])
    for option, found in by_option.items():
        covered = sum(cells["covered"] for cells in found.values())
        want.figures |= {
            f"programme.{option}.covered": covered,
            f"programme.{option}.share": Ratio(Fraction(covered, len(found))),
        }
    open_ = [
        row
        for row in inspections_of(book)
        if row["inspected_on"] is None and row["chi_bo_id"] in base
    ]
    want.figures |= {
        "programme.no_meeting": sum(cells["no_meeting"] for cells in base.values()),
        "programme.chi_bo": len(base),
        "programme.open": len(open_),
        "programme.units": len(units),
        "programme.higher": sum(base[c]["higher"] for c in base),
        "programme.whole": sum(all(base[c]["direct"] for c in theirs) for theirs in units.values()),
    }


def judged_otherwise(book, want):
    """List the entries that the inspector judged otherwise, of those that both judged."""
    rows, compared, lost = [], 0, Fraction(0)
    for m in sorted(book.meetings, key=lambda m: (m.chi_bo, m.month, m.id)):
        if not {"self", "inspector"} <= set(m.sheets):
            continue
        others = {line.rule["id"]: line for line in m.sheets["inspector"].lines}
        for own in m.sheets["self"].lines:
            other = others.get(own.rule["id"])
            if other is None or "blank" in (own.state, other.state):
                continue
            compared += 1
            mine, theirs = _entry(own), _entry(other)
            if mine == theirs:
                continue
            mark = own.rule["kind"] == "mark"
            both = not mark and {own.state, other.state} == {"entered"}
            less = own.entered - other.entered if both else None
            lost += max(less or 0, 0)
            cells = {"month": in_month(m.month), "title": own.rule["title"]}
            cells |= {"own": mine, "inspector": theirs, "lost": Points(less)}
            rows.append((f"{m.id}.{own.rule['id']}", (m, cells)))
    want.figures |= {
        "judged.compared": compared,
        "judged.lines": len(rows),
        "judged.meetings": len({m.id for _, (m, _) in rows}),
        "judged.chi_bo": len({m.chi_bo for _, (m, _) in rows}),
        "judged.lost": Points(lost),
    }
    if rows:
        want.table("cham-khac", [(key, cells) for key, (_, cells) in rows])


def _entry(line):
    if line.state == "not_applicable":
        return "không áp dụng"
    if line.rule["kind"] == "mark":
        return "đạt" if line.entered else "không đạt"
    return Points(line.entered)


def own_against_inspector(book, want):
    judged_otherwise(book, want)
    for rules in book.forms:
        rows = []
        for rule in rules.lines:
            pairs = []
            for m in book.meetings:
                if (
                    m.form is rules
                    and {"self", "inspector"} <= set(m.sheets)
                    and all(m.sheets[r].lines for r in ("self", "inspector"))
                ):
                    own, other = (
                        next(line for line in m.sheets[r].lines if line.rule["id"] == rule["id"])
                        for r in ("self", "inspector")
                    )
                    if own.state != "blank" and other.state != "blank":
                        pairs.append((own, other))
            if not pairs:
                continue
            both = [
                (own, other)
                for own, other in pairs
                if own.share is not None and other.share is not None
            ]
            cells = {
                "pairs": len(pairs),
                "same": sum(a.share == b.share for a, b in both),
                "higher": sum(a.share > b.share for a, b in both),
                "lower": sum(a.share < b.share for a, b in both),
                "left": sum((a.share is None) != (b.share is None) for a, b in pairs),
            }
            difference = (
                sum((a.points - b.points for a, b in both), Fraction(0)) / len(both)
                if both
                else None
            )
            rows.append((rule["title"], {**cells, "difference": Points(difference)}))
        if rows:
            want.table(f"tung-tieu-chi-{rules.id}", rows)


def identity(book, want):
    """Count the chi bộ of each kind at the end, and those whose number of members is known."""
    here = book.chi_bo_under(book.dang_bo, book.last)
    kinds = Counter(book.on(book.last)[chi_bo]["kind"] for chi_bo in here)
    rows = [(KINDS[kind], {"count": kinds[kind]}) for kind in KINDS if kinds[kind]]
    want.table("loai-hinh", [*rows, ("Cộng", {"count": len(here)})])
    known = [
        n
        for n in (number(book.row_of(c, book.last)["official_members"]) for c in here)
        if n is not None
    ]
    want.figures |= {"identity.members": int(sum(known)), "identity.with_members": len(known)}


KINDS = {
    "thon_to_dan_pho": "thôn, tổ dân phố",
    "co_quan_hanh_chinh": "cơ quan hành chính",
    "don_vi_su_nghiep": "đơn vị sự nghiệp",
    "doanh_nghiep_tu_nhan": "doanh nghiệp tư nhân",
}
