"""``assess templates``: what each report template is for, and its parameters."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from assess.cli.options import find_workspace, json_option, workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "templates",
    help=(
        "Liệt kê các mẫu báo cáo (notebooks/*.ipynb), mỗi mẫu trả lời câu hỏi nào, và tham số riêng của từng mẫu: kiểu, giá trị mặc định, ý nghĩa. "
        "Trong danh mục ghi parameters: {tên: giá trị}; với papermill dùng -p tên giá_trị."
    ),
)
@click.argument("name", required=False, metavar="[MẪU]")
@json_option
@workspace_option
def command(name: str | None, *, as_json: bool, folder: Path | None) -> None:
    """Print the templates, or one."""
    from assess.runs.template import find_template, template_paths

    home = find_workspace(folder)
    wanted = template_paths(home) if name is None else [name]
    found = [find_template(home, each) for each in wanted]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
        return
    for template in found:
        click.echo(f"{template.name}: {template.title}")
        if template.about:
            click.echo(f"  {template.about}")
        for each in template.own.values():
            default = json.dumps(each.default, ensure_ascii=False)
            click.echo(f"    {each.name} = {default} ({each.wanted}): {each.meaning}")
