"""Headings of thematic topics, found by phrases in each topic as its chi bộ wrote it.

The ten headings are those of Công văn 285-CV/ĐUK (Lai Châu, 24/10/2018), shortened. The letter
applies to its own units and years (:func:`assess.studies.topics.cited`); elsewhere the headings are
this toolkit's, and a report states so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assess.base.text import casefold_vi


@dataclass(frozen=True, slots=True)
class TopicHeading:
    """A heading of topics: ``words`` are the phrases that put a topic under it."""

    id: str
    title: str
    words: tuple[str, ...]


HEADINGS = (
    TopicHeading(
        "hoc_tap_bac",
        "Học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh",
        (
            "học tập và làm theo",
            "học và làm theo",
            "học tập làm theo",
            "làm theo bác",
            "làm theo gương bác",
            "làm theo tấm gương",
            "tư tưởng hồ chí minh",
            "đạo đức hồ chí minh",
            "phong cách hồ chí minh",
            "đạo đức phong cách hồ chí minh",
        ),
    ),
    TopicHeading(
        "nang_luc",
        "Nâng cao trình độ lý luận chính trị, chuyên môn, nghiệp vụ, năng lực công tác",
        (
            "nâng cao trình độ",
            "lý luận chính trị",
            "lí luận chính trị",
            "chuyên môn nghiệp vụ",
            "năng lực công tác",
            "nâng cao năng lực",
        ),
    ),
    TopicHeading(
        "chong_suy_thoai",
        "Phòng, chống suy thoái, “tự diễn biến”, “tự chuyển hóa”",
        ("suy thoái", "tự diễn biến", "tự chuyển hóa"),
    ),
    TopicHeading(
        "xay_dung_dang",
        "Xây dựng Đảng, hệ thống chính trị, cơ quan, đơn vị; phòng, chống tham nhũng, lãng phí, tiêu cực, tệ nạn xã hội",
        (
            "xây dựng đảng",
            "chỉnh đốn đảng",
            "xây dựng hệ thống chính trị",
            "xây dựng cơ quan",
            "xây dựng đơn vị",
            "tham nhũng",
            "lãng phí",
            "tiêu cực",
            "quan liêu",
            "xa dân",
            "cá nhân chủ nghĩa",
            "chủ nghĩa cá nhân",
            "tệ nạn",
        ),
    ),
    TopicHeading(
        "chi_thi_nghi_quyet",
        "Triển khai chỉ thị, nghị quyết, quy định của Đảng, pháp luật của Nhà nước",
        ("chỉ thị", "nghị quyết", "quy định của đảng", "pháp luật"),
    ),
    TopicHeading(
        "chuyen_mon",
        "Nâng cao chất lượng công tác chuyên môn, nghiên cứu, tham mưu, xây dựng đề án",
        (
            "công tác chuyên môn",
            "chất lượng chuyên môn",
            "hiệu quả chuyên môn",
            "tham mưu",
            "đề án",
            "đề tài",
        ),
    ),
    TopicHeading(
        "truyen_thong",
        "Giáo dục truyền thống cách mạng, truyền thống của cơ quan, đơn vị",
        ("truyền thống",),
    ),
    TopicHeading(
        "viec_phuc_tap",
        "Giải quyết những vấn đề phức tạp nảy sinh",
        ("vấn đề phức tạp", "phức tạp nảy sinh", "việc phức tạp"),
    ),
    TopicHeading(
        "phat_trien_dang",
        "Bồi dưỡng, tạo nguồn, phát triển đảng viên",
        ("tạo nguồn", "phát triển đảng", "kết nạp đảng"),
    ),
    TopicHeading(
        "tu_hoc",
        "Phương pháp tự nghiên cứu, học tập",
        ("tự nghiên cứu", "tự học", "phương pháp học tập"),
    ),
)
OTHER, NOT_SAID = "khac", ""
"""Not headings: a topic that matches no phrase, and no topic at all."""
_BY_ID = {heading.id: heading for heading in HEADINGS}


@dataclass(frozen=True, slots=True)
class ParsedTopic:
    """A parsed topic: ``heading`` (id, :data:`OTHER` or :data:`NOT_SAID`), matched ``words``."""

    heading: str
    words: str


def topic_of(text: str | None) -> ParsedTopic:
    """Return the heading of a topic by its first matching phrase, the longer of two at one place.

    Case, the way of placing tone marks, Unicode forms and punctuation do not matter; words are
    compared whole.

    >>> topic_of("HỌC TẬP và làm theo tấm gương đạo đức Hồ Chí Minh quý 1")
    ParsedTopic(heading='hoc_tap_bac', words='học tập và làm theo')
    >>> topic_of("Chuyển đổi số ở khu phố"), topic_of(None)
    (ParsedTopic(heading='khac', words=''), ParsedTopic(heading='', words=''))
    """
    if not isinstance(text, str) or not text.strip():
        return ParsedTopic(NOT_SAID, "")
    if text.strip() in _BY_ID:  # records may name a heading by its id
        return ParsedTopic(text.strip(), "")
    plain = _plain(text)
    found = [
        (plain.find(key), -len(key), name, words) for key, name, words in _PHRASES if key in plain
    ]
    return ParsedTopic(*min(found)[2:]) if found else ParsedTopic(OTHER, "")


def _plain(text: str) -> str:
    """Return the words with one space around each, so that a phrase matches whole words only."""
    return " ".join(["", *re.findall(r"\w+", casefold_vi(text)), ""])


_PHRASES = tuple(
    (_plain(words), heading.id, words) for heading in HEADINGS for words in heading.words
)
