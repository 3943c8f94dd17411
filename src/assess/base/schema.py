"""Typed models of YAML files: pydantic checks the shape; its errors get a line and column."""

from __future__ import annotations

import datetime as dt
import re
import types
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from assess.base.errors import Finding, InputError
from assess.base.text import names_no_file, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from assess.base.marked_yaml import Marked, Path_

M = TypeVar("M", bound=BaseModel)

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise PydanticCustomError("bad-id", "", {"found": str(value)})
    if names_no_file(value):
        raise PydanticCustomError("id-no-file", "", {"found": value})
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("bad-date", "", {"found": str(value)})


Identifier = Annotated[str, BeforeValidator(_identifier)]
"""Lower-case ASCII letters, digits, ``_`` and ``-``; safe as a file name."""

Day = Annotated[dt.date, BeforeValidator(_day)]
"""A date written ``YYYY-MM-DD``."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number written as a number (``5``, ``2.5``), not as text."""

Text = Annotated[str, Field(strict=True, min_length=1)]
"""Text that is not empty."""


def validate(model: type[M], marked: Marked) -> M:
    """Return ``marked.data`` as ``model``; raise ``InputError`` with every error at its place."""
    try:
        return model.model_validate(marked.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        inner = {detail["loc"][:n] for detail in details for n in range(1, len(detail["loc"]))}
        # a list whose only item is wrong is also reported as too short; the item's error is clearer
        details = [d for d in details if not (d["type"] == "too_short" and d["loc"] in inner)]
        findings = [_finding(model, marked, detail) for detail in details]
        findings.sort(key=lambda f: f.place)
        raise InputError(findings) from error


def _finding(model: type[BaseModel], marked: Marked, detail: ErrorDetails) -> Finding:
    path: Path_ = tuple(detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        allowed = tuple(_fields(model, path[:-1]))
        name = str(path[-1])
        return Finding(
            "unknown-key",
            marked.place(path, key=True),
            {"found": name},
            allowed,
            nearest(name, allowed),
        )
    if kind == "missing":
        return Finding("missing-key", marked.place(path[:-1]), {"wanted": str(path[-1])})
    place = marked.place(path)
    context = detail.get("ctx", {})
    if kind in ("bad-id", "id-no-file", "bad-date"):
        return Finding(kind, place, {"found": context["found"]})
    if kind == "two-edges":
        return Finding(kind, place)
    if kind == "literal_error":
        allowed = tuple(re.findall(r"'([^']*)'", str(context["expected"])))
        found = str(detail["input"])
        return Finding("not-allowed", place, {"found": found}, allowed, nearest(found, allowed))
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        sign = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
        bound = next(f"{sign[k]} {v}" for k, v in context.items() if k in sign)
        return Finding("out-of-range", place, {"found": str(detail["input"])}, (bound,))
    wanted = _wanted(kind)
    if kind.startswith("string") and isinstance(detail["input"], int | float):
        wanted += " (số thì đặt trong dấu nháy)"
    return Finding("wrong-type", place, {"found": _shown(detail["input"]), "wanted": wanted})


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wanted(kind: str) -> str:
    if kind.startswith(("float", "int", "finite")):
        return "một số"
    if kind.startswith("bool"):
        return "true hoặc false"
    if kind.startswith(("list", "tuple", "too_short")):
        return "một danh sách"
    if kind.startswith(("dict", "model")):
        return "một nhóm khóa: giá trị"
    return "một chuỗi chữ"


def _fields(model: type[BaseModel], path: Path_) -> Iterator[str]:
    """Yield the keys allowed at ``path`` within ``model``."""
    here: list[type[BaseModel]] = [model]
    for step in path:
        there: list[type[BaseModel]] = []
        for candidate in here:
            field = candidate.model_fields.get(str(step))
            if field is not None:
                there.extend(_models(field.annotation))
        if there:
            here = there
    for candidate in here:
        yield from candidate.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    if get_origin(annotation) is not None:
        for argument in get_args(annotation):
            yield from _models(argument)
