"""The annual list: what each file supports, the cap on the best class, and decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.records import words
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedList, named
from assess.rules.parts import edges_of
from assess.scoring.annual.annual_class import ANNUAL_QUESTIONS
from assess.scoring.annual.cap import limit
from assess.scoring.period.summary import shares

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.reports.report import Report
    from assess.rules import Chosen
    from assess.rules.annual import AnnualRules
    from assess.scoring.annual.annual_class import ConditionResult
    from assess.scoring.annual.annual_list import AnnualLine, GroupResult

FOUR = (
    ("A", "httnv_only", "floor"),
    ("B", "httnv_and_htxsnv", "floor"),
    ("C", "httnv_and_htxsnv", "half_up"),
    ("D", "httnv_and_htxsnv", "ceiling"),
)
"""Four readings of the cap, as (name, denominator, rounding).

A counts only the units left in the second class, rounded down; B, C and D count both classes,
rounded down, half up and up.
"""
_STATUS = {
    "returned": "đủ điểm, chưa đủ điều kiện; đề nghị bổ sung hồ sơ",
    "incomplete": "hồ sơ chưa đủ",
    "over": "điểm vượt tối đa của phần",
    "unknown": "chưa có quy định để đề nghị",
    "no_class": "không mức nào đủ điều kiện",
}
CLASSES = words.ANNUAL_CLASSES


@dataclass(frozen=True)
class Listed:
    """A unit in a case that the rules list: its own class, the class proposed, and the case."""

    name: str
    self_class: str
    proposed: str
    case: str


@dataclass(frozen=True)
class OverCap:
    """A group with more units decided in the best class than the cap on those decided."""

    group: str
    decided: NamedCount
    limit: NamedCount


@dataclass(frozen=True)
class CapResults:
    """The cap on the best class (``best``): at most ``percent`` of those in the class ``of``.

    ``rule_percent`` is that of the rules, up to ``up_to`` where an authority decides so (None: no
    more); ``by`` is who decided on ``percent`` (empty: nobody). ``clause`` is the place in the
    rules. ``worked``, by group: ``group``, ``best`` and ``second`` (who qualify), ``limit``,
    ``kept``, ``left`` (in the second class after the cap), ``tied`` (at the last place). ``ways``:
    ``group``, ``pool`` and a column for each of :data:`FOUR` with its limit. ``depends`` names by
    group the units whose result depends on the way.
    """

    best: str
    of: str
    percent: NamedCount
    rule_percent: int
    up_to: int | None
    by: str
    clause: str
    only_second: bool
    rounding: str
    worked: pd.DataFrame
    ways: pd.DataFrame
    depends: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class AnnualResults:
    """The annual list of the units below.

    ``files`` of them have a file; ``decided`` a decision. ``rules`` are those of the annual class
    (None: none adopted). ``counts``: ``class``, ``supported`` by the files, ``proposed`` after the
    cap, ``share`` of the files, ``decided``. What needs a decision: ``listed`` cases, ``capped``
    units, those with the points but not the conditions of a class (``unmet``), those without a
    proposal (``waiting``), decisions that ``differ`` from it, groups ``over`` the cap. ``lines``:
    ``number``, ``unit_id``, ``name``, ``group``, ``self``, ``points``, ``meetings``, ``supported``,
    ``proposed``, ``why``, ``decided`` (classes by their short forms, None without). ``deciders``:
    who decides, and on how many. ``decisions``: ``name``, ``version``, ``class``, ``by``, ``day``,
    ``number``, ``reason``; ``again`` units were classed again. ``questions`` are the readings used.
    """

    files: NamedCount
    decided: NamedCount
    rules: AnnualRules | None
    counts: pd.DataFrame
    listed_count: NamedCount
    listed: tuple[Listed, ...]
    listed_names: NamedList
    capped: NamedList
    capped_count: NamedCount
    unmet: NamedList
    unmet_count: NamedCount
    unmet_reading: str
    waiting: NamedList
    waiting_count: NamedCount
    differ: NamedList
    differ_count: NamedCount
    over: tuple[OverCap, ...]
    lines: pd.DataFrame
    meeting_weight: str
    cap: CapResults | None
    deciders: tuple[tuple[str, NamedCount], ...]
    decisions: pd.DataFrame
    again: NamedCount
    questions: tuple[Chosen, ...]


def annual_results(report: Report) -> AnnualResults:
    """Return the annual list of a report's year."""
    lines = report.annual_list.lines
    listed = [line for line in lines if line.proposal.listed]
    capped = [line for line in lines if line.proposed != line.proposal.class_id]
    unmet = [line for line in lines if line.proposal.unmet]
    waiting = [
        line
        for line in lines
        if line.proposal.status in _STATUS and line.proposal.status != "unknown"
    ]
    differ = [
        line for line in lines if line.decided and line.proposed and line.decided != line.proposed
    ]
    deciders = Counter(line.decider or "chưa rõ cấp quyết định" for line in lines)
    decisions = _decisions(report)
    again = decisions.loc[decisions["version"] > 1, "unit_id"].nunique()
    return AnnualResults(
        files=NamedCount("list.files", len(lines)),
        decided=NamedCount("list.decided", sum(line.decided is not None for line in lines)),
        rules=report.slice.annual,
        counts=_counts(report),
        listed_count=NamedCount("list.listed", len(listed)),
        listed=tuple(
            Listed(
                report.unit_name(line.unit_id),
                CLASSES.get(line.self_class or "", "chưa ghi"),
                CLASSES.get(line.proposed or "", "chưa đề nghị được"),
                str(line.proposal.listed),
            )
            for line in listed
        ),
        listed_names=_names(report, "listed", listed),
        capped=_names(report, "capped", capped),
        capped_count=NamedCount("list.capped", len(capped)),
        unmet=_names(report, "unmet", unmet),
        unmet_count=NamedCount("list.unmet", len(unmet)),
        unmet_reading=report.chosen("points_without_conditions").option.title,
        waiting=_names(report, "waiting", waiting),
        waiting_count=NamedCount("list.waiting", len(waiting)),
        differ=_names(report, "differ", differ),
        differ_count=NamedCount("list.differ", len(differ)),
        over=tuple(
            OverCap(
                group.name,
                NamedCount(f"cap.{group.name}.decided", group.decided),
                NamedCount(f"cap.{group.name}.decided_limit", group.decided_limit),
            )
            for group in report.annual_list.groups
            if group.decided > group.decided_limit
        ),
        lines=_lines(report),
        meeting_weight=report.chosen("meeting_weight").option.title,
        cap=_cap(report),
        deciders=tuple(
            (who, NamedCount(f"decisions.of.{who}", count))
            for who, count in sorted(deciders.items())
        ),
        decisions=decisions,
        again=NamedCount("decisions.again", int(again)),
        questions=tuple(report.chosen(question) for question in ANNUAL_QUESTIONS),
    )


def _names(report: Report, what: str, lines: Iterable[AnnualLine]) -> NamedList:
    return NamedList(f"list.{what}", (report.unit_name(line.unit_id) for line in lines))


def _counts(report: Report) -> pd.DataFrame:
    lines = report.annual_list.lines
    classes = [*CLASSES, None]
    supported = Counter(line.proposal.class_id for line in lines)
    proposed = Counter(line.proposed for line in lines)
    decided = Counter(line.decided for line in lines)
    parts = shares([proposed[c] for c in classes], report.shares_reading)
    rows: list[tuple[Any, ...]] = [
        (
            CLASSES[c] if c else "Chưa đề nghị được",
            supported[c],
            proposed[c],
            part,
            decided[c] if c else None,
        )
        for c, part in zip(classes, parts, strict=True)
    ]
    rows.append(("Chưa có quyết định", None, None, None, decided[None]))
    rows.append(("Cộng", len(lines), len(lines), 1.0 if lines else None, len(lines)))
    columns = ["class", "supported", "proposed", "share", "decided"]
    counts = dict.fromkeys(("supported", "proposed", "decided"), "integer")
    return with_kinds(pd.DataFrame(rows, columns=columns), {**counts, "share": "percent"})


def _short(class_id: str | None) -> str | None:
    return class_id.upper() if class_id else None


def _lines(report: Report) -> pd.DataFrame:
    ordered = sorted(
        report.annual_list.lines,
        key=lambda line: (line.group, -(line.proposal.points or 0.0), line.unit_id),
    )
    rows = [
        (
            number,
            line.unit_id,
            report.unit_name(line.unit_id),
            f"{line.group[:1].upper()}{line.group[1:]}",
            _short(line.self_class),
            line.proposal.points,
            _meetings(report, line.unit_id),
            _short(line.proposal.class_id),
            _short(line.proposed),
            _why(report, line),
            _short(line.decided),
        )
        for number, line in enumerate(ordered, start=1)
    ]
    columns = [
        "number", "unit_id", "name", "group", "self", "points",
        "meetings", "supported", "proposed", "why", "decided",
    ]  # fmt: skip
    return with_kinds(
        pd.DataFrame(rows, columns=columns),
        {"number": "integer", "points": ("points", _cuts(report))},
    )


def _meetings(report: Report, unit_id: str) -> str | None:
    """Return the class of the year's meetings, or the number per class if there is no rule."""
    outcome = report.years.get(unit_id)
    if outcome is None:
        return None
    if outcome.status == "classed":
        return outcome.title
    titles = {c.id: c.title for rules in report.forms for c in rules.classes}
    counts: Counter[str] = Counter()
    for table in report.results_by_chi_bo.values():
        mine = table[table["chi_bo_id"] == unit_id]
        for class_id, title in titles.items():
            if class_id in mine.columns:
                counts[title] += int(mine[class_id].sum())
    return (
        "; ".join(f"{title} {n}".replace(" ", "\u00a0") for title, n in counts.items() if n) or None
    )


def _why(report: Report, line: AnnualLine) -> str:
    proposal = line.proposal
    if proposal.status == "over":
        text = f"điểm vượt tối đa: {_over(report, line)}"
    elif proposal.status in _STATUS:
        text = _STATUS[proposal.status]
    elif proposal.listed:
        text = f"thuộc trường hợp {proposal.listed}"
    elif proposal.unmet:
        text = f"đủ điểm {_short(proposal.by_points)} nhưng chưa đủ điều kiện: {'; '.join(_condition(line, c) for c in proposal.unmet)}"
    elif proposal.meeting_gate:
        text = "sinh hoạt cả năm chưa xếp mức cao nhất"
    else:
        text = "đủ điểm và điều kiện"
    if line.proposed != proposal.class_id:
        tied = any(line.unit_id in group.capped.tied for group in report.annual_list.groups)
        text += "; vượt tỷ lệ quy định" + (", bằng điểm ở vị trí cuối" if tied else "")
    return text


def _over(report: Report, line: AnnualLine) -> str:
    """Return the parts with more points than their maximum."""
    parts = report.slice.annual.parts if report.slice.annual is not None else ()
    over = [part for part in parts if line.file[part.id] > part.max]
    return "; ".join(
        f"{part.title.lower()} {named(f'list.{line.unit_id}.{part.id}', float(line.file[part.id]), partial(numbers.points_beside, cuts=(part.max,)))}"
        f"/{numbers.points(part.max)}"
        for part in over
    )


def _condition(line: AnnualLine, checked: ConditionResult) -> str:
    """Return a condition that is not met, with the value in the file."""
    about, value = checked.condition, checked.value
    if value is None or about.is_ is not None:
        return about.title
    shown = named(
        f"list.{line.unit_id}.{about.id}",
        value,
        partial(numbers.percent_beside, cuts=edges_of([about])),
    )
    return f"{about.title} (hồ sơ: {shown})"


def _cuts(report: Report) -> tuple[float, ...]:
    """Return the points at which annual classes begin and end."""
    return edges_of(report.slice.annual.classes) if report.slice.annual is not None else ()


def _cap(report: Report) -> CapResults | None:
    groups, rules = report.annual_list.groups, report.slice.annual
    if rules is None or rules.cap is None or not groups:
        return None
    percent = report.annual_list.percent
    return CapResults(
        best=CLASSES[rules.cap.best],
        of=CLASSES[rules.cap.of],
        percent=NamedCount("cap.percent", percent),
        rule_percent=rules.cap.percent,
        up_to=rules.cap.up_to,
        by=report.annual_list.percent_by or "",
        clause=rules.clause(rules.cap.cite),
        only_second=report.option("cap_denominator") == "httnv_only",
        rounding=report.chosen("cap_rounding").option.title,
        worked=pd.DataFrame(
            [
                (
                    _capital(g.name),
                    g.best,
                    g.second,
                    g.capped.limit,
                    len(g.capped.kept),
                    g.capped.pool - len(g.capped.kept),
                    len(g.capped.tied),
                )
                for g in groups
            ],
            columns=["group", "best", "second", "limit", "kept", "left", "tied"],
        ),
        ways=pd.DataFrame(
            [
                (
                    _capital(g.name),
                    g.capped.pool,
                    *(limit(g.capped.pool, percent, of, rounding) for _, of, rounding in FOUR),
                )
                for g in groups
            ],
            columns=["group", "pool", *(name for name, _, _ in FOUR)],
        ),
        depends=tuple(
            (_capital(group.name), names) for group in groups if (names := _depends(report, group))
        ),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _depends(report: Report, group: GroupResult) -> tuple[str, ...]:
    """Return the units of a group whose result depends on the choice between the four readings."""
    points = {line.unit_id: line.proposal.points or 0.0 for line in report.annual_list.lines}
    places = [
        limit(group.capped.pool, group.percent, denominator, rounding)
        for _, denominator, rounding in FOUR
    ]
    ordered = sorted((*group.capped.kept, *group.capped.left_out), key=lambda u: (-points[u], u))
    # units with the same points as one of them depend on it too
    level = {points[u] for u in ordered[min(places) : max(places)]}
    return tuple(
        f"{report.unit_name(u)} ({_points_of(report, u, points[u])} điểm)"
        for u in ordered
        if points[u] in level
    )


def _points_of(report: Report, unit_id: str, points: float) -> str:
    return named(
        f"list.{unit_id}.points", points, partial(numbers.points_beside, cuts=_cuts(report))
    )


def _decisions(report: Report) -> pd.DataFrame:
    """Return the recorded decisions on the units of the list, with every version."""
    table = report.slice.tables["decision"]
    table = table[table["unit_id"].isin([line.unit_id for line in report.annual_list.lines])]
    ordered = table.sort_values(["unit_id", "version"], kind="stable")
    made = pd.DataFrame(
        {
            "unit_id": list(ordered["unit_id"]),
            "name": [report.unit_name(unit) for unit in ordered["unit_id"]],
            "version": list(ordered["version"]),
            "class": [_short(annual_class) for annual_class in ordered["annual_class"]],
            "by": [report.unit_name(unit) for unit in ordered["decided_by"]],
            "day": list(ordered["decided_on"]),
            "number": [value if isinstance(value, str) else None for value in ordered["number"]],
            "reason": [value if isinstance(value, str) else None for value in ordered["reason"]],
        }
    )
    return with_kinds(made, {"version": "integer", "day": "date", "number": "text"})
