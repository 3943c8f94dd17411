"""Repair the moment of batches that a wrong clock stamped, as a link of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.machine import clock_now, now
from assess.exchange.store.chain import OWN_MOMENTS, Writer, add_link, in_words, read_links
from assess.exchange.store.sql import rows
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt


def repair_moment(
    connection: Any, number: int, moment: dt.datetime, reason: str, by: Writer
) -> list[int]:
    """State the right moment of a batch and of those stamped with it; return their numbers.

    The rows take the new moment; the entry of the batch keeps the wrong one, and the link of the
    repair has the right one. The clock is not asked: it was wrong then, or is said to be right now.
    """
    links = read_links(connection)
    wrong = next((link for link in links if link.number == number), None)
    if wrong is None:
        raise input_error("no-batch", "LƯỢT", found=str(number))
    if wrong.kind in OWN_MOMENTS or not wrong.link:
        raise input_error("repair-history", "LƯỢT", found=str(number))
    together = [link for link in links if link.moment == wrong.moment]
    numbers = [link.number for link in together]
    before = [link.moment for link in links if link.number < numbers[0]]
    after = [link.moment for link in links if link.number > numbers[-1]]
    low, high = max(before, default=None), min([*after, now()])
    if (low is not None and moment < low) or moment > high:
        facts = {"low": in_words(low) if low else "đầu kho", "high": in_words(high)}
        raise input_error("repair-order", "THỜI_ĐIỂM", found=in_words(moment), **facts)
    own = add_link(
        connection,
        kind="clock",
        moment=max(after, default=moment),
        clock=clock_now(),
        actor=by.actor,
        reason=reason,
        about={"of": numbers, "moment": moment.isoformat()},
    )
    for each in numbers:
        rows(connection, "INSERT INTO repair VALUES (?, ?, ?)", [own, each, moment])
        for table in (*TABLES, "file"):
            rows(connection, f"UPDATE {table} SET recorded_at = ? WHERE batch = ?", [moment, each])
    return numbers
