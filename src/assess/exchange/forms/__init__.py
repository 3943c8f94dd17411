"""Excel forms: made from any rule set, sent out, filled in, read back."""

from assess.exchange.forms.layout import Filled, Form, filled_from, form_of
from assess.exchange.forms.monthly_table import Summary, read_summary, summary_of, write_summary
from assess.exchange.forms.parse import read_form
from assess.exchange.forms.parsed import FormRead
from assess.exchange.forms.score_form import write_forms

__all__ = [
    "Filled",
    "Form",
    "FormRead",
    "Summary",
    "filled_from",
    "form_of",
    "read_form",
    "read_summary",
    "summary_of",
    "write_forms",
    "write_summary",
]
