"""Random rule sets, meetings and sheets.

Lines are of every kind and raise any question; the proofs of a real rule set are not run.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
from hypothesis import strategies as st

from assess.base.periods import Period
from assess.records.tables import from_rows
from assess.rules import RuleSet
from assess.rules.parts import YearClass
from kit.small_slices import small_slice

CITE = {"source": "s", "at": "a"}
RAISED = {
    "bounds_question": "attendance_bound",
    "streak_question": "excused_streak",
    "bonus_question": "bonus_line",
    "closing_question": "closing_lines",
}
OTHERWISE = (
    "not_applicable",
    "no_chi_uy",
    "chi_uy_in_criticism",
    "thematic_points_off_month",
    "results_first_month",
)
FLAGS = (
    "has_chi_uy",
    "has_deputy",
    "leads_mass_organisations",
    "has_targets",
    "thematic_in_month",
    "combined",
)


@st.composite
def criteria(draw, name):
    """Draw one line of a random kind, raising questions at random."""
    kind = draw(st.sampled_from(["levels", "levels", "yes_no", "points", "deduct", "mark"]))
    top = float(draw(st.integers(1, 20)))
    line = {"id": name, "title": name, "kind": kind, "cite": CITE}
    if kind != "mark":
        line["max"] = top
    if kind == "levels":
        fact = draw(st.sampled_from(["attendance_rate", "speaker_rate", "minutes"]))
        scale = 120.0 if fact == "minutes" else 1.0
        cuts = sorted(
            draw(
                st.lists(
                    st.sampled_from([0.5, 0.65, 0.75, 0.8, 0.9]),
                    min_size=2,
                    max_size=2,
                    unique=True,
                )
            )
        )
        hole = draw(st.sampled_from([0.0, 0.0, 0.1, -0.1]))
        middle = {"at_least": cuts[0] * scale, "below": (cuts[1] - hole) * scale}
        line |= {
            "fact": fact,
            "levels": [
                {"id": "a", "title": "a", "points": top, "at_least": cuts[1] * scale},
                {
                    "id": "b",
                    "title": "b",
                    "points": draw(st.sampled_from([top / 2, top - 1])),
                    **middle,
                },
                {"id": "c", "title": "c", "points": 0.0, "below": cuts[0] * scale},
            ],
        }
        if draw(st.booleans()):
            line["overrides"] = [
                {"fact": "absent_unexcused", "at_least": 1, "level": "c", "question": "unexcused"}
            ]
    elif kind in ("yes_no", "mark") and draw(st.booleans()):
        line["met_when"] = draw(
            st.sampled_from(
                [
                    {"fact": "longest_excused_streak", "at_most": 3},
                    {"fact": "attendance_rate", "at_least": 0.8},
                    {"fact": "chi_uy_met", "is": True},
                ]
            )
        )
    line |= {key: question for key, question in RAISED.items() if draw(st.integers(0, 3)) == 0}
    if "bonus_question" in line and kind == "mark":
        del line["bonus_question"]
    if draw(st.booleans()):
        line["applies_when"] = {"fact": draw(st.sampled_from(FLAGS)), "is": draw(st.booleans())}
        line["otherwise"] = {"question": draw(st.sampled_from(OTHERWISE))}
    return line


@st.composite
def rule_sets(draw, name="thu"):
    """Draw a rule set of two to six lines, with points and class conditions, or of marks only."""
    lines = [draw(criteria(f"l{i}")) for i in range(draw(st.integers(2, 6)))]
    for line in lines[1:]:
        line.pop("bonus_question", None)  # a rule set of bonus lines only has no total
    if sum(line["kind"] != "mark" for line in lines) == 1:
        lines[0].pop("bonus_question", None)
    points = draw(st.integers(0, 5)) > 0 and any(line["kind"] != "mark" for line in lines)
    if not points:
        lines = [
            {
                key: value
                for key, value in line.items()
                if key not in ("max", "levels", "fact", "overrides", "bonus_question")
            }
            | {"kind": "mark"}
            for line in lines
        ]
    parts = [lines[::2], lines[1::2]]
    groups = [
        {
            "id": f"g{i}",
            "title": "g",
            "cite": CITE,
            "criteria": part,
            **({"max": sum(c.get("max", 0) for c in part)} if points else {}),
        }
        for i, part in enumerate(parts)
    ]
    # a thematic line may hand its points to another one
    ids = [line["id"] for part in parts for line in part]
    for line in lines:
        if (
            line.get("otherwise", {}).get("question") == "thematic_points_off_month"
            and line["kind"] != "mark"
        ):
            others = [
                other["id"]
                for other in lines
                if other["id"] != line["id"] and other["kind"] != "mark"
            ]
            if others:
                line["otherwise"]["to"] = draw(st.sampled_from(others))
    whole = sum(line.get("max", 0) for line in lines)
    made = {
        "id": name,
        "title": name,
        "short": name,
        "issuer": "i",
        "note": "n",
        "valid_from": "2020-01-01",
        "groups": groups,
        "sources": {"s": {"number": "1", "title": "t", "issuer": "i", "fidelity": "illustrative"}},
        "required_minutes": {
            "base": 90.0,
            "large": {"members": 20, "minutes": 120.0, "question": "required_minutes_at_30"},
            "cite": CITE,
        },
    }
    if points:
        made |= {
            "total": whole,
            "bands": [
                {"id": "tot", "title": "Tốt", "at_least": 0.9 * whole, "cite": CITE},
                {
                    "id": "kha",
                    "title": "Khá",
                    "at_least": 0.6 * whole,
                    "below": 0.9 * whole,
                    "cite": CITE,
                },
                {"id": "kem", "title": "Kém", "below": 0.6 * whole, "cite": CITE},
            ],
        }
        if draw(st.booleans()):
            needs = [
                {"criterion": name}
                for name in draw(
                    st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)
                )
            ]
            made["gates"] = [
                {
                    "id": "cong",
                    "title": "c",
                    "holds": draw(st.sampled_from(["tot", "kha"])),
                    "needs": needs,
                    "cite": CITE,
                }
            ]
        pointed = [line["id"] for line in lines if line["kind"] != "mark"]
        if len(pointed) > 1 and draw(st.booleans()):
            tops = sorted(
                line["max"]
                for line in lines
                if line["kind"] != "mark" and line["id"] in pointed[:2]
            )
            made["combined"] = {
                "lines": pointed[:2],
                "max": tops[1],
                "question": "combined_maximum",
                "cite": CITE,
            }
    else:
        made["outcome"] = {
            "all_met": {"id": "dat", "title": "Đạt", "cite": CITE},
            "otherwise": {"id": "khong", "title": "Không", "cite": CITE},
        }
    others = [
        "combined_maximum",
        "unexcused",
        "level_gap",
        "level_overlap",
        "speakers_base",
        "gate_fall",
        "required_minutes_at_30",
    ]
    raised = draw(
        st.lists(st.sampled_from([*RAISED.values(), *OTHERWISE[1:], *others]), unique=True)
    )
    made["questions"] = [{"id": q, "why": "w", "cite": CITE} for q in raised]
    return RuleSet.model_validate(made)


@st.composite
def meetings(draw):
    """Draw the facts on record of one meeting."""
    roll = draw(st.integers(10, 24))
    exempt, special = draw(st.integers(0, 3)), draw(st.integers(0, 2))
    present = draw(st.integers(max(1, roll - 8), roll))
    return {
        "kind": draw(st.sampled_from(["thuong_ky", "ket_hop"])),
        "status": draw(st.sampled_from(["held"] * 5 + ["postponed"])),
        "held_on": dt.date(2026, 3, draw(st.integers(1, 28))),
        "for_month": draw(st.sampled_from(["2026-02", "2026-03"])),
        "minutes": draw(st.sampled_from([40, 45, 60, 80, 90, 100, 120, None])),
        "roll": roll,
        "exempt": exempt,
        "special_duty": special,
        "present": present,
        "exempt_present": draw(st.integers(0, exempt)),
        "absent_excused": draw(st.integers(0, 3)),
        "absent_unexcused": draw(st.sampled_from([0, 0, 1, 2])),
        "longest_excused_streak": draw(st.integers(0, 4)),
        "speakers": draw(st.integers(0, present)),
        "chi_uy_met": draw(st.sampled_from([True, False, None])),
        "targets_set": draw(st.integers(0, 4)),
        "targets_met": 0,
    }


@st.composite
def sheets(draw, rules):
    """Draw a rater's entries: valid, over the maximum, between levels, not applicable, or blank."""
    entries = {}
    for c in rules.criteria:
        usual = (
            [0.0, c.top] if c.kind == "mark" else [0.0, c.top, c.top / 2, c.top - 0.25, c.top + 1]
        )
        entries[c.id] = draw(st.sampled_from([*usual, c.top, c.top, c.top, "n/a", None]))
    return entries


@st.composite
def slices(draw):
    """Draw a slice of one or two chi bộ, each on a rule set of its own.

    Also sheets on the other rule set, totals without lines, and a meeting on no rule set.
    """
    made = draw(_chi_bo("cb", "thu"))
    if draw(st.booleans()):
        made = _joined(made, draw(_chi_bo("cb2", "hai")))
    tables = dict(made.tables)
    sheets, meetings, lines = (
        tables["sheet"].copy(),
        tables["meeting"].copy(),
        tables["line"].copy(),
    )
    for row in sheets.index:
        if draw(st.integers(0, 9)) == 0:
            sheets.loc[row, "rule_set_id"] = draw(st.sampled_from(["thu", "hai"]))
        if draw(st.integers(0, 5)) == 0:
            sheets.loc[row, "stated_total"] = draw(st.sampled_from([0.0, 12.5, 30.0, 55.0]))
            mine = lines["sheet_id"] == sheets.loc[row, "sheet_id"]
            lines.loc[mine, "state"] = "blank"
            lines.loc[mine, "points"] = None
    for row in meetings.index:
        if draw(st.integers(0, 15)) == 0:
            meetings.loc[row, ["rule_set_id", "adopted_id"]] = None
    return replace(made, tables={**tables, "sheet": sheets, "meeting": meetings, "line": lines})


@st.composite
def _chi_bo(draw, chi_bo, name):
    rules = draw(rule_sets(name))
    found = {f"{chi_bo}-{i}": draw(meetings()) for i in range(draw(st.integers(1, 3)))}
    written = {}
    for meeting in found:
        for rater in draw(
            st.sampled_from(
                [
                    ("self",),
                    ("self",),
                    ("superior",),
                    ("self", "superior"),
                    ("self", "superior", "inspector"),
                    (),
                ]
            )
        ):
            written[meeting, rater] = draw(sheets(rules))
    about = {
        key: draw(st.booleans()) for key in ("has_chi_uy", "has_deputy", "leads_mass_organisations")
    }
    return small_slice(rules, found, written, chi_bo=about, chi_bo_id=chi_bo)


def _joined(one, other):
    tables = {
        name: pd.concat([table, other.tables[name]], ignore_index=True)
        for name, table in one.tables.items()
    }
    return replace(one, tables=tables, rule_sets={**one.rule_sets, **other.rule_sets})


@st.composite
def year_tests(draw, names, *, points):
    """Draw a rule for the year: one or two classes, each with some tests."""
    whole = draw(st.sampled_from(["complete", "complete", "broken off"])) == "complete"
    tests = [
        {"of": "months_held", "at_least": draw(st.sampled_from([8, 12]))},
        {"of": "months_classed", "classes": names[:1], "at_least": draw(st.sampled_from([4, 9]))},
        {"of": "meetings_classed", "classes": names[-1:], "at_most": draw(st.sampled_from([0, 2]))},
        {"of": "share_classed", "classes": names[:2], "at_least": 0.5},
        {"of": "thematic_quarters", "equals": 4},
        *(
            [{"of": "mean", "at_least": draw(st.sampled_from([10.0, 20.0, 40.0]))}]
            if points
            else []
        ),
    ]
    found = []
    for name in names[: draw(st.integers(1, 2))]:
        some = draw(
            st.lists(st.sampled_from(tests), min_size=1, max_size=3, unique_by=lambda t: t["of"])
        )
        found.append({"id": name, "title": name, "tests": some, "complete": whole, "cite": CITE})
    return found


@st.composite
def years(draw):
    """Draw a slice of a chi bộ over a quarter, half or whole year.

    Months may be cancelled, merged, missing, with two meetings, or spent elsewhere.
    """
    rules = draw(rule_sets())
    if draw(st.integers(0, 3)):
        names = [c.id for c in rules.classes]
        rules = rules.model_copy(
            update={
                "year": tuple(
                    map(YearClass.model_validate, draw(year_tests(names, points=rules.has_points)))
                )
            }
        )
    period = Period.parse(draw(st.sampled_from(["2026-Q1", "2026-H2", "2026", "2026"])))
    found, written = {}, {}
    # most months of a year are alike
    usual = (
        [draw(meetings()) | {"status": "held"} for _ in range(2)],
        [draw(sheets(rules)) for _ in range(2)],
    )
    for month in period.months:
        for n in range(draw(st.sampled_from([1, 1, 1, 1, 0, 2]))):
            day = dt.date(int(month[:4]), int(month[5:]), draw(st.sampled_from([3, 5, 20])))
            status = draw(st.sampled_from(["held"] * 6 + ["cancelled", "postponed", "merged"]))
            kind = draw(st.sampled_from(["thuong_ky"] * 4 + ["ket_hop", "chuyen_de"]))
            row = draw(st.sampled_from(usual[0])) | {
                "held_on": day,
                "for_month": month,
                "status": status,
                "kind": kind,
            }
            found[f"{month}-{n}"] = row
            if status == "held" and draw(st.integers(0, 9)):
                written[f"{month}-{n}", "self"] = draw(st.sampled_from(usual[1]))
    if not found:
        found["none"] = {"status": "cancelled", "for_month": period.months[0]}
    return _over(small_slice(rules, found, written), period, *draw(st.sampled_from(STAYS)))


STAYS = [
    *[("2000-01", None)] * 6,
    ("2026-02", None),
    ("2000-01", "2026-02"),
    ("2026-02", "2026-08"),
]
"""The month from which a chi bộ belongs here, and the month from which it belongs elsewhere."""


def _over(made, period, begins, leaves):
    """Put a slice's chi bộ under a đảng bộ, and from some month under another one."""
    head = {"level": "tren_co_so", "kind": "cap_uy", "valid_from": dt.date(2000, 1, 1)}
    unit = {
        "level": "chi_bo",
        "parent_id": "db",
        "valid_from": dt.date.fromisoformat(f"{begins}-01"),
    }
    known = {**made.tables["unit"].iloc[0].to_dict(), **unit}
    rows = [
        {"unit_id": "db", "name": "Đảng bộ", **head},
        {"unit_id": "db2", "name": "Đảng bộ khác", **head},
        known,
    ]
    if leaves:
        last = dt.date.fromisoformat(f"{leaves}-01") - dt.timedelta(days=1)
        rows[2:] = [
            known | {"valid_to": last},
            known | {"parent_id": "db2", "valid_from": last + dt.timedelta(days=1)},
        ]
    months = [m for m in period.months if begins <= m and not (leaves and m >= leaves)]
    tables = {
        **made.tables,
        "unit": from_rows(
            "unit", [{k: v for k, v in row.items() if v == v and v is not None} for row in rows]
        ),
        "due": pd.DataFrame(
            {
                "chi_bo_id": pd.Series(["cb"] * len(months), dtype="str"),
                "month": pd.Series(months, dtype="str"),
            }
        ),
    }
    return replace(made, dang_bo="db", period=period, tables=tables)
