"""What the proofs about a rule set share: the failures found, and checks of names and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding
from assess.base.text import nearest
from assess.rules.facts import FACTS
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.model import Criterion, RuleSet


class RuleSetProof:
    """The failures found in a rule set, each at its place in the file."""

    def __init__(self, rules: RuleSet, marked: Marked) -> None:
        """Start without failures; ``marked`` is the file that ``rules`` were read from."""
        self.rules = rules
        self.marked = marked
        self.findings: list[Finding] = []

    def add(
        self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any
    ) -> None:
        """Report a failure at a position in the file, with the clause of the line that it is in."""
        clause = ""
        if path[:1] == ("groups",) and len(path) >= 4 and path[2] == "criteria":
            group, index = int(path[1]), int(path[3])
            cite = self.rules.groups[group].criteria[index].cite
            clause = self.rules.clause(cite) if cite.source in self.rules.sources else ""
        self.findings.append(
            Finding(code, self.marked.place(path), dict(facts), tuple(allowed), hint, clause)
        )

    def known(self, code: str, path: Path_, name: str, names: Iterable[str]) -> bool:
        """Return whether a name is one of ``names``, and report it if not."""
        names = tuple(names)
        if name in names:
            return True
        self.add(code, path, names, nearest(name, names), found=name)
        return False

    def each_criterion(self) -> Iterator[tuple[Path_, Criterion]]:
        """Yield every line with its position in the file."""
        for g, group in enumerate(self.rules.groups):
            for c, criterion in enumerate(group.criteria):
                yield ("groups", g, "criteria", c), criterion

    def unique(self, named: Sequence[tuple[Path_, str]]) -> None:
        """Check that no name stands twice among some, given with their positions."""
        seen: dict[str, Path_] = {}
        for path, name in named:
            if name in seen:
                self.add("duplicate-id", path, found=name, line=self.marked.place(seen[name]).line)
            seen.setdefault(name, path)

    def question(self, path: Path_, question_id: str, role: str, fact: str | None = None) -> None:
        """Check that a clause's question exists, has the right role and fact, and is raised."""
        if not self.known("unknown-question", path, question_id, catalogue()):
            return
        if catalogue()[question_id].role != role:
            fitting = [q.id for q in catalogue().values() if q.role == role]
            self.add("question-role", path, fitting, found=question_id)
            return
        about = catalogue()[question_id].fact
        if about is not None and fact is not None and about != fact and fact in FACTS:
            self.add(
                "question-other-fact",
                path,
                found=question_id,
                wanted=FACTS[about].label,
                fact=FACTS[fact].label,
            )
        raised = [q.id for q in self.rules.questions]
        if question_id not in raised and not catalogue()[question_id].common:
            self.add("question-not-raised", path, raised, found=question_id)
