"""Every error that the program raises on purpose, as one tree.

    ArchiveError
    ├── ConfigError            the config file is wrong: every slip of it at once
    ├── UsageError             the command line asks for what is not there: a file, a site, a channel
    ├── FetchError             a request brought no usable answer
    │   ├── Unreachable        no connection, no name, no answer in time, a broken answer
    │   ├── BadStatus          an answer whose status is not what was asked for
    │   ├── TooLarge           a body, or its headers, over the bound
    │   ├── Refused            we do not ask: robots.txt, a forbidden address, a host nobody named
    │   ├── Blocked            the site does not let us in: 403, 429 without end, a login or challenge page
    │   └── Paused             the host needs a longer pause than a run waits: nothing was asked
    ├── ExtractError           a capture that gives no article
    │   ├── WrongPage          the page is something else than was asked for; `what` says which kind
    │   │   ├── NotAnArticle   not HTML, empty, a list, an error page, a login wall
    │   │   └── NotAListing    an article, an error page, a login wall, or a page that lists nothing
    │   │       ├── EmptyListing   the list's frame is there, and nothing in it
    │   │       └── SingleColumn   the channel is one article: its address shows the text itself
    │   ├── UnknownLayout      it may be an article, but no layout's marks are all there
    │   ├── MissingField       a layout fits, but a field that it must have is empty
    │   ├── RepeatedBody       one page under many addresses, whose rows in the lists call it otherwise
    │   ├── Replaced           where an article was, a page that has nothing of it: held back until seen again
    │   ├── Thin               an article that tells nothing; its document is written all the same
    │   ├── WrongType          a picture or a file was expected, and the bytes are something else
    │   └── TooCostly          a page that hangs, fills the memory or ends the program that reads it
    ├── StoreError             what lies on the disk cannot be read or written
    │   ├── CaptureDamaged     a record of the captures is torn or does not have its digest
    │   ├── StateTooNew        the state was written by a newer version of this program
    │   ├── NoRoom             the disk is full, or nearly
    │   └── Locked             another run holds the archive
    ├── ClusterError           many machines cannot work together as they should
    │   ├── DatabaseAway       the database of leases and jobs does not answer
    │   ├── ObjectStoreAway    the store of captures and documents does not answer
    │   ├── SiteHeld           another machine holds the site, or a host of it
    │   └── LeaseLost          the lease has run out: whatever is not committed is fetched again
    ├── Canary                 a site no longer looks as its layouts say: told in reports, never raised
    ├── WriteError             an article that cannot be written as a document
    └── ProgramError           an error of the program itself, met while it worked on one site

A message says what failed: which one: why. The cause is chained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from scraper.redaction import redacted

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.urls import Url


class ArchiveError(Exception):
    """The root: whatever the program itself says is wrong. What it says shows no name and no password."""

    def __init__(self, *said: str) -> None:
        """Take the message, which may hold addresses with userinfo; here it loses that."""
        super().__init__(*(redacted(text) if isinstance(text, str) else text for text in said))

    @property
    def said(self) -> str:
        """What it says: a message that can be told in another language, which `str(error)` no longer is."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)

    @property
    def kind(self) -> str:
        """The error's name in reports and in the state: its class, as written above."""
        return type(self).__name__


class ConfigError(ArchiveError):
    """The config is wrong. Holds every slip, each as `path: what is wrong`."""

    def __init__(self, slips: tuple[str, ...]) -> None:
        """Take all slips at once; there is at least one."""
        self.slips = tuple(map(redacted, slips))
        super().__init__("\n".join(self.slips))


class UsageError(ArchiveError):
    """The command line asks for what cannot be: a file that is not there, a site that nobody configured."""


class FetchError(ArchiveError):
    """A request brought no usable answer."""


class Unreachable(FetchError):
    """No connection, no name, no answer in time, or an answer that broke off."""

    def __init__(
        self,
        message: str,
        *,
        heals: bool = True,
        met: bool = True,
        stale: bool = False,
        proxy: bool = False,
        link_missing: bool = False,
    ) -> None:
        """Say too what it means for the next try.

        `heals`: the next moment may bring it (a broken connection yes, a wrong certificate no); `met`: there
        was a connection at all; `stale`: it was an older connection that had lost its place, and a new one
        may do; `proxy`: it is our own proxy that failed, and the host was never asked; `link_missing`: the
        certificate may be good, but one between it and a trusted root is not known here.
        """
        super().__init__(message)
        self.heals = heals
        self.met = met
        self.stale = stale
        self.proxy = proxy
        self.link_missing = link_missing


class BadStatus(FetchError):
    """An answer came, with a status that is not what was asked for."""

    def __init__(self, message: str, *, status: int) -> None:
        """Keep the status beside the message: the policy decides by it."""
        super().__init__(message)
        self.status = status


class TooLarge(FetchError):
    """A body or its headers passed the bound; nothing of it was kept."""


class Refused(FetchError):
    """The request was not sent: robots.txt, a forbidden address or scheme, a host that nobody named."""

    def __init__(self, message: str, *, robots: bool = False, whole: bool = False) -> None:
        """Say whether the site asked for it: then we comply, and nothing failed.

        `whole`: it is asked of all that the host has, and no more of this address than of any other.
        """
        super().__init__(message)
        self.robots = robots
        self.whole = whole


class Blocked(FetchError):
    """The site does not let us in: 403, 429 without end, a login or challenge page."""

    def __init__(self, message: str, *, asked: bool = True) -> None:
        """Say whether this address was asked for; if not, it is the host that must be left alone."""
        super().__init__(message)
        self.asked = asked


class Paused(FetchError):
    """The host needs a longer pause than a run waits, so nothing was asked: no fault of the address."""

    def __init__(self, message: str, *, until: datetime) -> None:
        """Keep the moment from which the host may be asked again."""
        super().__init__(message)
        self.until = until


class ExtractError(ArchiveError):
    """A capture that gives no article."""


PageKind = Literal[
    "article",
    "list",
    "login",  # a login, or a notice that strangers are kept out
    "challenge",  # a check whether somebody is human
    "soft-404",  # an answer of success that says that nothing is there
    "error",  # an answer of success that says that something went wrong, or that we may not see it
    "redirect",  # a page that is left at once
    "empty",
    "truncated",
    "not-html",
    "part",  # of several pages: not all of them are at hand
    "other",  # nobody knows
]
"""What a page is, whether a list or an article was asked for: `extractor.kind_of` decides."""

_WALLS: Final = frozenset({"login", "challenge"})


class WrongPage(ExtractError):
    """The page is something else than was asked for."""

    def __init__(self, message: str, *, what: PageKind = "other", leads_to: Url | None = None) -> None:
        """Say what the page is instead: a wall, a soft 404 and an error are treated differently.

        `leads_to`: where a page that is left at once sends its reader; None: it does not say.
        """
        super().__init__(message)
        self.what = what
        self.leads_to = leads_to

    @property
    def is_wall(self) -> bool:
        """True for what stands between us and the page: the site's refusal, and no odd page."""
        return self.what in _WALLS


class NotAnArticle(WrongPage):
    """An article was expected, and the page is something else: a list, an error page, a login wall."""


class NotAListing(WrongPage):
    """A list was expected, and the page is something else or lists nothing."""


class EmptyListing(NotAListing):
    """The list's frame is on the page, and no row is in it."""


class SingleColumn(NotAListing):
    """The channel is one article: its address shows the text itself, and can be archived as an article."""


class UnknownLayout(ExtractError):
    """No layout of the family fits: the message names the marks that were missing."""


class MissingField(ExtractError):
    """A layout fits, but a field that an article of it must have is not there."""


class RepeatedBody(ExtractError):
    """One page stands under many addresses: a notice, an error, the front page, in an article's frame."""


class Replaced(ExtractError):
    """The page has nothing left of the article that it was: held back until it was seen some more times."""


class WrongType(ExtractError):
    """A picture or a file was expected, and the bytes are something else: a web page, a program, nothing."""

    def __init__(self, message: str, *, heals: bool = True) -> None:
        """Say too whether another day may bring it: an error page yes, what can act on a reader no."""
        super().__init__(message)
        self.heals = heals


class Thin(ExtractError):
    """An article's body tells nothing: no text, no picture, no file, no medium. Its document is written."""


class TooCostly(ExtractError):
    """Reading the page hung, filled the memory or ended the program: only a newer reader tries it again."""


class StoreError(ArchiveError):
    """What lies on the disk cannot be read or written."""


class CaptureDamaged(StoreError):
    """A record of the captures is torn, or its bytes do not have their digest."""


class StateTooNew(StoreError):
    """The state was written by a newer version of this program."""


class NoRoom(StoreError):
    """The disk is full, or has less than a run needs."""


class Locked(StoreError):
    """Another run holds the archive."""

    def __init__(self, message: str, *, since: datetime | None = None) -> None:
        """Keep the moment since when it does; None: it did not say."""
        super().__init__(message)
        self.since = since


class ClusterError(ArchiveError):
    """Many machines cannot work together as they should."""


class DatabaseAway(ClusterError):
    """The database of leases and jobs does not answer, or not in time: the same may go well in a moment."""


class ObjectStoreAway(ClusterError):
    """The store of captures and documents does not answer, or not in time: likewise."""


class SiteHeld(ClusterError):
    """Another machine holds the site, or a host that it needs."""


class LeaseLost(ClusterError):
    """The lease of a site has run out, or another machine has taken it: nothing may be asked or committed."""


class Canary(ArchiveError):
    """A site no longer looks as its layouts say: the message says in what, and shows one page."""


class WriteError(ArchiveError):
    """An article that cannot be written as a document."""


class ProgramError(ArchiveError):
    """An error of the program itself, as a report names it: the type and the message of what was raised."""

    traceback: str | None = None  # of what was raised, where it came from another process; None: it was here
