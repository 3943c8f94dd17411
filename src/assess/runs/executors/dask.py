"""Run jobs with Dask distributed, on any machines that have this package. Needs the extra ``dask``.

Anybody who can connect to a scheduler or a worker can run code as its user and read the data. So
all links are TLS and each side shows a certificate: temporary ones that only this process and its
own workers have, or, for other machines, the certificate files given.
"""

from __future__ import annotations

import itertools
import time
from concurrent.futures import CancelledError
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.runs.executors.protocol import RETRIES, lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult

LOCAL = "local"
TLS = "tls://"
_LOOK_SECONDS = 5
_FETCH_SECONDS = 120
_REASON = 200
_AHEAD = 4
"""Jobs submitted beyond the number of threads: no worker waits, and the scheduler stays small."""


class Dask:
    """Executor that runs jobs on Dask workers (:class:`~assess.runs.executors.protocol.Executor`).

    ``address`` is ``local`` for ``count`` processes on this machine, or the address of a scheduler,
    which begins with ``tls://`` and needs ``certificates``: the files of the CA, of our certificate
    and of its key.
    """

    name = "dask"

    def __init__(
        self,
        address: str,
        count: int,
        connect_seconds: float = 20,
        nobody_seconds: float = 60,
        *,
        certificates: tuple[Path, Path, Path] | None = None,
    ) -> None:
        """Store the options; connect only on entry.

        Raise :class:`~assess.base.errors.InputError` when the extra is not installed, an address is
        not encrypted, or certificates are missing.
        """
        try:
            import cryptography  # noqa: F401 - only checks that both are installed
            import distributed  # noqa: F401
        except ImportError as error:
            raise input_error("no-dask", "--dask") from error
        if address != LOCAL and not address.startswith(TLS):
            raise input_error("dask-open", "--dask", found=address)
        if address != LOCAL and certificates is None:
            raise input_error("dask-no-certificate", "--dask", found=address)
        for path in certificates or ():
            if not path.is_file():
                raise input_error("unreadable", str(path), reason="không có tệp này")
        self._certificates = certificates
        self._address, self._count, self._seconds, self._nobody_seconds = (
            address,
            count,
            connect_seconds,
            nobody_seconds,
        )
        self._cluster: Any = None
        self._client: Any = None

    def __enter__(self) -> Self:
        """Connect, or start the local workers."""
        import distributed

        dask: Any = distributed

        try:
            security = self._security(dask)
            if self._address == LOCAL:
                # no status pages: they would show anybody on this machine what is being made
                pages: dict[str, Any] = {
                    f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker", "nanny")
                }
                with import_module("dask.config").set(pages):
                    self._cluster = dask.LocalCluster(
                        n_workers=self._count,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=None,
                        memory_limit=0,
                        security=security,
                    )
            self._client = dask.Client(
                self._cluster or self._address, timeout=self._seconds, security=security
            )
        except (OSError, ValueError) as error:
            self.__exit__(None, None, None)
            raise input_error(
                "dask-unreachable", self._address, reason=str(error)[:_REASON]
            ) from error
        return self

    def _security(self, dask: Any) -> Any:
        if self._certificates is None:
            return dask.Security.temporary()
        ca, certificate, key = (str(path) for path in self._certificates)
        return dask.Security(
            tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the client and the local workers; waiting jobs are cancelled with their futures."""
        if self._client is not None:
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def expect(self, count: int) -> None:
        """Do nothing: there is nothing to prepare."""

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, as they are done.

        A finished future is released at once, so that a worker that dies later makes nothing twice.
        Raise :class:`~assess.base.errors.InputError` when the scheduler is lost, or has no worker
        for ``nobody_seconds``.
        """
        coming = iter(orders)
        given: dict[Any, tuple[Job, int]] = {}
        while True:
            for order in itertools.islice(coming, max(0, self._room() - len(given))):
                given[self._submit(order)] = (order, 0)
            if not given:
                return
            for future in self._finished(list(given)):
                order, tries = given.pop(future)
                made, reason = _result(future)
                future.release()
                if made is not None:
                    yield made
                elif tries < RETRIES:
                    given[self._submit(order)] = (order, tries + 1)
                else:
                    yield lost(order, reason)

    def _submit(self, order: Job) -> Any:
        self._look()
        return self._client.submit(_make, order, pure=False, retries=0)

    def _finished(self, futures: list[Any]) -> list[Any]:
        """Wait until some futures are done; raise when there is no worker for too long."""
        import distributed

        dask: Any = distributed

        nobody_since = None
        while True:
            try:
                done, _ = dask.wait(futures, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED")
                return list(done)
            except dask.TimeoutError:
                pass
            except (OSError, CancelledError) as error:
                # a cancelled future counts as done, too; return finished ones first
                ended = [future for future in futures if future.done()]
                if ended:
                    return ended
                raise input_error(
                    "dask-lost", self._address, reason=str(error)[:_REASON]
                ) from error
            if self._threads():
                nobody_since = None
            elif nobody_since is None:
                nobody_since = time.monotonic()
            elif time.monotonic() - nobody_since > self._nobody_seconds:
                raise input_error(
                    "dask-no-workers", self._address, seconds=round(self._nobody_seconds)
                )

    def _room(self) -> int:
        return self._threads() + _AHEAD

    def _look(self) -> None:
        """Raise :class:`~assess.base.errors.InputError` when the scheduler is lost."""
        if self._client.status != "running":
            raise input_error("dask-lost", self._address, reason=self._client.status)

    def _threads(self) -> int:
        self._look()
        try:
            return sum(self._client.nthreads().values())
        except OSError as error:
            raise input_error("dask-lost", self._address, reason=str(error)[:_REASON]) from error


def _result(future: Any) -> tuple[JobResult | None, str]:
    """Return a future's result; else None and Dask's reason."""
    try:
        if future.status == "finished":
            return future.result(timeout=_FETCH_SECONDS), ""
        error = future.exception(timeout=_LOOK_SECONDS)
    except (OSError, TimeoutError, CancelledError) as lost_on_the_way:
        error = lost_on_the_way
    return None, f"{type(error).__name__}: {error}"[:_REASON] if error is not None else ""


def _make(order: Job) -> JobResult:
    """Make one report on a worker; import there, not in this process."""
    from assess.runs.executors.choose import make_here

    made = make_here(order)
    if made is None:
        raise RuntimeError("the process of the report was lost")
    return made
