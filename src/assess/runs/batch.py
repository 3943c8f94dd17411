"""A whole matrix: validate, cut the slices, make the reports side by side, publish the manifest and the index."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import signal
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError, Place, refuse
from assess.base.machine import alone, cores
from assess.base.periods import Period
from assess.records import Slice, make_slice, write_slice
from assess.runs import index
from assess.runs.make import Order, Outcome, make_report, withdraw
from assess.runs.manifest import write_manifest
from assess.runs.matrix import Matrix, expand, load_matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assess.records import Source
    from assess.records.workspace import Workspace

WORK = ".work"


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a matrix: its outcomes in the order of its runs, and the folder they stand in."""

    matrix: Matrix
    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The runs that did not give a report."""
        return tuple(outcome for outcome in self.outcomes if not outcome.ok)


def run_matrix(
    path: Path,
    workspace: Workspace,
    out: Path,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int, Outcome | None], None] = lambda *_: None,
) -> Batch:
    """Make every report of a matrix below ``out/<matrix>``.

    ``progress`` is called with the number done, the number of runs, and the outcome just reached. Raises
    :class:`~assess.base.errors.InputError` before anything runs when the matrix or the records are wrong; a report that
    fails later is an outcome, and the others go on.
    """
    given, marked = load_matrix(path)
    source = workspace.source(given.records)
    tree = source.tree
    matrix = expand(given, marked, workspace, tree)
    folder = out.resolve() / matrix.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse("unwritable", str(folder), reason=error.strerror or "?") from error
    with alone(folder / ".lock"):
        shutil.rmtree(folder / WORK, ignore_errors=True)
        (folder / WORK).mkdir()
        work = Path(tempfile.mkdtemp(prefix="run-", dir=folder / WORK))
        try:
            orders = _orders(matrix, workspace, source, folder, work)
            outcomes = _make_all(orders, jobs or cores(), progress)
        finally:
            shutil.rmtree(folder / WORK, ignore_errors=True)
        batch = Batch(matrix, folder, tuple(outcomes[run.key] for run in matrix.runs))
        names = {order.run.dang_bo: order.dang_bo_name for order in orders}
        index.write_index(folder, matrix, batch.outcomes, names)
        write_manifest(folder, [run.key for run in matrix.runs])
        index.write_top(out.resolve())
    return batch


def _orders(matrix: Matrix, workspace: Workspace, source: Source, folder: Path, work: Path) -> list[Order]:
    """Cut every slice before anything runs; what cannot be cut is refused here, all at once."""
    rules = workspace.rules()
    findings: list[Finding] = []
    orders: list[Order] = []
    cut: dict[str, tuple[Slice, Path]] = {}
    known = work / "known.json"
    known.write_text(_known_names(source, matrix), encoding="utf-8")
    for number, run in enumerate(matrix.runs):
        try:
            if run.slice_key not in cut:
                made = make_slice(
                    source.records(run.as_of), rules, dang_bo=run.dang_bo, period=Period.parse(run.period),
                    as_of=run.as_of, document_date=run.document_date, rule_set=run.rule_set,
                )  # fmt: skip
                target = work / "slices" / run.slice_key
                write_slice(made, target)
                target.with_suffix(".own.json").write_text(_own_names(made), encoding="utf-8")
                cut[run.slice_key] = (made, target)
        except InputError as error:
            findings.extend(replace(f, place=_placed(f.place, run.place)) for f in error.findings)
            continue
        made, target = cut[run.slice_key]
        template = workspace.templates_folder / f"{run.template}.ipynb"
        orders.append(
            Order(
                run, template.resolve(), target, known, work / f"{number:05d}", folder / run.folder, made.name,
                made.period.label, made.digest,
            )
        )  # fmt: skip
    if findings:
        raise InputError(_unique(findings))
    return orders


def _unique(findings: Sequence[Finding]) -> list[Finding]:
    """Each message once: one wrong đảng bộ in four quarters is one mistake."""
    return list({str(finding): finding for finding in findings}.values())


def _placed(own: Place, run: Place) -> Place:
    """A finding that names no file is about the run: show the matrix's line."""
    return own if "." in own.file else replace(run, label=own.label)


def _known_names(source: Source, matrix: Matrix) -> str:
    """Every meeting id, and every name of a unit above chi bộ, at the latest moment the matrix asks for."""
    records = source.records(max(run.as_of for run in matrix.runs))
    units = records["unit"]
    names = sorted(set(units.loc[units["level"] != "chi_bo", "name"]))
    return json.dumps({"ids": records["meeting"]["meeting_id"].tolist(), "names": names}, ensure_ascii=False)


def _own_names(made: Slice) -> str:
    units = made.tables["unit"]
    names = [*sorted(set(units["name"])), *made.rule_texts.values()]
    return json.dumps({"ids": made.tables["meeting"]["meeting_id"].tolist(), "names": names}, ensure_ascii=False)


def _make_all(orders: Sequence[Order], jobs: int, progress: Callable[[int, int, Outcome | None], None]) -> dict[str, Outcome]:
    """Make the reports in worker processes; one that takes its worker down with it is failed alone."""
    outcomes: dict[str, Outcome] = {}
    progress(0, len(orders), None)

    def done(order: Order, outcome: Outcome) -> None:
        outcomes[order.run.key] = outcome
        progress(len(outcomes), len(orders), outcome)

    pending = list(orders)
    workers = max(1, min(jobs, len(orders)))
    while pending:
        broken = _make_some(pending, workers, done)
        pending = [order for order in pending if order.run.key not in outcomes]
        if broken and workers == 1 and pending:
            # alone in its process, the first of these is the one that took it down
            first = pending.pop(0)
            withdraw(first)
            done(first, Outcome(first.run.key, ok=False, message="tiến trình làm báo cáo bị dừng giữa chừng"))
        if broken:
            workers = 1
    return outcomes


def _make_some(orders: Sequence[Order], workers: int, done: Callable[[Order, Outcome], None]) -> bool:
    """Make reports until all are done or a worker dies; return whether one did. Interrupted, it ends its workers."""
    broken = False
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_ignore_interrupts)
    try:
        futures = {pool.submit(make_report, order): order for order in orders}
        for future in as_completed(futures):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                broken = True
            else:
                done(futures[future], outcome)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    pool.shutdown()
    return broken


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
