"""Vietnamese typesetting of a page: a word and its number are never parted at the end of a line."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<[^>]*>)")
_LEFT_ALONE = ("script", "style", "title", "textarea", "option", "code")
_BEFORE = re.compile(
    r"\b([Tt]háng|phố|[Nn]ăm|[Qq]uý|[Dd]òng|[Nn]hóm|[Ss]ố|[Mm]ục|[Bb]ảng|[Hh]ình|[Ll]ượt|ngày|lúc|trên) (?=[0-9IVX])"
)
_AFTER = re.compile(
    r"(?<=[0-9]) (?=(?:ô|điểm|buổi|phiếu|tệp|chi bộ|đảng viên|trên|báo cáo|việc|giây|ngày|phút|dòng|lượt)\b)"
)
_SIGN = re.compile(r"\b([0-9]+)-([A-Z]{2,3})/(?=[A-ZĐ])")


def keep_together(page: str) -> str:
    """Return a page with no-break spaces and hyphens where they belong, in its texts alone.

    >>> keep_together("<p title='lượt 3'>lượt 3</p>") == "<p title='lượt 3'>lượt\u00a03</p>"
    True
    """
    left_alone = ""
    parts = _TAG.split(page)
    for place, part in enumerate(parts):
        if place % 2:
            name = part[1:].split(">")[0].split()[0].lower() if len(part) > 2 else ""
            if not left_alone and name in _LEFT_ALONE:
                left_alone = name
            elif name == f"/{left_alone}":
                left_alone = ""
        elif not left_alone and part:
            text = _BEFORE.sub("\\1\u00a0", part)
            text = _AFTER.sub("\u00a0", text)
            parts[place] = _SIGN.sub("\\1\u2011\\2/\u2060", text)
    return "".join(parts)
