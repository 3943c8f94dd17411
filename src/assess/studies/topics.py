"""Topics of thematic meetings: each topic as written, its heading, and the words that matched."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.text import casefold_vi, tidy
from assess.records.adoption import Adoptions
from assess.studies.topic_headings import HEADINGS, NOT_SAID, OTHER, topic_of

if TYPE_CHECKING:
    from assess.records import Slice
    from assess.scoring.score import Scores

CV285 = "Công văn 285-CV/ĐUK, ngày 24/10/2018, của Đảng ủy Khối các cơ quan tỉnh Lai Châu"
_CV285_DAY, _CV285_FORM = dt.date(2018, 10, 24), "lai-chau-qd14"
COLUMNS = ("heading", "text", "words", "count")


def topics(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per topic of the thematic meetings, separate or combined: :data:`COLUMNS`.

    ``heading`` is the id of one of :data:`~assess.studies.topic_headings.HEADINGS`, *khac* for none
    of them, empty where no topic was written; ``text`` the topic as written (of spellings that
    differ only in case or tone placement, the most frequent); ``words`` the phrase that matched;
    ``count`` the meetings, which add up to all thematic meetings. Rows are in the order of the
    headings, the most frequent topic first.
    """
    meetings = scores.meetings
    held = meetings[(meetings["status"] == "held") & (meetings["kind"] != "thuong_ky")]
    written = made.tables["meeting"].set_index("meeting_id")["topic"].reindex(held["meeting_id"])
    spellings: dict[str, Counter[str]] = {}
    for said in written:
        text = tidy(said) if isinstance(said, str) else ""
        spellings.setdefault(casefold_vi(text), Counter())[text] += 1
    rows = []
    for same in spellings.values():
        text = min(same, key=lambda spelt: (-same[spelt], spelt))
        topic = topic_of(text)
        rows.append((topic.heading, text, topic.words, same.total()))
    order = {name: i for i, name in enumerate([*(h.id for h in HEADINGS), OTHER, NOT_SAID])}
    rows.sort(key=lambda row: (order[row[0]], -row[3], row[1]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def on_regular(made: Slice, scores: Scores) -> int:
    """Return how many regular meetings of the period have a topic, though not thematic."""
    meetings = scores.meetings
    regular = meetings.loc[
        (meetings["status"] == "held") & (meetings["kind"] == "thuong_ky"), "meeting_id"
    ]
    written = made.tables["meeting"].set_index("meeting_id")["topic"].reindex(regular)
    return sum(isinstance(text, str) and bool(text.strip()) for text in written)


def cited(made: Slice) -> str:
    """Return the document that names the ten headings for the đảng bộ; empty where none is known.

    It is looked up at the end of the period. The only one known is Công văn 285-CV/ĐUK: it applies
    where the unit, or one above it, asks for quarterly thematic meetings by an adoption of the
    letter's own day, as long as the chi bộ score on the rule set of Quy định 14-QĐ/TU of Lai Châu.
    """
    day = min(made.period.end, made.as_of.date())
    adoptions = Adoptions(made.tree, made.tables["adoption"])
    _, since = adoptions.who_on(made.dang_bo, "thematic_quarterly", day)
    form = adoptions.form_on(made.dang_bo, "thuong_ky", day)
    return CV285 if since == _CV285_DAY and form == _CV285_FORM else ""
