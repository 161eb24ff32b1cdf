"""What a host's name leads to, and whether we may go there. Connects to nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from scraper.crawler import ip_filter
from scraper.errors import Refused, Unreachable
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Resolve: TypeAlias = "Callable[[str, int], Awaitable[tuple[str, ...]]]"
"""Gives a host's addresses, the preferred one first; raises `Unreachable` where it has none."""


async def allowed_addresses(
    host: str, port: int, *, resolve: Resolve, allow_private: bool
) -> tuple[str, ...]:
    """Return a host's addresses, all of them allowed, or raise `Refused`: one bad one is one too many.

    A name that leads out into the internet and into a private network at once is the mark of a rebinding
    attack, and no site of ours needs it.
    """
    written = ip_filter.literal(host)
    found = await resolve(host, port) if written is None else (str(written),)
    if not found:
        msg = say("no answer: {host}: the name leads nowhere", host=host)
        raise Unreachable(msg, heals=False, met=False)
    for text in found:
        if not allow_private and not ip_filter.is_public(ipaddress.ip_address(text.partition("%")[0])):
            msg = say("not asked: {host}: {text} is no address of the open internet", host=host, text=text)
            raise Refused(msg)
    return found


async def system_addresses(host: str, port: int) -> tuple[str, ...]:
    """Return a name's addresses as the system's resolver knows them.

    Each look-up has a thread of its own that nobody waits for at the end: the resolver may hang for half a
    minute, and neither other hosts nor the program's end may hang with it.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def tell(found: tuple[str, ...] | OSError) -> None:
        if answer.done():  # nobody waits any more
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def look_up() -> None:
        found = _look_up(host, port)
        with suppress(RuntimeError):  # the loop has closed meanwhile, and nobody waits
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        return await answer
    except OSError as exc:
        heals = not (isinstance(exc, socket.gaierror) and exc.errno == socket.EAI_NONAME)
        msg = say("no answer: {host}: the name leads nowhere: {exc}", host=host, exc=exc)
        raise Unreachable(msg, heals=heals, met=False) from exc


def _look_up(host: str, port: int) -> tuple[str, ...] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as exc:  # a label over 63 characters
        return socket.gaierror(socket.EAI_NONAME, str(exc))
    except OSError as exc:
        return exc
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
