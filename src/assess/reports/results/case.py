"""One score sheet under every reading of the unclear clauses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.records.words import RATERS
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount
from assess.rules import catalogue
from assess.rules.question_words import worded
from assess.scoring.class_cuts import scaled
from assess.scoring.explain_meeting import is_absent
from assess.studies import every_combination

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.reports.report import Report
    from assess.rules import Criterion
    from assess.rules.questions import Question

_WITHOUT = {
    "has_chi_uy": "không có chi ủy",
    "has_deputy": "không có phó bí thư",
    "leads_mass_organisations": "không lãnh đạo đoàn thể chính trị - xã hội",
    "has_targets": "tháng trước chưa có chỉ tiêu để đánh giá",
    "thematic_in_month": "trong tháng không có sinh hoạt chuyên đề",
}


@dataclass(frozen=True)
class Lacking:
    """A chi bộ and what it does not have, of what forms ask for; nothing if it has all."""

    name: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class EveryReading:
    """A meeting (``key`` is its id) under each combination.

    ``titles`` are those of the columns of the questions but the first. ``frame``: ``number``,
    ``first`` (the reading of the first question), a column for each other question, ``total``,
    ``out_of``, ``class``.
    """

    key: str
    month: str
    titles: dict[str, str]
    frame: pd.DataFrame


@dataclass(frozen=True)
class CaseResults:
    """The sheets of a period under every reading of some questions.

    ``questions`` are their titles and numbers of options; ``combinations`` there are of them (0
    without questions). ``lacking`` says what the chi bộ do not have. ``lines``: ``meeting_id``,
    ``month``, ``rater``, ``title``, ``max``, ``entered``, ``question``, the lines that the forms
    leave open. ``ranges`` by meeting: ``meeting_id``, ``name``, ``month``, ``low``, ``high`` (out
    of 100), ``different`` results, ``classes`` with the number of readings. ``in_full`` has each
    meeting where there are at most the given number, else none.
    """

    questions: tuple[tuple[str, int], ...]
    combinations: NamedCount
    lacking: tuple[Lacking, ...]
    lines: pd.DataFrame
    ranges: pd.DataFrame
    in_full: tuple[EveryReading, ...]


def case_results(report: Report, questions: Sequence[str], most: int = 3) -> CaseResults:
    """Return the sheets of a report under every reading; in full for at most ``most`` meetings."""
    lacking, lines = _open_lines(report, questions)
    frame = every_combination(report.slice, questions, report.readings) if questions else None
    meetings = list(dict.fromkeys(frame["meeting_id"])) if frame is not None else []
    number = 0 if frame is None else len(frame.drop_duplicates(list(questions)))
    return CaseResults(
        questions=tuple(
            (_question(report, q).title, len(catalogue()[q].options)) for q in questions
        ),
        combinations=NamedCount("case.combinations", number),
        lacking=lacking,
        lines=lines,
        ranges=_ranges(report, frame) if frame is not None else pd.DataFrame(columns=_RANGES),
        in_full=tuple(
            _in_full(report, frame[frame["meeting_id"] == meeting], questions)
            for meeting in (meetings if frame is not None and len(meetings) <= most else ())
            if frame is not None
        ),
    )


def _question(report: Report, question_id: str) -> Question:
    """Return a question in the words of the report's forms."""
    return worded(catalogue()[question_id], report.forms)


def _open_lines(
    report: Report, questions: Sequence[str]
) -> tuple[tuple[Lacking, ...], pd.DataFrame]:
    scores = report.scores
    rows: list[tuple[Any, ...]] = []
    lacking: dict[str, set[str]] = {}
    for meeting in scores.meetings[scores.meetings["status"] == "held"].itertuples():
        lines = scores.lines[scores.lines["meeting_id"] == meeting.meeting_id]
        rules = report.slice.rule_sets.get(meeting.rule_set_id)
        lacking.setdefault(meeting.chi_bo_id, set()).update(
            word for fact, word in _WITHOUT.items() if getattr(meeting, fact) == 0
        )
        for criterion in rules.criteria if rules else ():
            if not _unsettled(criterion, meeting._asdict(), questions):
                continue
            asked = criterion.otherwise.question if criterion.otherwise else ""
            words = {"not_applicable": "không áp dụng", "blank": "bỏ trống"}
            rows += [
                (
                    meeting.meeting_id,
                    meeting.month,
                    RATERS[line.rater],
                    criterion.title,
                    criterion.max or None,
                    words.get(line.state, line.entered),
                    _question(report, asked).title if asked else "",
                )
                for line in lines[lines["criterion_id"] == criterion.id].itertuples()
            ]
    columns = ["meeting_id", "month", "rater", "title", "max", "entered", "question"]
    cuts = tuple({row[4] for row in rows if row[4] is not None})
    frame = with_kinds(
        pd.DataFrame(rows, columns=columns),
        {"month": "month", "max": "points", "entered": ("points", cuts)},
    )
    return tuple(Lacking(report.names[c], tuple(sorted(w))) for c, w in lacking.items()), frame


def _unsettled(criterion: Criterion, facts: Mapping[str, float], questions: Sequence[str]) -> bool:
    """Return whether a line does not apply to the meeting and a question decides its result."""
    asked = criterion.otherwise is not None and (
        criterion.otherwise.question in questions or "not_applicable" in questions
    )
    return asked and is_absent(criterion, facts)


_RANGES = ["meeting_id", "name", "month", "low", "high", "different", "classes"]


def _ranges(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for meeting, found in frame.groupby("meeting_id", sort=False):
        percent = found["total"] / found["out_of"] * 100
        counted = Counter(_class(report, row) for row in found.itertuples())
        rows.append(
            (
                meeting,
                report.names[found["chi_bo_id"].iloc[0]],
                found["month"].iloc[0],
                percent.min(),
                percent.max(),
                len(found[["total", "out_of", "class_id"]].drop_duplicates()),
                "; ".join(f"{name}: {count}" for name, count in counted.most_common()),
            )
        )
    cuts = tuple(
        100 * cut / rules.total for rules in report.slice.rule_sets.values() for cut in rules.cuts
    )
    points = ("points", cuts)
    return with_kinds(
        pd.DataFrame(rows, columns=_RANGES), {"month": "month", "low": points, "high": points}
    )


def _in_full(report: Report, frame: pd.DataFrame, questions: Sequence[str]) -> EveryReading:
    first, *others = questions
    known = {q: _question(report, q) for q in questions}
    rows = [
        (
            number,
            f"{known[first].title}: {known[first].option(row[first]).title}",
            *(known[q].option(row[q]).title for q in others),
            row["total"],
            row["out_of"],
            _class_of(report, row["rule_set_id"], row["class_id"]),
        )
        for number, row in enumerate(frame.to_dict("records"), start=1)
    ]
    columns = ["number", "first", *others, "total", "out_of", "class"]
    points: tuple[str, tuple[float, ...]] = ("points", _cuts(report, frame))
    return EveryReading(
        str(frame["meeting_id"].iloc[0]),
        numbers.month(str(frame["month"].iloc[0])),
        {q: known[q].title for q in others},
        with_kinds(pd.DataFrame(rows, columns=columns), {"total": points, "out_of": "points"}),
    )


def _cuts(report: Report, frame: pd.DataFrame) -> tuple[float, ...]:
    """Return the class thresholds, also as scaled by readings to the points that apply."""
    found = [
        (rules.total, rules.cuts) for rules in report.slice.rule_sets.values() if rules.has_points
    ]
    scales = [float(out_of) for out_of in frame["out_of"].dropna().unique()]
    return tuple(
        sorted(
            {
                scaled(cut, scale / total)
                for total, cuts in found
                for cut in cuts
                for scale in (total, *scales)
            }
        )
    )


def _class(report: Report, row: Any) -> str:
    return _class_of(report, row.rule_set_id, row.class_id)


def _class_of(report: Report, rule_set_id: str, class_id: Any) -> str:
    if class_id is None or class_id != class_id:
        return "cần bổ sung"
    return report.class_title(rule_set_id, class_id)
