"""The face of the PDF: fonts that an office puts into its workspace, with the metrics of Times.

They stand in ``params/phong-chu``: the files of one family, ``.ttf`` or ``.otf``. Without them the
serif that comes with Typst is used; no font of the system is looked for.
"""

from __future__ import annotations

import io
import itertools
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUFFIXES = (".ttf", ".otf")
_VOWELS, _TONES = "aăâeêioôơuưy", "\u0300\u0301\u0303\u0309\u0323"
LETTERS = frozenset(
    cased
    for letter in (
        "đ",
        *_VOWELS,
        *(unicodedata.normalize("NFC", v + t) for v, t in itertools.product(_VOWELS, _TONES)),
    )
    for cased in (letter, letter.upper())
)
"""The letters that a face must have to print Vietnamese."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Face:
    """The fonts of one family: its name, the bytes of its files by name, and their digest."""

    family: str
    files: Mapping[str, bytes] = field(repr=False)
    digest: str


def face_paths(folder: Path) -> list[Path]:
    """Return the files of a face in a folder, sorted."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES)


def load_face(folder: Path) -> Face | None:
    """Return the face in a folder, or None where there is none.

    Raise :class:`~assess.base.errors.InputError` for a file that is no font, for fonts of several
    families or without an upright one, and for a face that lacks Vietnamese letters.
    """
    paths = face_paths(folder)
    if not paths:
        return None
    from fontTools.ttLib import TTFont, TTLibError

    families: dict[str, str] = {}
    upright = False
    files = {path.name: path.read_bytes() for path in paths}
    for path in paths:
        try:
            font = TTFont(io.BytesIO(files[path.name]), lazy=True)
            names, letters, style = font["name"], font.getBestCmap(), font["OS/2"].fsSelection
            families[path.name] = names.getDebugName(16) or names.getDebugName(1) or ""
        except (TTLibError, KeyError, AssertionError, OSError, ValueError) as error:
            raise input_error("face-not-a-font", str(path)) from error
        upright = upright or not style & _BOLD_OR_ITALIC
        lacking = sorted(letter for letter in LETTERS if ord(letter) not in letters)
        if lacking:
            more = f" và {len(lacking) - _SHOWN} chữ khác" if len(lacking) > _SHOWN else ""
            raise input_error("face-lacks", str(path), found=" ".join(lacking[:_SHOWN]) + more)
    if len(set(families.values())) > 1:
        found = "; ".join(f"{name}: {family}" for name, family in families.items())
        raise input_error("face-mixed", str(folder), found=found)
    if not upright:
        raise input_error("face-no-upright", str(folder), found=", ".join(families))
    named = {name: digests.of_bytes(content) for name, content in files.items()}
    return Face(families[paths[0].name], files, digests.of_text(digests.canonical(named)))


_BOLD_OR_ITALIC = 0b100001
"""Bits of ``fsSelection``: italic and bold."""
