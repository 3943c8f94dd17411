"""``python -m assess.runs.engine``: a process of cells, started by :class:`CellProcess`."""

import sys

from assess.runs.engine.shell import main

if __name__ == "__main__":
    main(sys.argv[1:])
