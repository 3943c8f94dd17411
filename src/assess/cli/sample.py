"""``assess sample``: a synthetic province."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.base.errors import Place, input_error
from assess.base.machine_faults import reason
from assess.cli.options import find_workspace, workspace_option

if TYPE_CHECKING:
    import pandas as pd

    from assess.rules import RuleBook


@click.command(
    "sample",
    help="Tạo số liệu mẫu của một tỉnh giả định: bảng CSV, kho số liệu, hoặc phiếu Excel đã ghi; cùng tham số thì cùng số liệu.",
)
@click.argument("folder_out", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option("--chi-bo", type=int, default=60, show_default=True, help="Số chi bộ.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Số khởi tạo ngẫu nhiên.")
@click.option(
    "--form",
    default="",
    help="Cả tỉnh áp dụng một biểu này suốt thời gian; không nêu thì mỗi đảng bộ theo biểu của mình từng thời kỳ.",
)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["csv", "store", "forms"]),
    default="csv",
    show_default=True,
    help="csv: bảng CSV; store: kho sample.duckdb; forms: phiếu Excel đã ghi, cùng bảng tổ chức.",
)
@click.option(
    "--year",
    default="",
    help="Với forms: chỉ các buổi họp của năm (2026) hoặc tháng (2026-03) này.",
)
@click.option(
    "--mistakes",
    type=float,
    default=0.0,
    show_default=True,
    help="Với forms: tỷ lệ phiếu có lỗi như người ghi hay mắc, chẳng hạn 0.05.",
)
@click.option(
    "--sources",
    is_flag=True,
    help="Thay cho tỉnh mẫu: bốn đảng bộ nhỏ sống lại các năm 2018, 2019, 2022, 2023 theo tài liệu nguồn.",
)
@click.option("--force", is_flag=True, help="Ghi đè các tệp đã có.")
@workspace_option
def command(
    folder_out: Path,
    chi_bo: int,
    seed: int,
    form: str,
    kind: str,
    year: str,
    mistakes: float,
    sources: bool,
    force: bool,
    folder: Path | None,
) -> None:
    """Write the records of a synthetic province."""
    import pandas as pd

    from assess.base.periods import Period
    from assess.records.tables import from_rows
    from assess.sample import make_sample
    from assess.sample.source_cases import make_sources
    from assess.studies.filing import filed_in_time

    rules = find_workspace(folder).rules()
    if folder_out.is_dir() and any(folder_out.iterdir()) and not force:
        raise input_error("not-empty", str(folder_out), hint="--force")
    if not 0 <= mistakes <= 1:
        raise input_error("bad-share", "--mistakes")
    if year:
        Period.parse(year, Place("--year"))
    tables = make_sources(rules, seed) if sources else make_sample(rules, chi_bo, seed, form)
    if kind != "forms":
        tables["filed"] = pd.concat(
            [
                tables.get("filed", from_rows("filed", ())),
                filed_in_time(tables, rules, _SOURCES if sources else _SENT),
            ],
            ignore_index=True,
        )
    try:
        said = _WRITERS[kind](tables, rules, folder_out, seed, year, mistakes)
    except OSError as error:
        raise input_error(
            "unwritable", str(error.filename or folder_out), reason=reason(error)
        ) from error
    click.echo(f"Đã ghi {folder_out}: {said}.")


def _csv(
    tables: dict[str, pd.DataFrame],
    _rules: RuleBook,
    folder: Path,
    _seed: int,
    _year: str,
    _mistakes: float,
) -> str:
    from assess.exchange.csv.folder import write_folder

    write_folder(folder, tables)
    return ", ".join(f"{name} {len(table)}" for name, table in tables.items()) + " dòng"


def _store(
    tables: dict[str, pd.DataFrame],
    _rules: RuleBook,
    folder: Path,
    _seed: int,
    _year: str,
    _mistakes: float,
) -> str:
    from assess.exchange.store import Store, StoreBatch

    path = folder / "sample.duckdb"
    path.unlink(missing_ok=True)
    rows = {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in tables.items()
    }
    last = max(
        table["recorded_at"].max()
        for table in tables.values()
        if "recorded_at" in table and len(table)
    )
    reason = "số liệu mẫu do máy sinh ra, không phải số liệu thật"
    Store(path, create=True).append(
        StoreBatch(last.to_pydatetime(), rows, keep_moments=True, reason=reason, kind="sample")
    )
    return f"kho {path.name}"


def _forms(
    tables: dict[str, pd.DataFrame],
    rules: RuleBook,
    folder: Path,
    seed: int,
    year: str,
    mistakes: float,
) -> str:
    from assess.exchange.csv.folder import write_folder
    from assess.sample.filled_forms import write_filled

    write_folder(folder / "tables", {name: tables[name] for name in ("unit", "adoption")})
    plan = write_filled(tables, rules, folder / "forms", share=mistakes, seed=seed, year=year)
    count = sum(1 for _ in (folder / "forms").glob("*.xlsx"))
    return f"{count} phiếu trong forms/ ({len(plan)} phiếu có lỗi, kê trong forms-mistakes.tsv), tổ chức trong tables/"


_SENT = (
    ("tinh", "2026-Q1", date(2026, 4, 6)),
    ("tinh", "2026-Q2", date(2026, 7, 6)),
    ("tinh", "2026-Q3", date(2026, 10, 6)),
    ("tinh", "2026-Q4", date(2027, 1, 6)),
    ("tinh", "2026", date(2027, 1, 8)),
)
"""The unit, the period and the day of each filing; later records make the figures differ."""
_SOURCES = (
    ("khoi-2019", "2019-Q1", date(2019, 4, 8)),
    ("khoi-2019", "2019-Q2", date(2019, 7, 8)),
    ("khoi-2019", "2019-Q3", date(2019, 10, 14)),
    ("khoi-2019", "2019-Q4", date(2020, 1, 8)),
    ("huyen-2022", "2022-H1", date(2022, 7, 8)),
    ("huyen-2022", "2022-H2", date(2023, 1, 9)),
    ("huyen-2022", "2022", date(2023, 1, 9)),
)

_WRITERS = {"csv": _csv, "store": _store, "forms": _forms}
