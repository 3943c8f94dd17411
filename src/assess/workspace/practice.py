"""A workspace for practice: an invented province, a year of its records, spoilt forms to mend."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.machine import now
from assess.base.periods import shift_month
from assess.exchange.store import Store, StoreBatch, Writer
from assess.sample import make_sample
from assess.sample.filled_forms import write_filled
from assess.workspace import USUAL_STORE, Workspace, lay_workspace

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "params/tap-huan"
"""The file that says that a workspace is for practice; pages and documents say so, too."""
FORMS = "phieu-tap-huan"
ACTOR = "người tập huấn"
REASON = "số liệu tập huấn do máy sinh ra, không phải số liệu thật"
_CHI_BO, _WRONG = 16, 6
_MADE = ("reports", "phat-hanh", "intake", "forms", "sao-luu", FORMS)


def is_practice(root: Path) -> bool:
    """Whether a workspace is for practice."""
    return (root / MARKER).exists()


def lay_practice(folder: Path) -> Workspace:
    """Lay a new workspace for practice."""
    workspace = lay_workspace(folder)
    (folder / MARKER).touch()
    workspace.set_actor(ACTOR)
    _fill(workspace)
    return workspace


def reset_practice(workspace: Workspace) -> None:
    """Begin anew: only in a workspace for practice, whose records are invented."""
    if not is_practice(workspace.root):
        raise input_error("no-practice", str(workspace.root))
    for name in _MADE:
        shutil.rmtree(workspace.root / name, ignore_errors=True)
    for path in (workspace.root / USUAL_STORE).parent.glob("*store*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _fill(workspace)


def _fill(workspace: Workspace) -> None:
    """Record a year that ends with the month before last; last month's forms wait as files."""
    last = shift_month(f"{now():%Y-%m}", -1)
    months = tuple(shift_month(last, -before) for before in range(12, -1, -1))
    rules = workspace.rules()
    tables = make_sample(rules, _CHI_BO, int(last[:4]), "an-phu-hd42", months)
    due = tables["meeting"]["for_month"] == last
    forms = int((due & (tables["meeting"]["status"] == "held")).sum())
    write_filled(
        tables,
        rules,
        workspace.root / FORMS,
        share=min(1.0, _WRONG / max(forms, 1)),
        seed=int(last[:4]),
        year=last,
    )
    for path in workspace.root.glob(f"{FORMS}-*.tsv"):
        path.unlink()  # what is wrong with which form is for whoever practises to find
    waiting = set(tables["meeting"][due]["meeting_id"])
    sheets = tables["sheet"]
    of_waiting = set(sheets[sheets["meeting_id"].isin(waiting)]["sheet_id"])
    tables["meeting"] = tables["meeting"][~due]
    tables["sheet"] = sheets[~sheets["meeting_id"].isin(waiting)]
    tables["line"] = tables["line"][~tables["line"]["sheet_id"].isin(of_waiting)]
    kept = ("unit", "adoption", "meeting", "sheet", "line", "assignment")
    rows = {}
    for name in kept:
        frame = tables[name].drop(columns="recorded_at", errors="ignore").astype(object)
        rows[name] = frame.where(frame.notna(), None).to_dict("records")
    store = Store(workspace.root / USUAL_STORE, create=True, by=Writer(ACTOR))
    store.append(StoreBatch(now(), rows, reason=REASON))
