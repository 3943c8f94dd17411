"""A notebook of a user's own cells, executed as a report is."""

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook


def executed(folder, *cells):
    notebook = new_notebook(
        cells=[new_code_cell(source) for source in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
    )
    nbformat.write(notebook, folder / "in.ipynb")
    papermill.execute_notebook(
        str(folder / "in.ipynb"),
        str(folder / "out.ipynb"),
        engine_name="assess",
        progress_bar=False,
    )
    return nbformat.read(folder / "out.ipynb", 4)
