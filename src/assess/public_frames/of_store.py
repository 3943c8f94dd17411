"""The frames of ``Store``."""

from __future__ import annotations

from assess.public_frames.column import PublicFrame, date, integer, text

STORE: dict[str, PublicFrame] = {
    "files": PublicFrame(
        "a file sent in, in order",
        {
            "digest": text("SHA-256 of the file"),
            "name": text("its name"),
            "outcome": text("taken, set_aside, or handed: it came along with rows handed over"),
            "batch": integer("number of the batch"),
            "recorded_at": date("moment of the batch"),
            "findings": text("its findings, as JSON"),
        },
    ),
    "log": PublicFrame(
        "a batch, in order",
        {
            "batch": integer("its number"),
            "recorded_at": date("its moment, as it was stated first"),
            "taken": integer("files taken", "files"),
            "set_aside": integer("files set aside", "files"),
            "added": integer("rows added", "rows"),
            "revised": integer("rows revised", "rows"),
            "kind": text("what it is, such as intake or withdrawal"),
            "clock": date("what the machine's clock said (UTC); missing before the chain began"),
            "reason": text("why; may be empty"),
            "actor": text("who did it; may be empty"),
            "link": text("its link in the chain; empty before the chain began"),
            "withdrawn": integer("of the revised, rows withdrawn", "rows"),
            "moment": date("the moment that counts: the stated one, or as repaired"),
        },
    ),
}
"""The frames of :class:`assess.Store`, by method."""
