"""Who has sent the score forms and who has not, as a page or workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.document import Document, block_parts
from assess.studies.receipts import ASIDE, MISSING, NOT_DUE, NOT_HELD, STATES, TAKEN, UNSCORED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd

WORDS = {
    TAKEN: "đã nhận",
    NOT_HELD: "không họp",
    UNSCORED: "chưa có điểm",
    ASIDE: "để riêng",
    MISSING: "chưa gửi",
    NOT_DUE: "chưa đến hạn",
}
"""What has become of a form, in a word or two."""
_TOLD = {ASIDE: "để riêng vì có lỗi", UNSCORED: "có biên bản buổi họp mà chưa có điểm"}


def receipts_document(found: pd.DataFrame, name: str, day: dt.date) -> Document:
    """Return the page about the rows of :func:`assess.studies.receipts.receipts`."""
    blocks: list[Block] = [
        Paragraph(f"{name}, tính đến ngày {numbers.day(day)}."),
        Bullets(tuple(in_sentences(found))),
        Heading("Theo chi bộ và tháng"),
        _by_month(found),
    ]
    aside = found[found["state"] == ASIDE]
    if len(aside):
        blocks += [Heading("Phiếu để riêng"), _why(aside)]
    title = "Tình hình gửi phiếu chấm điểm"
    return Document(title, tuple(block_parts(Group(tuple(blocks)).as_json())), None)


def in_sentences(found: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each month: how many were taken, and who is missing, by name."""
    for month, theirs in found.groupby("month", sort=True):
        counts = {state: theirs[theirs["state"] == state] for state in STATES}
        said = [f"đã nhận {len(counts[TAKEN])}/{len(theirs)} phiếu"]
        if len(counts[NOT_HELD]):
            said.append(f"{len(counts[NOT_HELD])} chi bộ báo không họp")
        late = counts[TAKEN][counts[TAKEN]["late"].eq(True)]
        if len(late):
            said.append(f"gửi chậm: {listing(late['name'])}")
        said += [
            f"{_TOLD.get(state, WORDS[state])}: {listing(counts[state]['name'])}"
            for state in (MISSING, ASIDE, UNSCORED)
            if len(counts[state])
        ]
        if len(counts[NOT_DUE]):
            said.append(f"{len(counts[NOT_DUE])} chi bộ chưa đến hạn")
        yield f"Tháng {numbers.month(str(month))}: {'; '.join(said)}."


def _by_month(found: pd.DataFrame) -> Table:
    months = sorted(found["month"].unique())
    cells = {
        (row.chi_bo_id, row.month): WORDS[row.state]
        + (", chậm" if row.late is True and row.state in (TAKEN, MISSING, ASIDE) else "")
        for row in found.itertuples(index=False)
    }
    names = dict(zip(found["chi_bo_id"], found["name"], strict=True))
    rows = tuple(
        (name, *(cells.get((chi_bo, month)) for month in months)) for chi_bo, name in names.items()
    )
    columns = (
        Column("name", "Chi bộ", width=2.2),
        *(Column(month, numbers.month(month)) for month in months),
    )
    return Table(
        id="gui-phieu",
        title="Phiếu của từng chi bộ theo tháng",
        columns=columns,
        rows=rows,
        keys=tuple(names),
    )


def _why(aside: pd.DataFrame) -> Table:
    columns = (
        Column("name", "Chi bộ", width=2),
        Column("month", "Tháng"),
        Column("file", "Tệp", width=2),
        Column("why", "Lỗi đầu tiên", width=4),
    )
    rows = tuple(
        (row.name, numbers.month(row.month), row.file, row.why)
        for row in aside.itertuples(index=False)
    )
    return Table(id="de-rieng", title="Phiếu để riêng, chờ sửa", columns=columns, rows=rows)
