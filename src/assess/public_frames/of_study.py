"""The frames of ``Study``; what a case, a combination and a share are stands at the class."""

from __future__ import annotations

from assess.public_frames.column import PublicFrame, integer, number, text

_CASE = text("the case: id of the meeting, or of the chi bộ")
_CLASS = text("id of a class, or the state without one")
_SHARE = "the combinations that give that class"
_VERDICT = text("robust, fragile or contested; empty where no combination gives a class")
_QUESTION = text("the question")
_OPTION = text("one of its options")

STUDY: dict[str, PublicFrame] = {
    "cases": PublicFrame(
        "a case",
        {
            "case_id": _CASE,
            "chi_bo_id": text("the chi bộ"),
            "period": text("the month of the meeting, or the period as written"),
            "rule_set_id": text("the rule set that is applied; missing where none is"),
            "class_id": text("id of the class under the readings in use, or the state without one"),
            "points": number(
                "points under the readings in use, of a period the mean; missing without",
                "points of 100",
            ),
            "low": number("lowest points over all combinations", "points of 100"),
            "high": number("highest points over all combinations", "points of 100"),
            "share": number(_SHARE, "ratio"),
            "verdict": _VERDICT,
            "touching": integer("questions that change anything of it", "questions"),
            "different": integer("its different results", "results"),
            "flips": integer(
                "fewest readings that change its class; 0 where none does", "questions"
            ),
            "spare": number(
                "what its total could lose and keep the class; of meetings only", "points"
            ),
            "short": number(
                "what its total lacks for the next better class; of meetings only", "points"
            ),
        },
    ),
    "acceptability": PublicFrame(
        "a case and a class that some combination gives it",
        {"case_id": _CASE, "class_id": _CLASS, "share": number(_SHARE, "ratio")},
    ),
    "flips": PublicFrame(
        "a case and a smallest set of questions that change its class, read otherwise alone",
        {
            "case_id": _CASE,
            "questions": text("ids of the questions, joined by +"),
            "size": integer("how many they are", "questions"),
            "reached": text("ids of the classes reached, joined by a comma"),
        },
    ),
    "questions": PublicFrame(
        "a question",
        {
            "question_id": _QUESTION,
            "options": integer("its options that differ", "options"),
            "touched": integer("cases of which it changes anything", "cases"),
            "class_moves": integer(
                "cases whose class it changes under some other readings", "cases"
            ),
            "alone": integer("chi bộ in which it changes a class by itself", "chi bộ"),
            "together": integer("chi bộ in which it does so only with others", "chi bộ"),
            "mean_change": number(
                "mean change of the points of the cases it touches", "points of 100"
            ),
            "first": number("Sobol's first index of the points", "ratio"),
            "total": number("Sobol's total index of the points", "ratio"),
            "class_first": number("Sobol's first index of the class", "ratio"),
            "class_total": number("Sobol's total index of the class", "ratio"),
        },
    ),
    "by_way": PublicFrame(
        "of a period: a case and an option of period_class, as if it were in use",
        {
            "case_id": _CASE,
            "option": text("the option of period_class"),
            "class_id": _CLASS,
            "share": number(_SHARE, "ratio"),
            "verdict": _VERDICT,
        },
    ),
    "alone": PublicFrame(
        "a question and an option, the only reading that is replaced",
        {
            "question_id": _QUESTION,
            "option": _OPTION,
            "in_use": integer(
                "cases touched by the question where it is the reading in use", "cases"
            ),
            "changed": integer("cases whose class changes", "cases"),
            "chi_bo": integer("chi bộ with such cases", "chi bộ"),
            "points": number(
                "mean difference of the points, where both are known", "points of 100"
            ),
        },
    ),
    "alone_cases": PublicFrame(
        "one of the cases of changed in Study.alone",
        {"question_id": _QUESTION, "option": _OPTION, "case_id": _CASE},
    ),
    "pairs": PublicFrame(
        "two questions: what they make only together",
        {
            "one": text("the first question"),
            "other": text("the second question"),
            "points": number("part of the variance of the points", "ratio"),
            "class_id": number("part of the variance of the class", "ratio"),
        },
    ),
    "same_options": PublicFrame(
        "two options of a question that give every case equal results",
        {"question_id": _QUESTION, "option": _OPTION, "other": text("the equal option")},
    ),
    "combinations": PublicFrame(
        "a combination that is listed",
        {
            "QUESTION": text("the option of each question"),
            "changed": integer("cases with another class than under the readings in use", "cases"),
            "points": number("mean of the points", "points of 100"),
            "number": integer("equal where every case has equal results"),
        },
    ),
    "counts": PublicFrame(
        "a combination that is listed, a rule set and a class",
        {
            "combination": integer("row of Study.combinations, from 0"),
            "rule_set_id": text("the rule set"),
            "class_id": text("id of its class"),
            "cases": integer("cases in that class", "cases"),
        },
    ),
}
"""The frames of :class:`assess.Study`, by attribute."""
