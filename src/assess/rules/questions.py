"""The catalogue of questions: unclear clauses that can be read in several ways, and the options."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from assess.base import marked_yaml, schema
from assess.base.schema import Identifier, Strict, Text


class Option(Strict):
    """One reading of a clause.

    ``worded`` is its title with numbers of the rule set (:mod:`assess.rules.question_words`).
    """

    id: Identifier
    title: Text
    worded: Text | None = None


class Question(Strict):
    """An unclear clause and the ways to read it; the first option is the default.

    ``role`` is what it decides: a kind of clause that names it, every score sheet, or the whole
    report. A clause that names it must be about ``fact``, if given. ``worded`` is the title with
    the numbers of the rule set.
    """

    id: Identifier
    title: Text
    worded: Text | None = None
    fact: Identifier | None = None
    register_row: int | None = Field(default=None, alias="register")
    common: bool = False
    facts: bool = False
    role: Literal[
        "otherwise",
        "bounds",
        "streak",
        "bonus",
        "closing",
        "override",
        "gaps",
        "overlaps",
        "gate",
        "minutes",
        "combined",
        "sheet",
        "report",
        "year",
        "period",
        "annual",
        "visit",
    ]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @property
    def default(self) -> str:
        """The default option if no rule set decides."""
        return self.options[0].id

    def option(self, option_id: str) -> Option:
        """Return one option by its id."""
        return next(o for o in self.options if o.id == option_id)


class _Catalogue(Strict):
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Question]:
    """Return all questions of the catalogue, by id."""
    text = files("assess.rules").joinpath("questions.yaml").read_text(encoding="utf-8")
    marked = marked_yaml.parse(text, "questions.yaml")
    return {q.id: q for q in schema.validate(_Catalogue, marked).questions}
