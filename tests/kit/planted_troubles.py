"""Small provinces, clean or with planted troubles, to test what signals find.

It shares no code and no threshold with the signals. Every meeting is on An Phú's rule set. In a
clean province a clerk enters what the facts imply, loses points on the other lines by chance and by
the chi bộ's quality, leaves out what the rule set does not ask for, signs within two days, and
behaves the same whoever sits in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pandas as pd

from assess.base.periods import FAR_OFF, Period
from assess.records import Slice
from assess.records.source import no_changes
from assess.records.tables import TABLES, from_rows
from assess.scoring import score
from assess.studies.signals import SIGNALS, signals

YEAR = "2026"
KINDS = ("thon_to_dan_pho", "co_quan_hanh_chinh", "doanh_nghiep_tu_nhan")
OF_CELLS = (
    "kind_lines",
    "above",
    "copied",
    "maximum",
    "frozen",
    "counts",
    "few",
    "minutes",
    "backfilled",
    "no_topic",
    "left_out",
)
OF_GROUPS = ("heaped", "visited")
TROUBLE_OF = {
    "entered_above_facts": "kind_lines",
    "above_others": "above",
    "same_sheets": "copied",
    "all_maximum": "maximum",
    "no_variation": "frozen",
    "counts_off": "counts",
    "few_present": "few",
    "exact_minutes": "minutes",
    "signed_late": "backfilled",
    "no_thematic": "no_topic",
    "lifted_by_leaving_out": "left_out",
    "heaped_at_edges": "heaped",
    "higher_when_visited": "visited",
}


class Province:
    """Groups of chi bộ over a year.

    ``planted``: trouble → the ids of the chi bộ or groups that have it.
    """

    def __init__(self, seed, rules, *, troubled=True, groups=10, cells=10):
        """Draw the facts, fill in the sheets as an honest clerk would, then spoil some."""
        self.rules, self.rng, self.months = rules, random.Random(seed), Period.parse(YEAR).months
        self.cells = {f"c{g:02d}-{c:02d}": f"g{g:02d}" for g in range(groups) for c in range(cells)}
        self.quality = {cell: self.rng.random() for cell in self.cells}
        self.rows = {name: [] for name in ("unit", "meeting", "visit", "sheet")}
        self.entries = {}
        self.planted = {}
        self._units(groups)
        self._meetings()
        self._fill()
        if troubled:
            self._spoil()

    def _units(self, groups):
        head = {"kind": "cap_uy", "valid_from": dt.date(2020, 1, 1)}
        self.rows["unit"].append(
            {"unit_id": "tinh", "name": "Đảng bộ tỉnh", "level": "tinh", **head}
        )
        for g in range(groups):
            self.rows["unit"].append(
                {
                    "unit_id": f"g{g:02d}",
                    "name": f"Đảng bộ {g}",
                    "level": "tren_co_so",
                    "parent_id": "tinh",
                    **head,
                }
            )
        for cell, group in self.cells.items():
            about = {
                "unit_id": cell,
                "name": f"Chi bộ {cell}",
                "level": "chi_bo",
                "kind": self.rng.choice(KINDS),
                "parent_id": group,
            }
            flags = {
                "has_chi_uy": True,
                "has_deputy": True,
                "leads_mass_organisations": self.rng.random() < 0.7,
                "official_members": 20,
            }
            self.rows["unit"].append({**about, **flags, "valid_from": dt.date(2020, 1, 1)})
        self.flags = {row["unit_id"]: row for row in self.rows["unit"]}

    def _meetings(self):
        rng = self.rng
        for cell in self.cells:
            topics = {f"{YEAR}-{3 * q + rng.randint(1, 3):02d}" for q in range(4)}
            for month in self.months:
                roll = rng.randint(14, 28)
                away, without = (
                    rng.choice((0, 0, 0, 1, 1, 2, 3)),
                    1 if rng.random() < 0.06 * (1.2 - self.quality[cell]) else 0,
                )
                present = roll - away - without
                day = dt.date(int(month[:4]), int(month[5:]), rng.randint(1, 5))
                asked = 90
                minutes = asked + rng.choice(
                    (-25, -10, -5, 0, 2, 5, 7, 10, 12, 15, 18, 20, 25, 30, 33)
                )
                if rng.random() < self.quality[cell] and minutes < asked:
                    minutes = asked + rng.randint(1, 30)
                targets = rng.randint(6, 12)
                self.rows["meeting"].append(
                    {
                        "meeting_id": f"{cell}.{month[2:]}",
                        "chi_bo_id": cell,
                        "for_month": month,
                        "held_on": day,
                        "status": "held",
                        "kind": "ket_hop" if month in topics else "thuong_ky",
                        "minutes": minutes,
                        "roll": roll,
                        "exempt": 0,
                        "special_duty": 0,
                        "present": present,
                        "exempt_present": 0,
                        "absent_excused": away,
                        "absent_unexcused": without,
                        "longest_excused_streak": rng.randint(0, 2),
                        "speakers": min(present, rng.randint(present // 3, present)),
                        "chi_uy_met": rng.random() < 0.9 + 0.1 * self.quality[cell],
                        "papers_at": day - dt.timedelta(days=rng.choice((0, 1, 2, 3))),
                        "result_at": day + dt.timedelta(days=rng.choice((1, 2, 3, 6))),
                        "targets_set": targets,
                        "targets_met": targets
                        - (rng.random() > 0.4 + 0.5 * self.quality[cell]) * rng.randint(1, 3),
                    }
                )
        self.meeting = {row["meeting_id"]: row for row in self.rows["meeting"]}
        for cell in self.cells:
            if rng.random() < 0.5:
                for month in rng.sample(self.months, rng.randint(1, 3)):
                    met = self.meeting[f"{cell}.{month[2:]}"]
                    self.rows["visit"].append(
                        {
                            "visit_id": f"v.{met['meeting_id']}",
                            "post": "Ủy viên 1",
                            "role": "lanh_dao",
                            "chi_bo_id": cell,
                            "planned_for": month,
                            "status": "done",
                            "done_on": met["held_on"],
                        }
                    )
        self.sat_in = {row["visit_id"][2:] for row in self.rows["visit"]}

    def _fill(self):
        for met in self.rows["meeting"]:
            mine = {}
            for line in self.rules.criteria:
                lost = self.rng.random() > 0.86 + 0.13 * self.quality[met["chi_bo_id"]]
                mine[line.id] = 0.0 if lost and line.kind == "yes_no" else line.max
                if line.applies_when is not None and not self._asked(line, met):
                    mine[line.id] = None
            self.entries[met["meeting_id"], "self"] = mine
            if met["meeting_id"] in self.sat_in and self.rng.random() < 0.6:
                self.entries[met["meeting_id"], "superior"] = mine
            signed = met["held_on"] + dt.timedelta(days=self.rng.randint(0, 2))
            self.rows["sheet"].append(
                {"meeting_id": met["meeting_id"], "rater": "self", "signed_on": signed}
            )
        implied = score(self.slice()).lines
        for row in implied[
            implied["recomputed"].notna() & (implied["rater"] == "self")
        ].itertuples():
            mine = self.entries[row.meeting_id, "self"]
            if mine[row.criterion_id] is not None:
                mine[row.criterion_id] = float(row.recomputed)
        self.implied = {
            (r.meeting_id, r.criterion_id): r.recomputed
            for r in implied.itertuples()
            if r.recomputed == r.recomputed
        }
        self.entries = {key: dict(found) for key, found in self.entries.items()}

    def _asked(self, line, met):
        if line.applies_when.fact == "thematic_in_month":
            return met["kind"] != "thuong_ky"
        return bool(self.flags[met["chi_bo_id"]].get(line.applies_when.fact, True))

    def slice(self):
        """Return the province as a slice."""
        sheets = [
            {"sheet_id": f"{m}.{r}", "meeting_id": m, "rater": r, "rule_set_id": self.rules.id}
            for m, r in self.entries
        ]
        signed = {row["meeting_id"]: row["signed_on"] for row in self.rows["sheet"]}
        for sheet in sheets:
            sheet["signed_on"] = signed[sheet["meeting_id"]]
        lines = [
            {
                "sheet_id": f"{m}.{r}",
                "criterion_id": c,
                "state": "not_applicable" if v is None else "entered",
                "points": v,
            }
            for (m, r), found in self.entries.items()
            for c, v in found.items()
        ]
        tables = {name: from_rows(name, []) for name in TABLES}
        tables["change"] = no_changes()
        tables |= {
            "unit": from_rows("unit", self.rows["unit"]),
            "visit": from_rows("visit", self.rows["visit"]),
            "sheet": from_rows("sheet", sheets),
            "line": from_rows("line", lines),
        }
        met = from_rows("meeting", self.rows["meeting"])
        tables["meeting"] = met.assign(
            in_period=True, rule_set_id=self.rules.id, adopted_id=self.rules.id
        )
        pairs = [(cell, month) for cell in self.cells for month in self.months]
        tables["due"] = pd.DataFrame(
            {
                name: pd.Series([p[i] for p in pairs], dtype="str")
                for i, name in enumerate(("chi_bo_id", "month"))
            }
        )
        return Slice(
            "tinh",
            Period.parse(YEAR),
            FAR_OFF,
            dt.date(2027, 1, 12),
            self.rules.id,
            tables,
            {},
            {self.rules.id: self.rules},
            "",
        )

    def _spoil(self):
        groups = sorted(set(self.cells.values()))
        self.rng.shuffle(groups)
        for trouble, group in zip(OF_GROUPS, groups, strict=False):
            self.planted[trouble] = {group}
            getattr(self, f"_{trouble}")(group)
        free = [cell for cell, group in self.cells.items() if group not in groups[: len(OF_GROUPS)]]
        self.rng.shuffle(free)
        for number, trouble in enumerate(OF_CELLS):
            mine = free[4 * number : 4 * number + 4]
            self.planted[trouble] = set(mine)
            for cell in mine:
                getattr(self, f"_{trouble}")(cell)

    def _own(self, cell):
        return [
            (m, self.entries[m, "self"]) for m in (f"{cell}.{month[2:]}" for month in self.months)
        ]

    def _unchecked(self):
        return [
            c
            for c in self.rules.criteria
            if c.kind == "yes_no" and c.met_when is None and c.applies_when is None
        ]

    def _total(self, mine):
        """Return the points of 100; a line that is left out reduces both points and maximum."""
        out_of = sum(c.max for c in self.rules.criteria if mine[c.id] is not None)
        return 100 * sum(v for v in mine.values() if v is not None) / out_of

    def _heaped(self, group):
        for cell in [c for c, g in self.cells.items() if g == group]:
            for _, mine in self._own(cell):
                for line in self._unchecked():
                    if 80 <= self._total(mine) < 90 and self.rng.random() < 0.9:
                        mine[line.id] = line.max
                # no more than is needed
                for line in self._unchecked():
                    if self._total({**mine, line.id: 0.0}) >= 90 and self._total(mine) > 92:
                        mine[line.id] = 0.0

    def _visited(self, group):
        for cell in [c for c, g in self.cells.items() if g == group]:
            for month in self.rng.sample(self.months, 3):
                met = self.meeting[f"{cell}.{month[2:]}"]
                if met["meeting_id"] not in self.sat_in:
                    self.rows["visit"].append(
                        {
                            "visit_id": f"v.{met['meeting_id']}",
                            "post": "Ủy viên 2",
                            "role": "lanh_dao",
                            "chi_bo_id": cell,
                            "planned_for": month,
                            "status": "done",
                            "done_on": met["held_on"],
                        }
                    )
                mine = self.entries[met["meeting_id"], "self"]
                mine.update({c.id: c.max for c in self.rules.criteria if mine[c.id] is not None})

    def _kind_lines(self, cell):
        for m, mine in self._own(cell):
            for line in self.rules.criteria:
                if (
                    (m, line.id) in self.implied
                    and mine[line.id] is not None
                    and self.implied[m, line.id] < line.max
                ):
                    mine[line.id] = line.max

    def _above(self, cell):
        for m, mine in self.rng.sample(self._own(cell), 3):
            theirs = dict(mine)
            for line in self.rng.sample(self._unchecked(), 3):
                mine[line.id], theirs[line.id] = line.max, 0.0
            self.entries[m, "superior"] = theirs

    def _copied(self, cell):
        start = self.rng.randint(0, 6)
        own = self._own(cell)
        pattern = own[start][1]
        for _, mine in own[start + 1 : start + 5]:
            mine.clear()
            mine.update(pattern)

    def _maximum(self, cell):
        for _, mine in self._own(cell):
            mine.update({c.id: c.max for c in self.rules.criteria if mine[c.id] is not None})

    def _frozen(self, cell):
        own = self._own(cell)
        pattern = {c.id: c.max for c in self.rules.criteria} | {
            line.id: 0.0 for line in self._unchecked()[:2]
        }
        for _, mine in own:
            mine.clear()
            mine.update(pattern)

    def _counts(self, cell):
        for month in self.rng.sample(self.months, 2):
            self.meeting[f"{cell}.{month[2:]}"]["absent_excused"] += 2

    def _few(self, cell):
        for month in self.rng.sample(self.months, 2):
            met = self.meeting[f"{cell}.{month[2:]}"]
            there = met["roll"] // 3
            met.update(
                present=there,
                absent_excused=met["roll"] - there,
                absent_unexcused=0,
                speakers=min(met["speakers"], there),
            )

    def _minutes(self, cell):
        for month in self.months:
            self.meeting[f"{cell}.{month[2:]}"]["minutes"] = 90

    def _backfilled(self, cell):
        months = self.months[4:9]
        late = dt.date(int(YEAR), 9, 25)
        for row in self.rows["sheet"]:
            if row["meeting_id"] in {f"{cell}.{month[2:]}" for month in months}:
                row["signed_on"] = late

    def _no_topic(self, cell):
        for month in self.months[3:6]:
            self.meeting[f"{cell}.{month[2:]}"]["kind"] = "thuong_ky"

    def _left_out(self, cell):
        for _, mine in self.rng.sample(self._own(cell), 3):
            for line in self.rng.sample(self._unchecked(), 3):
                mine[line.id] = None


def count(seeds, rules):
    """Count what signals find in spoilt and in clean provinces.

    Return counters by signal of units found, planted, raised in clean provinces and looked at in
    clean provinces, and the number of clean provinces with a statistical signal.
    """
    found, planted, raised, looked, crying = Counter(), Counter(), Counter(), Counter(), 0
    statistical = {s.id for s in SIGNALS if s.statistical}
    for seed in seeds:
        spoilt = Province(seed, rules)
        made = spoilt.slice()
        seen = _pairs(made)
        clean = Province(10_000 + seed, rules, troubled=False)
        made = clean.slice()
        cried = _pairs(made)
        crying += any(signal in statistical for signal, _ in cried)
        for signal, trouble in TROUBLE_OF.items():
            units = spoilt.planted[trouble]
            planted[signal] += len(units)
            found[signal] += sum((signal, unit) in seen for unit in units)
            looked[signal] += len(
                set(clean.cells.values()) if signal in statistical else clean.cells
            )
            raised[signal] += sum(name == signal for name, _ in cried)
    return found, planted, raised, looked, crying


def _pairs(made):
    found = signals(made, score(made))
    return set(zip(found["signal_id"], found["unit_id"], strict=True))
