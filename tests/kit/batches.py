"""Small matrices, and templates that misbehave as users' templates do."""

import json
import sys
from pathlib import Path

MATRIX = """id: thu
title: Bộ <b>thử</b>
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
"""
ASSESS = str(Path(sys.executable).parent / "assess")


def add_template(workspace, name, code):
    """Add a copy of the period summary whose last cell runs ``code``."""
    notebook = json.loads(
        (workspace.templates_folder / "period_summary.ipynb").read_text(encoding="utf-8")
    )
    cell = {
        "cell_type": "code",
        "id": "odd",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code.splitlines(keepends=True),
    }
    notebook["cells"].append(cell)
    (workspace.templates_folder / f"{name}.ipynb").write_text(
        json.dumps(notebook), encoding="utf-8"
    )


def write_matrix(workspace, *entries):
    path = workspace.root / "params/runs/thu.yaml"
    path.write_text(MATRIX + "".join(f"  - {{{entry}}}\n" for entry in entries), encoding="utf-8")
    return path


def entry(template, dang_bo="qs-tinh", period="2026-Q1", **more):
    return ", ".join(
        f"{k}: {v}"
        for k, v in {"template": template, "dang_bo": dang_bo, "period": period, **more}.items()
    )


def statements(folder):
    """Return the ledger's entry of every report, without when and by whom it was made."""
    from assess.runs.ledger import Ledger

    return {key: entry.statement for key, entry in Ledger(folder).entries.items()}


def published(folder):
    """Return the bytes of every published file by path.

    The ledger and the files kept only for the next run are left out.
    """
    left_out = ("ledger.jsonl", ".lock", ".plan.json")
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in left_out
    }


def without_index(files):
    """Leave out the pages that say which engine made the reports, and their digests."""
    return {
        name: content
        for name, content in files.items()
        if not name.endswith(("index.html", "MANIFEST.sha256"))
    }


def private_folders():
    """Return the private folders that this process made and has not removed."""
    import os
    import tempfile

    marks = Path(tempfile.gettempdir()).glob("as-*/.assess-process")
    return [
        path.parent
        for path in marks
        if path.read_text(encoding="utf-8").split("\n")[1] == str(os.getpid())
    ]
