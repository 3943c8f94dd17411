"""Signals: reasons to look closer at a chi bộ's meetings, never findings; people decide.

Offers :data:`SIGNALS`, each with definition, limits and source, :class:`SignalThresholds`, and
:func:`signals`, one row for each sighting.
Must not know: how inspections are planned, and reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.studies.signals import chance as chances
from assess.studies.signals import recorded as facts
from assess.studies.signals.sighting import LEVEL, Sighting, Signal, SignalInput
from assess.studies.signals.thresholds import SignalThresholds

if TYPE_CHECKING:
    from assess.records import Slice
    from assess.scoring import Scores

_OWN = "đề xuất của bộ công cụ, không có trong quy định"
_CT50 = "gợi ý từ Chỉ thị 50-CT/TW (2025); cách xét do bộ công cụ đề xuất"

SIGNALS: tuple[Signal, ...] = (
    Signal(
        "entered_above_facts",
        "Điểm ghi cao hơn mức tính từ số liệu",
        "Có dòng của phiếu tự chấm ghi nhiều điểm hơn mức mà số liệu của chính buổi đó cho; không tính giá trị mà biểu để hở hoặc xếp vào hai mức.",
        "Số liệu có thể ghi sai hoặc thiếu; cách hiểu mẫu số, mốc có thể khác.",
        _CT50,
        facts.entered_above_facts,
    ),
    Signal(
        "above_others",
        "Tự chấm cao hơn cấp trên hoặc người kiểm tra",
        "Cùng một buổi, tự chấm ở mức tốt hơn, hoặc cao hơn từ {points_apart} điểm (thang 100).",
        "Cấp trên hoặc người kiểm tra cũng có thể chấm theo yêu cầu cao hơn; chỉ thấy được ở buổi có cả hai phiếu.",
        _OWN,
        facts.above_others,
    ),
    Signal(
        "same_sheets",
        "Phiếu giống hệt nhau nhiều tháng",
        "Từ {alike} tháng liền, phiếu tự chấm giống nhau ở mọi dòng.",
        "Chi bộ nền nếp có thể thật sự làm như nhau mỗi tháng.",
        _OWN,
        facts.same_sheets,
    ),
    Signal(
        "all_maximum",
        "Luôn tự chấm điểm tối đa",
        "Từ {alike} buổi trở lên và buổi nào cũng tự chấm điểm tối đa.",
        "Có thể đúng với chi bộ làm tốt mọi việc.",
        _OWN,
        facts.all_maximum,
    ),
    Signal(
        "no_variation",
        "Tổng điểm không bao giờ thay đổi",
        "Từ {steady} buổi trở lên, tổng điểm tự chấm như nhau trong khi dự họp hoặc thời lượng thay đổi.",
        "Điểm theo bậc có thể không đổi khi số liệu đổi ít.",
        _OWN,
        facts.no_variation,
    ),
    Signal(
        "counts_off",
        "Số đảng viên không khớp",
        "Các phần của danh sách không cộng đúng tổng số, hoặc phần lớn hơn tổng.",
        "Thường là lỗi ghi chép.",
        _OWN,
        facts.counts_off,
    ),
    Signal(
        "few_present",
        "Buổi họp ít người dự",
        "Có buổi thường kỳ mà dưới {few} số đảng viên phải dự có mặt.",
        "Danh sách miễn, vắng có lý do có thể chưa ghi đủ; ngưỡng do bộ công cụ đặt, không có trong quy định.",
        _OWN,
        facts.few_present,
    ),
    Signal(
        "exact_minutes",
        "Thời lượng đúng bằng mức tối thiểu",
        "Từ {steady} buổi trở lên và ít nhất {exact_share} số buổi dài đúng bằng số phút tối thiểu của biểu.",
        "Có thể ghi tròn cho tiện, không phải họp ngắn hơn.",
        _OWN,
        facts.exact_minutes,
    ),
    Signal(
        "signed_late",
        "Ngày ký phiếu cách xa ngày họp, hoặc nhiều phiếu cùng ngày ký",
        "Phiếu ký sau buổi họp hơn {late_days} ngày, hoặc phiếu của từ {signed_together} tháng ký cùng một ngày.",
        "Ngày ký có thể là ngày nộp; phiếu có thể được chép lại sạch.",
        _OWN,
        facts.signed_late,
    ),
    Signal(
        "no_thematic",
        "Quý không có sinh hoạt chuyên đề",
        "Một quý đã qua, có buổi họp được ghi nhận mà không buổi nào có nội dung chuyên đề.",
        "Buổi chuyên đề có thể chưa được ghi nhận.",
        "Hướng dẫn 42-HD/BTCTW, ngày 28/10/2025 (theo các biểu đã triển khai)",
        facts.no_thematic,
    ),
    Signal(
        "lifted_by_leaving_out",
        "Xếp loại phụ thuộc các dòng ghi “không áp dụng”",
        "Buổi ghi “không áp dụng” nhiều dòng hơn thường lệ của chi bộ, và nếu các dòng ấy tính 0 điểm thì xếp loại thấp hơn.",
        "Tiêu chí có thể thật sự không áp dụng trong tháng đó.",
        _OWN,
        facts.lifted_by_leaving_out,
    ),
    Signal(
        "heaped_at_edges",
        "Nhiều tổng điểm ở sát trên mốc xếp loại",
        f"Trong các tổng điểm cách mốc dưới {chances.REACH:g} điểm, tỷ lệ nằm ngay trên mốc cao hơn so với các đơn vị khác cùng biểu (so với việc xáo trộn ngẫu nhiên các chi bộ cùng loại hình).",
        "Không nói gì khi mọi đơn vị đều làm như nhau; đơn vị ít buổi sát mốc, hoặc không có đơn vị cùng loại hình để so, không được xét.",
        "kiểm định điểm rời rạc tại một mốc (Frandsen, 2017); cách so do bộ công cụ đề xuất",
        chances.heaped_at_edges,
        statistical=True,
    ),
    Signal(
        "higher_when_visited",
        "Điểm cao hơn vào tháng có cấp trên dự",
        "Các buổi có cấp trên hoặc người kiểm tra dự được tự chấm cao hơn các tháng khác của cùng chi bộ (so với việc xáo trộn ngẫu nhiên các tháng).",
        "Chi bộ có thể chuẩn bị kỹ hơn khi có người dự; đó không phải là sai.",
        "so sánh bằng xáo trộn ngẫu nhiên (Phipson và Smyth, 2010)",
        chances.higher_when_visited,
        statistical=True,
    ),
)
COLUMNS = ("signal_id", "unit_id", "text", "meetings", "p", "q")


def signals(
    made: Slice, scores: Scores, thresholds: SignalThresholds | None = None
) -> pd.DataFrame:
    """Return one row per sighting, signal by signal: :data:`COLUMNS`.

    ``thresholds`` are those of plain facts; without them the usual ones.

    ``unit_id`` is the chi bộ, or for statistical signals the unit that its chi bộ report to;
    ``meetings`` the meetings behind it (a tuple); ``p`` its p-value and ``q`` the p-value adjusted
    for all tests of the slice, both NaN for plain facts. Statistical sightings with ``q`` above
    :data:`LEVEL` are left out; ``attrs["tests"]`` is the number of tests.
    """
    seen = SignalInput(made, scores, thresholds or SignalThresholds())
    rows = [(signal, sighting) for signal in SIGNALS for sighting in signal.find(seen)]
    tested = [sighting.p for _, sighting in rows if sighting.p is not None]
    q = iter(chances.adjusted(tested))
    found = []
    for signal, sighting in rows:
        adjusted = float(next(q)) if sighting.p is not None else float("nan")
        if not adjusted > LEVEL:
            p = float("nan") if sighting.p is None else sighting.p
            found.append(
                (signal.id, sighting.unit_id, sighting.text, sighting.meetings, p, adjusted)
            )
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    frame.attrs["tests"] = len(tested)
    return frame


__all__ = [
    "COLUMNS",
    "LEVEL",
    "SIGNALS",
    "Sighting",
    "Signal",
    "SignalInput",
    "SignalThresholds",
    "signals",
]
