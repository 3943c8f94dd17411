"""What the desk says in Vietnamese; names in braces are filled from a finding's facts."""

SENTENCES: dict[str, str] = {
    "upload-unreadable": "tệp gửi lên không trọn vẹn (đường truyền đứt giữa chừng)",
    "upload-many": "số tệp gửi lên quá mức cho phép: tối đa {limit} tệp một lượt",
    "upload-empty": "chưa chọn tệp nào",
    "not-a-number": "“{found}” không phải số nguyên từ {low} đến {high}",
    "not-a-month": "“{found}” không phải tháng, chẳng hạn 2026-03",
    "port-taken": "cổng {found} đang có chương trình khác dùng",
    "not-a-day": "“{found}” không phải ngày có thật, chẳng hạn 05/3/2026",
    "took-long": "đã chờ {seconds} giây mà chưa lập xong nên dừng",
    "said": "{said}",
}
FIXES: dict[str, str] = {
    "not-a-number": "mở lại trang từ thanh mục",
    "not-a-month": "mở lại trang Phiếu từ thanh mục",
    "port-taken": "bỏ --port để bàn làm việc tự chọn cổng",
    "not-a-day": "ghi ngày/tháng/năm",
    "upload-unreadable": "gửi lại; tệp vẫn còn nguyên trên máy",
    "upload-many": "chia làm nhiều lượt",
    "upload-empty": "chọn tệp hoặc thả tệp vào khung rồi gửi",
    "took-long": "làm lại khi máy ít việc hơn; nếu vẫn vậy, báo người hỗ trợ",
}
