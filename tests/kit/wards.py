"""Small wards with stores of their own: a committee, three chi bộ, a quarter of meetings."""

import datetime as dt

from assess.exchange.csv.folder import write_folder
from assess.exchange.intake import take_in
from assess.exchange.store import Store, Writer
from assess.records.tables import from_rows
from kit.small_dang_bo import HELD, unit

FORM = "an-phu-hd42"
OFFICER = Writer("Văn phòng thử")
FIRST, SECOND = dt.datetime(2026, 4, 2, 8), dt.datetime(2026, 4, 20, 9)


def ward_rows(rules, ward="phuong", name="Đảng bộ phường A", points=0.0, months=(1, 2, 3)):
    """Return the tables of a ward whose sheets lose ``points`` on the first line."""
    units = [unit("tinh", None, "tinh", "cap_uy"), unit(ward, "tinh", "co_so", "cap_uy", name=name)]
    units += [unit(f"cb-{n}", ward, name=f"Chi bộ {n}") for n in (1, 2, 3)]
    adopted = {
        "unit_id": ward,
        "what": "rule_set",
        "value": FORM,
        "valid_from": dt.date(2025, 10, 28),
    }
    meetings, sheets, lines = [], [], []
    for n in (1, 2, 3):
        for month in months:
            meeting = f"cb-{n}.26{month:02d}"
            held = {"for_month": f"2026-{month:02d}", "held_on": dt.date(2026, month, 3)}
            meetings.append({"meeting_id": meeting, "chi_bo_id": f"cb-{n}", **HELD, **held})
            sheets.append(
                {
                    "sheet_id": f"{meeting}.tc",
                    "meeting_id": meeting,
                    "rater": "self",
                    "rule_set_id": FORM,
                }
            )
            lines += [
                {
                    "sheet_id": f"{meeting}.tc",
                    "criterion_id": c.id,
                    "state": "entered",
                    "points": c.max - (points if c.id == rules[FORM].criteria[0].id else 0),
                }
                for c in rules[FORM].criteria
            ]
    return {
        "unit": units,
        "adoption": [adopted],
        "meeting": meetings,
        "sheet": sheets,
        "line": lines,
    }


def take(store, rules, folder, rows, at, **more):
    """Take rows into a store as CSV files."""
    write_folder(folder, {name: from_rows(name, found) for name, found in rows.items() if found})
    taken = take_in(store, rules, [folder], recorded_at=at, reason="thử", **more)
    assert {each.outcome for each in taken.files} == {"taken"}, taken
    return taken


def ward_store(path, rules, **about):
    """Return the store of a ward: a first intake, and a correction of one line after it."""
    store = Store(path / "store.duckdb", create=True, by=OFFICER)
    rows = ward_rows(rules, **about)
    tree = {name: rows.pop(name) for name in ("unit", "adoption")}
    # the organisation first, so that the store is no history with moments of its own
    take(store, rules, path / "to-chuc", tree, FIRST - dt.timedelta(days=1))
    take(store, rules, path / "phieu", rows, FIRST)
    corrected = {**rows["line"][0], "points": rows["line"][0]["points"] - 1}
    take(store, rules, path / "sua", {"line": [corrected]}, SECOND)
    return store
