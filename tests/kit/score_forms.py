"""A small province in which every rule set is in use, and score forms of it filled in by hand."""

import datetime as dt
from pathlib import Path

from assess.excel.workbook import read_workbook
from assess.exchange.forms import form_of, parse_form
from assess.exchange.store import Store, StoreBatch
from assess.records import Tree
from assess.records.tables import from_rows

BEGIN = dt.date(2020, 1, 1)
MONTHS = {  # a month in which each rule set is in force, with a day for a meeting
    "an-phu-hd42": ("2026-03", dt.date(2026, 3, 3)),
    "nghe-an-qd27-bieu1": ("2024-03", dt.date(2024, 3, 5)),
    "nghe-an-qd27-bieu2": ("2024-03", dt.date(2024, 3, 12)),
}
DEFAULT = ("2022-03", dt.date(2022, 3, 4))


def month_of(rule_set_id):
    return MONTHS.get(rule_set_id, DEFAULT)


def chi_bo_of(rule_set_id):
    return f"cb-{rule_set_id}"


def little_rows(rules):
    """Return units and adoptions: a province with a đảng bộ and a chi bộ for each rule set."""
    unit = {"level": "tinh", "kind": "cap_uy", "valid_from": BEGIN}
    units = [{**unit, "unit_id": "tinh", "name": "Đảng bộ tỉnh Thử"}]
    adoption = []
    for rule_set_id, form in rules.items():
        thematic = form.meeting == "chuyen_de"
        units.append(
            {
                **unit,
                "unit_id": f"db-{rule_set_id}",
                "name": f"Đảng bộ xã {rule_set_id}",
                "level": "tren_co_so",
                "parent_id": "tinh",
            }
        )
        units.append(
            {
                **unit,
                "unit_id": chi_bo_of(rule_set_id),
                "name": f"Chi bộ {rule_set_id}",
                "level": "chi_bo",
                "kind": "thon_to_dan_pho",
                "parent_id": f"db-{rule_set_id}",
                "official_members": 12,
                "has_chi_uy": True,
                "has_deputy": True,
                "leads_mass_organisations": True,
            }
        )
        what = "thematic_rule_set" if thematic else "rule_set"
        adoption.append(
            {
                "unit_id": f"db-{rule_set_id}",
                "what": what,
                "value": rule_set_id,
                "valid_from": max(BEGIN, form.valid_from),
            }
        )
    return {"unit": units, "adoption": adoption}


def little_tree(rules):
    return Tree(from_rows("unit", little_rows(rules)["unit"]))


_STORES = {}
"""The bytes of the store of little_rows, by its rule sets: made once, then copied."""


def little_store(rules, path):
    path = Path(path)
    made = _STORES.get(tuple(rules))
    if made is None:
        Store(path, create=True).append(StoreBatch(dt.datetime(2020, 1, 1), little_rows(rules)))
        _STORES[tuple(rules)] = path.read_bytes()
    else:
        path.write_bytes(made)
    return Store(path)


def form(rules, rule_set_id="an-phu-hd42"):
    month, _ = month_of(rule_set_id)
    return form_of(rules[rule_set_id], little_tree(rules), chi_bo_of(rule_set_id), month)


def good_facts(rule_set_id="an-phu-hd42"):
    """Return the facts that a chi bộ of twelve members reports of an ordinary meeting."""
    return {
        "status": "đã họp",
        "held_on": month_of(rule_set_id)[1],
        "minutes": 95,
        "roll": 12,
        "exempt": 1,
        "special_duty": 0,
        "present": 10,
        "absent_excused": 1,
        "absent_unexcused": 0,
        "exempt_present": 0,
        "longest_excused_streak": 1,
        "speakers": 6,
        "chi_uy_met": "Có",
        "targets_set": 5,
        "targets_met": 5,
        "mode": "trực tiếp",
    }


def full_entries(form_, rater="self"):
    return {(rater, c.id): "Đạt" if c.kind == "mark" else c.top for c in form_.rules.criteria}


def read(path, rules, sheet=0):
    """Parse one worksheet of a workbook as a score form, in this process."""
    book = read_workbook(Path(path))
    return parse_form(Path(path).name, book.sheets[sheet], book, rules)


def codes(found):
    return [finding.code for finding in found]
