"""What the desk says in Vietnamese; names in braces are filled from a finding's facts."""

SENTENCES: dict[str, str] = {
    "upload-unreadable": "trình duyệt gửi lên không trọn vẹn",
    "upload-many": "gửi lên quá {limit} tệp một lượt",
    "upload-empty": "chưa chọn tệp nào",
    "took-long": "làm quá {seconds} giây chưa xong",
    "said": "{said}",
}
FIXES: dict[str, str] = {
    "upload-unreadable": "gửi lại; tệp vẫn còn nguyên trên máy",
    "upload-many": "chia làm nhiều lượt",
    "upload-empty": "chọn tệp hoặc thả tệp vào khung rồi gửi",
    "took-long": "thử lại khi máy rảnh, hoặc chọn ít đơn vị hơn",
}
