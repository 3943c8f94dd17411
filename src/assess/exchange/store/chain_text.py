"""The chain of a store as JSON text: what it takes to work out its links without the store.

Must not know: the rows that a link is about. That they still give its digests, the store tells.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.exchange.store.chain import MIGRATION
from assess.exchange.store.sql import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT = 1
_UNREADABLE = "không đọc được danh sách các lượt"


@dataclass(frozen=True, slots=True)
class SealedLink:
    """A link with the text that it is the SHA-256 of."""

    number: int
    link: str
    content: str


def sealed_links(connection: Any) -> list[SealedLink]:
    """Return the links of a store in order; batches of before it was sealed have none."""
    query = "SELECT batch, link, content FROM batch WHERE link IS NOT NULL ORDER BY batch"
    return [SealedLink(*found) for found in rows(connection, query)]


def chain_text(store: str, links: Sequence[SealedLink]) -> str:
    """Return links as JSON; ``store`` is the name of the store that they are of."""
    about = {
        "format": FORMAT,
        "store": store,
        "links": [
            {"number": each.number, "link": each.link, "content": each.content} for each in links
        ],
    }
    return f"{json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True)}\n"


def read_chain(text: str) -> list[SealedLink]:
    """Return the links in a text of :func:`chain_text`; raise ``ValueError`` for any other."""
    try:
        found = json.loads(text)
        links = [
            SealedLink(each["number"], each["link"], each["content"]) for each in found["links"]
        ]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(_UNREADABLE) from error
    kinds = [tuple(map(type, (each.number, each.link, each.content))) for each in links]
    if any(kind != (int, str, str) for kind in kinds):
        raise ValueError(_UNREADABLE)
    return links


def stands_in(links: Sequence[SealedLink], number: int, link: str) -> bool:
    """Whether a chain has the link of a batch, as a slice names it.

    A batch of before its store was sealed has an empty one: the first link, a migration, seals it.
    """
    if not link:
        return bool(links) and number < links[0].number
    return any((each.number, each.link) == (number, link) for each in links)


def chain_problems(links: Sequence[SealedLink]) -> Iterator[str]:
    """Yield, in Vietnamese, each place where links do not hold: recomputed, and one by one.

    Whoever makes a whole new chain is not told from this: a link that somebody else holds does.
    """
    before: SealedLink | None = None
    for each in links:
        if digests.of_text(each.content) != each.link:
            yield f"lượt {each.number}: mã không phải của nội dung ghi trong lượt"
        try:
            content = json.loads(each.content)
            number, earlier, kind = content["number"], content["before"], content["kind"]
        except (ValueError, KeyError, TypeError, RecursionError):
            yield f"lượt {each.number}: không đọc được nội dung"
            continue
        if number != each.number:
            yield f"lượt {each.number}: nội dung là của lượt {number}"
        if before is None:
            if earlier or (each.number != 1 and kind != MIGRATION):
                yield f"lượt {each.number}: thiếu các lượt trước"
        elif (earlier, each.number) != (before.link, before.number + 1):
            yield f"lượt {each.number}: không nối tiếp lượt {before.number}"
        before = each
