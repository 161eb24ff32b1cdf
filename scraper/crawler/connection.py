"""One connection to one address, over TCP or TLS: requests go out, answers come in, one after the other.

Asks nobody's name and knows no proxy: `transport` does. Has no deadline of its own; whoever waits may be
cancelled, and then aborts the connection. What comes while nothing is asked is heard as it comes: a
connection on which there was any is of no further use.
"""

from __future__ import annotations

import asyncio
import select
from collections import deque
from typing import TYPE_CHECKING, Self

from scraper.crawler.answer_reader import AnswerReader
from scraper.messages import say

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from scraper.crawler.header_repair import Head

_MOST_HELD = 1 << 20  # bytes that came and were not taken yet, beyond which nothing is read


class WireError(Exception):
    """There was no answer, or half of one."""


class NotConnected(WireError):  # noqa: N818 - read as one word of the field
    """There was not even a connection."""


class LostPlace(WireError):  # noqa: N818 - likewise
    """A connection that was used before gives no answer, or not this one: a new one may."""


class EndlessHead(WireError):  # noqa: N818 - likewise
    """The header lines do not end."""


class Connection(asyncio.Protocol):
    """A connection, made by `connect`. Whoever has it closes it by `abort`, whatever happens."""

    def __init__(self) -> None:
        """Begin before the connection is made."""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._answers = AnswerReader()
        self._parts: deque[bytes] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False
        self._lost: Exception | None = None  # what ended it; None: the server did, or nothing yet

    @classmethod
    async def connect(cls, address: str, port: int) -> Self:
        """Connect to an address, which is resolved already. Raises NotConnected."""
        try:
            _, made = await asyncio.get_running_loop().create_connection(cls, address, port)
        except OSError as exc:
            raise NotConnected(str(exc)) from exc
        return made

    async def secure(self, tls: ssl.SSLContext, host: str) -> None:
        """Go on under TLS, with a host that shows that it is the one. Raises NotConnected."""
        tls.set_alpn_protocols(["http/1.1"])
        self._answers = AnswerReader()
        secured = None
        try:
            host.encode("idna")  # TLS asks for it by this name, where it has such
            if not self._is_over:  # else nobody would say that the handshake has an end
                secured = await self._loop.start_tls(self._transport, self, tls, server_hostname=host)
        except (OSError, UnicodeError) as exc:
            raise NotConnected(str(exc)) from exc
        if secured is None or self._is_over:
            raise NotConnected(say("the server closed the connection"))
        self._transport = secured

    @property
    def peer(self) -> str:
        """The address at the other end."""
        return str(self._transport.get_extra_info("peername")[0])

    @property
    def certificate(self) -> bytes | None:
        """The certificate that the other end shows, DER; None: it shows none."""
        shown: bytes | None = self._transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return shown

    @property
    def is_free(self) -> bool:
        """Whether the last answer is over, another may be asked for, and nothing came in between.

        While nothing is read nobody can tell: what came may lie undeciphered.
        """
        answers = self._answers
        is_last = answers.head is not None and answers.head.is_last
        is_done = answers.whole and not (answers.left_over or is_last or self._is_over)
        return is_done and self._transport.is_reading()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits to be read, an end neither: what the loop has not heard of yet counts."""
        if not self.is_free:  # where it is over there is no socket any more
            return False
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket"), select.POLLIN)
        return not poll.poll(0)

    async def ask(self, method: bytes, request: bytes) -> Head:
        """Send a request and return the head of its answer. Raises WireError."""
        self._answers.asked(method)
        if self._is_over:
            self._answers.end()
        else:
            self._transport.write(request)
        while self._answers.head is None:
            await self._more()
        return self._answers.head

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the answer's body. Raises WireError, also where the answer may have been somebody else's."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._held -= len(part)
                yield part
            if self._answers.whole:
                break
            await self._more()
        if self._answers.asked_for > 1 and self._answers.left_over:
            raise LostPlace(say("more came than the answer, on a connection that was used before"))

    def abort(self) -> None:
        """Close at once."""
        self._is_over = True
        self._transport.abort()

    async def _more(self) -> None:
        """Return once there may be more of the answer. Raises WireError where there will not be."""
        answers = self._answers
        if answers.is_endless:
            raise EndlessHead(answers.fault)
        if answers.fault is not None:
            is_lost = answers.waits and answers.asked_for > 1
            raise (LostPlace if is_lost else WireError)(answers.fault) from self._lost
        self._transport.resume_reading()
        self._waiter = self._loop.create_future()
        await self._waiter

    # ── what asyncio tells ────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        part = b"".join(self._answers.take(data))
        if part:
            self._parts.append(part)
            self._held += len(part)
        if self._held > _MOST_HELD:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take in that nothing more comes."""
        self._is_over = True
        self._lost = exc
        self._answers.end(in_order=exc is None)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
