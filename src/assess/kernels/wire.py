"""Messages between a client and its template process: JSON, with descriptors handed over."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_DESCRIPTORS = 8


def send(link: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one message. Raises ``OSError`` when nobody reads any more."""
    body = json.dumps(message).encode()
    socket.send_fds(link, [_LENGTH.pack(len(body))], list(descriptors))
    link.sendall(body)


def receive(link: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and its descriptors; nothing when the other side is gone."""
    descriptors: list[int] = []
    try:
        head, descriptors = _head(link)
        body = _exactly(link, _LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None
    except ConnectionError:
        body = None
    if body is None:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    return json.loads(body), descriptors


def _head(link: socket.socket) -> tuple[bytes, list[int]]:
    """Read the length and the descriptors that come with it; they are closed on exec."""
    descriptors = array.array("i")
    room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * descriptors.itemsize)
    head, ancillary, _, _ = link.recvmsg(_LENGTH.size, room, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    if head and len(head) < _LENGTH.size:
        head += _exactly(link, _LENGTH.size - len(head)) or b""
    return head, list(descriptors)


def _exactly(link: socket.socket, size: int) -> bytes | None:
    """Read so many bytes; nothing when the other side goes away before."""
    parts = bytearray()
    while len(parts) < size:
        part = link.recv(min(size - len(parts), 1 << 16))
        if not part:
            return None
        parts += part
    return bytes(parts)
