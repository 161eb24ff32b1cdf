"""A site's articles, due anew where the config's `revisit` is not that of the run before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import policy

if TYPE_CHECKING:
    from scraper.stores.opening import SiteContext

_TOPIC = "revisit"  # by site: the ages that its moments were reckoned by, in seconds


def reschedule(context: SiteContext) -> None:
    """Reckon anew when each article is due, where the config's ages are not those of the run before."""
    ages, name, state = context.site.revisit, context.name, context.state
    told = [age.total_seconds() for age in ages]
    if state.notes.get(_TOPIC, name) == told:
        return
    with state.transaction():
        for known in state.articles.every(name):
            due = policy.look_by(known, ages)
            if due != known.due:
                state.articles.put_off(name, known.key, due)
        state.notes.put(_TOPIC, name, told)
