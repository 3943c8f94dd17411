"""Verbs about one chi bộ on a store of a province of 5 000, against the same on one of 60."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from common import BIN, ROOT, Row, seconds

FEW, MANY = 60, 5000
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))
GOAL = 1.3


class Province:
    """A workspace whose store lacks December of some chi bộ, which are there as filled forms."""

    def __init__(self, folder, chi_bo, held_back):
        """Lay the workspace and fill its store."""
        from assess.base.periods import moment
        from assess.exchange.csv.folder import write_folder
        from assess.exchange.intake import take_in
        from assess.exchange.store import Store
        from assess.sample import make_sample
        from assess.sample.filled_forms import write_filled
        from assess.workspace import Workspace, lay_workspace

        self.root = lay_workspace(folder).root
        rules = Workspace(ROOT).rules()
        tables = make_sample(rules, chi_bo=chi_bo, form="an-phu-hd42", months=MONTHS)
        meetings, sheets, lines = (tables[name] for name in ("meeting", "sheet", "line"))
        december = meetings[meetings["for_month"] == MONTHS[-1]]
        last = december[december["status"] == "held"].drop_duplicates("chi_bo_id").head(held_back)
        away = {"meeting": meetings["meeting_id"].isin(last["meeting_id"])}
        away["sheet"] = sheets["meeting_id"].isin(last["meeting_id"])
        away["line"] = lines["sheet_id"].isin(sheets.loc[away["sheet"], "sheet_id"])
        part = {**tables, **{name: tables[name][flags] for name, flags in away.items()}}
        kept = {**tables, **{name: tables[name][~flags] for name, flags in away.items()}}
        write_filled(part, rules, self.root / "forms")
        self.forms = sorted((self.root / "forms").glob("*.xlsx"))
        write_folder(self.root / "tables", kept)
        store = Store(self.root / "data/store.duckdb", create=True)
        take_in(store, rules, [self.root / "tables"], recorded_at=moment("2027-02-01"))
        self.chi_bo = str(last["chi_bo_id"].iloc[0])
        corrected = kept["line"][kept["line"]["state"] == "entered"].head(held_back)
        self.corrections = []
        for number, row in enumerate(corrected.assign(state="blank", points=None).itertuples()):
            path = self.root / f"corrections/{number}/line.csv"
            path.parent.mkdir(parents=True)
            path.write_text(
                f"sheet_id,criterion_id,state,points\n{row.sheet_id},{row.criterion_id},blank,\n",
                encoding="utf-8",
            )
            self.corrections.append(path)
        self.day = 1

    def run(self, what, number):
        """Run a verb once; return its seconds."""
        command = [BIN / "assess", what]
        if what == "explain":
            command += [self.chi_bo, "2026-06"]
        elif what == "form":
            command += [self.chi_bo, "2027-01", "--out", self.root / f"out/{number}"]
        else:
            command = [BIN / "assess", "intake"]
            command += [(self.forms if what == "one form" else self.corrections)[number]]
            self.day += 1
            at = f"2027-03-01T08:{self.day:02d}"
            command += ["--recorded-at", at, "--allow-future", "--reason", "đo"]
        return seconds(command, cwd=self.root)


def run(times=5):
    """Return a row for each verb."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Province(Path(folder) / str(n), n, times + 1) for n in (FEW, MANY))
        for what, said in (
            ("explain", "explain of one meeting"),
            ("form", "a score form for one chi bộ"),
            ("one form", "one filled form taken in"),
            ("correction", "one corrected line taken in"),
        ):
            ours, peer = [], []
            for number in range(times + 1):
                ours.append(many.run(what, number))
                peer.append(few.run(what, number))
            ours, peer = ours[1:], peer[1:]  # the first reads the file into the system's cache
            ratio = tuple(one / other for one, other in zip(ours, peer, strict=True))
            rows.append(
                Row(
                    f"{said}, store of {MANY} chi bộ against one of {FEW}",
                    f"≤ {GOAL} ×",
                    "s",
                    tuple(ours),
                    tuple(peer),
                    ratio,
                    median(ratio) <= GOAL,
                )
            )
    return rows
