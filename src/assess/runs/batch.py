"""Run a whole matrix: plan it, make and publish reports, then write the index and the manifest."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.arguments import as_path
from assess.base.errors import input_error
from assess.base.machine import file_lock, private_files
from assess.base.machine_faults import reason
from assess.base.periods import Period
from assess.records import slice_files
from assess.reports.own_words import WORDS_FILE
from assess.runs import index
from assess.runs import report_keys as keys
from assess.runs.job import Failure, Job, JobResult, Limits, Names
from assess.runs.ledger import Ledger, LedgerEntry
from assess.runs.manifest import drop_drafts, write_manifest
from assess.runs.plan import Planner, home, remember, unchanged_plan
from assess.runs.publish import publish
from assess.runs.scratch import sweep
from assess.workspace.office import OFFICE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assess.records import Slice
    from assess.runs.executors.protocol import Executor
    from assess.runs.late_records import LateCount
    from assess.runs.matrix import Matrix
    from assess.runs.plan import Plan
    from assess.runs.steps import Step
    from assess.workspace import Workspace

WORK = ".work"
UNFINISHED = ".unfinished"
"""Marker file: in a matrix's folder from the first report of a batch until its manifest exists."""


@dataclass(frozen=True)
class BatchResult:
    """The result of a matrix: the ledger entry of each run, and the folder of the reports.

    ``made`` counts the runs attempted in this call; ``skipped`` has the keys ``only`` excluded.
    ``dropped`` has the keys of reports that are still in the folder but no longer in the matrix.
    ``late`` gives, by key, what a run leaves out because it was recorded after its ``as_of``.
    ``held`` gives, by key, what has changed in the past of reports that were left as they are.
    """

    matrix: Matrix
    folder: Path
    outcomes: tuple[LedgerEntry, ...]
    made: int
    skipped: frozenset[str] = frozenset()
    dropped: tuple[str, ...] = ()
    late: Mapping[str, LateCount] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[LedgerEntry, ...]:
        """The runs without a report in every requested format."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if not outcome.ok and outcome.key not in self.skipped
        )


@private_files()
def run_matrix(  # noqa: PLR0913 - each is a choice that a batch has
    path: Path | str,
    workspace: Workspace | Path | str | None = None,
    out: Path | str = "reports",
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits | None = None,
    only: Sequence[str] = (),
    again: bool = False,
    draft: bool = False,
    past_changed: bool = False,
    progress: Callable[[int, int, LedgerEntry | None], None] = lambda *_: None,
) -> BatchResult:
    """Make the reports of a matrix that are missing or out of date, below ``out/<matrix>``.

    ``workspace`` is by default the one that holds the matrix. Drafts go to ``out/<matrix>.nhap``.
    ``executor`` runs the jobs (default: ``jobs`` processes on this machine); see
    :func:`assess.runs.plan.make_plan` for ``only``, ``again``, ``draft`` and ``past_changed``.
    ``progress`` is called with the number done, the number to make, and the new ledger entry. While
    slices are still being cut, runs not yet decided on count as to be made.

    A report that cannot be made is an outcome, and the others go on. Raise
    :class:`~assess.base.errors.InputError` before anything runs when the matrix or the records are
    wrong, and ``OSError`` when the disk is full: what is published stays whole, and the next call
    goes on from there.
    """
    from assess.runs.executors import default_executor
    from assess.workspace import Workspace

    path, out = as_path(path, "matrix"), as_path(out, "out")
    if not isinstance(workspace, Workspace):
        workspace = Workspace.find(workspace or path.resolve().parent)
    sweep()
    folder = _folder(path, out, draft=draft)
    with file_lock(folder / ".lock"):
        shutil.rmtree(folder / WORK, ignore_errors=True)
        (folder / WORK).mkdir()
        drop_drafts(folder)
        work = Path(tempfile.mkdtemp(prefix="run-", dir=folder / WORK))
        try:
            plan = (
                None if again else unchanged_plan(path, workspace, folder, only=only, draft=draft)
            )
            if plan is None:
                limits = limits or Limits()
                # the fork server imports its modules while the records are read
                with executor or default_executor(jobs, limits.engine) as started:
                    planner = Planner(
                        path,
                        workspace,
                        folder,
                        only=only,
                        again=again,
                        draft=draft,
                        past_changed=past_changed,
                    )
                    plan = _Making(planner, limits, folder, work / "draft", progress).make_all(
                        started
                    )
            ledger = Ledger(folder)
            batch = _conclude(plan, ledger, folder)
            index.write_top(out.resolve())
        finally:
            shutil.rmtree(folder / WORK, ignore_errors=True)
    return batch


def _folder(path: Path, out: Path, *, draft: bool) -> Path:
    from assess.runs.matrix import load_matrix

    folder = home(out, load_matrix(path)[0].id, draft=draft)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise input_error("unwritable", str(folder), reason=reason(error)) from error
    return folder


class _Making:
    """The reports of one batch under way: jobs go out as slices are cut, results are published."""

    def __init__(
        self,
        planner: Planner,
        limits: Limits,
        folder: Path,
        draft: Path,
        progress: Callable[[int, int, LedgerEntry | None], None],
    ) -> None:
        """Store what :func:`run_matrix` has; nothing is written before the first job."""
        self._planner, self._limits, self._folder, self._draft, self._progress = (
            planner,
            limits,
            folder,
            draft,
            progress,
        )
        self._ledger = Ledger(folder)
        self._waiting: dict[str, tuple[Job, Step]] = {}
        self._begun = self._done = self._told = 0

    def make_all(self, executor: Executor) -> Plan:
        """Make and publish what the planner decides on; return the plan."""
        entry = None
        executor.expect(self._planner.undecided)
        for made in executor.run(self._jobs()):
            order, step = self._waiting.pop(made.key)
            entry = self._enter(order, _same_machine(made), step, executor.name)
        if self._told != self._done:  # the last runs were found to be as they should
            self._tell(entry)
        return self._planner.plan

    def _jobs(self) -> Iterator[Job]:
        """Yield the jobs of each slice as soon as it is cut; enter what cannot be made."""
        for steps, made in self._planner.decide():
            due = [step for step in steps if step.action in ("run", "fail")]
            if not due:
                continue
            if not self._begun:
                (self._folder / UNFINISHED).touch()
                here = keys.this_machine()
                self._ledger.note_environment(here.environment, here.packages)
                if self._planner.head is not None:
                    self._ledger.note_head(*self._planner.head)
            self._begun += len(due)
            if self._begun == len(due):
                self._tell(None)
            files, own = ({}, _NO_NAMES) if made is None else (slice_files(made), _own_names(made))
            for step in due:
                order = self._job(step, files, own)
                if step.action == "run":
                    self._waiting[order.run.key] = order, step
                    yield order
                else:
                    (message,) = step.reasons
                    self._enter(order, JobResult(step.run.key, {}, Failure(message)), step, "")

    def _job(self, step: Step, files: Mapping[str, bytes], own: Names) -> Job:
        """Return the job of a step; without files where its slice cannot be cut."""
        run = step.run
        more = self._planner.more_files(run) if files else {}
        said = [more[name].decode() for name in (OFFICE_FILE, WORDS_FILE) if name in more]
        return Job(
            run,
            self._planner.templates[run.template] if files else b"",
            {**files, **more},
            str(step.components.get("slice", "")),
            step.dang_bo_name,
            Period.parse(run.period).label,
            self._planner.known if files else _NO_NAMES,
            # the office may name other units in its own words and among its recipients
            Names.of(own.ids, [*own.names, *said]) if said else own,
            self._limits,
            self._planner.face if run.pdf else None,
        )

    def _enter(self, order: Job, made: JobResult, step: Step, by: str) -> LedgerEntry:
        """Publish a result and add it to the ledger."""
        run, before = order.run, self._ledger.entries.get(made.key)
        files, older = publish(order, made, self._folder, self._draft, before)
        entry = LedgerEntry(
            run.key,
            made.ok,
            step.content_key,
            step.components,
            files,
            made.results,
            made.message,
            seconds=made.seconds,
            by=by,
            engine=made.engine,
            as_of=run.as_of.isoformat(),
            document_date=run.document_date.isoformat(),
            lacking=made.lacking,
            notes=made.notes,
            older=older,
            marks=made.marks,
        )
        self._ledger.append(entry)
        self._done += 1
        self._tell(entry)
        return entry

    def _tell(self, entry: LedgerEntry | None) -> None:
        self._told = self._begun + self._planner.undecided
        self._progress(self._done, self._told, entry)


_NO_NAMES = Names.of((), ())


def _own_names(made: Slice) -> Names:
    """Return the meeting ids, unit names and rule texts of a slice."""
    return Names.of(
        made.tables["meeting"]["meeting_id"],
        [*made.tables["unit"]["name"], *made.rule_texts.values()],
    )


def _same_machine(made: JobResult) -> JobResult:
    """Fail a result of another package version or environment: its bytes could differ."""
    here = keys.this_machine()
    if made.failure is not None or (made.assess, made.environment) == (
        here.assess,
        here.environment,
    ):
        return made
    what = "mã nguồn assess" if made.assess != here.assess else "phiên bản Python hoặc thư viện"
    return JobResult(made.key, {}, Failure(f"máy làm báo cáo có {what} khác máy điều phối"))


def _conclude(plan: Plan, ledger: Ledger, folder: Path) -> BatchResult:
    """Write the index and the manifest over all runs of the matrix, new and unchanged ones."""
    entries = tuple(
        ledger.entries.get(step.run.key)
        or LedgerEntry(
            step.run.key, ok=False, content_key="", components={}, files={}, message="chưa lập"
        )
        for step in plan.steps
    )
    names = {step.run.dang_bo: step.dang_bo_name for step in plan.steps}
    missing = {step.run.key for step in plan.steps if step.run.key not in ledger.entries}
    late = {step.run.key: step.late for step in plan.steps if step.late is not None}
    for step in plan.steps:
        if step.run.key not in missing:
            ledger.note_late(step.run.key, step.late.as_json() if step.late else None)
    index.write_index(
        folder,
        plan.matrix,
        entries,
        names,
        missing=missing,
        late={key: found.in_words for key, found in late.items()},
        earlier=ledger.earlier,
        head=ledger.head,
    )
    manifest = write_manifest(folder, entries)
    ledger.close((step.run.key for step in plan.steps), digests.of_file(manifest))
    remember(plan, folder)
    (folder / UNFINISHED).unlink(missing_ok=True)
    skipped = frozenset(step.run.key for step in plan.steps if step.action == "skip")
    known = {step.run.key for step in plan.steps}
    gone = (
        key
        for key in ledger.entries
        if key not in known and any((folder / key).parent.glob(f"{Path(key).name}.*"))
    )
    return BatchResult(
        plan.matrix,
        folder,
        entries,
        len(plan.to_make) + len(plan.refused),
        skipped,
        tuple(sorted(gone)),
        late,
        {step.run.key: step.reasons for step in plan.steps if step.action == "hold"},
    )
