"""Topics of thematic meetings: by heading, and as the chi bộ wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.reports.named_figures import NamedCount
from assess.studies import topics
from assess.studies.topic_headings import HEADINGS, NOT_SAID, OTHER

if TYPE_CHECKING:
    from assess.reports.report import Report

_TITLES = {heading.id: heading.title for heading in HEADINGS} | {
    OTHER: "Chủ đề khác",
    NOT_SAID: "Không ghi chủ đề",
}


@dataclass(frozen=True)
class TopicResults:
    """The topics of the thematic meetings of a period.

    ``sittings`` thematic meetings were held, apart or combined: ``said`` of them name a topic, of
    ``different`` topics, ``not_said`` name none. ``on_regular`` regular meetings name a topic too
    and do not count here. ``cited`` is the instrument that sets the headings (empty: they are ours,
    to help reading). ``by_heading``: ``key``, ``topic``, ``count``; headings of an instrument are
    listed also without meetings. ``as_written``, the most frequent ``most`` of them: ``text``,
    ``heading``, ``words`` (which decided the heading), ``count``; ``left`` topics of
    ``left_sittings`` meetings are not listed.
    """

    sittings: NamedCount
    said: NamedCount
    not_said: NamedCount
    different: NamedCount
    on_regular: NamedCount
    cited: str
    by_heading: pd.DataFrame
    as_written: pd.DataFrame
    left: NamedCount
    left_sittings: NamedCount


def thematic_topics(report: Report, most: int = 60) -> TopicResults:
    """Return the topics of the period's thematic meetings, at most ``most`` as written."""
    table = topics.topics(report.slice, report.scores)
    cited = topics.cited(report.slice)
    by_heading = table.groupby("heading")["count"].sum().to_dict()
    shown = [
        name for name in _TITLES if name in by_heading or (cited and name not in (OTHER, NOT_SAID))
    ]
    written = table[table["heading"] != NOT_SAID]
    kept = written
    if len(written) > most:
        kept = written.loc[sorted(written.nlargest(most, "count", keep="first").index)]
    total, said = int(table["count"].sum()), int(written["count"].sum())
    return TopicResults(
        sittings=NamedCount("topics.sittings", total),
        said=NamedCount("topics.said", said),
        not_said=NamedCount("topics.not_said", total - said),
        different=NamedCount("topics.different", len(written)),
        on_regular=NamedCount(
            "topics.on_regular", int(topics.on_regular(report.slice, report.scores))
        ),
        cited=cited or "",
        by_heading=pd.DataFrame(
            {
                "key": [name or "khong-ghi" for name in shown],
                "topic": [_TITLES[name] for name in shown],
                "count": [int(by_heading.get(name, 0)) for name in shown],
            }
        ),
        as_written=pd.DataFrame(
            {
                "key": [f"chu-de-{number}" for number in range(1, len(kept) + 1)],
                "text": list(kept["text"]),
                "heading": [None if name == OTHER else _TITLES[name] for name in kept["heading"]],
                "words": [words or None for words in kept["words"]],
                "count": [int(count) for count in kept["count"]],
            }
        ),
        left=NamedCount("topics.left", len(written) - len(kept)),
        left_sittings=NamedCount("topics.left_sittings", said - int(kept["count"].sum())),
    )
