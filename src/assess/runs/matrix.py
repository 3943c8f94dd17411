"""Matrix files, which list the reports to make; validated as a whole before any cell runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from assess.base import digests, marked_yaml, numbers, schema
from assess.base.errors import Finding, InputError, Place
from assess.base.periods import FAR_OFF, Period, last_day, moment
from assess.base.schema import Day, Identifier, Strict, Text
from assess.base.text import nearest
from assess.records import AUTO
from assess.records.unit_names import unit_meant
from assess.rules import check_readings
from assess.runs.template import SHARED, NotATemplateError, read_template

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from assess.base.marked_yaml import Marked, Path_
    from assess.records import Tree
    from assess.workspace import Workspace

ALL = "all"
MOST_BYTES = 50 << 20
"""Size of the largest file that may travel with a slice."""


def _texts(value: Any) -> Any:
    """Turn a single item into a list, and a bare year (an integer) into text."""
    items = value if isinstance(value, list) else [value]
    return [
        str(item) if isinstance(item, int) and not isinstance(item, bool) else item
        for item in items
    ]


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), Field(min_length=1)]


Office = Literal["docx", "xlsx"]


class MatrixEntry(Strict):
    """One template for some đảng bộ and periods.

    ``dang_bo: all`` means every unit directly below the top one that has chi bộ. ``parameters``
    gives values to the template's own parameters, ``parameters_of`` other values for some đảng bộ.
    ``files`` are files of the workspace that the template reads besides the records, ``numbers``
    the numbers of the documents by đảng bộ.
    """

    template: Identifier
    name: Identifier | None = None
    dang_bo: Texts = (ALL,)
    period: Texts
    rule_set: Identifier = AUTO
    readings: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    parameters_of: dict[str, dict[str, Any]] = {}
    files: tuple[Text, ...] = ()
    numbers: dict[str, Text] = {}
    as_of: Text | None = None
    document_date: Day | None = None
    also: tuple[Office, ...] | None = None


class MatrixFile(Strict):
    """A matrix file; its dates come from the file or from the records, never from the clock.

    ``as_of`` defaults to the end of the data (:meth:`~assess.workspace.Workspace.end_of_data`), so
    that a matrix for daily use leaves nothing out; ``document_date`` defaults to the day of
    ``as_of`` and must not be earlier. ``also`` lists formats beside HTML and PDF: ``docx`` (Word),
    ``xlsx`` (Excel).
    """

    id: Identifier
    title: Text
    records: Text
    as_of: Text | None = None
    document_date: Day | None = None
    also: tuple[Office, ...] = ()
    reports: Annotated[tuple[MatrixEntry, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Run:
    """One report to make; its files go to ``folder`` below the matrix's folder, under ``name``."""

    template: str
    name: str
    dang_bo: str
    period: str
    rule_set: str
    readings: dict[str, str]
    as_of: dt.datetime
    document_date: dt.date
    place: Place = field(compare=False)
    also: tuple[str, ...] = ()
    pdf: bool = True
    parameters: dict[str, Any] = field(default_factory=dict)
    """Values of the template's own parameters, where they are not the defaults."""
    files: tuple[str, ...] = ()
    """Paths, from the workspace, of files that travel with the slice."""
    number: str = ""
    """The number of the document; left blank for the pen where there is none."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats rendered from the executed notebook, HTML first."""
        return ("html", *(["pdf"] if self.pdf else []), *self.also)

    @property
    def folder(self) -> str:
        """The folder of the report: ``<period>/<dang_bo>``."""
        return f"{self.period}/{self.dang_bo}"

    @property
    def key(self) -> str:
        """The name of the run within its matrix: ``<period>/<dang_bo>/<name>``."""
        return f"{self.folder}/{self.name}"

    @property
    def slice_key(self) -> str:
        """A digest of what selects the slice: runs with equal keys have the same slice."""
        about = [
            self.dang_bo,
            self.period,
            self.rule_set,
            self.as_of.isoformat(),
            self.document_date.isoformat(),
        ]
        return digests.of_text(json.dumps(about))[:16]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A validated matrix and its runs, in the order of the file."""

    id: str
    title: str
    records: str
    runs: tuple[Run, ...]


def load_matrix(path: Path) -> tuple[MatrixFile, Marked]:
    """Parse a matrix file and check its structure; :func:`expand` checks what it names."""
    marked = marked_yaml.read(path)
    return schema.validate(MatrixFile, marked), marked


def expand(given: MatrixFile, marked: Marked, workspace: Workspace, tree: Tree) -> Matrix:
    """Return every run of a matrix.

    Raise :class:`~assess.base.errors.InputError` with all findings at once: unknown templates, đảng
    bộ, periods or readings, repeated runs, bad dates.
    """
    findings: list[Finding] = []
    latest = cache(lambda: workspace.end_of_data(given.records))
    runs: list[Run] = []
    seen: dict[str, Place] = {}
    for i, entry in enumerate(given.reports):
        before = len(runs)
        for run in _runs(given, entry, ("reports", i), marked, tree, latest, findings):
            if run.key in seen:
                findings.append(Finding("duplicate-run", run.place, {"found": run.key}))
            seen[run.key] = run.place
            runs.append(run)
        _check_template(entry, ("reports", i), marked, workspace, findings)
        _check_files(entry, ("reports", i), marked, workspace, findings)
        _check_units(
            entry, ("reports", i), marked, {run.dang_bo for run in runs[before:]}, findings
        )
    if not runs and not findings:
        findings.append(Finding("matrix-empty", marked.place(("reports",))))
    if findings:
        # report a fault of every entry, such as a date of the whole file, once
        raise InputError(sorted({str(f): f for f in findings}.values(), key=lambda f: f.place))
    return Matrix(given.id, given.title, given.records, tuple(runs))


def _runs(
    given: MatrixFile,
    entry: MatrixEntry,
    path: Path_,
    marked: Marked,
    tree: Tree,
    latest: Callable[[], dt.datetime],
    findings: list[Finding],
) -> list[Run]:
    def where(*steps: str | int) -> Place:
        return marked.place((*path, *steps))

    try:
        check_readings(entry.readings, where("readings"))
    except InputError as error:
        findings.extend(error.findings)
    periods = []
    for k, text in enumerate(entry.period):
        try:
            periods.append(Period.parse(text, where("period", k)))
        except InputError as error:
            findings.extend(error.findings)
    as_of = entry.as_of or given.as_of
    try:
        at = (
            latest()
            if as_of is None
            else moment(as_of, where("as_of") if entry.as_of else marked.place(("as_of",)))
        )
    except InputError as error:
        findings.extend(error.findings)
        return []
    if as_of is None and at == FAR_OFF:
        findings.append(Finding("no-end-of-data", where(), {"found": given.records}))
        return []
    day = entry.document_date or given.document_date or at.date()
    if day < at.date():
        place = where("document_date") if entry.document_date else marked.place(("document_date",))
        findings.append(
            Finding(
                "document-before-data",
                place,
                {"found": numbers.day(day), "as_of": numbers.day(at.date())},
            )
        )
    runs = []
    for period in periods:
        for k, dang_bo in enumerate(
            _dang_bo(entry.dang_bo, last_day(period.months[-1], at.date()), tree)
        ):
            if dang_bo not in tree.ids:
                facts = {"found": dang_bo}
                findings.append(
                    Finding(
                        "unknown-dang-bo",
                        where("dang_bo", k),
                        facts,
                        hint=nearest(dang_bo, tree.ids),
                    )
                )
                continue
            name = entry.name or entry.template
            also = given.also if entry.also is None else entry.also
            runs.append(
                Run(
                    entry.template,
                    name,
                    dang_bo,
                    period.text,
                    entry.rule_set,
                    dict(entry.readings),
                    at,
                    day,
                    where(),
                    also,
                    parameters=dict(entry.parameters) | dict(entry.parameters_of.get(dang_bo, {})),
                    files=entry.files,
                    number=entry.numbers.get(dang_bo, ""),
                )
            )
    return runs


def _dang_bo(wanted: tuple[str, ...], day: dt.date, tree: Tree) -> tuple[str, ...]:
    if wanted != (ALL,):
        return tuple(unit_meant(tree, each) for each in wanted)
    standing = tree.on(day)
    tops = {unit.unit_id for unit in standing.values() if unit.parent_id not in standing}
    return tuple(
        sorted(
            u.unit_id
            for u in standing.values()
            if u.parent_id in tops and tree.chi_bo_under(u.unit_id, day)
        )
    )


def _check_template(
    entry: MatrixEntry,
    path: Path_,
    marked: Marked,
    workspace: Workspace,
    findings: list[Finding],
) -> None:
    """Check that the template exists and takes the parameters that it is given."""
    place = marked.place((*path, "template"))
    names = sorted(p.stem for p in workspace.templates_folder.glob("*.ipynb"))
    if entry.template not in names:
        facts = {"found": entry.template}
        findings.append(
            Finding("unknown-template", place, facts, tuple(names), nearest(entry.template, names))
        )
        return
    try:
        template = read_template(workspace.templates_folder / f"{entry.template}.ipynb")
    except NotATemplateError as error:
        facts = {"found": entry.template, "reason": str(error)}
        findings.append(Finding("template-unreadable", place, facts))
        return
    declared = tuple(each.name for each in template.parameters)
    findings.extend(
        Finding(
            "template-parameter",
            place,
            {"template": entry.template, "found": name},
            declared,
            nearest(name, declared),
        )
        for name in SHARED
        if name not in declared
    )
    given: list[tuple[tuple[str, ...], dict[str, Any]]] = [(("parameters",), entry.parameters)]
    given += [(("parameters_of", unit), values) for unit, values in entry.parameters_of.items()]
    for steps, values in given:
        for name, value in values.items():
            at = (*path, *steps, name)
            own = template.own.get(name)
            if own is None:
                facts = {"template": entry.template, "found": name}
                allowed = tuple(template.own)
                place = marked.place(at, key=True)
                findings.append(
                    Finding("unknown-parameter", place, facts, allowed, nearest(name, allowed))
                )
            elif not own.accepts(value):
                facts = {"found": json.dumps(value, ensure_ascii=False), "wanted": own.wanted}
                findings.append(Finding("wrong-type", marked.place(at), facts))


def _check_files(
    entry: MatrixEntry,
    path: Path_,
    marked: Marked,
    workspace: Workspace,
    findings: list[Finding],
) -> None:
    """Check that each file lies in the workspace, is not too large, and has a name of its own."""
    names = [PurePath(given).name for given in entry.files]
    for k, given in enumerate(entry.files):
        place = marked.place((*path, "files", k))
        root = workspace.root.resolve()
        file = (root / given).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            findings.append(Finding("no-such-file", place, {"found": given}))
        elif file.stat().st_size > MOST_BYTES:
            findings.append(Finding("file-too-large", place, {"found": given}))
        elif names.index(names[k]) != k:
            findings.append(Finding("file-name-twice", place, {"found": names[k]}))


def _check_units(
    entry: MatrixEntry,
    path: Path_,
    marked: Marked,
    units: set[str],
    findings: list[Finding],
) -> None:
    """Check that each đảng bộ with parameters or a number of its own has a report.

    A number is that of one document, so an entry with numbers has one period.
    """
    if entry.numbers and len(entry.period) > 1:
        findings.append(Finding("numbers-periods", marked.place((*path, "numbers"), key=True)))
    findings.extend(
        Finding(
            "no-such-run",
            marked.place((*path, name, unit), key=True),
            {"found": unit},
            tuple(sorted(units)),
            nearest(unit, units),
        )
        for name, given in (("parameters_of", entry.parameters_of), ("numbers", entry.numbers))
        for unit in given
        if unit not in units
    )
