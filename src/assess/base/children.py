"""Start child processes that import nothing from the current folder.

The current folder may hold files from outside, which must not be imported by accident.
"""

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
"""The folder that contains this package, wherever it is installed."""


@contextlib.contextmanager
def not_from_here() -> Iterator[None]:
    """Keep processes started in this block from importing from the current folder.

    A child starts as with ``python -P``, and its ``sys.path`` and ``PYTHONPATH`` lack that folder.
    If this package itself lies there, its folder comes last on ``sys.path``.
    """
    here = Path.cwd()
    path, environment = list(sys.path), {name: os.environ.get(name) for name in (_SAFE, _PATH)}
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


def _elsewhere(path: list[str], here: Path) -> list[str]:
    """Return the entries other than ``here``, absolute: a child may change folder before import."""
    return [
        str(Path(entry).absolute()) for entry in path if entry and Path(entry).resolve() != here
    ]


def _whole(entry: str) -> str:
    return str(Path(entry).resolve())
