"""``assess hand-over`` and ``assess take-over``: records of a unit, passed between offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.cli.options import (
    allow_future_option,
    clock_right_option,
    find_workspace,
    known_writer,
    period_of,
    recorded_at_option,
    stated_moment,
    store_option,
    workspace_option,
)

if TYPE_CHECKING:
    from assess.exchange.hand_over.sealed_file import HandOver


@click.command(
    "hand-over",
    help=(
        "Bàn giao số liệu của ĐƠN_VỊ và các đơn vị trực thuộc, trong KỲ (không nêu: mọi kỳ), vào một tệp có niêm mã để nơi khác nhận bằng "
        "assess take-over. Tệp có mọi lần sửa và mã lượt ghi sau cùng của kho này; kho ghi lại việc bàn giao."
    ),
)
@click.argument("unit", metavar="ĐƠN_VỊ")
@click.argument("period", metavar="KỲ", required=False, default="")
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Tệp để ghi; mặc định là ban-giao/ĐƠN_VỊ-KỲ-ngày-giờ.zip trong không gian làm việc.",
)
@click.option("--originals", is_flag=True, help="Kèm cả các tệp gốc (phiếu, bảng) đã nhận.")
@clock_right_option
@store_option
@workspace_option
def command(
    unit: str,
    period: str,
    target: Path | None,
    originals: bool,
    clock_right: bool,
    store: Path,
    folder: Path | None,
) -> None:
    """Write the file of a hand-over."""
    from assess.base.machine import now
    from assess.exchange.hand_over.give import hand_over
    from assess.exchange.store import Store

    workspace = find_workspace(folder)
    span = period_of(period) if period else None
    kept = Store(workspace.root / store, by=known_writer(workspace, clock_right=clock_right))
    name = "-".join(filter(None, (unit, period, f"{now():%Y%m%d-%H%M%S}")))
    target = target or workspace.root / "ban-giao" / f"{name}.zip"
    about, digest = hand_over(kept, unit, span, target, originals=originals)
    click.echo(f"Đã ghi {target}: {_what(about)}, {sum(about.rows.values())} dòng.")
    click.echo(f"Mã của tệp (SHA-256), báo cho nơi nhận bằng đường khác: {digest}")
    if originals:
        click.echo("Tệp gốc được chép nguyên, có thể có cả dòng của đơn vị khác.")


@click.command(
    "take-over",
    help=(
        "Nhận TỆP bàn giao vào kho. Mã đơn vị trùng nhau không tự coi là một: nêu --same nếu là một, --rename TIỀN_TỐ nếu là đơn vị khác. "
        "Kho chưa có gì khác thì giữ thời điểm ghi của kho gửi; kho đang dùng thì tính từ lúc nhận."
    ),
)
@click.argument("source", metavar="TỆP", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--same", is_flag=True, help="Đơn vị trùng mã và trùng tên ở hai kho là một.")
@click.option(
    "--rename",
    "prefix",
    default="",
    metavar="TIỀN_TỐ",
    help="Thêm tiền tố vào mọi mã trong tệp, chẳng hạn phuong-b-.",
)
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao nhận; giữ trong kho.")
@recorded_at_option
@allow_future_option
@clock_right_option
@store_option
@workspace_option
def take_over_command(
    source: Path,
    same: bool,
    prefix: str,
    reason: str,
    recorded_at: str,
    allow_future: bool,
    clock_right: bool,
    store: Path,
    folder: Path | None,
) -> None:
    """Take the file of a hand-over into a store."""
    from assess.exchange.hand_over.ids import Choice
    from assess.exchange.hand_over.take_over import take_over
    from assess.exchange.store import SHOWN, Store
    from assess.records.words import TABLE_NAMES

    workspace = find_workspace(folder)
    by = known_writer(workspace, clock_right=clock_right)
    kept = Store(workspace.root / store, create=True, by=by)
    done = take_over(
        kept,
        workspace.rules_for(kept),
        source,
        Choice(same, prefix),
        recorded_at=stated_moment(recorded_at, reason, allow_future=allow_future),
        reason=reason,
    )
    click.echo(
        f"Đã nhận bàn giao {_what(done.about)}: thêm {done.added} dòng, sửa {len(done.revised)}, {done.originals} tệp gốc."
    )
    for table, key in done.revised[:_NAMED]:
        click.echo(f"  sửa {TABLE_NAMES[table]} {' · '.join(key)}")
    if len(done.revised) > _NAMED:
        click.echo(f"  … và {len(done.revised) - _NAMED} dòng nữa; xem báo cáo lập lại")
    if done.left_out:
        click.echo(f"Bỏ qua {done.left_out} dòng của buổi hoặc phiếu đã rút ở kho này.")
    for name, row, column in done.blacked_out:
        click.echo(
            f"Kho gửi đã che một nội dung còn ở kho này: assess store redact {name} {row} {column} --reason …"
        )
    click.echo(
        f"Kho gửi: lượt sau cùng {done.about.number}, mã {done.about.link[:SHOWN]}; "
        + (
            "giữ thời điểm ghi của kho gửi."
            if done.moments
            else "số liệu tính từ lúc nhận, báo cáo trước đó không đổi."
        )
    )
    if done.prefix:
        click.echo(f"Mọi mã nhận về mang tiền tố {done.prefix}, lần sau cũng vậy.")
    if done.other_rules:
        click.echo(
            f"Chú ý: tệp quy tắc ở kho gửi khác ở đây: {', '.join(done.other_rules)}; ở đây tính theo tệp ở đây."
        )


_NAMED = 10


def _what(about: HandOver) -> str:
    from assess.base.periods import Period

    period = Period.parse(about.period).label if about.period else "mọi kỳ"
    return f"{about.name} ({about.unit_id}), {period}"
