"""The first page: results, points to check, and coverage of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period
from assess.base.text import listing
from assess.reports.blocks import Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.conflicts import conflicts_in_words
from assess.reports.sections.phrases import (
    block_id,
    form_name,
    how_far,
    month_cell,
    month_column,
    nothing_known,
    on_form,
)
from assess.rules import FIDELITIES
from assess.scoring.explain_meeting import WAITING_REASONS
from assess.scoring.period.summary import shares
from assess.studies import rater_summary
from assess.studies.low_attendance import known_attendance, low_attendance

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import RuleSet


def key_results(report: Report) -> Group:
    """Return the class distribution of the period by rule set, and the points to check first."""
    assessed = int(report.coverage["assessed"].sum())
    tables = [_distribution(report, rules) for rules in report.forms]
    return Group(
        (
            Heading("Kết quả chính"),
            Paragraph(_sentence(report, assessed)),
            *tables,
            _look_at(report),
        )
    )


def _distribution(report: Report, rules: RuleSet) -> Table:
    frame = report.classes_by_month[rules.id]
    counts = [int(frame[c.id].sum()) for c in rules.classes]
    total = sum(counts)
    parts = shares(counts, report.shares_reading)
    rows = [
        (c.title, count, share)
        for c, count, share in zip(rules.classes, counts, parts, strict=True)
    ]
    kind = "chuyên đề" if rules.meeting == "chuyen_de" else "sinh hoạt"
    columns = (
        Column("class", f"Xếp loại buổi {kind}", width=2.2),
        Column("count", "Số buổi", "integer"),
        Column("share", "Tỷ lệ trên số buổi được xếp loại", "percent", 2.0),
    )
    exact = [round(count / total, 3) if total else None for count in counts]
    note = (
        "Tỷ lệ được làm tròn sao cho cộng đúng 100%."
        if exact != [share if share is None else round(share, 3) for share in parts]
        else ""
    )
    return Table(
        id=block_id(report, "ket-qua", rules),
        title=f"Xếp loại các buổi {kind} {report.slice.period.label}{on_form(report, rules)}",
        columns=columns,
        rows=(*rows, ("Cộng", total, 1.0 if total else None)),
        total=True,
        note=note,
    )


def coverage(report: Report) -> Group:
    """Return by month how many chi bộ were due, met and were assessed."""
    frame = report.coverage
    frame = frame[
        (frame["due"] + frame["still_open"]).cumsum() > 0
    ]  # leave out the months before the đảng bộ was founded
    columns = (
        month_column(report),
        Column("due", "Số chi bộ phải họp", "integer"),
        Column("held", "Đã họp", "integer"),
        Column("not_held", "Hoãn, hủy, gộp", "integer"),
        Column("no_record", "Không có ghi nhận", "integer"),
        *(
            [Column("still_open", "Tháng chưa hết, chưa có ghi nhận", "integer")]
            if report.slice.under_way
            else []
        ),
        Column("assessed", "Được xếp loại", "integer"),
        Column("waiting", "Phiếu chờ bổ sung", "integer"),
        Column("no_sheet", "Không có phiếu", "integer"),
        Column("thematic", "Có chuyên đề", "integer"),
    )
    keys = [c.key for c in columns]
    rows = [
        (month_cell(report, month), *counts)
        for month, *counts in frame[keys].itertuples(index=False)
    ]
    total = ("Cộng (lượt)", *(int(frame[key].sum()) for key in keys[1:]))
    table = Table(
        id="pham-vi",
        title="Số chi bộ phải họp, đã họp và được xếp loại theo tháng",
        columns=columns,
        rows=(*rows, total),
        total=True,
        note="Chỉ tính sinh hoạt thường kỳ (kể cả kết hợp chuyên đề); cột cuối đếm chi bộ có chuyên đề, họp riêng hoặc kết hợp. Phải họp = đã họp + hoãn, hủy, gộp + không có ghi nhận. Đã họp = được xếp loại + phiếu chờ bổ sung + không có phiếu."
        + (
            " Tháng chưa hết thì phải họp chỉ gồm chi bộ đã có ghi nhận."
            if report.slice.under_way
            else ""
        ),
    )
    return Group((Heading("Phạm vi số liệu"), table, *_waiting(report)))


def _sentence(report: Report, assessed: int) -> str:
    frame = report.coverage
    due, held = int(frame["due"].sum()), int(frame["held"].sum())
    # the current month counts only chi bộ with a record, which would inflate the share
    over = frame[frame["month"] != report.slice.under_way]
    due_over, held_over = int(over["due"].sum()), int(over["held"].sum())
    rate = (
        f" ({named('coverage.held_rate', held_over / due_over, numbers.percent)})"
        if due_over
        else ""
    )
    if rate and report.slice.under_way:
        rate = f", riêng các tháng đã hết {named('coverage.over.held', held_over)} trên {named('coverage.over.due', due_over)} lượt{rate}"
    alone = report.slice.chi_bo == (report.slice.dang_bo,)
    times = named("coverage.due", due)
    lone = f"phải sinh hoạt {times} tháng" if due else "chưa có tháng nào đến hạn sinh hoạt"
    must = (
        lone
        if alone
        else f"có {named('coverage.chi_bo', len(report.slice.chi_bo))} chi bộ phải sinh hoạt"
    )
    must += f", tổng cộng {times} lượt sinh hoạt theo tháng" if due and not alone else ""
    first = f"{_founded(report)}Trong {report.slice.period.label}, {report.slice.name} {must}. {how_far(report)}"
    if report.scores.meetings.empty:
        return f"{first}{nothing_known(report)}."
    return (
        f"{first}Đã sinh hoạt thường kỳ {named('coverage.held', held)} lượt{rate}; {named('coverage.assessed', assessed)} buổi được chấm điểm và xếp loại{_thematic(report)}. "
        f"{_denominator(report, assessed)}{_form(report)}"
    )


def _founded(report: Report) -> str:
    """Return a note if the đảng bộ was founded in the period: it does not cover earlier months."""
    rows = report.slice.tables["unit"]
    begins = rows.loc[rows["unit_id"] == report.slice.dang_bo, "valid_from"].min().date()
    if not report.slice.period.start < begins <= report.slice.period.end:
        return ""
    return f"{report.slice.name} thành lập ngày {numbers.day(begins)}; báo cáo chỉ tính các tháng từ ngày đó. "


def _thematic(report: Report) -> str:
    """Return a phrase on the thematic meetings that have their own rule set."""
    meetings = report.scores.meetings
    count = int((meetings["assessed"] & (meetings["kind"] == "chuyen_de")).sum())
    return (
        f", cùng {named('coverage.thematic_assessed', count)} buổi chuyên đề họp riêng"
        if count
        else ""
    )


def _denominator(report: Report, assessed: int) -> str:
    if len(report.forms) == 1 and report.forms[0].meeting == "chuyen_de":
        return "Mọi tỷ lệ xếp loại dưới đây tính trên các buổi chuyên đề này."
    if len(report.forms) < 2:
        return f"Mọi tỷ lệ xếp loại dưới đây tính trên {named('coverage.assessed', assessed)} buổi này."
    return "Trong kỳ có nhiều biểu được áp dụng; tỷ lệ xếp loại tính riêng trên số buổi được xếp loại của từng biểu, không cộng chung."


def _form(report: Report) -> str:
    """Return the rule sets in use, each with its fidelity to its instrument."""
    forms = [f"{form_name(rules)} ({FIDELITIES[rules.fidelity]})" for rules in report.forms]
    return f" Chấm theo {'; '.join(forms)}." if forms else ""


def _look_at(report: Report) -> Bullets:
    """Return the points to check, then the checks made and those without data, by name."""
    points: list[str] = []
    seen: list[str] = []
    unseen: list[str] = []
    for name, check in _CHECKS:
        found = check(report)
        (unseen if found is None else seen).append(name)
        points += found or []
    looked = f"Đã xem: {', '.join(seen)}." if seen else ""
    if unseen:
        looked += f" Không áp dụng hoặc không có số liệu để xem: {', '.join(unseen)}."
    none = () if points else ("Không có điểm nào nổi lên từ những nội dung đã xem dưới đây.",)
    return Bullets((*none, *points, looked.strip()), "Những điểm cần xem")


def _low_attendance(report: Report) -> list[str] | None:
    """Return the meetings at which less than half of those who must attend were present."""
    known = known_attendance(report.scores)
    if known.empty:
        return None
    table = low_attendance(known)
    if table.empty:
        return []
    told = [
        f"{report.names[r.chi_bo_id]} {Period.parse(r.month).label} ({named(f'attendance.low.{r.meeting_id}', r.rate, numbers.percent)})"
        for r in table.head(report.at_most).itertuples(index=False)
    ]
    left = (
        f" và {named('attendance.low.left', len(table) - report.at_most)} buổi khác"
        if len(table) > report.at_most
        else ""
    )
    text = (
        f"{named('attendance.low', len(table))} trên {named('attendance.known', len(known))} buổi có số liệu dự họp có tỷ lệ dự dưới một nửa "
        f"(ngưỡng này do bộ công cụ đặt, không phải quy định): {', '.join(told)}{left}."
    )
    return [text]


def _off_form(report: Report) -> list[str] | None:
    lines = report.scores.lines[
        report.scores.lines["meeting_id"].isin(report.scores.meetings["meeting_id"])
    ]
    if not (lines["state"] == "entered").any():
        return None
    strange = int(lines["off_form"].sum())
    return (
        [
            f"{named('lines.off_form', strange)} dòng ghi điểm cao hơn tối đa hoặc không có trong các mức của biểu."
        ]
        if strange
        else []
    )


def _corrected(report: Report) -> list[str]:
    """Return the number of meetings with corrected values; blanks filled in do not count."""
    corrected = report.corrections.loc[~report.corrections["fills"], "meeting_id"].nunique()
    count = named("corrections.all", corrected)
    return (
        [
            f"{count} buổi có số liệu được sửa sau khi ghi nhận lần đầu; báo cáo dùng số liệu sau khi sửa."
        ]
        if corrected
        else []
    )


def _contradicted(report: Report) -> list[str] | None:
    if not report.compared[0]:
        return None
    found, chi_bo = len(report.contradictions), report.contradictions["chi_bo_id"].nunique()
    where = f"ở {named('contradictions.chi_bo', chi_bo)} chi bộ"
    text = f"Có {named('contradictions.lines', found)} dòng điểm ghi trên phiếu khác với số liệu của chính buổi họp, {where}; đây là điểm cần xem lại, không phải kết luận."
    return [text] if found else []


def _where(
    there: Callable[[Report], bool], check: Callable[[Report], list[str]]
) -> Callable[[Report], list[str] | None]:
    """Return a check that returns ``None`` if the data it needs are missing."""
    return lambda report: check(report) if there(report) else None


def _low_classes(report: Report) -> list[str]:
    """Return the chi bộ with meetings in the weak classes of a rule set."""
    found = []
    for rules in report.forms:
        low = rules.weak_classes
        table = report.results_by_chi_bo[rules.id]
        some = table[table[[c.id for c in low]].sum(axis=1) > 0]
        if not some.empty:
            titles = " hoặc ".join(c.title for c in low)
            name = block_id(report, "low_classes", rules)
            count = named(f"{name}.chi_bo", len(some))
            found.append(
                f"{count} chi bộ có buổi sinh hoạt xếp loại {titles}{_by(report, rules)}: {_names(report, some, name)}."
            )
    return found


def _held_down(report: Report) -> list[str]:
    """Return the number of meetings that a class condition held below the class of their points."""
    meetings = report.scores.meetings
    count = int((meetings["assessed"] & (meetings["gate"] != "")).sum())
    held = named("held_down", count)
    return (
        [f"{held} buổi đủ điểm nhưng bị hạ mức vì không đạt điều kiện của mức (dấu * ở phụ lục)."]
        if count
        else []
    )


def _by(report: Report, rules: RuleSet) -> str:
    return f" theo {form_name(rules)}" if len(report.forms) > 1 else ""


def _missed(report: Report) -> list[str]:
    """Return the chi bộ with meetings recorded as not held and, separately, without any record."""
    return [
        f"{named(f'missed.{name}.chi_bo', len(some))} chi bộ {what}, tổng cộng {named(f'missed.{name}', some[name].sum())} lượt: "
        f"{_names(report, some, f'missed.{name}')}."
        for name, what in _MISSED.items()
        if len(some := report.by_chi_bo[report.by_chi_bo[name] > 0])
    ]


_MISSED = {
    "not_held": "có tháng hoãn, hủy hoặc gộp sinh hoạt thường kỳ",
    "no_record": "có tháng đã hết mà chưa có ghi nhận về sinh hoạt thường kỳ (chưa rõ có họp hay không)",
}


def _not_classed(report: Report) -> list[str]:
    waiting = int(report.scores.meetings["waiting"].sum())
    absent = int(report.coverage["no_sheet"].sum())
    found = []
    if waiting:
        found.append(
            f"{named('not_classed.waiting', waiting)} buổi đã họp nhưng phiếu chưa xếp loại được, cần bổ sung."
        )
    if absent:
        found.append(
            f"{named('not_classed.no_sheet', absent)} buổi đã họp nhưng không có phiếu chấm điểm."
        )
    return found


def _lost(report: Report) -> list[str]:
    found = []
    for rules in report.forms:
        name = block_id(report, "losses", rules)
        groups = report.losses[report.losses["rule_set_id"] == rules.id]
        if len(groups) > 1 and groups["lost"].sum() > 0:
            worst = groups.sort_values("lost", ascending=False, kind="stable").iloc[0]
            lost = named(f"{name}.worst.lost", worst["lost"])
            share = named(f"{name}.worst.share", worst["share"], numbers.percent)
            over = named(f"{name}.with_lines", worst["sheets"])
            found.append(
                f"Nhóm bị trừ điểm nhiều nhất{_by(report, rules)} là “{worst['title']}”: bình quân {lost} điểm một phiếu "
                f"(trên {over} phiếu có điểm từng dòng), bằng {share} tổng số điểm bị trừ."
            )
        marks = report.costly_lines[
            (report.costly_lines["rule_set_id"] == rules.id) & (report.costly_lines["short"] > 0)
        ]
        if not rules.has_points and not marks.empty:
            worst = marks.sort_values("short", ascending=False, kind="stable").iloc[0]
            short, sheets = (
                named(f"{name}.unmet.short", worst["short"]),
                named(f"{name}.unmet.sheets", worst["sheets"]),
            )
            found.append(
                f"Tiêu chí bị chấm không đạt nhiều nhất{_by(report, rules)} là “{worst['title']}”: {short} trong {sheets} phiếu có chấm."
            )
    return found


def _disagreement(report: Report) -> list[str]:
    found = rater_summary(report.pairs)
    differ = int(found["pairs"] - found["same_class"])
    if not differ:
        return []
    pairs = named("raters.pairs", int(found["pairs"]))
    return [
        f"Trong {pairs} buổi có cả điểm tự chấm và điểm cấp trên chấm, {named('raters.differ', differ)} buổi hai bên xếp loại khác nhau."
    ]


def _names(report: Report, table: pd.DataFrame, about: str) -> str:
    names = [report.names[chi_bo] for chi_bo in table["chi_bo_id"]]
    if len(names) <= report.at_most:
        return listing(names)
    return f"{', '.join(names[: report.at_most])} và {named(f'{about}.left', len(names) - report.at_most)} chi bộ khác"


def _why(report: Report, meeting_id: str, reason: str) -> str:
    """Return why a sheet waits, with the lines that cause it."""
    lines = report.scores.lines
    mine = lines[
        (lines["meeting_id"] == meeting_id)
        & (lines["reason"] == reason)
        & (lines["treatment"] == "refused")
    ]
    titles = {(r.id, c.id): c.title for r in report.slice.rule_sets.values() for c in r.criteria}
    at = dict.fromkeys(
        f"“{titles[key]}”" for key in zip(mine["rule_set_id"], mine["criterion_id"], strict=True)
    )
    return f"{WAITING_REASONS[reason]}: {listing(at)}" if at else WAITING_REASONS[reason]


def _waiting(report: Report) -> list[Table]:
    """Return the meetings whose sheet cannot be classified yet, with reasons."""
    meetings = report.scores.meetings
    if not meetings["waiting"].any():
        return []
    waiting = meetings[meetings["waiting"]].sort_values(["chi_bo_id", "month"], kind="stable")
    rows = tuple(
        (
            m.meeting_id,
            report.names[m.chi_bo_id],
            m.month,
            _why(report, m.meeting_id, m.why_waiting),
        )
        for m in waiting.itertuples()
    )
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("name", "Chi bộ", width=2),
        Column("month", "Tháng", "month"),
        Column("why", "Lý do chưa xếp loại", width=3),
    )
    return [
        Table(
            id="phieu-cho",
            title="Buổi đã họp nhưng phiếu chưa xếp loại được",
            columns=columns,
            rows=rows,
        )
    ]


def _classed(report: Report) -> bool:
    return bool(report.scores.meetings["assessed"].any())


_CHECKS: tuple[tuple[str, Callable[[Report], list[str] | None]], ...] = (
    ("nguồn số liệu trái nhau", conflicts_in_words),
    ("buổi xếp loại thấp", _where(_classed, _low_classes)),
    (
        "buổi bị hạ mức vì điều kiện",
        _where(
            lambda report: _classed(report) and any(rules.gates for rules in report.forms),
            _held_down,
        ),
    ),
    ("tháng không có buổi sinh hoạt", _where(lambda report: len(report.by_chi_bo) > 0, _missed)),
    (
        "phiếu thiếu hoặc chưa xếp loại được",
        _where(lambda report: bool(report.coverage["held"].sum()), _not_classed),
    ),
    ("tỷ lệ dự họp", _low_attendance),
    ("nội dung bị trừ điểm", _where(lambda report: len(report.scores.counting_lines) > 0, _lost)),
    ("xếp loại của hai bên chấm", _where(lambda report: len(report.pairs) > 0, _disagreement)),
    ("điểm ngoài mức của biểu", _off_form),
    ("số liệu được sửa", _corrected),
    ("điểm so với số liệu buổi họp", _contradicted),
)
"""The checks of page one, by name; a check returns ``None``, not an empty list, without data."""
