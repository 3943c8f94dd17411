"""Why a workbook from outside is refused, in Vietnamese."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # workbooks from outside
    "not-a-workbook": "tệp không phải sổ Excel .xlsx",
    "workbook-old": "tệp là sổ Excel kiểu cũ (.xls) hoặc có đặt mật khẩu, không đọc được",
    "workbook-entities": "tệp Excel có phần khai báo lạ ({found}), không do chương trình bảng tính ghi",
    "workbook-strict": "tệp lưu dạng Strict Open XML Spreadsheet, không đọc được",
    "workbook-broken": "tệp Excel bị hỏng hoặc bị cắt cụt ({reason})",
    "workbook-bomb": "tệp bung ra {size} byte, quá lớn (tối đa {limit})",
    "workbook-macros": "tệp có macro ({found})",
    "workbook-links": "tệp có liên kết ra ngoài ({found})",
    "workbook-objects": "tệp có đối tượng nhúng ({found})",
    "workbook-sheets": "tệp có {found} trang, quá nhiều (tối đa {limit})",
    "workbook-wide": "ô {found} nằm quá xa; mỗi trang chỉ được đến dòng {rows}, cột {columns}",
    "workbook-large": "tệp có {found} {what}, quá nhiều (tối đa {limit})",
    "workbook-memory": "đọc tệp cần quá nhiều bộ nhớ",
    "workbook-slow": "đọc tệp mất quá nhiều thời gian",
    "workbook-kills": "tệp làm dừng chương trình đọc",
}

FIXES: dict[str, str] = {
    "workbook-entities": "mở bằng Excel rồi lưu lại dạng Excel Workbook (.xlsx)",
    "workbook-strict": "mở bằng Excel, lưu lại dạng Excel Workbook (.xlsx)",
    "not-a-workbook": "mở bằng Excel rồi lưu lại dạng Excel Workbook (.xlsx)",
    "workbook-old": "bỏ mật khẩu nếu có, lưu lại dạng Excel Workbook (.xlsx)",
    "workbook-broken": "xin người gửi gửi lại tệp",
    "workbook-macros": "lưu lại dạng .xlsx không có macro",
    "workbook-links": "dán giá trị thay cho liên kết (Paste Values) rồi gửi lại",
    "workbook-objects": "xóa đối tượng nhúng rồi gửi lại",
    "workbook-wide": "xóa các ô nằm ngoài phiếu, hoặc lập phiếu mới bằng assess form",
}
