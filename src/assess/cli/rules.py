"""``assess rules``: list, show and check rule sets."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base.errors import Finding, InputError, input_error
from assess.base.numbers import day, points
from assess.base.text import nearest
from assess.cli.options import (
    find_workspace,
    json_option,
    read_readings,
    records_option,
    workspace_option,
)

if TYPE_CHECKING:
    from assess.rule_tools.diff import ClauseChange
    from assess.rules import AnnualRules, RuleBook, RuleSet
    from assess.rules.parts import YearTest
    from assess.studies import Reform


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
        every = (*rule_sets.values(), *rule_sets.annual.values())
        rows = [{**{k: getattr(r, k) for k in keys}, "fidelity": r.fidelity} for r in every]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for rules in (*rule_sets.values(), *rule_sets.annual.values()):
        until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
        click.echo(
            f"{rules.id}  từ {day(rules.valid_from)}{until}  {rules.title}  [{FIDELITIES[rules.fidelity]}]"
        )


@command.command("show", help="In một bộ quy tắc: nhóm, dòng, mức, câu hỏi, căn cứ.")
@click.argument("rule_set")
@workspace_option
@json_option
def show(rule_set: str, folder: Path | None, as_json: bool) -> None:
    """Print a rule set as a table of its lines."""
    from assess.rules import pick

    book = find_workspace(folder).rules()
    if rule_set in book.annual:
        annual = book.annual[rule_set]
        click.echo(annual.model_dump_json(indent=1, by_alias=True)) if as_json else _print_annual(
            annual
        )
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
    if as_json:
        click.echo(rules.model_dump_json(indent=1, by_alias=True))
        return
    _print(rules)


def _print_annual(rules: AnnualRules) -> None:
    from assess.rules import FIDELITIES, choose
    from assess.rules.facts import ANNUAL_FACTS
    from assess.rules.in_words import in_words

    until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
    click.echo(
        f"{rules.title}\nBan hành: {rules.issuer}. Có hiệu lực từ {day(rules.valid_from)}{until}."
    )
    click.echo(f"Độ tin cậy: {FIDELITIES[rules.fidelity]}. {rules.note}\n")
    for part in rules.parts:
        click.echo(f"{part.title} ({points(part.max)})  [{rules.clause(part.cite)}]")
    for found in rules.classes:
        bound = f": {in_words(found)} điểm" if rules.total else ""
        click.echo(
            f"{found.title}{bound}{'' if found.complete else ' (điều kiện chưa tìm thấy)'}  [{rules.clause(found.cite)}]"
        )
        for condition in found.conditions:
            ratio = ANNUAL_FACTS[condition.fact].kind == "ratio"
            asked = (
                f"{ANNUAL_FACTS[condition.fact].label} {in_words(condition, ratio=ratio)}"
                if condition.is_ is None
                else condition.title
            )
            click.echo(
                f"    · {condition.title} ({asked})" if condition.is_ is None else f"    · {asked}"
            )
    for case in rules.listed:
        click.echo(
            f"Mức thấp nhất, dù bao nhiêu điểm: {case.id:<18} {case.title}  [{rules.clause(case.cite)}]"
        )
    if rules.cap is not None:
        more = f", đến {rules.cap.up_to}% khi được quyết định" if rules.cap.up_to else ""
        click.echo(
            f"Trần: {rules.class_of(rules.cap.best).title} không quá {rules.cap.percent}% số {rules.class_of(rules.cap.of).title.lower()}{more}  [{rules.clause(rules.cap.cite)}]"
        )
    for raised in rules.questions:
        chosen = choose(raised.id, {}, rules)
        others = "; ".join(
            f"{o.id} ({o.title})" for o in chosen.question.options if o.id != chosen.option.id
        )
        click.echo(
            f"  {chosen.question.id} = {chosen.option.id} ({chosen.option.title}); khác: {others}\n    {chosen.why} [{chosen.clause}]"
        )


def _print(rules: RuleSet) -> None:
    from assess.rules import FIDELITIES, resolve
    from assess.rules.in_words import in_words

    until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
    kind = " Dùng cho sinh hoạt chuyên đề." if rules.meeting == "chuyen_de" else ""
    inferred = "" if rules.dates_known else " (mốc suy ra, không rõ ngày của văn bản)"
    click.echo(
        f"{rules.title}\nBan hành: {rules.issuer}. Dùng được từ {day(rules.valid_from)}{until}{inferred}.{kind}"
    )
    click.echo(f"Độ tin cậy: {FIDELITIES[rules.fidelity]}. {rules.note}\n")
    for group in rules.groups:
        click.echo(f"{group.title} ({points(group.max)})" if group.max else group.title)
        for criterion in group.criteria:
            worth = "đạt" if criterion.kind == "mark" else points(criterion.max)
            click.echo(
                f"  {criterion.id:<16} {worth:>4}  {criterion.title}  [{rules.clause(criterion.cite)}]"
            )
            for level in criterion.levels:
                click.echo(f"  {'':<16} {points(level.points):>4}    · {level.title}")
    if rules.outcome is not None:
        click.echo(
            f"\nXếp loại: {rules.outcome.all_met.title} khi đạt mọi tiêu chí áp dụng; không thì {rules.outcome.otherwise.title}"
        )
    else:
        click.echo(
            "\nXếp loại: " + "; ".join(f"{b.title} {in_words(b)}".strip() for b in rules.bands)
        )
    for gate in rules.gates:
        click.echo(
            f"Điều kiện của mức {rules.class_title(gate.holds)}: {gate.title} [{rules.clause(gate.cite)}]"
        )
    for year in rules.year:
        end = "" if year.complete else "; … (nguồn bị cắt)"
        tests = "; ".join(_test(rules, test) for test in year.tests)
        click.echo(f"Cả năm {year.title}: {tests}{end} [{rules.clause(year.cite)}]")
    click.echo("\nCâu hỏi và cách hiểu mặc định:")
    for chosen in resolve(rules, {}).values():
        others = "; ".join(
            f"{o.id} ({o.title})" for o in chosen.question.options if o.id != chosen.option.id
        )
        only_facts = "; chỉ tác động khi tính lại từ số liệu" if chosen.question.facts else ""
        click.echo(
            f"  {chosen.question.id} = {chosen.option.id} ({chosen.option.title}); khác: {others}{only_facts}"
        )
        if chosen.why:
            click.echo(f"    {chosen.why} [{chosen.clause}]")


def _test(rules: RuleSet, test: YearTest) -> str:
    from assess.rules.in_words import in_words
    from assess.rules.year import YEAR_TESTS

    named = " hoặc ".join(rules.class_title(c) for c in test.classes)
    bound = in_words(test, ratio=test.of == "share_classed")
    return " ".join(part for part in (YEAR_TESTS[test.of], named, bound) if part)


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
    from assess.base.periods import FAR_OFF, Period
    from assess.records import make_slice
    from assess.rule_tools.diff import changes
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
        span = Period.parse(period)
        source = workspace.source(records).records(FAR_OFF)
        made = make_slice(
            source, book, dang_bo=dang_bo, period=span, as_of=FAR_OFF, document_date=span.end
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
    _print_changes(one, other, found)
    if reform is not None:
        _print_effect(one, other, reform)


def _form(name: str, book: RuleBook) -> RuleSet:
    from assess.rules import parse_rule_set, pick

    return parse_rule_set(None, Path(name)) if name.endswith(".yaml") else pick(book, name)


def _print_changes(old: RuleSet, new: RuleSet, found: tuple[ClauseChange, ...]) -> None:
    click.echo(f"{old.id} → {new.id}: {len(found)} chỗ khác nhau")
    if not {c.id for c in old.criteria} & {c.id for c in new.criteria}:
        click.echo("Hai bộ không có dòng nào cùng mã, nên mọi dòng được kể là bỏ đi hoặc thêm mới.")
    for change in found:
        click.echo(
            f"  {change.title} ({change.key})\n    cũ:  {change.before or 'không có'}\n    mới: {change.after or 'không có'}  [{change.clause}]"
        )


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
    """Prove every rule set and run its cases; print every finding of every file, and which rule sets no case proves."""
    from assess.rule_tools.annual_cases import run_annual_cases
    from assess.rule_tools.cases import cases_path, run_cases
    from assess.rules import load_rule_set, parse_annual_rules, rule_files

    findings: list[Finding] = []
    passed: list[tuple[str, int | None]] = []
    workspace = find_workspace(folder)
    for path in rule_files(workspace.rules_folder):
        try:
            rules = load_rule_set(path)
            passed.append(
                (
                    rules.id,
                    run_cases(rules, cases_path(path)) if cases_path(path).exists() else None,
                )
            )
        except InputError as error:
            findings.extend(error.findings)
    for path in rule_files(workspace.annual_folder) if workspace.annual_folder.is_dir() else ():
        try:
            annual = parse_annual_rules(None, path)
            passed.append(
                (
                    annual.id,
                    run_annual_cases(annual, cases_path(path))
                    if cases_path(path).exists()
                    else None,
                )
            )
        except InputError as error:
            findings.extend(error.findings)
    unproved = [rule_id for rule_id, cases in passed if cases is None]
    if as_json:
        report = {
            "passed": dict(passed),
            "unproved": unproved,
            "findings": [f.as_json() for f in findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for rule_id, cases in passed:
            shown = f"kiểm tra xong, {cases} ví dụ đúng"
            click.echo(
                f"{rule_id}: {shown if cases is not None else f'chưa được chứng minh: không có ví dụ tính sẵn ({rule_id}.cases.yaml)'}"
            )
    if findings:
        if as_json:
            sys.exit(2)
        raise InputError(findings)
    if unproved:
        sys.exit(1)
