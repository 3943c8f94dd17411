"""New matrix files: of a new year from last year's, and of one template from the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.base.periods import Period
from assess.runs.matrix import load_matrix
from assess.runs.template import find_template

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assess.runs.template import Parameter, Template
    from assess.workspace import Workspace

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_RECORDS = re.compile(r"\s*records\s*:")
_TRUE = {"true": True, "false": False}


def of_last_year(folder: Path, year: int) -> Path:
    """Return the only matrix in a folder whose latest period ends in the year before."""
    found = [path for path in sorted(folder.glob("*.yaml")) if _year_of(path) == year - 1]
    if len(found) != 1:
        names = [path.name for path in found or sorted(folder.glob("*.yaml"))]
        raise input_error("which-matrix", str(folder), allowed=names, year=str(year - 1))
    return found[0]


def moved_to(path: Path, year: int) -> tuple[str, str]:
    """Return name and text of a matrix with all its years moved so that its latest is ``year``.

    Comments stay; the path of the records stays as it is.
    """
    by = year - _year_of(path)

    def later(text: str) -> str:
        return _YEAR.sub(lambda found: str(int(found[0]) + by), text)

    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    text = "".join(line if _RECORDS.match(line) else later(line) for line in lines)
    name = later(path.name)
    return name if name != path.name else f"{path.stem}-{year}{path.suffix}", text


def _year_of(path: Path) -> int:
    """Return the year in which the latest period of a matrix ends."""
    given, _ = load_matrix(path)
    return max(Period.parse(text).end.year for entry in given.reports for text in entry.period)


def write_one_template(
    workspace: Workspace,
    out: Path,
    name: str,
    periods: Sequence[str],
    dang_bo: Sequence[str],
    records: str,
    values: Mapping[str, str],
    *,
    also: Sequence[str] = (),
    dated: dt.date | None = None,
) -> Path:
    """Write the matrix of one template into the folder of reports; return its path.

    An earlier one of the same template, periods and đảng bộ is written over.
    """
    template = find_template(workspace, name)
    where, root = workspace.records_path(records).resolve(), workspace.root.resolve()
    told = where.relative_to(root) if where.is_relative_to(root) else where
    matrix_id, text = one_template(
        template, periods, dang_bo, told.as_posix(), values, also=also, dated=dated
    )
    target = out / f"{matrix_id}.yaml"
    try:
        out.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise input_error("unwritable", str(target), reason=reason(error)) from error
    return target


def one_template(
    template: Template,
    periods: Sequence[str],
    dang_bo: Sequence[str],
    records: str,
    values: Mapping[str, str],
    *,
    also: Sequence[str] = (),
    dated: dt.date | None = None,
) -> tuple[str, str]:
    """Return id and text of a matrix of one template; ``values`` are texts of its parameters.

    ``also`` are the files of each report beside HTML and PDF; documents are ``dated`` the day of
    the newest data unless told otherwise.
    """
    entry: dict[str, Any] = {"template": template.name, "period": list(periods)}
    if dang_bo:
        entry["dang_bo"] = list(dang_bo)
    if values:
        entry["parameters"] = {name: _value(template, name, text) for name, text in values.items()}
    told = "-".join([template.name, *periods, *dang_bo])
    matrix = {
        "id": re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:64],
        "title": template.title,
        "records": records,
        **({"document_date": dated.isoformat()} if dated else {}),
        **({"also": list(also)} if also else {}),
        "reports": [entry],
    }
    return str(matrix["id"]), yaml.safe_dump(matrix, allow_unicode=True, sort_keys=False, width=100)


def _value(template: Template, name: str, text: str) -> Any:
    """Return the value of a parameter that is given as text, with the type of its default."""
    own = template.own.get(name)
    if own is None:
        allowed = [*template.own]
        place = f"-p {name}"
        raise input_error(
            "unknown-parameter", place, allowed=allowed, template=template.name, found=name
        )
    try:
        return _typed(own, text)
    except ValueError:
        raise input_error("wrong-type", f"-p {name}", found=text, wanted=own.wanted) from None


def _typed(own: Parameter, text: str) -> Any:
    kind = type(own.default)
    if kind is bool:
        if text.lower() not in _TRUE:
            raise ValueError
        return _TRUE[text.lower()]
    if kind is list:
        return [part.strip() for part in text.split(";") if part.strip()]
    if kind is dict:
        pairs = [part.partition("=") for part in text.split(";") if part.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}
    return kind(text)
