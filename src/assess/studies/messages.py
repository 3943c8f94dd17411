"""Vietnamese messages for studies, inspection plans and signals."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # slices and scores
    "meeting-too-open": "riêng các câu hỏi liên quan đến một buổi đã có {found} tổ hợp, tối đa {limit}; hãy bớt câu hỏi",
    "plan-number": "phải là số nguyên không âm, không phải {found}",
    "plan-unnumbered": "phiếu kiểm tra cần số kế hoạch hoặc chương trình, để hai đợt kiểm tra không lẫn vào nhau",
    "plan-part": "phải từ 0 đến 1, không phải {found}",
    "threshold-least": "phải từ {limit} trở lên, không phải {found}",
    "threshold-points": "phải trên 0 và không quá 100 điểm, không phải {found}",
    "chi-bo-too-open": "riêng các câu hỏi liên quan đến một chi bộ trong kỳ đã có {found} tổ hợp, tối đa {limit}; hãy bớt câu hỏi",
    "question-not-of-meetings": "câu hỏi “{found}” không ảnh hưởng đến điểm và xếp loại của buổi sinh hoạt nào",
    "question-of-periods": 'câu hỏi “{found}” chỉ ảnh hưởng đến xếp loại cả kỳ của chi bộ: dùng --of period (trong Python: of="period")',
    "question-of-no-class": "câu hỏi “{found}” không ảnh hưởng đến xếp loại buổi hay xếp loại kỳ của chi bộ nào",
    "study-of": "nghiên cứu về từng buổi (meeting) hay về cả kỳ của chi bộ (period), không phải “{found}”",
    "too-many-combinations": "{found} cách hiểu là quá nhiều để tính từng cách, tối đa {limit}; hãy bớt câu hỏi",
    # records taken together
    "no-thematic": "{quarter} chưa có sinh hoạt chuyên đề",
    "same-sheets": "{found} tháng liền chấm y hệt nhau, từ {first} đến {last}",
}

FIXES: dict[str, str] = {
    "plan-unnumbered": "thêm --number, chẳng hạn --number 12-KH/UBKT",
}

WARNINGS = ("no-thematic",)

NOTES = ("same-sheets",)
