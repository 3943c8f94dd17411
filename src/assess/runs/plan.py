"""Plan a matrix: decide for every run whether it must be made or can be reused, and why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assess.base import digests
from assess.base.errors import Finding, InputError, Place
from assess.base.periods import Period
from assess.records import Slice, make_slice, open_slice
from assess.runs import report_keys as keys
from assess.runs.job import Names
from assess.runs.late_records import LateCount, LateRecords
from assess.runs.ledger import Ledger
from assess.runs.manifest import write_whole
from assess.runs.matrix import Matrix, Run, expand, load_matrix
from assess.runs.publish import altered
from assess.runs.slice_changes import slice_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assess.runs.ledger import LedgerEntry
    from assess.workspace import Workspace

CACHE = ".plan.json"
"""File with the last complete plan; while no input changes, the next plan skips the records."""
DRAFT = ".nhap"
"""Suffix of the folder for drafts; a matrix id has no dot."""
_SHOWN = 3
_DIGEST = 12
_NOT_CHOSEN = "không được chọn"
Action = Literal["run", "reuse", "skip", "fail"]


@dataclass(frozen=True, slots=True)
class Step:
    """The decision on one run, with its reasons.

    ``components`` are those of its content key, empty where its slice was not cut (action *skip*)
    or cannot be cut (*fail*); ``late`` is what it leaves out because it was recorded after its
    ``as_of``.
    """

    run: Run
    action: Action
    reasons: tuple[str, ...]
    components: Mapping[str, Any]
    dang_bo_name: str
    late: LateCount | None = None

    @property
    def content_key(self) -> str:
        """The key, see :func:`assess.runs.report_keys.of_components`; empty without a slice."""
        return keys.of_components(self.components) if self.components else ""


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
    inputs = keys.of_inputs(
        path, _of_records(workspace.records_path(given.records)), workspace, draft=draft
    )
    title = draft_title(given.title) if draft else given.title
    found = _unchanged(folder, inputs, given.id, title, given.records)
    if found is None:
        return None
    judge = _StepJudge(workspace, folder, Ledger(folder), only, again=False)
    judge.check_only(found[0])
    steps = tuple(
        replace(judge.step(run, digest, name, None), late=late)
        for run, digest, name, late in found[1]
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
) -> Plan:
    """Plan a matrix whose reports are in ``folder_of(matrix id)``.

    ``only`` limits it to runs whose key is one of these or lies below one; ``again`` makes runs
    whatever the ledger says; a ``draft`` has no PDF. Runs whose slice cannot be cut fail. Raise
    :class:`~assess.base.errors.InputError` for a wrong matrix, and with every finding when no slice
    can be cut.
    """
    folder = folder_of(load_matrix(path)[0].id)
    quick = None if again else unchanged_plan(path, workspace, folder, only=only, draft=draft)
    if quick is not None:
        return quick
    planner = Planner(path, workspace, folder, only=only, again=again, draft=draft)
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
    ) -> None:
        """Read the matrix, the rules and the records."""
        given, marked = load_matrix(path)
        self._inputs = keys.of_inputs(
            path, _of_records(workspace.records_path(given.records)), workspace, draft=draft
        )
        self._judge = _StepJudge(workspace, folder, Ledger(folder), only, again=again)
        source = workspace.source(given.records)
        matrix = expand(given, marked, workspace, source.tree)
        if draft:
            matrix = replace(
                matrix,
                title=draft_title(matrix.title),
                runs=tuple(replace(run, pdf=False) for run in matrix.runs),
            )
        self.matrix = matrix
        self._judge.check_only(matrix)
        self._rules = workspace.rules()
        self._records = {at: source.records(at) for at in {run.as_of for run in matrix.runs}}
        self._late = LateRecords(source)
        self._steps: dict[str, Step] = {}
        self.undecided = sum(map(self._judge.is_chosen, matrix.runs))
        """How many of the chosen runs have not been decided on."""

    @property
    def plan(self) -> Plan:
        """The plan, when :meth:`decide` has ended."""
        return Plan(
            self.matrix, tuple(self._steps[run.key] for run in self.matrix.runs), self._inputs
        )

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
                    self._noted([self._judge.step(run, made.digest, name, made) for run in runs]),
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
            self._rules,
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


class _StepJudge:
    """Decides on runs by comparing the components of their keys with those in the ledger."""

    def __init__(
        self,
        workspace: Workspace,
        folder: Path,
        ledger: Ledger,
        only: Sequence[str],
        *,
        again: bool,
    ) -> None:
        self._workspace, self._folder, self._ledger, self._only, self._again = (
            workspace,
            folder,
            ledger,
            only,
            again,
        )
        self.templates: dict[str, bytes] = {}
        """Each read once, so that the bytes digested are those run, whoever saves meanwhile."""

    def check_only(self, matrix: Matrix) -> None:
        """Raise :class:`~assess.base.errors.InputError` for an ``only`` that matches no run."""
        for wanted in self._only:
            if not any(_chosen(run, wanted) for run in matrix.runs):
                raise InputError(
                    [
                        Finding(
                            "unknown-run",
                            Place("--only"),
                            {"found": wanted},
                            tuple(run.key for run in matrix.runs),
                        )
                    ]
                )

    def step(self, run: Run, digest: str, name: str, made: Slice | None) -> Step:
        """Decide on one run; ``made`` is its new slice, if it has been cut."""
        if run.template not in self.templates:
            self.templates[run.template] = (
                self._workspace.templates_folder / f"{run.template}.ipynb"
            ).read_bytes()
        parts = keys.components(run, digests.of_bytes(self.templates[run.template]), digest)
        if not self.is_chosen(run):
            return replace(self.left_out(run, name), components=parts)
        before = self._ledger.entries.get(run.key)
        reasons = self._reasons(run, parts, before, made)
        return Step(
            run, "run" if reasons else "reuse", reasons or ("không có gì thay đổi",), parts, name
        )

    def refusal(self, run: Run, error: InputError, name: str) -> Step:
        """Return the step of a run whose slice cannot be cut."""
        # file names without folders: the page must not depend on where the workspace is
        placed = [
            replace(f, place=replace(f.place, file=Path(f.place.file).name)) for f in error.findings
        ]
        if not self.is_chosen(run):
            return self.left_out(run, name)
        return Step(run, "fail", (str(InputError(placed)),), {}, name)

    def left_out(self, run: Run, name: str) -> Step:
        """Return the step of a run that ``only`` leaves out."""
        return Step(run, "skip", (_NOT_CHOSEN,), {}, name)

    def is_chosen(self, run: Run) -> bool:
        """Return whether a run is one of those that ``only`` names."""
        return not self._only or any(_chosen(run, wanted) for wanted in self._only)

    def _reasons(
        self, run: Run, parts: Mapping[str, Any], before: LedgerEntry | None, made: Slice | None
    ) -> tuple[str, ...]:
        if before is None:
            return ("chưa có báo cáo",)
        if not before.ok:
            return (
                f"lần trước {'chưa lập đủ' if before.has_report else 'không lập được'}: {before.message}",
            )
        changed = [
            self._change(name, before.components.get(name), parts[name], run, made)
            for name in keys.TITLES
        ]
        reasons = [reason for reason in changed if reason]
        if not reasons:
            spoilt = altered(self._folder / run.folder, run.name, before.files)
            reasons = [f"tệp đã lập: {spoilt}"] if spoilt else []
        return tuple(reasons or (["được yêu cầu làm lại"] if self._again else []))

    def _change(self, name: str, old: Any, new: Any, run: Run, made: Slice | None) -> str:
        """Return in Vietnamese what changed in one component; empty when nothing did."""
        if old == new:
            return ""
        title = keys.TITLES[name]
        if name == "slice" and made is not None:
            return f"{title}: {self._slice_change(run, made)}"
        if name == "environment":
            said = _differences(
                self._ledger.environments.get(str(old), {}), keys.this_machine().packages
            )
            return (
                f"{title}: {said}"
                if said
                else f"{title}: {str(old)[:_DIGEST]} → {str(new)[:_DIGEST]}"
            )
        if name == "readings":
            return f"{title}: {_differences(old or {}, new) or 'khác'}"
        if name == "formats":
            return f"{title}: {', '.join(old or ()) or 'không'} → {', '.join(new) or 'không'}"
        return f"{title}: {str(old)[:_DIGEST]} → {str(new)[:_DIGEST]}"

    def _slice_change(self, run: Run, made: Slice) -> str:
        try:
            before = open_slice(self._folder / run.folder / f"{run.name}.slice")
        except InputError:
            return "không mở được số liệu cũ để so"
        found = slice_changes(before, made)
        rest = f"; và {len(found) - _SHOWN} chỗ khác" if len(found) > _SHOWN else ""
        return "; ".join(found[:_SHOWN]) + rest or "khác"


def draft_title(title: str) -> str:
    """Return the title of a matrix made as drafts."""
    return f"{title} (bản nháp)"


def _chosen(run: Run, wanted: str) -> bool:
    return run.key == wanted or run.key.startswith(f"{wanted.rstrip('/')}/")


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    said = [
        f"{name} {old.get(name, 'không có')} → {new.get(name, 'không có')}"
        for name in names[:_SHOWN]
    ]
    return ", ".join(said) + (f" và {len(names) - _SHOWN} mục khác" if len(names) > _SHOWN else "")


def _of_records(path: Path) -> str:
    """Return a digest of the files of the records; missing ones are reported when they are read."""
    if path.is_dir():
        return keys.of_files(path, sorted(path.glob("*.csv")))
    beside = [p for p in (path, path.with_name(f"{path.name}.wal")) if p.is_file()]
    return keys.of_files(path.parent, beside)


def _unchanged(
    folder: Path, inputs: str, matrix_id: str, title: str, records: str
) -> tuple[Matrix, list[tuple[Run, str, str, LateCount | None]]] | None:
    """Return the saved matrix and the facts of its runs, if the inputs are the same; else None."""
    try:
        kept = json.loads((folder / CACHE).read_text(encoding="utf-8"))
        if kept["inputs"] != inputs:
            return None
        found = []
        for row in kept["runs"]:
            digest, name, late = row.pop("digest"), row.pop("dang_bo_name"), row.pop("late")
            row |= {
                "as_of": dt.datetime.fromisoformat(row["as_of"]),
                "document_date": dt.date.fromisoformat(row["document_date"]),
                "place": Place(row["place"]),
                "also": tuple(row["also"]),
            }
            found.append((Run(**row), digest, name, late and LateCount.from_json(late)))
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
