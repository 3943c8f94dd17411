"""Short faces of large values, for a shell and for a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Shown:
    """Shows a value by a few facts instead of everything it holds."""

    __slots__ = ()

    def _facts(self) -> Mapping[str, object]:
        """Return what identifies the value and how large it is; every subclass says so."""
        raise NotImplementedError  # no ABC: its metaclass and pydantic's do not go together

    def __repr__(self) -> str:
        """Return one line: the type and the facts."""
        facts = ", ".join(f"{name}={value}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    def _repr_html_(self) -> str:
        """Return a small table of the facts."""
        rows = "".join(
            f'<tr><th style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(str(value))}</td></tr>'
            for name, value in self._facts().items()
        )
        return f"<table><caption>{type(self).__name__}</caption><tbody>{rows}</tbody></table>"
