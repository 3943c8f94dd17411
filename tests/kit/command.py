"""The command ``assess``, run in this process: as a person types it, without starting Python."""

import contextlib
import io
import subprocess

from assess.cli import main


def assess(*words, cwd=None):
    """Run the command; return its exit code and what it printed, as a finished process has them."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        contextlib.chdir(cwd or "."),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main([str(word) for word in words])
        except SystemExit as stopped:
            code = stopped.code or 0
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
