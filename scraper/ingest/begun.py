"""Which capture is being taken in, so that one that ends the program is known by it.

A program that was ended once while it took a page in may have been killed by anybody; one that was ended
twice by the same page was ended by the page. A run needs no note: what it was taking in when it was ended is
the last on the shelf, and the index of captures does not have it. Who takes that in again makes a note first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scraper.model import CaptureRef
    from scraper.stores.state import State

_TOPIC: Final = "begun"
_MOST: Final = 2  # times that a capture is begun without an end


class Begun:
    """The note of one site. A capture is at its end once the index of captures has it."""

    def __init__(self, state: State, site: str, *, is_run: bool = False) -> None:
        """Take over what an earlier program noted last. `is_run`: what is begun was never begun before."""
        self._is_run = is_run
        self._state = state
        self._site = site
        self._now: CaptureRef | None = None  # begun by this program
        try:
            file, offset, times = state.notes.get(_TOPIC, site) or ("", 0, 0)
            self._before, self._times = (str(file), int(offset)), int(times)
        except (ValueError, TypeError):  # nobody knows which: it is begun once more
            self._before, self._times = ("", 0), 0

    def left(self, ref: CaptureRef) -> None:
        """Take in that a run was ended with this capture as its last."""
        if self._before != (ref.file, ref.offset):
            self._before, self._times = (ref.file, ref.offset), 1

    def begin(self, ref: CaptureRef) -> bool:
        """Note that a capture is begun; False: it was begun too often, and is not to be looked at."""
        if self._is_run or ref == self._now or self._state.captures.has(self._site, ref):
            return True  # the last: it came to its end before, a list that is as it was
        times = 1 + (self._times if self._before == (ref.file, ref.offset) else 0)
        if times > _MOST:
            return False
        self._now = ref
        self._note(ref, times)
        return True

    def was_read(self, ref: CaptureRef) -> None:
        """Note that a capture was read: what ends the program while it is written is not the page."""
        if ref == self._now:
            self._note(ref, 0)

    def _note(self, ref: CaptureRef, times: int) -> None:
        with self._state.transaction():
            self._state.notes.put(_TOPIC, self._site, [ref.file, ref.offset, times])
