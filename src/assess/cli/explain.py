"""``assess explain``: why a meeting has its points and class."""

from __future__ import annotations

import json
import re
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


_PERIOD = re.compile(r"(?:19|20)\d\d(?:-[QH]\d)?")


@click.command(
    "explain",
    help="Giải thích một buổi sinh hoạt: dòng → dữ kiện → mức → điểm → cách hiểu → điều khoản. MEETING là mã buổi họp, tháng như 2026-03, hoặc năm (2026) và kỳ (2026-Q1, 2026-H1) để giải thích xếp loại cả kỳ.",
)
@click.argument("chi_bo")
@click.argument("meeting")
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
    """Print the trace of one meeting (its id, or its month as ``YYYY-MM``), or of a chi bộ's class for a longer period."""
    from assess.base.periods import FAR_OFF, Period
    from assess.scoring.explain import explain

    workspace = find_workspace(folder)
    known, rules = workspace.source(records).records(FAR_OFF), workspace.rules()
    if _PERIOD.fullmatch(meeting):
        from assess.scoring.explain_year import explain_period

        if as_json or only is not None:
            raise input_error("not-for-period", "--json" if as_json else "--line")
        period, readings = Period.parse(meeting), read_readings(pairs)
        click.echo(
            explain_period(known, rules, chi_bo, period, rule_set=rule_set, readings=readings)
        )
        return
    trace = explain(known, rules, chi_bo, meeting, rule_set=rule_set, readings=read_readings(pairs))
    if only is not None:
        trace = trace.only(only)
    click.echo(
        json.dumps(trace.as_json(), ensure_ascii=False, indent=1) if as_json else trace.as_text()
    )
