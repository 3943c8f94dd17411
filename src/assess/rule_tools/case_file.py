"""What a file of worked cases may hold, simple enough for a clerk: facts, entries, results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from assess.base.schema import Identifier, Number, Strict, Text
from assess.rules.year import MONTHS, QUARTERS

if TYPE_CHECKING:
    from pathlib import Path

NOT_APPLICABLE_WORDS = ("kad", "không áp dụng", "not_applicable")


class ExpectedSheet(Strict):
    """The expected result; keys left out are not compared.

    ``lines`` are the points that the facts imply.
    """

    total: Number | None = None
    out_of: Number | None = None
    class_: Identifier | None = Field(default=None, alias="class")
    waits: Identifier | None = None
    gate: str | None = None
    lines: dict[str, Number | None] = {}
    levels: dict[str, str] = {}


class Case(Strict):
    """One worked case; ``lines`` are entries, and lines not named here have their maximum."""

    name: Text
    chi_bo: dict[str, Any] = {}
    meeting: dict[str, Any] = {}
    lines: dict[str, Number | str | None] = {}
    readings: dict[str, str] = {}
    expect: ExpectedSheet


YearMonth = Number | Literal["huy", "gop", "thieu", "cho", "chua_co"] | tuple[Number, ...]
"""A month of a worked year: a total, totals of several meetings, or why there is no total.

The reasons are *huy* (cancelled), *gop* (merged), *thieu* (no record), *cho* (held, not classified)
and *chua_co* (the chi bộ did not exist).
"""


class YearCase(Strict):
    """One worked year: its 12 months, and the class expected under the readings.

    With ``complete: false`` the known text of that class breaks off; ``expect: null`` means that no
    known class fits. ``thematic`` has the totals of thematic meetings with score sheets of their
    own. ``mean`` is compared if given.
    """

    name: Text
    totals: Annotated[tuple[YearMonth, ...], Field(min_length=MONTHS, max_length=MONTHS)]
    thematic_quarters: Annotated[int, Field(strict=True, ge=0, le=QUARTERS)] = 0
    thematic: tuple[Number, ...] = ()
    readings: dict[str, str] = {}
    expect: Identifier | None
    complete: bool = True
    mean: Number | None = None


class CaseFile(Strict):
    """A file of worked cases."""

    rule_set: Identifier
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    years: tuple[YearCase, ...] = ()


def cases_path(rules_path: Path) -> Path:
    """Return the path of the worked cases of a rule file."""
    return rules_path.with_name(rules_path.name.removesuffix(".yaml") + ".cases.yaml")
