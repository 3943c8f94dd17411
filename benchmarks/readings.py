"""The exact readings study: 1 000 combinations over 60 000 meetings, and how the time grows.

The peer is plain NumPy that scores every combination in full with the project's own scoring of
arrays (no frames), on the same arranged tables, and keeps the number of meetings in each class and
the mean points of each combination; ours computes these and everything else in a study. Both must
find the same numbers before the times count. Nothing here is a test.

``python benchmarks/readings.py [MEETINGS …]``.
"""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
from common import Row

from assess.scoring.sheets.column_codes import positions
from assess.scoring.sheets.decide import OptionLookup, by_rater, results_of, settle
from assess.scoring.sheets.levels import LazyFacts
from assess.scoring.sheets.meeting_facts import facts_of, months_of, recorded
from assess.scoring.sheets.scored import LineTable, score_form
from assess.studies.readings import study_readings
from assess.studies.readings.asking import options_at
from assess.studies.readings.space import RuleSetSpace, space_of
from scoring import FORM, build

QUESTIONS = (
    "not_applicable",
    "thematic_points_off_month",
    "no_chi_uy",
    "attendance_denominator",
    "level_gap",
)
"""With ``score_basis``: 2 × 6 × 4 × 4 × 5 × 4 = 3 840; without the last question 960.

``score_basis`` asks what points are taken from.
"""
THOUSAND = QUESTIONS[:4]
LINES_A_MEETING = 26


class Peer:
    """Score every combination in full."""

    def __init__(self, made, space):
        """Arrange the tables once; only what depends on readings is timed."""
        self.made, self.rule_set = made, RuleSetSpace.of(space, made.rule_sets[FORM], {})
        meetings, self.sheets = made.tables["meeting"], made.tables["sheet"]
        self.records = recorded(meetings, months_of(meetings, "declared"), made.tables["unit"])
        self.meeting = positions(self.sheets["meeting_id"], meetings["meeting_id"])
        self.count = len(meetings)
        self.rows = np.arange(len(self.sheets))
        self.entries = LineTable.read(made.tables["line"], self.sheets["sheet_id"]).on(
            self.rule_set.rules, self.rows
        )
        self.stated = self.sheets["stated_total"].to_numpy(dtype=float)
        self.applies = positions(meetings["rule_set_id"], [FORM])
        self.held = ((meetings["status"] == "held") & meetings["in_period"]).to_numpy(
            dtype=bool
        ) & (self.applies == 0)

    def __call__(self, combinations):
        """Return the class counts and the mean points of each combination."""
        rules, counts, means = self.rule_set.rules, [], []
        for combination in combinations:
            options = options_at(self.rule_set, dict(enumerate(combination)))
            facts = LazyFacts(facts_of(self.records, rules, options), self.meeting)
            scored = score_form(rules, self.rows, self.entries, facts, self.stated, options)
            nobody = np.empty(0, dtype=np.int64)
            raters = by_rater(
                self.sheets,
                self.meeting,
                results_of(len(self.sheets), [scored], nobody, nobody),
                self.count,
            )
            found = settle(
                raters["self"], raters["superior"], [rules], OptionLookup(self.applies, [options])
            )
            classed = self.held & ~found.waits & (found.rank >= 0)
            counts.append(np.bincount(found.rank[classed], minlength=len(rules.classes)))
            means.append(
                float(np.mean(np.round(100 * found.total[classed] / found.out_of[classed], 6)))
            )
        return np.array(counts), np.array(means)


def measure(meetings, questions, few=0):
    """Return the seconds of ours and of the peer, the number of combinations and of cases.

    With ``few``, the peer scores only about so many combinations and its time is scaled up.
    """
    made = build(meetings * LINES_A_MEETING)
    space = space_of(questions)
    peer = Peer(made, space)
    everything = list(itertools.product(*(range(size) for size in space.shape)))
    some = everything[:: max(1, len(everything) // few)] if few else everything
    began = time.perf_counter()
    counts, means = peer(some)
    theirs = (time.perf_counter() - began) * len(everything) / len(some)
    began = time.perf_counter()
    study = study_readings(made, questions)
    ours = time.perf_counter() - began
    names = [[o.id for o in question.options] for question in space.questions]
    kept = [study.distinct.options(axis) for axis in range(len(names))]
    # options that are equal on all data count once: look each combination up as the one it counts
    # as
    at = [
        int(
            np.ravel_multi_index(
                [
                    kept[axis].index(study.counted_as(space.questions[axis].id, names[axis][n]))
                    for axis, n in enumerate(c)
                ],
                study.distinct.shape,
            )
        )
        for c in some
    ]
    found = study.counts.pivot(index="combination", columns="class_id", values="cases")
    mine = found[[c.id for c in made.rule_sets[FORM].classes]].to_numpy()[at]
    np.testing.assert_array_equal(mine, counts)
    np.testing.assert_allclose(
        study.combinations["points"].to_numpy()[at], means, rtol=0, atol=1e-6
    )
    return ours, theirs, space.size, len(study.cases)


def run(times=3):
    """Return the rows about the readings study."""
    pairs = [measure(60_000, THOUSAND, few=0 if number == 0 else 60) for number in range(times)]
    ours, theirs = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    ratio = tuple(b / a for a, b in zip(ours, theirs, strict=True))
    _, _, size, meetings = pairs[0]
    rows = [
        Row(
            f"exact readings study, {size} combinations × {meetings} meetings, against plain NumPy doing every combination in full",
            "≥ 5 ×",
            "s",
            ours,
            theirs,
            ratio,
            sorted(ratio)[len(ratio) // 2] >= 5,
            "the peer scored every combination once, and 60 of them in the other rounds, reckoned up",
        )
    ]
    for what, count, questions in (
        ("four times the combinations", 60_000, QUESTIONS),
        ("a quarter of the meetings", 15_000, THOUSAND),
    ):
        found = measure(count, questions, few=30)
        rows.append(
            Row(
                f"the same, {what}: {found[2]} × {found[3]}",
                "—",
                "s",
                (found[0],),
                (found[1],),
                (found[1] / found[0],),
            )
        )
    return rows


if __name__ == "__main__":
    for count in [int(size) for size in sys.argv[1:]] or [60_000]:
        ours, theirs, size, meetings = measure(count, THOUSAND, few=30)
        print(
            f"{size} combinations × {meetings} meetings: ours {ours:.1f} s, every one in full {theirs:.1f} s, {theirs / ours:.1f} ×"
        )
