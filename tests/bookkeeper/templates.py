"""What the bookkeeper works out for each template.

Parts that several reports share are listed once.
"""

from __future__ import annotations

from bookkeeper import annual, pageone, readings, results, signals, work
from bookkeeper.audit import Expected

FIRST = (
    results.key_results,
    results.coverage_figures,
    results.losses_figures,
    results.corrected,
    pageone.look_at,
)
"""Page one."""
SHARED = (
    *FIRST,
    results.coverage,
    results.sheet_of_months,
    results.chi_bo_table,
    results.attendance_figures,
    results.losses,
    results.nothing_lost,
    results.raters,
    results.contradictions,
    results.corrections,
    results.annex_meetings,
    results.annex_contradictions,
    pageone.conflicts,
)
PARTS = {
    "annual_review": (*SHARED, results.classes_over_months, work.inspection_gate),
    "period_summary": (*SHARED, pageone.topics),
    "class_list": (results.class_list,),
    "upward_summary": (pageone.conflicts, work.sent_up, work.from_below, work.reconciled),
    "attendance_programme": (
        work.attendance,
        work.days_to_look_at,
        work.attendance_by_post,
        work.annex_visits,
    ),
    "compliance_calendar": (
        work.duties,
        work.calendar,
        pageone.topics,
        work.model_meetings,
        work.inspection_gate,
        work.annex_late,
    ),
    "classing_proposal": (
        annual.annual_result,
        annual.annual_list,
        annual.cap,
        annual.decisions,
        work.inspection_gate,
    ),
    "readings_case": (readings.case,),
    "readings_study": (readings.study,),
    "clarification_request": (readings.petition,),
    "inspection_programme": (work.programme, work.inspections, work.follow_up),
    "inspection_report": (work.inspections, work.own_against_inspector, work.follow_up),
    "inspection_plan": (signals.plan_of_inspection,),
    "inspection_plan_annex": (signals.reasons_of_plan, signals.signals_seen),
    "inspection_dossier": (
        work.identity,
        signals.signals_seen,
        *FIRST,
        pageone.conflicts_in_words,
        results.chi_bo_table,
        results.attendance_figures,
        work.all_inspections,
        results.contradictions,
        results.raters,
        results.annex_meetings,
        results.annex_contradictions,
    ),
}


WITHOUT = ("inspection_plan",)
"""The templates without a control sheet."""
CONTROL = (results.corrections, results.corrected, pageone.conflicts)
"""What the control sheet holds besides constants."""
FREE = {"cac-dau-hieu": "constants of the method"}
"""Tables that hold no figure of the records."""


def expected_of(template, book):
    """Work out the figures of a report."""
    want = Expected()
    control = () if template in WITHOUT else CONTROL
    for part in (results.basis, pageone.moves, *PARTS.get(template, ()), *control):
        part(book, want)
    want.words = words_of(book)
    # the text of a rule set's questions with its own numbers: no figures of the records
    want.free = FREE | {
        f"cach-hieu-{rules.id}": "questions and options as a form words them"
        for rules in book.rules.values()
    }
    return want


def words_of(book):
    """Return texts copied from rules and records: names, titles, notes, codes of documents."""
    found = set()
    for rules in book.rules.values():
        _strings(rules.data, found)
    for name in ("qd366-2025",):
        _strings(book.annual_data(name), found)
    _strings(book.questions, found)
    for rows in book.tables.values():
        for row in rows:
            found.update(value for key, value in row.items() if value and key in WORDS)
    return {
        spelled
        for word in found
        for spelled in (
            word,
            word[:1].lower() + word[1:],
            word[:1].upper() + word[1:],
            word.upper(),
        )
    }


WORDS = {
    "name",
    "reason",
    "topic",
    "finding",
    "recommendation",
    "evidence",
    "clause",
    "plan",
    "note",
    "number",
    "peer_group",
    "post",
    "place",
    "unit_id",
    "meeting_id",
}


def _strings(data, found):
    if isinstance(data, str):
        found.add(data.strip())
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in {"id", "kind", "fact"}:
                _strings(value, found)
    elif isinstance(data, list):
        for value in data:
            _strings(value, found)
