"""Run notebooks as ``python notebooks.py ENGINE FOLDER SECONDS``: each of a folder, in place.

With the engine ``assess`` each has a forked process for its cells, as a report has; with
``papermill`` an ordinary kernel. A notebook that makes its engine raise has the error's name in a
file beside it.
"""

import os
import sys
from pathlib import Path


def main(engine, folder, seconds):
    os.chdir(folder)
    import papermill
    from papermill.exceptions import PapermillExecutionError

    options = {}
    for path in sorted(Path().glob("*.ipynb")):
        if engine == "assess":
            from assess.runs.engine import papermill_engine  # noqa: F401 - before the first fork
            from assess.runs.engine.cell_process import CellProcess

            options = {"cells": CellProcess.fork()}
        try:
            papermill.execute_notebook(
                str(path),
                str(path),
                engine_name="assess" if engine == "assess" else None,
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=int(seconds),
                **options,
            )
        except PapermillExecutionError as error:
            said = (error.cell_index, error.exec_count, error.ename, len(error.traceback))
            path.with_suffix(".raised").write_text(repr(said), encoding="utf-8")
        except Exception as error:  # noqa: BLE001 - what an engine raises is what is asked
            path.with_suffix(".raised").write_text(type(error).__name__, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
