"""Rule sets, annual instruments and differences of rule sets, as text for keepers of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.numbers import day, points
from assess.rules import FIDELITIES, choose, resolve
from assess.rules.facts import ANNUAL_FACTS
from assess.rules.in_words import in_words
from assess.rules.year import YEAR_TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assess.rule_tools.diff import ClauseChange
    from assess.rules import AnnualRules, Chosen, RuleSet
    from assess.rules.annual import AnnualCondition
    from assess.rules.parts import YearTest


def one_line(rules: RuleSet | AnnualRules) -> str:
    """Return a rule set in one line: its id, its days, its title and how sure it is."""
    until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
    fidelity = FIDELITIES[rules.fidelity]
    return f"{rules.id}  từ {day(rules.valid_from)}{until}  {rules.title}  [{fidelity}]"


def rule_set_lines(rules: RuleSet) -> Iterator[str]:
    """Yield a rule set as lines: its criteria, levels, classes and questions, with clauses."""
    until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
    kind = " Dùng cho sinh hoạt chuyên đề." if rules.meeting == "chuyen_de" else ""
    inferred = "" if rules.dates_known else " (mốc suy ra, không rõ ngày của văn bản)"
    since = f"Dùng được từ {day(rules.valid_from)}{until}{inferred}.{kind}"
    yield f"{rules.title}\nBan hành: {rules.issuer}. {since}"
    yield f"Độ tin cậy: {FIDELITIES[rules.fidelity]}. {rules.note}\n"
    for group in rules.groups:
        yield f"{group.title} ({points(group.max)})" if group.max else group.title
        for criterion in group.criteria:
            worth = "đạt" if criterion.kind == "mark" else points(criterion.max)
            clause = rules.clause(criterion.cite)
            yield f"  {criterion.id:<16} {worth:>4}  {criterion.title}  [{clause}]"
            for level in criterion.levels:
                yield f"  {'':<16} {points(level.points):>4}    · {level.title}"
    if rules.outcome is not None:
        best, other = rules.outcome.all_met.title, rules.outcome.otherwise.title
        yield f"\nXếp loại: {best} khi đạt mọi tiêu chí áp dụng; không thì {other}"
    else:
        yield "\nXếp loại: " + "; ".join(f"{b.title} {in_words(b)}".strip() for b in rules.bands)
    for condition in rules.gates:
        held = rules.class_title(condition.holds)
        yield f"Điều kiện của mức {held}: {condition.title} [{rules.clause(condition.cite)}]"
    for year in rules.year:
        end = "" if year.complete else "; … (nguồn bị cắt)"
        tests = "; ".join(year_test_in_words(rules, test) for test in year.tests)
        yield f"Cả năm {year.title}: {tests}{end} [{rules.clause(year.cite)}]"
    yield "\nCâu hỏi và cách hiểu mặc định:"
    for chosen in resolve(rules, {}).values():
        only_facts = "; chỉ tác động khi tính lại từ số liệu" if chosen.question.facts else ""
        yield f"{_question(chosen)}{only_facts}"
        if chosen.why:
            yield f"    {chosen.why} [{chosen.clause}]"


def annual_lines(rules: AnnualRules) -> Iterator[str]:
    """Yield the rules of an annual class as lines."""
    until = f" đến {day(rules.valid_to)}" if rules.valid_to else ""
    yield f"{rules.title}\nBan hành: {rules.issuer}. Có hiệu lực từ {day(rules.valid_from)}{until}."
    yield f"Độ tin cậy: {FIDELITIES[rules.fidelity]}. {rules.note}\n"
    for part in rules.parts:
        yield f"{part.title} ({points(part.max)})  [{rules.clause(part.cite)}]"
    for found in rules.classes:
        bound = f": {in_words(found)} điểm" if rules.total else ""
        known = "" if found.complete else " (điều kiện chưa tìm thấy)"
        yield f"{found.title}{bound}{known}  [{rules.clause(found.cite)}]"
        yield from (f"    · {_condition(condition)}" for condition in found.conditions)
    for case in rules.listed:
        lowest = "Mức thấp nhất, dù bao nhiêu điểm"
        yield f"{lowest}: {case.id:<18} {case.title}  [{rules.clause(case.cite)}]"
    if rules.cap is not None:
        cap = rules.cap
        more = f", đến {cap.up_to}% khi được quyết định" if cap.up_to else ""
        best, of = rules.class_of(cap.best).title, rules.class_of(cap.of).title.lower()
        clause = rules.clause(cap.cite)
        yield f"Trần: {best} không quá {cap.percent}% số {of}{more}  [{clause}]"
    for raised in rules.questions:
        chosen = choose(raised.id, {}, rules)
        yield f"{_question(chosen)}\n    {chosen.why} [{chosen.clause}]"


def year_test_in_words(rules: RuleSet, test: YearTest) -> str:
    """Return a test of the year and its bound."""
    named = " hoặc ".join(rules.class_title(c) for c in test.classes)
    bound = in_words(test, ratio=test.of == "share_classed")
    return " ".join(part for part in (YEAR_TESTS[test.of], named, bound) if part)


def change_lines(old: RuleSet, new: RuleSet, found: Sequence[ClauseChange]) -> Iterator[str]:
    """Yield what differs between two rule sets as lines."""
    yield f"{old.id} → {new.id}: {len(found)} chỗ khác nhau"
    if not {c.id for c in old.criteria} & {c.id for c in new.criteria}:
        yield "Hai bộ không có dòng nào cùng mã, nên mọi dòng được kể là bỏ đi hoặc thêm mới."
    for change in found:
        yield f"  {change.title} ({change.key})"
        yield f"    cũ:  {change.before or 'không có'}"
        yield f"    mới: {change.after or 'không có'}  [{change.clause}]"


def _question(chosen: Chosen) -> str:
    """A question, the reading in use and the others."""
    question, option = chosen.question, chosen.option
    others = "; ".join(f"{o.id} ({o.title})" for o in question.options if o.id != option.id)
    return f"  {question.id} = {option.id} ({option.title}); khác: {others}"


def _condition(condition: AnnualCondition) -> str:
    if condition.is_ is not None:
        return condition.title
    fact = ANNUAL_FACTS[condition.fact]
    bound = in_words(condition, ratio=fact.kind == "ratio")
    return f"{condition.title} ({fact.label} {bound})"
