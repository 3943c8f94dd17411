"""Checks that reject a slice: of its adoptions, the criteria of its lines, and its annual files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.errors import Finding, InputError, Place
from assess.base.text import nearest
from assess.records.adoption import MEETINGS_SCORED
from assess.rules import catalogue
from assess.rules.readings import answerable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assess.rules import RuleBook


def check_adoption(adoption: pd.DataFrame, rules: RuleBook) -> None:
    """Check that adopted rules are known, score the right kind of meeting and are in force."""
    findings = []
    for row in adoption[adoption["what"] == "annual_rules"].itertuples(index=False):
        place = Place("adoption.csv", 0, 0, f"{row.unit_id}, từ {numbers.day(row.valid_from)}")
        if row.value not in rules.annual:
            facts = {"found": row.value}
            findings.append(
                Finding(
                    "unknown-rule-set",
                    place,
                    facts,
                    tuple(rules.annual),
                    nearest(row.value, rules.annual),
                )
            )
        elif row.valid_from.date() < rules.annual[row.value].valid_from:
            facts = {"found": row.value, "start": rules.annual[row.value].valid_from}
            findings.append(Finding("adoption-too-early", place, facts))
    for row in adoption[adoption["what"].isin(MEETINGS_SCORED)].itertuples(index=False):
        place = Place("adoption.csv", 0, 0, f"{row.unit_id}, từ {numbers.day(row.valid_from)}")
        if row.value not in rules:
            findings.append(
                Finding(
                    "unknown-rule-set",
                    place,
                    {"found": row.value},
                    tuple(rules),
                    nearest(row.value, rules),
                )
            )
        elif rules[row.value].meeting != MEETINGS_SCORED[row.what]:
            fitting = tuple(r.id for r in rules.values() if r.meeting == MEETINGS_SCORED[row.what])
            findings.append(
                Finding("adoption-kind", place, {"found": row.value, "what": row.what}, fitting)
            )
        elif row.valid_from.date() < rules[row.value].valid_from:
            facts = {"found": row.value, "start": rules[row.value].valid_from}
            findings.append(Finding("adoption-too-early", place, facts))
    if findings:
        raise InputError(findings)


def check_answers(answers: pd.DataFrame, rules: RuleBook) -> None:
    """Check that each answer is about known rules, in force, and a question that they raise."""
    units, days = answers["unit_id"].tolist(), answers["valid_from"].tolist()
    findings = answer_findings(
        answers,
        rules,
        lambda row, _: Place("answer.csv", 0, 0, f"{units[row]}, từ {numbers.day(days[row])}"),
    )
    if findings:
        raise InputError(findings)


def answer_findings(
    answers: pd.DataFrame, rules: RuleBook, place_of: Callable[[int, str], Place]
) -> list[Finding]:
    """Return what is wrong with answers; ``place_of`` gives the place of a row and column."""
    findings = []
    for number, row in enumerate(answers.itertuples(index=False)):
        of = rules.annual.get(row.rule_set_id) or rules.get(row.rule_set_id)
        if of is None:
            known = (*rules, *rules.annual)
            facts = {"found": row.rule_set_id}
            near = nearest(row.rule_set_id, known)
            place = place_of(number, "rule_set_id")
            findings.append(Finding("unknown-rule-set", place, facts, known, near))
        elif row.question not in (open_to_answer := answerable(of)):
            facts = {"found": row.question, "rules": of.short}
            near = nearest(row.question, open_to_answer)
            place = place_of(number, "question")
            findings.append(Finding("answer-not-asked", place, facts, open_to_answer, near))
        elif row.option not in (options := _options(row.question)):
            place, near = place_of(number, "option"), nearest(row.option, options)
            findings.append(Finding("unknown-option", place, {"found": row.option}, options, near))
        elif row.valid_from.date() < of.valid_from:
            facts = {"found": row.rule_set_id, "start": of.valid_from}
            place = place_of(number, "valid_from")
            findings.append(Finding("adoption-too-early", place, facts))
    return findings


def _options(question: str) -> tuple[str, ...]:
    return tuple(option.id for option in catalogue()[question].options)


def check_criteria(sheets: pd.DataFrame, lines: pd.DataFrame, rules: RuleBook) -> None:
    """Check that every line names a criterion of the rule set that its sheet was scored on."""
    form = lines["sheet_id"].map(sheets.set_index("sheet_id")["rule_set_id"])
    named = (
        pd.DataFrame({"form": form, "criterion_id": lines["criterion_id"]})
        .drop_duplicates()
        .dropna()
    )
    own = {
        rule_id: {criterion.id for criterion in rules[rule_id].criteria}
        for rule_id in set(named["form"])
        if rule_id in rules
    }
    if all(
        name in own[rule_id] for rule_id, name in named.itertuples(index=False) if rule_id in own
    ):
        return
    findings = []
    for rule_id, theirs in lines.groupby(form):
        if rule_id not in rules:
            continue
        names = [criterion.id for criterion in rules[rule_id].criteria]
        for sheet_id, found in theirs.loc[
            ~theirs["criterion_id"].isin(names), ["sheet_id", "criterion_id"]
        ].itertuples(index=False):
            place = Place("line.csv", 0, 0, f"phiếu {sheet_id}, cột criterion_id")
            findings.append(
                Finding(
                    "criterion-not-in-form",
                    place,
                    {"form": rule_id, "found": found},
                    hint=nearest(found, names),
                )
            )
    raise InputError(findings)


def check_annual(tables: Mapping[str, pd.DataFrame], rules: RuleBook, used: Sequence[str]) -> None:
    """Check that annual files name only listed cases and that no adopted cap is too high."""
    annual = next((rules.annual[r] for r in used if r in rules.annual), None)
    if annual is None:
        return
    known = [case.id for case in annual.listed]
    findings = []
    for unit_id, found in (
        tables["annual"][["unit_id", "listed_case"]].dropna().itertuples(index=False)
    ):
        if known and found not in known:
            place = Place("annual.csv", 0, 0, f"{unit_id}, cột listed_case")
            findings.append(
                Finding(
                    "unknown-case",
                    place,
                    {"found": found, "rules": annual.short},
                    tuple(known),
                    nearest(found, known),
                )
            )
    adoption = tables["adoption"]
    for row in adoption[adoption["what"] == "cap_percent"].itertuples(index=False):
        highest = (annual.cap.up_to or annual.cap.percent) if annual.cap is not None else 0
        if highest and int(row.value) > highest:
            place = Place("adoption.csv", 0, 0, f"{row.unit_id}, từ {numbers.day(row.valid_from)}")
            findings.append(
                Finding(
                    "cap-over",
                    place,
                    {"found": row.value, "wanted": highest, "rules": annual.short},
                )
            )
    if findings:
        raise InputError(findings)
