"""The server: one address on this machine, told as the first line of standard output."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Final

import uvicorn

from scraper.errors import UsageError
from scraper.messages import say

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST: Final = "127.0.0.1"
_WAITING: Final = 128  # connections that may wait to be heard


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; `port` 0: on any free one. Raises UsageError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
        made.listen(_WAITING)
    except OSError as error:
        made.close()
        raise UsageError(
            say("cannot listen on {host}:{port}: {why}", host=HOST, port=port, why=error.strerror or error)
        ) from error
    return made


def address_of(listening: socket.socket) -> str:
    """Return the address under which a browser finds the server."""
    host, port = listening.getsockname()
    return f"http://{host}:{port}/"


def run(app: Starlette, listening: socket.socket, *, verbosity: int = 0) -> None:
    """Serve until SIGINT or SIGTERM."""
    print(address_of(listening), flush=True)  # noqa: T201 - the promise of the command
    config = uvicorn.Config(
        app,
        log_level="info" if verbosity > 0 else "warning",
        access_log=verbosity > 0,
        log_config=None,
        server_header=False,
        date_header=True,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listening])
    sys.stdout.flush()
