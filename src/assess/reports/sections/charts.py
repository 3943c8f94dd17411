"""Charts of a report, each with words for those who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.reports import figures
from assess.reports.blocks import Figure
from assess.reports.named_figures import named

if TYPE_CHECKING:
    from assess.reports.results import FormResults


def losses_chart(form: FormResults) -> Figure:
    """Return the mean points lost by group of criteria, as bars."""
    frame = form.groups
    highest = frame.sort_values("lost", ascending=False, kind="stable").head(3)
    name = form.key("giam-diem")
    told = "; ".join(
        f"{r.title}: {named(f'{name}.{r.group_id}.lost', r.lost)}" for r in highest.itertuples()
    )
    return Figure(
        id=f"h-{name}",
        title=f"Điểm bị trừ bình quân một phiếu theo nhóm tiêu chí{form.on}",
        alt=f"Biểu đồ thanh ngang, điểm bị trừ bình quân. Cao nhất: {told}. Số liệu ở bảng ngay sau hình.",
        svg=figures.bars_of_losses(
            frame["title"].tolist(), frame["lost"].tolist(), frame["weight"].tolist()
        ),
    )
