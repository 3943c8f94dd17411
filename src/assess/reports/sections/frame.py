"""The frame of a report: its official head, signature and stamp."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.reports.blocks import Group, Header, Paragraph, Signature, Stamp
from assess.reports.layouts import PRACTICE, layout_on
from assess.reports.named_figures import named
from assess.reports.results.forms import form_name
from assess.reports.results.issuer import (
    COMMISSION,
    WITH_BOARD,
    board_name,
    issue_data,
    issuing_unit,
)
from assess.reports.sections.phrases import how_far as words_of_how_far
from assess.reports.sections.phrases import until
from assess.workspace.office import NUMBERED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records.origin import Origin
    from assess.reports.report import Report
    from assess.reports.results.issuer import Issuer

_SIGNS = {"Tỉnh ủy": "TU", "Huyện ủy": "HU", "Đảng ủy": "ĐU", "Chi bộ": "CB"}


_INTERNAL = (
    "Lưu nội bộ, dành cho tổ kiểm tra. Không gửi chi bộ, không gửi các đơn vị được kiểm tra."
)


def draft_mark(report: Report) -> str:
    """Return the draft mark for page one, or an empty string once every chi bộ is inspected."""
    gate = report.inspection_prerequisite
    if not gate.draft:
        return ""
    return f"Dự thảo: còn {named('gate.open', len(gate.missing) - len(gate.waived))} chi bộ chưa được kiểm tra sinh hoạt trước khi xếp loại năm."


def header(
    report: Report,
    kind: str = "BÁO CÁO",
    about: str = "kết quả đánh giá chất lượng sinh hoạt chi bộ",
    *,
    gate: bool = False,
    issuer: Issuer = "",
    internal: bool = False,
) -> Header:
    """Return the head of the document: issuer and superior, place and date, type and subject.

    Page one is marked *minh họa* if a rule set is illustrative, *giả định* if one is applied
    without adoption, and with ``gate`` *dự thảo* while the inspection prerequisite is not met.
    ``issuer`` is who issues it, where that is not the unit itself. An ``internal`` document is
    marked as not to be sent out; it has no number, as have kinds that are not in
    :data:`~assess.workspace.office.NUMBERED`.
    """
    made = report.slice
    issuing, committee, superior = issuing_unit(report, issuer)
    settled = issue_data(report, issuer, kind)
    above = list(made.tree.above(issuing, made.period.end))
    place = settled.get("place") or next((unit.place for unit in above if unit.place), "")
    day = made.document_date
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    date = f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}".lstrip(", ")
    marks = [_INTERNAL] if internal else []
    invented = [form_name(r) for r in report.forms if r.fidelity == "illustrative"]
    if invented:
        marks.append(
            f"Minh họa: {listing(invented)} không phải quy định đang áp dụng; số điểm và mốc là giả định để thử."
        )
    if made.assumed:
        marks.append("Giả định: tính theo bộ quy tắc mà các chi bộ chưa áp dụng.")
    picked = [report.chosen(q) for q in report.readings]
    if picked:
        marks.append(
            f"Cách hiểu chọn riêng cho báo cáo này: {'; '.join(f'{c.question.title.lower()}: {c.option.title}' for c in picked)}."
        )
    if report.office.get("practice"):
        marks.insert(0, f"{PRACTICE}: số liệu giả, không dùng cho công việc thật.")
    draft = draft_mark(report) if gate else ""
    if draft:
        marks.insert(0, draft)
    sign = next((sign for prefix, sign in _SIGNS.items() if committee.startswith(prefix)), "ĐU")
    if issuer == "commission":
        superior, committee, sign = committee, COMMISSION, "UBKT"
    elif issuer == "board":  # no public source gives its symbol
        superior, committee, sign = committee, board_name(report), ""
    of = f" tại {made.name}" if issuing != made.dang_bo else ""
    symbol = settled.get("symbol", sign)
    numbered = kind in NUMBERED and not internal
    return Header(
        superior=settled.get("superior", superior.upper()),
        issuer=settled.get("head", committee.upper()),
        sign=f"-{NUMBERED[kind]}/{symbol}" if numbered else "",
        place=place,
        date=date,
        kind=kind,
        # the subject of an unfinished period includes the day of the data
        subject=f"{about}{of} {made.period.label}{'' if made.over else f' ({until(report)})'}",
        layout=layout_on(day).id,
        marks=tuple(marks),
        number=report.office["number"] if numbered else "",
        under=_earlier(report) if numbered else "",
    )


def _earlier(report: Report) -> str:
    """Return which document this one replaces or adds to, as issuing it says; usually nothing."""
    earlier = report.office.get("earlier")
    if not earlier:
        return ""
    how = {"replaces": "Thay thế", "adds_to": "Bổ sung"}[earlier["how"]]
    return f"({how} {earlier['words']})"


def how_far(report: Report) -> Group:
    """Return how far the records of an unfinished period reach; nothing if the period is over."""
    text = words_of_how_far(report).strip()
    return Group((Paragraph(text),) if text else ())


def signature(
    report: Report,
    post: str = "BÍ THƯ",
    *,
    petition: bool = False,
    issuer: Issuer = "",
    kind: str = "BÁO CÁO",
    left: str = "",
) -> Signature:
    """Return recipients, authority and post for the level of the đảng bộ; a chi bộ has no seal.

    What the office has settled for this ``kind`` of document takes their place. A ``petition`` is
    submitted to its addressee. ``issuer`` is who issues it, where that is not the unit itself.
    Where somebody signs on the ``left``, such as *người lập biểu*, no recipients are listed.

    The standing board signs for a committee above the grassroots (as in Công văn 285-CV/ĐUK of Lai
    Châu), the committee for a grassroots one. For a chi bộ public sources differ (*chi bộ*, *chi
    ủy*); *chi bộ* is used.
    """
    made = report.slice
    settled = issue_data(report, issuer, "TỜ TRÌNH" if petition else kind)
    issuing, committee, _ = issuing_unit(report, issuer)
    units = made.tree.on(made.period.end)
    own = units.get(issuing)
    level = own.level if own else ""
    recipients = ["Như trên (để trình)"] if petition else []
    if issuer == "board":
        usual = Signature(tuple(recipients), "", "TRƯỞNG BAN", seal=True)
        return _settled(usual, settled, f"Lưu {board_name(report)}", left)
    if own and own.parent_id in units and not petition:
        recipients.append(f"{committee_of(units[own.parent_id].name)} (để báo cáo)")
    if issuing != made.dang_bo:
        recipients.append(made.name)
    elif level in ("tinh", "tren_co_so", "co_so") and not petition:
        recipients.append("Các đơn vị trực thuộc")
    body = next((prefix for prefix in _SIGNS if committee.startswith(prefix)), "Đảng ủy")
    if issuer == "commission":
        recipients.insert(0, f"{committee} (để báo cáo)")
        return _settled(
            Signature(tuple(recipients), f"T/M {COMMISSION.upper()}", "CHỦ NHIỆM", seal=True),
            settled,
            "Lưu Ủy ban Kiểm tra",
            left,
        )
    authority = "BAN THƯỜNG VỤ" if level in WITH_BOARD else body.upper()
    usual = Signature(
        recipients=tuple(recipients),
        authority=f"T/M {authority}",
        post=post,
        seal=level != "chi_bo",
    )
    return _settled(usual, settled, f"Lưu {body}", left)


def _settled(usual: Signature, office: Mapping[str, Any], stored: str, left: str) -> Signature:
    """Return a signature with what the office has settled, and the place where it is kept."""
    recipients = office.get("recipients", usual.recipients)
    return replace(
        usual,
        recipients=() if left else (*recipients, office.get("stored", stored)),
        authority=office.get("authority", usual.authority),
        post=office.get("post", usual.post),
        name=office.get("name", ""),
        left=left,
    )


def _of_store(origin: Origin | None) -> tuple[tuple[str, str], ...]:
    """Return the latest batch of the store with a row in the report, as its link proves it."""
    if origin is None:
        return ()
    when = f"{origin.moment:%H:%M} ngày {numbers.day(origin.moment.date())}"
    said = f"lượt {origin.number}, {when}, mã {origin.link[:SHOWN]}"
    return (("Lượt ghi sau cùng của số liệu này trong kho", said),)


SHOWN = 16
"""How many characters of a link are printed: enough for ``assess store check --contains``."""


def stamp(report: Report) -> Stamp:
    """Return the inputs of the report: đảng bộ, period, rule sets, time and digest."""
    made = report.slice
    used = [*made.rule_sets.values(), *([made.annual] if made.annual is not None else [])]
    rule_sets = tuple(f"{r.short}, mã {r.id}" for r in used)
    as_of = f"{made.as_of:%H:%M} ngày {numbers.day(made.as_of.date())}"
    facts = (
        ("Tổ chức đảng", f"{made.name}, mã {made.dang_bo}"),
        ("Kỳ báo cáo", made.period.label),
        ("Số liệu ghi nhận đến", as_of),
        ("Bộ quy tắc", "; ".join(rule_sets) or "không có"),
        *_of_store(made.origin),
        ("Mã đối chiếu số liệu (SHA-256)", made.digest),
    )
    return Stamp(
        made.dang_bo,
        made.name,
        made.period.text,
        made.period.label,
        as_of,
        made.document_date.isoformat(),
        rule_sets,
        made.digest,
        facts,
    )
