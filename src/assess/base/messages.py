"""The catalogue of messages to users, in Vietnamese, by stable code, with advice how to fix them.

The base room's sentences are here; other rooms add theirs on import (:func:`add_messages`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SENTENCES: dict[str, str] = {
    "no-such-unit": "không có đơn vị “{found}”",
    "unit-name-shared": "có nhiều đơn vị tên là “{found}”",
    # files
    "file-exists": "tệp đã có, không ghi đè",
    "unreadable": "không đọc được tệp ({reason})",
    "too-large": "tệp quá lớn ({size} byte, tối đa {limit})",
    "not-utf8": "tệp không phải UTF-8; hãy lưu lại dạng UTF-8 (trong Excel: CSV UTF-8)",
    "empty-file": "tệp trống",
    "no-memory": "máy không đủ bộ nhớ để làm việc này; tệp không vì thế mà sai",
    "no-folder": "không có thư mục này",
    "no-workspace": "không tìm thấy không gian làm việc (thư mục có params/ và notebooks/) ở đây hay ở các thư mục cha",
    "unwritable": "không ghi được ({reason})",
    # params/office
    "face-not-a-font": "không phải tệp phông chữ TrueType hoặc OpenType",
    "face-lacks": "phông chữ thiếu chữ tiếng Việt: {found}",
    "face-mixed": "các tệp phông chữ phải cùng một họ: {found}",
    "face-no-upright": "thiếu tệp chữ đứng thường; chỉ có {found}",
    "office-order": "ngày {found} phải sau ngày của mục đứng trước: ghi các mục theo thời gian",
    # YAML
    "yaml-syntax": "sai cú pháp YAML: {reason}",
    "yaml-deep": "các mục lồng vào nhau quá sâu",
    "yaml-alias": "không dùng neo (&) và tham chiếu (*)",
    "yaml-tag": "không dùng thẻ {found}",
    "yaml-key": "khóa phải là chữ",
    "duplicate-key": "khóa “{found}” đã có ở dòng {line}",
    "unknown-key": "không có khóa “{found}” ở đây",
    "missing-key": "thiếu khóa “{wanted}”",
    "not-allowed": "“{found}” không thuộc các giá trị cho phép",
    "out-of-range": "giá trị {found} nằm ngoài khoảng cho phép",
    "wrong-type": "“{found}” không đúng kiểu, cần {wanted}",
    "bad-id": "“{found}” không phải mã hợp lệ (chữ thường không dấu, số, gạch nối)",
    "id-no-file": "mã “{found}” không đặt được làm tên tệp trên Windows; chọn mã khác",
    "bad-date": "“{found}” không phải một ngày dạng NĂM-THÁNG-NGÀY, chẳng hạn 2026-03-05",
    "bad-period": "“{found}” không phải kỳ báo cáo",
    "bad-moment": "“{found}” không phải thời điểm dạng NĂM-THÁNG-NGÀY hoặc NĂM-THÁNG-NGÀYTGIỜ:PHÚT",
    # rule sets
    "id-is-not-file-name": "mã “{found}” phải trùng tên tệp “{wanted}”",
    "duplicate-id": "mã “{found}” đã dùng ở dòng {line}",
    "unknown-source": "không có nguồn “{found}” trong mục sources",
    "unknown-fact": "không có dữ kiện “{found}”",
    "unknown-question": "không có câu hỏi “{found}”",
    "unknown-option": "không có cách hiểu “{found}”",
    "unknown-criterion": "không có tiêu chí “{found}”",
    "unknown-level": "không có mức “{found}”",
    "unknown-class": "không có xếp loại “{found}”",
    "unknown-rule-set": "không có bộ quy tắc “{found}”",
    "question-not-raised": "câu hỏi “{found}” chưa được nêu trong mục questions của bộ quy tắc",
    "dates-reversed": "ngày kết thúc {end} sớm hơn ngày bắt đầu {start}",
    "wrong-sum": "tổng điểm tối đa của {what} là {found}, nhưng ghi {wanted}",
    "marks-have-no-points": "“{found}” chỉ gồm các tiêu chí đạt / không đạt (kind: mark) nên không ghi điểm",
    "otherwise-to": "otherwise của câu hỏi “{found}”: to (dòng nhận điểm) phải có khi câu hỏi có cách hiểu chuyển điểm, và chỉ khi đó",
    "bonus-alone": "biểu phải có ít nhất một dòng có điểm mà không phải điểm thưởng",
    "case-expects-nothing": "ví dụ “{name}” không nêu kết quả nào trong expect",
    "bands-or-outcome": "bộ quy tắc phải có hoặc bands (xếp loại theo điểm), hoặc outcome (xếp loại theo tiêu chí đạt), và chỉ một trong hai",
    "outcome-with-points": "outcome chỉ dùng cho biểu không có điểm",
    "gate-without-points": "điều kiện “{found}” chỉ dùng cho biểu có điểm",
    "gate-on-lowest": "“{found}” là mức thấp nhất, không có mức nào để hạ xuống",
    "gate-unreachable": "điều kiện không bao giờ có tác dụng: khi dòng “{found}” không đạt điểm tối đa thì tổng cao nhất là {best}, chưa tới mức {class_}",
    "year-test-classes": "phép thử “{found}”: months_classed và share_classed phải nêu classes, các phép thử khác thì không",
    "mean-without-points": "biểu không có điểm thì không có điểm bình quân",
    "year-unreachable": "không năm nào được xếp “{found}”: các phép thử không thể cùng đúng, hoặc mức đứng trước luôn được chọn",
    "best-level-not-max": "mức cao nhất là {best} điểm, nhưng điểm tối đa ghi {maximum}",
    "two-edges": "mỗi phía chỉ dùng một mốc: at_least hoặc above, at_most hoặc below; equals thì đứng một mình",
    "bands-order": "các mức xếp loại phải xếp từ cao xuống thấp",
    "question-role": "câu hỏi “{found}” không dùng được ở đây",
    "question-other-fact": "câu hỏi “{found}” nói về “{wanted}”, không phải “{fact}”; câu chữ của biểu đã tự quyết thì không nêu câu hỏi",
    "default-not-here": "câu hỏi “{found}” áp dụng chung cho cả báo cáo, biểu không đặt mặc định được",
    "too-few-levels": "tiêu chí “{found}” cần ít nhất hai mức",
    "step-off-max": "điểm tối đa {maximum} không chia hết cho nấc điểm {found}, nên không ai ghi được điểm tối đa",
    "applies-without-otherwise": "tiêu chí “{found}” phải có cả applies_when và otherwise, hoặc không có cả hai",
    "condition-kind": "dữ kiện “{found}”: dữ kiện có/không thì so bằng is, dữ kiện số thì so bằng khoảng",
    "cap-up-to": "mức được quyết định thêm {found}% thấp hơn mức trần {wanted}%",
    "no-such-day": "ngày {found} không có trong mọi năm",
    "decision-days": "có nhiều hạn quyết định xếp loại cho cấp “{found}”; ghi due: decision ở đúng một hạn",
    "edge-outside": "mốc {found} của “{what}” nằm ngoài các giá trị có thể có ({range})",
    "condition-always": "điều kiện về “{what}” lúc nào cũng đúng{reading} ({range})",
    "condition-never": "điều kiện về “{what}” không bao giờ đúng{reading} ({range})",
    "line-key-unused": "tiêu chí loại “{found}” không dùng {key}",
    "minutes-no-effect": "{what} {found} phút không lớn hơn thời lượng chung {base} phút nên không bao giờ có tác dụng",
    "combined-no-effect": "điểm tối đa khi kết hợp là {found}, phải từ {low} (điểm tối đa của dòng thứ nhất) đến dưới {high} (tổng của hai dòng)",
    "condition-empty": "điều kiện về “{found}” chưa có mốc",
    "edge-without-value": "mốc dựa vào “{found}” nhưng bộ quy tắc không cho giá trị của nó",
    "gap": "{what} bằng {value}{given} không rơi vào mức nào (giữa {between}); hãy nêu thành câu hỏi trong gaps",
    "overlap": "{what} bằng {value}{given} rơi vào nhiều mức ({between}); hãy nêu thành câu hỏi trong overlaps",
    "unreachable-level": "mức “{found}” không bao giờ đạt được",
    "named-but-absent": "đã nêu ({found}) nhưng các mức không có chỗ như vậy",
    # cases
    "case-differs": "ví dụ “{name}”: {what} phải là {wanted}, tính ra {found}",
    "case-rule-set": "tệp ví dụ ghi cho bộ quy tắc “{found}”, nhưng đứng cạnh “{wanted}”",
    "case-criterion": "ví dụ “{name}”: không có tiêu chí “{found}”",
    # tables
    "bad-value": "“{found}” không phải {wanted}",
    "value-not-allowed": "“{found}” không thuộc các giá trị cho phép",
    "value-too-small": "{found} nhỏ hơn {wanted}",
    "unknown-case": "không có trường hợp “{found}” trong {rules}",
    "cap-over": "mức {found}% cao hơn mức tối đa {wanted}% mà {rules} cho phép quyết định",
    "not-a-year": "đề xuất xếp loại chỉ lập cho cả năm, không lập cho {period}",
    "adoption-kind": "bộ quy tắc “{found}” chấm loại buổi họp khác, không áp dụng được ở mục {what}",
    "answer-not-asked": "“{found}” không phải câu hỏi mà {rules} để ngỏ, nên không có gì để trả lời",
    "adoption-too-early": "áp dụng “{found}” từ trước ngày bộ quy tắc có hiệu lực ({start})",
    "criterion-not-in-form": "biểu “{form}” không có tiêu chí “{found}”",
    # slices and scores
    "not-begun": "{found} chưa bắt đầu",
    "dang-bo-not-stated": "có nhiều đơn vị không có cấp trên, nên phải nêu đảng bộ",
    "unknown-dang-bo": "không có đảng bộ “{found}”",
    "period-not-begun": "{found} bắt đầu từ ngày {start}, nhưng số liệu chỉ lấy đến ngày {as_of}",
    "no-chi-bo": "“{found}” không có chi bộ nào trong kỳ {period}",
    "no-adoption": "“{found}” chưa áp dụng bộ quy tắc nào cho các buổi họp trong kỳ {period}",
    "unknown-chi-bo": "không có chi bộ “{found}”",
    "unknown-meeting": "chi bộ {chi_bo} không có buổi họp “{found}”; hãy ghi mã buổi họp, hoặc tháng dạng NĂM-THÁNG, chẳng hạn 2025-08",
    "not-a-slice": "thư mục không phải phần dữ liệu trích của assess",
    "slice-lacks": "phần dữ liệu trích thiếu tệp {found}",
    "slice-damaged": "tệp {found} của phần dữ liệu trích bị hỏng hoặc bị cắt cụt",
    "slice-changed": "phần dữ liệu trích không khớp mã kiểm tra ghi kèm",
    # forms that come back
    "negative-points": "điểm {found} nhỏ hơn 0",
    "off-form-points": "điểm {found} không có trong các mức hoặc nấc điểm của dòng",
}

FIXES: dict[str, str] = {
    "no-such-unit": "ghi đúng tên hoặc mã đơn vị; đơn vị mới thì thêm vào bảng đơn vị",
    "unit-name-shared": "ghi tên kèm mã trong ngoặc",
    "too-large": "chia thành nhiều tệp rồi gửi lần lượt",
    "period-not-begun": "chọn kỳ khác, hoặc ghi as_of muộn hơn",
    "value-too-small": "kiểm tra lại số",
    "bad-value": "ghi đúng kiểu, không kèm chữ; số nguyên thì không ghi dấu chấm, dấu phẩy",
    "value-not-allowed": "chọn một trong các giá trị cho phép",
    "negative-points": "ghi số điểm đạt được, không ghi số điểm bị trừ",
    "off-form-points": "ghi một trong các mức của dòng",
    "not-utf8": "lưu lại dạng CSV UTF-8",
    "no-memory": "đóng bớt chương trình khác, làm ít báo cáo cùng lúc hơn (-j 1), hoặc chia nhỏ tệp",
}
"""How to fix a problem, where the sentence alone does not say so."""

WARNINGS: set[str] = set()
"""Codes that are warnings: the input is used unchanged, and the finding is shown."""

NOTES: set[str] = set()
"""Codes that are for information only."""


def add_messages(
    sentences: Mapping[str, str],
    fixes: Mapping[str, str] | None = None,
    warnings: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> None:
    """Add a room's sentences and advice by code; say which codes are warnings or notes."""
    SENTENCES.update(sentences)
    FIXES.update(fixes or {})
    WARNINGS.update(warnings)
    NOTES.update(notes)
