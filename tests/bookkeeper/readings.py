"""Every combination of some readings, one after the other: what each makes of the same meetings."""

from __future__ import annotations

import itertools
from collections import Counter

from bookkeeper.audit import Points
from bookkeeper.results import RATERS
from bookkeeper.scoring import holds

CASE = ("not_applicable", "no_chi_uy", "chi_uy_in_criticism")
LETTER = ("not_applicable", "no_chi_uy", "chi_uy_in_criticism", "results_first_month", "thematic_points_off_month")
STUDY = ("thematic_points_off_month", "results_first_month", "level_gap", "attendance_denominator", "not_applicable")


def ways(book, questions):
    """Every choice of one option for each question."""
    return itertools.product(*([o["id"] for o in book.questions[q]["options"]] for q in questions))


def under(book, questions):
    """Combination → the meetings of the period as it makes them."""
    found = {}
    for way in ways(book, questions):
        chosen = dict(zip(questions, way, strict=True))
        options = {
            name: {**known, **{q: o for q, o in chosen.items() if name is None or book.concerns(name, q)}}
            for name, known in book.options.items()
        }
        found[way] = {m.id: m for m in book.scored(options) if m.due}
    return found


def case(book, want):
    """One chi bộ's month under every combination."""
    combinations = under(book, CASE)
    want.figures["case.combinations"] = len(combinations)
    meetings = sorted((m for m in book.meetings if any(c[m.id].counting for c in combinations.values()) and m.held), key=lambda m: m.id)
    rows, lines = [], []
    for m in meetings:
        results = [c[m.id] for c in combinations.values()]
        points = [100 * r.total / r.counting.out_of for r in results if r.total is not None]
        classes = Counter(r.form.titles[r.class_id] if r.assessed else "chờ bổ sung" for r in results)
        different = {(r.total, r.counting.out_of, r.class_id) for r in results}
        told = "; ".join(f"{name}: {count}" for name, count in classes.most_common())
        rows.append((m.id, {"id": m.id, "name": book.name(m.chi_bo), "low": Points(min(points, default=None)), "high": Points(max(points, default=None)),
                            "different": len(different), "classes": told}))  # fmt: skip
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
            absent = "applies_when" in rule and "otherwise" in rule and holds(rule["applies_when"], m.facts) is False
            if absent:
                for rater in [r for r in RATERS if r in m.sheets]:
                    line = next(x for x in m.sheets[rater].lines if x.rule["id"] == rule["id"])
                    entered = {"not_applicable": "không áp dụng", "blank": "bỏ trống"}.get(line.state, Points(line.entered))
                    lines.append(
                        (m.id, {"rater": RATERS[rater], "title": rule["title"], "max": Points(rule["max"] or None), "entered": entered})
                    )
    want.table("khoang-diem", rows)
    want.table("dong-chua-ro", lines)
