"""Plan a matrix: decide for every run whether it must be made or can be reused, and why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import Finding, InputError, Place
from assess.base.periods import Period
from assess.exchange.store import Store
from assess.records import OWN_FILES, Slice, make_slice
from assess.reports.own_words import WORDS_FILE
from assess.runs import report_keys as keys
from assess.runs.job import Names
from assess.runs.late_records import LateCount, LateRecords
from assess.runs.ledger import Ledger
from assess.runs.manifest import write_whole
from assess.runs.matrix import Matrix, MatrixFile, Run, expand, load_matrix
from assess.runs.register import FOLDER, without_used_number
from assess.runs.register import NAME as REGISTER_FILE
from assess.runs.steps import Step, StepJudge
from assess.workspace.office import OFFICE_FILE, issue_data, load_offices
from assess.workspace.practice import is_practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from assess.workspace import Workspace
    from assess.workspace.face import Face

CACHE = ".plan.json"
"""File with the last complete plan; while no input changes, the next plan skips the records."""
DRAFT = ".nhap"
"""Suffix of the folder for drafts; a matrix id has no dot."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a matrix, in the order of its runs."""

    matrix: Matrix
    steps: tuple[Step, ...]
    inputs: str

    @property
    def to_make(self) -> tuple[Step, ...]:
        """The steps whose reports must be made."""
        return tuple(step for step in self.steps if step.action == "run")

    @property
    def refused(self) -> tuple[Step, ...]:
        """The steps whose report cannot be made; they do not stop the others."""
        return tuple(step for step in self.steps if step.action == "fail")


def home(out: Path, matrix_id: str, *, draft: bool = False) -> Path:
    """Return the folder of a matrix's reports; drafts have their own and never replace reports."""
    return out.resolve() / (f"{matrix_id}{DRAFT}" if draft else matrix_id)


def unchanged_plan(
    path: Path, workspace: Workspace, folder: Path, *, only: Sequence[str] = (), draft: bool = False
) -> Plan | None:
    """Return the plan of a matrix with nothing to make, without reading the records; else None."""
    given, _ = load_matrix(path)
    if not (folder / CACHE).exists():
        return None
    inputs = _of_inputs(path, given, workspace, draft=draft)
    title = draft_title(given.title) if draft else given.title
    found = _unchanged(folder, inputs, given.id, title, given.records)
    if found is None:
        return None
    judge = StepJudge(workspace, folder, Ledger(folder), only, again=False)
    judge.check_only(found[0])
    steps = tuple(
        replace(judge.step(run, digest, name, None, office), late=late)
        for run, digest, name, late, office in found[1]
    )
    return Plan(found[0], steps, inputs) if all(step.action != "run" for step in steps) else None


def make_plan(
    path: Path,
    workspace: Workspace,
    folder_of: Callable[[str], Path],
    *,
    only: Sequence[str] = (),
    again: bool = False,
    draft: bool = False,
    past_changed: bool = False,
) -> Plan:
    """Plan a matrix whose reports are in ``folder_of(matrix id)``.

    ``only`` limits it to runs whose key is one of these or lies below one; ``again`` makes runs
    whatever the ledger says; a ``draft`` has no PDF. A run whose records of a past ``as_of`` have
    changed in the store is on hold, unless ``past_changed`` says yes to that. Runs whose slice
    cannot be cut fail. Raise :class:`~assess.base.errors.InputError` for a wrong matrix, and with
    every finding when no slice can be cut.
    """
    folder = folder_of(load_matrix(path)[0].id)
    quick = None if again else unchanged_plan(path, workspace, folder, only=only, draft=draft)
    if quick is not None:
        return quick
    planner = Planner(
        path, workspace, folder, only=only, again=again, draft=draft, past_changed=past_changed
    )
    for _ in planner.decide():
        pass
    return planner.plan


class Planner:
    """Decides on the runs of a matrix, slice by slice, so that making them need not wait.

    :func:`make_plan` tells what the arguments are and which errors are raised.
    """

    def __init__(
        self,
        path: Path,
        workspace: Workspace,
        folder: Path,
        *,
        only: Sequence[str] = (),
        again: bool = False,
        draft: bool = False,
        past_changed: bool = False,
    ) -> None:
        """Read the matrix, the rules and the records."""
        given, marked = load_matrix(path)
        self._inputs = _of_inputs(path, given, workspace, draft=draft)
        self._judge = StepJudge(
            workspace, folder, Ledger(folder), only, again=again, past_changed=past_changed
        )
        source = workspace.source(given.records)
        matrix = expand(given, marked, workspace, source.tree)
        runs = without_used_number(workspace.root, matrix.id, matrix.runs)
        matrix = replace(matrix, runs=tuple(runs))
        if draft:
            matrix = replace(
                matrix,
                title=draft_title(matrix.title),
                runs=tuple(replace(run, pdf=False) for run in matrix.runs),
            )
        self.matrix = matrix
        self._judge.check_only(matrix)
        for run in filter(self._judge.is_chosen, matrix.runs):
            self._judge.words_of(run)  # what is wrong in them is told before anything runs
        self._offices = load_offices(workspace.office_folder)
        self._practice = is_practice(workspace.root)
        moments = {run.as_of for run in matrix.runs}
        self._records = {at: source.records(at) for at in moments}
        self._rules = {at: workspace.rules_for(source, at) for at in moments}
        self._late = LateRecords(source)
        links = source.links() if isinstance(source, Store) else []
        self.head: tuple[int, str] | None = (links[-1].number, links[-1].link) if links else None
        """The number and link of the last batch, where the records are a store."""
        self._steps: dict[str, Step] = {}
        self.undecided = sum(map(self._judge.is_chosen, matrix.runs))
        """How many of the chosen runs have not been decided on."""

    @property
    def plan(self) -> Plan:
        """The plan, when :meth:`decide` has ended."""
        return Plan(
            self.matrix, tuple(self._steps[run.key] for run in self.matrix.runs), self._inputs
        )

    def more_files(self, run: Run) -> dict[str, bytes]:
        """Return what a run's slice has besides the records, as it was when it was compared."""
        own = self._judge.files_of(run)
        found = {f"{OWN_FILES}/{name}": content for name, content in own.items()}
        office, words = self._issue_data(run), self._judge.words_of(run)
        found |= {OFFICE_FILE: office} if office else {}
        return found | ({WORDS_FILE: words} if words else {})

    def _issue_data(self, run: Run) -> bytes:
        tree = self._records[run.as_of].tree
        end = min(run.document_date, Period.parse(run.period).end)
        return issue_data(
            self._offices,
            tree,
            run.dang_bo,
            end,
            run.document_date,
            run.number,
            practice=self._practice,
        )

    def _step(self, run: Run, made: Slice, name: str) -> Step:
        data = self._issue_data(run)
        return self._judge.step(
            run, made.digest, name, made, digests.of_bytes(data) if data else ""
        )

    @property
    def face(self) -> Face | None:
        """The fonts of the PDF, where the workspace has its own."""
        return self._judge.face

    @property
    def templates(self) -> Mapping[str, bytes]:
        """The notebooks of the runs decided on, by name, as they were when they were compared."""
        return self._judge.templates

    @cached_property
    def known(self) -> Names:
        """All meeting ids and names of units above chi bộ, at the latest ``as_of``."""
        records = self._records[max(self._records)]
        units = records["unit"]
        return Names.of(
            records["meeting"]["meeting_id"], units.loc[units["level"] != "chi_bo", "name"]
        )

    def decide(self) -> Iterator[tuple[tuple[Step, ...], Slice | None]]:
        """Yield the steps of the runs of one slice after the other, and the slice if it was cut.

        Where all runs of a slice are left out by ``only``, it is not cut. Steps that fail come
        after the first slice that could be cut; if none can be cut at all, raise
        :class:`~assess.base.errors.InputError` with every finding.
        """
        by_slice: dict[str, list[Run]] = {}
        for run in self.matrix.runs:
            by_slice.setdefault(run.slice_key, []).append(run)
        left_out = {
            key: not any(map(self._judge.is_chosen, runs)) for key, runs in by_slice.items()
        }
        one_was_cut = False
        findings: dict[str, Finding] = {}
        refused: list[list[Step]] = []
        for key in sorted(by_slice, key=left_out.__getitem__):
            runs = by_slice[key]
            name = self._records[runs[0].as_of].tree.name_on(
                runs[0].dang_bo, Period.parse(runs[0].period).end
            )
            if left_out[key] and one_was_cut:
                yield self._noted([self._judge.left_out(run, name) for run in runs]), None
                continue
            try:
                made = self._cut(runs[0])
            except InputError as error:
                placed = [_placed(error, run) for run in runs]
                findings |= {str(found): found for each in placed for found in each.findings}
                refused.append(
                    [
                        self._judge.refusal(run, each, name)
                        for run, each in zip(runs, placed, strict=True)
                    ]
                )
            else:
                one_was_cut = True
                yield (
                    self._noted([self._step(run, made, name) for run in runs]),
                    made,
                )
            if one_was_cut:
                yield from ((self._noted(steps), None) for steps in refused)
                refused = []
        if not one_was_cut:
            raise InputError(list(findings.values()))

    def _cut(self, run: Run) -> Slice:
        return make_slice(
            self._records[run.as_of],
            self._rules[run.as_of],
            dang_bo=run.dang_bo,
            period=Period.parse(run.period),
            as_of=run.as_of,
            document_date=run.document_date,
            rule_set=run.rule_set,
        )

    def _noted(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Keep the steps of one slice for the plan, with what they leave out."""
        run = steps[0].run
        late = self._late.of(run, self._records[run.as_of])
        noted = tuple(replace(step, late=late) for step in steps)
        self._steps |= {step.run.key: step for step in noted}
        self.undecided -= sum(self._judge.is_chosen(step.run) for step in steps)
        return noted


def remember(plan: Plan, folder: Path) -> None:
    """Save a plan for as long as its inputs are unchanged, unless it lacks a slice.

    An earlier plan stays then: it holds for its own inputs, also if they come back.
    """
    if not all(step.components for step in plan.steps):
        return
    runs = [
        {
            **asdict(s.run),
            "place": s.run.place.file,
            "digest": s.components["slice"],
            "office": s.components["office"],
            "dang_bo_name": s.dang_bo_name,
            "late": s.late.as_json() if s.late else None,
        }
        for s in plan.steps
    ]
    text = json.dumps(
        {"inputs": plan.inputs, "runs": runs},
        ensure_ascii=False,
        default=lambda value: value.isoformat(),
    )
    write_whole(folder / CACHE, text)


def draft_title(title: str) -> str:
    """Return the title of a matrix made as drafts."""
    return f"{title} (bản nháp)"


def _of_inputs(path: Path, given: MatrixFile, workspace: Workspace, *, draft: bool) -> str:
    records = _of_records(workspace.records_path(given.records))
    files = [name for entry in given.reports for name in entry.files]
    files += [f"{FOLDER}/{REGISTER_FILE}"] if any(entry.numbers for entry in given.reports) else []
    return keys.of_inputs(path, records, workspace, files, draft=draft)


def _of_records(path: Path) -> str:
    """Return a digest of the files of the records; missing ones are reported when they are read."""
    if path.is_dir():
        return keys.of_files(path, sorted(path.glob("*.csv")))
    beside = [p for p in (path, path.with_name(f"{path.name}.wal")) if p.is_file()]
    return keys.of_files(path.parent, beside)


def _unchanged(
    folder: Path, inputs: str, matrix_id: str, title: str, records: str
) -> tuple[Matrix, list[tuple[Run, str, str, LateCount | None, str]]] | None:
    """Return the saved matrix and the facts of its runs, if the inputs are the same; else None."""
    try:
        kept = json.loads((folder / CACHE).read_text(encoding="utf-8"))
        if kept["inputs"] != inputs:
            return None
        found = []
        for row in kept["runs"]:
            digest, name, late = row.pop("digest"), row.pop("dang_bo_name"), row.pop("late")
            office = row.pop("office")
            row |= {
                "as_of": dt.datetime.fromisoformat(row["as_of"]),
                "document_date": dt.date.fromisoformat(row["document_date"]),
                "place": Place(row["place"]),
                "also": tuple(row["also"]),
                "files": tuple(row["files"]),
            }
            counted = late and LateCount.from_json(late)
            found.append((Run(**row), digest, name, counted, office))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Matrix(matrix_id, title, records, tuple(run for run, *_ in found)), found


def _placed(error: InputError, run: Run) -> InputError:
    """Return the error with the run's line in the matrix as place where a finding names no file."""
    return InputError(
        found
        if "." in found.place.file
        else replace(found, place=replace(run.place, label=found.place.label))
        for found in error.findings
    )
