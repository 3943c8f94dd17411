"""The annual list of a đảng bộ: what each unit's file supports, the cap worked out group by group, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.records import words
from assess.records.adoption import Adoptions
from assess.rules import choose
from assess.scoring.annual import ANNUAL_QUESTIONS, Proposal, propose
from assess.scoring.cap import Candidate, Capped, cap_group

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from assess.records import Slice
    from assess.rules import Readings
    from assess.rules.annual import AnnualRules
    from assess.scoring.rollup import Outcome

SMALL = "các nhóm nhỏ gộp lại"


@dataclass(frozen=True, slots=True)
class Line:
    """One unit of the list. ``proposed`` is after the cap; ``decided`` the last version of the competent level's decision."""

    unit_id: str
    name: str
    level: str
    group: str
    self_class: str | None
    proposal: Proposal
    proposed: str | None
    decider: str
    decided: str | None
    versions: int
    file: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group under the cap: how many units qualify for the best class and for the second, and what the cap leaves."""

    name: str
    best: int
    second: int
    percent: int
    capped: Capped


@dataclass(frozen=True)
class Classing:
    """The list, the groups, and the readings that made them."""

    lines: tuple[Line, ...]
    groups: tuple[GroupResult, ...]
    options: Mapping[str, str]
    percent: int


def annual_options(rules: AnnualRules | None, given: Readings) -> dict[str, str]:
    """Return the reading of each question about the annual class, by its id."""
    return {q: choose(q, given, rules).option.id for q in ANNUAL_QUESTIONS}


def classing(made: Slice, readings: Readings, years: Mapping[str, Outcome]) -> Classing:
    """Return the annual list of the units below a slice's đảng bộ that have a file for the year, in the order of ids.

    ``years`` has the class of each chi bộ's meetings (:func:`~assess.scoring.rollup.roll_up`). Without rules of the annual
    class in force the list has the units' own classes and the decisions, and proposes nothing.
    """
    rules, options = made.annual, annual_options(made.annual, readings)
    percent = _percent(made)
    lines = [_line(made, row, rules, options, years) for row in made.tables["annual"].to_dict("records") if row["unit_id"] != made.dang_bo]
    if rules is None or rules.cap is None:
        return Classing(tuple(lines), (), options, percent)
    best, second = rules.cap.best, rules.cap.of
    pools: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.proposal.class_id in (best, second):
            pools[line.group].append(line)
    if options["cap_small_group"] == "pooled":
        small = [name for name, pool in pools.items() if len(pool) < rules.cap.small]
        pooled = [line for name in small for line in pools.pop(name)]
        pools |= {SMALL: pooled} if pooled else {}
    groups: list[GroupResult] = []
    out: set[str] = set()
    for name, pool in sorted(pools.items()):
        candidates = [
            Candidate(line.unit_id, line.proposal.points or 0.0, _votes(line.file)) for line in pool if line.proposal.class_id == best
        ]
        at_least = int(options["cap_small_group"] == "at_least_one" and len(pool) < rules.cap.small)
        capped = cap_group(candidates, len(pool) - len(candidates), percent, rules.cap.up_to, options, at_least=at_least)
        out.update(capped.left_out)
        groups.append(GroupResult(name, len(candidates), len(pool) - len(candidates), percent, capped))
    lines = [replace(line, proposed=second) if line.unit_id in out else line for line in lines]
    return Classing(tuple(lines), tuple(groups), options, percent)


def _percent(made: Slice) -> int:
    """The share in force: the instrument's, or the higher one that the competent level decided, within its bound."""
    if made.annual is None or made.annual.cap is None:
        return 0
    cap = made.annual.cap
    decided = Adoptions(made.tree, made.tables["adoption"]).on(made.dang_bo, "cap_percent", made.period.end)
    return min(int(decided), cap.up_to or cap.percent) if decided else cap.percent


def _line(made: Slice, row: dict[str, Any], rules: AnnualRules | None, options: Mapping[str, str], years: Mapping[str, Outcome]) -> Line:
    unit_id, day = str(row["unit_id"]), made.period.end
    unit = made.tree.row_on(unit_id, day) or {}
    proposal = Proposal("unknown") if rules is None else propose(rules, row, options, _best_meetings(made, years.get(unit_id)))
    decisions = made.tables["decision"]
    theirs = decisions[decisions["unit_id"] == unit_id].sort_values("version", kind="stable")
    decided = str(theirs["annual_class"].iloc[-1]) if len(theirs) else None
    own = None if pd.isna(row["self_class"]) else str(row["self_class"])
    return Line(
        unit_id, made.tree.name_on(unit_id, day), str(unit.get("level", "")), _group(made, row, unit, options["cap_group"]), own, proposal,
        proposal.class_id, decider(rules, made, unit_id, day), decided, len(theirs), row,
    )  # fmt: skip


def _group(made: Slice, row: Mapping[str, Any], unit: Mapping[str, Any], option: str) -> str:
    if option == "per_tccsd":
        upper = made.tree.reports_to(str(row["unit_id"]), made.period.end)
        return upper.name if upper else made.name
    if not pd.isna(row["peer_group"]):
        return str(row["peer_group"])
    level, kind = str(unit.get("level", "")), str(unit.get("kind", ""))
    return f"chi bộ, {words.KINDS.get(kind, kind)}" if level == "chi_bo" else f"đảng bộ {words.LEVELS.get(level, level)}"


def _best_meetings(made: Slice, outcome: Outcome | None) -> bool | None:
    if outcome is None or outcome.status != "classed" or outcome.class_id is None:
        return None
    return any(outcome.class_id == rules.classes[0].id and outcome.title == rules.classes[0].title for rules in made.rule_sets.values())


def _votes(file: Mapping[str, Any]) -> float:
    return 0.0 if pd.isna(file["votes"]) else float(file["votes"])


def decider(rules: AnnualRules | None, made: Slice, unit_id: str, day: dt.date) -> str:
    """Return who decides on a unit's annual class, in words, and who only proposes; nothing where the rules do not say.

    Source: HD 43-HD/BTCTW (31/10/2025) as quoted: by level, and *đảng ủy bộ phận* only proposes.
    """
    above = list(made.tree.above(unit_id, day))
    upper = made.tree.reports_to(unit_id, day)
    if rules is None or upper is None or not above:
        return ""
    found = next((d for d in rules.deciders if (d.level, d.under) == (above[0].level, upper.level)), None)
    if found is None:
        return ""
    proposes = above[1].name if above[1].level == "bo_phan" else ""
    return f"{found.body} ({upper.name})" + (f"; {proposes} đề xuất" if proposes else "")
