"""Text in the letters of TCVN3 and VNI, from before Unicode: recognised and converted.

Both store Vietnamese letters in the places of Western ones and show them by fonts of their own
(``.VnTime``, ``VNI-Times``), so that ``Häc tËp`` (TCVN3) and ``Hoïc taäp`` (VNI) stand for *Học
tập*. The tables are those of TCVN 5712:1993 (VN3) and of VNI-Windows.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_VNI_ALONE = dict(zip("ìíæóòñôöîÌÍÆÓÒÑÔÖÎ", "ìíỉĩịđơưỵÌÍỈĨỊĐƠƯỴ", strict=True))
_VNI_AFTER = {
    **{mark: ("", tone) for mark, tone in zip("øùûõï", _TONES, strict=True)},
    "â": ("\u0302", ""),
    "ê": ("\u0306", ""),
    **{mark: ("\u0302", tone) for mark, tone in zip("àáåãä", _TONES, strict=True)},
    **{mark: ("\u0306", tone) for mark, tone in zip("èéúüë", _TONES, strict=True)},
}
"""A letter behind a vowel: the vowel's own mark (circumflex or breve) and its tone."""
_INITIALS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_FINALS = "ng|nh|ch|[cmnpt]"
_VOWELS = re.compile(
    r"(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|iêu|oa|oă|oe|oi|oai|oao|oay|oeo|oo|ôi|ơi"
    r"|ua|uâ|uây|uê|ui|uô|uôi|uơ|uy|uya|uyê|uyu|ưa|ưi|ươ|ươi|ươu|ưu|yê|yêu)"
)
_SYLLABLE = re.compile(rf"({_INITIALS})?([aăâeêioôơuưy]+)({_FINALS})?")
_BETWEEN = re.compile(r"[\s\d\-–—/.,;:!?()\[\]{}<>\"'“”‘’…•*+=%&]+")
"""What stands between words: spaces, figures and the usual signs."""
_FEWEST = 2
"""How many old letters make it certain."""


def converted(text: str) -> tuple[str, str] | None:
    """Return the name of the old letters and the text in Unicode, where it is certain, else None.

    It is certain where the text is no Vietnamese as it stands, and every word of it is once it is
    converted.

    >>> converted("Häc tËp vµ lµm theo B¸c")
    ('TCVN3', 'Học tập và làm theo Bác')
    >>> converted("Hoïc taäp vaø laøm theo Baùc")
    ('VNI', 'Học tập và làm theo Bác')
    >>> converted("Học tập và làm theo Bác"), converted("Café Zürich")
    (None, None)
    """
    whole = unicodedata.normalize("NFC", text)
    if sum(not sign.isascii() for sign in whole) < _FEWEST or _is_vietnamese(whole):
        return None
    if not any(sign.isascii() and sign.isalpha() for sign in whole):
        return None
    if any("\u1ea0" <= sign <= "\u1ef9" for sign in whole):  # letters of Unicode only
        return None
    for name, convert in (("TCVN3", _from_tcvn3), ("VNI", _from_vni)):
        found = convert(whole)
        if found != whole and _is_vietnamese(found):
            return name, found
    return None


def _from_tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(sign, sign) for sign in text)


def _from_vni(text: str) -> str:
    out: list[str] = []
    for sign in text:
        lower = sign.lower()
        before = out[-1] if out else ""
        vowel = unicodedata.normalize("NFD", before)[:1].lower()
        if lower in _VNI_AFTER and vowel in set("aeouy") and not _has_tone(before):
            mark, tone = _VNI_AFTER[lower]
            out[-1] = unicodedata.normalize("NFC", before + mark + tone)
        else:
            out.append(_VNI_ALONE.get(sign, sign))
    return "".join(out)


def _has_tone(letter: str) -> bool:
    return any(mark in _TONES for mark in unicodedata.normalize("NFD", letter))


def _is_vietnamese(text: str) -> bool:
    """Whether every word with a letter beyond ASCII is a Vietnamese syllable."""
    return all(
        _is_syllable(word)
        for word in _BETWEEN.split(text)
        if not word.isascii() and any(sign.isalpha() for sign in word)
    )


@cache
def _is_syllable(word: str) -> bool:
    lower = unicodedata.normalize("NFD", word.lower())
    tones = [sign for sign in lower if sign in _TONES]
    bare = unicodedata.normalize("NFC", "".join(s for s in lower if s not in _TONES))
    found = _SYLLABLE.fullmatch(bare)
    return len(tones) < 2 and found is not None and _has_vowels(found[2], found[1] or "")


def _has_vowels(vowels: str, initial: str) -> bool:
    if initial in ("gi", "qu") and not vowels:
        return True
    return _VOWELS.fullmatch(vowels) is not None
