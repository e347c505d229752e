"""A line to a SPARQL store elsewhere: queries, updates and graphs go out, results come back, within limits."""

import time
import weakref
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpx

from mandategraph.errors import LimitReached, MandategraphError, StoreFault, UsageError
from mandategraph.store import Results
from mandategraph.store.addresses import Endpoints, shown
from mandategraph.store.credentials import WhenAsked
from mandategraph.store.exchange import (
    ERRAND,
    FORM,
    NOT_ALLOWED,
    TOLD,
    TRIPLES,
    Field,
    Patience,
    Received,
    asking,
    judged,
    read,
)

_CONNECT = 10.0


def agent() -> dict[str, str]:
    """The headers every request has."""
    return {"User-Agent": f"mandategraph/{version('mandategraph')}"}


def timeout(seconds: float) -> httpx.Timeout:
    """How long a line waits for each step of an exchange."""
    return httpx.Timeout(seconds, connect=min(_CONNECT, seconds))


def fault_of(error: httpx.HTTPError, where: str, seconds: float) -> MandategraphError:
    """What went wrong on a line, as an error that says where."""
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return StoreFault(where, "a store that answers", str(error) or "no connection in time")
    if isinstance(error, httpx.TimeoutException):
        return LimitReached("time", seconds, "seconds")
    return StoreFault(where, "a whole answer", f"a connection that broke off ({error or type(error).__name__})")


def checked(url: str) -> httpx.URL:
    """An address, taken apart.

    Raises:
        UsageError: it cannot be.
    """
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UsageError(f"{shown(url)}: expected an address that can be reached, found {error}") from None


class Link:
    """A line to one store, open until it is closed or nobody has it any more; threads may share it."""

    def __init__(self, endpoints: Endpoints, patience: Patience | None = None) -> None:
        self.endpoints, self._patience = endpoints, patience or Patience()
        for each in (endpoints.query, endpoints.update, endpoints.graphs):
            checked(each)
        self._client = httpx.Client(auth=WhenAsked(), timeout=timeout(self._patience.seconds), headers=agent())
        self._hang_up = weakref.finalize(self, self._client.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def where(self) -> str:
        """The address that is asked, as it may be shown."""
        return shown(self.endpoints.query)

    def close(self) -> None:
        """Hang up."""
        self._hang_up()

    def ask(self, text: str, fields: Sequence[Field], kind: str, variables: Sequence[str] = ()) -> Results:
        """The results of a query over a dataset; of rows those with these variables.

        Raises:
            StoreFault: the store cannot be reached, refuses, fails, or answers what is not whole.
            LimitReached: the answer takes too long or is too large.
        """
        headers, body = asking(text, fields, kind)
        found, content = self._sent("POST", self.endpoints.query, headers, body)
        return read(Received(self.where, kind, variables, found, content))

    def update(self, text: str) -> None:
        """Change the store by an update request.

        Raises:
            StoreFault: the store cannot be reached, refuses or fails.
            LimitReached: it takes too long.
        """
        body = httpx.QueryParams({"update": text})
        self._sent("POST", self.endpoints.update, {"Content-Type": FORM}, str(body).encode())

    def put(self, graph: str, content: bytes, *, more: bool = False) -> None:
        """Make N-Triples the content of a graph, or add them to it.

        They are sent as Turtle, which they are too, because every graph store reads that.

        Raises:
            StoreFault: the store cannot be reached, refuses or fails.
            LimitReached: it takes too long.
        """
        address = httpx.URL(self.endpoints.graphs).copy_merge_params({"graph": graph})
        self._sent("POST" if more else "PUT", str(address), {"Content-Type": "text/turtle"}, content)

    def is_graph_store(self, address: str) -> bool:
        """Whether an address is that of a graph store: one has a default graph to give, were it empty.

        Raises:
            StoreFault: it cannot be reached.
        """
        try:
            with self._client.stream("GET", f"{address}?default", headers={"Accept": TRIPLES}) as response:
                media = response.headers.get("content-type", "").partition(";")[0]
                return response.is_success and media == TRIPLES
        except httpx.HTTPError as error:
            raise fault_of(error, shown(address), self._patience.seconds) from None

    def greet(self, graph: str) -> None:
        """See that the graph store lets us in, before a large body is sent in vain.

        Raises:
            StoreFault: it cannot be reached, or does not know us.
        """
        address = str(httpx.URL(self.endpoints.graphs).copy_merge_params({"graph": graph}))
        try:
            with self._client.stream("GET", address, headers={"Accept": TRIPLES}) as response:
                if response.status_code in NOT_ALLOWED:
                    judged(shown(address), response.status_code, response.headers, b"")
        except httpx.HTTPError as error:
            raise fault_of(error, shown(address), self._patience.seconds) from None

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], bytes]:
        """The headers and the body of the answer to a request, within what is left to the errand it is part of."""
        errand = ERRAND.get()
        patience = errand.patience if errand else self._patience
        left = errand.left() if errand else patience.seconds
        began = time.monotonic()
        try:
            with self._client.stream(
                method, url, headers=dict(headers), content=body, timeout=timeout(left)
            ) as response:
                content = bytearray()
                most = patience.most if response.is_success else TOLD
                for part in response.iter_bytes():
                    content += part
                    if len(content) > most:
                        break
                    if time.monotonic() - began > left:
                        raise LimitReached("time", patience.seconds, "seconds")
        except httpx.HTTPError as error:
            raise fault_of(error, shown(url), patience.seconds) from None
        judged(shown(url), response.status_code, response.headers, bytes(content[:TOLD]))
        if len(content) > most:
            raise LimitReached("size", most, "bytes")
        return response.headers, bytes(content)
