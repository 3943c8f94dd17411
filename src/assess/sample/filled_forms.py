"""The synthetic province's score sheets as filled score forms, some with typical mistakes."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import zipfile
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import input_error
from assess.base.periods import shift_month
from assess.exchange.forms.layout import FilledValues, ScoreForm, filled_from, form_of
from assess.exchange.forms.score_form import write_forms
from assess.records import words
from assess.records.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from assess.rules import RuleSet

PLAN = "mistakes.tsv"
"""The list of mistakes: file, kind, the code by which it must be found, and row in the form."""


@dataclass(frozen=True, slots=True)
class FormMistake:
    """One kind of mistake in a score form; ``code`` is the finding that must report it.

    ``spoil`` changes the values of a filled form and returns the hidden name of the row with the
    mistake (empty: the whole file). ``damage`` changes the file's bytes instead.
    """

    name: str
    code: str
    spoil: Callable[[ScoreForm, dict[str, dict[Any, Any]], Random], str] | None = None
    damage: Callable[[Path], None] | None = None


def write_filled(
    tables: Mapping[str, pd.DataFrame],
    rules: Mapping[str, RuleSet],
    folder: Path,
    *,
    share: float = 0.0,
    seed: int = 2026,
    year: str = "",
) -> list[tuple[str, str, str, str]]:
    """Write a filled form for every meeting held that has sheets, and return the mistakes made.

    A share of the forms gets one mistake each. ``year`` restricts the meetings to one year. The
    mistakes (file, name, code, row) are also written to ``<folder>-mistakes.tsv`` beside the
    folder. The same arguments give the same files.
    """
    if not 0 <= share <= 1:
        raise input_error("bad-share", "--mistakes")
    tree = Tree(tables["unit"])
    sheets = dict(iter(tables["sheet"].groupby("meeting_id")))
    lines = dict(iter(tables["line"].groupby("sheet_id")))
    meetings = tables["meeting"]
    held = meetings[
        (meetings["status"] == "held")
        & meetings["meeting_id"].isin(list(sheets))
        & meetings["for_month"].str.startswith(year)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(f"{seed}:mistakes")
    spoilt = rng.sample(range(len(held)), round(len(held) * share))
    kinds = {position: MISTAKES[i % len(MISTAKES)] for i, position in enumerate(spoilt)}
    plan = []
    for position, row in enumerate(held.to_dict("records")):
        theirs = sheets[row["meeting_id"]]
        form = form_of(
            rules[theirs["rule_set_id"].iloc[0]],
            tree,
            row["chi_bo_id"],
            row["for_month"],
            row["meeting_id"],
        )
        of_sheets = [lines[s] for s in theirs["sheet_id"] if s in lines]
        filled = filled_from(form, row, theirs, _stacked(of_sheets, tables["line"]))
        path = folder / f"{row['meeting_id']}.xlsx"
        mistake = kinds.get(position)
        if mistake is None:
            write_forms(path, [(form, filled)])
        else:
            plan.append(
                (
                    path.name,
                    mistake.name,
                    mistake.code,
                    _write_spoilt(path, form, filled, mistake, rng),
                )
            )
    with folder.with_name(f"{folder.name}-{PLAN}").open(
        "w", encoding="utf-8", newline=""
    ) as handle:
        csv.writer(handle, delimiter="\t", lineterminator="\n").writerows(
            [("file", "mistake", "code", "row"), *plan]
        )
    return plan


def _stacked(parts: list[pd.DataFrame], whole: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts) if parts else whole.head(0)


def _write_spoilt(
    path: Path, form: ScoreForm, filled: FilledValues, mistake: FormMistake, rng: Random
) -> str:
    values: dict[str, dict[Any, Any]] = {
        name: dict(getattr(filled, name)) for name in ("facts", "entries", "notes", "signed")
    }
    row = mistake.spoil(form, values, rng) if mistake.spoil is not None else ""
    if mistake.name == "other_month":
        about = replace(form.form_id, month=shift_month(form.form_id.month, -14))
        form = replace(form, form_id=about)
    if mistake.name == "other_unit":
        form = replace(form, form_id=replace(form.form_id, unit_id=f"{form.form_id.unit_id}-x"))
    if mistake.name == "older_rules":
        form = replace(form, form_id=replace(form.form_id, rules_digest="0" * 12))
    write_forms(path, [(form, FilledValues(**values))])
    if mistake.damage is not None:
        mistake.damage(path)
    return row


def _fact(name: str, value: Any) -> Callable[[ScoreForm, dict[str, dict[Any, Any]], Random], str]:
    def spoil(form: ScoreForm, values: dict[str, dict[Any, Any]], _: Random) -> str:
        values["facts"][name] = value(values["facts"], form) if callable(value) else value
        return f"fact:{name}"

    return spoil


def _entry(value: Any) -> Callable[[ScoreForm, dict[str, dict[Any, Any]], Random], str]:
    """Spoil one line of the self-score, one with points if the form has any."""

    def spoil(form: ScoreForm, values: dict[str, dict[Any, Any]], rng: Random) -> str:
        lines = [c for c in form.rules.criteria if c.kind != "mark"] or list(form.rules.criteria)
        criterion = rng.choice(lines)
        values["entries"]["self", criterion.id] = value(criterion) if callable(value) else value
        return f"line:{criterion.id}"

    return spoil


def _no_entries(form: ScoreForm, values: dict[str, dict[Any, Any]], _: Random) -> str:
    values["entries"].clear()
    return f"line:{form.rules.criteria[0].id}"


def _not_held(form: ScoreForm, values: dict[str, dict[Any, Any]], _: Random) -> str:
    values["facts"]["status"] = words.STATUSES["postponed"]
    return f"line:{next(c.id for c in form.rules.criteria if ('self', c.id) in values['entries'] or ('superior', c.id) in values['entries'])}"


def _year_slip(facts: Mapping[str, Any], _: ScoreForm) -> Any:
    day: dt.date = facts["held_on"]
    return dt.date(day.year - 1, day.month, min(day.day, 28))


def _cut(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 2 // 3])


def _with_part(name: str) -> Callable[[Path], None]:
    def add(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x")

    return add


def _as_text(path: Path) -> None:
    path.write_bytes("Gửi đồng chí phiếu chấm điểm của chi bộ.".encode())


def _as_old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def _rewrite(part: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change the text of one part of the workbook."""

    def apply(path: Path) -> None:
        draft = path.with_suffix(".tmp")
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                raw = old.read(info)
                new.writestr(info, change(raw.decode()).encode() if info.filename == part else raw)
        shutil.move(draft, path)

    return apply


_STRINGS = "xl/sharedStrings.xml"
_SHEET = "xl/worksheets/sheet1.xml"


def _formula_at_minutes(text: str) -> str:
    """Put a formula in the cell of the meeting's length, the first number cell in column E."""
    return re.sub(
        r'(<c r="E\d+" s="\d+">)<v>(\d+)</v></c>', r"\1<f>\2+0</f><v>\2</v></c>", text, count=1
    )


MISTAKES: tuple[FormMistake, ...] = (
    FormMistake("text_for_points", "bad-points", _entry("năm điểm")),
    FormMistake("over_maximum", "over-maximum", _entry(lambda c: c.top + 7)),
    FormMistake("negative", "negative-points", _entry(-1)),
    FormMistake("points_as_day", "date-in-points", _entry(dt.date(2026, 5, 4))),
    FormMistake("dash", "bad-points", _entry("-")),
    FormMistake("no_day", "held-without-day", _fact("held_on", None)),
    FormMistake("impossible_day", "date-unreadable", _fact("held_on", "31/02/2026")),
    FormMistake("wrong_year", "month-far", _fact("held_on", _year_slip)),
    FormMistake(
        "roll_too_small", "counts-differ", _fact("roll", lambda facts, _: facts["present"] - 1)
    ),
    FormMistake("half_a_person", "bad-value", _fact("speakers", "2,5")),
    FormMistake("negative_minutes", "value-too-small", _fact("minutes", -90)),
    FormMistake("unknown_mode", "value-not-allowed", _fact("mode", "qua điện thoại")),
    FormMistake("maybe", "value-not-allowed", _fact("chi_uy_met", "chưa rõ")),
    FormMistake(
        "guests_over_exempt",
        "part-over-whole",
        _fact("exempt_present", lambda facts, _: (facts.get("exempt") or 0) + 3),
    ),
    FormMistake(
        "targets_over_set",
        "part-over-whole",
        _fact("targets_met", lambda facts, _: (facts.get("targets_set") or 0) + 1),
    ),
    FormMistake("nothing_scored", "form-empty", _no_entries),
    FormMistake("scored_not_held", "scored-not-held", _not_held),
    FormMistake("other_month", "month-far", lambda *_: "fact:held_on"),
    FormMistake("other_unit", "form-no-unit"),
    FormMistake("older_rules", "form-other-rules"),
    FormMistake("formula", "formula-in-entry", None, _rewrite(_SHEET, _formula_at_minutes)),
    FormMistake(
        "id_damaged",
        "form-id-changed",
        None,
        _rewrite(_STRINGS, lambda text: text.replace("|form|1|", "|form|1|x", 1)),
    ),
    FormMistake(
        "row_deleted",
        "row-missing",
        None,
        _rewrite(_STRINGS, lambda text: text.replace("fact:roll<", "<", 1)),
    ),
    FormMistake("cut_off", "workbook-broken", None, _cut),
    FormMistake("macros", "workbook-macros", None, _with_part("xl/vbaProject.bin")),
    FormMistake("links", "workbook-links", None, _with_part("xl/externalLinks/externalLink1.xml")),
    FormMistake("not_excel", "not-a-workbook", None, _as_text),
    FormMistake("old_excel", "workbook-old", None, _as_old_excel),
)
"""The kinds of mistakes, assigned in this order."""

__all__ = ["MISTAKES", "PLAN", "FormMistake", "write_filled"]
