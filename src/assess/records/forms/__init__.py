"""Excel forms: made from any rule set, sent out, filled in, read back."""

from assess.records.forms.book import write_forms
from assess.records.forms.found import FormRead
from assess.records.forms.layout import Filled, Form, filled_from, form_of
from assess.records.forms.read import read_form
from assess.records.forms.summary import Summary, read_summary, summary_of, write_summary

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
