"""System errors in words for staff (memory, disk, permissions), never as faults of the input."""

from __future__ import annotations

import errno

NO_MEMORY = "máy không đủ bộ nhớ"
_REASONS = {
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã hết phần đĩa được cấp",
    errno.EFBIG: "tệp vượt cỡ mà máy cho phép",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOMEM: NO_MEMORY,
    errno.EMFILE: "đang mở quá nhiều tệp",
    errno.ENFILE: "đang mở quá nhiều tệp",
    errno.EIO: "đĩa hoặc đường truyền báo lỗi",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EEXIST: "tên này đã có",
    errno.EISDIR: "đây là thư mục",
    errno.ENOTDIR: "đây không phải thư mục",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.ELOOP: "liên kết vòng quanh",
    errno.EBUSY: "đang được dùng",
    errno.ETXTBSY: "đang được dùng",
}
_SHOWN = 200


_OF_MEMORY = (
    "failed to map segment",
    "Cannot allocate memory",
    "can't start new thread",
    "Failed to launch worker thread",
    "bad_alloc",
    "bad allocation",
)
"""Texts by which libraries report missing memory in errors other than ``MemoryError``."""


def is_no_memory(error: BaseException) -> bool:
    """Whether an error, or what caused it, means that memory or a resource counted as it ran out.

    A library that fails to load another one for want of memory reports the import alone.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or getattr(cause, "errno", None) == errno.ENOMEM:
            return True
        if any(words in str(cause) for words in _OF_MEMORY):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def reason(error: BaseException) -> str:
    """Return the cause of a system error, in Vietnamese if it is a known one.

    >>> reason(PermissionError(13, "Permission denied"))
    'không có quyền'
    """
    if is_no_memory(error):
        return NO_MEMORY
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or error.strerror or str(error)[:_SHOWN] or "?"
    return f"{type(error).__name__}: {error}"[:_SHOWN]
