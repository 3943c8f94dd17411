"""Seeded records of mixed kinds, as the CSV tables that ``data/README.md`` describes.

A đảng bộ with twelve chi bộ and its superior, over a year. Nothing here uses the package: the
maximum of a line is read from the rule files.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import random
from typing import TYPE_CHECKING

from bookkeeper.scoring import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

YEAR = 2026
BEGIN, FIRST = "2024-01-01", "2025-10-28"
TAKEN, CORRECTED = "2027-01-09T00:00", "2027-01-09T12:00"
"""The moments of the two intakes.

Rows of the first keep their own moments; the second corrects rows of the first.
"""
FORMS = {
    "one": [("rule_set", "an-phu-hd42", FIRST, "")],
    # another rule set from July on, and one for thematic meetings
    "two": [
        ("rule_set", "an-phu-hd42", FIRST, "2026-06-30"),
        ("rule_set", "nghe-an-qd27-bieu1", "2026-07-01", ""),
        ("thematic_rule_set", "nghe-an-qd27-bieu2", "2026-07-01", ""),
    ],
    # rule sets with a rule for the year; one of them with class conditions beside the points
    "year": [("rule_set", "phu-tho-khoi", FIRST, "")],
    "gates": [("rule_set", "binh-thuan-khoi", FIRST, "")],
}
COLUMNS = {
    "unit": "unit_id name level kind parent_id valid_from valid_to successor_id place official_members has_chi_uy has_deputy leads_mass_organisations",
    "adoption": "unit_id what value valid_from valid_to",
    "meeting": "meeting_id chi_bo_id for_month held_on status reason kind mode minutes roll exempt special_duty present exempt_present absent_excused "
    "absent_unexcused longest_excused_streak speakers chi_uy_met own_required_minutes papers_at result_at topic targets_set targets_met recorded_at",
    "sheet": "sheet_id meeting_id rater rule_set_id signed_on stated_total stated_class remark recorded_at",
    "line": "sheet_id criterion_id state points note",
    "assignment": "chi_bo_id post office_id role valid_from valid_to recorded_at",
    "visit": "visit_id post office_id role chi_bo_id planned_for status done_on reason moved_to recorded_at",
    "inspection": "inspection_id chi_bo_id meeting_id form inspected_by plan inspected_on evidence finding clause recommendation remedy_by remedied_on recorded_at",
    "milestone": "unit_id what year planned_on done_on note recorded_at",
    "annual": "unit_id year peer_group self_class common_points result_points tasks_set tasks_on_time tasks_late tasks_beyond disciplined shortcomings "
    "shortcomings_remedied listed_case votes recorded_at",
    "decision": "unit_id year version annual_class decided_by decided_on number reason recorded_at",
    "filed": "unit_id period month measure value filed_on recorded_at",
}
KEYS = {
    "unit": ("unit_id", "valid_from"),
    "adoption": ("unit_id", "what", "valid_from"),
    "meeting": ("meeting_id",),
    "sheet": ("sheet_id",),
    "line": ("sheet_id", "criterion_id"),
}


def write(tables, folder):
    """Write tables of rows as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split())
            writer.writeheader()
            writer.writerows({key: _text(value) for key, value in row.items()} for row in rows)


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def read(folder):
    """Read CSV files as rows of text; an empty cell is None."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = [
                {key: value or None for key, value in row.items()} for row in csv.DictReader(file)
            ]
    return found


def unit(unit_id, parent, level="chi_bo", kind="thon_to_dan_pho", begins=BEGIN, ends=None, **more):
    return {
        "unit_id": unit_id,
        "level": level,
        "kind": kind,
        "parent_id": parent,
        "valid_from": begins,
        "valid_to": ends,
        **more,
    }


def last_day(month):
    year, number = map(int, month.split("-"))
    return f"{month}-{calendar.monthrange(year, number)[1]:02d}"


def criteria(root, form):
    """Return the lines of a rule set in the order of its file."""
    rules = read_yaml(root / f"params/rules/{form}.yaml")
    return [line for group in rules["groups"] for line in group["criteria"]]


class Year:
    """One seeded year: ``tables`` as first taken in, ``later`` what the second intake corrects."""

    def __init__(self, root: Path, seed: int, forms: str = "one") -> None:
        self.root, self.rng, self.forms = root, random.Random(f"{seed}{forms}"), FORMS[forms]
        self.lines = {form: criteria(root, form) for _, form, *_ in self.forms}
        self.tables = {name: [] for name in COLUMNS}
        self.later = {name: [] for name in ("meeting", "sheet", "line")}
        self._units()
        self._adoption()
        for month in [f"{YEAR - 1}-12", *(f"{YEAR}-{m:02d}" for m in range(1, 13))]:
            for chi_bo in self._standing(last_day(month)):
                self._month(chi_bo, month)
        self._work()
        self._annual()
        self._filed()
        self._corrections()

    # --- the organisation -------------------------------------------------------------------------

    def _units(self):
        rng = self.rng
        add = self.tables["unit"].append
        kinds = (
            "thon_to_dan_pho",
            "thon_to_dan_pho",
            "co_quan_hanh_chinh",
            "don_vi_su_nghiep",
            "doanh_nghiep_tu_nhan",
        )
        add(unit("tinh", None, "tinh", "cap_uy", name="Đảng bộ tỉnh Mẫu", place="Mẫu"))
        add(
            unit(
                "phuong",
                "tinh",
                "co_so",
                "cap_uy",
                name="Đảng bộ phường Sông Xanh",
                place="Sông Xanh",
            )
        )
        add(unit("xa", "tinh", "co_so", "cap_uy", name="Đảng bộ xã Đồi Cao", place="Đồi Cao"))
        add(unit("bp", "phuong", "bo_phan", "cap_uy", name="Đảng bộ bộ phận Chợ"))
        for number in range(1, 14):
            about = {
                "name": f"Chi bộ Khu phố {number}",
                "official_members": None if number == 3 else rng.randint(8, 40),
                "has_chi_uy": number not in {1, 2},
                "has_deputy": number != 2,
                "leads_mass_organisations": rng.random() < 0.7,
            }
            chi_bo, kind = f"cb{number:02d}", rng.choice(kinds)
            # changes within a month, so that the day of the look-up matters
            spans = {
                5: [("phuong", BEGIN, "2026-06-30", {"successor_id": "cb06"})],
                10: [("phuong", BEGIN, "2026-09-09", {}), ("bp", "2026-09-10", None, {})],
                11: [("phuong", BEGIN, "2026-07-19", {}), ("xa", "2026-07-20", None, {})],
                12: [("xa", BEGIN, "2026-04-14", {}), ("phuong", "2026-04-15", None, {})],
                13: [("xa", BEGIN, None, {})],
            }.get(number, [("phuong", BEGIN, None, {})])
            for parent, begins, ends, more in spans:
                add(unit(chi_bo, parent, kind=kind, begins=begins, ends=ends, **about, **more))

    def _standing(self, day):
        rows = (row for row in self.tables["unit"] if row["level"] == "chi_bo")
        return [
            row for row in rows if row["valid_from"] <= day and (row["valid_to"] or "2999") >= day
        ]

    def _adoption(self):
        rows = [("tinh", what, value, begins, ends) for what, value, begins, ends in self.forms]
        rows += [
            ("phuong", "meeting_window", "1-10", BEGIN, ""),
            ("tinh", "quarter_report", "10", BEGIN, ""),
            ("tinh", "half_report", "12", BEGIN, ""),
        ]
        rows += [
            ("phuong", "quarter_report", "5", BEGIN, ""),
            ("tinh", "year_report", "15", BEGIN, ""),
            ("phuong", "first_briefing", "co", BEGIN, ""),
        ]
        rows += [
            ("tinh", "annual_rules", "qd366-2025", FIRST, ""),
            ("tinh", "inspection_gate", "co", BEGIN, ""),
        ]
        rows += [("tinh", "thematic_quarterly", "co", BEGIN, "")]
        if self.rng.random() < 0.5:
            rows.append(("phuong", "cap_percent", "25", BEGIN, ""))
        self.tables["adoption"] = [
            dict(zip(COLUMNS["adoption"].split(), row, strict=True)) for row in rows
        ]

    # --- meetings ---------------------------------------------------------------------------------

    def form_of(self, kind, day):
        wanted = "thematic_rule_set" if kind == "chuyen_de" else "rule_set"
        return next(
            (
                form
                for what, form, begins, ends in self.forms
                if what == wanted and begins <= day <= (ends or "2999")
            ),
            None,
        )

    def _month(self, chi_bo, month):
        rng = self.rng
        drawn = rng.random()
        if drawn < 0.03:
            return
        status = "held"
        if drawn < 0.12:
            status = rng.choice(("cancelled", "postponed", "merged"))
        combined = month[5:] in {"03", "06", "09", "12"} and rng.random() < 0.5
        kind = "ket_hop" if combined else "thuong_ky"
        day = rng.randint(1, 10) if rng.random() < 0.92 else rng.randint(11, 28)
        held = f"{month}-{day:02d}" if status == "held" else None
        self._meeting(
            chi_bo, month, held, kind, status, f"{chi_bo['unit_id']}.{month[2:4]}{month[5:]}"
        )
        if month[5:] in {"02", "05", "08", "11"} and rng.random() < 0.5:
            self._meeting(
                chi_bo,
                month,
                f"{month}-{rng.randint(12, 25):02d}",
                "chuyen_de",
                "held",
                f"{chi_bo['unit_id']}.{month[2:4]}{month[5:]}.cd",
            )

    def _meeting(self, chi_bo, month, held, kind, status, name):
        rng = self.rng
        row = dict.fromkeys(COLUMNS["meeting"].split())
        row |= {
            "meeting_id": name,
            "chi_bo_id": chi_bo["unit_id"],
            "for_month": month,
            "held_on": held,
            "status": status,
            "kind": kind,
        }
        late = rng.random() < 0.03
        row["recorded_at"] = (
            f"{YEAR + 1}-01-08T10:00"
            if late
            else f"{last_day(month)}T17:30"
            if held is None
            else f"{held}T18:00"
        )
        self.tables["meeting"].append(row)
        if status != "held":
            row["reason"] = rng.choice(("trùng lịch đại hội", "bí thư đi công tác", None))
            return
        base = chi_bo["official_members"] or 15
        exempt, special = rng.choice((0, 0, 1, 3)), rng.choice((0, 0, 0, 1))
        excused, unexcused = rng.choice((0, 0, 1, 2, base // 3)), rng.choice((0, 0, 0, 0, 1))
        present = max(1, base - exempt - special - excused - unexcused)
        guests = rng.randint(0, exempt)
        before = dt.date.fromisoformat(held) - dt.timedelta(days=rng.choice((0, 1, 2, 4)))
        after = dt.date.fromisoformat(held) + dt.timedelta(days=rng.choice((0, 1, 2, 3, 5)))
        row |= {
            "mode": rng.choice(("truc_tiep", "truc_tiep", "truc_tuyen")),
            "minutes": rng.choice((90, 90, 100, 120, 120, 75, 80, 65, 50, 45, 40)),
            "roll": exempt + special + present + excused + unexcused,
            "exempt": exempt,
            "special_duty": special,
            "present": present,
            "exempt_present": guests,
            "absent_excused": excused,
            "absent_unexcused": unexcused,
            "longest_excused_streak": rng.choice((0, 1, 3, 4)),
            "speakers": rng.randint(0, present + guests),
            "chi_uy_met": rng.random() < 0.9,
            "papers_at": before if rng.random() < 0.85 else None,
            "result_at": after if rng.random() < 0.85 else None,
            "topic": None,
        }
        goals = rng.choice((0, 3, 5, 10))
        row |= {"targets_set": goals, "targets_met": rng.randint(goals // 2, goals)}
        if kind != "thuong_ky":
            row["topic"] = rng.choice(
                (
                    "Giáo dục truyền thống",
                    "Học tập và làm theo Bác",
                    "Chuyển đổi số ở khu phố",
                    None,
                )
            )
        if rng.random() < 0.05:
            row |= dict.fromkeys(
                (
                    "roll",
                    "exempt",
                    "special_duty",
                    "present",
                    "exempt_present",
                    "absent_excused",
                    "absent_unexcused",
                    "speakers",
                )
            )
        form = self.form_of(kind, held)
        if form is not None and rng.random() < 0.96:
            self._sheets(row, form)

    def _sheets(self, meeting, form):
        rng, recorded = self.rng, meeting["recorded_at"]
        if rng.random() < 0.1:
            total = rng.choice((96, 91.5, 90, 88, 75.25, 64, 48))
            self._sheet(
                meeting,
                form,
                "self",
                recorded,
                stated_total=total,
                stated_class=rng.choice(("Tốt", "Khá", None)),
            )
            return
        good = rng.choice((0.99, 0.95, 0.85, 0.7))
        if rng.random() < 0.95:
            self._fill(self._sheet(meeting, form, "self", recorded), meeting, form, good)
        if rng.random() < 0.35:
            self._fill(self._sheet(meeting, form, "superior", recorded), meeting, form, good - 0.05)
        if rng.random() < 0.1:
            self._fill(self._sheet(meeting, form, "inspector", recorded), meeting, form, good - 0.1)

    def _sheet(self, meeting, form, rater, recorded, **more):
        letter = {"self": "tc", "superior": "ct", "inspector": "kt"}[rater]
        signed = dt.date.fromisoformat(meeting["held_on"]) + dt.timedelta(
            days=self.rng.choice((0, 0, 1, 3, 40))
        )
        row = dict.fromkeys(COLUMNS["sheet"].split())
        row |= {
            "sheet_id": f"{meeting['meeting_id']}.{letter}",
            "meeting_id": meeting["meeting_id"],
            "rater": rater,
            "rule_set_id": form,
        }
        row |= {"signed_on": signed, "recorded_at": recorded, **more}
        self.tables["sheet"].append(row)
        return row

    def _fill(self, sheet, meeting, form, good):
        rng = self.rng
        for line in self.lines[form]:
            state = "entered"
            if rng.random() < 0.004:
                state = "blank"
            elif line.get("applies_when") and rng.random() < 0.25:
                state = "not_applicable"
            elif rng.random() < 0.006:
                continue  # a line that nobody wrote counts as blank
            points = self._points(line, good) if state == "entered" else None
            self.tables["line"].append(
                {
                    "sheet_id": sheet["sheet_id"],
                    "criterion_id": line["id"],
                    "state": state,
                    "points": points,
                    "note": None,
                }
            )

    def _points(self, line, good):
        rng = self.rng
        full = rng.random() < good
        if line["kind"] == "mark":
            return int(full)
        top = line["max"]
        if full:
            return top if rng.random() > 0.002 else top + 1
        if line["kind"] == "levels":
            return rng.choice(sorted(level["points"] for level in line["levels"]))
        step = line.get("step", 1)
        return rng.choice((0, top / 2 if line["kind"] == "yes_no" else top - step))

    def _lowest(self, sheet, criterion):
        """Return the least that a line offers: zero, or its lowest level."""
        line = next(line for line in self.lines[sheet["rule_set_id"]] if line["id"] == criterion)
        return min((level["points"] for level in line.get("levels", ())), default=0)

    # --- the year's work --------------------------------------------------------------------------

    def _work(self):
        rng = self.rng
        posts = (
            ("Bí thư", "phuong", "lanh_dao"),
            ("Phó Bí thư Thường trực", "phuong", "lanh_dao"),
            ("Trưởng ban", "phuong", "truong_pho_phong"),
            ("Ủy viên Ban Thường vụ", "tinh", "lanh_dao"),
        )
        for number, post in enumerate(posts):
            named = dict(zip(("post", "office_id", "role"), post, strict=True))
            for chi_bo in rng.sample(range(1, 13), 3):
                self.tables["assignment"].append(
                    {
                        "chi_bo_id": f"cb{chi_bo:02d}",
                        **named,
                        "valid_from": BEGIN,
                        "valid_to": None,
                        "recorded_at": None,
                    }
                )
            for turn in range(8):
                month = rng.randint(1, 12)
                self._visit(f"v{number}{turn}", named, month)
        for number in range(22):
            self._inspection(number)
        steps = ("model_plan", "model_guidance", "model_meeting", "model_review", "rolled_out")
        for unit_id in ("phuong", "cb01", "cb07"):
            for number, step in enumerate(steps[: rng.randint(2, 5)]):
                planned, done = (
                    dt.date(YEAR, 2 + number, 10),
                    dt.date(YEAR, 2 + number, rng.randint(5, 15)) if rng.random() < 0.85 else None,
                )
                self._milestone(unit_id, step, planned, done)
        for number in range(1, 13):
            if rng.random() < 0.8:
                self._milestone(
                    f"cb{number:02d}",
                    "briefing",
                    dt.date(YEAR, 1, 10),
                    dt.date(YEAR, 1, rng.randint(1, 20)),
                )
        if rng.random() < 0.5:
            self._milestone(
                "cb01",
                "gate_override",
                None,
                dt.date(YEAR, 12, 20),
                "Quyết định của ban thường vụ: bão lũ",
            )

    def _visit(self, name, named, month):
        rng = self.rng
        status = rng.choice(("done", "done", "done", "missed", "moved", "planned"))
        chi_bo = f"cb{rng.randint(1, 12):02d}"
        row = {
            "visit_id": name,
            **named,
            "chi_bo_id": chi_bo,
            "planned_for": f"{YEAR}-{month:02d}",
            "status": status,
            "recorded_at": None,
        }
        row |= {"done_on": None, "reason": None, "moved_to": None}
        if status == "done":
            held = [
                m["held_on"]
                for m in self.tables["meeting"]
                if m["chi_bo_id"] == chi_bo
                and m["for_month"] == row["planned_for"]
                and m["held_on"]
            ]
            row["done_on"] = held[0] if held else f"{YEAR}-{month:02d}-{rng.randint(1, 28):02d}"
        elif status in {"missed", "moved"}:
            row["reason"] = rng.choice(("họp cấp trên", "đi công tác", None))
            if status == "moved" and month == 12:
                row["status"] = "missed"
            elif status == "moved":
                row["moved_to"] = f"{YEAR}-{rng.randint(month + 1, 12):02d}"
                if rng.random() < 0.5:
                    row["done_on"] = f"{row['moved_to']}-{rng.randint(1, 28):02d}"
        self.tables["visit"].append(row)

    def _inspection(self, number):
        rng = self.rng
        chi_bo = f"cb{rng.randint(1, 12):02d}"
        day = dt.date(YEAR, 1, 1) + dt.timedelta(days=rng.randint(0, 360))
        row = dict.fromkeys(COLUMNS["inspection"].split())
        row |= {
            "inspection_id": f"kt{number:02d}",
            "chi_bo_id": chi_bo,
            "form": rng.choice(("kiem_tra", "giam_sat", "du_sinh_hoat", "ho_so")),
        }
        row |= {
            "inspected_by": rng.choice(("phuong", "phuong", "tinh", None)),
            "inspected_on": day if rng.random() < 0.9 else None,
        }
        mine = [
            m["meeting_id"]
            for m in self.tables["meeting"]
            if m["chi_bo_id"] == chi_bo and m["status"] == "held" and m["for_month"] <= "2026-10"
        ]
        row["meeting_id"] = rng.choice(mine) if mine and rng.random() < 0.4 else None
        if row["inspected_on"] is not None and rng.random() < 0.7:
            remedy = day + dt.timedelta(days=rng.choice((10, 30, 60)))
            row |= {
                "finding": "Biên bản ghi thiếu ý kiến",
                "recommendation": "Ghi đủ ý kiến phát biểu",
                "evidence": rng.choice(("sổ biên bản", None)),
            }
            row |= {"remedy_by": remedy if rng.random() < 0.8 else None}
            row["remedied_on"] = (
                remedy + dt.timedelta(days=rng.choice((-5, 0, 8))) if rng.random() < 0.6 else None
            )
        self.tables["inspection"].append(row)

    def _milestone(self, unit_id, what, planned, done, note=None):
        row = {
            "unit_id": unit_id,
            "what": what,
            "year": YEAR,
            "planned_on": planned,
            "done_on": done,
            "note": note,
            "recorded_at": None,
        }
        self.tables["milestone"].append(row)

    def _annual(self):
        rng = self.rng
        for number in range(1, 13):
            if number in {5, 11}:
                continue
            tasks = rng.choice((10, 12, 20))
            late = rng.choice((0, 0, 0, 1, 2))
            short = rng.choice((0, 2, 4))
            row = {
                "unit_id": f"cb{number:02d}",
                "year": YEAR,
                "peer_group": rng.choice(("khu phố", "khu phố", None)),
                "self_class": rng.choice(("htxsnv", "httnv", "htnv")),
                "common_points": rng.choice((30, 29, 28, 25.5)),
                "result_points": rng.choice((70, 66.5, 64, 62, 55, 40)),
                "tasks_set": tasks,
                "tasks_on_time": tasks - late,
                "tasks_late": late,
                "tasks_beyond": rng.randint(0, tasks // 2),
                "disciplined": rng.random() < 0.1,
                "shortcomings": short,
                "shortcomings_remedied": short if rng.random() < 0.8 else short // 2,
                "votes": rng.choice((None, 7, 9)),
                "listed_case": "personnel" if rng.random() < 0.08 else None,
                "recorded_at": f"{YEAR}-12-15T08:00",
            }
            if rng.random() < 0.1:
                row["tasks_on_time"] = None
            self.tables["annual"].append(row)
            if rng.random() < 0.5:
                self._decision(row["unit_id"], 1, rng.choice(("htxsnv", "httnv", "httnv", "htnv")))
                if rng.random() < 0.3:
                    self._decision(row["unit_id"], 2, "htnv")

    def _decision(self, unit_id, version, class_id):
        row = {
            "unit_id": unit_id,
            "year": YEAR,
            "version": version,
            "annual_class": class_id,
            "decided_by": "phuong",
            "decided_on": dt.date(YEAR, 12, 20 + version),
        }
        row |= {
            "number": f"{version}2-QĐ/ĐU",
            "reason": "xét lại" if version > 1 else None,
            "recorded_at": None,
        }
        self.tables["decision"].append(row)

    def _filed(self):
        for unit_id, period, months, day in (
            ("phuong", "2026-Q1", (1, 2, 3), "2026-04-06"),
            ("xa", "2026-Q1", (1, 2, 3), "2026-04-14"),
            ("phuong", "2026", range(1, 13), "2027-01-08"),
            ("cb01", "2026-Q1", (1, 2, 3), "2026-04-03"),
        ):
            for month in months:
                for measure in ("due", "held", "thematic", "assessed"):
                    value = (
                        self.rng.randint(8, 11) if unit_id == "phuong" else self.rng.randint(0, 3)
                    )
                    row = {
                        "unit_id": unit_id,
                        "period": period,
                        "month": f"{YEAR}-{month:02d}",
                        "measure": measure,
                        "value": value,
                        "filed_on": day,
                    }
                    self.tables["filed"].append({**row, "recorded_at": f"{day}T17:00"})

    def _corrections(self):
        """Draw values that the second intake corrects, of meetings and of lines."""
        rng = self.rng
        early = [
            m
            for m in self.tables["meeting"]
            if m["status"] == "held"
            and m["recorded_at"] < "2026-12"
            and m["minutes"]
            and m["for_month"] >= "2026"
        ]
        for meeting in rng.sample(early, 3):
            self.later["meeting"].append({**meeting, "minutes": meeting["minutes"] + 5})
        sheets = {s["sheet_id"]: s for s in self.tables["sheet"]}
        numbers = {m["meeting_id"]: m for m in early}
        lines = [
            row
            for row in self.tables["line"]
            if row["state"] == "entered"
            and sheets[row["sheet_id"]]["meeting_id"] in numbers
            and row["points"] > self._lowest(sheets[row["sheet_id"]], row["criterion_id"])
        ]
        for line in rng.sample(lines, 4):
            self.later["line"].append(
                {**line, "points": self._lowest(sheets[line["sheet_id"]], line["criterion_id"])}
            )

    def write(self, folder):
        """Write both intakes."""
        write(self.tables, folder / "dau")
        if any(self.later.values()):
            write({name: rows for name, rows in self.later.items() if rows}, folder / "sua")
