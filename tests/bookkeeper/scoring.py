"""The points, the total and the class of one sheet, worked out line by line with fractions.

The sources are the rule file and the rows of the records.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

import yaml


def number(text):
    """Return a written number as a fraction; None for an empty cell."""
    return None if text in {None, ""} else Fraction(str(text).replace(",", "."))


def day(text):
    return None if text in {None, ""} else dt.date.fromisoformat(str(text)[:10])


def flag(text):
    return None if text is None else text in {"true", "1"}


@cache
def read_yaml(path):
    """Read a rule file as it is written."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - both are safe


class Rules:
    """A rule file as it is written, with the ids of its lines and classes."""

    def __init__(self, path):
        self.data = read_yaml(path)
        self.id = self.data["id"]
        self.short = self.data["short"]
        self.thematic = self.data.get("meeting") == "chuyen_de"
        self.total = Fraction(str(self.data.get("total", 0)))
        self.groups = self.data["groups"]
        self.lines = [
            {**line, "group": group["id"], "max": Fraction(str(line.get("max", 0)))}
            for group in self.groups
            for line in group["criteria"]
        ]
        outcome = self.data.get("outcome")
        self.classes = (
            self.data["bands"]
            if "bands" in self.data
            else [outcome["all_met"], outcome["otherwise"]]
        )
        self.titles = {c["id"]: c["title"] for c in self.classes}
        self.has_points = any(line["kind"] != "mark" for line in self.lines)
        self.raises = {q["id"]: q.get("default") for q in self.data.get("questions", [])}

    def top(self, line):
        return Fraction(1) if line["kind"] == "mark" else line["max"]


def catalogue(path):
    """Map each question to its options, the default first."""
    return {q["id"]: q for q in read_yaml(path)["questions"]}


def options_for(rules, known, given):
    """Return the option of every question for one rule set.

    The given one, else the rule set's own, else the catalogue's default.
    """
    found = {}
    for name, question in known.items():
        own = rules.raises.get(name) if rules else None
        found[name] = question["options"][0]["id"]
        concerns = (
            rules is None
            or question.get("common")
            or name in rules.raises
            or question["role"] in {"year", "period"}
        )
        if name in given and concerns:
            found[name] = given[name]
        elif own:
            found[name] = own
    return found


# --- intervals and facts --------------------------------------------------------------------------


def edge(value, facts):
    """Return a bound: a number, or a multiple of a fact plus a number.

    None where that fact is unknown.
    """
    if not isinstance(value, dict):
        return Fraction(str(value))
    plus = Fraction(str(value.get("plus", 0)))
    if "of" not in value:
        return plus
    fact = facts[value["of"]]
    return None if fact is None else fact * Fraction(str(value.get("times", 1))) + plus


def within(span, value, facts):
    """Whether a value lies in an interval as it is written."""
    for key, holds in (
        ("at_least", value.__ge__),
        ("above", value.__gt__),
        ("at_most", value.__le__),
        ("below", value.__lt__),
        ("equals", value.__eq__),
    ):
        if key in span:
            at = edge(span[key], facts)
            if at is None or not holds(at):
                return False
    return True


def ends(span, facts):
    """Return the lower and the upper edge, each with whether it belongs to the interval.

    An edge is None where the interval is unbounded.
    """
    if "equals" in span:
        at = edge(span["equals"], facts)
        return (at, True), (at, True)
    low = next(
        (
            (edge(span[key], facts), key == "at_least")
            for key in ("at_least", "above")
            if key in span
        ),
        (None, True),
    )
    high = next(
        ((edge(span[key], facts), key == "at_most") for key in ("at_most", "below") if key in span),
        (None, True),
    )
    return low, high


def holds(condition, facts):
    """Whether a condition on a fact holds; None where the fact is unknown."""
    value = facts[condition["fact"]]
    if value is None:
        return None
    if "is" in condition:
        return (value > 0) == condition["is"]
    return within(condition, value, facts)


def facts_of(meeting, rules, unit, options, *, thematic):
    """Return the facts on record of a meeting, as the readings in use count them."""
    value = {
        name: number(meeting[name])
        for name in (
            "minutes",
            "roll",
            "exempt",
            "special_duty",
            "present",
            "exempt_present",
            "absent_excused",
            "absent_unexcused",
            "longest_excused_streak",
            "speakers",
            "own_required_minutes",
            "targets_set",
            "targets_met",
        )
    }
    roll, present = value["roll"], value["present"]
    exempt, special, guests, excused = (
        value[name] or 0 for name in ("exempt", "special_duty", "exempt_present", "absent_excused")
    )
    over = {
        "minus_exempt_and_special": None if roll is None else roll - exempt - special + guests,
        "roll": roll,
        "minus_exempt": None if roll is None else roll - exempt + guests,
        "minus_excused_too": None if roll is None else roll - exempt - special - excused + guests,
        "official_members": number(unit["official_members"]),
    }[options["attendance_denominator"]]
    rate = part(None if present is None else present + guests, over)
    if options["attendance_denominator"] == "official_members" and rate is not None:
        rate = min(rate, Fraction(1))
    held, papers, result = (day(meeting[name]) for name in ("held_on", "papers_at", "result_at"))
    spoke = part(value["speakers"], None if present is None else present + guests)
    met = part(value["targets_met"], value["targets_set"])
    met_before = flag(meeting["chi_uy_met"])
    return {
        "minutes": value["minutes"],
        "required_minutes": required(rules, value, meeting, options),
        "roll": roll,
        "attendance_rate": rate,
        "absent_unexcused": value["absent_unexcused"],
        "longest_excused_streak": value["longest_excused_streak"],
        "speaker_rate": None if spoke is None else min(spoke, Fraction(1)),
        "target_rate": None if met is None else min(met, Fraction(1)),
        "papers_lead_days": None
        if held is None or papers is None
        else Fraction((held - papers).days),
        "result_lag_days": None
        if held is None or result is None
        else Fraction((result - held).days),
        "chi_uy_met": None if met_before is None else Fraction(met_before),
        "thematic_in_month": Fraction(thematic),
        "combined": Fraction(meeting["kind"] == "ket_hop"),
        **{
            name: None if unit is None or flag(unit[name]) is None else Fraction(flag(unit[name]))
            for name in ("has_chi_uy", "has_deputy", "leads_mass_organisations")
        },
        "has_targets": None if value["targets_set"] is None else Fraction(value["targets_set"] > 0),
    }


def part(top, bottom):
    """Return a share; None where a number is unknown, or the base is not positive."""
    return None if top is None or not bottom or bottom <= 0 else Fraction(top) / bottom


def required(rules, value, meeting, options):
    asked = rules.data.get("required_minutes") if rules else None
    if not asked:
        return None
    found = Fraction(str(asked["base"]))
    if "large" in asked:
        if value["roll"] is None:
            return None
        limit = asked["large"]["members"]
        large = (
            value["roll"] > limit
            if options[asked["large"]["question"]] == "over_30"
            else value["roll"] >= limit
        )
        found = Fraction(str(asked["large"]["minutes"])) if large else found
    if "combined" in asked and meeting["kind"] == "ket_hop":
        found = max(found, Fraction(str(asked["combined"])))
    if asked.get("own") and value["own_required_minutes"] is not None:
        found = value["own_required_minutes"]
    return found


# --- one line -------------------------------------------------------------------------------------


@dataclass
class Implied:
    """What the facts imply for a line: points, and whether a gap, overlap or override decided."""

    points: Fraction | None
    clause: str = ""


def implied(rules, line, facts, options):
    """Return what the facts imply for a line; None where the rule set leaves it to the rater."""
    if "met_when" in line:
        met = holds(line["met_when"], facts)
        return Implied(None if met is None else rules.top(line) * met)
    if line["kind"] != "levels" or "fact" not in line:
        return None
    value = facts[line["fact"]]
    worth = {level["id"]: Fraction(str(level["points"])) for level in line["levels"]}
    found = Implied(None)
    if value is not None:
        inside = [level["id"] for level in line["levels"] if within(level, value, facts)]
        if len(inside) == 1:
            found = Implied(worth[inside[0]])
        elif inside:
            assert options["level_overlap"] == "better"
            found = Implied(max(worth[name] for name in inside), "overlap")
        else:
            found = Implied(_hole(line["levels"], worth, value, facts, options["level_gap"]), "gap")
    for override in line.get("overrides", ()):
        assert options[override["question"]] == "as_written"
        if holds(override, facts):
            found = Implied(worth[override["level"]], "override")
    return found


def _hole(levels, worth, value, facts, reading):
    """Return the points of a value in a gap between levels, or None under ``refuse``.

    The points are those of the worse or the better neighbour, or lie between the two.
    """
    if reading == "refuse" or any(
        at is None and (key in level) for level in levels for key, at in _unknown(level, facts)
    ):
        return None
    under = [
        (high, high_in, worth[level["id"]])
        for level in levels
        for high, high_in in [ends(level, facts)[1]]
        if high is not None and high <= value
    ]
    over = [
        (low, low_in, worth[level["id"]])
        for level in levels
        for low, low_in in [ends(level, facts)[0]]
        if low is not None and low >= value
    ]
    below = max(under, key=lambda found: found[:2])
    above = min(over, key=lambda found: (found[0], not found[1]))
    if reading == "interpolate":
        share = (
            (value - below[0]) / (above[0] - below[0]) if above[0] > below[0] else Fraction(1, 2)
        )
        return below[2] + share * (above[2] - below[2])
    return min(below[2], above[2]) if reading == "next_worse" else max(below[2], above[2])


def _unknown(level, facts):
    return [
        (key, edge(level[key], facts))
        for key in ("at_least", "above", "at_most", "below", "equals")
        if key in level
    ]


@dataclass
class Line:
    """How one line of a sheet counts.

    ``points`` of ``weight``; ``left_out`` of its maximum; ``mark`` is met or not.
    """

    rule: dict
    state: str
    entered: Fraction | None
    implied: Implied | None
    treatment: str
    reason: str
    value: Fraction | None
    points: Fraction = Fraction(0)
    weight: Fraction = Fraction(0)
    left_out: Fraction = Fraction(0)
    mark: bool | None = None

    @property
    def share(self):
        """The part of its own maximum that the line reached; None where it does not apply."""
        if self.rule["kind"] == "mark":
            return None if self.mark is None else Fraction(self.mark)
        return self.points / self.weight if self.weight > 0 else None

    @property
    def comparable(self):
        """Whether the line has an entry that counts and facts that imply points."""
        known = (
            self.entered is not None
            and self.implied is not None
            and self.implied.points is not None
        )
        return known and self.treatment in {"judged", "clamped", "refused"}

    @property
    def contradicts(self):
        return self.comparable and self.entered != self.implied.points

    @property
    def off_form(self):
        """Whether the entry is off the rule set: over the maximum, between levels or steps."""
        if self.entered is None:
            return False
        rule, top = self.rule, Fraction(1) if self.rule["kind"] == "mark" else self.rule["max"]
        levels = (
            {Fraction(str(level["points"])) for level in rule.get("levels", ())}
            if rule["kind"] == "levels"
            else None
        )
        if rule["kind"] in {"yes_no", "mark"}:
            levels = {Fraction(0), top}
        if self.entered > top or self.entered < 0:
            return True
        if levels is not None:
            return self.entered not in levels
        return "step" in rule and self.entered % Fraction(str(rule["step"])) != 0


def treat(rules, line, row, facts, options):
    """Work out how one entry counts."""
    entered = number(row["points"]) if row is not None and row["state"] == "entered" else None
    state = (
        row["state"]
        if row is not None and (row["state"] != "entered" or entered is not None)
        else "blank"
    )
    says = implied(rules, line, facts, options)
    value, treatment, reason = entered, "judged", ""
    recomputed = (
        options["score_basis"] == "recomputed" and says is not None and says.points is not None
    )
    if recomputed:
        value = says.points
    elif entered is not None and entered > rules.top(line):
        treatment, reason = (
            ("clamped", "") if options["over_max_entry"] == "clamp" else ("refused", "over_max")
        )
    elif state == "not_applicable":
        treatment = "left_out"
    elif state == "blank":
        treatment, reason = {
            "refuse": ("refused", "blank"),
            "zero": ("zero", ""),
            "not_judged": ("left_out", ""),
        }[options["blank_line"]]
    if (
        options["score_basis"] == "recomputed"
        and says is not None
        and says.points is None
        and says.clause
    ):
        treatment, reason = "refused", f"level_{says.clause}"
    if (
        options.get(line.get("bonus_question")) == "left_out"
    ):  # what does not count keeps no sheet waiting
        treatment, reason = "left_out", ""
    elif (
        "applies_when" in line
        and "otherwise" in line
        and holds(line["applies_when"], facts) is False
    ):
        treatment, reason = _absent(
            line, options[line["otherwise"]["question"]], facts, treatment, reason
        )
    return Line(
        line,
        state,
        entered,
        says,
        treatment,
        reason,
        None if value is None else min(value, rules.top(line)),
    )


def _absent(line, option, facts, treatment, reason):
    """Return how a line counts that the rule set does not ask of this meeting."""
    if option == "full_if_lone_secretary":
        option = "full" if facts["has_deputy"] == 0 else "judged"
    known = {
        "as_not_applicable": "left_out",
        "literal": "zero",
        "full": "full",
        "to_regular": "moved",
        "half_weight": "half",
        "refuse": "refused",
    }
    # under the common question of what does not apply, the line is left out whatever the reading
    given = (
        known.get(option, "judged")
        if line["otherwise"]["question"] != "not_applicable"
        else "left_out"
    )
    if given == "half" and (line["kind"] == "mark" or treatment in {"left_out", "refused"}):
        return treatment, reason
    return (
        (treatment, reason)
        if given == "judged"
        else (given, "no_targets" if given == "refused" else "")
    )


# --- one sheet ------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """One rater's sheet: its lines, its total out of ``out_of``, its class by position.

    A sheet that waits has a ``reason`` instead.
    """

    row: dict
    lines: list[Line] = field(default_factory=list)
    total: Fraction | None = None
    out_of: Fraction | None = None
    rank: int = -1
    waits: bool = False
    reason: str = ""
    gate: str = ""
    bare: bool = False


ORDER = (
    "",
    "blank",
    "over_max",
    "level_gap",
    "level_overlap",
    "no_targets",
    "closing_pending",
    "line_without_points",
)


def score_sheet(rules, row, entries, facts, options):
    """Add up and classify a sheet."""
    sheet = Sheet(
        row, [treat(rules, line, entries.get(line["id"]), facts, options) for line in rules.lines]
    )
    stated = number(row["stated_total"])
    sheet.bare = (
        stated is not None
        and rules.has_points
        and not rules.data.get("gates")
        and all(line.state == "blank" for line in sheet.lines)
    )
    if sheet.bare:
        return _by_total(rules, sheet, stated, options)
    for line in sheet.lines:
        _count(rules, line)
    _hand_over(rules, sheet)
    sheet.reason = max((line.reason for line in sheet.lines), key=ORDER.index)
    sheet.waits = sheet.reason != ""
    if not rules.has_points:
        met = [line.mark for line in sheet.lines if line.mark is not None]
        sheet.waits = sheet.waits or not met
        sheet.rank = -1 if sheet.waits else int(not all(met))
        return sheet
    _add_up(rules, sheet, options)
    _hold_down(rules, sheet, options)
    return sheet


def _by_total(rules, sheet, stated, options):
    over = stated > rules.total
    sheet.waits = over and options["over_max_entry"] != "clamp"
    sheet.reason = "over_max" if sheet.waits else ""
    for line in sheet.lines:
        line.treatment, line.reason = "left_out", ""
    if not sheet.waits:
        sheet.total, sheet.out_of = min(stated, rules.total), rules.total
        sheet.rank = rank(rules, sheet.total, Fraction(1))
    return sheet


def _count(rules, line):
    top, points = rules.top(line.rule), line.value or Fraction(0)
    line.points, line.weight, line.left_out = {
        "judged": (points, top, Fraction(0)),
        "clamped": (points, top, Fraction(0)),
        "left_out": (Fraction(0), Fraction(0), top),
        "full": (top, top, Fraction(0)),
        "zero": (Fraction(0), top, Fraction(0)),
        "half": (points / 2, top / 2, top / 2),
        "moved": (Fraction(0), Fraction(0), Fraction(0)),
        "refused": (Fraction(0), top, Fraction(0)),
    }[line.treatment]
    if line.rule["kind"] == "mark":
        line.mark = bool(line.points) if line.weight > 0 and line.treatment != "refused" else None
        line.points = line.weight = line.left_out = Fraction(0)


def _hand_over(rules, sheet):
    """Give the maximum of a line that does not apply to the line that inherits it."""
    by_id = {line.rule["id"]: line for line in sheet.lines}
    for line in sheet.lines:
        if line.treatment != "moved":
            continue
        target = by_id[line.rule["otherwise"]["to"]]
        if target.weight > 0:
            share = target.points / target.weight
            target.weight += line.rule["max"]
            target.points = share * target.weight
        else:
            line.left_out = line.rule["max"]


def _add_up(rules, sheet, options):
    # a bonus that is not counted like other lines: the other lines fill the scale, and the bonus
    # comes on top or does not count
    apart = [
        line
        for line in sheet.lines
        if options.get(line.rule.get("bonus_question"), "inside") != "inside"
    ]
    on_top = sum(
        (line.points for line in apart if options[line.rule["bonus_question"]] == "on_top"),
        Fraction(0),
    )
    inside = [line for line in sheet.lines if line not in apart]
    raw, weight = sum(line.points for line in inside), sum(line.weight for line in inside)
    option, whole, cuts = (
        options["not_applicable"],
        rules.total - sum(line.rule["max"] for line in apart),
        Fraction(1),
    )
    if weight <= 0 and option not in {"full", "zero"}:
        sheet.waits = True
    if sheet.waits:
        return
    total, out_of = raw, whole
    if option == "rescale_total":
        total = raw * whole / weight
    elif option == "rescale_group":
        total = _by_group(rules, inside, whole)
    elif option == "full":
        total = raw + sum(line.left_out for line in inside)
    elif option == "leave_out":
        out_of = weight
    elif option == "scale_cuts":
        out_of, cuts = weight, weight / whole
    sheet.out_of = out_of * rules.total / whole
    sheet.total = min(total * rules.total / whole + on_top, sheet.out_of)
    sheet.rank = rank(rules, sheet.total, cuts)


def _by_group(rules, lines, whole):
    reached = present = Fraction(0)
    for group in rules.groups:
        mine = [line for line in lines if line.rule["group"] == group["id"]]
        points, weight = sum(line.points for line in mine), sum(line.weight for line in mine)
        size = weight + sum(line.left_out for line in mine)
        if weight > 0:
            reached, present = reached + points * size / weight, present + size
    return reached * whole / present


def rank(rules, total, cuts):
    """Return the position of the band that holds a total; the best has no upper end."""
    for place, band in enumerate(rules.data["bands"]):
        (low, low_in), (high, high_in) = ends(band, {})
        under = low is not None and (total < low * cuts or (total == low * cuts and not low_in))
        beyond = (
            place > 0
            and high is not None
            and (total > high * cuts or (total == high * cuts and not high_in))
        )
        if not under and not beyond:
            return place
    return -1


def _hold_down(rules, sheet, options):
    """Apply the class conditions: every line named must be met, or the class falls by one."""
    if sheet.waits:
        return
    by_id = {line.rule["id"]: line for line in sheet.lines}
    for gate in rules.data.get("gates", ()):
        held = [band["id"] for band in rules.data["bands"]].index(gate["holds"])
        shares = [by_id[need["criterion"]].share for need in gate["needs"]]
        short = any(share is not None and share < 1 for share in shares)
        if short and 0 <= sheet.rank <= held:
            assert options[gate.get("question", "gate_fall")] == "one_class"
            sheet.rank, sheet.gate = held + 1, gate["id"]
