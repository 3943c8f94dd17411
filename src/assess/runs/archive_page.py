"""The page of an archive for its reader: what it holds, how to check it, what made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base.periods import Period
from assess.runs.index import WORDS_BY_KIND, render_page
from assess.runs.issue import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.exchange.store import SealedLink
    from assess.records.origin import Origin
    from assess.runs.crate import Tool
    from assess.runs.register import Issued

_SHOWN = 16


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A document in an archive.

    ``place`` is its folder there, ``unit`` the name of its đảng bộ, ``origin`` where its rows stand
    in the store, ``used`` the template and rule sets. ``replaces`` and ``replaced`` are folders of
    other documents, ``replaced_by`` the sign of the latter.
    """

    issued: Issued
    place: str
    unit: str
    origin: Origin | None
    tool: Tool
    used: tuple[str, ...]
    replaces: str = ""
    replaced: str = ""
    replaced_by: str = ""

    @property
    def links(self) -> list[tuple[str, str]]:
        """The files for readers: path and word, the page first."""
        name = self.issued.name
        kinds = {f"{name}.{kind}": word for kind, word in WORDS_BY_KIND.items()}
        found = [(f"{self.place}/{f}", word) for f, word in kinds.items() if f in self.issued.files]
        return [*found, (f"{self.place}/{name}.slice/", "số liệu")]


def page_text(
    year: int,
    documents: Sequence[ArchivedDocument],
    tools: Sequence[Tool],
    heads: Mapping[str, SealedLink],
) -> str:
    """Return the page as HTML."""
    return render_page(
        "archive.html.j2",
        title=f"Lưu trữ văn bản đánh giá chất lượng sinh hoạt chi bộ năm {year}",
        year=year,
        rows=[_row(each) for each in documents],
        last=written(max(each.issued.at for each in documents)[:10]),
        tools=[tool for tool in tools if tool.source],
        unknown=any(not tool.source for tool in tools),
        heads=[(name, head.number, head.link, head.link[:_SHOWN]) for name, head in heads.items()],
    )


def _row(each: ArchivedDocument) -> dict[str, Any]:
    issued = each.issued
    how = {"replaces": "Thay thế", "adds_to": "Bổ sung"}.get(issued.how, "")
    return {
        "sign": issued.sign,
        "day": written(issued.day),
        "kind": issued.kind.capitalize(),
        "subject": issued.subject,
        "issuer": issued.issuer,
        "unit": each.unit,
        "period": Period.parse(issued.period).label,
        "links": each.links,
        "how": f"{how} số {issued.earlier}" if how else "",
        "replaced_by": each.replaced_by,
        "origin": each.origin and f"lượt {each.origin.number}, mã {each.origin.link[:_SHOWN]}",
    }
