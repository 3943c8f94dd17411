"""Topics of thematic meetings: counts by heading, and topics as written with matched words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.reports.blocks import Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.studies import topics
from assess.studies.topic_headings import HEADINGS, NOT_SAID, OTHER

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

_MOST = 60
"""Most topics listed as written; if there are more, the most frequent and the number left."""
_TITLES = {heading.id: heading.title for heading in HEADINGS} | {
    OTHER: "Chủ đề khác (ghi nguyên văn ở bảng sau)",
    NOT_SAID: "Không ghi chủ đề",
}
_OWN = "Chưa biết văn bản nào quy định nhóm chủ đề cho đơn vị và thời gian này; cách chia nhóm là của bộ công cụ, để tham khảo."


def thematic_topics(report: Report) -> Group:
    """Return thematic meetings by heading and every topic as written; empty if none was held."""
    table = topics.topics(report.slice, report.scores)
    if table.empty:
        return Group(())
    cited, label = topics.cited(report.slice), report.slice.period.label
    by_heading = table.groupby("heading")["count"].sum().to_dict()
    # show empty headings only if a document requires them: there a zero is informative
    shown = [
        name for name in _TITLES if name in by_heading or (cited and name not in (OTHER, NOT_SAID))
    ]
    rows = tuple((_TITLES[name], int(by_heading.get(name, 0))) for name in shown)
    total = int(table["count"].sum())
    how = (
        "Một chủ đề thuộc nhóm có từ khớp đứng trước nhất trong chủ đề (cột “Khớp từ” ở bảng sau)."
    )
    note = f"{f'Các nhóm theo {cited}.' if cited else _OWN} {how}"
    columns = (Column("topic", "Nhóm chủ đề", width=4), Column("count", "Số buổi", "integer"))
    counted = Table(
        "chu-de",
        f"Chủ đề sinh hoạt chuyên đề, {label}",
        columns,
        (*rows, ("Cộng", total)),
        total=True,
        note=note,
        keys=(*(n or "khong-ghi" for n in shown), "cong"),
    )
    return Group(
        (
            Heading("Chủ đề sinh hoạt chuyên đề"),
            Paragraph(_in_words(report, table)),
            counted,
            _as_written(table, label),
        )
    )


def _in_words(report: Report, table: pd.DataFrame) -> str:
    total, silent = (
        int(table["count"].sum()),
        int(table.loc[table["heading"] == NOT_SAID, "count"].sum()),
    )
    text = f"{named('topics.sittings', total)} buổi sinh hoạt chuyên đề (họp riêng hoặc kết hợp) đã tổ chức"
    written = int((table["heading"] != NOT_SAID).sum())
    text += f"; {named('topics.said', total - silent)} buổi có ghi chủ đề, gồm {named('topics.different', written)} chủ đề khác nhau"
    text += f"; {named('topics.not_said', silent)} buổi không ghi chủ đề." if silent else "."
    odd = topics.on_regular(report.slice, report.scores)
    return text + (
        f" {named('topics.on_regular', odd)} buổi ghi là thường kỳ cũng có ghi chủ đề, không tính ở đây."
        if odd
        else ""
    )


def _as_written(table: pd.DataFrame, label: str) -> Table:
    written = table[table["heading"] != NOT_SAID]
    kept = (
        written
        if len(written) <= _MOST
        else written.loc[sorted(written.nlargest(_MOST, "count", keep="first").index)]
    )
    rows: list[tuple[Any, ...]] = [
        (
            row.text,
            None if row.heading == OTHER else _TITLES[row.heading],
            row.words or None,
            row.count,
        )
        for row in kept.itertuples(index=False, name="Row")
    ]
    keys = [f"{number}" for number in range(1, len(rows) + 1)]
    left = int(written["count"].sum() - kept["count"].sum())
    if left:
        rows.append((f"{len(written) - len(kept)} chủ đề khác, ít buổi hơn", None, None, left))
        keys.append("con-lai")
    columns = (
        Column("text", "Chủ đề như đã ghi", width=3.6),
        Column("heading", "Nhóm chủ đề", width=2.6),
        Column("words", "Khớp từ", width=1.4),
        Column("count", "Số buổi", "integer", 0.7),
    )
    rows.append(("Cộng (buổi có ghi chủ đề)", None, None, int(written["count"].sum())))
    note = "Chủ đề ghi theo lời của chi bộ; cách viết hoa và cách đặt dấu khác nhau thì tính là một. Dấu “–”: không khớp từ của nhóm nào."
    return Table(
        "chu-de-nguyen-van",
        f"Các chủ đề như đã ghi, {label}",
        columns,
        tuple(rows),
        total=True,
        note=note,
        keys=(*keys, "cong"),
    )
