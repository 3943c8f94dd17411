"""The results in the reports of a year or a period.

Coverage, classes, each chi bộ, losses, raters, contradictions, corrections, annexes.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from bookkeeper.audit import Points, Ratio
from bookkeeper.book import NOT_HELD, mean, shares
from bookkeeper.page import spelled_month
from bookkeeper.scoring import number

MEETING_KINDS = {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề", "ket_hop": "kết hợp"}
NOT_HELD_WORDS = {"cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}
RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
COSTLY = 8


def in_month(month):
    return spelled_month(month[:4], month[5:])


def key_results(book, want):
    for rules in book.forms:
        meetings = [m for m in book.on_form(rules) if m.assessed]
        counts = [sum(m.class_id == c["id"] for m in meetings) for c in rules.classes]
        rows = [
            (c["title"], {"count": n, "share": Ratio(part)})
            for c, n, part in zip(rules.classes, counts, shares(counts), strict=True)
        ]
        total = sum(counts)
        name = book.block("classes", rules)
        want.figures[f"{name}.meetings"] = total
        for c, n, part in zip(rules.classes, counts, shares(counts), strict=True):
            want.figures |= {f"{name}.{c['id']}": n, f"{name}.{c['id']}.share": Ratio(part)}
        rows.append(("Cộng", {"count": total, "share": Ratio(Fraction(1) if total else None)}))
        want.table(book.block("ket-qua", rules), rows)


def coverage_of(book):
    """Count the chi bộ by month whose meeting was due, held, classed, waiting and so on."""
    found = {month: Counter() for month in book.months}
    due = set(book.due)
    for chi_bo, month in book.standing:
        mine = [m for m in book.meetings if (m.chi_bo, m.month) == (chi_bo, month)]
        regular = [m for m in mine if m.regular]
        counted = found[month]
        counted["thematic"] += any(m.held and m.kind != "thuong_ky" for m in mine)
        if (chi_bo, month) not in due:
            counted["still_open"] += 1
            continue
        counted["due"] += 1
        held = any(m.held for m in regular)
        assessed = any(m.assessed for m in regular)
        waiting = not assessed and any(m.waiting for m in regular)
        counted["held"] += held
        counted["not_held"] += not held and any(m.row["status"] in NOT_HELD for m in regular)
        counted["no_record"] += not regular
        counted["assessed"] += assessed
        counted["waiting"] += waiting
        counted["no_sheet"] += held and not assessed and not waiting
    return found


def coverage(book, want):
    names = (
        "due",
        "held",
        "not_held",
        "no_record",
        "assessed",
        "waiting",
        "no_sheet",
        "thematic",
        *(["still_open"] if book.under_way else []),
    )
    by_month = coverage_of(book)
    rows = [
        (
            book.in_month(month),
            {"month": book.in_month(month), **{name: counted[name] for name in names}},
        )
        for month, counted in by_month.items()
    ]
    while rows and not rows[0][1]["due"]:
        rows.pop(0)
    totals = {name: sum(counted[name] for counted in by_month.values()) for name in names}
    rows.append(("Cộng", totals))
    # a column of noughts is left out
    idle = {name for name in OPTIONAL if not totals[name]}
    want.table(
        "pham-vi",
        [
            (key, {name: value for name, value in cells.items() if name not in idle})
            for key, cells in rows
        ],
    )
    waiting = [m for m in book.meetings if m.waiting]
    if waiting:
        want.table(
            "phieu-cho",
            [(m.id, {"name": book.name(m.chi_bo), "month": in_month(m.month)}) for m in waiting],
        )


OPTIONAL = ("not_held", "no_record", "waiting", "no_sheet", "thematic")
LETTERS = {"Tốt": "T", "Khá": "K", "Trung bình": "TB", "Kém": "Kém"}


def sheet_of_months(book, want):
    """Write the letter of the class of each chi bộ's regular meeting of each month."""
    if len(book.months) == 1:
        return  # the list of meetings tells it
    rows = []
    for place, chi_bo in enumerate(book.chi_bo, start=1):
        cells = {"number": place, "name": book.name(chi_bo)}
        for month in book.months:
            mine = [
                m for m in book.meetings if m.regular and (m.chi_bo, m.month) == (chi_bo, month)
            ]
            classed = [m for m in mine if m.assessed]
            letters = {m.form.titles[m.class_id] for m in classed}
            letters = {LETTERS.get(title, title) for title in letters}
            cells[month] = (
                letters.pop()
                if len(letters) == 1
                else NOT_HELD_WORDS.get(mine[-1].row["status"], "…")
                if mine and not classed
                else None
            )
            if len(letters) > 1:
                del cells[month]  # of two meetings the page shows the later one
        rows.append((chi_bo, cells))
    want.table("chi-bo-thang", rows)


def coverage_figures(book, want):
    """Work out the figures of the first sentence about a period."""
    by_month = coverage_of(book)
    names = next(iter(by_month.values())).keys() | {"due", "held", "assessed"} if by_month else ()
    totals = {name: sum(counted[name] for counted in by_month.values()) for name in names}
    over = [counted for month, counted in by_month.items() if month != book.under_way]
    due, held = (sum(counted[name] for counted in over) for name in ("due", "held"))
    want.figures |= {f"coverage.{name}": value for name, value in totals.items()}
    want.figures |= {
        "coverage.chi_bo": len(book.chi_bo),
        "coverage.over.due": due,
        "coverage.over.held": held,
    }
    want.figures["coverage.held_rate"] = Ratio(Fraction(held, due) if due else None)
    want.figures["coverage.thematic_assessed"] = sum(
        m.assessed and m.kind == "chuyen_de" for m in book.meetings
    )
    # this figure counts meetings, the table counts chi bộ and months
    want.figures["coverage.assessed"] = totals["assessed"]
    if book.under_way:
        want.figures |= {
            f"coverage.under_way.{name}": by_month[book.under_way][name]
            for name in ("due", "still_open")
        }


def classes_over_months(book, want):
    for rules in book.forms:
        theirs = book.on_form(rules)
        months = book.months
        if len(book.forms) > 1:
            on_it = [m.month for m in book.meetings if m.form is rules]
            months = [month for month in months if min(on_it) <= month <= max(on_it)]
        rows = []
        for month in months:
            counts = {
                c["id"]: sum(
                    m.assessed and m.month == month and m.class_id == c["id"] for m in theirs
                )
                for c in rules.classes
            }
            rows.append(
                (
                    book.in_month(month),
                    {"month": book.in_month(month), **counts, "assessed": sum(counts.values())},
                )
            )
        total = {
            name: sum(cells[name] for _, cells in rows)
            for name in (*(c["id"] for c in rules.classes), "assessed")
        }
        want.table(book.block("theo-thang", rules), [*rows, ("Cộng", total)])


def base_known(meeting):
    """Whether it is on record who was exempt, so that the rate is over those who must attend."""
    row, parts = (
        meeting.row,
        ("present", "absent_excused", "absent_unexcused", "exempt", "special_duty"),
    )
    if row["exempt"] is not None and row["special_duty"] is not None:
        return True
    return row["roll"] is not None and sum(number(row[name]) or 0 for name in parts) == number(
        row["roll"]
    )


def attendance_of(held):
    """Return the meetings whose rates have the same base, and those left out.

    Rates over the whole roll are used only where no record tells who must attend.
    """
    known = [m for m in held if m.facts["attendance_rate"] is not None]
    better = [m for m in known if base_known(m)]
    return (better, [m for m in known if not base_known(m)]) if better else (known, [])


def attendance_figures(book, want):
    """Work out the figures in the notes on mean attendance below the table of the chi bộ."""
    of = {
        c: [m for m in book.meetings if m.chi_bo == c and m.regular and m.held] for c in book.chi_bo
    }
    parts = {c: attendance_of(held) for c, held in of.items()}
    want.figures |= {
        "attendance.apart": sum(len(apart) for _, apart in parts.values()),
        "attendance.apart.chi_bo": sum(bool(apart) for _, apart in parts.values()),
        "attendance.over_all": sum(
            bool(known) and not any(map(base_known, known)) for known, _ in parts.values()
        ),
    }


def held_of(book, chi_bo):
    regular = [m for m in book.meetings if m.chi_bo == chi_bo and m.regular]
    held = [m for m in regular if m.held]
    return {
        "due": sum(c == chi_bo for c, _ in book.due),
        "held": len({m.month for m in held}),
        "assessed": sum(m.assessed for m in held),
        "attendance": Ratio(mean(m.facts["attendance_rate"] for m in attendance_of(held)[0])),
    }


def results_of(book, rules, chi_bo):
    mine = [m for m in book.on_form(rules) if m.chi_bo == chi_bo and m.assessed]
    counts = {c["id"]: sum(m.class_id == c["id"] for m in mine) for c in rules.classes}
    totals = [m.total for m in mine if m.total is not None]
    found = {**counts, "assessed": sum(counts.values())}
    if rules.has_points:
        found |= {"mean": Points(mean(totals)), "minimum": Points(min(totals, default=None))}
    return found


def chi_bo_table(book, want):
    want.table(
        "chi-bo", _numbered(book, book.chi_bo, [held_of(book, chi_bo) for chi_bo in book.chi_bo])
    )
    for rules in book.forms:
        found = {chi_bo: results_of(book, rules, chi_bo) for chi_bo in book.chi_bo}
        some = [
            chi_bo for chi_bo in book.chi_bo if len(book.forms) == 1 or found[chi_bo]["assessed"]
        ]
        want.table(
            book.block("xep-loai-chi-bo", rules),
            _numbered(book, some, [found[chi_bo] for chi_bo in some]),
        )


def _numbered(book, units, rows):
    return [
        ((unit, book.name(unit)), {"number": place, "name": book.name(unit), **cells})
        for place, (unit, cells) in enumerate(zip(units, rows, strict=True), start=1)
    ]


# --- losses ---------------------------------------------------------------------------------------


def counting_sheets(book, rules):
    """Return the sheets that decided the class of a meeting of the period under a rule set."""
    return [m.counting for m in book.meetings if m.assessed and m.form is rules]


def losses(book, want):
    for rules in book.forms:
        sheets = [sheet for sheet in counting_sheets(book, rules) if not sheet.bare]
        by_group, costly = losses_by_group(rules, sheets), losses_by_line(rules, sheets)
        if len(by_group) > 1:
            want.table(book.block("giam-diem", rules), by_group)
        with_points = [row for row in costly if row[1]["max"].value]
        if len(with_points) > 1:
            want.table(
                book.block("dong-giam-diem", rules),
                [row for row in with_points if row[1]["short"]][:COSTLY],
            )
        marks = [
            (title, {"short": cells["short"], "sheets": cells["sheets"]})
            for title, cells in costly
            if not cells["max"].value and cells["short"]
        ]
        if marks:
            want.table(book.block("khong-dat", rules), marks[:COSTLY])


def losses_figures(book, want):
    """Work out the figures of the sentences about losses; only sheets with lines count."""
    for rules in book.forms:
        sheets = [sheet for sheet in counting_sheets(book, rules) if not sheet.bare]
        by_group = losses_by_group(rules, sheets)
        name, told = book.block("giam-diem", rules), book.block("losses", rules)
        want.figures |= {
            f"{name}.sheets": len(sheets),
            **{f"{name}.{keys[0]}.lost": cells["lost"] for keys, cells in by_group},
        }
        every = len(counting_sheets(book, rules))
        want.figures |= {
            f"{told}.sheets": every,
            f"{told}.with_lines": len(sheets),
            f"{told}.by_total": every - len(sheets),
        }
        if by_group:
            worst = max((cells for _, cells in by_group), key=lambda cells: cells["lost"].value)
            want.figures |= {
                f"{told}.worst.lost": worst["lost"],
                f"{told}.worst.share": worst["share"],
            }


def nothing_lost(book, want):
    """Give the number of sheets where none has a loss."""
    sheets = [
        (rules, sheet)
        for rules in book.forms
        for sheet in counting_sheets(book, rules)
        if not sheet.bare
    ]
    if sheets and all(
        line.points == line.weight and line.mark is not False
        for _, sheet in sheets
        for line in sheet.lines
    ):
        want.figures["losses.sheets"] = len(sheets)


def losses_by_group(rules, sheets):
    rows, everything = (
        [],
        sum(line.weight - line.points for sheet in sheets for line in sheet.lines),
    )
    for group in rules.groups:
        if not group.get("max") or not sheets:
            continue
        mine = [
            line for sheet in sheets for line in sheet.lines if line.rule["group"] == group["id"]
        ]
        weight, points = sum(line.weight for line in mine), sum(line.points for line in mine)
        lost = weight - points
        rows.append(
            (
                (group["id"], group["title"]),
                {
                    "weight": Points(Fraction(weight) / len(sheets)),
                    "lost": Points(Fraction(lost) / len(sheets)),
                    "share": Ratio(Fraction(lost) / everything if everything else None),
                },
            )
        )
    return rows


def losses_by_line(rules, sheets):
    rows = []
    for rule in rules.lines:
        mine = [
            line
            for sheet in sheets
            for line in sheet.lines
            if line.rule["id"] == rule["id"] and line.share is not None
        ]
        if not mine:
            continue
        lost = sum(line.weight - line.points for line in mine)
        short = sum(line.weight > line.points or line.mark is False for line in mine)
        cells = {
            "max": Points(rule["max"]),
            "lost": Points(Fraction(lost) / len(mine)),
            "short": short,
            "sheets": len(mine),
        }
        often = short if not rule["max"] else 0
        rows.append(
            (
                (-Fraction(lost) / len(mine), -often, rule["id"]),
                ((rule["id"], rule["title"]), cells),
            )
        )
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


# --- raters, contradictions, corrections ----------------------------------------------------------


def pairs_of(book):
    """Return the meetings that both the chi bộ and its superior have classified."""
    return [m for m in book.meetings if m.class_of("self") and m.class_of("superior")]


def difference(meeting):
    own, upper = meeting.sheets["self"].total, meeting.sheets["superior"].total
    return None if own is None or upper is None else own - upper


def raters(book, want):
    pairs = pairs_of(book)
    if not pairs:
        return
    ordered = sorted(
        pairs, key=lambda m: (difference(m) is None, -(difference(m) or 0), m.chi_bo, m.month)
    )
    rows = []
    for m in ordered:
        own, upper = m.sheets["self"], m.sheets["superior"]
        rows.append(
            (
                m.id,
                {
                    "name": book.name(m.chi_bo),
                    "month": in_month(m.month),
                    "self": Points(own.total),
                    "superior": Points(upper.total),
                    "difference": Points(difference(m)),
                    "self_class": m.form.titles[m.class_of("self")],
                    "superior_class": m.form.titles[m.class_of("superior")],
                },
            )
        )
    want.table("hai-ben", rows)
    with_points = [difference(m) for m in pairs if difference(m) is not None]
    ranks = [m.sheets["superior"].rank - m.sheets["self"].rank for m in pairs]
    want.figures |= {
        "raters.pairs": len(pairs),
        "raters.differ": sum(r != 0 for r in ranks),
        "raters.same_class": sum(r == 0 for r in ranks),
        "raters.class_higher": sum(r > 0 for r in ranks),
        "raters.class_lower": sum(r < 0 for r in ranks),
        "raters.with_points": len(with_points),
        "raters.equal": sum(d == 0 for d in with_points),
        "raters.self_higher": sum(d > 0 for d in with_points),
        "raters.self_lower": sum(d < 0 for d in with_points),
        "raters.mean_difference": Points(mean(with_points)),
        "raters.largest_difference": Points(max(map(abs, with_points), default=None)),
    }


def contradictions_of(book):
    """Return the lines on which a rater entered other points than the facts imply, sorted.

    Lines of an inspector are left out.
    """
    found = []
    for m in book.meetings:
        for rater, sheet in m.sheets.items():
            if rater != "inspector":
                found += [(m, rater, line) for line in sheet.lines if line.contradicts]
    return sorted(found, key=lambda row: (row[0].chi_bo, row[0].month, row[1], row[2].rule["id"]))


def contradictions(book, want):
    found = contradictions_of(book)
    compared = [
        (m.id, rater)
        for m in book.meetings
        for rater, sheet in m.sheets.items()
        for line in sheet.lines
        if rater != "inspector" and line.comparable
    ]
    want.figures |= {
        "contradictions.compared": len(compared),
        "contradictions.sheets": len(set(compared)),
    }
    if not found:
        return
    by_line = {}
    for m, _, line in found:
        entry = by_line.setdefault(
            (m.form.id, line.rule["id"]),
            {
                "id": line.rule["id"] if len(book.forms) == 1 else f"{m.form.id}.{line.rule['id']}",
                "title": line.rule["title"],
                "short": m.form.short,
                "lines": [],
                "chi_bo": set(),
            },
        )
        entry["lines"].append(line.entered - line.implied.points)
        entry["chi_bo"].add(m.chi_bo)
    rows = []
    for entry in sorted(by_line.values(), key=lambda entry: (-len(entry["lines"]), entry["title"])):
        form = f" ({entry['short'][:1].lower()}{entry['short'][1:]})" if len(book.forms) > 1 else ""
        counts = {
            "count": len(entry["lines"]),
            "higher": sum(d > 0 for d in entry["lines"]),
            "lower": sum(d < 0 for d in entry["lines"]),
        }
        rows.append(
            ((f"{entry['id']}", entry["title"] + form), {**counts, "chi_bo": len(entry["chi_bo"])})
        )
    total = {name: sum(cells[name] for _, cells in rows) for name in ("count", "higher", "lower")}
    rows.append((("total", "Cộng"), {**total, "chi_bo": len({m.chi_bo for m, *_ in found})}))
    want.figures |= {
        "contradictions.lines": len(found),
        "contradictions.chi_bo": len({m.chi_bo for m, *_ in found}),
    }
    want.table("khac-so-lieu", rows)


def annex_contradictions(book, want):
    rows = []
    for m, rater, line in contradictions_of(book):
        mark = line.rule["kind"] == "mark"
        cells = {"entered": line.entered, "recomputed": line.implied.points}
        cells = {
            name: ("đạt" if value else "không đạt") if mark else Points(value)
            for name, value in cells.items()
        }
        rows.append(
            (
                (in_month(m.month), RATERS[rater]),
                {
                    "month": in_month(m.month),
                    "rater": RATERS[rater],
                    "title": line.rule["title"],
                    **cells,
                },
            )
        )
    if rows:
        want.table("tung-dong", rows)


def corrections(book, want):
    meetings = {m.id: m for m in book.meetings}
    of_sheet = {row["sheet_id"]: row for row in book.tables["sheet"]}
    titles = {line["id"]: line["title"] for rules in book.rules.values() for line in rules.lines}
    rows = []
    for change in book.changes:
        sheet = of_sheet.get(change["sheet_id"])
        meeting_id = sheet["meeting_id"] if sheet else change["meeting_id"]
        if meeting_id in meetings:
            rater = RATERS[sheet["rater"]] if sheet else "buổi họp"
            cells = {
                "meeting": meeting_id,
                "sheet": rater,
                "item": titles.get(change["item"], FACT_TITLES.get(change["item"])),
                "before": str_of(change["before"]),
                "after": str_of(change["after"]),
            }
            rows.append(((meeting_id, change["sheet_id"], change["item"]), (meeting_id, cells)))
    if rows:
        want.table("da-sua", [row for _, row in sorted(rows, key=lambda row: row[0])])


def corrected(book, want):
    """Count the sheets and meetings with a corrected value."""
    of_sheet = {row["sheet_id"]: row for row in book.tables["sheet"]}
    in_period = {m.id for m in book.meetings}
    sheets = {
        c["sheet_id"]
        for c in book.changes
        if c["sheet_id"] and of_sheet[c["sheet_id"]]["meeting_id"] in in_period
    }
    others = {
        c["meeting_id"] for c in book.changes if not c["sheet_id"] and c["meeting_id"] in in_period
    }
    of_sheets = {of_sheet[sheet]["meeting_id"] for sheet in sheets}
    want.figures |= {
        "corrections.sheets": len(sheets),
        "corrections.meetings": len(others),
        "corrections.all": len(others | of_sheets),
    }


FACT_TITLES = {"minutes": "Thời lượng"}


def str_of(value):
    return str(float(value)).removesuffix(".0").replace(".", ",")


def annex_meetings(book, want):
    rows = []
    for m in book.meetings:
        verdict = m.form.titles[m.class_id] if m.assessed else None
        over_all = m.held and m.facts["attendance_rate"] is not None and not base_known(m)
        totals = {
            rater: Points(m.sheets[rater].total if rater in m.sheets else None)
            for rater in ("self", "superior")
        }
        rows.append(
            (
                m.id,
                {
                    "month": in_month(m.month),
                    "held_on": m.held_on if m.held else None,
                    "kind": MEETING_KINDS[m.kind] if m.held else NOT_HELD_WORDS[m.row["status"]],
                    "attendance": Ratio(m.facts["attendance_rate"] if m.held else None),
                    **totals,
                    "total": Points(m.total if m.assessed else None),
                    "class": verdict,
                    "note": "; ".join(_notes(m, over_all=over_all)) or None,
                },
            )
        )
    for name in ("superior", "note"):
        if not any(getattr(cells[name], "value", cells[name]) for _, cells in rows):
            rows = [(key, {k: v for k, v in cells.items() if k != name}) for key, cells in rows]
    want.table("tung-buoi", rows)


def class_list(book, want):
    """Write the list of a month, by meeting, or of a longer period, by chi bộ."""
    missing = set(book.chi_bo)
    for rules in book.forms:
        month = len(book.months) == 1
        rows = _list_of_month(book, rules) if month else _list_of_period(book, rules)
        missing -= {key for key, _ in rows}
        for name in ("self", "superior", "note", "mean"):
            if not any(getattr(cells.get(name), "value", cells.get(name)) for _, cells in rows):
                rows = [(key, {k: v for k, v in cells.items() if k != name}) for key, cells in rows]
        summed = ("roll", "present") if month else ("due", "held")
        total = {name: sum(cells[name] for _, cells in rows) for name in summed}
        for c in rules.classes:
            marks = [cells[c["id"]] for _, cells in rows]
            total[c["id"]] = marks.count("x") if month else sum(marks)
        want.table(book.block("bang-xep-loai", rules), [*rows, ("Cộng", total)])
    want.figures["class_list.missing.left"] = len(missing) - 5


def _list_of_month(book, rules):
    meetings = [m for m in book.on_form(rules) if m.assessed]
    ordered = sorted(meetings, key=lambda m: (m.chi_bo, m.month, m.id))
    rows = []
    for place, m in enumerate(ordered, start=1):
        over_all = m.facts["attendance_rate"] is not None and not base_known(m)
        cells = {
            "number": place,
            "name": book.name(m.chi_bo),
            "roll": int(number(m.row["roll"])),
            "held_on": m.held_on,
            "present": int(number(m.row["present"])),
            "attendance": Ratio(m.facts["attendance_rate"]),
            **{
                rater: Points(m.sheets[rater].total if rater in m.sheets else None)
                for rater in ("self", "superior")
            },
            **{c["id"]: "x" if m.class_id == c["id"] else "" for c in rules.classes},
            "note": "; ".join(_notes(m, over_all=over_all)) or None,
        }
        rows.append((m.chi_bo, cells))
    return rows


def _list_of_period(book, rules):
    found = [(c, {**held_of(book, c), **results_of(book, rules, c)}) for c in book.chi_bo]
    some = [(chi_bo, cells) for chi_bo, cells in found if cells["assessed"]]
    wanted = ("due", "held", "attendance", *(c["id"] for c in rules.classes), "mean")
    return [
        (
            chi_bo,
            {
                "number": place,
                "name": book.name(chi_bo),
                **{name: cells.get(name) for name in wanted},
            },
        )
        for place, (chi_bo, cells) in enumerate(some, start=1)
    ]


def _notes(meeting, *, over_all):
    reason = meeting.row["reason"]
    return [
        *([reason] if reason and not meeting.held else []),
        *(["phiếu cần bổ sung"] if meeting.waiting else []),
        *(
            ["đủ điểm, hạ mức vì không đạt điều kiện"]
            if meeting.assessed and meeting.counting.gate
            else []
        ),
        *(["tỷ lệ dự tính trên toàn bộ đảng viên"] if over_all else []),
    ]


def basis(book, want):
    """Count per rule set the meetings held on it, and those held after it had expired."""
    for rules in book.forms:
        days = [m.held_on for m in book.meetings if m.form is rules and m.held]
        end = rules.data.get("valid_to")
        want.figures |= {
            f"basis.{rules.id}.meetings": len(days),
            f"basis.{rules.id}.after": sum(end is not None and day > end for day in days),
        }
