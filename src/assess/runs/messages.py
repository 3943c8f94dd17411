"""Vietnamese messages on what is wrong with a matrix, its templates, a batch or its manifest."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # rule sets
    "bad-attachment": "tên tệp kèm “{found}” phải là chữ thường, đuôi csv, json hoặc txt",
    # tables
    "attachment-twice": "mẫu báo cáo kèm hai tệp cùng tên “{found}”",
    # reports and runs
    "unknown-template": "không có mẫu báo cáo “{found}”",
    "no-manifest": "không có MANIFEST.sha256: không phải thư mục báo cáo đã lập xong",
    "bad-trust": "không phải mẫu báo cáo (.ipynb), bộ quy tắc (.yaml), không gian làm việc hay mã (ít nhất 16 chữ) mà assess verify in ra",
    "bad-manifest": "không phải danh sách mã SHA-256 hợp lệ",
    "unknown-run": "danh mục không có báo cáo nào khớp “{found}”",
    "no-dask": "chưa cài phần mở rộng dask: pip install 'assess[dask]'",
    "dask-open": "không dùng “{found}”: ai tới được địa chỉ ấy cũng chạy được mã lệnh và đọc được số liệu; chỉ dùng local hoặc tls://MÁY:CỔNG",
    "dask-no-certificate": "kết nối {found} cần chứng thư: nêu --dask-ca, --dask-cert và --dask-key",
    "dask-unreachable": "không kết nối được bộ điều phối Dask ({reason})",
    "dask-lost": "mất kết nối với bộ điều phối Dask giữa chừng ({reason}); báo cáo đã lập được giữ nguyên, chạy lại lệnh để làm tiếp",
    "dask-no-workers": "bộ điều phối Dask không có máy làm việc nào trong {seconds} giây; báo cáo đã lập được giữ nguyên",
    "template-unreadable": "không đọc được mẫu báo cáo “{found}” ({reason})",
    "template-parameter": "mẫu báo cáo “{template}” không khai báo tham số “{found}”",
    "which-matrix": "không biết lấy danh mục nào làm mẫu: không có đúng một danh mục của năm {year}; nêu --from TỆP",
    "option-in-matrix": "đã nêu danh mục thì không dùng {found}: danh mục quyết định việc này",
    "no-matrix": "cần một tệp danh mục, hoặc --template cùng --period",
    "unknown-parameter": "mẫu báo cáo “{template}” không có tham số riêng “{found}”",
    "no-such-file": "không gian làm việc không có tệp “{found}”",
    "file-too-large": "tệp “{found}” lớn hơn 50 MB",
    "file-name-twice": "hai tệp cùng tên “{found}”: báo cáo gọi tệp theo tên",
    "numbers-periods": "mục có nhiều kỳ thì không ghi số văn bản: mỗi số là của một văn bản",
    "no-such-run": "mục này không có báo cáo nào của “{found}”, nên tham số riêng của nó không dùng vào đâu",
    "matrix-empty": "ma trận không có báo cáo nào",
    "document-before-data": "ngày văn bản {found} trước ngày chốt số liệu {as_of}",
    "no-end-of-data": "thiếu as_of, và số liệu {found} không có thời điểm ghi nhận (recorded_at) nào để thay",
    "register-damaged": "sổ văn bản đã phát hành bị sửa, thêm hoặc bớt dòng; khôi phục từ bản sao lưu rồi làm tiếp",
    "issue-not-made": "không phải báo cáo đã lập xong bằng assess run",
    "issue-altered": "tệp đã lập bị sửa hoặc thiếu ({found}); lập lại bằng assess run rồi phát hành",
    "issue-no-number": "loại tài liệu này không có số, không phát hành",
    "issue-draft": "chưa phát hành được: {found}",
    "issue-room": "còn phần chưa ghi lời văn: {found}",
    "issue-bad-number": "số văn bản “{found}” không hợp lệ",
    "issue-other-number": "văn bản in số {wanted}, không phải {found}",
    "issue-number-taken": "số này đã dùng: {found}",
    "issue-again": "báo cáo này đã phát hành: {found}",
    "issue-no-earlier": "báo cáo này chưa phát hành số “{found}”",
    "several-runs": "danh mục có nhiều báo cáo như vậy: {found}; chỉ để lại một",
    "issue-replaced": "số {found} đã được thay thế: {wanted}",
    "issue-day": "ngày văn bản {found} trước ngày của văn bản trước đó ({wanted})",
    "issue-left": "có thư mục mà sổ không có: {found}",
    "issue-both": "một văn bản chỉ thay thế hoặc bổ sung, không cả hai",
    "issue-failed": "lập bản phát hành không được: {reason}",
    "issued-gone": "không còn bản lưu của {found}; khôi phục từ bản sao lưu",
    "duplicate-run": "báo cáo {found} bị lặp trong ma trận",
}

FIXES: dict[str, str] = {
    "issue-left": "văn bản ấy đã gửi đi thì khôi phục sổ từ bản sao lưu; chưa gửi thì chuyển thư mục ấy đi nơi khác rồi phát hành lại",
    "document-before-data": "ghi as_of không muộn hơn document_date",
    "no-end-of-data": "ghi as_of, chẳng hạn as_of: 2026-11-28",
}
