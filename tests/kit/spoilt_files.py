"""Random ways of spoiling files for the trials of intake.

Zips with spoilt parts, cut files, noise, wrong encodings.
"""

import datetime as dt
import io
import random
import zipfile

import openpyxl
from openpyxl.cell import MergedCell


def spoil(rng: random.Random, good: list[bytes], tables: list[bytes]) -> tuple[str, bytes]:
    """Return a suffix and the bytes of one spoilt file."""
    way = rng.choice(
        [
            _flip,
            _cut,
            _part,
            _part,
            _part,
            _xml,
            _xml,
            _xml,
            _noise,
            _csv_noise,
            _csv_mixed,
            _csv_mixed,
            _encoding,
        ]
    )
    return way(rng, good, tables)


NASTY = (
    None,
    "=1+1",
    "x" * 3000,
    "\u200b",
    "13/13/2026",
    "Không rõ",
    "assess|tables|9|unit",
    "row:[1",
    'row:["a", "b"]',
    "@head",
    "@end",
    "con",
    -1,
    0.5,
    1e300,
    True,
    dt.datetime(2026, 3, 5, 7, 30),
    "ghi nhầm",
)
"""What stands in a cell of a table where something else should."""


def spoil_cells(rng: random.Random, raw: bytes) -> bytes:
    """Return a workbook with some cells changed, hidden ones too, and some rows moved or gone."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        sheet = rng.choice(book.worksheets)
        row, column = rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column)
        way = rng.randrange(8)
        if way == 0:
            sheet.delete_rows(row)
        elif way == 1:
            sheet.insert_rows(row)
        elif way == 2:
            sheet.delete_cols(column)
        else:
            cell = sheet.cell(row, column)
            if not isinstance(cell, MergedCell):
                cell.value = rng.choice(NASTY)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _flip(rng, good, _):
    raw = bytearray(rng.choice(good))
    for _ in range(rng.choice([1, 3, 30, 400])):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return ".xlsx", bytes(raw)


def _cut(rng, good, _):
    raw = rng.choice(good)
    return ".xlsx", raw[: rng.randrange(1, len(raw))]


def _rezip(raw, change):
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            found = change(info.filename, old.read(info))
            if found is not None:
                new.writestr(info.filename, found)
    return out.getvalue()


def _part(rng, good, _):
    """Leave a part out, empty it, replace its content by another part's, or cut it."""
    raw = rng.choice(good)
    names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    victim, other = rng.choice(names), rng.choice(names)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        swapped = archive.read(other)
    how = rng.choice(["gone", "empty", "swapped", "cut", "noise"])

    def change(name, data):
        if name != victim:
            return data
        return {
            "gone": None,
            "empty": b"",
            "swapped": swapped,
            "cut": data[: len(data) // 2],
            "noise": rng.randbytes(200),
        }[how]

    return ".xlsx", _rezip(raw, change)


_PIECES = [
    b"<",
    b">",
    b"&",
    b'"',
    b"</c>",
    b'<c r="A1"><v>1</v></c>',
    b"1e999",
    b"-1",
    b"&#0;",
    b"\xff\xfe",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"99999999999999999999",
    b"A1:XFD1048576",
    b"",
    b'r="ZZ9"',
    b't="s"',
    b"nan",
    "ạ".encode(),
    b"<row>",
]


def _xml(rng, good, _):
    """Change some bytes inside the parts of a sound zip."""
    victims = rng.choice(
        [
            ["xl/worksheets/sheet1.xml"],
            ["xl/sharedStrings.xml"],
            ["xl/styles.xml"],
            ["xl/workbook.xml"],
            ["[Content_Types].xml"],
            ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"],
        ]
    )

    def change(name, data):
        if name not in victims:
            return data
        raw = bytearray(data)
        for _ in range(rng.choice([1, 1, 2, 5, 40])):
            start = rng.randrange(len(raw) + 1)
            end = min(len(raw), start + rng.choice([0, 1, 4, 20, 300]))
            raw[start:end] = rng.choice(_PIECES)
        return bytes(raw)

    return ".xlsx", _rezip(rng.choice(good), change)


def _noise(rng, *_):
    return rng.choice([".xlsx", ".csv"]), rng.choice(
        [b"", b"PK\x03\x04", b"\xef\xbb\xbf"]
    ) + rng.randbytes(rng.choice([0, 1, 50, 5000, 200_000]))


def _csv_noise(rng, *_):
    alphabet = ',;"\n\r\t\x00aé1=-@ạ'
    return ".csv", "".join(
        rng.choice(alphabet) for _ in range(rng.choice([5, 300, 20_000]))
    ).encode("utf-8", "surrogatepass")


def _csv_mixed(rng, _, tables):
    raw = bytearray(rng.choice(tables))
    for _ in range(rng.choice([1, 5, 60])):
        start = rng.randrange(len(raw) + 1)
        end = min(len(raw), start + rng.choice([0, 1, 1, 5, 200]))
        raw[start:end] = rng.choice(
            [
                b",",
                b";",
                b'"',
                b"\n",
                b"\r",
                b"\x00",
                b"\xff",
                b"=1+1",
                b"2026-99",
                "ạ".encode(),
                b"",
                b"-1",
            ]
        )
    return ".csv", bytes(raw)


def _encoding(rng, _, tables):
    text = rng.choice(tables).decode()
    return ".csv", rng.choice(
        [
            text.encode("utf-16"),
            text.encode("utf-8-sig"),
            text.encode("cp1258", "replace"),
            text.encode("utf-32"),
            text.replace(",", ";").encode(),
        ]
    )
