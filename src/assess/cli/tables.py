"""``assess tables``: the office's tables as an Excel workbook."""

from __future__ import annotations

from pathlib import Path

import click

from assess.cli.options import find_workspace, records_option, workspace_option


@click.command(
    "tables",
    help="Lập sổ Excel của các bảng: đơn vị, áp dụng biểu, phân công, dự sinh hoạt, hồ sơ năm và các bảng khác; có sẵn số liệu đã ghi nhận, hoặc để trống. Sửa trên sổ rồi nhận lại bằng assess intake. BẢNG là tên bảng, ghi trong ngoặc kép; không nêu thì lập mọi bảng.",
)
@click.argument("names", metavar="[BẢNG]...", nargs=-1)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("so-bang.xlsx"),
    show_default=True,
    help="Tệp nhận sổ.",
)
@click.option("--unit", default="", metavar="ĐƠN_VỊ", help="Chỉ các dòng của đơn vị này trở xuống.")
@click.option(
    "--as-of", default="", metavar="THỜI_ĐIỂM", help="Số liệu như đã ghi nhận đến thời điểm này."
)
@click.option("--empty", is_flag=True, help="Sổ trống để ghi mới.")
@records_option
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có.")
@workspace_option
def command(
    names: tuple[str, ...],
    out: Path,
    unit: str,
    as_of: str,
    empty: bool,
    records: str,
    force: bool,
    folder: Path | None,
) -> None:
    """Write the workbook; a file that is there already is left alone unless told otherwise."""
    from assess.base.errors import Place, input_error
    from assess.base.periods import moment
    from assess.base.text import nearest
    from assess.exchange.tables import write_tables
    from assess.exchange.tables.layout import tables_named
    from assess.exchange.tables.on_record import tables_book
    from assess.records.unit_names import unit_meant

    workspace = find_workspace(folder)
    chosen = tables_named(names)
    at = moment(as_of, Place("--as-of")) if as_of else None
    # a new office has nothing on record yet, and the sample is not its own
    source = workspace.source(records) if records or workspace.has_store else None
    scope = unit_meant(source.tree, unit) if unit and source else ""
    if unit and (source is None or scope not in source.tree.ids):
        known = source.tree.ids if source else ()
        raise input_error("no-such-unit", "--unit", hint=nearest(unit, known), found=unit)
    if out.exists() and not force:
        raise input_error("file-exists", str(out), hint="--force")
    out.parent.mkdir(parents=True, exist_ok=True)
    rules = workspace.rules_for(source) if source is not None else workspace.rules()
    book = tables_book(source, rules, chosen, as_of=at, scope=scope, empty=empty)
    write_tables(out, book)
    rows = sum(len(frame) for frame in book.frames.values())
    click.echo(f"Đã ghi {out}: {len(chosen)} bảng, {rows} dòng.")
