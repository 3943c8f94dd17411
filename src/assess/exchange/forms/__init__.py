"""Excel score forms: written from any rule set and parsed when they come back filled in."""

from assess.exchange.forms.layout import FilledValues, ScoreForm, filled_from, form_of
from assess.exchange.forms.monthly_table import (
    MonthlyTable,
    monthly_table_of,
    parse_monthly_table,
    write_monthly_table,
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
