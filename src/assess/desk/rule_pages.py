"""*Quy định* and *Kiểm tra*: rule sets line by line; what to inspect first, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.desk.handlers import DeskHandler
from assess.desk.names import natural
from assess.records.adoption import Adoptions
from assess.records.words import INSPECTION_KINDS
from assess.rules import catalogue
from assess.rules.facts import FACTS
from assess.rules.in_words import in_words
from assess.rules.model import LINE_QUESTIONS
from assess.rules.parts import FIDELITIES
from assess.scoring import score
from assess.studies.inspection.choose import PlanOptions, inspection_plan
from assess.studies.signals import SIGNALS, signals

if TYPE_CHECKING:
    import datetime as dt

    from assess.desk.office import Office
    from assess.rules import RuleSet
    from assess.rules.model import Criterion

_PATIENCE = 3.0
"""Seconds until a page says that it is still working something out."""
_KINDS = {
    "levels": "chọn mức điểm",
    "yes_no": "có hoặc không",
    "points": "ghi số điểm",
    "deduct": "trừ điểm",
    "mark": "đạt hoặc không đạt",
}


class RulesPage(DeskHandler):
    """The rule sets: those in use first."""

    section = "quy-dinh"

    async def get(self) -> None:
        """List them; where a single one is in use, open it."""
        office = self.desk.office
        used = await self.away(_used, office)
        rules = await self.away(lambda: dict(office.rules))
        annual = await self.away(lambda: list(office.rules.annual.values()))
        await self.page(
            "quy-dinh.html",
            used=[(rules[name], many) for name, many in used if name in rules],
            other=[each for name, each in rules.items() if name not in dict(used)],
            annual=annual,
        )


def _used(office: Office) -> list[tuple[str, int]]:
    """Return the rule sets in use today, each with the number of chi bộ, the most used first."""
    store, tree, home = office.store, office.tree, office.home()
    if store is None or tree is None or not home:
        return []
    adoptions = Adoptions(tree, store.tables(("adoption",))["adoption"])
    found: dict[str, int] = {}
    for chi_bo in tree.chi_bo_under(home, office.today):
        for what in ("rule_set", "thematic_rule_set"):
            name = adoptions.on(chi_bo, what, office.today)
            if name:
                found[name] = found.get(name, 0) + 1
    return sorted(found.items(), key=lambda pair: -pair[1])


class RulePage(DeskHandler):
    """A rule set: how sure we are of it, its classes, its lines, its unclear places."""

    section = "quy-dinh"

    async def get(self, name: str) -> None:
        """Show it."""
        office = self.desk.office
        rules = await self.away(lambda: office.rules.get(name))
        if rules is None:
            raise web.HTTPError(404)
        answers = await self.away(_answers, office, name)
        await self.page(
            "quy-dinh-bieu.html",
            rules=rules,
            fidelity=FIDELITIES[rules.fidelity],
            sure=rules.fidelity == "official",
            used=dict(await self.away(_used, office)).get(name, 0),
            bands=[(band.title, in_words(band)) for band in reversed(rules.bands)],
            groups=[
                (
                    group,
                    [
                        (line, _how(line), rules.clause(line.cite), len(_questions(line)))
                        for line in group.criteria
                    ],
                )
                for group in rules.groups
            ],
            unclear=[_unclear(rules, asked, answers) for asked in rules.questions],
        )


def _answers(office: Office, name: str) -> dict[str, tuple[str, str]]:
    store = office.store
    if store is None:
        return {}
    rows = store.tables(("answer",))["answer"]
    mine = rows[rows["rule_set_id"] == name]
    return {row.question: (row.option, row.citation) for row in mine.itertuples(index=False)}


def _how(line: Criterion) -> str:
    said = _KINDS[line.kind]
    if line.fact in FACTS:
        said += f", theo {FACTS[line.fact].label}"
    if line.applies_when is not None:
        said += "; có tháng không áp dụng"
    return said


def _questions(line: Criterion) -> list[str]:
    named = [getattr(line, name) for name in LINE_QUESTIONS]
    named += [each.question for each in (*line.gaps, *line.overlaps)]
    named += [each.question for each in line.overrides]
    if line.otherwise is not None:
        named.append(line.otherwise.question)
    return list(dict.fromkeys(name for name in named if name))


def _unclear(rules: RuleSet, asked: Any, answers: dict[str, tuple[str, str]]) -> dict[str, Any]:
    question = catalogue()[asked.id]
    answered = answers.get(asked.id)
    used = answered[0] if answered else asked.default or question.default
    return {
        "title": question.title,
        "why": asked.why,
        "clause": rules.clause(asked.cite),
        "options": [(option.title, option.id == used) for option in question.options],
        "from": f"theo {answered[1]}" if answered else "cấp trên chưa trả lời",
    }


class InspectionPage(DeskHandler):
    """Which chi bộ to inspect first and why; findings that are still open."""

    section = "kiem-tra"

    async def get(self) -> None:
        """Show them."""
        office = self.desk.office
        year = self.year
        ready = await self.away(lambda: office.has_units and office.has_rules)
        if not ready or year > office.today.year:
            await self.page("kiem-tra-chua.html", year=year)
            return
        making = asyncio.ensure_future(self.away(_inspections, office, year))
        done, _ = await asyncio.wait({making}, timeout=_PATIENCE)
        if not done:  # a province: it goes on while the page asks again
            await self.page("dang-tinh.html", title=f"Kiểm tra, theo số liệu năm {year}")
            return
        plan, open_findings = making.result()
        await self.page(
            "kiem-tra.html", year=year, plan=plan, open_findings=open_findings, today=office.today
        )


def _inspections(office: Office, year: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return office.once("kiem-tra", lambda: (_plan(office, year), _open_findings(office)), year)


def _plan(office: Office, year: int) -> list[dict[str, Any]]:
    made = office.slice_of(year)
    if made is None:
        return []
    scores = score(made)
    sightings = signals(made, scores)
    titles = {signal.id: signal.title for signal in SIGNALS}
    seen: dict[str, list[str]] = {}
    for row in sightings.itertuples(index=False):
        seen.setdefault(row.unit_id, []).append(f"{titles[row.signal_id]}: {row.text}")
    return [
        {
            "chi_bo": row.chi_bo_id,
            "name": made.tree.name_on(row.chi_bo_id, office.today),
            "order": int(row.order),
            "why": row.why,
            "last": None if row.last != row.last else row.last.date(),
            "signals": seen.get(row.chi_bo_id, []),
        }
        for row in inspection_plan(made, scores, PlanOptions(), sightings=sightings).itertuples(
            index=False
        )
    ]


def _open_findings(office: Office) -> list[dict[str, Any]]:
    store = office.store
    if store is None:
        return []
    rows, tree = store.tables(("inspection",))["inspection"], store.tree
    found = []
    for row in rows.itertuples(index=False):
        if (
            row.recommendation != row.recommendation
            or row.recommendation is None
            or row.remedied_on == row.remedied_on
        ):
            continue
        due: dt.date | None = None if row.remedy_by != row.remedy_by else row.remedy_by.date()
        found.append(
            {
                "name": tree.name_on(row.chi_bo_id, office.today),
                "kind": INSPECTION_KINDS[row.form],
                "on": None if row.inspected_on != row.inspected_on else row.inspected_on.date(),
                "recommendation": row.recommendation,
                "due": due,
                "late": due is not None and due < office.today,
            }
        )
    return sorted(
        found,
        key=lambda each: (each["due"] is None, each["due"] or office.today, natural(each["name"])),
    )


PAGES: tuple[tuple[str, Any], ...] = (
    (r"/quy-dinh", RulesPage),
    (r"/quy-dinh/([^/]+)", RulePage),
    (r"/kiem-tra", InspectionPage),
)
