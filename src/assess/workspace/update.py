"""Bring a workspace up to the files of the installed package, without losing what a user changed.

Each laid file is compared three ways: as the package laid it, as the package has it now, as it
stands in the workspace. Untouched files are renewed; beside edited ones the new version is put
into a folder of its own, where nothing reads it; the old version of what is renewed is kept.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.workspace import Workspace, shipped_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORD = ".assess/laid.json"
"""The file of a workspace that says which version laid which files, by their digests."""
NEW, OLD = "ban-moi", "ban-cu"
"""The folders for new versions beside edited files, and for what was renewed."""
_BEFORE = "shipped_before.json"
_DIGITS = 16


@dataclass
class UpdateResult:
    """What an update did, as paths from the workspace.

    ``renewed``: untouched files, now as the package has them; ``added``: files that the package
    did not have before; ``edited``: files that the user changed and the package too, with the new
    version in ``ban-moi/``; ``kept``: files that the user changed and the package did not;
    ``removed``: files that the user took away; ``gone``: files that the package has no longer.
    ``old`` is the folder with the former version of what was renewed, if there is any.
    """

    renewed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    old: Path | None = None


def note_laid(root: Path, laid: Mapping[str, Path]) -> None:
    """Write down which files this version of the package laid."""
    path = root / RECORD
    path.parent.mkdir(exist_ok=True)
    about = {
        "version": version("assess"),
        "files": {name: digests.of_file(source) for name, source in sorted(laid.items())},
    }
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)


def update_workspace(workspace: Workspace) -> UpdateResult:
    """Renew what the user left as it was; see :class:`UpdateResult`.

    The former versions are copied before anything changes, and the record is written last: an
    update that is cut off is finished by the next.
    """
    root, shipped = workspace.root, shipped_files()
    laid = _record(root)
    done = UpdateResult()
    for name, source in sorted(shipped.items()):
        _decide(root / name, name, source, laid, done)
    done.gone = sorted(name for name in laid if name not in shipped and (root / name).exists())
    done.old = _keep_old(root, done.renewed)
    for name in (*done.renewed, *done.added):
        _put(shipped[name], root / name)
    for name in shipped:
        if (root / NEW / name).exists() and _same(root / name, shipped[name]):
            (root / NEW / name).unlink()  # the user has taken it over
    for name in done.edited:
        _put(shipped[name], root / NEW / name)
    note_laid(root, shipped)
    return done


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and digests.of_file(one) == digests.of_file(other)


def _decide(mine: Path, name: str, source: Path, laid: Mapping[str, str], to: UpdateResult) -> None:
    """Enter one file of the package under what is to be done with it."""
    new = digests.of_file(source)
    if not mine.exists():
        (to.removed if name in laid else to.added).append(name)
        return
    own = digests.of_file(mine)
    if own == new:
        return
    if own == laid.get(name) or own[:_DIGITS] in _shipped_before().get(name, ()):
        to.renewed.append(name)
    elif laid.get(name) == new:
        to.kept.append(name)
    else:
        to.edited.append(name)


def _record(root: Path) -> dict[str, str]:
    """Return the digests of the files that the package laid; empty where it kept no record."""
    path = root / RECORD
    if not path.is_file():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return found


@cache
def _shipped_before() -> dict[str, Any]:
    """Return the digests of all versions that were laid before a record was kept."""
    text = files("assess.workspace").joinpath(_BEFORE).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _keep_old(root: Path, names: list[str]) -> Path | None:
    """Copy files into a new folder below ``ban-cu``; return it."""
    if not names:
        return None
    number = 1 + sum(1 for _ in (root / OLD).glob("*"))
    folder = root / OLD / f"lan-{number}"
    for name in names:
        _put(root / name, folder / name)
    return folder


def _put(source: Path, target: Path) -> None:
    """Copy the bytes of a file; the target is there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)
