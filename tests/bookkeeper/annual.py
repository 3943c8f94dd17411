"""The annual list: proposed classes, the cap of each group, decisions; the plan of inspections."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from bookkeeper.audit import Points, Ratio
from bookkeeper.book import shares
from bookkeeper.scoring import day, flag, number, within
from bookkeeper.work import KINDS, listed

CLASSES = {
    "htxsnv": "Hoàn thành xuất sắc nhiệm vụ",
    "httnv": "Hoàn thành tốt nhiệm vụ",
    "htnv": "Hoàn thành nhiệm vụ",
    "khtnv": "Không hoàn thành nhiệm vụ",
}
FOUR = {
    "A": ("left", "floor"),
    "B": ("all", "floor"),
    "C": ("all", "half"),
    "D": ("all", "ceiling"),
}


class Line:
    """One unit of the list."""

    def __init__(self, book, rules, row):
        self.unit, self.row = row["unit_id"], row
        self.facts = facts_of(row)
        parts = [number(row[part["id"]]) for part in rules["parts"]]
        self.points = sum(parts) if None not in parts else None
        self.unmet, self.listed, self.status, self.by_points = [], "", "classed", None
        self.class_id = self._propose(rules, parts)
        self.proposed = self.class_id
        kind = book.row_of(self.unit, book.end)["kind"]
        self.group = row["peer_group"] or f"chi bộ {KINDS[kind]}"
        decisions = [
            d
            for d in book.tables["decision"]
            if d["unit_id"] == self.unit
            and d["year"] == book.period[:4]
            and day(d["decided_on"]) <= book.today
        ]
        self.decisions = sorted(decisions, key=lambda d: int(d["version"]))
        self.decided = self.decisions[-1]["annual_class"] if self.decisions else None

    def _propose(self, rules, parts):
        named = next(
            (case["title"] for case in rules["listed"] if case["id"] == self.row["listed_case"]), ""
        )
        shown = next(
            (
                case["title"]
                for case in rules["listed"]
                if "when" in case and self._holds(case["when"])
            ),
            "",
        )
        self.listed = named or shown
        if self.listed:
            return rules["classes"][-1]["id"]
        if self.points is None:
            self.status = "incomplete"
            return None
        if any(value > part["max"] for value, part in zip(parts, rules["parts"], strict=True)):
            self.status = "over"
            return None
        place = next(
            place for place, found in enumerate(rules["classes"]) if within(found, self.points, {})
        )
        self.by_points = rules["classes"][place]["id"]
        for at, found in enumerate(rules["classes"][place:]):
            if place + at == len(rules["classes"]) - 1 and at:
                self.status = "no_class"
                return None
            conditions = [(c, self._holds(c)) for c in found.get("conditions", ())]
            if at == 0:
                self.unmet = [c for c, holds in conditions if holds is False]
            if any(holds is None for _, holds in conditions):
                self.status = "incomplete"
                return None
            if all(holds for _, holds in conditions):
                return found["id"]
        return None

    def _holds(self, condition):
        value = self.facts.get(condition["fact"])
        if value is None:
            return None
        return (value > 0) == condition["is"] if "is" in condition else within(condition, value, {})


def facts_of(row):
    """Return the shares that class conditions ask for, without those that are unknown."""
    found, tasks = {}, number(row["tasks_set"])
    counts = {name: number(row[f"tasks_{name}"]) for name in ("on_time", "late", "beyond")}
    if tasks:
        found |= {
            f"{name}_share": value / tasks for name, value in counts.items() if value is not None
        }
        if counts["on_time"] is not None and counts["late"] is not None:
            found["done_share"] = (counts["on_time"] + counts["late"]) / tasks
    short, remedied = number(row["shortcomings"]), number(row["shortcomings_remedied"])
    if short == 0:
        found["remedied_share"] = Fraction(1)
    elif short and remedied is not None:
        found["remedied_share"] = remedied / short
    if row["disciplined"] is not None:
        found["disciplined"] = Fraction(flag(row["disciplined"]))
    return found


def places(pool, percent, over, rounding):
    """Return the largest number of best classes that the share allows, tried one by one."""
    best = 0
    for count in range(pool + 1):
        share = Fraction((pool - count if over == "left" else pool) * percent, 100)
        allowed = {
            "floor": int(share),
            "half": int(share + Fraction(1, 2)),
            "ceiling": -int(-share // 1),
        }[rounding]
        if count <= allowed:
            best = count
    return best


class Proposal:
    """The list and its groups under the default readings."""

    def __init__(self, book):
        rules = book.annual_data("qd366-2025")
        self.percent = int(
            book.adopted(book.dang_bo, "cap_percent", book.end)[0] or rules["cap"]["percent"]
        )
        self.lines = [Line(book, rules, row) for row in listed(book)]
        self.groups = []
        for name in sorted({line.group for line in self.lines}):
            mine = [line for line in self.lines if line.group == name]
            best = sorted(
                (line for line in mine if line.class_id == "htxsnv"),
                key=lambda line: (-line.points, line.unit),
            )
            second = [line for line in mine if line.class_id == "httnv"]
            limit = places(len(best) + len(second), self.percent, *FOUR["A"])
            kept, tied = best[:limit], []
            if 0 < limit < len(best) and best[limit - 1].points == best[limit].points:
                tied = [line for line in best if line.points == best[limit].points]
                kept = [line for line in kept if line not in tied]
            for line in best:
                if line not in kept:
                    line.proposed = "httnv"
            decided = Counter(line.decided for line in mine)
            if best or second or decided["htxsnv"]:
                self.groups.append(
                    {
                        "name": name,
                        "best": best,
                        "second": second,
                        "limit": limit,
                        "kept": kept,
                        "tied": tied,
                        "decided": decided["htxsnv"],
                        "decided_limit": places(
                            decided["htxsnv"] + decided["httnv"], self.percent, *FOUR["A"]
                        ),
                    }
                )


def annual_result(book, want):
    proposal = Proposal(book)
    lines = proposal.lines
    supported, proposed, decided = (
        Counter(getattr(line, name) for line in lines)
        for name in ("class_id", "proposed", "decided")
    )
    named = [*CLASSES, None]
    rows = [
        (
            CLASSES[c] if c else "Chưa đề nghị được",
            {
                "supported": supported[c],
                "proposed": proposed[c],
                "share": Ratio(part),
                "decided": decided[c] if c else None,
            },
        )
        for c, part in zip(named, shares([proposed[c] for c in named]), strict=True)
    ]
    rows.append(
        (
            "Chưa có quyết định",
            {"supported": None, "proposed": None, "share": None, "decided": decided[None]},
        )
    )
    rows.append(
        (
            "Cộng",
            {
                "supported": len(lines),
                "proposed": len(lines),
                "share": Ratio(Fraction(1)),
                "decided": len(lines),
            },
        )
    )
    want.table("xep-loai-nam", rows)
    waiting = [line for line in lines if line.status != "classed"]
    want.figures |= {
        "list.files": len(lines),
        "list.decided": len(lines) - decided[None],
        "list.listed": sum(bool(line.listed) for line in lines),
        "list.capped": sum(line.proposed != line.class_id for line in lines),
        "list.unmet": sum(bool(line.unmet) for line in lines),
        "list.waiting": len(waiting),
        "list.differ": sum(
            bool(line.decided and line.proposed and line.decided != line.proposed) for line in lines
        ),
    }
    for group in proposal.groups:
        want.figures |= {
            f"cap.{group['name']}.decided": group["decided"],
            f"cap.{group['name']}.decided_limit": group["decided_limit"],
        }
    for line in lines:
        want.figures[f"list.{line.unit}.points"] = Points(line.points)
        for condition in line.unmet:
            if condition["fact"] in line.facts:
                want.figures[f"list.{line.unit}.{condition['id']}"] = Ratio(
                    line.facts[condition["fact"]]
                )


def annual_list(book, want):
    lines = sorted(
        Proposal(book).lines, key=lambda line: (line.group, -(line.points or 0), line.unit)
    )
    rows = []
    for place, line in enumerate(lines, start=1):
        counts = Counter()
        for rules in book.forms:
            for m in book.on_form(rules):
                if m.assessed and m.chi_bo == line.unit:
                    counts[rules.titles[m.class_id]] += 1
        titles = dict.fromkeys(c["title"] for rules in book.forms for c in rules.classes)
        told = "; ".join(f"{title} {counts[title]}" for title in titles if counts[title]) or None
        cells = {
            "number": place,
            "self": line.row["self_class"].upper(),
            "points": Points(line.points),
            "meetings": told,
            "supported": line.class_id and line.class_id.upper(),
            "proposed": line.proposed and line.proposed.upper(),
            "decided": line.decided and line.decided.upper(),
        }
        rows.append(((line.unit, book.name(line.unit)), cells))
    want.table("danh-sach", rows)


def cap(book, want):
    proposal = Proposal(book)
    want.figures["cap.percent"] = proposal.percent
    if not proposal.groups:
        return
    rows, four = [], []
    for g in proposal.groups:
        name = g["name"][:1].upper() + g["name"][1:]
        pool = len(g["best"]) + len(g["second"])
        cells = {
            "best": len(g["best"]),
            "second": len(g["second"]),
            "limit": g["limit"],
            "kept": len(g["kept"]),
            "left": pool - len(g["kept"]),
            "tied": len(g["tied"]),
        }
        rows.append((name, cells))
        four.append(
            (
                name,
                {
                    "pool": pool,
                    **{
                        letter: places(pool, proposal.percent, *how) for letter, how in FOUR.items()
                    },
                },
            )
        )
    total = {name: sum(cells[name] for _, cells in rows) for name in rows[0][1]}
    want.table("tran", [*rows, ("Cộng", total)])
    want.table("tran-cach-hieu", four)


def decider(book, unit):
    """Return in words who decides on a unit's class, and who only proposes it."""
    above, upper = book.above(unit, book.end), book.reports_to(unit, book.end)
    level, under = (book.on(book.end)[name]["level"] for name in (unit, upper))
    body = next(
        d["body"]
        for d in book.annual_data("qd366-2025")["deciders"]
        if (d["level"], d["under"]) == (level, under)
    )
    part = book.on(book.end)[above[1]]["level"] == "bo_phan"
    return f"{body} ({book.name(upper)})" + (f"; {book.name(above[1])} đề xuất" if part else "")


def decisions(book, want):
    lines = Proposal(book).lines
    all_ = [d for line in sorted(lines, key=lambda line: line.unit) for d in line.decisions]
    want.figures["decisions.again"] = sum(len(line.decisions) > 1 for line in lines)
    want.figures |= {
        f"decisions.of.{who}": count
        for who, count in Counter(decider(book, line.unit) for line in lines).items()
    }
    rows = []
    for d in all_:
        cells = {
            "version": int(d["version"]),
            "class": d["annual_class"].upper(),
            "day": day(d["decided_on"]),
            "number": d["number"],
            "reason": d["reason"],
        }
        rows.append(((book.name(d["unit_id"]), d["unit_id"]), cells))
    if rows:
        want.table("quyet-dinh", rows)
