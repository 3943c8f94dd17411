"""The annual class that a unit's file supports: a proposal; the competent level decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.rules.intervals import exact, inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.rules.annual import AnnualClass, AnnualCondition, AnnualRules
    from assess.rules.parts import Condition

ANNUAL_QUESTIONS = (
    "points_without_conditions",
    "meeting_weight",
    "cap_denominator",
    "cap_rounding",
    "cap_group",
    "cap_small_group",
    "cap_tie",
)


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """A condition, its value and whether it holds; ``None`` where the file does not say."""

    condition: AnnualCondition
    value: float | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The class that a file supports, or why it supports none.

    ``status``: *classed*; *returned* (the points of a class without its conditions, where the
    reading returns the file); *incomplete* (the points or a deciding condition are not in the
    file); *over* (more points than a part allows); *unknown* (the rules do not say how); *no_class*
    (no class whose conditions hold). ``by_points`` is the class by points alone; ``unmet`` are the
    conditions of that class that do not hold; ``listed`` is the listed case that decides, if any.
    """

    status: str
    class_id: str | None = None
    points: float | None = None
    by_points: str | None = None
    checked: tuple[ConditionResult, ...] = ()
    listed: str = ""
    meeting_gate: bool = False

    @property
    def unmet(self) -> tuple[ConditionResult, ...]:
        """The conditions of the class by points that do not hold."""
        return tuple(c for c in self.checked if c.holds is False)


def file_facts(file: Mapping[str, Any]) -> dict[str, float]:
    """Return the known facts of a file (:data:`~assess.rules.facts.ANNUAL_FACTS`).

    Shares are of the year's tasks; where there was no shortcoming to remedy, all are remedied.
    """
    facts: dict[str, float] = {}
    tasks = _known(file.get("tasks_set"))
    counts = {name: _known(file.get(f"tasks_{name}")) for name in ("on_time", "late", "beyond")}
    if tasks:
        facts |= {
            f"{name}_share": value / tasks for name, value in counts.items() if value is not None
        }
        on_time, late = counts["on_time"], counts["late"]
        if on_time is not None and late is not None:
            facts["done_share"] = (on_time + late) / tasks
    found, remedied = _known(file.get("shortcomings")), _known(file.get("shortcomings_remedied"))
    if found == 0:
        facts["remedied_share"] = 1.0
    elif found and remedied is not None:
        facts["remedied_share"] = remedied / found
    disciplined = _known(file.get("disciplined"))
    if disciplined is not None:
        facts["disciplined"] = float(disciplined)
    return facts


def _known(value: Any) -> Any:
    """Return the value, or ``None`` for a missing value of any kind."""
    return None if value is None or str(value) in ("<NA>", "nan") else value


def propose(
    rules: AnnualRules,
    file: Mapping[str, Any],
    options: Mapping[str, str],
    *,
    best_meetings: bool | None = None,
) -> Proposal:
    """Return the class that a file supports under the readings (:data:`ANNUAL_QUESTIONS`).

    ``file`` is a row of ``annual``; ``best_meetings`` says whether the year's meetings have the
    best class (``None``: unknown or not classified). Rules without known points and conditions
    propose nothing. Source: QĐ 366-QĐ/TW (30/8/2025) as quoted by legal portals.
    """
    if not rules.classes_by_points:
        return Proposal("unknown")
    facts = file_facts(file)
    parts = [_known(file.get(part.id)) for part in rules.parts]
    listed = _listed(rules, file, facts)
    known = [value for value in parts if value is not None]
    points = float(sum(exact(float(v)) for v in known)) if len(known) == len(parts) else None
    lowest = rules.classes[-1].id
    if listed:
        return Proposal(
            "classed",
            lowest,
            points,
            None if points is None else _by_points(rules, points).id,
            (),
            listed,
        )
    if points is None:
        return Proposal("incomplete")
    if any(
        value > part.max
        for value, part in zip(parts, rules.parts, strict=True)
        if value is not None
    ):
        return Proposal("over", None, points)
    by_points = _by_points(rules, points)
    checked = tuple(_check(c, facts) for c in by_points.conditions)
    about: dict[str, Any] = {"points": points, "by_points": by_points.id, "checked": checked}
    if any(c.holds is None for c in checked):
        return Proposal("incomplete", **about)
    gate = (
        options["meeting_weight"] == "no_best_unless_best"
        and by_points.id == rules.classes[0].id
        and best_meetings is False
    )
    if all(c.holds for c in checked) and not gate:
        return Proposal("classed", by_points.id, **about)
    if options["points_without_conditions"] == "return" and not gate:
        return Proposal("returned", **about)
    return _next_lower(rules, by_points, facts, about | {"meeting_gate": gate})


def _next_lower(
    rules: AnnualRules, by_points: AnnualClass, facts: Mapping[str, float], about: dict[str, Any]
) -> Proposal:
    """Propose the nearest lower class whose conditions hold.

    The lowest class is only for its own points and for listed cases.
    """
    start = [c.id for c in rules.classes].index(by_points.id) + 1
    for found in rules.classes[start:-1]:
        verdicts = [_check(c, facts).holds for c in found.conditions]
        if None in verdicts:
            return Proposal("incomplete", **about)
        if all(verdicts):
            return Proposal("classed", found.id, **about)
    return Proposal("no_class", **about)


def _by_points(rules: AnnualRules, points: float) -> AnnualClass:
    value = exact(points)
    return next(c for c in rules.classes if inside(c, value, value, {}))


def _check(condition: AnnualCondition, facts: Mapping[str, float]) -> ConditionResult:
    value = facts.get(condition.fact)
    return ConditionResult(condition, value, _holds(condition, value))


def _holds(condition: Condition, value: float | None) -> bool | None:
    if value is None:
        return None
    if condition.is_ is not None:
        return bool(value) == condition.is_
    return inside(condition, exact(value), exact(value), {})


def _listed(rules: AnnualRules, file: Mapping[str, Any], facts: Mapping[str, float]) -> str:
    """Return the listed case that a file names or that its facts show; empty if there is none."""
    named = _known(file.get("listed_case"))
    if named:
        return next((case.title for case in rules.listed if case.id == named), str(named))
    return next(
        (
            c.title
            for c in rules.listed
            if c.when is not None and _holds(c.when, facts.get(c.when.fact))
        ),
        "",
    )
