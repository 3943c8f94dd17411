"""Score forms of a month as a ward's chi bộ send them back, some of them wrong."""

import datetime as dt

from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.forms.make_forms import forms_of_month
from assess.workspace import Workspace

WARD = "Đảng bộ phường Giả Định"
MISTAKES = (
    ({"held_on": "hôm qua"}, {}),
    ({"minutes": "1.016"}, {}),
    ({}, {0: "x"}),
    ({}, {0: "-1"}),
    ({"held_on": "31/02/2026"}, {0: "x"}),
    ({"mode": "qua điện thoại"}, {}),
)
"""What is wrong in the first forms: facts, and entries by the place of their line."""


def ward_units(count=12):
    """The tables of a ward as a clerk types them: the ward, its chi bộ, the form adopted."""
    begun = "01/7/2025"
    units = [
        {
            "name": WARD,
            "level": "cấp trên cơ sở",
            "kind": "cấp ủy",
            "valid_from": begun,
            "place": "Giả Định",
        },
        *(
            {
                "name": f"Chi bộ tổ dân phố {number}",
                "level": "chi bộ",
                "kind": "thôn, tổ dân phố",
                "parent_id": WARD,
                "valid_from": begun,
                "official_members": "20",
                "has_chi_uy": "Có",
                "has_deputy": "Có",
                "leads_mass_organisations": "Có",
            }
            for number in range(1, count + 1)
        ),
    ]
    return {"unit": units}


def fill_month(root, unit, month, folder, wrong=0, minutes=95):
    """Write the filled forms of a month into a folder; the first ``wrong`` ones have mistakes."""
    workspace = Workspace.find(root)
    store = workspace.source()
    year, number = int(month[:4]), int(month[5:])
    folder.mkdir(parents=True, exist_ok=True)
    for place, (form, _) in enumerate(
        forms_of_month(store, workspace.rules_for(store), unit, month)
    ):
        facts = {
            "status": "đã họp",
            "held_on": dt.date(year, number, 3),
            "minutes": minutes,
            "roll": 20,
            "exempt": 0,
            "special_duty": 0,
            "present": 19,
            "absent_excused": 1,
            "absent_unexcused": 0,
            "exempt_present": 0,
            "longest_excused_streak": 1,
            "speakers": 12,
            "chi_uy_met": "Có",
            "targets_set": 5,
            "targets_met": 5,
            "mode": "trực tiếp",
        }
        lines = form.rules.criteria
        entries = {("self", line.id): line.top for line in lines}
        if place < wrong:
            facts_wrong, entries_wrong = MISTAKES[place]
            facts |= facts_wrong
            entries |= {("self", lines[n].id): value for n, value in entries_wrong.items()}
        path = folder / f"phieu {form.form_id.unit_id} {month}.xlsx"
        write_forms(path, [(form, FilledValues(facts, entries))])
    return sorted(folder.glob(f"*{month}.xlsx"))
