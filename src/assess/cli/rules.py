"""``assess rules``: list, show and check rule sets."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base import numbers
from assess.base.errors import InputError, input_error
from assess.base.text import nearest
from assess.cli.options import (
    allow_future_option,
    clock_right_option,
    find_workspace,
    json_option,
    known_writer,
    period_of,
    read_readings,
    recorded_at_option,
    records_option,
    stated_moment,
    store_option,
    workspace_option,
)

if TYPE_CHECKING:
    from assess.rules import RuleBook, RuleSet
    from assess.runs.rule_correction import TouchedByCorrection
    from assess.studies import Reform


@click.group("rules", help="Xem và kiểm tra các bộ quy tắc (params/rules).")
def command() -> None:
    """Group the verbs on rule sets."""


@command.command("list", help="Liệt kê các bộ quy tắc.")
@workspace_option
@json_option
def list_(folder: Path | None, as_json: bool) -> None:
    """Print one line per rule set."""
    from assess.rule_tools.show import one_line

    rule_sets = find_workspace(folder).rules()
    if as_json:
        keys = ("id", "title", "issuer", "valid_from", "valid_to")
        every = (*rule_sets.values(), *rule_sets.annual.values())
        rows = [{**{k: getattr(r, k) for k in keys}, "fidelity": r.fidelity} for r in every]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for rules in rule_sets.values():
        click.echo(one_line(rules))
    for annual in rule_sets.annual.values():
        click.echo(one_line(annual))


@command.command("show", help="In một bộ quy tắc: nhóm, dòng, mức, câu hỏi, căn cứ.")
@click.argument("rule_set", metavar="BỘ_QUY_TẮC")
@workspace_option
@json_option
def show(rule_set: str, folder: Path | None, as_json: bool) -> None:
    """Print a rule set as a table of its lines."""
    from assess.rule_tools.show import annual_lines, rule_set_lines
    from assess.rules import pick

    book = find_workspace(folder).rules()
    if rule_set in book.annual:
        annual = book.annual[rule_set]
        as_data = annual.model_dump_json(indent=1, by_alias=True)
        click.echo(as_data if as_json else "\n".join(annual_lines(annual)))
        return
    if rule_set not in book:
        names = (*book, *book.annual)
        raise input_error(
            "unknown-rule-set",
            "rule_set",
            allowed=names,
            hint=nearest(rule_set, names),
            found=rule_set,
        )
    rules = pick(book, rule_set)
    as_data = rules.model_dump_json(indent=1, by_alias=True)
    click.echo(as_data if as_json else "\n".join(rule_set_lines(rules)))


@command.command(
    "diff",
    help="So hai bộ quy tắc (mã, hoặc tệp .yaml của bản nháp); nêu đảng bộ và kỳ thì so cả kết quả từng buổi họp.",
)
@click.argument("old", metavar="CŨ")
@click.argument("new", metavar="MỚI")
@click.option("--dang-bo", default="", help="Đảng bộ để thử trên các phiếu đã có.")
@click.option("--period", default="", help="Kỳ, chẳng hạn 2026 hoặc 2026-Q1.")
@records_option
@click.option(
    "--reading",
    "-r",
    "pairs",
    multiple=True,
    metavar="CÂU_HỎI=CÁCH_HIỂU",
    help="Chọn một cách hiểu; dùng được nhiều lần.",
)
@workspace_option
@json_option
def diff(
    old: str,
    new: str,
    dang_bo: str,
    period: str,
    records: str,
    pairs: tuple[str, ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Print the clauses that differ and, over a slice, the meetings whose class differs and why."""
    from assess.base.periods import FAR_OFF
    from assess.records import make_slice
    from assess.rule_tools.diff import changes
    from assess.rule_tools.show import change_lines
    from assess.rules import check_readings
    from assess.studies import compare

    readings = read_readings(pairs)
    check_readings(readings)
    if bool(dang_bo) != bool(period):
        raise click.UsageError("--dang-bo và --period phải đi cùng nhau")
    workspace = find_workspace(folder)
    book = workspace.rules()
    one, other = _form(old, book), _form(new, book)
    if not dang_bo:
        found, reform = changes(one, other), None
    else:
        span = period_of(period)
        source = workspace.source(records)
        rules = workspace.rules_for(source)
        made = make_slice(
            source.records(FAR_OFF),
            rules,
            dang_bo=dang_bo,
            period=span,
            as_of=FAR_OFF,
            document_date=span.end,
        )
        reform = compare(made, one, other, readings)
        found = reform.changes
    if as_json:
        meetings = [] if reform is None else json.loads(reform.meetings.to_json(orient="records"))
        missing = {} if reform is None else reform.missing
        result = {
            "changes": [asdict(change) for change in found],
            "missing": missing,
            "meetings": meetings,
        }
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(change_lines(one, other, found)))
    if reform is not None:
        _print_effect(one, other, reform)


def _form(name: str, book: RuleBook) -> RuleSet:
    from assess.rules import parse_rule_set, pick

    return parse_rule_set(None, Path(name)) if name.endswith(".yaml") else pick(book, name)


def _print_effect(old: RuleSet, new: RuleSet, reform: Reform) -> None:
    meetings = reform.meetings
    counts = meetings["verdict"].value_counts()
    click.echo(
        f"\n{len(meetings)} buổi họp, dòng nào suy ra được từ số liệu thì tính từ số liệu: {counts.get('same', 0)} giữ xếp loại, "
        f"{counts.get('changed', 0)} đổi, {counts.get('unknown', 0)} chưa rõ vì phiếu thiếu dòng"
    )
    for side, rules, word in (("old", old, "cũ"), ("new", new, "mới")):
        if reform.missing[side]:
            click.echo(
                f"  phiếu không có để tính theo bộ {word} ({rules.id}): {', '.join(reform.missing[side])}"
            )
    table = meetings.groupby(["old", "new"], sort=True).size()
    for (before, after), count in table.items():
        click.echo(f"  {before:<24} → {after:<24} {count:>5}")
    changed = meetings[meetings["verdict"] == "changed"]
    if len(changed):
        click.echo("\nĐổi xếp loại, qua điều khoản:")
    for row in changed.itertuples():
        click.echo(f"  {row.meeting_id:<16} {row.old} → {row.new}: {row.through}")


@command.command(
    "check",
    help="Kiểm tra mọi bộ quy tắc (tổng điểm, không hở, không chồng mức) và chạy các ví dụ tính sẵn.",
)
@workspace_option
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Prove every rule set and run its cases; exit 1 where one has no cases."""
    from assess.rule_tools.check import check_rules

    workspace = find_workspace(folder)
    found = check_rules(workspace.rules_folder, workspace.annual_folder)
    if as_json:
        report = {
            "passed": dict(found.passed),
            "unproved": list(found.without_cases),
            "findings": [f.as_json() for f in found.findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for rule_id, cases in found.passed.items():
            none = f"chưa được chứng minh: không có ví dụ tính sẵn ({rule_id}.cases.yaml)"
            shown = none if cases is None else f"kiểm tra xong, {cases} ví dụ đúng"
            click.echo(f"{rule_id}: {shown}")
    if found.findings:
        if as_json:
            sys.exit(2)
        raise InputError(found.findings)
    if found.without_cases:
        sys.exit(1)


@command.command(
    "correct",
    help="Đính chính một BỘ_QUY_TẮC đang dùng mà tệp đã sửa: từ nay tính theo tệp mới, báo cáo lấy số liệu đến trước hôm nay vẫn theo tệp cũ. In ra những buổi, báo cáo và văn bản bị chạm đến.",
)
@click.argument("rule_set", metavar="BỘ_QUY_TẮC")
@click.option(
    "--reason",
    default="",
    metavar="LÝ_DO",
    help="Vì sao đính chính; bắt buộc, giữ trong kho và in ở báo cáo.",
)
@click.option("--dry-run", is_flag=True, help="Chỉ xem bị chạm đến những gì, chưa ghi.")
@recorded_at_option
@allow_future_option
@clock_right_option
@store_option
@workspace_option
@json_option
def correct(
    rule_set: str,
    reason: str,
    dry_run: bool,
    recorded_at: str,
    allow_future: bool,
    clock_right: bool,
    store: Path,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Use a changed rule file in place of the one that was used, on record."""
    from assess.base.periods import FAR_OFF
    from assess.exchange.store import Store
    from assess.exchange.store.kept_rules import check_correction
    from assess.rules import as_used
    from assess.runs.rule_correction import touched_by_correction

    workspace = find_workspace(folder)
    by = known_writer(workspace, clock_right=clock_right, needed=not dry_run)
    kept = Store(workspace.root / store, by=by)
    book, used = workspace.rules(), kept.kept_rules()
    check_correction(used, book, rule_set)
    found = touched_by_correction(workspace, kept.records(FAR_OFF), as_used(book, used), rule_set)
    if not dry_run:
        stated = stated_moment(recorded_at, reason, allow_future=allow_future)
        kept.correct_rules(book, rule_set, reason, stated)
    if as_json:
        meetings = json.loads(found.meetings.to_json(orient="records", force_ascii=False))
        said = {"meetings": meetings, "reports": found.reports, "issued": found.issued}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    _print_touched(found)
    click.echo("Chưa ghi gì." if dry_run else f"Đã ghi đính chính {rule_set}; lập lại: assess run.")


def _print_touched(found: TouchedByCorrection) -> None:
    meetings = found.meetings
    classes = int((meetings["class"] != meetings["new_class"]).sum())
    click.echo(f"{len(meetings)} buổi đổi điểm hoặc xếp loại, {classes} buổi đổi xếp loại")
    for row in meetings.head(_MOST_NAMED).to_dict("records"):
        was, now = (
            f"{numbers.points(row[total])} {row[title]}".strip()
            for total, title in (("total", "class"), ("new_total", "new_class"))
        )
        month = numbers.month(row["month"])
        click.echo(f"  {row['chi_bo_id']} tháng {month} ({row['meeting_id']}): {was} → {now}")
    for names, what in ((found.reports, "báo cáo đã lập"), (found.issued, "văn bản đã phát hành")):
        click.echo(f"{len(names)} {what}")
        for name in names[:_MOST_NAMED]:
            click.echo(f"  {name}")
    if max(len(meetings), len(found.reports), len(found.issued)) > _MOST_NAMED:
        click.echo("… danh sách đầy đủ: --json")


_MOST_NAMED = 20
