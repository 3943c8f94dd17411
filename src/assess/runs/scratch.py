"""Private folders for a moment, named after the process that made them, so that those of a process killed outright can be swept."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_OURS = re.compile(r"as-(\d+)-\w+")


def prefix() -> str:
    """Return the beginning of the name of every private folder of this process."""
    return f"as-{os.getpid()}-"


def sweep() -> None:
    """Remove private folders of our own whose process is gone."""
    for path in Path(tempfile.gettempdir()).glob("as-*"):
        found = _OURS.fullmatch(path.name)
        if found is not None and not path.is_symlink() and path.is_dir() and _mine(path) and not _runs(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _mine(path: Path) -> bool:
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _runs(pid: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 is no question there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
