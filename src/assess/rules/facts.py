"""The facts that rules may ask of a meeting and its chi bộ; ``assess.scoring`` computes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "ratio", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One recorded or derived fact.

    ``kind`` gives its domain: a ``ratio`` lies in [0, 1], a ``count`` or ``number`` is at least
    ``low``, a ``flag`` is true or false. ``label`` and ``unit`` are Vietnamese, for reports and
    score forms.
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    low: float = 0.0

    @property
    def high(self) -> float:
        """The upper end of the domain."""
        return 1.0 if self.kind == "ratio" else float("inf")


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("minutes", "thời lượng", "number", "phút"),
        Fact("required_minutes", "thời lượng phải đạt", "number", "phút"),
        Fact("roll", "số đảng viên của chi bộ", "count", "người"),
        Fact("attendance_rate", "tỷ lệ dự họp", "ratio"),
        Fact("absent_unexcused", "vắng không lý do", "count", "người"),
        Fact("longest_excused_streak", "số lần vắng có lý do liên tiếp dài nhất", "count", "lần"),
        Fact("speaker_rate", "tỷ lệ đảng viên phát biểu", "ratio"),
        Fact("target_rate", "tỷ lệ chỉ tiêu hoàn thành", "ratio"),
        Fact(
            "papers_lead_days",
            "số ngày gửi tài liệu trước buổi họp",
            "number",
            "ngày",
            float("-inf"),
        ),
        Fact(
            "result_lag_days", "số ngày đăng kết quả sau buổi họp", "number", "ngày", float("-inf")
        ),
        Fact("chi_uy_met", "chi ủy đã họp (hoặc bí thư, phó bí thư đã hội ý) trước", "flag"),
        Fact("thematic_in_month", "tháng có sinh hoạt chuyên đề", "flag"),
        Fact("combined", "thường kỳ kết hợp chuyên đề", "flag"),
        Fact("has_chi_uy", "chi bộ có chi ủy", "flag"),
        Fact("has_deputy", "chi bộ có phó bí thư", "flag"),
        Fact("leads_mass_organisations", "chi bộ lãnh đạo đoàn thể", "flag"),
        Fact("has_targets", "tháng trước có chỉ tiêu", "flag"),
    )
}

ANNUAL_FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("on_time_share", "tỷ lệ nhiệm vụ đúng hạn, bảo đảm chất lượng", "ratio"),
        Fact("done_share", "tỷ lệ nhiệm vụ hoàn thành", "ratio"),
        Fact("late_share", "tỷ lệ nhiệm vụ chậm hạn", "ratio"),
        Fact("beyond_share", "tỷ lệ nhiệm vụ vượt yêu cầu", "ratio"),
        Fact("remedied_share", "tỷ lệ hạn chế, khuyết điểm đã khắc phục", "ratio"),
        Fact("disciplined", "đơn vị cấp dưới hoặc thành viên tập thể lãnh đạo bị kỷ luật", "flag"),
    )
}
"""The facts that the rules of the annual class may ask of a unit's file."""
