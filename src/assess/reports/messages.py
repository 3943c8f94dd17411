"""Vietnamese error messages of reports, their figures and their formats."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "no-such-value": "văn bản dùng “{found}”, nhưng các ô trước không có giá trị nào tên như vậy",
    "bad-text": "văn bản của ô không đúng cách viết: {reason}",
    "bare-decimal": "số thập phân {found} phải kèm cách viết: | points (điểm) hoặc | percent (tỷ lệ)",
    "not-printable": "văn bản không in được giá trị kiểu {found}; chỉ in chữ, số, ngày, danh sách",
    "words-markup": "lời văn không dùng mã mẫu hay HTML: “{found}”",
    "words-twice": "phần “{found}” có hai lần",
    "words-no-heading": "lời văn đứng trước đề mục đầu tiên: “{found}”; mỗi phần bắt đầu bằng dòng # TÊN PHẦN",
    "no-own-file": "báo cáo không có tệp “{found}”; danh mục phải nêu tệp ấy ở files",
    "no-such-column": "bảng không có cột “{found}”",
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
