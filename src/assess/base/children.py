"""Starting child processes that import nothing from the folder one happens to stand in: files from outside may lie there."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAFE = "PYTHONSAFEPATH"
_PATH = "PYTHONPATH"
_OURS = str(Path(__file__).resolve().parents[2])
"""The folder that holds this package, wherever it is installed."""


@contextlib.contextmanager
def not_from_here(*, script: bool = False) -> Iterator[None]:
    """Start a process in this block, and it imports nothing from the current folder, neither as it begins nor later.

    It begins as ``python -P`` does, and gets ``sys.path`` and ``PYTHONPATH`` without that folder; the one of this package
    comes last where it is that very folder. With ``script``, for a child that reads its parent's script once more, a
    script that lies there still finds the modules beside it, as in its parent.
    """
    here = Path.cwd()
    path, environment = list(sys.path), {name: os.environ.get(name) for name in (_SAFE, _PATH)}
    if not (script and _folder_of_script() == here):
        sys.path[:] = _elsewhere(path, here)
        if _OURS not in sys.path and _OURS in map(_whole, path):
            sys.path.append(_OURS)
    os.environ[_SAFE] = "1"
    given = _elsewhere((environment[_PATH] or "").split(os.pathsep), here)
    os.environ.pop(_PATH, None)
    if given:
        os.environ[_PATH] = os.pathsep.join(given)
    try:
        yield
    finally:
        sys.path[:] = path
        for name, value in environment.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _folder_of_script() -> Path | None:
    """Where the script lies that was started; nothing for a module, a notebook or a prompt."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    return Path(file).resolve().parent if file and getattr(main, "__spec__", None) is None else None


def _elsewhere(path: list[str], here: Path) -> list[str]:
    """The entries that are not this folder, whole: a child may move to another folder before it imports."""
    return [
        str(Path(entry).absolute()) for entry in path if entry and Path(entry).resolve() != here
    ]


def _whole(entry: str) -> str:
    return str(Path(entry).resolve())
