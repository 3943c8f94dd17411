"""``assess explain``: why a meeting has its points and class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from assess.base.errors import input_error
from assess.cli.options import (
    find_workspace,
    json_option,
    read_readings,
    records_option,
    workspace_option,
)

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "explain",
    help="Giải thích một buổi sinh hoạt: dòng → dữ kiện → mức → điểm → cách hiểu → điều khoản. BUỔI là mã buổi họp, tháng như 2026-03, hoặc năm (2026) và kỳ (2026-Q1, 2026-H1) để giải thích xếp loại cả kỳ.",
)
@click.argument("chi_bo", metavar="CHI_BỘ")
@click.argument("meeting", metavar="BUỔI")
@records_option
@click.option(
    "--rule-set",
    default="auto",
    show_default=True,
    help="Bộ quy tắc; auto là bộ mà chi bộ đang áp dụng.",
)
@click.option(
    "--reading",
    "-r",
    "pairs",
    multiple=True,
    metavar="CÂU_HỎI=CÁCH_HIỂU",
    help="Chọn một cách hiểu; dùng được nhiều lần.",
)
@click.option("--line", "only", default=None, metavar="TIÊU_CHÍ", help="Chỉ in một dòng của biểu.")
@workspace_option
@json_option
def command(
    chi_bo: str,
    meeting: str,
    records: str,
    rule_set: str,
    pairs: tuple[str, ...],
    only: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Print the trace of a meeting, or of the class of a chi bộ for a longer period."""
    from assess.api import explain
    from assess.scoring.explain_meeting import Trace

    found = explain(
        chi_bo,
        meeting,
        records=records,
        rule_set=rule_set,
        readings=read_readings(pairs),
        workspace=find_workspace(folder),
    )
    if not isinstance(found, Trace):
        if as_json or only is not None:
            raise input_error("not-for-period", "--json" if as_json else "--line")
        click.echo(found.as_text())
        return
    trace = found if only is None else found.only(only)
    click.echo(
        json.dumps(trace.as_json(), ensure_ascii=False, indent=1) if as_json else trace.as_text()
    )
