"""What is wrong with an argument, in Vietnamese."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # rule sets
    "bad-pair": "“{found}” không có dạng {shape}",
    "unknown-threshold": "không có ngưỡng “{found}”",
    "bad-threshold": "phải là một số, số đếm thì là số nguyên; không phải “{found}”",
    "not-for-period": "chỉ dùng khi giải thích một buổi sinh hoạt",
    # the desk
    "desk-root": "đang chạy bằng quyền quản trị của máy; bàn làm việc không mở như vậy",
    "desk-missing": "máy này chưa cài phần bàn làm việc",
    # archives
    "archive-year": "“{found}” không phải một năm, chẳng hạn 2026",
    "archive-what": "chưa nêu năm cần lưu trữ, hoặc thư mục cần kiểm tra",
    "archive-both": "hoặc lưu trữ một năm, hoặc kiểm tra một bản lưu trữ, không cả hai",
    # slices and scores
    "needs-both": "hai tùy chọn này đi cùng nhau",
    # the store
    "moment-in-future": "thời điểm ghi nhận {found} còn ở phía trước; ghi nhận vào lúc đó thì đến lúc đó mới nhận tiếp được",
}

FIXES: dict[str, str] = {
    "desk-root": "đăng nhập bằng tài khoản thường rồi mở lại",
    "desk-missing": "cài bằng lệnh pip install 'assess[desk]'",
    "moment-in-future": "bỏ --recorded-at; nếu chỉ để thử thì thêm --allow-future",
}
