"""The trace of one meeting, as text or data: line, fact, level, points, reading, clause."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.periods import Period
from assess.base.short_repr import Shown
from assess.base.text import nearest
from assess.records import AUTO
from assess.records.words import RATERS_SCORING
from assess.rules import catalogue
from assess.rules.in_words import answer_in_words
from assess.scoring.chi_bo_slice import meetings_of, slice_of_chi_bo
from assess.scoring.class_cuts import class_cuts, scaled
from assess.scoring.line_basis import facts_in_words, touching_questions
from assess.scoring.score import Scores, score
from assess.scoring.sheets.levels import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from assess.records import Records, Slice
    from assess.rules import Chosen, Criterion, RuleBook, RuleSet

WAITING_REASONS = {
    "": "không có tiêu chí nào áp dụng",
    "blank": "có dòng bỏ trống",
    "over_max": "có điểm ghi cao hơn tối đa của dòng",
    "level_gap": "có giá trị không rơi vào mức nào",
    "level_overlap": "có giá trị rơi vào hai mức",
    "no_targets": "tháng trước chưa có chỉ tiêu",
    "closing_pending": "có dòng về việc kết thúc buổi họp chưa chấm",
    "line_without_points": "điều kiện không đạt, mà biểu không ghi điểm của dòng để biết hạ đến mức nào",
    "other_form": "phiếu chấm theo biểu khác với biểu được dùng để tính",
    "no_rule_set": "chưa áp dụng biểu nào cho loại buổi họp này vào ngày họp",
    "other_rater_waits": "phiếu của bên kia chưa đủ",
    "no_mean": "hai bên xếp loại khác nhau, mà biểu không có điểm để lấy trung bình",
    "no_superior": "chưa có điểm của cấp trên",
}
"""Why a sheet cannot be classified yet, in the words of reports and traces."""

_TREATED = {
    "judged": "",
    "left_out": "không áp dụng, bỏ khỏi phiếu",
    "full": "được điểm tối đa theo cách hiểu",
    "zero": "tính 0 điểm",
    "half": "chấm một nửa",
    "moved": "điểm tối đa chuyển sang dòng khác",
    "clamped": "lấy điểm tối đa của dòng",
    "refused": "phiếu phải chờ",
}
_ABOUT_SHEETS = ("score_basis", "not_applicable", "self_vs_superior", "superior_silent")


@dataclass(frozen=True, slots=True)
class LineTrace:
    """One line of a sheet: what was entered, what the facts imply, what counts, and why.

    ``readings`` are the readings involved, and ``said`` the same in words; ``clause`` is the
    source. A mark has ``max`` 0 and counts by its ``share`` alone: 1 met, 0 not met, ``None`` where
    it does not apply.
    """

    criterion_id: str
    title: str
    max: float
    entered: str
    facts: tuple[tuple[str, str], ...]
    level: str
    recomputed: float | None
    treatment: str
    points: float
    weight: float
    share: float | None
    contradicts: bool
    off_form: bool
    readings: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class SheetTrace:
    """One sheet with its lines, total and class; classes begin and end at the totals ``cuts``."""

    sheet_id: str
    rater: str
    rule_set: str
    fidelity: str
    lines: tuple[LineTrace, ...]
    raw: float | None
    total: float | None
    out_of: float | None
    class_title: str
    reason: str
    gate: str
    cuts: tuple[float, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Trace(Shown):
    """One meeting: its sheets, and the total and class that count."""

    chi_bo: str
    meeting_id: str
    month: str
    held_on: str
    sheets: tuple[SheetTrace, ...]
    total: float | None
    class_title: str
    counting: str
    why_waiting: str
    cuts: tuple[float, ...]
    readings: tuple[tuple[str, str], ...]
    said: tuple[str, ...]

    def only(self, criterion_id: str) -> Trace:
        """Return the trace with one criterion's lines; raise ``InputError`` if it is unknown."""
        names = [line.criterion_id for sheet in self.sheets for line in sheet.lines]
        if criterion_id not in names:
            hint = nearest(criterion_id, names)
            raise input_error(
                "unknown-criterion",
                "--line",
                allowed=dict.fromkeys(names),
                hint=hint,
                found=criterion_id,
            )
        kept = (
            replace(s, lines=tuple(x for x in s.lines if x.criterion_id == criterion_id))
            for s in self.sheets
        )
        return replace(self, sheets=tuple(kept))

    def _facts(self) -> dict[str, object]:
        return {
            "meeting_id": self.meeting_id,
            "month": self.month,
            "sheets": len(self.sheets),
            "total": self.total,
            "class": self.class_title or "none",
        }

    def __str__(self) -> str:
        """Return the text."""
        return self.as_text()

    def as_json(self) -> dict[str, Any]:
        """Return the trace as plain data."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the trace as lines of text."""
        return "\n".join(_text(self))


def explain_meeting(
    records: Records,
    rules: RuleBook,
    chi_bo: str,
    meeting: str,
    *,
    rule_set: str = AUTO,
    readings: Mapping[str, str] | None = None,
) -> Trace:
    """Trace one meeting of a chi bộ; ``meeting`` is its id, or a month for its regular meeting.

    A month is written ``YYYY-MM``. Raise :class:`~assess.base.errors.InputError` for unknown chi
    bộ, meetings, rule sets and readings.
    """
    theirs = meetings_of(records, chi_bo)
    found = theirs[
        (theirs["meeting_id"] == meeting)
        | ((theirs["for_month"] == meeting) & (theirs["kind"] != "chuyen_de"))
    ]
    if found.empty:
        raise input_error(
            "unknown-meeting",
            "MEETING",
            hint=nearest(meeting, theirs["meeting_id"]),
            chi_bo=chi_bo,
            found=meeting,
        )
    row = found.sort_values("status", key=lambda status: status != "held", kind="stable").iloc[0]
    made = slice_of_chi_bo(records, rules, chi_bo, Period.parse(row["for_month"]), rule_set)
    return trace_of(made, score(made, dict(readings or {})), str(row["meeting_id"]))


def trace_of(made: Slice, scores: Scores, meeting_id: str) -> Trace:
    """Return the trace of one meeting of a scored slice."""
    meeting = scores.every_meeting[scores.every_meeting["meeting_id"] == meeting_id].iloc[0]
    sheets = scores.sheets[scores.sheets["meeting_id"] == meeting_id]
    traced = tuple(_sheet(row, meeting, scores) for _, row in sheets.iterrows())
    chosen = scores.chosen_for(meeting_id)
    held = (
        "" if meeting["held_on"] != meeting["held_on"] else numbers.day(meeting["held_on"].date())
    )
    return Trace(
        made.tree.name_on(meeting["chi_bo_id"], made.period.end),
        meeting_id,
        meeting["month"],
        held,
        traced,
        _number(meeting["total"]),
        class_in_words(scores, meeting["rule_set_id"], meeting["class_id"]),
        meeting["counting"] if meeting["assessed"] else "",
        meeting["why_waiting"],
        class_cuts(scores),
        _named(chosen, _ABOUT_SHEETS),
        _in_words(chosen, _named(chosen, _ABOUT_SHEETS)),
    )


def _sheet(sheet: pd.Series, meeting: pd.Series, scores: Scores) -> SheetTrace:
    rules = scores.rule_sets.get(sheet["rule_set_id"])
    lines: tuple[LineTrace, ...] = ()
    if rules is not None and not sheet["by_total"]:
        of_meeting = scores.chosen_for(meeting["meeting_id"])
        chosen = of_meeting if rules.id == meeting["rule_set_id"] else scores.chosen[rules.id]
        criteria = {c.id: c for c in rules.criteria}
        rows = scores.lines[scores.lines["sheet_id"] == sheet["sheet_id"]]
        lines = tuple(
            _line(row, criteria[row["criterion_id"]], rules, meeting, chosen)
            for _, row in rows.iterrows()
        )
    return SheetTrace(
        sheet["sheet_id"],
        sheet["rater"],
        sheet["rule_set_id"],
        rules.fidelity if rules else "",
        lines,
        _number(sheet["raw"]),
        _number(sheet["total"]),
        _number(sheet["out_of"]),
        class_in_words(scores, sheet["rule_set_id"], sheet["class_id"]),
        sheet["reason"],
        _gate(rules, sheet["gate"]),
        tuple(scaled(cut, float(sheet["cuts"])) for cut in rules.cuts)
        if rules and sheet["cuts"] == sheet["cuts"]
        else (),
    )


def _gate(rules: RuleSet | None, gate_id: str) -> str:
    """Return the class condition that held the class down, with its clause; empty if none did."""
    if rules is None or not gate_id:
        return ""
    gate = next((g for g in rules.gates if g.id == gate_id), None)
    return (
        f"{gate.title} [{rules.clause(gate.cite)}]"
        if gate
        else catalogue()["unexcused"].option("gate").title
    )


def _line(
    row: pd.Series,
    criterion: Criterion,
    rules: RuleSet,
    meeting: pd.Series,
    chosen: Mapping[str, Chosen],
) -> LineTrace:
    mark, absent = criterion.kind == "mark", is_absent(criterion, meeting)
    entered = (
        entry_in_words(row["entered"], mark=mark, top=criterion.max)
        if row["state"] == "entered"
        else {"blank": "bỏ trống"}.get(row["state"], "không áp dụng")
    )
    level = next((item.title for item in criterion.levels if item.id == row["level"]), "")
    touching = touching_questions(row, criterion, meeting, absent=absent)
    readings = _named(chosen, tuple(touching))
    return LineTrace(
        criterion.id,
        criterion.title,
        criterion.max,
        entered,
        facts_in_words(criterion, meeting),
        level,
        _number(row["recomputed"]),
        row["treatment"],
        float(row["points"]),
        float(row["weight"]),
        _number(row["share"]),
        bool(row["contradicts"]),
        bool(row["off_form"]),
        readings,
        _in_words(chosen, readings),
        rules.clause(criterion.cite),
    )


def entry_in_words(value: float, *, mark: bool, top: float = 0.0) -> str:
    """Return an entry in words: points (kept apart from 0 and ``top``), or if a mark is met."""
    text = numbers.points_beside(value, (0.0, top))
    return {1.0: "đạt", 0.0: "không đạt"}.get(value, text) if mark else text


def is_absent(criterion: Criterion, facts: Mapping[str, float]) -> bool:
    """Return whether the rule set does not ask this line of a meeting with these facts."""
    if criterion.applies_when is None:
        return False
    fact = criterion.applies_when.fact
    applies, known = holds(criterion.applies_when, {fact: np.array([facts[fact]], dtype=float)})
    return bool(known[0] and not applies[0])


def _named(chosen: Mapping[str, Chosen], questions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((q, chosen[q].option.id) for q in dict.fromkeys(questions) if q in chosen)


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def class_in_words(scores: Scores, rule_set_id: str, class_id: str | None) -> str:
    """Return the name of a class of a rule set; empty if there is no class."""
    if class_id is None or class_id != class_id or rule_set_id not in scores.rule_sets:
        return ""
    return scores.rule_sets[rule_set_id].class_title(class_id)


def _text(trace: Trace) -> Iterator[str]:
    held = f", họp ngày {trace.held_on}" if trace.held_on else ", không họp"
    yield f"{trace.chi_bo}: buổi {trace.meeting_id} (tháng {numbers.month(trace.month)}{held})"
    for sheet in trace.sheets:
        yield ""
        shown = " (minh họa)" if sheet.fidelity == "illustrative" else ""
        yield f"Phiếu {sheet.sheet_id} ({RATERS_SCORING[sheet.rater]}), biểu {sheet.rule_set}{shown}"
        for line in sheet.lines:
            yield f"  {line.criterion_id:<16} {_counted(line):>9}  {line.title}"
            yield f"  {'':<16} {'':>9}  ghi: {line.entered}{_because(line)} · {line.clause}"
            yield from (f"  {'':<16} {'':>9}  cách hiểu – {said}" for said in line.said)
        if not sheet.class_title:
            yield f"  Chưa xếp loại: {WAITING_REASONS[sheet.reason]}"
        elif sheet.total is None:
            met = sum(line.share == 1 for line in sheet.lines)
            yield f"  Đạt {met} trên {sum(line.share is not None for line in sheet.lines)} tiêu chí áp dụng: {sheet.class_title}"
        else:
            if not sheet.lines:
                yield "  Chỉ biết tổng điểm ghi ở bảng tổng hợp tháng, không có từng dòng"
            raw, total = (
                numbers.points_beside(value, sheet.cuts) for value in (sheet.raw or 0, sheet.total)
            )
            yield f"  Cộng {raw}; tổng {total}/{numbers.points(sheet.out_of or 0)}: {sheet.class_title}"
        if sheet.gate:
            yield f"  Hạ mức vì điều kiện: {sheet.gate}"
    yield ""
    if not trace.class_title:
        why = f": {WAITING_REASONS[trace.why_waiting]}" if trace.why_waiting else ""
        yield f"Buổi này chưa có xếp loại{why}."
    else:
        points = (
            ""
            if trace.total is None
            else f"{numbers.points_beside(trace.total, trace.cuts)} điểm, "
        )
        yield f"Kết quả: {points}{trace.class_title} (theo phiếu: {RATERS_SCORING.get(trace.counting, 'cả hai bên')})"
    yield "Cách hiểu: " + "; ".join(trace.said)


def _counted(line: LineTrace) -> str:
    if line.max == 0:
        return "–" if line.share is None else entry_in_words(line.share, mark=True)
    return f"{'–' if line.treatment == 'refused' else numbers.points_beside(line.points, (0.0, line.weight))}/{numbers.points(line.weight)}"


def reading_in_words(chosen: Chosen) -> str:
    """Return a reading in words, with its ids for a reader who wants to change it."""
    answer = chosen.answer if chosen.origin == "answer" else None
    by = f" ({answer_in_words(answer)})" if answer is not None else ""
    return (
        f"{chosen.question.title}: {chosen.option.title}{by} "
        f"[{chosen.question.id}={chosen.option.id}]"
    )


def _in_words(
    chosen: Mapping[str, Chosen], readings: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    return tuple(reading_in_words(chosen[question]) for question, _ in readings)


def _because(line: LineTrace) -> str:
    parts = [f" · {label}: {value}" for label, value in line.facts]
    if line.recomputed is not None:
        level = f" ({line.level})" if line.level else ""
        parts.append(
            f" → {entry_in_words(line.recomputed, mark=line.max == 0, top=line.max)}{level}"
        )
    if line.off_form:
        parts.append(" · biểu không có điểm này")
    if line.contradicts:
        parts.append(" ≠ phiếu ghi")
    if _TREATED[line.treatment]:
        parts.append(f" · {_TREATED[line.treatment]}")
    return "".join(parts)
