"""The parts of an inspection plan around its list: purpose, content, time and teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Block, Bullets, Group, Heading, Paragraph
from assess.reports.sections.phrases import form_name

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report

_DOTS = "…" * 20


@dataclass(frozen=True)
class PlanTerms:
    """The committee's terms for a plan; empty fields become dotted lines to fill in by hand.

    ``under``: the programme or decision carried out, with its number. ``begins``, ``ends``: when
    teams are out. ``teams``: posts or units, never names of people. ``months``: the period whose
    meetings are inspected, such as *từ tháng 01 đến tháng 6 năm 2026*.
    """

    under: str = ""
    begins: dt.date | None = None
    ends: dt.date | None = None
    teams: tuple[str, ...] = ()
    months: str = ""


def mission(report: Report, said: PlanTerms | None = None) -> Group:
    """Return basis, purpose, content, time and teams of a plan; its list of chi bộ follows."""
    said = said or PlanTerms()
    forms = listing(form_name(rules) for rules in report.forms)
    under = (
        said.under
        or f"Chương trình kiểm tra, giám sát năm {report.slice.document_date.year} (số {_DOTS})"
    )
    groups = tuple(
        dict.fromkeys(f"{group.title}." for rules in report.forms for group in rules.groups)
    )
    begins, ends = (numbers.day(day) if day else _DOTS for day in (said.begins, said.ends))
    blocks: list[Block] = [
        Paragraph(
            f"Thực hiện {under}; căn cứ số liệu đánh giá sinh hoạt chi bộ {report.slice.period.label}{f', theo {forms}' if forms else ''}."
        ),
        Heading("Mục đích, yêu cầu"),
        Paragraph(
            "Kiểm tra việc chuẩn bị, tổ chức sinh hoạt và việc chấm điểm ở chi bộ theo quy định và theo thực tế; chỉ ra việc cần khắc phục "
            "và hạn khắc phục; theo dõi việc thực hiện kiến nghị của lần trước. Làm đúng thẩm quyền, khách quan, có minh chứng; không gây khó khăn cho hoạt động của chi bộ."
        ),
        Heading("Nội dung, phương pháp"),
        Paragraph(
            f"Kiểm tra các buổi sinh hoạt {said.months or f'trong {report.slice.period.label}'}: sổ biên bản, phiếu chấm, danh sách dự họp, tài liệu; trao đổi với chi ủy, đảng viên; "
            "ghi kết quả vào phiếu kiểm tra, từng tiêu chí có minh chứng."
        ),
    ]
    if groups:
        blocks.append(Bullets(groups, "Các nhóm tiêu chí của biểu điểm đang áp dụng"))
    teams = tuple(f"{team}." for team in said.teams) or (f"Tổ 1: {_DOTS}", f"Tổ 2: {_DOTS}")
    blocks += [
        Heading("Thời gian, lực lượng"),
        Paragraph(f"Từ {begins} đến {ends}; báo cáo kết quả trước ngày {_DOTS}."),
        Bullets(teams, "Tổ kiểm tra"),
    ]
    return Group(tuple(blocks))
