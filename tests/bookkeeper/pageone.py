"""Page one: what deserves a look, and the tables behind it.

Low classes, months missed, attendance, sources that contradict each other, topics.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from bookkeeper.audit import Points, Ratio
from bookkeeper.book import month_end, months_of
from bookkeeper.results import NOT_HELD, RATERS, coverage_of, in_month
from bookkeeper.scoring import day, number, rank
from bookkeeper.work import _measure, below_of, figures_of

NAMED, TOLD = 5, 3
"""How many chi bộ, and how many conflicts, page one names of a longer list."""


def look_at(book, want):
    """Work out the sentences of page one, one check after the other."""
    low_classes(book, want)
    missed(book, want)
    held = [m for m in book.meetings if m.held]
    known = [m for m in held if m.facts["attendance_rate"] is not None]
    low = [m for m in known if 2 * m.facts["attendance_rate"] < 1]
    want.figures |= {
        "not_classed.waiting": sum(m.waiting for m in book.meetings),
        "not_classed.no_sheet": sum(counted["no_sheet"] for counted in coverage_of(book).values()),
        "held_down": sum(m.assessed and bool(m.counting.gate) for m in book.meetings),
        "lines.off_form": sum(
            line.off_form
            for m in book.meetings
            for sheet in m.sheets.values()
            for line in sheet.lines
        ),
        "attendance.known": len(known),
        "attendance.low": len(low),
        "attendance.low.left": len(low) - NAMED,
        **{f"attendance.low.{m.id}": Ratio(m.facts["attendance_rate"]) for m in low},
    }


def low_classes(book, want):
    """Count the chi bộ with a meeting in the classes below those that count as a pass."""
    for rules in book.forms:
        first = len(rules.classes) - 2 if len(rules.classes) > 3 else len(rules.classes) - 1
        found = {m.chi_bo for m in book.on_form(rules) if m.assessed and m.counting.rank >= first}
        name = book.block("low_classes", rules)
        want.figures |= {f"{name}.chi_bo": len(found), f"{name}.left": len(found) - NAMED}


def missed(book, want):
    """Count the months whose meeting is on record as not held, and those that are unknown."""
    due, found = set(book.due), {"not_held": Counter(), "no_record": Counter()}
    for chi_bo, month in due:
        mine = [m for m in book.meetings if m.regular and (m.chi_bo, m.month) == (chi_bo, month)]
        if not any(m.held for m in mine):
            found["not_held" if any(m.row["status"] in NOT_HELD for m in mine) else "no_record"][
                chi_bo
            ] += 1
    for name, by_chi_bo in found.items():
        want.figures |= {
            f"missed.{name}": sum(by_chi_bo.values()),
            f"missed.{name}.chi_bo": len(by_chi_bo),
            f"missed.{name}.left": len(by_chi_bo) - NAMED,
        }


# --- sources that contradict each other -----------------------------------------------------------


def class_named(rules, text):
    """Return the class that a mark by hand names, by id or title; else the text itself."""
    return next(
        (
            c["id"]
            for c in rules.classes
            if text and text.casefold() in {c["id"], c["title"].casefold()}
        ),
        text or "",
    )


def conflicts_of_sheets(book):
    """Return the sheets whose stated total or class differs from the result of their lines."""
    emptied = {
        (c["sheet_id"], c["item"]): c["before"]
        for c in book.changes
        if c["before"] is not None and c["after"] is None
    }
    found = []
    for m in book.meetings:
        for rater in sorted(m.sheets):
            sheet, rules = m.sheets[rater], m.form
            if not m.held or rater == "inspector" or sheet.rank < 0:
                continue
            stated = number(
                sheet.row["stated_total"] or emptied.get((sheet.row["sheet_id"], "stated_total"))
            )
            marked = class_named(
                rules,
                sheet.row["stated_class"] or emptied.get((sheet.row["sheet_id"], "stated_class")),
            )
            raw = sum(line.points for line in sheet.lines)
            now = m.class_of(rater)
            if (
                stated is not None
                and not sheet.bare
                and min(abs(stated - sheet.total), abs(stated - raw)) > number("0.005")
            ):
                place = rank(rules, stated, 1)
                was = marked or (
                    rules.classes[place]["id"] if place >= 0 and not rules.data.get("gates") else ""
                )
                found.append(("total", m, rater, stated, was, sheet.total, now))
            elif marked and marked != now:
                found.append(("class", m, rater, stated, marked, sheet.total, now))
    return sorted(found, key=lambda row: (row[1].chi_bo, row[1].month, row[2]))


def conflicts_of_filings(book):
    """Compare the figures last sent up for a month that was over with those of the records.

    Return rows (unit, month, measure, sent, now).
    """
    now = Counter(below_of(book)) if book.chi_bo != [book.dang_bo] else Counter()
    for (_, month, measure), value in figures_of(book).items():
        now[book.dang_bo, month, measure] += value
    units = {unit for unit, *_ in now}
    rows = [
        row
        for row in book.tables["filed"]
        if row["unit_id"] in units and day(row["filed_on"]) <= book.today
    ]
    rows = [row for row in rows if set(months_of(row["period"])) <= set(book.whole)]
    batches = {}
    for row in sorted(rows, key=lambda row: (row["filed_on"], row["period"])):
        batches.setdefault((row["unit_id"], row["filed_on"], row["period"]), []).append(row)
    last = {}
    for (unit, filed_on, period), batch in batches.items():
        for month in months_of(period):
            if month_end(month) <= day(filed_on):
                last[unit, month] = batch
    found = []
    for (unit, month), batch in sorted(last.items()):
        sent = {row["measure"]: int(number(row["value"])) for row in batch if row["month"] == month}
        measures = {measure for u, m, measure in now if (u, m) == (unit, month)}
        pairs = [
            (measure, sent.get(measure, 0), now[unit, month, measure])
            for measure in sorted(measures | set(sent))
        ]
        found += [
            (unit, month, measure, one, other) for measure, one, other in pairs if one != other
        ]
    return found


def conflicts(book, want, *, tables=True):
    of_sheets, of_filings = conflicts_of_sheets(book), conflicts_of_filings(book)
    for kind in ("total", "class"):
        count = sum(row[0] == kind for row in of_sheets)
        want.figures |= {f"conflicts.{kind}": count, f"conflicts.{kind}.left": count - TOLD}
    rows = []
    for kind, m, rater, first, first_class, second, second_class in of_sheets:
        name = f"{m.id}.{rater}"
        want.figures |= {
            f"conflicts.{name}.first": Points(first),
            f"conflicts.{name}.second": Points(second),
        }
        cells = {
            "month": in_month(m.month),
            "rater": RATERS[rater],
            "first": Points(first),
            "second": Points(second),
        }
        cells |= {
            "first_class": m.form.titles.get(first_class, first_class) or None,
            "second_class": m.form.titles[second_class],
        }
        rows.append((name, cells))
        del kind
    want.figures |= {
        "conflicts.filed": len(of_filings),
        "conflicts.filed.units": len({row[0] for row in of_filings}),
        "conflicts.filed.left": len(of_filings) - TOLD,
    }
    sent_rows = []
    for unit, month, measure, sent, now in of_filings:
        name = f"{unit}.{month}.{measure}"
        want.figures |= {
            f"conflicts.filed.{name}.sent": sent,
            f"conflicts.filed.{name}.records": now,
        }
        cells = {
            "unit": book.name(unit),
            "month": in_month(month),
            "measure": _measure(book, measure),
            "sent": sent,
            "records": now,
        }
        sent_rows.append((name, cells))
    if tables and rows:
        want.table("trai-nhau", rows)
    if tables and sent_rows:
        want.table("trai-nhau-da-gui", sent_rows)


def conflicts_in_words(book, want):
    conflicts(book, want, tables=False)


# --- how the organisation changed -----------------------------------------------------------------


def moves(book, want):
    """List the chi bộ that came, left, were founded, ended or got another parent.

    The day is the first on which it was so.
    """
    found = Counter()
    days = {day(row["valid_from"]) for row in book.units} | {
        day(row["valid_to"]) + dt.timedelta(days=1) for row in book.units if row["valid_to"]
    }
    for when in sorted(d for d in days if book.start < d <= book.end):
        for chi_bo in book.chi_bo:
            before, after = (
                book.above(chi_bo, when - dt.timedelta(days=1)),
                book.above(chi_bo, when),
            )
            was, now = book.dang_bo in before, book.dang_bo in after
            if was and not after:
                successor = next(
                    (
                        row["successor_id"]
                        for row in book.units
                        if row["unit_id"] == chi_bo and row["successor_id"]
                    ),
                    "",
                )
                found[when, "ended", successor] += 1
            elif now and not before:
                found[when, "founded", ""] += 1
            elif was and now and before[1:2] != after[1:2]:
                found[when, "within", before[1]] += 1
            elif was != now:
                found[when, "came" if now else "left", (before if now else after)[1]] += 1
    want.figures |= {
        f"moves.{when}.{what}{f'.{other}' if other else ''}": count
        for (when, what, other), count in found.items()
    }


# --- topics ---------------------------------------------------------------------------------------

HEADING = {
    "học tập và làm theo bác": "hoc_tap_bac",
    "giáo dục truyền thống": "truyen_thong",
    "chuyển đổi số ở khu phố": "khac",
}
"""The topics of the seeded years, each under the heading whose words it contains."""


def topics(book, want):
    sittings = [m for m in book.meetings if m.held and m.kind != "thuong_ky"]
    if not sittings:
        return
    said = Counter(m.row["topic"] for m in sittings if m.row["topic"])
    silent = len(sittings) - sum(said.values())
    by_heading = Counter()
    for text, count in said.items():
        by_heading[HEADING[text.casefold()]] += count
    rows = [(name, {"count": by_heading[name]}) for name in HEADING.values() if by_heading[name]]
    rows += [("khong-ghi", {"count": silent})] if silent else []
    want.table("chu-de", [*rows, ("Cộng", {"count": len(sittings)})])
    order = list(HEADING.values())
    listed = sorted(
        said.items(), key=lambda item: (order.index(HEADING[item[0].casefold()]), -item[1], item[0])
    )
    rows = [
        (f"chu-de-{place}", {"text": text, "count": count})
        for place, (text, count) in enumerate(listed, start=1)
    ]
    want.table("chu-de-nguyen-van", rows)
    want.figures |= {
        "topics.sittings": len(sittings),
        "topics.said": sum(said.values()),
        "topics.not_said": silent,
        "topics.different": len(said),
        "topics.on_regular": sum(
            m.held and m.kind == "thuong_ky" and bool(m.row["topic"]) for m in book.meetings
        ),
    }
