"""Names of files in an archive: plain paths below it that any system and ``sha256sum`` can name."""

from __future__ import annotations

import re

from assess.base.errors import input_error

_ODD = re.compile(r"[\x00-\x1f\x7f\\:]")


def is_plain(name: str) -> bool:
    """Whether a name is a path below the archive without a step outside or an odd character."""
    steps = name.split("/")
    return not _ODD.search(name) and all(step not in ("", ".", "..") for step in steps)


def checked_name(name: str) -> str:
    """Return a plain name; raise :class:`~assess.base.errors.InputError` for any other."""
    if not is_plain(name):
        raise input_error("archive-name", "so-van-ban.jsonl", found=_ODD.sub("?", name))
    return name
