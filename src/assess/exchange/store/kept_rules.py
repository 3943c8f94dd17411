"""The rule files that the records were scored by: named in the chain, kept by digest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.text import nearest
from assess.exchange.store.chain import CORRECTION
from assess.records.adoption import RULES_ADOPTED
from assess.rules import Correction, KeptRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assess.exchange.store.chain import Link
    from assess.exchange.store.originals import Originals
    from assess.rules import RuleBook

RULES = "rules"
"""The key of a link's ``about`` that has the digests of rule files, by ``rules/ID``."""
RULE_HISTORY = "rule_history"
"""The key of a take-over's ``about`` with the versions that the sender had: moment, digest, day."""
_AT_SENDER = "theo đính chính của nơi gửi số liệu"
ANNUAL, FORMS = "annual/", "rules/"
"""What stands before the id of rules of the annual class, and of other rule sets."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule file from a batch on; ``correction`` where it took the place of another."""

    annual: bool
    digest: str
    number: int
    moment: dt.datetime
    correction: Correction | None


def versions(links: Sequence[Link]) -> dict[str, list[RuleVersion]]:
    """Return the versions of each rule file that was used, in order."""
    found: dict[str, list[RuleVersion]] = {}
    for link in links:
        told = link.about.get(RULE_HISTORY, {}) if link.link else {}
        for name, several in told.items():
            for moment, digest, day in several:
                correction = Correction(dt.date.fromisoformat(day), _AT_SENDER) if day else None
                at = dt.datetime.fromisoformat(moment)
                version = RuleVersion(name.startswith(ANNUAL), digest, link.number, at, correction)
                found.setdefault(name.partition("/")[2], []).append(version)
        for name, digest in (link.about.get(RULES, {}) if link.link else {}).items():
            corrects = link.kind == CORRECTION
            correction = Correction(link.moment.date(), link.reason) if corrects else None
            version = RuleVersion(
                name.startswith(ANNUAL), digest, link.number, link.moment, correction
            )
            found.setdefault(name.partition("/")[2], []).append(version)
    return found


def rules_used(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[str]:
    """Return the ids of the rule sets that rows adopt, are scored on or answer questions about."""
    adopted = (row.get("value") for row in rows.get("adoption", ()) if row["what"] in RULES_ADOPTED)
    about = (row.get("rule_set_id") for name in ("sheet", "answer") for row in rows.get(name, ()))
    return {rule_id for rule_id in (*adopted, *about) if rule_id}


def kept_digests(links: Sequence[Link]) -> set[str]:
    """Return the digests of all rule files that were ever used."""
    return {version.digest for several in versions(links).values() for version in several}


def names_of(rules: RuleBook, rule_ids: Iterable[str]) -> dict[str, str]:
    """Return ``rules/ID`` and the text of those rules that a book has."""
    return {
        f"{ANNUAL if rule_id in rules.annual else FORMS}{rule_id}": rules.texts[rule_id]
        for rule_id in sorted(rule_ids)
        if rule_id in rules.texts
    }


def kept_rules(
    links: Sequence[Link], originals: Originals, as_of: dt.datetime
) -> dict[str, KeptRules]:
    """Return the rule files in use at a moment; of before the first, the first one.

    Raise :class:`~assess.base.errors.InputError` where a file is gone or is not as it was.
    """
    found = {}
    for rule_id, several in versions(links).items():
        known = [version for version in several if version.moment <= as_of]
        version = known[-1] if known else several[0]
        path = originals.find(version.digest)
        if path is None:
            raise input_error("rules-gone", f"{rule_id}.yaml", found=version.digest[:16])
        text = path.read_text(encoding="utf-8")
        if digests.of_text(text) != version.digest:
            raise input_error("rules-gone", str(path), found=version.digest[:16])
        found[rule_id] = KeptRules(text, version.annual, version.correction)
    return found


def check_correction(kept: Mapping[str, KeptRules], rules: RuleBook, rule_id: str) -> None:
    """Raise ``InputError`` for rules that nothing on record uses, and a file that is as it was."""
    if rule_id not in kept:
        near = nearest(rule_id, kept)
        raise input_error("rules-not-used", rule_id, allowed=kept, hint=near, found=rule_id)
    if rule_id not in rules.texts:
        raise input_error("unknown-rule-set", "params", allowed=tuple(rules.texts), found=rule_id)
    if rules.texts[rule_id] == kept[rule_id].text:
        raise input_error("rules-as-used", f"{rule_id}.yaml")
