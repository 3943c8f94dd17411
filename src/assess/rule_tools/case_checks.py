"""What is written wrongly in a worked case: keys, entries, facts and readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError
from assess.base.numbers import points as show_points
from assess.base.text import nearest
from assess.records.columns import ColumnSpec
from assess.records.tables import TABLES, WANTED, read_value
from assess.rule_tools.case_file import NOT_APPLICABLE_WORDS
from assess.rule_tools.case_results import CHI_BO_DEFAULTS, MEETING_DEFAULTS
from assess.rules import check_readings
from assess.rules.allowed_entries import allowed, step_in_words

if TYPE_CHECKING:
    from assess.base.marked_yaml import Marked
    from assess.rule_tools.case_file import Case
    from assess.rules import RuleSet

_ALLOWED_MEETING = (
    *MEETING_DEFAULTS,
    "own_required_minutes",
    "thematic_apart",
    "papers_days_before",
    "result_days_after",
)
_FAR = 3650
"""The most days before or after a meeting; more is taken for a typing error."""
_EXTRA = {
    "thematic_apart": ColumnSpec(
        "thematic_apart", "flag", "a thematic meeting was held apart in the month"
    ),
    "papers_days_before": ColumnSpec(
        "papers_days_before", "integer", "days between the papers and the meeting"
    ),
    "result_days_after": ColumnSpec(
        "result_days_after", "integer", "days between the meeting and its results"
    ),
}


def written_wrongly(rules: RuleSet, case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for unknown keys and invalid values of a case."""
    names = [c.id for c in rules.criteria]
    problems = [
        Finding(
            "unknown-key",
            marked.place(("cases", i, part, key), key=True),
            {"found": key},
            tuple(allowed),
            nearest(key, allowed),
        )
        for part, keys, allowed in (
            ("chi_bo", case.chi_bo, CHI_BO_DEFAULTS),
            ("meeting", case.meeting, _ALLOWED_MEETING),
        )
        for key in keys
        if key not in allowed
    ]
    for part, keys in (
        ("lines", case.lines),
        ("expect", [*case.expect.lines, *case.expect.levels]),
    ):
        problems += [
            Finding(
                "case-criterion",
                marked.place(("cases", i, part, key), key=True),
                {"name": case.name, "found": key},
                hint=nearest(key, names),
            )
            for key in keys
            if key not in names
        ]
    problems += [
        Finding(
            "not-allowed",
            marked.place(("cases", i, "lines", key)),
            {"found": value},
            NOT_APPLICABLE_WORDS,
            "kad",
        )
        for key, value in case.lines.items()
        if isinstance(value, str) and value not in NOT_APPLICABLE_WORDS
    ]
    problems += _wrong_entries(rules, case, i, marked)
    if not case.expect.model_fields_set:
        problems.append(
            Finding(
                "case-expects-nothing", marked.place(("cases", i, "expect")), {"name": case.name}
            )
        )
    problems += _wrong_facts(case, i, marked)
    try:
        check_readings(case.readings, marked.place(("cases", i, "readings")))
    except InputError as error:
        problems += error.findings
    return problems


def _wrong_entries(rules: RuleSet, case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for points that no reading of the case allows on their line.

    Points over the maximum are allowed here: the question ``over_max_entry`` is about them.
    """
    found = []
    for criterion in rules.criteria:
        value = case.lines.get(criterion.id)
        if not isinstance(value, int | float):
            continue
        place = marked.place(("cases", i, "lines", criterion.id))
        if value < 0:
            found.append(Finding("negative-points", place, {"found": show_points(value)}))
        elif allowed(criterion, value, case.readings) == "not_offered":
            offered = tuple(show_points(points) for points in criterion.allowed_points)
            found.append(
                Finding(
                    "off-form-points",
                    place,
                    {"found": show_points(value)},
                    offered or (step_in_words(criterion),),
                )
            )
    return found


def _wrong_facts(case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for facts that do not fit the type and limits of their table column."""
    found = []
    for part, facts, table in (
        ("chi_bo", case.chi_bo, TABLES["unit"]),
        ("meeting", case.meeting, TABLES["meeting"]),
    ):
        for key, value in facts.items():
            if value is None or key not in (*CHI_BO_DEFAULTS, *_ALLOWED_MEETING):
                continue
            column = table[key] if key in table.names else _EXTRA[key]
            place = marked.place(("cases", i, part, key))
            try:
                read = read_value(
                    column, str(value).lower() if isinstance(value, bool) else str(value)
                )
            except ValueError:
                found.append(
                    Finding("bad-value", place, {"found": value, "wanted": WANTED[column.dtype]})
                )
                continue
            if column.choices and read not in column.choices:
                found.append(
                    Finding(
                        "value-not-allowed",
                        place,
                        {"found": value},
                        column.choices,
                        nearest(str(value), column.choices),
                    )
                )
            elif key in _EXTRA and not isinstance(read, bool) and abs(read) > _FAR:
                found.append(Finding("out-of-range", place, {"found": value}, (f"±{_FAR}",)))
            elif column.low is not None and read < column.low:
                found.append(
                    Finding("value-too-small", place, {"found": value, "wanted": f"{column.low:g}"})
                )
    return found
