"""``assess rules``: list, show and check rule sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from assess.base.errors import Finding, InputError
from assess.base.numbers import day, points
from assess.cli.options import find_workspace, json_option, workspace_option

if TYPE_CHECKING:
    from pathlib import Path

    from assess.rules import RuleSet
    from assess.rules.model import Band


@click.group("rules", help="Xem và kiểm tra các bộ quy tắc (params/rules).")
def command() -> None:
    """Group the verbs on rule sets."""


@command.command("list", help="Liệt kê các bộ quy tắc.")
@workspace_option
@json_option
def list_(folder: Path | None, as_json: bool) -> None:
    """Print one line per rule set."""
    from assess.rules import FIDELITIES

    rule_sets = find_workspace(folder).rules()
    if as_json:
        keys = ("id", "title", "issuer", "valid_from", "valid_to")
        rows = [{**{k: getattr(r, k) for k in keys}, "fidelity": r.fidelity} for r in rule_sets.values()]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for rules in rule_sets.values():
        until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
        click.echo(f"{rules.id}  từ {day(rules.valid_from)}{until}  {rules.title}  [{FIDELITIES[rules.fidelity]}]")


@command.command("show", help="In một bộ quy tắc: nhóm, dòng, mức, câu hỏi, căn cứ.")
@click.argument("rule_set")
@workspace_option
@json_option
def show(rule_set: str, folder: Path | None, as_json: bool) -> None:
    """Print a rule set as a table of its lines."""
    from assess.rules import pick

    rules = pick(find_workspace(folder).rules(), rule_set)
    if as_json:
        click.echo(rules.model_dump_json(indent=1, by_alias=True))
        return
    _print(rules)


def _print(rules: RuleSet) -> None:
    from assess.rules import FIDELITIES, resolve

    click.echo(f"{rules.title}\nBan hành: {rules.issuer}. Hiệu lực từ {day(rules.valid_from)}.")
    click.echo(f"Độ tin cậy: {FIDELITIES[rules.fidelity]}. {rules.note}\n")
    for group in rules.groups:
        click.echo(f"{group.title} ({points(group.max)})")
        for criterion in group.criteria:
            click.echo(f"  {criterion.id:<16} {points(criterion.max):>4}  {criterion.title}  [{rules.clause(criterion.cite)}]")
            for level in criterion.levels:
                click.echo(f"  {'':<16} {points(level.points):>4}    · {level.title}")
    click.echo("\nXếp loại: " + "; ".join(f"{b.title}{_span(b)}" for b in rules.bands))
    click.echo("\nCâu hỏi và cách hiểu mặc định:")
    for chosen in resolve(rules, {}).values():
        others = ", ".join(o.id for o in chosen.question.options if o.id != chosen.option.id)
        only_facts = "; chỉ tác động khi tính lại từ số liệu" if chosen.question.facts else ""
        click.echo(f"  {chosen.question.id} = {chosen.option.id} ({chosen.option.title}); khác: {others}{only_facts}")
        if chosen.why:
            click.echo(f"    {chosen.why} [{chosen.clause}]")


def _span(band: Band) -> str:
    (low, _), (high, _) = band.lower, band.upper
    parts = [f"từ {points(low.plus)}"] if low else []
    parts += [f"dưới {points(high.plus)}"] if high else []
    return f" {' đến '.join(parts)}" if parts else ""


@command.command("check", help="Kiểm tra mọi bộ quy tắc (tổng điểm, không hở, không chồng mức) và chạy các ví dụ tính sẵn.")
@workspace_option
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Prove every rule set and run its cases; print every finding of every file."""
    from assess.rules import load_rule_set, rule_files
    from assess.scoring.cases import cases_path, run_cases

    findings: list[Finding] = []
    passed: list[tuple[str, int]] = []
    for path in rule_files(find_workspace(folder).rules_folder):
        try:
            rules = load_rule_set(path)
            passed.append((rules.id, run_cases(rules, cases_path(path)) if cases_path(path).exists() else 0))
        except InputError as error:
            findings.extend(error.findings)
    if as_json:
        report = {"passed": dict(passed), "findings": [f.as_json() for f in findings]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for rule_id, cases in passed:
            click.echo(f"{rule_id}: kiểm tra xong, {cases} ví dụ đúng")
    if findings:
        if as_json:
            raise click.exceptions.Exit(2)
        raise InputError(findings)
