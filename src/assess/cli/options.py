"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assess.base.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from assess.records.workspace import Workspace

F = TypeVar("F", bound="Callable[..., Any]")

workspace_option: Callable[[F], F] = click.option(
    "--workspace", "-w", "folder", type=click.Path(path_type=Path), default=None,
    help="Không gian làm việc; mặc định tìm từ thư mục hiện tại trở lên.",
)  # fmt: skip
json_option: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="In ra JSON cho chương trình khác đọc.")


def find_workspace(folder: Path | None) -> Workspace:
    """Return the workspace given, or the one around the current folder."""
    from assess.records.workspace import Workspace

    return Workspace.find(folder or Path.cwd())


def read_readings(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``question=option`` pairs."""
    readings: dict[str, str] = {}
    for pair in pairs:
        question, sign, option = pair.partition("=")
        if not sign:
            raise refuse("bad-reading", "--reading", found=pair)
        readings[question.strip()] = option.strip()
    return readings
