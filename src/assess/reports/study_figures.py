"""Charts of a readings study, legible in black and white; the report has a table beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.reports.figures import ASIDE, HATCHES, SHADES, as_svg, beside, text_width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_ROW = 0.2
_PANEL = 0.16
"""Height in inches of a row in the choices panel; ``_ROW`` is that of a row of bars."""


def acceptability(
    names: Sequence[str], shares: Sequence[Sequence[float]], classes: Sequence[str]
) -> str:
    """Draw the share of combinations per class as a stacked bar per row; the last is no class."""

    def draw(axes: Axes) -> None:
        places = list(range(len(names)))
        left = [0.0] * len(names)
        for i, title in enumerate(classes):
            part = [row[i] for row in shares]
            shade, hatch = (
                (SHADES[i % len(SHADES)], HATCHES[i % len(HATCHES)])
                if i < len(classes) - 1
                else ("white", "---")
            )
            axes.barh(
                places,
                part,
                left=left,
                height=0.7,
                label=title,
                color=shade,
                hatch=hatch,
                edgecolor="black",
                linewidth=0.5,
            )
            left = [low + value for low, value in zip(left, part, strict=True)]
        for place, name in enumerate(names):
            beside(axes, place, [name])
        axes.set_yticks([])
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0, 1.03)
        axes.set_xlabel("Tỷ lệ tổ hợp cho từng mức xếp loại")
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value)}%")
        axes.legend(
            ncols=len(classes),
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            frameon=False,
            handlelength=1.6,
            columnspacing=1.2,
        )

    return as_svg(
        0.9 + _ROW * len(names), draw, left=ASIDE + max(map(text_width, names), default=0), top=22
    )


def importance(titles: Sequence[str], first: Sequence[float], total: Sequence[float]) -> str:
    """Draw Sobol indices as two bars per question: alone (dark) and with others (light)."""
    labels = [wrapped(title) for title in titles]

    def draw(axes: Axes) -> None:
        places = range(len(titles))
        axes.barh(
            [p + 0.2 for p in places],
            total,
            height=0.36,
            color="white",
            hatch="///",
            edgecolor="black",
            linewidth=0.6,
            label="cùng các câu khác",
        )
        axes.barh(
            [p - 0.2 for p in places],
            first,
            height=0.36,
            color="#595959",
            edgecolor="black",
            linewidth=0.6,
            label="riêng câu này",
        )
        for place, (alone, together) in enumerate(zip(first, total, strict=True)):
            for value, shift in ((alone, -0.2), (together, 0.2)):
                axes.text(
                    value + 0.008,
                    place + shift,
                    numbers.percent(value),
                    va="center",
                    ha="left",
                    fontsize=7.5,
                )
            beside(axes, place, labels[place])
        axes.set_yticks([])
        axes.set_ylim(len(titles) - 0.4, -0.6)
        axes.set_xlim(0, max(1.0, *total) * 1.1)
        axes.set_xlabel("Phần biến động do mỗi câu hỏi")
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value)}%")
        handles, names = axes.get_legend_handles_labels()
        axes.legend(
            handles[::-1],
            names[::-1],
            ncols=2,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            frameon=False,
            handlelength=1.6,
        )

    widest = max((text_width(line) for lines in labels for line in lines), default=0)
    return as_svg(0.9 + 0.42 * len(titles), draw, left=ASIDE + widest, top=22)


def flip_map(rows: Sequence[str], columns: Sequence[str], marks: Sequence[Sequence[int]]) -> str:
    """Draw a grid of rows by numbered questions.

    A filled dot (2) marks a question that changes the class alone, a ring (1) one that changes it
    only together with others.
    """

    def draw(axes: Axes) -> None:
        for wanted, face, label in (
            (2, "black", "một mình đổi được xếp loại"),
            (1, "white", "chỉ đổi được cùng câu khác"),
        ):
            at = [
                (j, i)
                for i, row in enumerate(marks)
                for j, mark in enumerate(row)
                if mark == wanted
            ]
            axes.scatter(
                [x for x, _ in at],
                [y for _, y in at],
                s=34,
                facecolor=face,
                edgecolor="black",
                linewidth=0.9,
                label=label,
                zorder=3,
            )
        for place, name in enumerate(rows):
            beside(axes, place, [name], x=-0.6)
        axes.set_yticks([])
        axes.set_xticks(range(len(columns)), columns)
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        for place in range(len(rows)):
            axes.axhline(place, color="#d9d9d9", linewidth=0.5, zorder=1)
        axes.set_xlabel("Câu hỏi (số thứ tự theo mục I)")
        axes.legend(
            ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, handletextpad=0.3
        )

    return as_svg(
        0.9 + _ROW * len(rows), draw, left=ASIDE + max(map(text_width, rows), default=0), top=22
    )


def specification_curve(
    values: Sequence[float],
    base: Sequence[bool],
    choices: Sequence[tuple[str, Sequence[Sequence[bool]]]],
    axis: str,
) -> str:
    """Draw the combinations ordered by result, with the option of each question below the curve.

    ``values`` are sorted; ``base`` marks the readings in use; ``choices`` has the title of each
    question and, for each of its options, whether each combination takes it.
    """
    from matplotlib.ticker import MaxNLocator

    rows = sum(len(options) for _, options in choices) + len(choices)
    curve, panel = 1.3, _PANEL * rows

    def draw(axes: Axes) -> None:
        places = list(range(len(values)))
        axes.set_xlim(-1, len(values))
        axes.plot(places, values, color="black", linewidth=0.8, drawstyle="steps-mid")
        at = [place for place in places if base[place]]
        axes.scatter(
            at,
            [values[place] for place in at],
            s=40,
            facecolor="white",
            edgecolor="black",
            marker="D",
            zorder=3,
            label="cách hiểu đang dùng",
        )
        axes.set_xticks([])
        axes.set_ylabel(axis)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
        below = axes.inset_axes((0, -panel / curve - 0.04, 1, panel / curve))
        row = 0
        names = []
        for title, options in choices:
            names.append((row, title, True))
            row += 1
            for number, taken in enumerate(options, start=1):
                ticks = [place for place in places if taken[place]]
                below.vlines(
                    ticks,
                    row - 0.32,
                    row + 0.38,
                    color="black",
                    linewidth=max(0.3, min(3.0, 300 / len(values))),
                )
                names.append((row, f"cách {number}", False))
                row += 1
        below.set_xlim(-1, len(values))
        below.set_ylim(rows - 0.5, -0.5)
        below.set_xticks([])
        below.set_yticks([])
        for name in ("top", "right", "bottom", "left"):
            below.spines[name].set_visible(False)
        below.patch.set(facecolor="none", edgecolor="none")
        for place, text, head in names:
            below.annotate(
                text,
                (-1, place),
                (0 if head else -ASIDE, 0),
                textcoords="offset points",
                ha="left" if head else "right",
                va="center",
                fontsize=7.5,
                fontweight="bold" if head else "normal",
                annotation_clip=False,
            )

    return as_svg(curve + panel + 0.5, draw, left=44, top=22, below=panel * 72 + 14)
