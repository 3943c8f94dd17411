"""``assess study``: the questions that unclear clauses raise, and what their readings change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.cli.options import (
    find_workspace,
    json_option,
    read_readings,
    records_option,
    slice_of_all,
    workspace_option,
)

if TYPE_CHECKING:
    import pandas as pd

    from assess.records import Slice
    from assess.rules import RuleBook
    from assess.rules.questions import Question
    from assess.studies.readings import Study

_TABLES = (
    "cases",
    "acceptability",
    "flips",
    "questions",
    "by_way",
    "alone",
    "alone_cases",
    "pairs",
    "same_options",
    "combinations",
    "counts",
)


@click.group(
    "study", help="Nghiên cứu các cách hiểu: câu hỏi nào đổi được điểm và xếp loại của ai."
)
def command() -> None:
    """Group the studies."""


@command.command(
    "list",
    help="Liệt kê các câu hỏi: điều khoản, các cách hiểu, và số buổi mà mỗi câu chạm đến trong một kỳ.",
)
@click.option(
    "--dang-bo", default="", help="Đếm trên số liệu của tổ chức này; không có thì chỉ liệt kê."
)
@click.option("--period", default="", help="Kỳ để đếm: 2026, 2026-Q1, 2026-03.")
@records_option
@workspace_option
@json_option
def list_(dang_bo: str, period: str, records: str, folder: Path | None, as_json: bool) -> None:
    """Print every question that a class can depend on; over a slice, the cases it touches."""
    from assess.rules import catalogue
    from assess.studies.readings import BASIS, PERIOD_QUESTIONS, period_questions

    if bool(dang_bo) != bool(period):
        raise input_error("needs-both", "--dang-bo, --period")
    workspace = find_workspace(folder)
    made = slice_of_all(folder, records, dang_bo, period) if dang_bo else None
    rows = [
        _Listed(q, _clauses(q, workspace.rules()), _touches(made, q) if made is not None else {})
        for q in period_questions()
    ]
    if as_json:
        click.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        question, counts = row.question, row.counts
        number = f", dòng {question.register_row} của sổ đăng ký" if question.register_row else ""
        click.echo(f"{question.id}  {question.title}{number}")
        for option in question.options:
            click.echo(
                f"    {option.id}{' (mặc định)' if option.id == question.default else ''}: {option.title}"
            )
        for clause in row.clauses:
            click.echo(f"    nêu ở {clause}")
        if counts:
            alone = f"riêng nó đổi ở {counts['alone']} chi bộ, cùng “{catalogue()[BASIS].title}” ở {counts['together']} chi bộ nữa"
            what = "chi bộ trong cả kỳ" if question.id in PERIOD_QUESTIONS else "buổi"
            click.echo(
                f"    liên quan đến {counts['touched']} {what}, đổi xếp loại {counts['class_moves']} {what}; {alone}"
            )
    others = [q for q in catalogue() if q not in {row.question.id for row in rows}]
    click.echo(
        f"Câu hỏi về xếp loại năm, báo cáo hoặc dự sinh hoạt, không đổi xếp loại buổi hay kỳ nào: {', '.join(others)}."
    )


@dataclass(frozen=True)
class _Listed:
    """A question with the clauses that raise it, and what it touches."""

    question: Question
    clauses: list[str]
    counts: dict[str, int]

    def as_json(self) -> dict[str, object]:
        question = self.question
        options = {option.id: option.title for option in question.options}
        about = {
            "id": question.id,
            "register": question.register_row,
            "title": question.title,
            "default": question.default,
        }
        return {**about, "options": options, "clauses": self.clauses, **self.counts}


def _touches(made: Slice, question: Question) -> dict[str, int]:
    """Count the cases that a question touches, alone and with the basis of points."""
    from assess.studies.readings import MEETING, PERIOD, PERIOD_QUESTIONS, study_readings

    of = PERIOD if question.id in PERIOD_QUESTIONS else MEETING
    counts = (
        study_readings(made, [question.id], of=of)
        .questions.set_index("question_id")
        .loc[question.id]
    )
    return {name: int(counts[name]) for name in ("touched", "class_moves", "alone", "together")}


@command.command(
    "readings",
    help="Tính mọi tổ hợp cách hiểu của các câu hỏi trên số liệu của ĐẢNG_BỘ trong KỲ.",
)
@click.argument("dang_bo", metavar="ĐẢNG_BỘ")
@click.argument("period", metavar="KỲ")
@click.option(
    "--question",
    "-q",
    "questions",
    multiple=True,
    metavar="CÂU_HỎI",
    help="Câu hỏi; dùng được nhiều lần. Không có thì lấy các câu mà biểu nêu và làm đổi được gì đó trên số liệu này.",
)
@click.option(
    "--of",
    type=click.Choice(["meeting", "period"]),
    default="meeting",
    help="Xếp loại từng buổi, hay xếp loại cả kỳ của chi bộ.",
)
@click.option(
    "--rule-set",
    "rule_sets",
    multiple=True,
    metavar="BIỂU",
    help="Tính lần lượt cả theo biểu này; dùng được nhiều lần.",
)
@click.option(
    "--reading",
    "-r",
    "pairs",
    multiple=True,
    metavar="CÂU_HỎI=CÁCH_HIỂU",
    help="Cách hiểu đang dùng của một câu hỏi.",
)
@click.option(
    "--parquet",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ghi mọi bảng vào thư mục này, mỗi bảng một tệp.",
)
@records_option
@workspace_option
@json_option
def readings(
    dang_bo: str,
    period: str,
    questions: tuple[str, ...],
    of: str,
    rule_sets: tuple[str, ...],
    pairs: tuple[str, ...],
    parquet: Path | None,
    records: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Print or write what a study found."""
    from assess.rules import pick
    from assess.studies.readings import raised_questions, study_readings

    made = slice_of_all(folder, records, dang_bo, period)
    workspace = find_workspace(folder)
    book = workspace.rules_for(workspace.source(records))
    forms = [pick(book, rule_set) for rule_set in rule_sets]
    given = read_readings(pairs)
    study = study_readings(
        made, questions or raised_questions(made, given, of=of), given, of=of, rule_sets=forms
    )
    if parquet is not None:
        _write(study, parquet)
    if as_json:
        tables = {
            name: json.loads(getattr(study, name).to_json(orient="records", force_ascii=False))
            for name in _TABLES
        }
        click.echo(json.dumps(tables, ensure_ascii=False, indent=1))
        return
    _print(study)


def _clauses(question: Question, book: RuleBook) -> list[str]:
    return [
        f"{rules.id}: {rules.clause(raised.cite)}"
        for rules in book.values()
        for raised in rules.questions
        if raised.id == question.id
    ]


def _write(study: Study, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _TABLES:
            getattr(study, name).to_parquet(folder / f"{name}.parquet", index=False)
    except OSError as error:
        raise input_error("unwritable", str(folder), reason=reason(error)) from error


def _print(study: Study) -> None:
    from assess.base.numbers import count, percent
    from assess.rules import catalogue
    from assess.studies.readings import PERIOD, WAY

    what = "chi bộ" if study.of == PERIOD else "buổi"
    merged = (
        f", {count(study.distinct.size)} khi các cách hiểu cho kết quả như nhau tính là một"
        if study.distinct.size < study.space.size
        else ""
    )
    listed = (
        f"lấy mẫu {count(study.drawn)}, trong đó {count(study.different)}"
        if study.drawn
        else count(study.different)
    )
    click.echo(f"{count(study.space.size)} tổ hợp{merged}; {listed} tổ hợp khác nhau.")
    click.echo(f"{_verdicts(study.cases, what)}.")
    for option, mine in study.ways().items():
        title = study.space.question(WAY).option(option).title
        click.echo(f"  nếu xếp loại kỳ {title}: {_verdicts(mine, what, len(study.cases))}")
    click.echo(
        "Ảnh hưởng của từng câu hỏi; chỉ số toàn phần (Sobol) tính cả phần chung với câu khác, nên cộng lại có thể quá 100%:"
    )
    order = study.questions.sort_values(
        ["class_total", "touched"], ascending=False, kind="stable", na_position="last"
    )
    for row in order.itertuples():
        share = percent(row.class_total) if row.class_total == row.class_total else "–"
        title = study.space.question(row.question_id).title
        moves = f"liên quan đến {row.touched} {what}, đổi xếp loại {row.class_moves} {what}"
        click.echo(f"  {row.question_id}  {title}: {moves}, chỉ số toàn phần của xếp loại {share}")
    for told, some in (
        (
            ("không liên quan", study.raised.idle),
            ("chưa xét vì quá nhiều tổ hợp", study.raised.left_out),
        )
        if study.raised
        else ()
    ):
        for question in some:
            click.echo(f"  {question}  {catalogue()[question].title}: {told}")


def _verdicts(cases: pd.DataFrame, what: str, all_of_them: int = 0) -> str:
    """How many cases there are, and by verdict: the parts add up to the whole."""
    from assess.studies.readings import VERDICTS

    counts = cases["verdict"].value_counts()
    parts = [f"{word} {int(counts.get(name, 0))}" for name, word in VERDICTS.items()]
    whole = all_of_them or len(cases)
    never = whole - sum(int(counts.get(name, 0)) for name in VERDICTS)
    return f"{whole} {what}: {', '.join(parts)}, không được xếp loại theo cách hiểu nào {never}"
