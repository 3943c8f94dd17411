"""The results of one score sheet under every reading of the unclear clauses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.records.words import RATERS
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.rules import catalogue
from assess.rules.question_words import worded
from assess.scoring.class_cuts import scaled
from assess.scoring.explain_meeting import is_absent
from assess.studies import every_combination

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import Criterion
    from assess.rules.questions import Question

UNCLEAR = ("not_applicable", "no_chi_uy", "chi_uy_in_criticism")
"""The questions of a chi bộ of Lai Châu in 2020: “if any” mass organisations, and no chi ủy."""
_IN_FULL = 3
"""Most meetings with every combination listed; if there are more, only ranges are shown."""

_WITHOUT = {
    "has_chi_uy": "không có chi ủy",
    "has_deputy": "không có phó bí thư",
    "leads_mass_organisations": "không lãnh đạo đoàn thể chính trị - xã hội",
    "has_targets": "tháng trước chưa có chỉ tiêu để đánh giá",
    "thematic_in_month": "trong tháng không có sinh hoạt chuyên đề",
}


def unclear_lines(report: Report, questions: Sequence[str] = UNCLEAR) -> Group:
    """Return what each chi bộ lacks and the lines that the rule set leaves open for it."""
    scores = report.scores
    rows = []
    lacking: dict[str, set[str]] = {}
    for meeting in scores.meetings[scores.meetings["status"] == "held"].itertuples():
        lines = scores.lines[scores.lines["meeting_id"] == meeting.meeting_id]
        rules = report.slice.rule_sets.get(meeting.rule_set_id)
        lacking.setdefault(meeting.chi_bo_id, set()).update(
            word for fact, word in _WITHOUT.items() if getattr(meeting, fact) == 0
        )
        unsettled = (
            [c for c in rules.criteria if _unsettled(c, meeting._asdict(), questions)]
            if rules
            else []
        )
        for criterion in unsettled:
            for line in lines[lines["criterion_id"] == criterion.id].itertuples():
                entered = {"not_applicable": "không áp dụng", "blank": "bỏ trống"}.get(
                    line.state, line.entered
                )
                question = (
                    _question(report, criterion.otherwise.question).title
                    if criterion.otherwise
                    else ""
                )
                rows.append(
                    (
                        meeting.meeting_id,
                        RATERS[line.rater],
                        criterion.title,
                        criterion.max or None,
                        entered,
                        question,
                    )
                )
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("rater", "Bên chấm"),
        Column("title", "Dòng", width=3.0),
        Column("max", "Tối đa", "points", 0.8),
        Column(
            "entered",
            "Ghi trên phiếu",
            "points",
            1.1,
            tuple({row[3] for row in rows if row[3] is not None}),
        ),
        Column("question", "Câu hỏi", width=2.4),
    )
    items = tuple(
        f"{report.names[c]}: {listing(sorted(words)) or 'đủ chi ủy, phó bí thư, đoàn thể'}."
        for c, words in lacking.items()
    )
    table = Table(
        id="dong-chua-ro",
        title="Các dòng mà biểu chưa nói rõ cho chi bộ này",
        columns=columns,
        rows=tuple(rows),
    )
    text = "Mỗi câu hỏi dưới đây là một chỗ biểu chưa nói rõ. Cùng một phiếu, các cách hiểu có thể cho số điểm khác nhau; không cách nào trái câu chữ của biểu."
    return Group(
        (Heading("Vì sao phiếu này có nhiều cách hiểu"), Paragraph(text), Bullets(items), table)
    )


def _unsettled(criterion: Criterion, facts: Mapping[str, float], questions: Sequence[str]) -> bool:
    """Return whether a line does not apply to the meeting and a question decides its result."""
    asked = criterion.otherwise is not None and (
        criterion.otherwise.question in questions or "not_applicable" in questions
    )
    return asked and is_absent(criterion, facts)


def every_reading(report: Report, questions: Sequence[str] = UNCLEAR) -> Group:
    """Return each meeting's points and classes over all combinations, in full if there are few."""
    if not questions:
        text = "Không chỗ nào mà biểu để ngỏ làm đổi điểm hoặc xếp loại của phiếu này."
        return Group((Heading("Điểm và xếp loại theo từng cách hiểu"), Paragraph(text)))
    frame = every_combination(report.slice, questions, report.readings)
    combinations = len(frame.drop_duplicates(list(questions)))
    blocks: list[Block] = [Heading("Điểm và xếp loại theo từng cách hiểu")]
    names = listing(
        [f"“{_question(report, q).title}” ({len(catalogue()[q].options)} cách)" for q in questions]
    )
    count = named("case.combinations", combinations)
    blocks.append(
        Paragraph(
            f"Ghép mọi cách hiểu của {names} được {count} cách; mỗi cách được tính lại từ đầu trên cùng số liệu."
        )
    )
    blocks.append(_ranges(report, frame))
    meetings = list(dict.fromkeys(frame["meeting_id"]))
    if len(meetings) <= _IN_FULL:
        blocks += [
            _in_full(report, frame[frame["meeting_id"] == meeting], questions)
            for meeting in meetings
        ]
    return Group(tuple(blocks))


def _ranges(report: Report, frame: pd.DataFrame) -> Table:
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("name", "Chi bộ", width=2.2),
        Column("low", "Điểm thấp nhất", "points", cuts=_hundredths(report)),
        Column("high", "Điểm cao nhất", "points", cuts=_hundredths(report)),
        Column("different", "Số kết quả khác nhau", "integer"),
        Column("classes", "Xếp loại (số cách hiểu)", width=2.6),
    )
    rows = []
    for meeting, found in frame.groupby("meeting_id", sort=False):
        percent = found["total"] / found["out_of"] * 100
        counted = Counter(_class(report, row) for row in found.itertuples())
        classes = "; ".join(f"{name}: {count}" for name, count in counted.most_common())
        different = len(found[["total", "out_of", "class_id"]].drop_duplicates())
        rows.append(
            (
                meeting,
                report.names[found["chi_bo_id"].iloc[0]],
                percent.min(),
                percent.max(),
                different,
                classes,
            )
        )
    note = "Điểm quy về thang 100 để so được với nhau; kết quả khác nhau là khác điểm, thang điểm hoặc xếp loại."
    return Table(
        id="khoang-diem",
        title="Khoảng điểm và xếp loại của từng buổi",
        columns=columns,
        rows=tuple(rows),
        note=note,
    )


def _in_full(report: Report, frame: pd.DataFrame, questions: Sequence[str]) -> Table:
    first, *others = questions
    known = {q: _question(report, q) for q in questions}
    columns = (
        Column("number", "TT", "integer", 0.5),
        *(Column(q, known[q].title, width=2.6) for q in others),
        Column("total", "Điểm", "points", 0.8, _cuts_in_full(report, frame)),
        Column("out_of", "Thang điểm", "points", 0.8),
        Column("class", "Xếp loại", width=1.1),
    )
    rows, bands, last = [], [], ""
    for number, row in enumerate(frame.to_dict("records")):
        if row[first] != last:
            last = row[first]
            bands.append((number, f"{known[first].title}: {known[first].option(last).title}"))
        words = [known[q].option(row[q]).title for q in others]
        verdict = (
            report.class_title(row["rule_set_id"], row["class_id"])
            if row["class_id"] is not None
            else "chờ"
        )
        rows.append((number + 1, *words, row["total"], row["out_of"], verdict))
    meeting = frame["meeting_id"].iloc[0]
    title = f"Buổi {meeting}, tháng {numbers.month(frame['month'].iloc[0])}: từng cách hiểu"
    note = "Khi hạ các mức theo tỷ lệ, mốc của mỗi mức nhân với thang điểm rồi chia 100."
    return Table(
        id=f"cach-hieu-{meeting}",
        title=title,
        columns=columns,
        rows=tuple(rows),
        bands=tuple(bands),
        note=note,
    )


def _question(report: Report, question_id: str) -> Question:
    """Return a question in the words of the report's rule sets."""
    return worded(catalogue()[question_id], report.forms)


def _hundredths(report: Report) -> tuple[float, ...]:
    """Return the class thresholds as percentages of the rule sets' totals."""
    return tuple(
        100 * cut / rules.total for rules in report.slice.rule_sets.values() for cut in rules.cuts
    )


def _cuts_in_full(report: Report, frame: pd.DataFrame) -> tuple[float, ...]:
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


def _class(report: Report, row: object) -> str:
    class_id: str | None = getattr(row, "class_id", None)
    if class_id is None or class_id != class_id:
        return "chờ bổ sung"
    return report.class_title(str(getattr(row, "rule_set_id", "")), class_id)
