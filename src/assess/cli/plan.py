"""``assess plan``: what a run would do, and why."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assess.cli.options import find_workspace, json_option, print_late, workspace_option

_WORDS = {"run": "lập", "reuse": "giữ", "skip": "bỏ qua", "fail": "không lập được", "hold": "chờ"}


@click.command(
    "plan",
    help="Cho biết từng báo cáo của danh mục sẽ được lập hay giữ nguyên, và vì sao. Không làm gì cả.",
)
@click.argument("matrix", metavar="DANH_MỤC", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Thư mục chứa báo cáo.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="BÁO_CÁO",
    help="Chỉ xét báo cáo này, hoặc mọi báo cáo dưới thư mục này.",
)
@click.option("--draft", is_flag=True, help="Xét các bản nháp (assess run --draft).")
@click.option("--all", "every", is_flag=True, help="In cả những báo cáo giữ nguyên.")
@json_option
@workspace_option
def command(
    matrix: Path,
    out: Path,
    only: tuple[str, ...],
    draft: bool,
    every: bool,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Print the plan."""
    from assess.runs import make_plan
    from assess.runs.plan import home

    workspace = find_workspace(folder or matrix.resolve().parent)
    plan = make_plan(
        matrix, workspace, lambda name: home(out, name, draft=draft), only=only, draft=draft
    )
    if as_json:
        rows = [
            {
                "run": s.run.key,
                "action": s.action,
                "reasons": list(s.reasons),
                "content_key": s.content_key,
                "late": s.late.as_json() if s.late else None,
            }
            for s in plan.steps
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for step in plan.steps:
        if every or step.action in ("run", "fail", "hold"):
            click.echo(f"{_WORDS[step.action]:<7} {step.run.key}: {'; '.join(step.reasons)}")
    print_late(
        {
            step.run.key: step.late
            for step in plan.steps
            if step.late is not None and step.action != "skip"
        }
    )
    counts = {
        word: sum(step.action == action for step in plan.steps) for action, word in _WORDS.items()
    }
    click.echo(
        f"{len(plan.steps)} báo cáo: "
        + ", ".join(f"{word} {count}" for word, count in counts.items() if count)
    )
