"""``assess status``: who has sent the score forms, and who has not."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from assess.cli.options import (
    find_workspace,
    json_option,
    period_of,
    records_option,
    workspace_option,
)


@click.command(
    "status",
    help="Cho biết chi bộ nào đã gửi phiếu, chưa gửi, gửi chậm, có phiếu để riêng, theo từng tháng. ĐẢNG_BỘ là tên hoặc mã, không nêu thì mọi chi bộ; KỲ mặc định là năm nay.",
)
@click.argument("dang_bo", metavar="[ĐẢNG_BỘ]", required=False, default="")
@click.argument("period", metavar="[KỲ]", required=False, default="")
@click.option(
    "--due",
    type=click.IntRange(1, 31),
    default=None,
    metavar="NGÀY",
    help="Hạn gửi: ngày này của tháng sau. Không nêu thì không tính gửi chậm.",
)
@click.option(
    "--on", "day", default="", metavar="NGÀY", help="Tính đến ngày này; mặc định hôm nay."
)
@click.option("--page", type=click.Path(path_type=Path), help="Ghi ra trang HTML này.")
@click.option("--excel", type=click.Path(path_type=Path), help="Ghi ra tệp Excel này.")
@records_option
@workspace_option
@json_option
def command(
    dang_bo: str,
    period: str,
    due: int | None,
    day: str,
    page: Path | None,
    excel: Path | None,
    records: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Print who has not sent; write the page and the workbook that are asked for."""
    from assess.base.errors import input_error
    from assess.base.machine import now
    from assess.base.numbers import month
    from assess.base.periods import FAR_OFF, month_start
    from assess.base.text import nearest
    from assess.exchange.written import read_day
    from assess.records.unit_names import unit_meant
    from assess.reports.excel import render_xlsx
    from assess.reports.html import render_html
    from assess.reports.receipts_page import in_sentences, receipts_document
    from assess.studies.receipts import receipts

    workspace = find_workspace(folder)
    source = workspace.source(records)
    tree = source.tree
    read = read_day(day) if day else None
    if day and read is None:
        raise input_error("bad-value", "--on", found=day, wanted="ngày, chẳng hạn 05/3/2026")
    today = read[0] if read else now().date()
    unit = unit_meant(tree, dang_bo) if dang_bo else tree.top_on(today)
    if not unit:
        tops = tuple(tree.name_on(each, today) for each in tree.tops_on(today))
        raise input_error("dang-bo-not-stated", "ĐẢNG_BỘ", allowed=tops)
    if unit not in tree.ids:
        raise input_error("unknown-dang-bo", "ĐẢNG_BỘ", hint=nearest(unit, tree.ids), found=unit)
    span = period_of(period or str(today.year))
    if month_start(span.months[0]) > today:
        raise input_error("not-begun", "KỲ", found=span.label)
    at = dt.datetime.combine(today, dt.time(23, 59, 59)) if read else FAR_OFF
    files = source.files() if hasattr(source, "files") else None
    if files is not None:
        files = files[files["recorded_at"] <= at]
    found = receipts(source.records_of(at, unit), files, unit, span, today, due)
    if found.empty:
        raise input_error("no-chi-bo", "ĐẢNG_BỘ", found=tree.name_on(unit, today), period=span.text)
    document = receipts_document(found, tree.name_on(unit, today), today)
    if page is not None:
        page.write_text(render_html(document), encoding="utf-8")
    if excel is not None:
        excel.write_bytes(render_xlsx(document))
    if as_json:
        click.echo(
            json.dumps(json.loads(found.to_json(orient="records")), ensure_ascii=False, indent=1)
        )
        return
    for sentence in in_sentences(found):
        click.echo(sentence)
    for row in found[found["state"] == "aside"].itertuples(index=False):
        click.echo(f"  {row.name}, tháng {month(row.month)}: {row.file}: {row.why}")
