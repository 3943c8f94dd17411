"""How the forms of a report are named within a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet


def form_name(rules: RuleSet) -> str:
    """Return a form's short name for use within a sentence."""
    return rules.short[:1].lower() + rules.short[1:]


def on_form(report: Report, rules: RuleSet, before: str = ", ") -> str:
    """Return the name of a form, after ``before``, where the report has several; else nothing."""
    return f"{before}{form_name(rules)}" if len(report.forms) > 1 else ""
