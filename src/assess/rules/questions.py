"""The catalogue of questions: every unclear clause that scoring can read in several ways, and its options."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from assess.base import marked_yaml, schema
from assess.base.schema import Identifier, Strict, Text


class Option(Strict):
    """One way to read a clause; ``worded`` is its title with the numbers of the form (:mod:`assess.rules.question_words`)."""

    id: Identifier
    title: Text
    worded: Text | None = None


class Question(Strict):
    """An unclear clause with the ways to read it; the first option is the default.

    ``role`` says what it decides: a kind of clause that names it, every sheet, or the report as a whole. ``fact``: what a clause
    that names it must be about, where its words say so. ``worded``: the title with the numbers of the form.
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
        """The default option where no rule set decides."""
        return self.options[0].id

    def option(self, option_id: str) -> Option:
        """Return one option by its id."""
        return next(o for o in self.options if o.id == option_id)


class _Catalogue(Strict):
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Question]:
    """Return every question that scoring can answer, by id."""
    text = files("assess.rules").joinpath("questions.yaml").read_text(encoding="utf-8")
    marked = marked_yaml.parse(text, "questions.yaml")
    return {q.id: q for q in schema.validate(_Catalogue, marked).questions}
