"""Compare a published page with the bookkeeper's figures, and classify every group of digits."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from bookkeeper.page import DIGITS, spelled_day, spelled_month

NEAR_A_TIE = Fraction(1, 10**9)
"""How near to the middle between two printed values a value may be rounded to either.

The package adds with binary numbers.
"""


IN_EXCEL = Fraction(1, 10**5)
"""How far a cell in Excel may differ: numbers are not rounded, but a study keeps six decimals."""


@dataclass(frozen=True)
class Points:
    """A number of points, printed with at most two decimals."""

    value: Fraction | None


@dataclass(frozen=True)
class Ratio:
    """A share, printed as a percentage with one decimal."""

    value: Fraction | None


@dataclass(frozen=True)
class Numbers:
    """The numbers in a text in their order, without days, months and codes."""

    values: list


@dataclass
class Expected:
    """The bookkeeper's figures of one report.

    ``tables``: by id, the rows in the bookkeeper's order; a row is (its names, its cells by
    column). ``figures``: by name.
    """

    tables: dict[str, list[tuple[tuple[str, ...], dict]]] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    free: dict[str, str] = field(default_factory=dict)
    """Tables of which every number is on a listed exception, with the reason."""

    def table(self, name, rows):
        self.tables[name] = [
            (tuple(keys) if isinstance(keys, (tuple, list)) else (keys,), cells)
            for keys, cells in rows
        ]


def rounded(value, places):
    """Round half up; return both neighbours where the value is too near to the middle to tell."""
    found = set()
    for moved in (value - NEAR_A_TIE, value + NEAR_A_TIE):
        exact = Decimal(moved.numerator) / Decimal(moved.denominator)
        found.add(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return found


def shown(text):
    """Return a printed number; None for a dash."""
    plain = text.strip().removesuffix("%").replace(".", "").replace(",", ".")
    return None if plain in {"–", ""} else Decimal(plain)


def agrees(text, wanted):
    """Whether a printed text gives the bookkeeper's value."""
    if wanted is None:
        return text in {"–", ""}
    if isinstance(wanted, Numbers):
        found = _spoken(text)
        return len(found) == len(wanted.values) and all(map(agrees, found, wanted.values))
    try:
        if isinstance(wanted, Points):
            return (
                shown(text) is None
                if wanted.value is None
                else shown(text) in rounded(wanted.value, 2)
            )
        if (
            isinstance(wanted, Ratio)
            and wanted.value is not None
            and wanted.value != round(wanted.value)
            and rounded(wanted.value * 100, 1) & {0, 100}
        ):
            # "none" and "all" are printed only where they are exact
            return text == ("<0,1%" if wanted.value < Fraction(1, 2) else ">99,9%")
        if isinstance(wanted, Ratio):
            return (
                shown(text) is None
                if wanted.value is None
                else shown(text) in rounded(wanted.value * 100, 1) and text.endswith("%")
            )
        if isinstance(wanted, bool):
            raise TypeError(wanted)
        if isinstance(wanted, int):
            return DIGITS.fullmatch(text) is not None and int(text.replace(".", "")) == wanted
    except ArithmeticError:
        return False
    if isinstance(wanted, dt.date):
        return text == spelled_day(wanted)
    return text == str(wanted)


def _spoken(text):
    """Return the groups of digits that are no days, months or codes; a percentage with its sign."""
    gone = [m.span() for _, pattern in EXCEPTIONS for m in pattern.finditer(text)]
    groups = [
        m
        for m in re.finditer(r"\d+(?:[.,]\d+)*%?", text)
        if not any(a <= m.start() and m.end() <= b for a, b in gone)
    ]
    return [m[0] for m in groups]


def agrees_in_excel(value, wanted):
    """Whether a cell of the workbook holds the bookkeeper's value, unrounded."""
    if wanted is None or (isinstance(wanted, (Points, Ratio)) and wanted.value is None):
        return value is None
    if isinstance(wanted, (Points, Ratio)):
        return isinstance(value, (int, float)) and abs(Fraction(value) - wanted.value) < IN_EXCEL
    if isinstance(wanted, Numbers):
        return agrees(str(value or ""), wanted)
    if isinstance(wanted, dt.date):
        return isinstance(value, dt.datetime) and value.date() == wanted
    if isinstance(wanted, int):
        return value == wanted
    if isinstance(value, dt.datetime):  # a month is a date in Excel
        return spelled_month(value.year, value.month) == wanted
    return ("" if value is None else str(value)) == str(wanted)


@dataclass
class Audit:
    """The outcome of one page: groups of digits matched, excepted or uncovered, and errors."""

    matched: int = 0
    excepted: Counter = field(default_factory=Counter)
    uncovered: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    in_excel: int = 0
    unknown: list[str] = field(default_factory=list)
    """Named figures of the page that the bookkeeper does not compute."""

    @property
    def groups(self):
        return self.matched + sum(self.excepted.values()) + len(self.uncovered)

    @property
    def share(self):
        """The share of groups of digits that are matched or on a listed exception."""
        return 1 - len(self.uncovered) / self.groups if self.groups else 1.0


def audit(page, expected, exceptions):
    """Check every cell and every text of a page.

    ``exceptions``: (name, pattern) of digits that are no figures.
    """
    found = Audit()
    known = _known_words(expected.words)
    by_text = {}
    for figure in page.figures:
        by_text.setdefault(figure["of"], []).append(figure)

    def of(text):
        """Return the spans of the named figures of a text that the bookkeeper has."""
        spans = []
        for whole, figures in by_text.items():
            start = text.find(whole)
            if start >= 0:
                spans += [
                    (start + f["at"], start + f["at"] + len(f["shown"]))
                    for f in figures
                    if f["name"] in expected.figures
                ]
        return spans

    for table in page.tables.values():
        _table(found, table, expected, exceptions, known, of)
    for name in set(expected.tables) - set(page.tables):
        if expected.tables[name]:
            found.wrong.append(f"{name}: the page lacks this table")
    for figure in page.figures:
        if figure["name"] in expected.figures and not agrees(
            figure["shown"], expected.figures[figure["name"]]
        ):
            found.wrong.append(
                f"{figure['name']}: printed {figure['shown']}, the bookkeeper has {expected.figures[figure['name']]}"
            )
    for text in page.texts:
        _groups(found, text, of(text), exceptions, known, text[:90])
    found.unknown = sorted({figure["name"] for figure in page.figures} - set(expected.figures))
    return found


def _known_words(words):
    """Return one pattern for texts copied from rules and records: names, titles, codes."""
    with_digits = sorted(
        (word for word in words if word and (DIGITS.search(word) or "{" in word)),
        key=len,
        reverse=True,
    )
    # the text of a question has placeholders that each rule set fills with its own numbers
    patterns = (re.sub(r"\\\{\w+\\\}", "[^;:.]+?", re.escape(word)) for word in with_digits)
    return re.compile("|".join(patterns)) if with_digits else None


def _groups(found, text, matched, exceptions, known, where):
    """Classify the groups of digits of one text."""
    spans = [(name, m.span()) for name, pattern in exceptions for m in pattern.finditer(text)]
    if known is not None:
        spans += [("words of rules and records", m.span()) for m in known.finditer(text)]
    for group in DIGITS.finditer(text):
        start, end = group.span()
        if any(a <= start and end <= b for a, b in matched):
            found.matched += 1
            continue
        name = next((name for name, (a, b) in spans if a <= start and end <= b), None)
        if name is None:
            found.uncovered.append(f"{group[0]} in: {where}")
        else:
            found.excepted[name] += 1


def _table(found, table, expected, exceptions, known, of):
    rows = expected.tables.get(table.id)
    if rows is None and table.id in expected.free:
        found.excepted[expected.free[table.id]] += sum(
            len(DIGITS.findall(text)) for row in table.rows for text in row.cells.values()
        )
        return
    waiting = {}
    for names, cells in rows or ():
        waiting.setdefault(names[0], []).append((names, cells))
    for row in table.rows:
        cells = _take(waiting, row)
        if cells is None and rows is not None:
            found.wrong.append(f"{table.id} · {row.key}: the bookkeeper has no such row")
        for column, text in row.cells.items():
            place = f"{table.id} · {row.key} · {column}"
            if cells is None or column not in cells:
                _groups(found, text, of(text), exceptions, known, f"{place}: {text[:60]}")
            elif agrees(text, cells[column]):
                found.matched += len(DIGITS.findall(text))
            else:
                found.wrong.append(
                    f"{place}: printed {text!r}, the bookkeeper has {_told(cells[column])}"
                )
                found.uncovered += [f"{digits} in: {place}" for digits in DIGITS.findall(text)]
        found.wrong += [
            f"{table.id} · {row.key}: the page lacks the column {column}"
            for column in set(cells or ()) - set(row.cells)
        ]
    found.wrong += [
        f"{table.id} · {names[0]}: the page lacks this row"
        for left in waiting.values()
        for names, _ in left
    ]


def _told(wanted):
    if isinstance(wanted, (Points, Ratio)) and wanted.value is not None:
        return f"{wanted.value} = {float(wanted.value):.6g}"
    return repr(wanted)


def _take(waiting, row):
    """Take the bookkeeper's next row that has one of the names."""
    key = re.sub(r" #\d+$", "", row.key)
    for name, left in waiting.items():
        if left and (name == key or key in left[0][0]):
            return left.pop(0)[1]
    return None


def _bands(table):
    """Return what stands above each row of a table; nothing above its sums."""
    sums = table.rows[-1].key == "Cộng" or table.rows[-1].cells[table.columns[0]] == "Cộng"
    return [row.band for row in table.rows[: len(table.rows) - sums]] + [""] * sums


def audit_workbook(found, tables, page, expected):
    """Check the same cells in Excel, where numbers are not rounded.

    The tables are in the order of the page.
    """
    for (title, heads, rows), table in zip(tables, page.tables.values(), strict=True):
        wanted = expected.tables.get(table.id)
        if not wanted:
            continue
        # the workbook has the rows of the page; what stands above groups of them is a column
        aside = len(heads) - len(table.columns)
        if aside and [row[0] or "" for row in rows[: len(table.rows)]] != _bands(table):
            found.wrong.append(f"{table.id} · Excel, {title}: other groups than on the page")
        body = [row[aside:] for row in rows[: len(table.rows)]]
        waiting = {}
        for names, cells in wanted:
            waiting.setdefault(names[0], []).append((names, cells))
        for row, values in zip(table.rows, body, strict=False):
            cells = _take(waiting, row) or {}
            for column, value in zip(table.columns, values, strict=False):
                if column in cells:
                    if agrees_in_excel(value, cells[column]):
                        found.in_excel += 1
                    else:
                        found.wrong.append(
                            f"{table.id} · Excel, {title} · {row.key} · {column}: {value!r}, the bookkeeper has {_told(cells[column])}"
                        )


EXCEPTIONS = tuple(
    (name, re.compile(pattern, re.IGNORECASE if name == "constants of the method" else 0))
    for name, pattern in (
        (
            "days and months",
            r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d|(?:ngày|Ngày) \d{1,2} tháng \d{1,2} năm \d{4}|(?<!\d)\d{1,2}/\d{4}|\d\d:\d\d",
        ),
        (
            "periods",
            r"(?:năm|Năm|quý [IV]+/|6 tháng (?:đầu|cuối) năm|[Tt]háng) ?\d{1,4}|6 tháng (?:đầu|cuối)|quy về (?:12 tháng|4 quý)",
        ),
        (
            "numbers of tables, figures, annexes and headings",
            r"^(?:Bảng|Hình|Phụ lục) \d+\.|^\d+\. ",
        ),
        ("parameters of a template", r"dưới \d+,\d%"),
        ("months as heads of columns", r"^T\d{1,2}$"),
        (
            "numbers and places of documents",
            r"\d+-[A-ZĐ]{2,}(?:/[A-ZĐ]+)?|\d+-[A-Z]{2}|HD \d+|(?:Quy định|Hướng dẫn|Chỉ thị|Công văn|Quy định số) \d+",
        ),
        (
            "codes",
            r"[0-9a-f]{64}|[0-9a-f]{16}|mã [\w.-]+|SHA-256|(?<![\w.])(?:cb|kt|v)\d{2}(?:\.\d{4})?(?:\.[a-z]{2})?",
        ),
        (
            "constants of the method",
            r"lệch 0,01|cộng đúng 100%|lệch 0,1%|thang 100|Thứ tự ưu tiên do bộ phận giúp việc.*|(?:Tổ|cách|Cách|câu|Câu) \d+\b|không quá 5,0%|Báo cáo 6 tháng|[Bb]iểu minh họa số \d",
        ),
        ("how many options a question has", r"\(\d+ cách\)"),
        ("constants of a study", r"(?:quy về thang|rồi chia) 100|66,7%|không quá \d\.000"),
        (
            "places in a form, and paragraphs of a letter",
            r"\([nN]hóm \d+(?:, dòng \d+)?\)|\(phần [IVX]+(?:\.\d+)*\)|[nN]ội dung \d+(?: và \d+)?",
        ),
        ("what the store says of itself", r"lượt \d+,|[\d.]+ dòng số liệu được đưa vào kho"),
        ("shares that an instrument names", r"không quá \d+% số|đến \d+% khi cấp có thẩm quyền"),
        (
            "drawn at random",
            r"\(\d+ phép so sánh\)|\(số chọn \d+: cùng số này|trong \d+ loại được xét",
        ),
    )
)
