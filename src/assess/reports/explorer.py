"""Explore readings with widgets in JupyterLab; requires ipywidgets (the extra ``lab``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.numbers import month
from assess.reports.blocks import Bullets, Column, Group, Paragraph, Table
from assess.rules.question_words import worded
from assess.scoring import score
from assess.studies.readings import meeting_questions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.reports.blocks import Block
    from assess.reports.report import Report
    from assess.scoring import Scores

_NAMED = 40


def explore_readings(report: Report, questions: Sequence[str] = ()) -> Any:
    """Return widgets to choose options of questions and see their effect on the report's meetings.

    ``questions`` are ids; the default is those that the report's rule sets raise and those that
    concern every rule set. Raises :class:`~assess.base.errors.InputError` if ipywidgets is not
    installed or a question is unknown.
    """
    try:
        import ipywidgets
    except ImportError as error:
        raise input_error("needs-widgets", "explore_readings") from error
    known = {question.id: worded(question, report.forms) for question in meeting_questions()}
    asked = list(questions) or [
        q for q in known if any(q in chosen for chosen in report.scores.chosen.values())
    ]
    for question in asked:
        if question not in known:
            raise input_error("unknown-question", "questions", allowed=known, found=question)
    shown = ipywidgets.HTML()
    lists = {
        question: ipywidgets.Dropdown(
            options=[
                ("như đang dùng", ""),
                *((option.title, option.id) for option in known[question].options),
            ],
            description=known[question].title,
            style={"description_width": "22em"},
            layout={"width": "52em"},
        )
        for question in asked
    }

    def show(_: object = None) -> None:
        readings = {question: choice.value for question, choice in lists.items() if choice.value}
        shown.value = moved(report, readings)._repr_mimebundle_()["text/html"]

    for choice in lists.values():
        choice.observe(show, names="value")
    show()
    return ipywidgets.VBox([*lists.values(), shown])


def moved(report: Report, readings: Mapping[str, str]) -> Block:
    """Return classes before and after replacing some readings, and the meetings that change."""
    now, then = report.scores, score(report.slice, {**report.readings, **readings})
    blocks: list[Block] = [
        _counts(report, now, then, number) for number in range(len(report.forms))
    ]
    before, after = (_classes(scores) for scores in (now, then))
    changes = [
        meeting
        for meeting in dict.fromkeys([*before, *after])
        if before.get(meeting) != after.get(meeting)
    ]
    about = {m.meeting_id: m for scores in (then, now) for m in scores.meetings.itertuples()}
    items = []
    for meeting in changes[:_NAMED]:
        m = about[meeting]
        names = [_name(report, m.rule_set_id, classes.get(meeting)) for classes in (before, after)]
        items.append(f"{report.unit_name(m.chi_bo_id)}, {month(m.month)}: {names[0]} → {names[1]}")
    if len(changes) > _NAMED:
        items.append(f"và {len(changes) - _NAMED} buổi khác")
    if not readings:
        blocks.append(Paragraph("Chọn một cách hiểu ở trên để xem xếp loại thay đổi."))
    elif not changes:
        blocks.append(Paragraph("Không buổi nào đổi xếp loại."))
    else:
        blocks.append(Bullets(tuple(items), f"{len(changes)} buổi đổi xếp loại"))
    return Group(tuple(blocks))


def _classes(scores: Scores) -> dict[str, str | None]:
    """Return the class of every held meeting of the period, ``None`` if not classified yet."""
    held = scores.meetings[scores.meetings["status"] == "held"]
    return {
        m.meeting_id: m.class_id if m.assessed and isinstance(m.class_id, str) else None
        for m in held.itertuples()
    }


def _counts(report: Report, now: Scores, then: Scores, number: int) -> Table:
    rules = report.forms[number]
    rows = []
    counted = []
    for scores in (now, then):
        mine = scores.meetings[
            (scores.meetings["rule_set_id"] == rules.id) & (scores.meetings["status"] == "held")
        ]
        found = mine.loc[mine["assessed"], "class_id"].value_counts()
        counted.append(
            [*(int(found.get(c.id, 0)) for c in rules.classes), int((~mine["assessed"]).sum())]
        )
    for title, before, after in zip(
        [*(c.title for c in rules.classes), "Chưa xếp loại"], *counted, strict=True
    ):
        rows.append((title, before, after, after - before))
    columns = (
        Column("class", "Xếp loại", width=2),
        Column("now", "Đang dùng", "integer"),
        Column("then", "Cách hiểu đang xem", "integer"),
        Column("change", "Thay đổi", "integer"),
    )
    return Table(id=f"doi-{rules.id}", title=rules.short, columns=columns, rows=tuple(rows))


def _name(report: Report, rule_set_id: str, class_id: str | None) -> str:
    return "chưa xếp loại" if class_id is None else report.class_title(rule_set_id, class_id)
