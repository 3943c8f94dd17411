"""Deterministic SVG charts that are legible in black and white."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "assess",
    "hatch.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
}
SHADES = ("#ffffff", "#d9d9d9", "#8c8c8c", "#262626")
HATCHES = ("", "///", "xxx", "")
_FONTS = "'Libertinus Serif', 'Times New Roman', 'Liberation Serif', serif"
_LINE = 11
"""Line height of a label in points."""
_WIDTH = 6.3
"""Figure width in inches: the text width of an A4 page with Party margins."""
_INCH = 72
"""Points per inch."""
_BELOW = 37
"""Points below an axis for its numbers and its title."""
_EDGE = 3
ASIDE = 5
"""Points between a label and its bar."""


def as_svg(
    height: float,
    draw: Callable[[Axes], None],
    *,
    left: float,
    top: float = 0,
    below: float = _BELOW,
) -> str:
    """Return an SVG figure with one pair of axes and margins in points.

    The layout is fixed because constrained layout took half of the drawing time. ``print_svg`` is
    called directly because ``savefig`` would draw twice.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure: Figure = Figure(figsize=(_WIDTH, height), facecolor="none", edgecolor="none")
        canvas: Any = FigureCanvasSVG(figure)
        x, y = (_EDGE + left) / _INCH / _WIDTH, below / _INCH / height
        axes = figure.add_axes(
            (x, y, 1 - x - _EDGE / _INCH / _WIDTH, 1 - y - (_EDGE + top) / _INCH / height)
        )
        axes.patch.set(facecolor="none", edgecolor="none")
        draw(axes)
        text = io.StringIO()
        canvas.print_svg(text, metadata={"Date": None, "Creator": None})
    return _slim(text.getvalue())


def _slim(svg: str) -> str:
    """Remove metadata and whitespace, round coordinates to 0.01 point and set available fonts."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONTS}", svg)
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", svg))


@lru_cache(maxsize=1024)
def text_width(text: str) -> float:
    """Return the width of a label line in points.

    Measuring loads the outline of every letter, and reports on one form have the same labels.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=_STYLE["font.family"], size=_STYLE["font.size"])
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def beside(axes: Axes, place: int, lines: Sequence[str], x: float = 0) -> None:
    """Write right-aligned label lines to the left of ``x``.

    Each line is its own text element, so that its right end is correct in any font.
    """
    for number, line in enumerate(lines):
        down = ((len(lines) - 1) / 2 - number) * _LINE - 1
        axes.annotate(
            line,
            (x, place),
            (-ASIDE, down),
            textcoords="offset points",
            ha="right",
            va="center",
            annotation_clip=False,
        )


def wrapped(title: str, width: int = 34) -> list[str]:
    """Break a label into lines of about ``width`` characters."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
