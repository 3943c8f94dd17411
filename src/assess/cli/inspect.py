"""``assess inspect``: signals, a plan of whom to inspect and why, checklists to take along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.cli.options import (
    find_workspace,
    json_option,
    read_pairs,
    read_readings,
    records_option,
    slice_of_all,
    workspace_option,
)

if TYPE_CHECKING:
    import pandas as pd

    from assess.records import Slice
    from assess.studies.inspection.choose import PlanOptions
    from assess.studies.signals import SignalThresholds
    from assess.workspace import Workspace

threshold_option = click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="TÊN=SỐ",
    help="Ngưỡng khác ngưỡng thường dùng, chẳng hạn late_days=45; nhiều lần được. Tên: xem ô parameters của mẫu inspection_dossier.",
)


@click.group(
    "inspect", help="Kiểm tra sinh hoạt chi bộ: điểm cần xem, chọn chi bộ, phiếu mang theo."
)
def command() -> None:
    """Group what inspection teams do."""


@command.command(
    "signals",
    help="Liệt kê điểm cần xem của ĐẢNG_BỘ trong KỲ: lý do để xem kỹ hơn, không phải kết luận.",
)
@click.argument("dang_bo", metavar="ĐẢNG_BỘ")
@click.argument("period", metavar="KỲ")
@threshold_option
@records_option
@workspace_option
@json_option
def signals_(
    dang_bo: str,
    period: str,
    thresholds: tuple[str, ...],
    records: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Print what calls for a closer look."""
    from assess.scoring import score
    from assess.studies.signals import SIGNALS, signals

    wanted = _thresholds(thresholds)
    made = slice_of_all(folder, records, dang_bo, period)
    found = signals(made, score(made), wanted)
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
    help="Chọn chi bộ của ĐẢNG_BỘ để kiểm tra theo số liệu của KỲ, với lý do từng chi bộ.",
)
@click.argument("dang_bo", metavar="ĐẢNG_BỘ")
@click.argument("period", metavar="KỲ")
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
@threshold_option
@click.option(
    "--matrix",
    "listed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Lấy các số trên, số liệu và ngày của kế hoạch (mẫu inspection_plan) trong danh mục này: cùng danh sách với văn bản in ra.",
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
    thresholds: tuple[str, ...],
    listed: Path | None,
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
    from assess.studies.inspection.checklists import check_months, plan_checklists
    from assess.studies.inspection.choose import PlanOptions, gone, inspection_plan
    from assess.studies.signals import signals

    wanted = PlanOptions(capacity, floor, at_random, hard, seed, _thresholds(thresholds))
    readings = read_readings(pairs)
    if listed is None:
        made = slice_of_all(folder, records, dang_bo, period)
    else:
        records, wanted, readings, made = _as_listed(folder, listed, dang_bo, period)
    check_months(made, months)
    if checklists is not None and not number.strip():
        raise input_error("plan-unnumbered", "--number")
    counts_as = choose("coverage_counts", readings, made.annual, made.annual_answers).option.id
    scores = score(made, readings)
    sightings = signals(made, scores, wanted.thresholds)
    found = inspection_plan(made, scores, wanted, counts_as, sightings)
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
            f"Chọn {int(found['chosen'].sum())} trên {len(found)} chi bộ.{gone(made) if found.empty else ''}"
        )
    if dossiers is not None:
        _dossiers(made, found, find_workspace(folder), records, dossiers, force=force)
        click.echo(f"Đã ghi ma trận vào {dossiers}.", err=as_json)
    if checklists is not None:
        workspace = find_workspace(folder)
        source = workspace.source(records)
        written = plan_checklists(
            made,
            scores,
            found,
            sightings,
            source,
            workspace.rules_for(source),
            checklists,
            number=number,
            months=months,
            force=force,
        )
        left = int(found["chosen"].sum()) - len(written)
        none = (
            f" {left} chi bộ không có buổi thường kỳ nào theo biểu đang áp dụng trong các tháng đó"
            " nên không có phiếu."
        )
        said = f"Đã ghi {len(written)} phiếu kiểm tra vào {checklists}.{none if left else ''}"
        click.echo(said, err=as_json)


def _as_listed(
    folder: Path | None, path: Path, dang_bo: str, period: str
) -> tuple[str, PlanOptions, dict[str, str], Slice]:
    """Return records, options, readings and slice of the plan that a matrix lists.

    Options on the command line that would change its list are refused.
    """
    from dataclasses import fields

    from assess.runs.matrix import load_matrix
    from assess.runs.one_run import run_and_slice
    from assess.runs.template import read_template
    from assess.studies.inspection.choose import PlanOptions
    from assess.studies.signals import SignalThresholds

    names = [each.name for each in fields(PlanOptions)]
    context = click.get_current_context()
    for name in (*names, "pairs", "records"):
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            shown = {"pairs": "--reading", "thresholds": "--threshold"}.get(
                name, f"--{name.replace('_', '-')}"
            )
            raise input_error("option-in-matrix", "--matrix", found=shown)
    workspace = find_workspace(folder or path.resolve().parent)
    run, made = run_and_slice(path, workspace, "inspection_plan", dang_bo, period)
    declared = read_template(workspace.templates_folder / "inspection_plan.ipynb").own
    given = {name: each.default for name, each in declared.items()} | run.parameters
    thresholds = SignalThresholds(
        **{each.name: given[each.name] for each in fields(SignalThresholds) if each.name in given}
    )
    options = PlanOptions(
        **{name: given[name] for name in names if name in given}, thresholds=thresholds
    )
    return load_matrix(path)[0].records, options, run.readings, made


def _thresholds(pairs: tuple[str, ...]) -> SignalThresholds:
    """Read ``name=number`` pairs."""
    from dataclasses import asdict

    from assess.base.text import nearest
    from assess.studies.signals import SignalThresholds

    usual, given = asdict(SignalThresholds()), {}
    for name, text in read_pairs(pairs, "--threshold", "tên=số").items():
        if name not in usual:
            hint = nearest(name, usual)
            raise input_error(
                "unknown-threshold", "--threshold", found=name, allowed=list(usual), hint=hint
            )
        try:
            given[name] = type(usual[name])(text.replace(",", "."))
        except ValueError:
            raise input_error("bad-threshold", f"--threshold {name}", found=text) from None
    return SignalThresholds(**given)


def _write(found: pd.DataFrame, table: Path) -> None:
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        found.assign(last=found["last"].dt.date).to_csv(table, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise input_error("unwritable", str(table), reason=reason(error)) from error


def _dossiers(
    made: Slice, found: pd.DataFrame, workspace: Workspace, records: str, path: Path, *, force: bool
) -> None:
    from assess.studies.inspection.dossiers import dossier_matrix

    if path.exists() and not force:
        raise input_error("file-exists", str(path), hint="--force")
    where, root = workspace.records_path(records).resolve(), workspace.root.resolve()
    where = where.relative_to(root) if where.is_relative_to(root) else where
    text = dossier_matrix(made, found, where.as_posix())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise input_error("unwritable", str(path), reason=reason(error)) from error
