"""Plan a matrix: decide for every run whether it must be made or can be reused, and why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assess.base import digests
from assess.base.errors import Finding, InputError, Place
from assess.base.periods import Period
from assess.records import Slice, make_slice, open_slice, write_slice
from assess.runs import report_keys as keys
from assess.runs.job import Job, Limits, Names
from assess.runs.late_records import LateCount, LateRecords
from assess.runs.ledger import Ledger
from assess.runs.manifest import write_whole
from assess.runs.matrix import Matrix, Run, expand, load_matrix
from assess.runs.publish import altered
from assess.runs.slice_changes import slice_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assess.records import RecordSource
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

    ``components`` are those of its content key, empty where its slice cannot be cut (action
    *fail*); ``late`` is what it leaves out because it was recorded after its ``as_of``.
    """

    run: Run
    action: Action
    reasons: tuple[str, ...]
    components: Mapping[str, Any]
    dang_bo_name: str
    late: LateCount | None = None

    @property
    def content_key(self) -> str:
        """The content key, see :func:`assess.runs.report_keys.of_components`."""
        return keys.of_components(self.components)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a matrix, in the order of its runs; :meth:`orders` needs kept slices."""

    matrix: Matrix
    steps: tuple[Step, ...]
    inputs: str
    workspace: Workspace
    slices: Path | None = None
    known: Names | None = None
    templates: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def to_make(self) -> tuple[Step, ...]:
        """The steps whose reports must be made."""
        return tuple(step for step in self.steps if step.action == "run")

    @property
    def refused(self) -> tuple[Step, ...]:
        """The steps whose report cannot be made; they do not stop the others."""
        return tuple(step for step in self.steps if step.action == "fail")

    def orders(self, limits: Limits) -> Iterator[Job]:
        """Yield the jobs of the reports to make; each slice is read from disk when it is needed."""
        assert self.slices is not None  # noqa: S101 - a plan without kept slices is only to look at
        assert self.known is not None  # noqa: S101
        for step in self.to_make:
            run = step.run
            folder = self.slices / run.slice_key
            files = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            own = Names((self.slices / f"{run.slice_key}.own").read_bytes())
            template = self.templates[run.template]
            label = Period.parse(run.period).label
            yield Job(
                run,
                template,
                files,
                str(step.components["slice"]),
                step.dang_bo_name,
                label,
                self.known,
                own,
                limits,
            )


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
    return (
        Plan(found[0], steps, inputs, workspace)
        if all(step.action != "run" for step in steps)
        else None
    )


def make_plan(
    path: Path,
    workspace: Workspace,
    folder_of: Callable[[str], Path],
    *,
    only: Sequence[str] = (),
    again: bool = False,
    draft: bool = False,
    slices: Path | None = None,
) -> Plan:
    """Plan a matrix whose reports are in ``folder_of(matrix id)``.

    ``only`` limits it to runs whose key is one of these or lies below one; ``again`` makes runs
    whatever the ledger says; a ``draft`` has no PDF. ``slices`` is where to keep the slices for
    :meth:`Plan.orders`. Runs whose slice cannot be cut fail. Raise
    :class:`~assess.base.errors.InputError` for a wrong matrix, and with every finding when no slice
    can be cut.
    """
    given, marked = load_matrix(path)
    folder = folder_of(given.id)
    quick = None if again else unchanged_plan(path, workspace, folder, only=only, draft=draft)
    if quick is not None:
        return quick
    inputs = keys.of_inputs(
        path, _of_records(workspace.records_path(given.records)), workspace, draft=draft
    )
    judge = _StepJudge(workspace, folder, Ledger(folder), only, again=again)
    source = workspace.source(given.records)
    matrix = expand(given, marked, workspace, source.tree)
    if draft:
        matrix = replace(
            matrix,
            title=draft_title(matrix.title),
            runs=tuple(replace(run, pdf=False) for run in matrix.runs),
        )
    judge.check_only(matrix)
    steps = tuple(_cut_all(matrix, workspace, source, judge, slices))
    return Plan(matrix, steps, inputs, workspace, slices, _known(source, matrix), judge.templates)


def remember(plan: Plan, folder: Path) -> None:
    """Save a plan for as long as its inputs are unchanged, unless a slice could not be cut."""
    if not all(step.components for step in plan.steps):
        (folder / CACHE).unlink(missing_ok=True)
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
        if self._left_out(run):
            return Step(run, "skip", (_NOT_CHOSEN,), parts, name)
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
        return Step(
            run,
            *(
                ("skip", (_NOT_CHOSEN,))
                if self._left_out(run)
                else ("fail", (str(InputError(placed)),))
            ),
            {},
            name,
        )

    def _left_out(self, run: Run) -> bool:
        return bool(self._only) and not any(_chosen(run, wanted) for wanted in self._only)

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


def _cut_all(
    matrix: Matrix,
    workspace: Workspace,
    source: RecordSource,
    judge: _StepJudge,
    slices: Path | None,
) -> list[Step]:
    """Cut the slice of every run and decide on it; raise all findings when none can be cut."""
    rules = workspace.rules()
    known = {at: source.records(at) for at in {run.as_of for run in matrix.runs}}
    newer = LateRecords(source)
    refused: list[InputError] = []
    steps: dict[str, Step] = {}
    by_slice: dict[str, list[Run]] = {}
    for run in matrix.runs:
        by_slice.setdefault(run.slice_key, []).append(run)
    for slice_key, runs in by_slice.items():
        run = runs[0]
        name = known[run.as_of].tree.name_on(run.dang_bo, Period.parse(run.period).end)
        late = newer.of(run, known[run.as_of])
        try:
            made = make_slice(
                known[run.as_of],
                rules,
                dang_bo=run.dang_bo,
                period=Period.parse(run.period),
                as_of=run.as_of,
                document_date=run.document_date,
                rule_set=run.rule_set,
            )
        except InputError as error:
            for each in runs:
                refused.append(
                    InputError(
                        replace(f, place=_placed(f.place, each.place)) for f in error.findings
                    )
                )
                steps[each.key] = replace(judge.refusal(each, refused[-1], name), late=late)
            continue
        for each in runs:
            steps[each.key] = replace(judge.step(each, made.digest, name, made), late=late)
        if slices is not None and any(steps[each.key].action == "run" for each in runs):
            write_slice(made, slices / slice_key)
            (slices / f"{slice_key}.own").write_bytes(_own(made).packed)
    if len(refused) == len(matrix.runs):
        raise InputError(
            list(
                {str(finding): finding for error in refused for finding in error.findings}.values()
            )
        )
    return [steps[run.key] for run in matrix.runs]


def _placed(own: Place, run: Place) -> Place:
    """Return the place of a finding: the run's line in the matrix where it names no file."""
    return own if "." in own.file else replace(run, label=own.label)


def _known(source: RecordSource, matrix: Matrix) -> Names:
    """Return all meeting ids and names of units above chi bộ, at the latest ``as_of``."""
    records = source.records(max(run.as_of for run in matrix.runs))
    units = records["unit"]
    return Names.of(records["meeting"]["meeting_id"], units.loc[units["level"] != "chi_bo", "name"])


def _own(made: Slice) -> Names:
    return Names.of(
        made.tables["meeting"]["meeting_id"],
        [*made.tables["unit"]["name"], *made.rule_texts.values()],
    )
