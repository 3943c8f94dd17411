"""One run of a matrix and its slice, for verbs that work on what a report was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.periods import Period
from assess.records import make_slice
from assess.records.unit_names import unit_meant
from assess.runs.matrix import expand, load_matrix

if TYPE_CHECKING:
    from pathlib import Path

    from assess.records import Slice
    from assess.runs.matrix import Run
    from assess.workspace import Workspace


def run_and_slice(
    path: Path, workspace: Workspace, template: str, dang_bo: str, period: str
) -> tuple[Run, Slice]:
    """Return the run of a template in a matrix, and the slice that its report has.

    Raise :class:`~assess.base.errors.InputError` where the matrix has none.
    """
    given, marked = load_matrix(path)
    source = workspace.source(given.records)
    dang_bo = unit_meant(source.tree, dang_bo)
    matrix = expand(given, marked, workspace, source.tree)
    runs = [run for run in matrix.runs if run.template == template]
    theirs = [each for each in runs if (each.dang_bo, each.period) == (dang_bo, period)]
    if len(theirs) > 1:
        raise input_error("several-runs", str(path), found=", ".join(each.key for each in theirs))
    run = next(iter(theirs), None)
    if run is None:
        wanted = f"{period}/{dang_bo}/{template}"
        raise input_error(
            "unknown-run", str(path), allowed=[each.key for each in runs], found=wanted
        )
    made = make_slice(
        source.records(run.as_of),
        workspace.rules_for(source, run.as_of),
        dang_bo=run.dang_bo,
        period=Period.parse(run.period),
        as_of=run.as_of,
        document_date=run.document_date,
        rule_set=run.rule_set,
    )
    return run, made
