import datetime as dt

import pytest

from assess.exchange.forms import FilledValues, write_forms
from assess.exchange.intake import take_in
from kit.score_forms import form, full_entries, good_facts, little_store

NOW = dt.datetime(2026, 4, 10, 9, 0)


@pytest.fixture
def store(rules, tmp_path):
    return little_store(rules, tmp_path / "s.duckdb")


@pytest.fixture
def send(rules, tmp_path):
    """Write a good score form with some values changed into the inbox; return its path."""

    def write(name="f", rule_set_id="an-phu-hd42", facts=None, entries=None):
        inbox = tmp_path / "in"
        inbox.mkdir(exist_ok=True)
        made = form(rules, rule_set_id)
        values = FilledValues(
            {**good_facts(rule_set_id), **(facts or {})}, {**full_entries(made), **(entries or {})}
        )
        write_forms(inbox / f"{name}.xlsx", [(made, values)])
        return inbox / f"{name}.xlsx"

    return write


@pytest.fixture
def take(store, rules, tmp_path):
    """Take the inbox in, one day later each time."""
    moment = [NOW]

    def run(*paths, **options):
        intake = take_in(store, rules, paths or [tmp_path / "in"], recorded_at=moment[0], **options)
        moment[0] += dt.timedelta(days=1)
        return intake

    return run
