"""Inspection plan: which chi bộ to inspect within the teams' capacity, and why.

Tây Ninh's standing board (31/10/2017): a grassroots committee inspects the meetings of all its
cells every year before the annual class; a committee above it inspects those of *some*, without a
number. Each plan states its own numbers for "some".
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import input_error
from assess.records.words import INSPECTION_KINDS
from assess.studies.inspection.coverage import COUNTED, without_meeting
from assess.studies.signals import SignalThresholds, signals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from assess.records import Slice
    from assess.scoring import Scores

HARD_KINDS = ("doanh_nghiep_tu_nhan",)
"""Recorded kinds of organisation that S2 names for strengthening; a plan lists others."""
COLUMNS = (
    "chi_bo_id",
    "stratum",
    "chosen",
    "order",
    "need",
    "why",
    "last",
    "signals",
    "weak",
    "hard",
    "number",
)
_ROUNDING = 1e-9
NEVER, SIGNAL, MOST_SIGNALS, WEAK, HARD = 3, 2, 3, 1, 1
"""The weights of need: never inspected; each kind of signal; their cap; weak class; hard place."""


@dataclass(frozen=True)
class PlanOptions:
    """The options of a plan.

    ``capacity``: how many chi bộ the teams can inspect, 0 for all; ``floor``: the least number of
    each stratum (kind and place); ``at_random``: the part of the capacity beyond the floors that is
    drawn regardless of need, so that no chi bộ can be sure not to be inspected; ``hard``: chi bộ in
    hard places, besides those whose kind is hard; ``seed``: the seed of the drawn numbers;
    ``thresholds``: those of the signals that count as a need.
    """

    capacity: int = 0
    floor: int = 1
    at_random: float = 0.2
    hard: Sequence[str] = ()
    seed: int = 1
    thresholds: SignalThresholds = field(default_factory=SignalThresholds)

    def __post_init__(self) -> None:
        """Refuse numbers that are out of range."""
        if self.capacity < 0:
            raise input_error("plan-number", "capacity", found=str(self.capacity))
        if self.floor < 0:
            raise input_error("plan-number", "floor", found=str(self.floor))
        if not 0 <= self.at_random <= 1:
            raise input_error("plan-part", "at_random", found=str(self.at_random))


def inspection_plan(
    made: Slice,
    scores: Scores,
    wanted: PlanOptions,
    counts_as: str = "inspection_only",
    sightings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the plan: one row per chi bộ under the đảng bộ at the end of the period.

    ``sightings`` are those of :func:`assess.studies.signals.signals`, found here if not given.

    The rows have :data:`COLUMNS` and are in the order of the plan. ``order``: place in the plan;
    ``why``: why it was chosen or not, in words; ``last``: the latest inspection on record (the
    question ``coverage_counts`` decides what counts); ``signals``: number of kinds of signals from
    plain facts; ``weak``: it had a meeting in a weak class of its rule set
    (:attr:`~assess.rules.RuleSet.weak_classes`); ``number``: its own number, drawn from the seed
    and its id, so that it is the same in every plan with that seed whatever else changes (permanent
    random numbers: Ohlsson, 1995, *Coordination of samples using permanent random numbers*).

    Equal needs are ordered by the latest inspection, then by the smaller number. A chi bộ that no
    longer exists is left out, so one merged into another is planned once, as the merged unit. Raise
    :class:`~assess.base.errors.InputError` for an unknown chi bộ in ``hard``.
    """
    day = min(made.period.end, made.as_of.date())
    chi_bo = list(made.tree.chi_bo_under(made.dang_bo, day))
    unknown = [name for name in wanted.hard if name not in chi_bo]
    if unknown:
        raise input_error("unknown-chi-bo", "hard", allowed=chi_bo, found=unknown[0])
    units = made.tree.on(day)
    if sightings is None:
        sightings = signals(made, scores, wanted.thresholds)
    plain = sightings[sightings["p"].isna()].groupby("unit_id")["signal_id"].nunique()
    weak = _weak(scores)
    frame = pd.DataFrame({"chi_bo_id": pd.Series(chi_bo, dtype="str")})
    frame["stratum"] = [f"{units[c].kind}/{_place(made, c, day)}" for c in chi_bo]
    frame["last"] = pd.to_datetime(frame["chi_bo_id"].map(_last(made, counts_as, chi_bo)))
    sat = {} if _SAT in COUNTED[counts_as] else _last_sat(made)
    frame["beside"] = [_beside(made, c, counts_as, sat.get(c)) for c in chi_bo]
    frame["signals"] = frame["chi_bo_id"].map(plain).fillna(0).astype(int)
    frame["weak"] = frame["chi_bo_id"].isin(weak)
    frame["weak_classes"] = [weak.get(c, "") for c in chi_bo]
    frame["hard"] = [c in wanted.hard or units[c].kind in HARD_KINDS for c in chi_bo]
    frame["number"] = [_number(wanted.seed, c) for c in chi_bo]
    return _chosen(frame, wanted)


def _chosen(frame: pd.DataFrame, wanted: PlanOptions) -> pd.DataFrame:
    never = pd.Timestamp.min.ceil("D")  # in whole days it fits every unit of time
    need = (
        NEVER * frame["last"].isna()
        + SIGNAL * frame["signals"].clip(upper=MOST_SIGNALS)
        + WEAK * frame["weak"]
        + HARD * frame["hard"]
    )
    frame = frame.assign(need=need.astype(int), since=frame["last"].fillna(never))
    frame = frame.sort_values(
        ["need", "since", "number"], ascending=[False, True, True], kind="stable"
    )
    capacity = wanted.capacity or len(frame)
    why: dict[str, str] = {}
    if capacity >= len(frame):
        why = dict.fromkeys(frame["chi_bo_id"], "")
    else:
        floors = frame.groupby("stratum", sort=False).head(wanted.floor)["chi_bo_id"].tolist()
        told = f"bảo đảm mỗi nhóm loại hình, đơn vị có ít nhất {wanted.floor:02d} chi bộ"
        if len(floors) > capacity:
            floors, told = (
                floors[:capacity],
                f"chỉ đủ cho {capacity} trong {len(floors)} chỗ tối thiểu của các nhóm",
            )
        why = dict.fromkeys(floors, told)
        left = capacity - len(why)
        drawn = math.ceil(left * wanted.at_random - _ROUNDING)
        by_need = [c for c in frame["chi_bo_id"] if c not in why][: left - drawn]
        why |= dict.fromkeys(by_need, "")
        rest = (
            frame[~frame["chi_bo_id"].isin(why)]
            .sort_values("number", kind="stable")["chi_bo_id"]
            .head(capacity - len(why))
        )
        why |= dict.fromkeys(rest, "rút ngẫu nhiên")
    rows = []
    for row in frame.itertuples():
        there = row.chi_bo_id in why
        said = _reasons(row)
        text = "; ".join(x for x in (why.get(row.chi_bo_id, ""), *said) if x)
        rows.append(text if there else f"chưa đưa vào đợt này: {'; '.join(said)}")
    frame = frame.assign(chosen=frame["chi_bo_id"].isin(why), why=rows)
    frame = frame.sort_values(
        ["chosen", "need", "since", "number"], ascending=[False, False, True, True], kind="stable"
    )
    return frame.assign(order=range(1, len(frame) + 1))[list(COLUMNS)].reset_index(drop=True)


def _reasons(row: Any) -> list[str]:
    if pd.isna(row.last):
        said = [
            "chưa có cuộc kiểm tra nào được tính"
            + (f" (đã có: {row.beside})" if row.beside else "")
        ]
    else:
        said = [f"kiểm tra gần nhất ngày {numbers.day(row.last.date())}"]
    said += [f"có {row.signals} loại điểm cần xem"] if row.signals else []
    said += [f"có buổi xếp loại {row.weak_classes}"] if row.weak else []
    said += ["loại hình, địa bàn cần tăng cường"] if row.hard else []
    return said


def _weak(scores: Scores) -> dict[str, str]:
    """Return the chi bộ with a meeting in a weak class of its rule set, and the class names."""
    meetings = scores.meetings[scores.meetings["assessed"]]
    had = set(
        zip(meetings["chi_bo_id"], meetings["rule_set_id"], meetings["class_id"], strict=True)
    )
    found: dict[str, dict[str, None]] = {}
    for rules in scores.rule_sets.values():
        for c in rules.weak_classes:
            for chi_bo in sorted(
                {
                    chi_bo
                    for chi_bo, rule_set_id, class_id in had
                    if (rule_set_id, class_id) == (rules.id, c.id)
                }
            ):
                found.setdefault(chi_bo, {})[c.title] = None
    return {chi_bo: " hoặc ".join(titles) for chi_bo, titles in found.items()}


def _last(made: Slice, counts_as: str, chi_bo: Collection[str]) -> dict[str, pd.Timestamp]:
    """Return the latest inspection of each chi bộ, in whatever year."""
    done = made.tables["inspection"].dropna(subset="inspected_on")
    visits = (
        made.tables["visit"]
        .dropna(subset="done_on")
        .rename(columns={"done_on": "inspected_on"})
        .assign(form=_SAT)
    )
    named = ["chi_bo_id", "inspected_on", "form"]
    done = pd.concat([done[named], visits[named]], ignore_index=True)
    done = done[
        done["form"].isin(COUNTED[counts_as]) & ~without_meeting(done, made.tables["meeting"])
    ]
    done = done[
        (done["inspected_on"] <= pd.Timestamp(made.as_of.date())) & done["chi_bo_id"].isin(chi_bo)
    ]
    latest: dict[str, pd.Timestamp] = done.groupby("chi_bo_id")["inspected_on"].max().to_dict()
    return latest


_SAT = "du_sinh_hoat"


def _last_sat(made: Slice) -> dict[str, pd.Timestamp]:
    """Return the day on which somebody last sat in on a meeting, by chi bộ."""
    visits = made.tables["visit"].dropna(subset="done_on")
    visits = visits.rename(columns={"done_on": "inspected_on"}).assign(form=_SAT)
    visits = visits[~without_meeting(visits, made.tables["meeting"])]
    latest: dict[str, pd.Timestamp] = visits.groupby("chi_bo_id")["inspected_on"].max().to_dict()
    return latest


def _beside(made: Slice, chi_bo: str, counts_as: str, sat: pd.Timestamp | None) -> str:
    """Return in words what was done at a chi bộ that does not count as an inspection.

    ``sat`` is the day on which somebody last sat in, unless that counts.
    """
    table = made.tables["inspection"].dropna(subset="inspected_on")
    done = table[(table["chi_bo_id"] == chi_bo) & ~table["form"].isin(COUNTED[counts_as])]
    said = [
        f"{INSPECTION_KINDS[str(form)]} ngày {numbers.day(theirs['inspected_on'].max().date())}"
        for form, theirs in done.groupby("form")
    ]
    before = table[table["chi_bo_id"].isin(made.tree.merged_into(chi_bo) - {chi_bo})]
    said += [
        f"ở chi bộ đã sáp nhập vào: {INSPECTION_KINDS[str(form)]} ngày {numbers.day(theirs['inspected_on'].max().date())}"
        for form, theirs in before.groupby("form")
    ]
    if sat is not None:
        said.append(f"{INSPECTION_KINDS[_SAT]} ngày {numbers.day(sat.date())}")
    return "; ".join(said)


def _place(made: Slice, chi_bo: str, day: dt.date) -> str:
    upper = made.tree.reports_to(chi_bo, day)
    return upper.unit_id if upper is not None else ""


def _number(seed: int, chi_bo: str) -> float:
    """Return a number from 0 to 1 that depends only on the seed and the id."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{chi_bo}".encode()).digest()[:7]) / 256**7


def gone(made: Slice) -> str:
    """Return, in words, why a đảng bộ has no chi bộ left to inspect: which units took it over."""
    day = made.period.end
    into = sorted(made.tree.taken_over_by(made.dang_bo) - {made.dang_bo})
    names = ", ".join(f"{made.tree.name_on(name, day)} ({name})" for name in into)
    return f" Cuối kỳ không còn chi bộ nào ở đây{f'; đã sáp nhập vào: {names}' if names else ''}."
