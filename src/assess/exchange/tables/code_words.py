"""Words for the codes that a workbook of tables shows besides plain choices: rule sets, clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.text import casefold_vi
from assess.exchange.written import canonical
from assess.records import words
from assess.records.tables import TABLES
from assess.records.words import MEASURES
from assess.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assess.rules import RuleBook

_FLAGS = {"co": words.YES, "khong": words.NO}
_RULES = {
    "rule_set": "thuong_ky",
    "thematic_rule_set": "chuyen_de",
}
_YES_NO = ("first_briefing", "thematic_quarterly", "inspection_gate")


class CodeWords:
    """What the codes of rules are called: each by a word that no other has."""

    def __init__(self, rules: RuleBook) -> None:
        """Gather the words of rule sets, classes, questions and listed cases."""
        questions = catalogue()
        self._scored = _unique((r.id, (r.short, r.title)) for r in rules.values())
        self._annual = _unique((a.id, (a.short, a.title)) for a in rules.annual.values())
        self._all = self._scored | self._annual
        self._questions = _unique((q.id, (q.title,)) for q in questions.values())
        self._options = {
            q.id: _unique((o.id, (o.title,)) for o in q.options) for q in questions.values()
        }
        self._cases = _unique(
            (case.id, (case.title,)) for a in rules.annual.values() for case in a.listed
        )
        self._measures = MEASURES | {
            f"{r.id}.{c.id}": f"Xếp loại {c.title}, {self._scored[r.id]}"
            for r in rules.values()
            for c in r.classes
        }

    def of(self, table: str, column: str, row: Mapping[str, str]) -> Mapping[str, str]:
        """Return the word for each code that a column has in a row, which may be empty."""
        key = f"{table}.{column}"
        if key == "adoption.value":
            what = row.get("what", "")
            if what in _RULES:
                return self._scored
            return self._annual if what == "annual_rules" else _FLAGS if what in _YES_NO else {}
        if key == "answer.option":
            return self._options.get(row.get("question", ""), {})
        fixed = {
            "answer.rule_set_id": self._all,
            "answer.question": self._questions,
            "annual.listed_case": self._cases,
            "filed.measure": self._measures,
        }
        return fixed.get(key, {})

    def word(self, table: str, column: str, row: Mapping[str, str]) -> str:
        """Return the word for a code, or the text as it is."""
        text = row.get(column, "")
        return self.of(table, column, row).get(text, text)

    def code(self, table: str, column: str, row: Mapping[str, str]) -> str:
        """Return the code that a text means in a row, or the text as it is."""
        text = row.get(column, "")
        if not text:
            return text
        known = self.of(table, column, row)
        if text in known:
            return text
        plain = casefold_vi(text)
        found = [code for code, word in known.items() if casefold_vi(word) == plain]
        if found:
            return found[0]
        if table == "adoption" and column == "value" and row.get("what") == "first_report":
            return canonical(TABLES["adoption"]["valid_from"], text)
        return text

    def choices(self, table: str, column: str) -> tuple[str, ...]:
        """Return all words that a column may have, for a drop-down list."""
        if f"{table}.{column}" == "adoption.value":
            return (*self._all.values(), *_FLAGS.values())
        if f"{table}.{column}" == "answer.option":
            every = (word for known in self._options.values() for word in known.values())
            return tuple(dict.fromkeys(every))
        return tuple(self.of(table, column, {}).values())


def _unique(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Return for each code its first word that no other code has; else the code itself."""
    named = list(named)
    owners: dict[str, set[str]] = {}
    for code, candidates in named:
        for word in candidates:
            owners.setdefault(casefold_vi(word), set()).add(code)
    return {
        code: next((word for word in candidates if len(owners[casefold_vi(word)]) == 1), code)
        for code, candidates in named
    }
