"""The process of one job: ``python -m assess.desk.run_job FOLDER`` runs ``assess`` there.

It holds a lock while it lives, so that whoever looks can tell a job that runs from one that was
killed, and waits for its turn if it writes the store.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import sys
import traceback
from pathlib import Path

from filelock import FileLock

from assess.desk.jobs import ABOUT, BEGUN, CODE, ERR, FAULT, LOCK, OUT, WRITING


def main(folder: Path) -> None:
    """Run the job of a folder and leave its exit code there."""
    os.umask(0o077)
    told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    with FileLock(folder / LOCK), contextlib.ExitStack() as held:
        if (folder / CODE).exists():
            return  # it was started twice, and is done
        for number, name in ((1, OUT), (2, ERR)):
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(file, number)
            os.close(file)
        if told["writes"]:
            held.enter_context(FileLock(folder.parent / WRITING))
        (folder / BEGUN).touch()
        code = _assess(told["words"])
        sys.stdout.flush()
        sys.stderr.flush()
        draft = folder / f".{CODE}"
        draft.write_text(str(code), encoding="utf-8")
        draft.replace(folder / CODE)


def _assess(words: list[str]) -> int:
    sys.argv = ["assess", *words]
    try:
        runpy.run_module("assess", run_name="__main__", alter_sys=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:
        traceback.print_exc()  # for whoever helps; the page says that it failed
        return FAULT
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
