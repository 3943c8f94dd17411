"""Every combination of some readings, one after the other, on the same meetings."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction

from bookkeeper.audit import Points, Ratio
from bookkeeper.results import RATERS
from bookkeeper.scoring import ends, holds

READ = {
    "score_basis",
    "not_applicable",
    "thematic_points_off_month",
    "no_chi_uy",
    "chi_uy_in_criticism",
    "results_first_month",
    "bonus_line",
    "level_gap",
    "attendance_denominator",
}
"""The questions whose every option the bookkeeper knows.

A case or a study of other questions is not worked out.
"""


def asked_on(page, book):
    """Return the questions that a page names, in the order of the catalogue.

    The package chooses the questions; the bookkeeper works out their effect.
    """
    titles = (
        [row.cells["title"] for row in page.tables["cau-hoi"].rows]
        if "cau-hoi" in page.tables
        else []
    )
    found = {
        figure["name"].split(".")[1]
        for figure in page.figures
        if figure["name"].startswith("petition.")
    }
    for name, table in page.tables.items():
        if name.startswith("cach-hieu-") and "total" in table.columns:
            found.update(table.columns)
            titles += [row.band.split(": ")[0] for row in table.rows] + [
                row.band for row in table.rows
            ]
    found |= {
        q
        for q, question in book.questions.items()
        if any(
            title == question["title"] or title.startswith(f"{question['title']}: ")
            for title in titles
        )
    }
    return tuple(q for q in book.questions if q in found)


def ways(book, questions):
    """Return every choice of one option for each question."""
    return itertools.product(*([o["id"] for o in book.questions[q]["options"]] for q in questions))


def under(book, questions):
    """Map each combination to the meetings of the period scored under it."""
    found, known_ways = {}, {}
    idle = (
        {q for q in questions if book.questions[q].get("facts")}
        if "score_basis" in questions
        else set()
    )
    for way in ways(book, questions):
        chosen = dict(zip(questions, way, strict=True))
        # a question about facts only moves points that are worked out from facts
        short = tuple(
            o for q, o in chosen.items() if chosen.get("score_basis") != "entered" or q not in idle
        )
        if short in known_ways:
            found[way] = known_ways[short]
            continue
        options = {
            name: {
                **known,
                **{q: o for q, o in chosen.items() if name is None or book.concerns(name, q)},
            }
            for name, known in book.options.items()
        }
        found[way] = known_ways[short] = {
            m.id: m for m in book.scored(options, ("self", "superior")) if m.due
        }
    return found


def case(book, want):
    """Work out one chi bộ's month under every combination."""
    if not book.asked or not set(book.asked) <= READ:
        return
    combinations = under(book, book.asked)
    want.figures["case.combinations"] = len(combinations)
    meetings = sorted(
        (
            m
            for m in book.meetings
            if any(c[m.id].counting for c in combinations.values()) and m.held
        ),
        key=lambda m: m.id,
    )
    rows, lines = [], []
    for m in meetings:
        results = [c[m.id] for c in combinations.values()]
        points = [100 * r.total / r.counting.out_of for r in results if r.total is not None]
        classes = Counter(
            r.form.titles[r.class_id] if r.assessed else "chờ bổ sung" for r in results
        )
        different = {(r.total, r.counting.out_of, r.class_id) for r in results}
        told = "; ".join(f"{name}: {count}" for name, count in classes.most_common())
        rows.append(
            (
                m.id,
                {
                    "name": book.name(m.chi_bo),
                    "low": Points(min(points, default=None)),
                    "high": Points(max(points, default=None)),
                    "different": len(different),
                    "classes": told,
                },
            )
        )
        full = []
        for place, r in enumerate(results, start=1):
            verdict = r.form.titles[r.class_id] if r.class_id else "chờ"
            full.append(
                (
                    str(place),
                    {
                        "number": place,
                        "total": Points(r.total),
                        "out_of": Points(r.counting.out_of if r.total is not None else None),
                        "class": verdict,
                    },
                )
            )
        want.table(f"cach-hieu-{m.id}", full)
        for rule in m.form.lines:
            settled = "otherwise" not in rule or not {
                rule["otherwise"]["question"],
                "not_applicable",
            } & set(book.asked)
            absent = (
                "applies_when" in rule
                and not settled
                and holds(rule["applies_when"], m.facts) is False
            )
            if absent:
                for rater in sorted(m.sheets, key=lambda r: m.sheets[r].row["sheet_id"]):
                    line = next(x for x in m.sheets[rater].lines if x.rule["id"] == rule["id"])
                    entered = {"not_applicable": "không áp dụng", "blank": "bỏ trống"}.get(
                        line.state, Points(line.entered)
                    )
                    lines.append(
                        (
                            m.id,
                            {
                                "rater": RATERS[rater],
                                "title": rule["title"],
                                "max": Points(rule["max"] or None),
                                "entered": entered,
                            },
                        )
                    )
    want.table("khoang-diem", rows)
    want.table("dong-chua-ro", lines)


# --- a study --------------------------------------------------------------------------------------

VERDICTS = {"robust": "Vững", "fragile": "Dễ đổi", "contested": "Chưa ổn định"}


class Study:
    """The meetings of a period under every combination of some readings.

    The readings include what points are taken from.
    """

    def __init__(self, book, questions):
        self.book = book
        self.questions = list(questions)
        found = under(book, self.questions)
        self.options = {q: [o["id"] for o in book.questions[q]["options"]] for q in self.questions}
        ids = [m.id for m in book.meetings if m.form is not None and m.held]
        everything = {
            i: {way: self._result(meetings[i]) for way, meetings in found.items()} for i in ids
        }
        self.cases = {
            i: r
            for i, r in everything.items()
            if any(code not in {"waiting", "no_result"} for code, _ in r.values())
        }
        self.meeting = {m.id: m for m in book.meetings}
        self.base = {
            i: tuple(book.options[self.meeting[i].form.id][q] for q in self.questions)
            for i in self.cases
        }
        self.full, self.of_all = (dict(self.cases), dict(self.base)), len(found)
        self._merge()

    def _merge(self):
        """Count options once that give every case the same result under all other readings.

        The option in use is kept, else the first.
        """
        stands_for = []
        for axis, question in enumerate(self.questions):
            used, place = {base[axis] for base in self.base.values()}, {}
            by_option = {o: {} for o in self.options[question]}
            for case, results in self.cases.items():
                for way, result in results.items():
                    by_option[way[axis]][case, *way[:axis], *way[axis + 1 :]] = result
            for option in self.options[question]:
                alike = [o for o in self.options[question] if by_option[o] == by_option[option]]
                place[option] = next((o for o in alike if o in used), alike[0])
            stands_for.append(place)
        kept = [set(place.values()) for place in stands_for]
        self.cases = {
            i: {w: r for w, r in rs.items() if all(o in k for o, k in zip(w, kept, strict=True))}
            for i, rs in self.cases.items()
        }
        self.base = {
            i: tuple(place[o] for o, place in zip(base, stands_for, strict=True))
            for i, base in self.base.items()
        }
        self.combinations = math.prod(map(len, kept))

    @staticmethod
    def _result(meeting):
        if meeting.assessed:
            points = (
                None if meeting.total is None else 100 * meeting.total / meeting.counting.out_of
            )
            return meeting.class_id, points
        return ("waiting" if meeting.waiting else "no_result"), None

    def code(self, case, way=None):
        return self.cases[case][way or self.base[case]][0]

    def share(self, case, code):
        results = [c for c, _ in self.cases[case].values()]
        return Fraction(results.count(code), len(results))

    def verdict(self, case):
        share = self.share(case, self.code(case))
        return "robust" if share == 1 else "fragile" if 3 * share >= 2 else "contested"

    def flips(self, case):
        """Return the smallest sets of questions that change the class when only they differ.

        The other questions keep the readings in use, and no smaller part of a set changes the
        class.
        """
        base, now = self.base[case], self.code(case)
        found = []
        for size in range(1, len(base) + 1):
            for axes in itertools.combinations(range(len(base)), size):
                if any(set(known) < set(axes) for known in found):
                    continue
                ways_ = (
                    w
                    for w in self.cases[case]
                    if all(w[a] == base[a] for a in range(len(base)) if a not in axes)
                )
                if any(self.code(case, w) != now for w in ways_):
                    found.append(axes)
        return found

    def lines(self, case, axis):
        """Return groups of combinations that differ in one question only."""
        groups = {}
        for way in self.cases[case]:
            groups.setdefault((*way[:axis], *way[axis + 1 :]), []).append(way)
        return groups.values()

    def touches(self, case, axis):
        return any(
            len({self.cases[case][w] for w in group}) > 1 for group in self.lines(case, axis)
        )

    def moves(self, case, axis):
        return any(len({self.code(case, w) for w in group}) > 1 for group in self.lines(case, axis))

    def together(self, case, one, other, values):
        """Return the variance from two questions together, beyond that of each alone.

        ``values`` are numbers by combination.
        """

        def by(*axes):
            groups = {}
            for way, value in values.items():
                groups.setdefault(tuple(way[a] for a in axes), []).append(value)
            return sum(Fraction(sum(v), len(v)) ** 2 for v in groups.values()) / len(groups)

        return by(one, other) - by(one) - by(other) + by()

    def change(self, axis, cases):
        """Return the mean number of points by which the options not in use move a case.

        Up or down; averaged over each case, then over the cases.
        """
        means = []
        for case in cases:
            moved = []
            for group in self.lines(case, axis):
                points = {way[axis]: self.cases[case][way][1] for way in group}
                base = points.pop(self.base[case][axis])
                moved += [
                    abs(p - base) for p in points.values() if p is not None and base is not None
                ]
            means += [sum(moved, Fraction(0)) / len(moved)] if moved else []
        return sum(means, Fraction(0)) / len(means) if means else None

    def indices(self, case, axis, values):
        """Return a question's first-order and total variance, and the whole variance.

        ``values`` are numbers by combination; they are summed as integers.
        """
        scale = math.lcm(*(Fraction(v).denominator for v in values.values()))
        whole_ = {way: int(v * scale) for way, v in values.items()}
        by_option, groups = {}, self.lines(case, axis)
        for way, value in whole_.items():
            by_option.setdefault(way[axis], []).append(value)
        mean_ = Fraction(sum(whole_.values()), len(whole_)) ** 2
        alone = (
            sum(Fraction(sum(v), len(v)) ** 2 for v in by_option.values()) / len(by_option) - mean_
        )
        size = len(by_option)
        within_ = sum(
            size * sum(whole_[w] ** 2 for w in group) - sum(whole_[w] for w in group) ** 2
            for group in groups
        )
        whole = Fraction(sum(v * v for v in whole_.values()), len(whole_)) - mean_
        return (
            alone / scale**2,
            Fraction(within_, size * size * len(groups) * scale**2),
            whole / scale**2,
        )


def study(book, want):
    if not set(book.asked) <= READ:
        return
    found = Study(book, book.asked)
    cases = sorted(found.cases)
    if not cases:
        return
    want.figures |= {
        "study.combinations": found.combinations,
        "study.combinations_of_all": found.of_all,
        "study.map.questions": len(found.questions),
    }
    seen = {
        tuple(results[way] for results in found.cases.values())
        for way in next(iter(found.cases.values()), ())
    }
    want.figures |= {
        "study.different": len(seen),
        "study.map.chi_bo": len({found.meeting[c].chi_bo for c in found.cases}),
    }
    count = Counter(found.verdict(case) for case in cases)
    parts = {name: Ratio(Fraction(count[name], len(cases))) for name in VERDICTS}
    rows = [(word, {"count": count[name], "share": parts[name]}) for name, word in VERDICTS.items()]
    for name, share in parts.items():
        want.figures |= {f"study.{name}": count[name], f"study.{name}.share": share}
    want.table("do-vung", [*rows, ("Cộng", {"count": len(cases), "share": Ratio(Fraction(1))})])
    rows = []
    for chi_bo in sorted({found.meeting[case].chi_bo for case in cases}):
        mine = [case for case in cases if found.meeting[case].chi_bo == chi_bo]
        spreads = [[p for _, p in found.cases[case].values() if p is not None] for case in mine]
        fewest = [min(map(len, found.flips(case))) for case in mine if found.flips(case)]
        cells = {
            "count": len(mine),
            **{name: sum(found.verdict(case) == name for case in mine) for name in VERDICTS},
            "fewest": min(fewest, default=None),
        }
        rows.append(
            (
                (chi_bo, book.name(chi_bo)),
                {**cells, "spread": Points(max(max(p) - min(p) for p in spreads if p))},
            )
        )
    want.table("vung-theo-chi-bo", rows)
    for rules in book.forms:
        mine = [
            case
            for case in cases
            if found.meeting[case].form is rules and found.verdict(case) != "robust"
        ]
        rows = []
        for case in mine:
            parts = {c["id"]: found.share(case, c["id"]) for c in rules.classes}
            cells = {
                **{name: Ratio(part) for name, part in parts.items()},
                "waits": Ratio(1 - sum(parts.values())),
                "flips": min(map(len, found.flips(case))),
                **margins(found.meeting[case]),
            }
            rows.append((case, cells))
        if rows:
            want.table(f"kha-nang-{rules.id}", rows)
    _questions(book, want, found, cases)
    _options(book, want, found, cases)


def margins(meeting):
    """Return the points above the lower edge of the class, and those missing to the better one.

    Neither is given where a class condition holds the class down.
    """
    if not meeting.assessed or meeting.total is None or meeting.counting.gate:
        return {"spare": Points(None), "short": Points(None)}
    edges = [ends(band, {})[0][0] for band in meeting.form.classes]
    place, total = meeting.counting.rank, meeting.total
    spare = None if edges[place] is None else total - edges[place]
    return {"spare": Points(spare), "short": Points(edges[place - 1] - total if place else None)}


def _questions(book, want, found, cases):
    rows, parts, whole = [], Counter(), Fraction(0)
    for case in cases:
        for code in {c for c, _ in found.cases[case].values()}:
            values = {way: int(c == code) for way, (c, _) in found.cases[case].items()}
            mean = Fraction(sum(values.values()), len(values))
            whole += mean - mean**2
            for one, other in itertools.combinations(range(len(found.questions)), 2):
                parts[found.questions[one], found.questions[other]] += found.together(
                    case, one, other, values
                )
    for (one, other), part in parts.items():
        want.figures |= {
            f"study.pair.{a}.{b}": Ratio(part / whole if whole else None)
            for a, b in ((one, other), (other, one))
        }
    for axis, question in enumerate(found.questions):
        alone = {found.meeting[c].chi_bo for c in cases if (axis,) in found.flips(c)}
        together = {
            found.meeting[c].chi_bo
            for c in cases
            if any(axis in some and len(some) > 1 for some in found.flips(c))
        } - alone
        touched = [c for c in cases if found.touches(c, axis)]
        cells = {
            "number": axis + 1,
            "touched": len(touched),
            "moves": sum(found.moves(c, axis) for c in cases),
            "alone": len(alone),
            "together": len(together),
        }
        cells["change"] = Points(found.change(axis, touched))
        sums = [Fraction(0)] * 6
        for case in cases:
            points = {way: p for way, (_, p) in found.cases[case].items()}
            if None not in points.values():
                sums[:3] = [
                    a + b for a, b in zip(sums[:3], found.indices(case, axis, points), strict=True)
                ]
            for code in {c for c, _ in found.cases[case].values()}:
                values = {way: Fraction(c == code) for way, (c, _) in found.cases[case].items()}
                sums[3:] = [
                    a + b for a, b in zip(sums[3:], found.indices(case, axis, values), strict=True)
                ]
        if touched:
            cells |= {
                "first": Ratio(sums[0] / sums[2] if sums[2] else None),
                "total": Ratio(sums[1] / sums[2] if sums[2] else None),
            }
            cells |= {
                "class_first": Ratio(sums[3] / sums[5] if sums[5] else None),
                "class_total": Ratio(sums[4] / sums[5] if sums[5] else None),
            }
        rows.append(((book.questions[question]["title"], f"{axis + 1}"), cells))
    want.table("cau-hoi", rows)
    totals = [
        cells["class_total"].value
        for _, cells in rows
        if cells["touched"] and cells["class_total"].value is not None
    ]
    want.figures["study.largest.class_total"] = Ratio(max(totals, default=None))


def _options(book, want, found, cases):
    rows = []
    for axis, question in enumerate(found.questions):
        touched = [c for c in cases if found.touches(c, axis)]
        if not touched:
            continue
        for option in book.questions[question]["options"]:
            every, base = found.full
            moved = {c: (*base[c][:axis], option["id"], *base[c][axis + 1 :]) for c in touched}
            changed = [c for c in touched if every[c][moved[c]][0] != every[c][base[c]][0]]
            pairs = [(every[c][moved[c]][1], every[c][base[c]][1]) for c in touched]
            points = [a - b for a, b in pairs if a is not None and b is not None]
            cells = {
                "changed": len(changed),
                "chi_bo": len({found.meeting[c].chi_bo for c in changed}),
            }
            in_use = all(option["id"] == found.base[c][axis] for c in touched)
            cells["points"] = Points(
                sum(points, Fraction(0)) / len(points) if points and not in_use else None
            )
            rows.append(((f"{book.questions[question]['title']} · {option['title']}",), cells))
    want.table("tung-cach-hieu", rows)


# --- a letter that asks for clauses to be made clear ----------------------------------------------


def petition(book, want):
    """Count what each option changes where it alone is read otherwise.

    The letter counts only what it lists.
    """
    asked = [q for q in book.asked if q in READ]
    held = [m.id for m in book.meetings if m.held and m.form is not None]
    now = {m.id: m for m in book.scored(book.options, ("self", "superior"))}
    for question in asked:
        anybody = set()
        for option in book.questions[question]["options"]:
            options = {
                n: {
                    **o,
                    **({question: option["id"]} if n is None or book.concerns(n, question) else {}),
                }
                for n, o in book.options.items()
            }
            other = {m.id: m for m in book.scored(options, ("self", "superior"))}
            changed = [
                i
                for i in held
                if now[i].class_id != other[i].class_id or now[i].assessed != other[i].assessed
            ]
            changed = [i for i in changed if now[i].assessed or other[i].assessed]
            name = f"petition.{question}.{option['id']}"
            want.figures |= {
                f"{name}.changed": len(changed),
                f"{name}.chi_bo": len({now[i].chi_bo for i in changed}),
            }
            anybody.update(now[i].chi_bo for i in changed)
        want.figures[f"petition.{question}.chi_bo"] = len(anybody)
