"""Which part of a store's chain an archive has."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from assess.exchange.store.chain import in_vietnam
from assess.exchange.store.chain_text import chain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assess.exchange.store import SealedLink


def archived_chain(
    store: str, links: Sequence[SealedLink], last: str, wanted: Collection[str]
) -> tuple[str, list[SealedLink]]:
    """Return a chain as text, and its links: those on record when the last document went out.

    ``last`` is that moment, in Vietnam's time. The links that documents name (``wanted``) are in it
    in any case. What is recorded later, of another year, changes nothing of the archive.
    """
    until = 0
    for position, each in enumerate(links, start=1):
        clock = dt.datetime.fromisoformat(json.loads(each.content)["clock"].removesuffix("Z"))
        if each.link in wanted or in_vietnam(clock) <= dt.datetime.fromisoformat(last):
            until = position
    own = list(links[:until])
    return chain_text(store, own), own
