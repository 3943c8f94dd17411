"""Excel score forms: written from any rule set and parsed when they come back filled in.

Offers score forms, monthly tables and inspectors' checklists, both ways; rows and columns are
found by hidden names, and every finding has its cell.
Must not know: what is on record already, intake and the store.
"""

from assess.exchange.forms.draw_monthly import write_monthly_table
from assess.exchange.forms.layout import FilledValues, ScoreForm, filled_from, form_of
from assess.exchange.forms.monthly_table import (
    MonthlyTable,
    monthly_table_of,
    parse_monthly_table,
)
from assess.exchange.forms.parse import parse_form
from assess.exchange.forms.parsed import ParsedForm
from assess.exchange.forms.score_form import write_forms

__all__ = [
    "FilledValues",
    "MonthlyTable",
    "ParsedForm",
    "ScoreForm",
    "filled_from",
    "form_of",
    "monthly_table_of",
    "parse_form",
    "parse_monthly_table",
    "write_forms",
    "write_monthly_table",
]
