"""Messages between the process that runs cells and the one that asks for them: framed JSON.

A frame is its length in four bytes, and that many bytes of JSON. Nothing is ever unpickled: what
comes from a process that ran a template is data, not code.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 18
MOST_BYTES = 1 << 30
"""The longest frame read. JSON writes a letter in at most six bytes."""


class BadFrameError(Exception):
    """What came is not a frame: a cell wrote to the socket itself, or a frame is too long."""


def pack(message: dict[str, Any]) -> bytes:
    """Return a message as a frame; letters outside ASCII, and half ones, are escaped by JSON."""
    body = json.dumps(message).encode("ascii")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Collects the bytes that come in and returns whole messages."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._bytes = bytearray()

    def take(self, link: socket.socket) -> bool:
        """Read what has come; return False when the other side has closed the link."""
        try:
            more = link.recv(_CHUNK)
        except ConnectionError:
            return False
        self._bytes += more
        return bool(more)

    def message(self) -> dict[str, Any] | None:
        """Return the next whole message; None while none has come. Raise :class:`BadFrameError`."""
        if len(self._bytes) < _LENGTH.size:
            return None
        (size,) = _LENGTH.unpack_from(self._bytes)
        if size > MOST_BYTES:
            raise BadFrameError(f"a frame of {size} bytes")
        if len(self._bytes) < _LENGTH.size + size:
            return None
        body = bytes(self._bytes[_LENGTH.size : _LENGTH.size + size])
        del self._bytes[: _LENGTH.size + size]
        try:
            message = json.loads(body)
        except ValueError as error:
            raise BadFrameError(str(error)) from error
        if not isinstance(message, dict):
            raise BadFrameError("not an object")
        return message
