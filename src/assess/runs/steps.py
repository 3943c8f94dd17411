"""Decide on one run: make its report, or leave it as it is, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

from assess.base import digests
from assess.base.errors import Finding, InputError, Place, input_error
from assess.records import Slice, open_slice
from assess.reports.own_words import parse_words
from assess.runs import report_keys as keys
from assess.runs.publish import altered
from assess.runs.slice_changes import record_changes, slice_changes
from assess.workspace.face import load_face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.runs.late_records import LateCount
    from assess.runs.ledger import Ledger, LedgerEntry
    from assess.runs.matrix import Matrix, Run
    from assess.workspace import Workspace
    from assess.workspace.face import Face

_SHOWN = 3
_DIGEST = 12
_NOT_CHOSEN = "không được chọn"
Action = Literal["run", "reuse", "skip", "fail", "hold"]


@dataclass(frozen=True, slots=True)
class Step:
    """The decision on one run, with its reasons.

    ``components`` are those of its content key, empty where its slice was not cut (action *skip*)
    or cannot be cut (*fail*); a run is on *hold* while the past it rests on has changed and nobody
    has said yes to that; ``late`` is what it leaves out because it was recorded after its
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


class StepJudge:
    """Decides on runs by comparing the components of their keys with those in the ledger."""

    def __init__(
        self,
        workspace: Workspace,
        folder: Path,
        ledger: Ledger,
        only: Sequence[str],
        *,
        again: bool,
        past_changed: bool = False,
    ) -> None:
        """Store where the reports are, what is on record of them, and what was asked for.

        With ``past_changed`` a report is made again though the past it rests on has changed.
        """
        self._past_changed = past_changed
        self._workspace, self._folder, self._ledger, self._only, self._again = (
            workspace,
            folder,
            ledger,
            only,
            again,
        )
        self.templates: dict[str, bytes] = {}
        """Each read once, so that the bytes digested are those run, whoever saves meanwhile."""
        self._files: dict[str, bytes] = {}
        self._words: dict[Path, bytes] = {}

    @cached_property
    def face(self) -> Face | None:
        """The fonts of the PDF, where the workspace has its own."""
        return load_face(self._workspace.face_folder)

    def words_of(self, run: Run) -> bytes:
        """Return the office's own words for a run, proved; empty where it has written none."""
        path = self._workspace.words_path(run.period, run.dang_bo, run.name)
        if path not in self._words:
            content = path.read_bytes() if path.is_file() else b""
            try:
                parse_words(content.decode("utf-8"), str(path))
            except UnicodeDecodeError as error:
                raise input_error("not-utf8", str(path)) from error
            self._words[path] = content
        return self._words[path]

    def files_of(self, run: Run) -> Mapping[str, bytes]:
        """Return the run's own files by name; each is read once, as templates are."""
        for path in run.files:
            if path not in self._files:
                self._files[path] = (self._workspace.root / path).read_bytes()
        return {PurePath(path).name: self._files[path] for path in run.files}

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

    def step(self, run: Run, digest: str, name: str, made: Slice | None, office: str) -> Step:
        """Decide on one run; ``made`` is its new slice, if it has been cut.

        ``office`` is the digest of what its office prints on documents.
        """
        if run.template not in self.templates:
            self.templates[run.template] = (
                self._workspace.templates_folder / f"{run.template}.ipynb"
            ).read_bytes()
        own = {name: digests.of_bytes(content) for name, content in self.files_of(run).items()}
        template = digests.of_bytes(self.templates[run.template])
        words = self.words_of(run)
        parts = keys.components(
            run,
            template,
            digest,
            own,
            office=office,
            words=digests.of_bytes(words) if words else "",
            face=self.face.digest if self.face else "",
        )
        if not self.is_chosen(run):
            return replace(self.left_out(run, name), components=parts)
        before = self._ledger.entries.get(run.key)
        past = [] if self._past_changed else self._changed_past(run, parts, before, made)
        if past:
            return Step(run, "hold", tuple(past), parts, name)
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
        if name in ("office", "words"):
            return f"{title}: khác"
        if name == "files":
            names = sorted({*(old or {}), *new})
            return f"{title}: {', '.join(n for n in names if (old or {}).get(n) != new.get(n))}"
        if name in ("readings", "parameters"):
            return f"{title}: {_differences(old or {}, new) or 'khác'}"
        if name == "formats":
            return f"{title}: {', '.join(old or ()) or 'không'} → {', '.join(new) or 'không'}"
        return f"{title}: {str(old)[:_DIGEST]} → {str(new)[:_DIGEST]}"

    def _changed_past(
        self, run: Run, parts: Mapping[str, Any], before: LedgerEntry | None, made: Slice | None
    ) -> list[str]:
        """Return what has changed in records of a moment that was over when the report was made.

        No intake changes these: a moment of the past was put in, a wrong one was repaired, or the
        store was changed behind its chain. Only a store says so; a folder of CSV has no past.
        """
        if (
            made is None
            or made.origin is None
            or before is None
            or not (before.ok and before.as_of == run.as_of.isoformat() < before.at)
            or before.components.get("slice") == parts["slice"]
        ):
            return []
        try:
            old = open_slice(self._folder / run.folder / f"{run.name}.slice")
        except InputError:
            return []
        found = record_changes(old, made)
        if not found:
            return []
        more = [f"và {len(found) - _SHOWN} chỗ khác"] if len(found) > _SHOWN else []
        return ["số liệu quá khứ đã đổi", *found[:_SHOWN], *more]

    def _slice_change(self, run: Run, made: Slice) -> str:
        try:
            before = open_slice(self._folder / run.folder / f"{run.name}.slice")
        except InputError:
            return "không mở được số liệu cũ để so"
        found = slice_changes(before, made)
        rest = f"; và {len(found) - _SHOWN} chỗ khác" if len(found) > _SHOWN else ""
        return "; ".join(found[:_SHOWN]) + rest or "khác"


def _chosen(run: Run, wanted: str) -> bool:
    return run.key == wanted or run.key.startswith(f"{wanted.rstrip('/')}/")


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    said = [
        f"{name} {old.get(name, 'không có')} → {new.get(name, 'không có')}"
        for name in names[:_SHOWN]
    ]
    return ", ".join(said) + (f" và {len(names) - _SHOWN} mục khác" if len(names) > _SHOWN else "")
