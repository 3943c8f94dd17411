"""The JSON form of blocks as notebooks store it and exporters read it."""

from __future__ import annotations

from typing import Any

MIME = "application/vnd.assess.block+json"


def flatten(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a block's JSON as a flat list, with groups replaced by their blocks."""
    if data["type"] != "group":
        return [data]
    return [inner for block in data["blocks"] for inner in flatten(block)]
