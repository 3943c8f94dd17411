"""Agreement between raters beyond chance, for researchers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.reports.blocks import Column, Group, Heading, Paragraph, Table
from assess.reports.sections.phrases import RATERS
from assess.studies.rater_agreement import rater_agreement

if TYPE_CHECKING:
    from assess.reports.report import Report

_MEASURES = {
    "alpha_class": "Alpha của Krippendorff, xếp loại theo thứ bậc",
    "alpha_points": "Alpha của Krippendorff, điểm",
    "kappa": "Kappa có trọng số tuyến tính của Cohen, xếp loại",
}


def agreement(report: Report) -> Group:
    """Return coefficients of agreement between raters of the same meetings, with intervals."""
    heading = Heading("Mức độ thống nhất giữa các bên chấm")
    frame = rater_agreement(report.scores)
    if frame.empty:
        return Group((heading, Paragraph("Trong kỳ không có buổi nào được hai bên cùng chấm.")))
    rows = tuple(
        (
            " và ".join(RATERS[rater] for rater in r.raters.split("+")),
            _MEASURES[r.measure],
            report.slice.rule_sets[r.rule_set_id].short,
            r.meetings,
            *(
                numbers.decimal(value, 2) if value == value else "–"
                for value in (r.value, r.low, r.high)
            ),
        )
        for r in frame.itertuples()
    )
    columns = (
        Column("raters", "Hai bên", width=1.6),
        Column("measure", "Hệ số", width=2.4),
        Column("form", "Biểu", width=1.8),
        Column("meetings", "Số buổi", "integer", 0.8),
        Column("value", "Giá trị", width=0.8),
        Column("low", "Từ", width=0.7),
        Column("high", "Đến", width=0.7),
    )
    note = (
        "1 là thống nhất hoàn toàn, 0 là bằng mức ngẫu nhiên. Từ, đến: khoảng tin cậy 95%, lấy mẫu lại các buổi 2.000 lần với số khởi tạo cố định, khi có từ 10 buổi; các buổi của cùng một chi bộ giống nhau nên khoảng này có thể hẹp hơn thực tế. "
        "Gạch ngang: ít buổi, hoặc không có kết quả nào có thể khác nhau nên không tính được."
    )
    table = Table(
        id="thong-nhat",
        title="Hệ số thống nhất giữa các bên cùng chấm một buổi",
        columns=columns,
        rows=rows,
        stub=2,
        note=note,
    )
    return Group((heading, table))
