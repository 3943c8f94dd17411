"""Inspection: which chi bộ to inspect and why, signals before a visit, and follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.text import listing
from assess.records.words import INSPECTION_KINDS
from assess.reports.blocks import (
    Annex,
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from assess.reports.named_figures import named
from assess.studies.inspection.choose import (
    HARD,
    MOST_SIGNALS,
    NEVER,
    SIGNAL,
    WEAK,
    PlanOptions,
    inspection_plan,
)
from assess.studies.signals import LEVEL, SIGNALS

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report

NO_FINDING = "Điểm cần xem là lý do để xem kỹ hơn, không phải dấu hiệu vi phạm và không phải kết luận; chỉ cấp có thẩm quyền, sau khi xem hồ sơ và trao đổi với chi bộ, mới kết luận."
_KNOWN = {signal.id: signal for signal in SIGNALS}
_LONGEST = 400
"""Most rows in a table of signals; if there are more, the chi bộ with most signals are kept."""
_ASKED = 6
"""Most chi bộ named with a question; the preceding table lists all of them."""
_QUESTIONS = {
    "entered_above_facts": "Đối chiếu các dòng ghi cao hơn số liệu với sổ biên bản và danh sách dự họp: chênh lệch do đâu (ghi số liệu, ghi điểm, cách hiểu)?",
    "above_others": "Hai bên chấm khác nhau ở dòng nào, căn cứ của mỗi bên?",
    "same_sheets": "Phiếu các tháng giống nhau được lập vào lúc nào, theo cách nào?",
    "all_maximum": "Chi bộ tự thấy còn việc gì chưa tốt? Minh chứng của các dòng được điểm tối đa?",
    "no_variation": "Khi dự họp hoặc thời lượng thay đổi, vì sao điểm không đổi?",
    "counts_off": "Đối chiếu danh sách đảng viên ngày họp: ai được miễn, ai vắng, ai dự?",
    "few_present": "Các buổi ít người dự: vắng vì sao, nội dung có được thông báo lại cho người vắng không?",
    "exact_minutes": "Giờ bắt đầu và kết thúc ghi trong biên bản từng buổi?",
    "signed_late": "Phiếu được chấm khi nào, ai chấm, có thông qua tại buổi họp không?",
    "no_thematic": "Quý không có sinh hoạt chuyên đề: vì sao, kế hoạch chuyên đề của năm ra sao?",
    "lifted_by_leaving_out": "Các dòng ghi không áp dụng: căn cứ, cách xác định?",
}


def signals_seen(report: Report) -> Group:
    """Return the signals of each chi bộ and of whole units, or a short text if there are none."""
    found = report.signals
    tests = int(found.attrs["tests"])
    blocks: list[Block] = [Heading("Điểm cần xem"), Note(NO_FINDING, "Cách đọc")]
    plain, statistical = found[found["p"].isna()], found[found["p"].notna()]
    if found.empty:
        looked = len(SIGNALS)
        blocks.append(
            Paragraph(
                f"Không có điểm cần xem nào trong {looked} loại được xét (liệt kê ở phụ lục)."
            )
        )
        return Group(tuple(blocks))
    if len(plain):
        count = plain["unit_id"].nunique()
        kinds = plain["signal_id"].nunique()
        all_ = len(report.slice.chi_bo)
        blocks.append(
            Paragraph(
                f"{named('signals.chi_bo', count)} trên {named('signals.of_chi_bo', all_)} chi bộ có ít nhất một điểm cần xem."
                if all_ > 1
                else f"Có {named('signals.kinds', kinds)} loại điểm cần xem."
            )
        )
        blocks.append(_sightings(report, plain))
    if tests:
        blocks += _chances(report, statistical, tests)
    return Group(tuple(blocks))


def _sightings(report: Report, plain: pd.DataFrame) -> Table:
    counts = plain.groupby("unit_id")["signal_id"].nunique()
    frame = plain.assign(
        count=plain["unit_id"].map(counts), order=plain["signal_id"].map(list(_KNOWN).index)
    )
    frame = frame.sort_values(
        ["count", "unit_id", "order"], ascending=[False, True, True], kind="stable"
    )
    columns = (
        Column("name", "Chi bộ", width=2),
        Column("signal", "Loại", width=1.8),
        Column("text", "Nội dung ghi nhận", width=3.4),
        Column("months", "Tháng", width=1.3),
    )
    months = dict(
        zip(
            report.scores.every_meeting["meeting_id"],
            report.scores.every_meeting["month"],
            strict=True,
        )
    )
    rows = tuple(
        (
            report.unit_name(s.unit_id),
            _KNOWN[s.signal_id].title,
            f"{s.text}.",
            _months([months[m] for m in s.meetings]),
        )
        for s in frame.head(_LONGEST).itertuples()
    )
    note = (
        f"Bảng in {_LONGEST} trong {len(frame)} dòng, của các chi bộ có nhiều loại nhất."
        if len(frame) > _LONGEST
        else ""
    )
    return Table("dau-hieu", "Điểm cần xem ở từng chi bộ", columns, rows, note=note)


def _months(found: list[str]) -> str:
    return ", ".join(numbers.month(m) for m in sorted(set(found)))


def _chances(report: Report, statistical: pd.DataFrame, tests: int) -> list[Block]:
    heading = Heading("So sánh thống kê giữa các đơn vị, các tháng", 2)
    how = (
        f"Đã làm {tests} phép so sánh; chỉ nêu những khác biệt đủ rõ, giữ tỷ lệ nêu sai không quá {numbers.percent(LEVEL)}. "
        "Dù vậy, điều nêu dưới đây vẫn có thể là ngẫu nhiên."
    )
    if statistical.empty:
        text = f"Đã làm {tests} phép so sánh; không có khác biệt nào đủ rõ để nêu (giữ tỷ lệ nêu sai không quá {numbers.percent(LEVEL)})."
        return [heading, Paragraph(text)]
    columns = (
        Column("name", "Đơn vị", width=2),
        Column("signal", "Loại", width=1.8),
        Column("text", "Nội dung ghi nhận", width=3.4),
        Column("p", "Xác suất thấy như vậy nếu chỉ do ngẫu nhiên", width=1.2),
        Column("q", "Sau khi điều chỉnh", width=1.1),
    )
    rows = tuple(
        (
            report.unit_name(s.unit_id),
            _KNOWN[s.signal_id].title,
            f"{s.text}.",
            numbers.decimal(s.p, 4),
            numbers.decimal(s.q, 4),
        )
        for s in statistical.itertuples()
    )
    return [
        heading,
        Paragraph(how),
        Table("dau-hieu-thong-ke", "Khác biệt đủ rõ để nêu", columns, rows),
    ]


def questions_to_ask(report: Report) -> Group:
    """Return the questions to ask on site about the signals; empty if there are none."""
    seen = [
        signal
        for signal in SIGNALS
        if signal.id in set(report.signals["signal_id"]) and signal.id in _QUESTIONS
    ]
    if not seen:
        return Group(())
    items = tuple(
        f"{_QUESTIONS[signal.id]} {_where(report, signal.id)}Lưu ý: {signal.limits[:1].lower()}{signal.limits[1:]}"
        for signal in seen
    )
    return Group((Heading("Nội dung cần hỏi, cần xem tại chỗ"), Bullets(items)))


def _where(report: Report, signal_id: str) -> str:
    """Return the chi bộ and months about which to ask a question."""
    found = report.signals[report.signals["signal_id"] == signal_id]
    months = dict(
        zip(
            report.scores.every_meeting["meeting_id"],
            report.scores.every_meeting["month"],
            strict=True,
        )
    )
    alone = len(report.slice.chi_bo) == 1
    places = []
    for unit_id, theirs in found.groupby("unit_id"):
        when = _months([months[m] for meetings in theirs["meetings"] for m in meetings])
        name = "" if alone else report.unit_name(str(unit_id))
        places.append(f"{name} ({when})" if name and when else name or when)
    places = [place for place in places if place]
    if not places:
        return ""
    more = (
        f"; và {len(places) - _ASKED} chi bộ khác trong bảng trên" if len(places) > _ASKED else ""
    )
    return f"Nơi cần hỏi: {'; '.join(places[:_ASKED])}{more}. "


def annex_signals(report: Report) -> Group:
    """Return as an annex what each kind of signal looks for, its limits and its source."""
    del report
    columns = (
        Column("title", "Loại", width=1.8),
        Column("definition", "Định nghĩa và ngưỡng", width=3.2),
        Column("limits", "Giới hạn", width=2.6),
        Column("source", "Nguồn", width=2),
    )
    rows = tuple(
        (s.title, s.definition, s.limits, f"{s.source[:1].upper()}{s.source[1:]}.") for s in SIGNALS
    )
    return Group(
        (
            Annex("Các loại điểm cần xem"),
            Table(
                "cac-dau-hieu",
                "Định nghĩa, giới hạn và nguồn của từng loại điểm cần xem",
                columns,
                rows,
            ),
        )
    )


def follow_up(report: Report) -> Group:
    """Return earlier findings and recommendations, and whether they were remedied in time."""
    table = report.slice.tables["inspection"]
    table = table[table["finding"].notna() | table["recommendation"].notna()]
    heading = Heading("Phát hiện, kiến nghị và việc khắc phục")
    if table.empty:
        return Group(
            (
                heading,
                Paragraph(
                    "Số liệu không có phát hiện hoặc kiến nghị nào của các lần kiểm tra đã ghi nhận."
                ),
            )
        )
    day = pd.Timestamp(report.slice.as_of.date())
    states = [_state(row, day) for row in table.itertuples()]
    counts = pd.Series(states).value_counts()
    text = listing(
        f"{name}: {named(f'follow_up.{key}', int(counts[name]))}"
        for key, name in (
            ("remedied", "đã khắc phục"),
            ("late", "khắc phục muộn"),
            ("overdue", "quá hạn, chưa ghi nhận khắc phục"),
            ("not_due", "chưa đến hạn"),
            ("no_day", "không có hạn"),
        )
        if name in counts
    )
    columns = (
        Column("name", "Chi bộ", width=1.8),
        Column("when", "Ngày", "date", 1),
        Column("form", "Hình thức", width=1.1),
        Column("finding", "Phát hiện", width=2.4),
        Column("clause", "Điều khoản", width=1.5),
        Column("recommendation", "Kiến nghị", width=2.4),
        Column("remedy_by", "Hạn", "date", 1),
        Column("state", "Đến nay", width=1.2),
    )
    frame = table.assign(state=states).sort_values(
        ["chi_bo_id", "inspected_on", "inspection_id"], kind="stable"
    )
    rows = tuple(
        (
            report.unit_name(r.chi_bo_id),
            day_of(r.inspected_on),
            INSPECTION_KINDS[r.form],
            text_of(r.finding),
            text_of(r.clause),
            text_of(r.recommendation),
            day_of(r.remedy_by),
            r.state,
        )
        for r in frame.itertuples()
    )
    return Group(
        (
            heading,
            Paragraph(f"{named('follow_up.all', len(frame))} phát hiện, kiến nghị; {text}."),
            Table("kien-nghi", "Phát hiện, kiến nghị và việc khắc phục", columns, rows),
        )
    )


def _state(row: Any, day: pd.Timestamp) -> str:
    due, done = row.remedy_by, row.remedied_on
    if done == done and done is not None and not pd.isna(done):
        return "khắc phục muộn" if not pd.isna(due) and done > due else "đã khắc phục"
    if pd.isna(due):
        return "không có hạn"
    return "quá hạn, chưa ghi nhận khắc phục" if due < day else "chưa đến hạn"


def day_of(value: Any) -> dt.date | None:
    """Return a date of a frame for a table, or ``None``."""
    return None if pd.isna(value) else pd.Timestamp(value).date()


def text_of(value: Any) -> str:
    """Return a text of a frame for a table, or an empty string."""
    return "" if pd.isna(value) else str(value)


def _priority(report: Report) -> str:
    """Return what the priority points consist of."""
    titles = dict.fromkeys(
        c.title for rules in report.slice.rule_sets.values() for c in rules.weak_classes
    )
    weak = f"có buổi xếp loại {' hoặc '.join(titles)} {WEAK}; " if titles else ""
    return f"{_PRIORITY}{weak}{_THEN}"


_PRIORITY = f"Điểm ưu tiên do bộ công cụ đề xuất, không có trong quy định: chưa có cuộc kiểm tra nào được tính {NEVER}; mỗi loại điểm cần xem {SIGNAL} (tối đa {SIGNAL * MOST_SIGNALS}); "
_THEN = f"loại hình, địa bàn cần tăng cường {HARD}; bằng nhau thì lâu chưa kiểm tra đi trước."


def reasons_of_plan(report: Report, wanted: PlanOptions) -> Group:
    """Return, for the teams only, the priorities of a plan and why each chi bộ is in or out."""
    frame = _frame(report, wanted)
    chosen, others = frame[frame["chosen"]], frame[~frame["chosen"]]
    blocks: list[Block] = [
        Heading("Cách chọn và lý do"),
        Paragraph(_how(report, frame, wanted)),
        Note(NO_FINDING, "Cách đọc"),
    ]
    blocks.append(
        _planned(report, chosen, "ly-do", "Chi bộ được chọn, theo thứ tự ưu tiên, và lý do")
    )
    strata = frame.groupby("stratum", sort=True)["chosen"].agg(["size", "sum"])
    columns = (
        Column("kind", "Loại hình", width=2),
        Column("place", "Đơn vị", width=2.4),
        Column("all", "Số chi bộ", "integer"),
        Column("chosen", "Được chọn", "integer"),
    )
    rows = tuple(
        (
            _KINDS[str(name).split("/")[0]],
            report.unit_name(str(name).split("/", 1)[1]),
            int(r["size"]),
            int(r["sum"]),
        )
        for name, r in strata.iterrows()
    )
    blocks.append(Table("nhom", "Số chi bộ được chọn theo nhóm loại hình, đơn vị", columns, rows))
    if len(others):
        blocks.append(_planned(report, others, "khong-chon", "Chi bộ không được chọn và lý do"))
    return Group(tuple(blocks))


def _frame(report: Report, wanted: PlanOptions) -> pd.DataFrame:
    return inspection_plan(
        report.slice, report.scores, wanted, report.option("coverage_counts"), report.signals
    )


def _gone(report: Report, frame: pd.DataFrame) -> str:
    left = len(set(report.slice.chi_bo) - set(frame["chi_bo_id"]))
    return (
        f" {named('plan.gone', left)} chi bộ khác có trong kỳ đã sáp nhập, chuyển đi hoặc thôi hoạt động, không đưa vào danh sách."
        if left
        else ""
    )


_KINDS = {
    "cap_uy": "Cơ quan của cấp ủy",
    "thon_to_dan_pho": "Thôn, tổ dân phố",
    "co_quan_hanh_chinh": "Cơ quan Đảng, chính quyền, đoàn thể",
    "don_vi_su_nghiep": "Đơn vị sự nghiệp",
    "doanh_nghiep_nha_nuoc": "Doanh nghiệp nhà nước",
    "doanh_nghiep_tu_nhan": "Doanh nghiệp ngoài nhà nước",
    "hoc_sinh_sinh_vien": "Học sinh, sinh viên",
    "luc_luong_vu_trang": "Lực lượng vũ trang",
}


def _how(report: Report, frame: pd.DataFrame, wanted: PlanOptions) -> str:
    count = int(frame["chosen"].sum())
    drawn = int(frame["why"].str.startswith("rút ngẫu nhiên").sum())
    counts_as = report.chosen("coverage_counts").option.title
    gone = _gone(report, frame)
    if count == len(frame):
        return f"Đề xuất kiểm tra cả {named('plan.chosen', count)} chi bộ.{gone} Lần kiểm tra gần nhất tính theo cách: {counts_as}."
    return (
        f"Đề xuất {named('plan.chosen', count)} trên {named('plan.of', len(frame))} chi bộ theo khả năng của các tổ kiểm tra.{gone} Mỗi nhóm loại hình, đơn vị có ít nhất {wanted.floor} chi bộ, trong chừng mực năng lực cho phép; phần còn lại ưu tiên chi bộ chưa được "
        f"kiểm tra, lâu chưa được kiểm tra, có điểm cần xem, có buổi xếp loại thấp, địa bàn hoặc loại hình khó; trong đó {drawn} chi bộ rút ngẫu nhiên "
        f"(số khởi tạo {wanted.seed}: cùng số này và cùng số liệu thì được cùng danh sách). Lần kiểm tra gần nhất tính theo cách: {counts_as}."
    )


def _planned(report: Report, frame: pd.DataFrame, name: str, title: str) -> Table:
    columns = (
        Column("order", "Thứ tự", "integer", 0.6),
        Column("name", "Chi bộ", width=2.2),
        Column("unit", "Đơn vị", width=2),
        Column("need", "Điểm ưu tiên", "integer", 0.8),
        Column("last", "Kiểm tra gần nhất", "date", 1.1),
        Column("signals", "Loại điểm cần xem", "integer", 0.8),
        Column("why", "Lý do", width=3.6),
    )
    rows = tuple(
        (
            r.order,
            report.unit_name(r.chi_bo_id),
            report.unit_name(r.stratum.split("/", 1)[1]),
            r.need,
            day_of(r.last),
            r.signals,
            f"{r.why[:1].upper()}{r.why[1:]}.",
        )
        for r in frame.itertuples()
    )
    return Table(name, title, columns, rows, note=_priority(report))
