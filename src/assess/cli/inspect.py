"""``assess inspect``: signals, a plan of whom to inspect and why, checklists to take along."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.faults import reason
from assess.cli.options import (
    find_workspace,
    json_option,
    read_readings,
    records_option,
    slice_of_all,
    workspace_option,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from assess.records import Slice
    from assess.scoring import Scores
    from assess.workspace import Workspace


@click.group(
    "inspect", help="Kiểm tra sinh hoạt chi bộ: điểm cần xem, chọn chi bộ, phiếu mang theo."
)
def command() -> None:
    """Group what inspection teams do."""


@command.command(
    "signals",
    help="Liệt kê điểm cần xem của DANG_BO trong PERIOD: lý do để xem kỹ hơn, không phải kết luận.",
)
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


@command.command(
    "plan",
    help="Chọn chi bộ của DANG_BO để kiểm tra theo số liệu của PERIOD, với lý do từng chi bộ.",
)
@click.argument("dang_bo")
@click.argument("period")
@click.option(
    "--capacity",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Số chi bộ kiểm tra được; 0: tất cả.",
)
@click.option(
    "--floor",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Mỗi nhóm loại hình, đơn vị ít nhất chừng này.",
)
@click.option(
    "--at-random",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="Phần rút ngẫu nhiên, ngoài phần tối thiểu.",
)
@click.option(
    "--hard", multiple=True, metavar="MÃ", help="Chi bộ ở địa bàn khó; dùng được nhiều lần."
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="Số khởi tạo: cùng số thì cùng thứ tự rút.",
)
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi kế hoạch ra tệp CSV.",
)
@click.option(
    "--checklists",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ghi phiếu kiểm tra của các chi bộ được chọn: số liệu đã có, chỗ ghi kết quả; nhận lại bằng assess intake.",
)
@click.option(
    "--month",
    "months",
    multiple=True,
    metavar="THÁNG",
    help="Tháng cần kiểm tra, dạng 2026-03; nhiều lần được; mặc định tháng họp cuối kỳ.",
)
@click.option(
    "--number", default="", metavar="SỐ", help="Số kế hoạch, chương trình; phải có khi lập phiếu."
)
@click.option(
    "--dossiers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi ma trận lập hồ sơ của từng chi bộ được chọn; sau đó chạy assess run TỆP.",
)
@click.option("--force", is_flag=True, help="Ghi đè phiếu, ma trận đã có.")
@click.option(
    "--reading",
    "-r",
    "pairs",
    multiple=True,
    metavar="CÂU_HỎI=CÁCH_HIỂU",
    help="Cách hiểu, chẳng hạn coverage_counts.",
)
@records_option
@workspace_option
@json_option
def plan(
    dang_bo: str,
    period: str,
    capacity: int,
    floor: int,
    at_random: float,
    hard: tuple[str, ...],
    seed: int,
    table: Path | None,
    checklists: Path | None,
    months: tuple[str, ...],
    number: str,
    dossiers: Path | None,
    pairs: tuple[str, ...],
    records: str,
    folder: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Print the plan, and write it, the checklists and the matrix of dossiers where asked to."""
    from assess.rules import choose
    from assess.scoring import score
    from assess.studies.inspection.choose import PlanOptions, inspection_plan

    made = slice_of_all(folder, records, dang_bo, period)
    strange = [month for month in months if month not in made.period.months]
    if strange:
        raise input_error(
            "month-outside",
            "--month",
            allowed=made.period.months,
            found=strange[0],
            period=made.period.label,
        )
    if checklists is not None and not number.strip():
        raise input_error("plan-unnumbered", "--number")
    readings = read_readings(pairs)
    counts_as = choose("coverage_counts", readings, made.annual).option.id
    scores = score(made, readings)
    found = inspection_plan(
        made, scores, PlanOptions(capacity, floor, at_random, hard, seed), counts_as
    )
    if table is not None:
        _write(found, table)
    if as_json:
        rows = json.loads(found.to_json(orient="records", date_format="iso", force_ascii=False))
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in found[found["chosen"]].itertuples():
            click.echo(
                f"{row.order}. {row.chi_bo_id}  {made.tree.name_on(row.chi_bo_id, made.period.end)}: {row.why}."
            )
        click.echo(
            f"Chọn {int(found['chosen'].sum())} trên {len(found)} chi bộ.{_gone(made) if found.empty else ''}"
        )
    if dossiers is not None:
        _dossiers(made, found, find_workspace(folder), records, dossiers, force=force)
        click.echo(f"Đã ghi ma trận vào {dossiers}.", err=as_json)
    if checklists is not None:
        _checklists(
            made,
            scores,
            found,
            folder,
            records,
            checklists,
            months,
            number,
            force=force,
            quiet=as_json,
        )


def _write(found: pd.DataFrame, table: Path) -> None:
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        found.assign(last=found["last"].dt.date).to_csv(table, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise input_error("unwritable", str(table), reason=reason(error)) from error


def _gone(made: Slice) -> str:
    """Why there is nobody to inspect any more: who took the unit over."""
    day = made.period.end
    into = sorted(made.tree.taken_over_by(made.dang_bo) - {made.dang_bo})
    names = ", ".join(f"{made.tree.name_on(name, day)} ({name})" for name in into)
    return f" Cuối kỳ không còn chi bộ nào ở đây{f'; đã sáp nhập vào: {names}' if names else ''}."


def _months(months_of: Mapping[str, str], meetings: tuple[str, ...]) -> str:
    months = sorted({months_of[meeting] for meeting in meetings})
    return f" (tháng {', '.join(numbers.month(month) for month in months)})" if months else ""


def _dossiers(
    made: Slice, found: pd.DataFrame, workspace: Workspace, records: str, path: Path, *, force: bool
) -> None:
    """Write a matrix with a dossier for each chosen chi bộ: each is cut for its own and holds nothing of the others."""
    if path.exists() and not force:
        raise input_error("file-exists", str(path), hint="--force")
    where, root = workspace.records_path(records).resolve(), workspace.root.resolve()
    where = where.relative_to(root) if where.is_relative_to(root) else where
    chosen = sorted(found.loc[found["chosen"], "chi_bo_id"])
    if not chosen:
        raise input_error("no-chi-bo", made.dang_bo, found=made.name, period=made.period.text)
    text = (
        f"# Hồ sơ trước kiểm tra của các chi bộ trong kế hoạch; mỗi hồ sơ chỉ có số liệu của chi bộ đó.\n"
        f"id: ho-so-{re.sub('[^a-z0-9]+', '-', f'{made.dang_bo} {made.period.text}'.lower())}\n"
        f"title: Hồ sơ kiểm tra sinh hoạt chi bộ {made.period.label}\n"
        f"records: {json.dumps(where.as_posix(), ensure_ascii=False)}\n"
        f'as_of: "{made.as_of.isoformat()}"\n'
        f"document_date: {made.document_date.isoformat()}\n"
        "reports:\n"
        f"  - template: inspection_dossier\n    period: {made.period.text}\n    dang_bo: {json.dumps(chosen)}\n"
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise input_error("unwritable", str(path), reason=reason(error)) from error


def _checklists(
    made: Slice,
    scores: Scores,
    found: pd.DataFrame,
    folder: Path | None,
    records: str,
    out: Path,
    months: tuple[str, ...],
    number: str,
    *,
    force: bool,
    quiet: bool,
) -> None:
    """Write a workbook for each chosen chi bộ: its meetings of the months, what is on record of them, why it was chosen."""
    from assess.exchange.forms.make_forms import make_checklists
    from assess.studies.signals import SIGNALS, signals

    workspace = find_workspace(folder)
    titles = {signal.id: signal.title for signal in SIGNALS}
    seen = signals(made, scores)
    chosen = found[found["chosen"]]
    held = made.tables["meeting"]
    held = held[(held["status"] == "held") & held["for_month"].isin(made.period.months)]
    last = held.groupby("chi_bo_id")["for_month"].max()
    months_of = dict(
        zip(scores.every_meeting["meeting_id"], scores.every_meeting["month"], strict=True)
    )
    reasons, wanted = {}, {}
    for row in chosen.itertuples():
        theirs = seen[seen["unit_id"] == row.chi_bo_id]
        looks = [
            f"{titles[s.signal_id]}: {s.text}{_months(months_of, s.meetings)}"
            for s in theirs.itertuples()
        ]
        reasons[row.chi_bo_id] = [
            f"Lý do đưa vào kế hoạch: {row.why}.",
            *(f"Điểm cần xem: {text}." for text in looks),
        ]
        wanted[row.chi_bo_id] = months or tuple(last.reindex([row.chi_bo_id]).dropna())
    upper = made.tree.reports_to(made.dang_bo, made.period.end)
    # a chi bộ does not inspect itself
    by = (
        upper.unit_id
        if upper is not None and made.dang_bo in set(chosen["chi_bo_id"])
        else made.dang_bo
    )
    issued_for = f"{by} {made.period.text} {number}"
    written = make_checklists(
        workspace.source(records),
        workspace.rules(),
        reasons,
        wanted,
        out,
        inspected_by=by,
        issued_for=issued_for,
        plan=number,
        force=force,
    )
    left = len(chosen) - len(written)
    none = (
        f" {left} chi bộ không có buổi thường kỳ nào theo biểu đang áp dụng trong các tháng đó nên không có phiếu."
        if left
        else ""
    )
    click.echo(f"Đã ghi {len(written)} phiếu kiểm tra vào {out}.{none}", err=quiet)
