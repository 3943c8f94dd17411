"""Load and prove rule files: one file, or a folder of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError, input_error
from assess.base.short_repr import Shown
from assess.base.text import nearest
from assess.rules.annual import AnnualRules
from assess.rules.model import RuleSet
from assess.rules.prove_annual import prove_annual
from assess.rules.prove_rule_set import prove

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from assess.base.marked_yaml import Marked


def load_rule_set(path: Path) -> RuleSet:
    """Parse and prove one rule set.

    Raise :class:`~assess.base.errors.InputError` with every finding at ``file:line:column``:
    unknown or duplicate keys, missing citations, wrong sums, gaps, overlaps, unreachable levels,
    unknown facts and questions.

    >>> rules = load_rule_set(workspace_rules / "an-phu-hd42.yaml")
    >>> len(rules.criteria), rules.fidelity
    (28, 'third-party-copy')
    """
    return parse_rule_set(None, path)


def parse_rule_set(text: str | None, path: Path) -> RuleSet:
    """Parse and prove a rule set from ``text``, or from ``path``; ``path`` also names the text."""
    return _parse(RuleSet, prove, text, path)


def parse_annual_rules(text: str | None, path: Path) -> AnnualRules:
    """Parse and prove rules of an annual class, with arguments as in :func:`parse_rule_set`."""
    return _parse(AnnualRules, prove_annual, text, path)


_R = TypeVar("_R", RuleSet, AnnualRules)

_PROVED: dict[tuple[type, str, str], RuleSet | AnnualRules] = {}
"""Rules already proved in this process, by kind, id and text: batches repeat the same few texts."""
_KEPT = 64


def _parse(
    model: type[_R], prover: Callable[[_R, Marked], list[Finding]], text: str | None, path: Path
) -> _R:
    stem = path.name.removesuffix(".yaml")
    text = marked_yaml.read_text(path) if text is None else text
    known = _PROVED.get((model, stem, text))
    if isinstance(known, model):
        return known
    rules = _proved(model, prover, text, path, stem)
    if len(_PROVED) >= _KEPT:
        _PROVED.clear()
    _PROVED[model, stem, text] = rules
    return rules


def _proved(
    model: type[_R], prover: Callable[[_R, Marked], list[Finding]], text: str, path: Path, stem: str
) -> _R:
    marked = marked_yaml.parse(text, str(path))
    rules = schema.validate(model, marked)
    findings = prover(rules, marked)
    if rules.id != stem:
        findings.append(
            Finding(
                "id-is-not-file-name", marked.place(("id",)), {"found": rules.id, "wanted": stem}
            )
        )
    if findings:
        raise InputError(findings)
    return rules


def rule_files(folder: Path) -> list[Path]:
    """Return the rule files of a folder sorted by name, without the files of worked cases."""
    if not folder.is_dir():
        raise input_error("no-folder", str(folder))
    return sorted(p for p in folder.glob("*.yaml") if not p.name.endswith(".cases.yaml"))


@dataclass(frozen=True, slots=True)
class Correction:
    """On which day a rule file that was in use was corrected, and why."""

    day: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class KeptRules:
    """The text of a rule file as it was used; ``correction`` where it replaced another.

    ``annual``: the file has rules of the annual class.
    """

    text: str
    annual: bool
    correction: Correction | None = None


@dataclass(frozen=True, repr=False)
class RuleBook(Shown, Mapping[str, RuleSet]):
    """Rule sets by id, with the rules of the annual class and the source texts of both.

    ``corrections`` has the rules, by id, that took the place of a file that was in use.
    """

    sets: Mapping[str, RuleSet]
    texts: Mapping[str, str]
    annual: Mapping[str, AnnualRules] = field(default_factory=dict)
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    def _facts(self) -> dict[str, object]:
        return {"rule_sets": ", ".join(self.sets), "annual": ", ".join(self.annual) or "none"}

    def __getitem__(self, rule_set_id: str) -> RuleSet:
        """Return one rule set."""
        return self.sets[rule_set_id]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids in the order of the files."""
        return iter(self.sets)

    def __len__(self) -> int:
        """Return the number of rule sets."""
        return len(self.sets)


def load_rule_sets(folder: Path, annual_folder: Path | None = None) -> RuleBook:
    """Load and prove all rules of both folders; raise the findings of all files together."""
    found: dict[str, RuleSet] = {}
    annual: dict[str, AnnualRules] = {}
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for path in (
        rule_files(annual_folder) if annual_folder is not None and annual_folder.is_dir() else ()
    ):
        try:
            annual_rules = parse_annual_rules(None, path)
        except InputError as error:
            findings.extend(error.findings)
        else:
            annual[annual_rules.id] = annual_rules
            texts[annual_rules.id] = path.read_text(encoding="utf-8-sig")
    for path in rule_files(folder):
        try:
            rules = load_rule_set(path)
        except InputError as error:
            findings.extend(error.findings)
        else:
            found[rules.id] = rules
            texts[rules.id] = path.read_text(encoding="utf-8-sig")
    if findings:
        raise InputError(findings)
    return RuleBook(found, texts, annual)


def as_used(book: RuleBook, kept: Mapping[str, KeptRules]) -> RuleBook:
    """Return a rule book in which the files that were used stand as they were used, by id."""
    sets, annual, texts = dict(book.sets), dict(book.annual), dict(book.texts)
    for rule_id, found in kept.items():
        if texts.get(rule_id) == found.text:
            continue
        texts[rule_id] = found.text
        path = Path(f"{rule_id}.yaml")
        if found.annual:
            annual[rule_id] = parse_annual_rules(found.text, path)
        else:
            sets[rule_id] = parse_rule_set(found.text, path)
    corrections = {r: found.correction for r, found in kept.items() if found.correction}
    return RuleBook(sets, texts, annual, corrections)


def pick(rule_sets: Mapping[str, RuleSet], rule_set_id: str) -> RuleSet:
    """Return one rule set by id; raise ``InputError`` with the nearest id if it is unknown."""
    if rule_set_id not in rule_sets:
        names = tuple(rule_sets)
        raise input_error(
            "unknown-rule-set",
            "rule_set",
            allowed=names,
            hint=nearest(rule_set_id, names),
            found=rule_set_id,
        )
    return rule_sets[rule_set_id]
