"""The annual list of a đảng bộ: what each unit's file supports, the cap by group, the decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import input_error
from assess.base.text import committee_of
from assess.records import words
from assess.records.adoption import Adoptions
from assess.rules import NO_ANSWERS, choose
from assess.rules.year import MONTHS
from assess.scoring.annual.annual_class import ANNUAL_QUESTIONS, Proposal, propose
from assess.scoring.annual.cap import Candidate, Capped, cap_group, limit
from assess.scoring.period.period_class import best_meetings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from assess.records import Slice
    from assess.rules import Answer, Readings
    from assess.rules.annual import AnnualRules, Cap
    from assess.scoring.period.period_class import PeriodResult

SMALL = "các nhóm nhỏ gộp lại"


@dataclass(frozen=True, slots=True)
class AnnualLine:
    """One unit of the list.

    ``proposed`` is the class after the cap; ``decided`` is the last version of the competent
    level's decision. ``group`` names the units among which the cap is counted; ``group_key``
    distinguishes groups of the same name.
    """

    unit_id: str
    name: str
    level: str
    group: str
    group_key: str
    self_class: str | None
    proposal: Proposal
    proposed: str | None
    decider: str
    decided: str | None
    versions: int
    file: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group under the cap.

    ``best`` and ``second`` count the units that qualify for the two best classes; ``capped`` is
    what the cap leaves. ``decided`` is how many were decided the best class; ``decided_limit`` is
    how many may be, by the number decided either class.
    """

    name: str
    key: str
    best: int
    second: int
    percent: int
    capped: Capped
    decided: int
    decided_limit: int


@dataclass(frozen=True)
class AnnualList:
    """The annual list: its lines, its groups and the readings used.

    ``percent`` is the share in force; ``percent_by`` names the unit that decided it, if it is not
    the instrument's own.
    """

    lines: tuple[AnnualLine, ...]
    groups: tuple[GroupResult, ...]
    options: Mapping[str, str]
    percent: int
    percent_by: str


def annual_options(
    rules: AnnualRules | None, given: Readings, answers: Mapping[str, Answer] = NO_ANSWERS
) -> dict[str, str]:
    """Return the reading of each question about the annual class, by question id."""
    return {q: choose(q, given, rules, answers).option.id for q in ANNUAL_QUESTIONS}


def annual_list(made: Slice, readings: Readings, years: Mapping[str, PeriodResult]) -> AnnualList:
    """Return the annual list of a slice's đảng bộ: the units directly below it that have a file.

    The units are those of the end of the year. Each level has its own list: the units that report
    to it, and under a *đảng ủy bộ phận* those that it proposes. ``years`` has the class of each chi
    bộ's meetings (:func:`~assess.scoring.period.roll_up.roll_up`). Without rules of the annual
    class in force, the list has the units' own classes and the decisions, and proposes nothing.
    Raise :class:`~assess.base.errors.InputError` for a period that is not a year.
    """
    if len(made.period.months) != MONTHS:
        raise input_error("not-a-year", made.dang_bo, period=made.period.label)
    rules = made.annual
    options = annual_options(rules, readings, made.annual_answers)
    percent, percent_by = _percent(made)
    files = [
        row
        for row in made.tables["annual"].to_dict("records")
        if is_listed(made, str(row["unit_id"]))
    ]
    lines = [_line(made, row, rules, options, years) for row in files]
    if rules is None or rules.cap is None:
        return AnnualList(tuple(lines), (), options, percent, percent_by)
    if options["cap_small_group"] == "pooled":
        sizes = Counter(
            line.group_key
            for line in lines
            if line.proposal.class_id in (rules.cap.best, rules.cap.of)
        )
        small = {key for key, size in sizes.items() if size < rules.cap.small}
        lines = [
            replace(line, group=SMALL, group_key="") if line.group_key in small else line
            for line in lines
        ]
    keys = sorted({line.group_key for line in lines})
    groups = [
        _group_result(
            [line for line in lines if line.group_key == key], rules.cap, percent, options
        )
        for key in keys
    ]
    out = {unit_id for group in groups for unit_id in group.capped.left_out}
    lines = [
        replace(line, proposed=rules.cap.of) if line.unit_id in out else line for line in lines
    ]
    return AnnualList(
        tuple(lines),
        tuple(g for g in groups if g.capped.pool or g.decided),
        options,
        percent,
        percent_by,
    )


def is_listed(made: Slice, unit_id: str) -> bool:
    """Return whether a unit is directly below the đảng bộ or its *bộ phận* at the year's end."""
    above = list(made.tree.above(unit_id, made.period.end))
    upper = made.tree.reports_to(unit_id, made.period.end)
    direct = len(above) > 1 and above[1].unit_id == made.dang_bo
    return direct or (upper is not None and upper.unit_id == made.dang_bo)


def _group_result(
    lines: Sequence[AnnualLine], cap: Cap, percent: int, options: Mapping[str, str]
) -> GroupResult:
    """Apply the cap to one group's proposals, and work out what the decisions so far allow."""
    pool = [line for line in lines if line.proposal.class_id in (cap.best, cap.of)]
    best = [line for line in pool if line.proposal.class_id == cap.best]
    at_least = int(options["cap_small_group"] == "at_least_one" and len(pool) < cap.small)
    candidates = [
        Candidate(line.unit_id, line.proposal.points or 0.0, _votes(line.file)) for line in best
    ]
    capped = cap_group(
        candidates, len(pool) - len(best), percent, cap.up_to, options, at_least=at_least
    )
    decided = Counter(line.decided for line in lines)
    both = decided[cap.best] + decided[cap.of]
    allowed = max(
        limit(both, percent, options["cap_denominator"], options["cap_rounding"]), at_least
    )
    return GroupResult(
        lines[0].group,
        lines[0].group_key,
        len(best),
        len(pool) - len(best),
        percent,
        capped,
        decided[cap.best],
        allowed,
    )


def _percent(made: Slice) -> tuple[int, str]:
    """Return the share in force, and the unit that decided it if it is not the instrument's own."""
    if made.annual is None or made.annual.cap is None:
        return 0, ""
    cap = made.annual.cap
    adoptions, day = Adoptions(made.tree, made.tables["adoption"]), made.period.end
    decided = adoptions.on(made.dang_bo, "cap_percent", day)
    if decided is None or int(decided) == cap.percent:
        return cap.percent, ""
    who, _ = adoptions.who_on(made.dang_bo, "cap_percent", day)
    return int(decided), made.tree.name_on(who, day)


def _line(
    made: Slice,
    row: dict[str, Any],
    rules: AnnualRules | None,
    options: Mapping[str, str],
    years: Mapping[str, PeriodResult],
) -> AnnualLine:
    unit_id, day = str(row["unit_id"]), made.period.end
    unit = made.tree.row_on(unit_id, day) or {}
    proposal = (
        Proposal("unknown")
        if rules is None
        else propose(rules, row, options, best_meetings=_best_meetings(made, years.get(unit_id)))
    )
    key, group = _group(made, row, unit, options["cap_group"])
    decisions = made.tables["decision"]
    theirs = decisions[decisions["unit_id"] == unit_id].sort_values("version", kind="stable")
    decided = str(theirs["annual_class"].iloc[-1]) if len(theirs) else None
    own = None if pd.isna(row["self_class"]) else str(row["self_class"])
    return AnnualLine(
        unit_id,
        made.tree.name_on(unit_id, day),
        str(unit.get("level", "")),
        group,
        key,
        own,
        proposal,
        proposal.class_id,
        decider(rules, made, unit_id, day),
        decided,
        len(theirs),
        row,
    )


def _group(
    made: Slice, row: Mapping[str, Any], unit: Mapping[str, Any], option: str
) -> tuple[str, str]:
    """Return the key and the name of the group in which a unit is counted."""
    if option == "per_tccsd":
        upper = made.tree.reports_to(str(row["unit_id"]), made.period.end)
        return (upper.unit_id, upper.name) if upper else (made.dang_bo, made.name)
    if not pd.isna(row["peer_group"]):
        return str(row["peer_group"]), str(row["peer_group"])
    level, kind = str(unit.get("level", "")), str(unit.get("kind", ""))
    name = (
        f"chi bộ {words.KINDS.get(kind, kind)}"
        if level == "chi_bo"
        else f"đảng bộ {words.LEVELS.get(level, level)}"
    )
    return name, name


def _best_meetings(made: Slice, outcome: PeriodResult | None) -> bool | None:
    if outcome is None or outcome.rule_set_id not in made.rule_sets:
        return None
    return best_meetings(made.rule_sets[outcome.rule_set_id], outcome)


def _votes(file: Mapping[str, Any]) -> float | None:
    return None if pd.isna(file["votes"]) else float(file["votes"])


def decider(rules: AnnualRules | None, made: Slice, unit_id: str, day: dt.date) -> str:
    """Return who decides on a unit's annual class and who only proposes, in words.

    Empty where the rules do not say. Source: HD 43-HD/BTCTW (31/10/2025) as quoted: by level; a
    *đảng ủy bộ phận* only proposes.
    """
    above = list(made.tree.above(unit_id, day))
    upper = made.tree.reports_to(unit_id, day)
    if rules is None or upper is None or not above:
        return ""
    found = next(
        (d for d in rules.deciders if (d.level, d.under) == (above[0].level, upper.level)), None
    )
    if found is None:
        return ""
    proposes = above[1].name if above[1].level == "bo_phan" else ""
    body = f"{found.body} ({upper.name})"
    if found.body == "ban thường vụ":
        body = f"Ban Thường vụ {committee_of(upper.name)}"
    return body + (f"; {proposes} đề xuất" if proposes else "")
