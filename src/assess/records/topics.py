"""Topics of thematic meetings: the ten of Công văn 285-CV/ĐUK (Lai Châu, 24/10/2018), and *khác*, in our own short words."""

from __future__ import annotations

from assess.base.text import folded

TOPICS = {
    "hoc_tap_bac": "Học tập và làm theo Bác",
    "nang_luc": "Nâng cao trình độ, nghiệp vụ, năng lực công tác",
    "chong_suy_thoai": "Phòng, chống suy thoái, tự diễn biến, tự chuyển hóa",
    "xay_dung_dang": "Xây dựng Đảng, cơ quan; chống tham nhũng, lãng phí, tệ nạn",
    "chi_thi_nghi_quyet": "Triển khai chỉ thị, nghị quyết, pháp luật liên quan",
    "chuyen_mon": "Chất lượng chuyên môn, tham mưu, đề án",
    "truyen_thong": "Giáo dục truyền thống",
    "viec_phuc_tap": "Giải quyết vấn đề phức tạp nảy sinh",
    "phat_trien_dang": "Tạo nguồn, phát triển đảng viên",
    "tu_hoc": "Phương pháp tự nghiên cứu, học tập",
    "khac": "Khác, phù hợp loại hình chi bộ",
}
OTHER, NOT_SAID = "khac", ""
_BY_TEXT = {folded(text): topic for topic, title in TOPICS.items() for text in (topic, title)}


def topic_of(text: str | None) -> str:
    """Return the topic that a record names, by its id or title; *khac* for any other text, nothing for none.

    >>> topic_of("Giáo dục truyền thống"), topic_of("Chuyển đổi số ở khu phố"), topic_of(None)
    ('truyen_thong', 'khac', '')
    """
    if not isinstance(text, str) or not text.strip():
        return NOT_SAID
    return _BY_TEXT.get(folded(text), OTHER)
