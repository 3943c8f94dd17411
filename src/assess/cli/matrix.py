"""``assess matrix``: the list of reports of a new year."""

from __future__ import annotations

from pathlib import Path

import click

from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.cli.options import find_workspace, workspace_option


@click.group("matrix", help="Danh mục báo cáo (params/runs/*.yaml).")
def command() -> None:
    """Group what is done with lists of reports."""


@command.command(
    "new",
    help="Lập danh mục của NĂM từ danh mục năm trước: mọi năm ghi trong đó tăng lên, còn lại giữ nguyên.",
)
@click.argument("year", type=click.IntRange(2000, 2099), metavar="NĂM")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Danh mục làm mẫu; mặc định là danh mục của năm trước, nếu chỉ có một.",
)
@workspace_option
def new(year: int, source: Path | None, folder: Path | None) -> None:
    """Write the list of reports of a year, next to the one it comes from."""
    from assess.runs.new_matrix import moved_to, of_last_year

    source = source or of_last_year(find_workspace(folder).root / "params/runs", year)
    name, text = moved_to(source, year)
    target = source.with_name(name)
    if target.exists():
        raise input_error("file-exists", str(target), hint="assess run")
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise input_error("unwritable", str(target), reason=reason(error)) from error
    click.echo(
        f"Đã lập {target} từ {source.name}. Xem lại as_of, document_date rồi chạy: assess run {target}"
    )
