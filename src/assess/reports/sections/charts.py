"""Charts of a report, each with words for those who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.reports import study_figures
from assess.reports.blocks import Figure
from assess.reports.named_figures import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from assess.reports.results import Combinations, StudyResults


def classes_chart(
    figure_id: str,
    title: str,
    frame: pd.DataFrame,
    class_titles: Mapping[str, str],
    *,
    none: str,
    name: str,
    most: int = 30,
) -> Figure:
    """Return the share of combinations for each class, a bar for each of the first rows.

    ``none`` is the column with the share that gives no class, ``name`` the name of the number of
    bars.
    """
    shown = frame.head(most)
    parts = shown[[*class_titles, none]].to_numpy().tolist()
    return Figure(
        id=figure_id,
        title=title,
        alt=f"Biểu đồ thanh xếp chồng, {named(name, len(shown))} thanh; mỗi thanh chia theo tỷ lệ tổ hợp cho từng mức xếp loại. Số liệu ở bảng ngay sau hình.",
        svg=study_figures.acceptability(
            shown["name"].tolist(), parts, [*class_titles.values(), "Chưa xếp loại"]
        ),
    )


def importance_chart(found: StudyResults) -> Figure:
    """Return the share of the variation of the class by question, as bars."""
    frame = found.questions[
        found.questions["class_total"].notna() & (found.questions["touched"] > 0)
    ]
    largest = found.largest.marked if found.largest is not None else ""
    return Figure(
        id="h-cau-hoi",
        title="Phần biến động của xếp loại do từng câu hỏi",
        alt=f"Biểu đồ thanh, phần biến động của xếp loại do từng câu hỏi. Lớn nhất: {found.largest_title}, chỉ số toàn phần {largest}. Số liệu ở bảng ngay sau hình.",
        svg=study_figures.importance(
            frame["title"].tolist(), frame["class_first"].tolist(), frame["class_total"].tolist()
        ),
    )


def flips_chart(found: StudyResults, most: int = 30) -> Figure:
    """Return which question changes the class of which chi bộ, as a grid."""
    names, marks = found.map_names[:most], found.map_marks[:most]
    questions = len(found.asked.questions)
    more = f"; {most} chi bộ đổi nhiều nhất" if len(found.map_names) > most else ""
    return Figure(
        id="h-doi-xep-loai",
        title=f"Câu hỏi làm đổi xếp loại của từng chi bộ{more}",
        alt=f"Lưới {named('study.map.chi_bo', len(names))} chi bộ và {named('study.map.questions', questions)} câu hỏi; chấm đen: riêng câu ấy đổi được xếp loại; vòng trắng: chỉ cùng câu khác. Các bộ ít câu hỏi nhất ở bảng ngay sau hình.",
        svg=study_figures.flip_map(
            list(names), [str(n) for n in range(1, questions + 1)], [list(row) for row in marks]
        ),
    )


def curve_chart(title: str, found: Combinations) -> Figure:
    """Return the meetings of the best class by combination, and what each chooses, as a curve."""
    part = (
        f"; vẽ {found.drawn.marked} trong {found.all.marked} tổ hợp, lấy cách đều theo thứ tự"
        if found.drawn < found.all
        else ""
    )
    return Figure(
        id=f"h-to-hop-{found.rules.id}",
        title=title + part,
        alt=f"Đường bậc thang từ {found.least.marked} đến {found.most.marked} buổi; dưới đường là cách hiểu mà mỗi tổ hợp chọn ở từng câu hỏi. Số liệu ở bảng ngay sau hình.",
        svg=study_figures.specification_curve(
            found.values, found.base, found.choices, f"Số buổi {found.best}"
        ),
    )
