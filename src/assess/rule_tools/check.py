"""Check rule sets: load and prove each, and run the worked cases beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError
from assess.rule_tools.annual_cases import run_annual_cases
from assess.rule_tools.case_file import cases_path
from assess.rule_tools.cases import run_cases
from assess.rules import load_rule_set, parse_annual_rules, rule_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """The result of a check.

    ``passed``: by id of each sound rule set, the number of its worked cases; None where it has no
    file of cases. ``findings``: everything that is wrong, in the order of the files.
    """

    passed: Mapping[str, int | None]
    findings: tuple[Finding, ...]

    @property
    def without_cases(self) -> tuple[str, ...]:
        """The rule sets that no worked case proves."""
        return tuple(rule_id for rule_id, cases in self.passed.items() if cases is None)


def check_rules(rules_folder: Path, annual_folder: Path | None = None) -> RuleCheck:
    """Check every rule set of a folder, and the annual instruments of another one."""
    passed: dict[str, int | None] = {}
    findings: list[Finding] = []

    for path in rule_files(rules_folder):
        try:
            rules, cases = load_rule_set(path), cases_path(path)
            passed[rules.id] = run_cases(rules, cases) if cases.exists() else None
        except InputError as error:
            findings.extend(error.findings)
    annual_files = rule_files(annual_folder) if annual_folder and annual_folder.is_dir() else ()
    for path in annual_files:
        try:
            annual, cases = parse_annual_rules(None, path), cases_path(path)
            passed[annual.id] = run_annual_cases(annual, cases) if cases.exists() else None
        except InputError as error:
            findings.extend(error.findings)
    return RuleCheck(passed, tuple(findings))
