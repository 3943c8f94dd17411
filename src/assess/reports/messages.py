"""Vietnamese error messages of reports, their figures and their formats."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "slice-and-records": "đã nêu slice thì không nêu records và as_of",
    # slices and scores
    "slice-of-another": "phần dữ liệu trích là của {found}, không phải của {wanted}",
    "needs-widgets": "cần ipywidgets; cài bằng make lab hoặc pip install 'assess[lab]'",
    "study-of-other": 'phần này cần nghiên cứu có of="{wanted}", nhưng nghiên cứu được đưa vào có of="{found}"',
    # reports and runs
    "figure-without-alt": "hình không có mô tả thay thế",
    "figure-twice": "con số “{found}” mang tên đã đặt cho con số {first} của cùng báo cáo",
    "missing-glyph": "phông chữ của PDF không có chữ cho: {found}",
    "pdf-failed": "không dựng được PDF ({reason})",
}
