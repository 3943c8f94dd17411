"""What several verbs share: options, the workspace, a progress bar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assess.base.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from assess.base.periods import Period
    from assess.exchange.store import Writer
    from assess.records import Slice
    from assess.runs.late_records import LateCount
    from assess.workspace import Workspace

_SHOWN = 5
F = TypeVar("F", bound="Callable[..., Any]")

workspace_option: Callable[[F], F] = click.option(
    "--workspace",
    "-w",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    help="Không gian làm việc; mặc định tìm từ thư mục hiện tại trở lên.",
)
json_option: Callable[[F], F] = click.option(
    "--json", "as_json", is_flag=True, help="In ra JSON cho chương trình khác đọc."
)
records_option: Callable[[F], F] = click.option(
    "--records",
    default="",
    help="Thư mục CSV hoặc kho .duckdb; mặc định là data/store.duckdb, chưa có thì data/sample.",
)
store_option: Callable[[F], F] = click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=Path("data/store.duckdb"),
    show_default=True,
    help="Kho số liệu; đường dẫn tương đối tính từ không gian làm việc.",
)

recorded_at_option: Callable[[F], F] = click.option(
    "--recorded-at",
    default="",
    metavar="THỜI_ĐIỂM",
    help="Thời điểm ghi nhận; mặc định là bây giờ. Phải muộn hơn lần trước, và phải kèm --reason.",
)
allow_future_option: Callable[[F], F] = click.option(
    "--allow-future",
    is_flag=True,
    help="Cho phép thời điểm ghi nhận còn ở phía trước (chỉ để thử với số liệu mẫu).",
)


clock_right_option: Callable[[F], F] = click.option(
    "--clock-right",
    is_flag=True,
    help="Đồng hồ của máy đúng, dù đã lâu kho không có lượt nào.",
)


def known_writer(workspace: Workspace, *, clock_right: bool = False, needed: bool = True) -> Writer:
    """Return who works in a workspace; refuse to go on if ``needed`` and nobody is given."""
    from assess.exchange.store import Writer

    if needed and not workspace.actor:
        raise input_error("no-actor", str(workspace.actor_path))
    return Writer(workspace.actor, clock_right)


def stated_moment(recorded_at: str, reason: str, *, allow_future: bool) -> datetime | None:
    """Return the moment of ``--recorded-at``, if given; it needs a reason, a future one leave."""
    from assess.base.errors import Place
    from assess.base.machine import now
    from assess.base.periods import moment
    from assess.base.text import tidy

    if not recorded_at:
        return None
    at = moment(recorded_at, Place("--recorded-at"))
    if at.date() > now().date() and not allow_future:
        raise input_error("moment-in-future", "--recorded-at", found=recorded_at)
    if not tidy(reason):
        raise input_error("no-reason", "--reason", what="nêu thời điểm ghi nhận (--recorded-at)")
    return at


def find_workspace(folder: Path | None) -> Workspace:
    """Return the workspace given, or the one around the current folder."""
    from assess.workspace import Workspace

    return Workspace.find(folder or Path.cwd())


def period_of(text: str) -> Period:
    """Return the period that a text means, in whatever way people write it."""
    from assess.base.periods import Period
    from assess.base.text import tidy
    from assess.exchange.written import canonical
    from assess.records.tables import TABLES

    return Period.parse(canonical(TABLES["filed"]["period"], tidy(text)))


def slice_of_all(folder: Path | None, records: str, dang_bo: str, period: str) -> Slice:
    """Cut a slice out of all that is on record about a đảng bộ, without corrections."""
    from assess.records import make_slice
    from assess.records.unit_names import unit_meant

    workspace = find_workspace(folder)
    span = period_of(period)
    source = workspace.source(records)
    dang_bo = unit_meant(source.tree, dang_bo)
    as_of = workspace.end_of_data(records)
    return make_slice(
        source.records_of(as_of, dang_bo),
        workspace.rules_for(source, as_of),
        dang_bo=dang_bo,
        period=span,
        as_of=as_of,
        document_date=as_of.date(),
    )


def read_readings(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``question=option`` pairs."""
    return read_pairs(pairs, "--reading", "câu_hỏi=cách_hiểu")


def read_pairs(pairs: tuple[str, ...], option: str, shape: str) -> dict[str, str]:
    """Read ``name=value`` pairs of an option that may be given several times."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise input_error("bad-pair", option, found=pair, shape=shape)
        found[name.strip()] = value.strip()
    return found


def print_late(late: Mapping[str, LateCount]) -> None:
    """Print which reports leave out later records, and which ``as_of`` would include them."""
    for key, found in list(late.items())[:_SHOWN]:
        click.echo(f"Chú ý: {key}: {found.in_words}.")
    if len(late) > _SHOWN:
        click.echo(
            f"Chú ý: {len(late) - _SHOWN} báo cáo khác cũng có số liệu ghi nhận sau as_of; xem mục lục hoặc assess plan --json."
        )


class Bar:
    """Progress on standard error: a moving bar on a terminal, a line per tenth elsewhere."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._shown = 0
        self._bar: Any = None

    def show(self, done: int, total: int, name: str) -> None:
        """Show how much is done, and the name of what was done last."""
        if not sys.stderr.isatty():
            tenth = done * 10 // max(total, 1)
            if done == total or tenth > self._shown:
                self._shown = tenth
                click.echo(f"{done}/{total}", err=True)
            return
        if self._bar is None:
            from tqdm import tqdm

            shape = "[{bar:30}] {n_fmt}/{total_fmt} {desc}"
            self._bar = tqdm(total=total, file=sys.stderr, bar_format=shape, ascii=".#")
        self._bar.n = done
        self._bar.set_description_str(f"{name:<40.40}")

    def close(self) -> None:
        """Leave the line of the bar."""
        if self._bar is not None:
            self._bar.close()
