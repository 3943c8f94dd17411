"""Results of some cases under every combination of the questions that touch them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WAITING, NO_RESULT, OUTSIDE, NONE_KNOWN, NECESSARY_ONLY, NO_RULE, NO_POINTS, OPEN = range(
    -1, -9, -1
)
OTHER = {
    WAITING: "waiting",
    NO_RESULT: "no_result",
    OUTSIDE: "outside",
    NONE_KNOWN: "none_known",
    NECESSARY_ONLY: "necessary_only",
    NO_RULE: "no_rule",
    NO_POINTS: "no_points",
    OPEN: "open",
}
"""The codes of results without a class.

A meeting waits, has no sheet that counts, or is outside the period. A period may also have no class
whose tests are known, only tests known to be necessary, no rule, no points that its rule needs, or
not be over.
"""


def is_result(code: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return where a period has a class or its known tests have ruled some out."""
    found: NDArray[np.bool_] = (code >= 0) | (code == NONE_KNOWN) | (code == NECESSARY_ONLY)
    return found


@dataclass(frozen=True, slots=True)
class Tensor:
    """Results of some cases under every combination of ``axes``, with a last dimension of cases.

    A case is a meeting, or a chi bộ over the period; ``cases`` are their rows. ``code`` is the
    position among the classes of its rule set, or one of :data:`OTHER`; ``points`` are the total
    (for a period: the mean) in hundredths of what it is out of, NaN where there is none.
    ``rule_set`` is the position of the rule set that applies, −1 where there is none; ``base`` the
    position along ``axes`` of the readings in use.
    """

    rule_set: int
    cases: NDArray[np.integer]
    axes: tuple[int, ...]
    base: tuple[int, ...]
    code: NDArray[np.int8]
    points: NDArray[np.float64]
