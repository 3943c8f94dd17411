"""``assess inspect``: signals, a plan of whom to inspect and why, checklists to take along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base.errors import refuse
from assess.cli.options import find_workspace, json_option, read_readings, records_option, slice_of_all, workspace_option

if TYPE_CHECKING:
    import pandas as pd

    from assess.records import Slice


@click.group("inspect", help="Kiểm tra sinh hoạt chi bộ: điểm cần xem, chọn chi bộ, phiếu mang theo.")
def command() -> None:
    """Group what inspection teams do."""


@command.command("signals", help="Liệt kê điểm cần xem của DANG_BO trong PERIOD: lý do để xem kỹ hơn, không phải kết luận.")
@click.argument("dang_bo")
@click.argument("period")
@records_option
@workspace_option
@json_option
def signals_(dang_bo: str, period: str, records: str, folder: Path | None, as_json: bool) -> None:
    """Print what calls for a closer look."""
    from assess.scoring import score
    from assess.studies.signals import SIGNALS, signals

    made = slice_of_all(folder, records, dang_bo, period)
    found = signals(made, score(made))
    if as_json:
        click.echo(found.to_json(orient="records", force_ascii=False, indent=1))
        return
    titles = {signal.id: signal.title for signal in SIGNALS}
    for row in found.itertuples():
        name = made.tree.name_on(row.unit_id, made.period.end)
        click.echo(f"{row.unit_id}  {name}: {titles[row.signal_id]}: {row.text}.")
    click.echo(
        f"{len(found)} điểm cần xem, {found.attrs['tests']} phép so sánh thống kê. Điểm cần xem là lý do để xem kỹ hơn, không phải kết luận."
    )


@command.command("plan", help="Chọn chi bộ của DANG_BO để kiểm tra theo số liệu của PERIOD, với lý do từng chi bộ.")
@click.argument("dang_bo")
@click.argument("period")
@click.option("--capacity", type=click.IntRange(min=0), default=0, show_default=True, help="Số chi bộ kiểm tra được; 0: tất cả.")
@click.option("--floor", type=click.IntRange(min=0), default=1, show_default=True, help="Mỗi nhóm loại hình, đơn vị ít nhất chừng này.")
@click.option("--at-random", type=click.FloatRange(0, 1), default=0.2, show_default=True, help="Phần rút ngẫu nhiên, ngoài phần tối thiểu.")
@click.option("--hard", multiple=True, metavar="MÃ", help="Chi bộ ở địa bàn khó; dùng được nhiều lần.")
@click.option("--seed", type=int, default=1, show_default=True, help="Số khởi tạo: cùng số thì cùng thứ tự rút.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Ghi kế hoạch ra tệp CSV.")
@click.option(
    "--checklists",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ghi phiếu đã điền số liệu của các chi bộ được chọn, để đối chiếu tại chỗ.",
)
@click.option("--month", default="", help="Tháng của phiếu mang theo, dạng 2026-03; mặc định tháng cuối kỳ có số liệu.")
@click.option("--reading", "-r", "pairs", multiple=True, metavar="CÂU_HỎI=CÁCH_HIỂU", help="Cách hiểu, chẳng hạn coverage_counts.")
@records_option
@workspace_option
@json_option
def plan(
    dang_bo: str, period: str, capacity: int, floor: int, at_random: float, hard: tuple[str, ...], seed: int, table: Path | None,
    checklists: Path | None, month: str, pairs: tuple[str, ...], records: str, folder: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Print the plan, and write it and the checklists where asked to."""
    from assess.rules import choose
    from assess.scoring import score
    from assess.studies.inspection_plan import Wanted, inspection_plan

    made = slice_of_all(folder, records, dang_bo, period)
    readings = read_readings(pairs)
    counts_as = choose("coverage_counts", readings, made.annual).option.id
    found = inspection_plan(made, score(made, readings), Wanted(capacity, floor, at_random, hard, seed), counts_as)
    if table is not None:
        _write(found, table)
    if as_json:
        rows = json.loads(found.to_json(orient="records", date_format="iso", force_ascii=False))
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in found[found["chosen"]].itertuples():
            click.echo(f"{row.order}. {row.chi_bo_id}  {made.tree.name_on(row.chi_bo_id, made.period.end)}: {row.why}.")
        click.echo(f"Chọn {int(found['chosen'].sum())} trên {len(found)} chi bộ.")
    if checklists is not None:
        count = _checklists(made, found, folder, records, checklists, month)
        click.echo(f"Đã ghi {count} phiếu vào {checklists}.", err=as_json)


def _write(found: pd.DataFrame, table: Path) -> None:
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        found.assign(last=found["last"].dt.date).to_csv(table, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise refuse("unwritable", str(table), reason=error.strerror or "?") from error


def _checklists(made: Slice, found: pd.DataFrame, folder: Path | None, records: str, out: Path, month: str) -> int:
    """Write the month's form of each chosen chi bộ, filled with what is on record, to hold against its minutes book."""
    from assess.records.forms.make import make_forms

    workspace = find_workspace(folder)
    source, rules = workspace.source(records), workspace.rules()
    held = made.tables["meeting"]
    months = [m for m in made.period.months if m in set(held.loc[held["status"] == "held", "for_month"])]
    at = month or (months[-1] if months else made.period.months[-1])
    written = [make_forms(source, rules, chi_bo, at, out, filled=True, force=True) for chi_bo in found.loc[found["chosen"], "chi_bo_id"]]
    return sum(map(len, written))
